import { afterEach, describe, expect, test } from 'vitest';
import { zip as zipped } from '../../../test/support/archives.ts';
import { type MailTree, mailIn, mailTree } from '../../../test/support/mail-tree.ts';
import { zip } from './zip.ts';

let tree: MailTree = mailTree();
const has = (content: Readonly<Record<string, string | Uint8Array>>): void => {
  tree.remove();
  tree = mailTree(content);
};
afterEach(() => has({}));

const mail = (subject: string): string =>
  `From: erin@example.test\r\nTo: taro@example.jp\r\nSubject: ${subject}\r\n\r\nText.\r\n`;
const told = async (): Promise<readonly unknown[]> =>
  (await mailIn(tree.files, '/', { stores: [zip] })).map(({ mailbox, folder, text, read }) => [
    mailbox,
    folder,
    /Subject: (.*?)\r/.exec(text)?.[1] ?? read.state,
  ]);

describe('a zip archive', () => {
  test('messages by their folders, and the mboxes that Takeout gives', async () => {
    const line = 'From 17@xxx Thu Nov 26 07:40:20 +0000 2026\r\n';
    has({
      '/export/taro@example.jp.zip': zipped([
        { name: 'Inbox/1.eml', bytes: mail('one') },
        { name: 'Inbox/2', bytes: mail('two') },
        { name: 'Inbox/note.txt', bytes: 'Dear diary' },
        {
          name: 'Takeout/Mail/All mail.mbox',
          bytes: `${line}${mail('three')}\r\n${line}${mail('four')}`,
        },
        { name: 'top.eml', bytes: mail('five') },
      ]),
      '/export/report.docx': zipped([
        { name: '[Content_Types].xml', bytes: '<x/>' },
        { name: 'a.eml', bytes: mail('no') },
      ]),
      '/export/cut.zip': zipped([{ name: 'a.eml', bytes: mail('cut') }]).subarray(0, 60),
    });
    expect(await told()).toEqual([
      ['taro@example.jp', 'Inbox', 'one'],
      ['taro@example.jp', 'Inbox', 'two'],
      ['taro@example.jp', 'Takeout/Mail/All mail', 'three'],
      ['taro@example.jp', 'Takeout/Mail/All mail', 'four'],
      ['taro@example.jp', undefined, 'five'],
    ]);
    expect(tree.files.unseen.map(({ why }) => why)).toEqual([
      'something in it is a zip archive that is damaged or not whole',
    ]);
  });

  test('a bomb gives as much as a message may have', async () => {
    tree.remove();
    tree = mailTree(
      { '/a.zip': zipped([{ name: 'a.eml', bytes: mail('x') + 'y'.repeat(5_000_000) }]) },
      { messageBytesMax: 10_000 },
    );
    const [found] = await mailIn(tree.files, '/', { stores: [zip] });
    expect([found?.text.length, found?.read]).toMatchObject([10_000, { isCut: true }]);
  });
});
