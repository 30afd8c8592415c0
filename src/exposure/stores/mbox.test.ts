import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import {
  type MailTree,
  mailIn,
  mailTree,
  type TreeMessage,
} from '../../../test/support/mail-tree.ts';
import type { RunningBytes } from '../places/running-bytes.ts';
import { readFromLine } from './mbox/from-line.ts';
import { MboxSplitter } from './mbox/split.ts';
import { mbox } from './mbox.ts';

let tree: MailTree = mailTree();
const stores = [mbox];

const has = (content: Readonly<Record<string, string | Uint8Array>>): MailTree => {
  tree.remove();
  tree = mailTree(content);
  return tree;
};

const inFile = (content: string | Uint8Array): Promise<readonly TreeMessage[]> => {
  tree.write('/var/mail/taro', content);
  return mailIn(tree.files, '/var/mail/taro', { stores });
};

const texts = (found: readonly TreeMessage[]): readonly string[] => found.map(({ text }) => text);

afterEach(() => {
  has({});
});

const line = 'From erin@example.test Thu Nov 26 07:40:20 2026\n';

/** What may stand in a body to look like what separates. */
const bodyLine = fc.oneof(
  fc.constantFrom(
    '',
    'From here on',
    'From ',
    '>From erin@example.test Thu Nov 26 07:40:20 2026',
    '>>From x',
    line.trimEnd(),
    'From - Thu Nov 26 07:40:20 2026',
    'Subject: x',
    'Content-Length: 3',
    '>',
    'Text\r',
    '\r',
    '\x01\x01\x01\x01',
  ),
  fc.string({ maxLength: 30 }).map(text => text.replace(/[^\x20-\x7e]/g, '.')),
);
const body = fc
  .array(bodyLine, { maxLength: 8 })
  .map(lines => lines.map(each => `${each}\n`).join(''));
const message = fc
  .tuple(
    fc.array(fc.constantFrom('Subject: a', 'X-Y: b\n c', 'To: c@example.jp'), {
      minLength: 1,
      maxLength: 3,
    }),
    body,
  )
  .map(([headers, text]) => ({ header: `${headers.join('\n')}\n`, body: text }));
const messages = fc.array(message, { minLength: 1, maxLength: 6 });

type Made = { readonly header: string; readonly body: string };
const whole = ({ header, body }: Made): string => `${header}\n${body}`;

describe('mbox, split again', () => {
  test('mboxrd: what was put in comes out, whatever it looks like', async () => {
    await fc.assert(
      fc.asyncProperty(messages, async made => {
        const quoted = made.map(each => `${line}${whole(each).replace(/^(>*From )/gm, '>$1')}\n`);
        expect(texts(await inFile(quoted.join('')))).toEqual(made.map(whole));
      }),
      { numRuns: 60 },
    );
  });

  test('mboxcl2: nothing is quoted, and Content-Length tells where it ends', async () => {
    await fc.assert(
      fc.asyncProperty(messages, async made => {
        const counted = made.map(({ header, body }) => ({
          header: `${header}Content-Length: ${body.length}\n`,
          body,
        }));
        const text = counted.map(each => `${line}${whole(each)}\n`).join('');
        expect(texts(await inFile(text))).toEqual(counted.map(whole));
        expect(texts(await inFile(gzipSync(text)))).toEqual(counted.map(whole));
      }),
      { numRuns: 60 },
    );
  });

  test('any pieces: nothing is lost and nothing comes twice', async () => {
    const piece = fc.oneof(
      bodyLine,
      fc.constantFrom(line, '\n', `\n${line}`, `${line}Content-Length: 9999\n\n`),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 30 }), async pieces => {
        const text = `${line}Subject: s\n\n${pieces.join('\n')}`;
        const bytes = Buffer.from(text, 'latin1');
        const inMemory: RunningBytes = {
          isLasting: true,
          passed: () => {},
          held: () => undefined,
          at: async (offset, length) => bytes.subarray(offset, offset + length),
        };
        let end = 0;
        for await (const each of new MboxSplitter(inMemory).pieces()) {
          // Between two messages there is nothing but empty lines and the one that separates them.
          expect(text.slice(end, each.offset)).toMatch(/^\s*$/);
          expect(text.slice(each.offset, each.from)).toMatch(/^From .*\n?$/);
          expect(each.end).toBeGreaterThanOrEqual(each.from);
          end = each.end;
        }
        expect(text.slice(end)).toMatch(/^\s*$/);
      }),
      { numRuns: 60 },
    );
  });
});

describe('mbox', () => {
  test('a Content-Length is believed only where a separator follows', async () => {
    const forged = `${line}Subject: a\nContent-Length: 4000\n\nA.\n\n${line}Subject: b\nContent-Length: 1\n\nB.\n\n`;
    expect(texts(await inFile(forged))).toEqual([
      'Subject: a\nContent-Length: 4000\n\nA.\n',
      'Subject: b\nContent-Length: 1\n\nB.\n',
    ]);
  });

  test('separators without an empty line before, with other dates, with CRLF', async () => {
    const crlf = `${line}Subject: a\n\nA.\nFrom taro at example.jp  Mon, 26 Jan 2026 07:40:20 +0900\nSubject: b\n\nFrom here it goes on.\n`;
    expect(texts(await inFile(crlf))).toEqual([
      'Subject: a\n\nA.\n',
      'Subject: b\n\nFrom here it goes on.\n',
    ]);
    expect(
      texts(await inFile(`${line}Subject: c\n\n${line}Subject: d\n\n\n`.replaceAll('\n', '\r\n'))),
    ).toEqual(['Subject: c\r\n', 'Subject: d\r\n\r\n']);
    expect(
      texts(
        await inFile('From -\nSubject: e\n\nE\n\nFrom nobody\nhere\n\nFrom -\nSubject: f\n\nF\n'),
      ),
    ).toEqual(['Subject: e\n\nE\n\nFrom nobody\nhere\n', 'Subject: f\n\nF\n']);
  });

  test.each([
    ['From a@b Thu Nov 26 07:40:20 2026', undefined],
    ['From a@b Thu Nov 26 07:40:20 +0900 2026', '2026-11-25T22:40:20.000Z'],
    ['From a@b Thu Nov  6 7:40 GMT 2026', '2026-11-06T07:40:00.000Z'],
    ['From 17@xxx Thu Nov 26 07:40:20 +0000 2026', '2026-11-26T07:40:20.000Z'],
    ['From "a b"@c Thu Nov 26 07:40:20 2026 -0330', '2026-11-26T11:10:20.000Z'],
    ['From taro at example.jp  Thu, 26 Nov 2026 07:40:20 +0900', '2026-11-25T22:40:20.000Z'],
  ])('%s', (text, iso) => {
    const date = readFromLine(text);
    expect(date?.wallMs).toBeDefined();
    expect(date?.ms === undefined ? undefined : new Date(date.ms).toISOString()).toBe(iso);
  });

  test.each([
    'From a@b',
    'From there to Thu the 26th',
    'from a@b Thu Nov 26 07:40:20 2026',
    'From a Thu Nob 26 07:40:20 2026',
  ])('%s is no date', text => {
    expect(readFromLine(text)).toBeUndefined();
  });

  test('UIDs are a server’s, and its own message is none', async () => {
    const internal = `From MAILER-DAEMON Thu Nov 26 07:40:20 2026\nSubject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\nX-IMAP: 1700000000 0000000009\n\nThis text is part of the internal format.\n\n`;
    const found = await inFile(
      `${internal}${line}Subject: a\nX-UID: 7\n\n${line}Subject: b\nX-UID: 7\n\n${line}Subject: c\nX-UID: 9\n\n`,
    );
    expect(found.map(({ message, text }) => [text.slice(9, 10), message.uid])).toEqual([
      ['a', 7],
      ['b', undefined],
      ['c', 9],
    ]);
    const unfounded = await inFile(`${line}Subject: a\nX-UID: 7\n\n`);
    expect(unfounded[0]?.message.uid).toBeUndefined();
  });

  test('a key stays when flags change, and when what lies before is deleted', async () => {
    const one = `${line}Subject: a\n\nA\n\n`;
    const two = `${line}Subject: b\n\nB\n\n`;
    const keys = async (text: string): Promise<readonly string[]> =>
      (await inFile(text)).map(({ message }) => message.key);
    const [a, b, again] = await keys(one + two + two);
    expect(new Set([a, b, again]).size).toBe(3);
    expect(await keys(two)).toEqual([b]);
    expect(await keys(two.replace('Subject', 'Status: RO\nX-Keywords: x\n y\nSubject'))).toEqual([
      b,
    ]);
    expect(await keys(two.replace('B', 'C'))).not.toEqual([b]);
  });

  test('when it was received: by its own zone, or by the line that its server wrote then', async () => {
    const received = 'Received: from x by y (z);\n\tThu, 26 Nov 2026 07:40:21 +0900\n';
    const found = await inFile(
      `${line}${received}Subject: a\n\n${line}Subject: b\n\n${line.replace('26 07', '20 07')}${received}\n\nX\n\n`,
    );
    expect(found.map(({ message }) => message.received)).toEqual([
      Date.UTC(2026, 10, 25, 22, 40, 21),
      undefined,
      undefined,
    ]);
  });

  test('folders beside the inbox, whose they are, and what is none', async () => {
    has({
      '/var/mail/taro': `${line}Subject: a\n\n`,
      '/var/mail/taro.lock': 'lock',
      '/home/taro/mail/Sent': `${line}Subject: b\n\n`,
      '/home/taro/mail/.imap/Sent/dovecot.index': '\x07\x03',
      '/home/taro/mail/notes.txt': 'From here on\nnothing is mail',
      '/home/taro/Archive.mbox.gz': gzipSync(`${line}Subject: c\n\n`),
      '/mnt/old/hanako': `\x01\x01\x01\x01\nSubject: d\n\nD\n\x01\x01\x01\x01\n\x01\x01\x01\x01\nSubject: e\n\n\x01\x01\x01\x01\n`,
    });
    const found = [
      ...(await mailIn(tree.files, '/var/mail', { stores })),
      ...(await mailIn(tree.files, '/home', { stores })),
      ...(await mailIn(tree.files, '/mnt/old', { stores })),
    ];
    expect(found.map(({ mailbox, folder, text }) => [mailbox, folder, text.slice(9, 10)])).toEqual([
      ['taro', 'INBOX', 'a'],
      ['taro', 'Archive', 'c'],
      ['taro', 'Sent', 'b'],
      ['hanako', undefined, 'd'],
      ['hanako', undefined, 'e'],
    ]);
  });

  test('a message that moved since it was listed is gone, not another', async () => {
    const long = 'x'.repeat(3_000_000);
    tree.write(
      '/var/mail/taro',
      `${line}Subject: a\n\nA\n\n${line}Subject: b\n\nB\n\n${line}\n${long}`,
    );
    const at = join(tree.root, '/var/mail/taro');
    const found = await mailIn(tree.files, '/var/mail/taro', { stores });
    writeFileSync(at, `${line}Subject: b\n\nB\n\n`);
    expect(await found[1]?.message.read()).toEqual({ state: 'gone' });
  });

  test('messages longer than is read are cut, in a packed mbox too', async () => {
    tree.remove();
    tree = mailTree({}, { messageBytesMax: 3_000_000 });
    const long = `${line}Subject: a\n\n${'x'.repeat(12_000_000)}\n\n${line}Subject: b\n\nB\n`;
    for (const content of [long, gzipSync(long)]) {
      const found = await inFile(content);
      expect(
        found.map(({ text, read }) => [text.length, read.state === 'read' && read.isCut]),
      ).toEqual([
        [expect.any(Number), true],
        [14, false],
      ]);
      expect(Math.abs((found[0]?.text.length ?? 0) - 3_000_000)).toBeLessThan(100);
    }
  });
});
