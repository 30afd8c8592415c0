import { describe, expect, test } from 'vitest';
import type { MailMessage } from './message.ts';
import { readMessage } from './read-message.ts';

const read = (...lines: readonly string[]): MailMessage =>
  readMessage(Buffer.from(lines.join('\r\n'), 'latin1'));

const texts = (message: MailMessage): readonly string[] =>
  message.texts.map(({ text }) => text.trim());

const faults = (message: MailMessage): readonly string[] => message.faults.map(({ kind }) => kind);

describe('a message', () => {
  test('gives subject, people, text and attachments', () => {
    const message = read(
      'From: =?iso-2022-jp?B?GyRCO0VFRBsoQg==?= <taro@example.jp>',
      'To: "Sato, Hanako" <hanako@example.jp>, staff: a@example.jp, b@example.jp;',
      'Subject: =?utf-8?Q?caf=C3=A9?=',
      'Date: Mon, 29 Jun 2026 09:00:00 +0900',
      'Message-ID: <1@example.jp> (added by relay)',
      'Content-Type: multipart/mixed; boundary="b"',
      '',
      '--b',
      'Content-Type: text/html; charset=utf-8',
      'Content-Transfer-Encoding: quoted-printable',
      '',
      '<table><tr><td>a=E3=81=82</td><td>b</td></tr></table>',
      '--b',
      'Content-Type: application/pdf; name=x.pdf',
      'Content-Transfer-Encoding: base64',
      '',
      'JVBERi0=',
      '--b--',
    );
    expect(message.senders).toEqual([{ name: '仕田', address: 'taro@example.jp' }]);
    expect(message.recipients).toEqual([
      { name: 'Sato, Hanako', address: 'hanako@example.jp' },
      { name: '', address: 'a@example.jp' },
      { name: '', address: 'b@example.jp' },
    ]);
    expect(message.messageId).toBe('<1@example.jp>');
    expect(message.date).toBe(Date.UTC(2026, 5, 29));
    expect(message.texts.map(({ kind, text }) => [kind, text])).toEqual([
      ['subject', 'café'],
      ['html', 'aあ\tb'],
    ]);
    const [pdf] = message.attachments;
    expect([pdf?.name, pdf?.type, pdf?.sizeBytes]).toEqual(['x.pdf', 'application/pdf', 5]);
    expect(Buffer.from(pdf?.bytes() ?? []).toString()).toBe('%PDF-');
    expect(message.faults).toEqual([]);
    expect(message.headers[2]).toEqual({ name: 'subject', value: 'café' });
  });

  test.each([
    ['no headers', 'Hello.\r\n\r\nText.', 'Hello.\n\nText.'],
    [
      'no empty line behind its headers',
      'From: a\r\nSubject: s\r\nThis is text.\r\nMore.',
      'This is text.\nMore.',
    ],
    [
      'the line of an mbox before it',
      'From a@example.jp Mon Jun 29 09:00:00 2026\r\nSubject: s\r\n\r\nx',
      'x',
    ],
    ['an empty line before it', '   \r\n\r\nSubject: s\r\n\r\nx', 'x'],
    ['lines that end with CR', 'Subject: s\rContent-Type: text/html\r\r<b>x\r</b>', 'x'],
    ['NUL in it', 'Subject: s\0\r\n\r\n0\x0090-1234', '090-1234'],
    ['no MIME-Version', 'Content-Type: text/html\r\n\r\n<b>x</b>', 'x'],
    ['two types', 'Content-Type: text/html\r\nContent-Type: image/png\r\n\r\n<b>x</b>', 'x'],
    ['a type that is none', 'Content-Type: ???\r\n\r\nx', 'x'],
    ['a type without a subtype', 'Content-Type: html; x\r\n\r\n<b>x</b>', 'x'],
    ['the encoding of another program', 'Content-Transfer-Encoding: "base64";\r\n\r\neA==', 'x'],
    ['an unknown encoding', 'Content-Transfer-Encoding: rot13\r\n\r\nx', 'x'],
    ['Base64 in pieces', 'Content-Transfer-Encoding: base64\r\n\r\nYQ==Yg==\r\nYw', 'abc'],
    [
      'a damaged soft line end',
      'Content-Transfer-Encoding: quoted-printable\r\n\r\n090-12= \r\n34 =zz=',
      '090-1234 =zz',
    ],
    [
      'uuencode',
      'Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a\r\n#86)C\r\n`\r\nend',
      'abc',
    ],
  ])('with %s is read', (_, raw, text) => {
    expect(texts(readMessage(Buffer.from(raw, 'latin1'))).at(-1)).toBe(text);
  });

  test.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])(
    'is not confused by the word %s',
    word => {
      const message = read(
        `Date: Mon, 29 Jun 2026 09:00:00 ${word}`,
        `${word}: x`,
        `Content-Type: text/plain; charset=${word}; ${word}=y`,
        `Content-Transfer-Encoding: ${word}`,
        '',
        'x',
      );
      expect(texts(message)).toEqual(['x']);
      expect(message.date).toBe(Date.UTC(2026, 5, 29, 9));
      expect(texts(read(`Content-Type: ${word}`, '', 'x'))).toEqual(['x']);
    },
  );

  test.each(['', ' ', '\xef\xbb\xbf', ' \r\n', '\r\n'])('begins with %j', before => {
    const message = readMessage(Buffer.from(`${before}From: a@example.jp\r\n\r\nx`, 'latin1'));
    expect(message.senders).toEqual([{ name: '', address: 'a@example.jp' }]);
  });

  test('has no empty line between headers and text, in a message and in a part', () => {
    const plain = ['--b', 'Content-Type: text/plain'];
    const parts = [...plain, 'a', '', ...plain, 'format=flowed', '', 'b', '--b--'];
    const message = read('Content-Type: multipart/mixed; boundary=b', 'Subject: ', ' ', ...parts);
    expect(texts(message)).toEqual(['a', 'b']);
  });

  test('has a header whose fold lost its white space', () => {
    const message = read('Subject: a', 'lost fold', 'To: b@example.jp', '', 'x');
    expect(texts(message)).toEqual(['a lost fold', 'x']);
    expect(message.recipients[0]?.address).toBe('b@example.jp');
  });

  test('has all of its senders, however often it names them', () => {
    const message = read(
      'From: a@example.jp',
      'From: b@example.jp',
      'Reply-To: c@example.jp',
      '',
      '',
    );
    expect(message.senders.map(({ address }) => address)).toEqual([
      'a@example.jp',
      'b@example.jp',
      'c@example.jp',
    ]);
  });

  test('has raw headers in UTF-8 and in older charsets', () => {
    const utf8 = readMessage(Buffer.from('Subject: 田中\nFrom: 田中 <用户@例え.jp>\n\n'));
    expect(texts(utf8)).toEqual(['田中']);
    expect(utf8.senders).toEqual([{ name: '田中', address: '用户@例え.jp' }]);
    expect(texts(read('Subject: \x1b$BF|K\\\x1b(B', '', ''))).toEqual(['日本']);
    expect(texts(read('Subject: \x82\xa8\x93d\x98b\x82\xc5\x82\xb7', '', ''))).toEqual([
      'お電話です',
    ]);
  });
});

describe('a multipart', () => {
  const multi = (type: string, ...lines: readonly string[]): MailMessage =>
    read(`Content-Type: multipart/${type}`, '', ...lines);

  test.each<readonly [string, string, readonly string[], readonly string[]]>([
    [
      'without a closing boundary',
      'mixed; boundary=b',
      ['--b', '', 'x', '--b', '', 'y'],
      ['boundary'],
    ],
    [
      'whose boundaries begin alike',
      'mixed; boundary=b',
      ['--b', '', 'x', '--bb', '--b  ', '', 'y', '--b--'],
      [],
    ],
    [
      'whose boundary is quoted',
      'mixed; boundary="b (c)"',
      ['--b (c)', '', 'x', '--b (c)', '', 'y', '--b (c)--'],
      [],
    ],
    [
      'whose boundary is not said',
      'mixed',
      ['--b', 'Content-Type: text/plain', '', 'x', '--b', '', 'y', '--b--'],
      ['boundary'],
    ],
    [
      'whose boundary is wrong',
      'mixed; boundary=c',
      ['--b', 'Content-Type: text/plain', '', 'x', '--b', '', 'y', '--b--'],
      ['boundary'],
    ],
    [
      'that goes on behind its end',
      'mixed; boundary=b',
      ['--b', '', 'x', '--b--', '--b', '', 'y', '--b--'],
      [],
    ],
  ])('%s is read', (_, type, lines, kinds) => {
    const message = multi(type, ...lines);
    expect(texts(message).map(text => text.replace('\n--bb', ''))).toEqual(['x', 'y']);
    expect(faults(message)).toEqual(kinds);
  });

  test('that is none is text', () => {
    expect(texts(multi('mixed; boundary=b', 'only text'))).toEqual(['only text']);
  });

  test('gives what stands outside of its parts last, but for the usual note', () => {
    const note = 'This is a multi-part message in MIME format.';
    const parts = ['--b', '', 'x', '--b--', 'sent by a list'];
    expect(texts(multi('mixed; boundary=b', note, ...parts))).toEqual(['x', 'sent by a list']);
  });

  test('of alternatives marks a form that says the same again', () => {
    const parts = (html: string): MailMessage =>
      multi(
        'alternative; boundary=b',
        '--b',
        '',
        'Call  090-1234',
        '--b',
        'Content-Type: text/html',
        '',
        html,
        '--b--',
      );
    expect(parts('<p>Call <b>090</b>-1234</p>').texts[1]?.repeats).toBe(true);
    expect(parts('<p>Call 090-1235</p>').texts[1]?.repeats).toBeUndefined();
  });

  test('of digests holds messages', () => {
    const message = multi(
      'digest; boundary=b',
      '--b',
      '',
      'Subject: one',
      'From: a@example.jp',
      '',
      'x',
      '--b--',
    );
    expect(message.texts).toEqual([
      { kind: 'subject', text: 'one', charset: 'utf-8', depth: 1 },
      { kind: 'plain', text: 'from: a@example.jp', charset: 'utf-8', depth: 1 },
      { kind: 'plain', text: 'x', charset: 'us-ascii', depth: 1 },
    ]);
  });

  test('that is encrypted is said to be, and its parts are attachments', () => {
    const message = multi(
      'encrypted; boundary=b',
      '--b',
      'Content-Type: application/pgp-encrypted',
      '',
      'Version: 1',
      '--b',
      'Content-Type: application/octet-stream; name=e.asc',
      '',
      'secret',
      '--b--',
    );
    expect(message.texts).toEqual([]);
    expect(message.attachments.map(({ name, encrypted }) => [name, encrypted])).toEqual([
      ['', true],
      ['e.asc', true],
    ]);
    expect(faults(message)).toEqual(['encrypted', 'encrypted']);
  });
});

describe('a text', () => {
  test('that flows is joined, with its quoting', () => {
    const flowed = (parameters: string, ...lines: readonly string[]): string =>
      read(`Content-Type: text/plain; format=flowed${parameters}`, '', ...lines).texts[0]?.text ??
      '';
    expect(flowed('', 'Call 090 ', '1234', ' stuffed', '> a ', '> b', '-- ', 'sig')).toBe(
      'Call 090 1234\nstuffed\n> a b\n-- \nsig',
    );
    expect(flowed('; delsp=yes', '0901234 ', '5678')).toBe('09012345678');
  });

  test('that was attached as a file keeps its name', () => {
    const message = read(
      'Content-Type: text/csv; charset=utf-8',
      'Content-Disposition: attachment; filename=a.csv',
      '',
      'x,y',
    );
    expect(message.texts).toEqual([
      { text: 'x,y', kind: 'csv', charset: 'utf-8', depth: 0, name: 'a.csv' },
    ]);
  });

  test('says its charset itself where its header does not', () => {
    const html =
      '<meta http-equiv="Content-Type" content="text/html; charset=Shift_JIS">\x83e\x83X\x83g';
    expect(read('Content-Type: text/html', '', html).texts[0]).toMatchObject({
      charset: 'shift_jis',
      text: expect.stringContaining('テスト') as string,
    });
  });

  test('that is a file by its first bytes is an attachment', () => {
    const message = read('Content-Type: text/plain; name=a.pdf', '', '%PDF-1.4 …');
    expect(message.texts).toEqual([]);
    expect(message.attachments[0]?.name).toBe('a.pdf');
  });

  test('gives uuencoded files and PGP messages as attachments', () => {
    const message = read(
      'A: b',
      '',
      'before',
      'begin 644 a b.txt',
      '#86)C',
      '`',
      'end',
      'between',
      '-----BEGIN PGP MESSAGE-----',
      'x',
      '-----END PGP MESSAGE-----',
      'behind',
    );
    expect(texts(message)).toEqual(['before\nbetween\n\nbehind']);
    const [file, pgp] = message.attachments;
    expect([file?.name, Buffer.from(file?.bytes() ?? []).toString()]).toEqual(['a b.txt', 'abc']);
    expect(pgp?.encrypted).toBe(true);
  });

  test('behind Base64, as mailing lists set it, is read too', () => {
    const message = read(
      'Content-Transfer-Encoding: base64',
      '',
      'YWJj',
      '_______________',
      'list: call 090',
      '',
    );
    expect(texts(message)).toEqual(['abc', '_______________\nlist: call 090']);
  });
});

describe('S/MIME', () => {
  const der = (tag: number, ...content: readonly Buffer[]): Buffer => {
    const body = Buffer.concat(content);
    return Buffer.concat([Buffer.from([tag, 0x82, body.length >> 8, body.length & 255]), body]);
  };
  const oid = (last: string): Buffer => der(6, Buffer.from(`2a864886f70d0107${last}`, 'hex'));
  const cms = (bytes: Buffer, type = ''): MailMessage =>
    read(
      `Content-Type: application/pkcs7-mime${type}`,
      'Content-Transfer-Encoding: base64',
      '',
      bytes.toString('base64'),
    );
  const inner = Buffer.from('Content-Type: text/plain\r\n\r\nsigned 090');

  test('that is signed is read, its content in one piece or in several', () => {
    const signed = (content: Buffer): Buffer =>
      der(
        0x30,
        oid('02'),
        der(
          0xa0,
          der(0x30, der(2, Buffer.of(1)), der(0x31), der(0x30, oid('01'), der(0xa0, content))),
        ),
      );
    expect(texts(cms(signed(der(4, inner))))).toEqual(['signed 090']);
    const pieces = [der(4, inner.subarray(0, 9)), der(4, inner.subarray(9)), Buffer.of(0, 0)];
    expect(texts(cms(signed(Buffer.concat([Buffer.of(0x24, 0x80), ...pieces]))))).toEqual([
      'signed 090',
    ]);
  });

  test('that is encrypted is said to be', () => {
    const message = cms(der(0x30, oid('03'), der(0xa0, der(0x30))), '; name=smime.p7m');
    expect(message.attachments[0]).toMatchObject({ name: 'smime.p7m', encrypted: true });
    expect(faults(message)).toEqual(['encrypted']);
  });
});

describe('a winmail.dat', () => {
  const attribute = (level: number, id: number, data: Buffer): Buffer => {
    const head = Buffer.alloc(9);
    head[0] = level;
    head.writeUInt32LE(id, 1);
    head.writeUInt32LE(data.length, 5);
    return Buffer.concat([head, data, Buffer.alloc(2)]);
  };
  const property = (id: number, type: number, data: Buffer): Buffer => {
    const head = Buffer.alloc(12);
    head.writeUInt16LE(type, 0);
    head.writeUInt16LE(id, 2);
    head.writeUInt32LE(1, 4);
    head.writeUInt32LE(data.length, 8);
    return Buffer.concat([head, data, Buffer.alloc((4 - (data.length % 4)) % 4)]);
  };
  const rtf = Buffer.from(
    "{\\rtf1\\ansi\\ansicpg932{\\fonttbl{\\f0\\fcharset128 x;}}\\f0 \\'93\\'fa\\'96\\'7b\\par tel\\u12354?}",
  );
  const stored = Buffer.alloc(16);
  stored.writeUInt32LE(0x414c454d, 8);

  test('gives its text and its files', () => {
    const properties = Buffer.concat([
      Buffer.of(2, 0, 0, 0),
      property(0x0037, 31, Buffer.from('件名\0', 'utf16le')),
      property(0x1009, 258, Buffer.concat([stored, rtf])),
    ]);
    const tnef = Buffer.concat([
      Buffer.from('789f3e220000', 'hex'),
      attribute(1, 0x00069003, properties),
      attribute(2, 0x00069002, Buffer.alloc(14)),
      attribute(2, 0x00018010, Buffer.from('short.txt\0')),
      attribute(2, 0x0006800f, Buffer.from('content')),
      attribute(
        2,
        0x00069005,
        Buffer.concat([
          Buffer.of(1, 0, 0, 0),
          property(0x3707, 31, Buffer.from('長い.txt', 'utf16le')),
        ]),
      ),
    ]);
    const message = read(
      'Content-Type: application/ms-tnef; name=winmail.dat',
      'Content-Transfer-Encoding: base64',
      '',
      tnef.toString('base64'),
    );
    expect(texts(message)).toEqual(['件名', '日本\ntelあ']);
    const [file] = message.attachments;
    expect([file?.name, Buffer.from(file?.bytes() ?? []).toString()]).toEqual([
      '長い.txt',
      'content',
    ]);
  });
});
