import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { type MailTree, mailIn, mailTree } from '../../../test/support/mail-tree.ts';
import { dbox } from './dbox.ts';

let tree: MailTree = mailTree();
const has = (content: Readonly<Record<string, string | Uint8Array>>): MailTree => {
  tree.remove();
  tree = mailTree(content);
  return tree;
};

afterEach(() => {
  has({});
});

const mail = (subject: string): string => `From: erin@example.test\nSubject: ${subject}\n\nText.\n`;
const header = '2 M1e C6b07e863\n';
const seconds = 0x6b07e863;

/** A message as dbox stores it: its header, itself, its metadata. */
const piece = (content: string | Buffer, metadata: readonly string[] = []): Buffer => {
  const bytes = Buffer.from(content);
  const size = bytes.length.toString(16).padStart(16, '0').toUpperCase();
  const lines = [`R${seconds.toString(16)}`, `V${bytes.length.toString(16)}`, ...metadata];
  return Buffer.concat([
    Buffer.from(`\x01\x02N          ${size}\n`),
    bytes,
    Buffer.from(`\n\x01\x03\n${lines.map(each => `${each}\n`).join('')}\n`),
  ]);
};

const u32 = (...numbers: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(numbers.length * 4);
  for (const [i, number] of numbers.entries()) bytes.writeUInt32LE(number, i * 4);
  return bytes;
};

/** An entry of a transaction log, its size in the way that says whether it is whole. */
const entry = (type: number, data: Buffer): Buffer => {
  const size = (data.length + 8) / 4;
  const bytes = Buffer.alloc(8);
  const spread = (size & 0x7f) | ((size & 0x3f80) << 1) | ((size & 0x1fc000) << 2);
  bytes.writeUInt32BE((spread | 0x80808080) >>> 0, 0);
  bytes.writeUInt32LE(type, 4);
  return Buffer.concat([bytes, data]);
};

const intro = (name: string, recordBytes: number): Buffer => {
  const named = Buffer.alloc(Math.ceil(name.length / 4) * 4);
  named.write(name);
  const sizes = Buffer.alloc(8);
  sizes.writeUInt16LE(recordBytes, 0);
  sizes.writeUInt16LE(name.length, 6);
  return entry(0x40, Buffer.concat([u32(0xff_ff_ff_ff, 0, 0), sizes, named]));
};

const log = (before: number, ...entries: readonly Buffer[]): Buffer => {
  const head = Buffer.alloc(40);
  head[0] = 1;
  head.writeUInt16LE(40, 2);
  head.writeUInt32LE(7, 4);
  head.writeUInt32LE(before + 1, 8);
  head.writeUInt32LE(before, 12);
  return Buffer.concat([head, ...entries]);
};

const append = (...uids: readonly number[]): Buffer =>
  entry(2, u32(...uids.flatMap(uid => [uid, 0])));
const expunge = (uid: number, isDone = true): Buffer =>
  entry(0xcd91 | (isDone ? 0x10000000 : 0), u32(uid, uid));
const mapLog = (
  ...places: readonly (readonly [uid: number, file: number, offset: number])[]
): Buffer =>
  log(
    0,
    append(...places.map(([uid]) => uid)),
    intro('map', 12),
    entry(0x200, u32(...places.flatMap(([uid, file, offset]) => [uid, file, offset, 1]))),
  );
const boxLog = (
  before: number,
  ...rows: readonly (readonly [uid: number, mapUid: number])[]
): Buffer =>
  log(
    before,
    append(...rows.map(([uid]) => uid)),
    intro('mdbox', 8),
    entry(0x200, u32(...rows.flatMap(([uid, mapUid]) => [uid, mapUid, 0]))),
  );

const told = async (path = '/'): Promise<readonly unknown[]> =>
  (await mailIn(tree.files, path, { stores: [dbox] })).map(
    ({ mailbox, folder, message, text, read }) => [
      mailbox,
      folder,
      message.uid,
      message.isExpunged ?? false,
      /Subject: (.*)/.exec(text)?.[1] ?? (read.state === 'unseen' ? read.why : read.state),
    ],
  );

const root = '/var/vmail/example.jp/taro/mdbox';

const storage = (): { readonly m1: Buffer; readonly at: readonly number[] } => {
  const pieces = ['a', 'b', 'c'].map((subject, i) => piece(mail(subject), [`G${i}`, 'BINBOX']));
  const at = pieces.map((_, i) => header.length + Buffer.concat(pieces.slice(0, i)).length);
  return { m1: Buffer.concat([Buffer.from(header), ...pieces]), at };
};

describe('sdbox', () => {
  test('a file for each message, packed or not, and what cannot be read', async () => {
    const folder = '/var/vmail/example.jp/taro/sdbox/mailboxes/Sent/2026/dbox-Mails';
    has({
      [`${folder}/u.2`]: Buffer.concat([Buffer.from(header), piece(mail('two'))]),
      [`${folder}/u.10`]: Buffer.concat([
        Buffer.from(header),
        piece(gzipSync(mail('ten')), ['Z30']),
      ]),
      [`${folder}/u.11`]: 'From: nobody',
      [`${folder}/u.12`]: Buffer.concat([
        Buffer.from(header),
        piece(mail('outside'), ['X1 2 B72 a/b']),
      ]),
      [`${folder}/dovecot.index.log`]: 'log',
      '/mnt/copy/mailboxes/INBOX/dbox-Mails/u.1': Buffer.concat([
        Buffer.from(header),
        piece(mail('one')),
      ]),
    });
    expect(await told()).toEqual([
      ['mnt/copy', 'INBOX', 1, false, 'one'],
      ['taro@example.jp', 'Sent/2026', 2, false, 'two'],
      ['taro@example.jp', 'Sent/2026', 10, false, 'ten'],
      ['taro@example.jp', 'Sent/2026', 11, false, 'damaged'],
      ['taro@example.jp', 'Sent/2026', 12, false, 'outside'],
    ]);
    const [two, , , outside] = (await mailIn(tree.files, folder, { stores: [dbox] })).map(
      ({ read }) => read,
    );
    expect(two).toMatchObject({ received: seconds * 1_000, isCut: false });
    // Its attachments lie elsewhere: it may hold more.
    expect(outside).toMatchObject({ isCut: true });
  });
});

describe('mdbox', () => {
  test('each message in its folder, expunged ones in none', async () => {
    const { m1, at } = storage();
    const [a = 0, b = 0, c = 0] = at;
    has({
      [`${root}/storage/m.1`]: m1,
      [`${root}/storage/dovecot.map.index.log`]: mapLog([1, 1, a], [2, 1, b], [3, 1, c]),
      [`${root}/mailboxes/INBOX/dbox-Mails/dovecot.index.log`]: Buffer.concat([
        boxLog(0, [1, 1], [2, 2], [4, 3]),
        expunge(2),
        expunge(4, false),
      ]),
      [`${root}/mailboxes/&ZeVnLIqe-/dbox-Mails/dovecot.index.log`]: boxLog(0, [9, 3]),
    });
    expect(await told()).toEqual([
      ['taro@example.jp', '日本語', 9, false, 'c'],
      ['taro@example.jp', 'INBOX', 1, false, 'a'],
      ['taro@example.jp', 'INBOX', 4, false, 'c'],
      ['taro@example.jp', undefined, undefined, true, 'b'],
    ]);
    expect(tree.files.unseen).toEqual([]);
  });

  test.each([
    ['its log begins in the middle', boxLog(4, [1, 1])],
    ['its log is damaged', Buffer.from('nothing')],
    [
      'it knows an extension by number only',
      log(0, append(1), entry(0x40, Buffer.concat([u32(3, 0, 0), Buffer.alloc(8)]))),
    ],
  ])(
    'where an index cannot be read (%s), nobody says which folder, nor what was expunged',
    async (_, bytes) => {
      const { m1, at } = storage();
      has({
        [`${root}/storage/m.1`]: m1,
        [`${root}/storage/dovecot.map.index.log`]: mapLog([1, 1, at[0] ?? 0]),
        [`${root}/mailboxes/INBOX/dbox-Mails/dovecot.index.log`]: bytes,
      });
      expect(await told()).toEqual(
        ['a', 'b', 'c'].map(subject => ['taro@example.jp', undefined, undefined, false, subject]),
      );
    },
  );

  test('an alternative storage has neither map nor folders', async () => {
    has({ '/alt/example.jp/taro/storage/m.7': storage().m1 });
    expect(await told()).toEqual(
      ['a', 'b', 'c'].map(subject => ['taro@example.jp', undefined, undefined, false, subject]),
    );
  });

  test('what is damaged never throws, and is told', async () => {
    const { m1, at } = storage();
    const map = mapLog([1, 1, at[0] ?? 0], [2, 1, at[1] ?? 0]);
    const box = boxLog(0, [1, 1], [2, 2]);
    const broken = (bytes: Buffer, at: number, value: number): Buffer => {
      const copy = Buffer.from(bytes);
      copy[at % copy.length] = value;
      return copy.subarray(0, Math.max(1, copy.length - (value % 7)));
    };
    await fc.assert(
      fc.asyncProperty(fc.nat(1_000), fc.nat(255), fc.nat(2), async (where, value, which) => {
        tree.write(`${root}/storage/m.1`, which === 0 ? broken(m1, where, value) : m1);
        tree.write(
          `${root}/storage/dovecot.map.index.log`,
          which === 1 ? broken(map, where, value) : map,
        );
        tree.write(
          `${root}/mailboxes/INBOX/dbox-Mails/dovecot.index.log`,
          which === 2 ? broken(box, where, value) : box,
        );
        expect((await told()).length).toBeLessThan(7);
      }),
      { numRuns: 100 },
    );
    tree.write(`${root}/storage/m.1`, Buffer.concat([m1, Buffer.from('not a message')]));
    await told();
    expect(tree.files.unseen.map(({ why }) => why).join()).toContain(
      'damaged behind some messages',
    );
  });
});
