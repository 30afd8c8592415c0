import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { type MailTree, mailIn, mailTree } from '../../../test/support/mail-tree.ts';
import { cyrusHeaderPlace } from './eml/cyrus-place.ts';
import { looksLikeMessage } from './eml/looks.ts';
import { eml } from './eml.ts';
import { JsonObjects } from './mail-export/json-objects.ts';
import { mailExport } from './mail-export.ts';

const mail = (subject: string): string =>
  `Received: from x by y;\r\n\tThu, 26 Nov 2026 07:40:21 +0900 (JST)\r\nFrom: erin@example.test\r\nSubject: ${subject}\r\n\r\nText.\r\n`;
const receivedMs = Date.UTC(2026, 10, 25, 22, 40, 21);
const day = Date.UTC(2026, 0, 31);

let tree: MailTree = mailTree();
const has = (content: Readonly<Record<string, string | Uint8Array>>): MailTree => {
  tree.remove();
  tree = mailTree(content);
  return tree;
};
const found = async (path: string): Promise<readonly unknown[]> =>
  (await mailIn(tree.files, path, { stores: [eml, mailExport] })).map(
    ({ mailbox, folder, message, text, read }) => [
      mailbox,
      folder,
      message.uid,
      /Subject: (.*?)\r/.exec(text)?.[1] ?? (read.state === 'unseen' ? read.why : read.state),
      read.state === 'read' ? read.received : undefined,
    ],
  );

afterEach(() => {
  has({});
});

describe('files of one message each', () => {
  test('.eml, .emlx, Outlook’s .msg, and what lies beside them', async () => {
    const apple = mail('apple');
    has({
      '/home/taro/export/a.eml': mail('a'),
      '/home/taro/export/b.EML': `From x Thu Nov 26 07:40:20 2026\n${mail('b')}`,
      '/home/taro/export/c.msg': Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1]),
      '/home/taro/export/note.txt': 'Dear diary: nothing\n',
      '/home/taro/Library/Mail/V9/INBOX.mbox/7F/Data/Messages/12.emlx': `${apple.length}  \n${apple}<?xml version="1.0"?>\n`,
    });
    expect(await found('/home')).toEqual([
      ['taro', 'INBOX', undefined, 'apple', receivedMs],
      ['taro', 'export', undefined, 'a', receivedMs],
      ['taro', 'export', undefined, 'b', receivedMs],
      ['taro', 'export', undefined, 'packed', undefined],
    ]);
  });

  test('MH, numbers in their order, deleted ones among them', async () => {
    has({
      '/home/taro/Mail/inbox/10': mail('ten'),
      '/home/taro/Mail/inbox/9': mail('nine'),
      '/home/taro/Mail/inbox/,8': mail('deleted'),
      '/home/taro/Mail/inbox/.mh_sequences': 'unseen: 9-10\n',
      '/home/taro/mail/2026': 'From x Thu Nov 26 07:40:20 2026\nFrom: a\nTo: b\n\n',
      '/home/taro/numbers/1': 'one\n',
      '/home/taro/numbers/2': 'two\n',
    });
    expect(await found('/home')).toEqual([
      ['taro', 'INBOX', undefined, 'deleted', receivedMs],
      ['taro', 'INBOX', undefined, 'nine', receivedMs],
      ['taro', 'INBOX', undefined, 'ten', receivedMs],
    ]);
  });

  test('Cyrus: whose, which folder, UIDs and times', async () => {
    const spool = '/var/spool/cyrus/mail/domain/e/example.jp/t/user/taro^yamada';
    has({
      [`${spool}/cyrus.header`]: '\xa1\x02\x8b\rCyrus mailbox header\n',
      [`${spool}/cyrus.index`]: '',
      [`${spool}/&ZeVnLIqe-/cyrus.cache`]: '',
      '/var/spool/imap/h/user/hanako/cyrus.index': '',
      '/var/spool/imap/h/user/hanako/3.': mail('three'),
      '/var/spool/imap/uuid/a/b/abc/cyrus.header':
        '\xa1\x02\x8b\rCyrus mailbox header\n"The best thing"\n%(I abc N "example.jp!user.erin.Sent" T e)\n',
      '/var/spool/imap/uuid/a/b/abc/1.': mail('erin'),
    });
    for (const path of [`${spool}/1.`, `${spool}/12.`, `${spool}/&ZeVnLIqe-/2.`])
      tree.write(path, mail(path.slice(-3)), day);
    const all = await found('/var/spool');
    expect(all.map(each => (each as unknown[]).slice(0, 3))).toEqual([
      ['taro.yamada@example.jp', 'INBOX', 1],
      ['taro.yamada@example.jp', 'INBOX', 12],
      ['taro.yamada@example.jp', '日本語', 2],
      ['hanako', 'INBOX', 3],
      ['erin@example.jp', 'Sent', 1],
    ]);
    expect(all[0]).toContain(day);
  });

  test('messages without a name that says so, each told by its own first bytes where it is alone', async () => {
    has({
      '/mnt/corpus/ham/0001.7c53336b37003a9286aba55d2945844c': mail('one'),
      '/mnt/corpus/ham/0002.9c4069e25e1ef370c078db7ee85ff9ac': mail('two'),
      '/mnt/corpus/ham/cmds': 'mv 0001 0002\n',
      '/mnt/corpus/lone/message': mail('lone'),
      '/mnt/corpus/lone/README': 'Nothing: here\nis mail\n',
    });
    expect(await found('/mnt/corpus')).toEqual([
      ['ham', undefined, undefined, 'one', receivedMs],
      ['ham', undefined, undefined, 'two', receivedMs],
      ['lone', undefined, undefined, 'lone', receivedMs],
    ]);
  });

  test.each([
    ['From: a\nTo: b\n\n', true],
    ['\r\nReceived: x\r\n y\r\nDate: z\r\n', true],
    ['From x Thu\nFrom: a\nSubject: b\n\n', false],
    ['Subject: a\n\nDate: b\n', false],
    ['Subject: a\ntext\nDate: b\n', false],
    ['{"Subject": "a", "Date": 1}', false],
    ['From: a\0\nTo: b\n', false],
    ['', false],
  ])('%j looks like a message: %s', (text, is) => {
    expect(looksLikeMessage(Buffer.from(text))).toBe(is);
  });

  test('a name in cyrus.header is the mailbox’s', () => {
    expect(cyrusHeaderPlace(Buffer.from('%(N user.taro^y.Sent.&ZeVnLIqe- T e)'))).toEqual({
      mailbox: 'taro.y',
      folder: 'Sent/日本語',
    });
    expect(cyrusHeaderPlace(Buffer.from('user.taro\tabc'))).toBeUndefined();
  });
});

describe('what Cyrus has expunged and still keeps', () => {
  const index = (
    version: number,
    rows: readonly (readonly [uid: number, flags: number])[],
  ): Buffer => {
    const bytes = Buffer.alloc(160 + rows.length * 112);
    bytes.writeUInt32BE(version, 8);
    bytes.writeUInt32BE(160, 12);
    bytes.writeUInt32BE(112, 16);
    bytes.writeUInt32BE(rows.length, 20);
    for (const [i, [uid, flags]] of rows.entries()) {
      bytes.writeUInt32BE(uid, 160 + i * 112);
      bytes.writeUInt32BE(flags, 160 + i * 112 + 32);
    }
    return bytes;
  };
  const rows = [
    [1, 4],
    [2, 0x80_00_00_04],
    [3, 0],
  ] as const;

  test.each([
    ['as its index says', index(17, rows), [undefined, true, undefined]],
    ['of a version that nobody knows', index(99, rows), [undefined, undefined, undefined]],
    [
      'with an index that is cut off',
      index(17, rows).subarray(0, 300),
      [undefined, undefined, undefined],
    ],
    [
      'with an index that lies',
      index(17, [[2, 0x80_00_00_00]]).fill(0xff, 16, 24),
      [undefined, undefined, undefined],
    ],
  ])('%s', async (_, bytes, expunged) => {
    const folder = '/var/spool/imap/t/user/taro';
    has({
      [`${folder}/cyrus.index`]: bytes,
      [`${folder}/1.`]: mail('a'),
      [`${folder}/2.`]: mail('b'),
      [`${folder}/3.`]: mail('c'),
    });
    const found = await mailIn(tree.files, folder, { stores: [eml] });
    expect(found.map(({ message }) => message.isExpunged)).toEqual(expunged);
  });
});

describe('JSON exports', () => {
  const raw = (subject: string, alphabet: 'base64' | 'base64url' = 'base64url'): string =>
    Buffer.from(mail(subject)).toString(alphabet);

  test('Gmail’s raw messages, on lines or alone, and pages of Graph', async () => {
    const gmail = (id: string): unknown => ({
      id,
      threadId: id,
      labelIds: ['INBOX'],
      payload: { headers: [{ name: 'a', value: '"}' }] },
      internalDate: String(day),
      raw: raw(id),
    });
    const graph = [1, 2].map(n => ({
      id: `AA${n}`,
      receivedDateTime: '2026-01-31T00:00:00Z',
      attachments: [
        {
          contentBytes: Buffer.from('no mail at all, but rather long '.repeat(4)).toString(
            'base64',
          ),
        },
      ],
      mime: raw(`graph ${n}`, 'base64'),
    }));
    has({
      '/mnt/taro@example.jp/gmail.ndjson': `${JSON.stringify(gmail('g1'))}\n${JSON.stringify(gmail('g2'))}\n`,
      '/mnt/taro@example.jp/graph.json': JSON.stringify({ value: graph }, null, 2).replaceAll(
        '/',
        '\\/',
      ),
      '/mnt/taro@example.jp/one.json': JSON.stringify(gmail('g3')),
      '/mnt/taro@example.jp/other.json': JSON.stringify({ raw: 'abc', data: raw('x') }),
    });
    expect(await found('/mnt')).toEqual([
      ['taro@example.jp', undefined, undefined, 'g1', day],
      ['taro@example.jp', undefined, undefined, 'g2', day],
      ['taro@example.jp', undefined, undefined, 'graph 1', day],
      ['taro@example.jp', undefined, undefined, 'graph 2', day],
      ['taro@example.jp', undefined, undefined, 'g3', day],
    ]);
    const keys = (await mailIn(tree.files, '/mnt', { stores: [mailExport] })).map(
      each => each.message.key,
    );
    expect(keys).toEqual(['g1', 'g2', 'AA1', 'AA2', 'g3']);
  });

  test('objects are found whatever the pieces they come in', () => {
    const value = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.constant(null),
      fc.array(fc.string(), { maxLength: 3 }),
    );
    const object = fc.dictionary(fc.constantFrom('a', 'b', 'id', 'x"y'), value, { maxKeys: 4 });
    fc.assert(
      fc.property(
        fc.array(object, { maxLength: 5 }),
        fc.integer({ min: 1, max: 9 }),
        (made, step) => {
          const text = Buffer.from(
            made
              .map((each, i) => JSON.stringify({ ...each, raw: `${i}`.repeat(50) }, null, i % 2))
              .join('\n'),
          );
          const objects = new JsonObjects(new Set(['raw']));
          const longs: string[] = [];
          const ids: unknown[] = [];
          for (let at = 0; at < text.length; at += step) {
            for (const { long, members } of objects.feed(text.subarray(at, at + step))) {
              if (long !== undefined) longs.push(text.toString('utf8', long.from, long.end));
              ids.push(members.get('id'));
            }
          }
          expect(longs).toEqual(made.map((_, i) => `${i}`.repeat(50)));
          for (const [i, { id }] of made.entries()) {
            if (typeof id === 'number') expect(ids[i]).toBe(String(id));
            if (typeof id === 'string') expect(JSON.parse(`"${String(ids[i])}"`)).toBe(id);
          }
        },
      ),
    );
  });

  test('nesting without end ends', () => {
    const objects = new JsonObjects(new Set(['raw']));
    const deep = Buffer.from(
      `${'{"a":['.repeat(50_000)}"x"${']}'.repeat(50_000)}{"raw":"${'y'.repeat(9)}"}`,
    );
    const found = [...objects.feed(deep)];
    expect(found.at(-1)?.long).toMatchObject({ key: 'raw' });
    expect(found.length).toBeLessThan(100);
  });
});
