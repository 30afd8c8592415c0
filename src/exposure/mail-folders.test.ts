import { afterEach, expect, test } from 'vitest';
import { type MailTree, mailIn, mailTree } from '../../test/support/mail-tree.ts';
import type { MailStore } from './mail-store.ts';

let tree: MailTree = mailTree();
afterEach(() => {
  tree.remove();
  tree = mailTree();
});

const store = (
  id: string,
  fails: 'recognises' | 'folders' | 'messages' | 'read' | 'nothing',
): MailStore => {
  const fail = (at: typeof fails): void => {
    if (fails === at) throw new Error('taro@example.jp');
  };
  return {
    id,
    title: id,
    keeps: () => false,
    recognises: async ({ entry }) => {
      fail('recognises');
      return entry.kind === 'file';
    },
    folders: async function* () {
      fail('folders');
      yield {
        store: id,
        mailbox: id,
        messages: async function* () {
          fail('messages');
          yield {
            key: '1',
            read: async () => {
              fail('read');
              return { state: 'read', bytes: new Uint8Array(), isCut: false };
            },
          };
        },
      };
    },
  };
};

test('a store that throws leaves the others standing, and is told without what it said', async () => {
  tree.write('/a', 'x');
  const stores = (['recognises', 'folders', 'messages', 'read', 'nothing'] as const).map(
    (fails, i) => store(`${i}`, fails),
  );
  const found = await mailIn(tree.files, '/', { stores });
  expect(found.map(({ mailbox, read }) => [mailbox, read.state])).toEqual([
    ['3', 'unseen'],
    ['4', 'read'],
  ]);
  const told = JSON.stringify(tree.files.unseen);
  expect(told).toContain('made its reader fail');
  expect(told).not.toContain('taro');
});

test('a folder deeper than is looked is told', async () => {
  tree.remove();
  tree = mailTree({ '/a/b/c/d/e/f.eml': 'From: a\nTo: b\n\n' }, { depthMax: 3 });
  expect(await mailIn(tree.files, '/')).toEqual([]);
  expect(tree.files.unseen.map(({ why }) => why).join()).toContain('lies deeper than 3 folders');
});
