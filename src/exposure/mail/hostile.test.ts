import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import '../../../test/support/seed.ts';
import { defaultMailLimits } from './message.ts';
import { readMessage } from './read-message.ts';

const repeat = (text: string, count: number): Buffer => Buffer.from(text.repeat(count), 'latin1');

/** All that can be asked of a message, so that lazy parts are read too. */
const readAll = (bytes: Uint8Array): { readonly chars: number; readonly decoded: number } => {
  const message = readMessage(bytes);
  const chars = message.texts.reduce((sum, { text }) => sum + text.length, 0);
  const decoded = message.attachments.reduce((sum, part) => sum + part.bytes().length, 0);
  expect(message.headers.length).toBeLessThanOrEqual(defaultMailLimits.headersMax);
  return { chars, decoded };
};

const nested = (boundary: (level: number) => string): Buffer =>
  Buffer.from(
    Array.from(
      { length: 20_000 },
      (_, level) =>
        `Content-Type: multipart/mixed; boundary=${boundary(level)}\n\n--${boundary(level)}\n`,
    ).join(''),
  );

const after = (header: string, text: string): Buffer =>
  Buffer.concat([Buffer.from(`${header}\n\n`), repeat(text, 1_000_000 / text.length)]);

const withHeader = (name: string, text: string): Buffer =>
  Buffer.concat([
    Buffer.from(`${name}: `),
    repeat(text, 500_000 / text.length),
    Buffer.from('\n\nx'),
  ]);

/** A megabyte each. In time that grows with the square, one of them would take minutes. */
const bombs: readonly (readonly [string, Buffer])[] = [
  ['one line', after('A: b', 'a')],
  ['headers', repeat('X: y\n', 200_000)],
  ['folds', withHeader('Subject', 'a\n ')],
  ['words without an end', withHeader('Subject', '=?utf-8?Q?')],
  ['empty words', withHeader('Subject', '=?utf-8?Q??= ')],
  ['addresses', withHeader('To', 'a@b ')],
  ['addresses with commas', withHeader('To', 'a@b,')],
  ['parentheses', withHeader('To', '(')],
  ['quotes', withHeader('To', '"a\\')],
  ['angles', withHeader('To', '<"')],
  ['domain literals', withHeader('To', '@[')],
  ['parameters', withHeader('Content-Type', 'a/b;a=b c')],
  ['comments in parameters', withHeader('Content-Type', 'a/b(')],
  ['multiparts in multiparts', nested(level => `b${level}`)],
  ['multiparts of one boundary', nested(() => 'b')],
  ['messages in messages', repeat('Content-Type: message/rfc822\n\n', 40_000)],
  ['parts', after('Content-Type: multipart/mixed; boundary=b', '--b\n\nx\n')],
  ['longer boundaries', after('Content-Type: multipart/mixed; boundary=b', '--bb\n')],
  ...['<', '<a ', "<a x='", '&', '&#1', '<!--', '<script></', '<title></title ', '</', '<a "'].map(
    text => [`HTML of ${text}`, after('Content-Type: text/html', text)] as const,
  ),
  ['quoted-printable', after('Content-Transfer-Encoding: quoted-printable', '= ')],
  ['base64 in pieces', after('Content-Transfer-Encoding: base64', 'QQ==')],
  ['uuencoded files', after('A: b', 'begin 644 a\nend\n')],
  ['uuencoded files without an end', after('A: b', 'begin 644 a\n')],
  ['PGP blocks', after('A: b', '-----BEGIN PGP MESSAGE-----\n')],
  ['soft lines', after('Content-Type: text/plain; format=flowed', '> \n')],
  ['escapes', after('A: b', '\x1b$B\x1b(B')],
  ['HZ', after('A: b', '~{')],
  ['carriage returns', after('A: b', '\r')],
  ['zeros', after('A: b', '\0')],
  ['bytes above 7F', after('A: b', '\xe9\x82')],
  ['signed in signed', after('Content-Type: application/pkcs7-mime', '\x30\x80\x06\x00')],
  [
    'winmail.dat',
    after('Content-Type: application/ms-tnef', '\x78\x9f\x3e\x22\0\0\x02\x03\x90\x06\0\0\0\0\0'),
  ],
];

describe('a hostile message', () => {
  test.each(bombs)('of %s is read in time that grows with its length', (_, bytes) => {
    const { chars } = readAll(bytes);
    expect(chars).toBeLessThanOrEqual(bytes.length * 2);
  });

  test('costs no more than its limits', () => {
    const limits = {
      depthMax: 3,
      partsMax: 5,
      headersMax: 4,
      headerBytesMax: 200,
      decodedBytesMax: 1_000,
    };
    for (const [, bytes] of bombs) {
      const { texts, headers, attachments } = readMessage(bytes, limits);
      expect(headers.length).toBeLessThanOrEqual(4);
      expect(texts.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThan(4_000);
      for (const part of attachments) expect(part.bytes().length).toBeLessThanOrEqual(1_000);
    }
  });

  test('says what was left away', () => {
    const kinds = (bytes: Buffer): readonly string[] =>
      readMessage(bytes, { decodedBytesMax: 100_000 }).faults.map(({ kind }) => kind);
    const bomb = (name: string): Buffer =>
      bombs.find(([known]) => known === name)?.[1] ?? Buffer.alloc(0);
    expect(kinds(bomb('one line'))).toContain('decoded-bytes');
    expect(kinds(bomb('headers'))).toContain('header-bytes');
    expect(kinds(bomb('parts'))).toContain('parts');
    expect(kinds(bomb('messages in messages'))).toContain('depth');
    expect(kinds(bomb('multiparts in multiparts'))).toContain('depth');
  });
});

const pieces = fc.constantFrom(
  'From: a <a@example.jp>\r\n',
  'To: "b',
  'Subject: =?iso-2022-jp?B?GyRC',
  '?=',
  'Content-Type: multipart/mixed; boundary="b"\n',
  'Content-Type: multipart/alternative;\n boundary=c\n',
  'Content-Type: message/rfc822\n',
  'Content-Type: text/html; charset=shift_jis\n',
  'Content-Type: application/ms-tnef\nContent-Transfer-Encoding: base64\n',
  'Content-Type: application/pkcs7-mime\n',
  'Content-Transfer-Encoding: base64\n',
  'Content-Transfer-Encoding: quoted-printable\n',
  'Content-Transfer-Encoding: x-uuencode\n',
  '\n\n',
  '\r\n',
  '\n--b\n',
  '\n--b--\n',
  '--c\r\n',
  '<table><td title="x">&amp;',
  '<script>',
  '\x1b$B',
  '\x1b(I',
  'begin 644 a.txt\n',
  '=E3=81=82=',
  'eJ8+IgAA',
  '\x30\x82\x01\x00',
);

const noise = fc.uint8Array({ maxLength: 40 }).map(bytes => Buffer.from(bytes).toString('latin1'));

const message = fc
  .array(fc.oneof({ arbitrary: pieces, weight: 4 }, { arbitrary: noise, weight: 1 }), {
    maxLength: 40,
  })
  .map(parts => Buffer.from(parts.join(''), 'latin1'));

describe('whatever the bytes', () => {
  test('nothing throws, and what comes out is bounded by what went in', () => {
    fc.assert(
      fc.property(message, bytes => {
        const { chars, decoded } = readAll(bytes);
        // Attributes and addresses of attached messages may be said twice; compressed text unpacks.
        expect(chars).toBeLessThanOrEqual(bytes.length * 20 + 100);
        expect(decoded).toBeLessThanOrEqual(bytes.length * 20 + 100);
      }),
      { numRuns: 1_500 },
    );
  });

  test('every beginning of a message is a message', () => {
    const whole = Buffer.from(
      [
        'From: =?utf-8?Q?=E3=81=82?= <a@example.jp>',
        'Content-Type: multipart/mixed; boundary*0=b; boundary*1=c',
        '',
        '--bc',
        'Content-Type: text/plain; charset=iso-2022-jp',
        'Content-Transfer-Encoding: base64',
        '',
        'GyRCJEYkOSRIGyhC',
        '--bc',
        'Content-Type: message/rfc822',
        '',
        'Subject: inner',
        '',
        '<b>text</b>',
        '--bc--',
        'behind',
      ].join('\r\n'),
    );
    for (let length = 0; length <= whole.length; length++) readAll(whole.subarray(0, length));
    expect(readMessage(whole).texts.map(({ text }) => text)).toEqual([
      'てすと',
      'inner',
      '<b>text</b>',
      'behind',
    ]);
  });

  test('texts come back exactly, however they are encoded', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        fc.boolean(),
        (text, isQuoted) => {
          const plain = text.replaceAll(/[\r\0]/g, '').trim();
          const bytes = Buffer.from(plain);
          const encoded = isQuoted
            ? [...bytes].map(byte => `=${byte.toString(16).padStart(2, '0')}`).join('')
            : bytes.toString('base64');
          const { texts } = readMessage(
            Buffer.from(
              `Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: ${isQuoted ? 'quoted-printable' : 'base64'}\n\n${encoded}`,
            ),
          );
          expect(texts[0]?.text ?? '').toBe(plain);
        },
      ),
    );
  });
});
