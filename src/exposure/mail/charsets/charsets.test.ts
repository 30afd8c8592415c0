import Encoding from 'encoding-japanese';
import { describe, expect, test } from 'vitest';
import { decodeText } from './decode.ts';
import { charsetOf } from './labels.ts';

const japanese = [
  '田中太郎様、ご住所は東京都千代田区丸の内一丁目２番３号ですね。電話は03-1234-5678です。',
  'カード番号4111111111111111の有効期限をお知らせください。\n㈱サンプル①',
  '生年月日：昭和55年3月4日　口座番号１２３４５６７（普通）',
];

const encode = (
  text: string,
  to: 'JIS' | 'SJIS' | 'EUCJP' | 'UTF8' | 'UTF16LE' | 'UTF16BE',
): Buffer => Buffer.from(Encoding.convert(Encoding.stringToCode(text), { to, from: 'UNICODE' }));

describe('Japanese comes back as it was written', () => {
  const charsets = [
    ['ISO-2022-JP', 'JIS'],
    ['iso-2022-jp-ms', 'JIS'],
    ['CP50221', 'JIS'],
    ['Shift_JIS', 'SJIS'],
    ['x-sjis', 'SJIS'],
    ['cp932', 'SJIS'],
    ['EUC-JP', 'EUCJP'],
    ['utf8', 'UTF8'],
    ['utf-16le', 'UTF16LE'],
    ['UTF-16BE', 'UTF16BE'],
  ] as const;
  test.each(charsets)('from %s', (label, to) => {
    for (const text of japanese) expect(decodeText(encode(text, to), label).text).toBe(text);
  });

  test.each(charsets.filter(([, to]) => !to.startsWith('UTF16')))(
    'from what is labelled wrongly or not at all and is %s',
    (_, to) => {
      for (const text of japanese.slice(0, 2)) {
        for (const label of [
          undefined,
          'us-ascii',
          'iso-8859-1',
          'utf-8',
          'x-unknown',
          'Shift_JIS',
          'EUC-JP',
          'iso-2022-jp',
          'big5',
          'euc-kr',
        ]) {
          expect(decodeText(encode(text, to), label).text, `${label}`).toBe(text);
        }
      }
    },
  );
});

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('a charset', () => {
  test.each<readonly [string, Buffer, string]>([
    // JIS X 0201 katakana: by escape, by SO, with the high bit (CP50220 to 50222, JIS8).
    ['iso-2022-jp', latin1('\x1b(I1\x1b(B.\x0e1\x0f.\xb1'), 'ｱ.ｱ.ｱ'],
    // JIS X 0212, GB 2312, KS X 1001 and the right half of Latin-1, of ISO-2022-JP-1 and -2.
    ['iso-2022-jp-1', latin1('\x1b$(D0!\x1b(B'), '丂'],
    ['iso-2022-jp-2', latin1('\x1b$A0!\x1b$(C0!\x1b(B\x1b.A\x1bNi'), '啊가é'],
    // JIS X 0213, both planes, one with a mark of its own.
    ['iso-2022-jp-2004', latin1('\x1b$(Q$w.!\x1b$(P!!\x1b(B'), 'か\u309a俱𠂉'],
    ['iso-2022-jp', latin1('\x1b$@F|\x1b(J~\\\x1b&@\x1b$BF|\x1b(B'), '日~\\日'],
    // A line end is ASCII again, even where nobody said so.
    ['iso-2022-jp', latin1('\x1b$BF|\nabc'), '日\nabc'],
    ['euc-jp', latin1('\x8f\xb0\xa1\x8e\xb1'), '丂ｱ'],
    ['utf-7', latin1('Hi +ZeVnLIqe-, 1 +- 1+AD0-2'), 'Hi 日本語, 1 + 1=2'],
    ['hz-gb-2312', latin1('~~ ~{<:Ky2;S{~}.\n~{<:~}'), '~ 己所不欲.\n己'],
    ['iso-2022-kr', latin1('\x1b$)C\x0e0!\x0f a'), '가 a'],
    ['iso-2022-cn', latin1('\x1b$)A\x0e0!\x0f a'), '啊 a'],
    ['ks_c_5601-1987', latin1('\x81\x41\xb0\xa1\xc6\x52'), '갂가힣'],
    ['windows-1252', latin1('\x80 \x92 \xe9'), '€ ’ é'],
    ['utf-16', Buffer.from('\ufeffaあ', 'utf16le'), 'aあ'],
    ['utf-16', latin1('\x00a\x30\x42'), 'aあ'],
    ['utf-32le', latin1('a\0\0\0\x42\x30\0\0\0\xf6\x01\0'), 'aあ😀'],
    ['utf-32', latin1('\0\0\xfe\xff\0\0\0a'), 'a'],
    ['utf-8', latin1('\xef\xbb\xbfa\xc3'), 'a\ufffd'],
    ['gb2312', latin1('\xc4\xe3\x81\x30\x81\x30'), '你\x80'],
    ['big5', latin1('\xa7\x41'), '你'],
    ['koi8-r', latin1('\xf0\xd2\xc9'), 'При'],
  ])('%s is decoded', (label, bytes, text) => {
    expect(decodeText(bytes, label).text).toBe(text);
  });

  test.each([
    ['"UTF-8"', 'utf-8'],
    ['utf8', 'utf-8'],
    ['cp1251', 'windows-1251'],
    ['WIN-1251', 'windows-1251'],
    ['iso_8859-2:1987', 'iso-8859-2'],
    ['ISO8859-15', 'iso-8859-15'],
    ['MS936', 'gbk'],
    ['3Dutf-8', 'utf-8'],
    ["iso-2022-jp'", 'iso-2022-jp'],
    ['utf-8*ja', 'utf-8'],
    ['nobody-knows', undefined],
    ['', undefined],
  ])('is known by the name %j', (label, name) => {
    expect(charsetOf(label)).toBe(name);
  });
});

describe('text without a label', () => {
  test.each([
    [
      'windows-1251',
      latin1(
        '\xc7\xe4\xf0\xe0\xe2\xf1\xf2\xe2\xf3\xe9\xf2\xe5, \xec\xe5\xed\xff \xe7\xee\xe2\xf3\xf2 \xc8\xe2\xe0\xed',
      ),
    ],
    [
      'koi8-r',
      latin1(
        '\xfa\xc4\xd2\xc1\xd7\xd3\xd4\xd7\xd5\xca\xd4\xc5, \xcd\xc5\xce\xd1 \xda\xcf\xd7\xd5\xd4 \xe9\xd7\xc1\xce',
      ),
    ],
    [
      'gb18030',
      latin1(
        '\xc4\xfa\xba\xc3\xa3\xac\xc7\xeb\xb0\xd1\xc4\xfa\xb5\xc4\xb5\xe7\xbb\xb0\xba\xc5\xc2\xeb\xb7\xa2\xb8\xf8\xce\xd2',
      ),
    ],
    [
      'euc-kr',
      latin1(
        '\xbe\xc8\xb3\xe7\xc7\xcf\xbc\xbc\xbf\xe4. \xb1\xe8\xc3\xb6\xbc\xf6\xc0\xd4\xb4\xcf\xb4\xd9',
      ),
    ],
    [
      'windows-1252',
      latin1('Sehr geehrte Frau M\xfcller, die Stra\xdfe hei\xdft K\xf6nigsallee \x96 \x84gut\x93'),
    ],
    ['windows-1252', latin1('that\x92s \xa33.00, \xa9 2002')],
    ['us-ascii', latin1('plain ~{ text')],
    ['iso-2022-jp', latin1('\x1b$BF|K\\\x1b(B')],
    ['hz-gb-2312', latin1('x ~{<:Ky2;S{~} y')],
    ['utf-8', Buffer.from('日本')],
    ['utf-16le', Buffer.from('090-1234-5678 tel', 'utf16le')],
  ])('is told to be %s', (charset, bytes) => {
    expect(decodeText(bytes).charset).toBe(charset);
  });

  test.each([
    ['utf-8', latin1('Frau M\xfcller'), 'Frau Müller'],
    ['utf-8', latin1('caf\xc3\xa9 \xff'), 'café \ufffd'],
    ['gb2312', latin1('\xc1\xaa\xcd\xa8'), '联通'],
    ['shift_jis', latin1('\xb6\xcc\xde\xbc\xb7\xb6\xde\xb2\xbc\xac'), 'ｶﾌﾞｼｷｶﾞｲｼｬ'],
  ])('of few bytes is read as its label (%s) says, or as it can be', (label, bytes, text) => {
    expect(decodeText(bytes, label).text).toBe(text);
  });

  test('of several charsets is read line by line', () => {
    const mixed = Buffer.concat([
      latin1('\x1b$BF|K\\\x1b(B bounce\n'),
      Buffer.from('お電話ください\nplain\n'),
      latin1('\x82\xa8\x93d\x98b\x82\xad\x82\xbe\x82\xb3\x82\xa2\n'),
    ]);
    for (const label of [undefined, 'iso-2022-jp', 'utf-8', 'us-ascii']) {
      expect(decodeText(mixed, label).text, `${label}`).toBe(
        '日本 bounce\nお電話ください\nplain\nお電話ください\n',
      );
    }
  });

  test('says so where its label is not followed', () => {
    const decoded = decodeText(Buffer.from('お電話ください'), 'iso-8859-1');
    expect(decoded.text).toBe('お電話ください');
    expect(decoded.fault).toBe('labelled windows-1252; read as utf-8');
  });
});
