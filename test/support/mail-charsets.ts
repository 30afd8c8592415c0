import Encoding from 'encoding-japanese';

/** Charsets of mail, as its labels name them; `cp932-as-iso-2022-jp` and the like are labelled wrongly, as old programs do. */
export const mailCharsets = [
  'iso-2022-jp',
  'shift_jis',
  'euc-jp',
  'utf-8',
  'utf-16',
  'utf-7',
  'cp932-as-shift_jis',
  'cp932-as-us-ascii',
  'gb18030',
  'big5',
  'euc-kr',
] as const;
export type MailCharset = (typeof mailCharsets)[number];

/** What the `charset` parameter of the part says. */
export const labelOf = (charset: MailCharset): string => charset.replace(/^cp932-as-/, '');

/** The text in that charset; what it has no character for becomes `?`. */
export const encoded = (text: string, charset: MailCharset): Uint8Array => {
  switch (charset) {
    case 'iso-2022-jp':
      return japanese(text, 'JIS');
    case 'euc-jp':
      return japanese(text, 'EUCJP');
    case 'shift_jis':
    case 'cp932-as-shift_jis':
    case 'cp932-as-us-ascii':
      return japanese(text, 'SJIS');
    case 'utf-8':
      return Buffer.from(text, 'utf8');
    case 'utf-16':
      return Buffer.from(`\ufeff${text}`, 'utf16le').swap16();
    case 'utf-7':
      return utf7(text);
    case 'gb18030':
    case 'big5':
    case 'euc-kr':
      return twoBytes(text, charset);
  }
};

const japanese = (text: string, to: 'JIS' | 'EUCJP' | 'SJIS'): Uint8Array =>
  Uint8Array.from(Encoding.convert(Encoding.stringToCode(text), { to, from: 'UNICODE' }));

/** RFC 2152: direct characters stand for themselves, `+` is `+-`, the rest is base64 of UTF-16. */
const utf7 = (text: string): Uint8Array =>
  Buffer.from(
    text
      .replaceAll('+', '+-')
      .replace(
        /[^\u0020-\u005b\u005d-\u007d\r\n\t]+/g,
        run => `+${Buffer.from(run, 'utf16le').swap16().toString('base64').replace(/=+$/, '')}-`,
      ),
    'latin1',
  );

const tables = new Map<string, ReadonlyMap<string, readonly number[]>>();

/** Node can decode these and not encode them: the table is what it decodes, turned round. */
const tableOf = (charset: string): ReadonlyMap<string, readonly number[]> => {
  const known = tables.get(charset);
  if (known !== undefined) return known;
  const decoder = new TextDecoder(charset);
  const table = new Map<string, readonly number[]>();
  for (let first = 0x81; first <= 0xfe; first += 1) {
    for (let second = 0x40; second <= 0xfe; second += 1) {
      const character = decoder.decode(Uint8Array.of(first, second));
      if (character.length === 1 && character !== '\ufffd' && !table.has(character))
        table.set(character, [first, second]);
    }
  }
  tables.set(charset, table);
  return table;
};

const twoBytes = (text: string, charset: string): Uint8Array => {
  const table = tableOf(charset);
  return Uint8Array.from(
    Array.from(text).flatMap(character =>
      character.charCodeAt(0) < 0x80 ? [character.charCodeAt(0)] : (table.get(character) ?? [0x3f]),
    ),
  );
};
