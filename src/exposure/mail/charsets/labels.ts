/** Names that mail programs write and TextDecoder does not know, with what is meant. Keys as `plainLabel` leaves them. */
const aliases: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ansi: 'windows-1252',
    ascii: 'us-ascii',
    'ansi_x3.4-1968': 'us-ascii',
    'ansi_x3.4-1986': 'us-ascii',
    iso646us: 'us-ascii',
    'iso646-us': 'us-ascii',
    'iso_646.irv:1991': 'us-ascii',
    usascii: 'us-ascii',
    us: 'us-ascii',
    ibm367: 'us-ascii',
    cp367: 'us-ascii',
    '7bit': 'us-ascii',
    default: 'us-ascii',
    default_charset: 'us-ascii',
    none: 'us-ascii',
    unknown: 'us-ascii',
    'unknown-8bit': 'unknown-8bit',
    'x-unknown': 'unknown-8bit',
    '8bit': 'unknown-8bit',
    binary: 'unknown-8bit',
    latin: 'iso-8859-1',
    'latin-1': 'iso-8859-1',
    iso8859_1: 'iso-8859-1',
    'iso-8859': 'iso-8859-1',
    'iso-latin-1': 'iso-8859-1',
    'iso-8859-1-windows-3.1-latin-1': 'windows-1252',
    'latin-9': 'iso-8859-15',
    latin9: 'iso-8859-15',
    'iso-8859-15': 'iso-8859-15',
    'iso-8859-12': 'iso-8859-13',
    utf: 'utf-8',
    unicode: 'utf-16',
    utf8mb4: 'utf-8',
    'utf-8-mac': 'utf-8',
    'utf-8n': 'utf-8',
    utf8n: 'utf-8',
    utf_8: 'utf-8',
    'utf-8-sig': 'utf-8',
    'unicode-1-1-utf-8': 'utf-8',
    'x-utf-8': 'utf-8',
    cesu8: 'utf-8',
    'cesu-8': 'utf-8',
    utf7: 'utf-7',
    'utf-7': 'utf-7',
    'unicode-1-1-utf-7': 'utf-7',
    'unicode-2-0-utf-7': 'utf-7',
    'x-unicode-2-0-utf-7': 'utf-7',
    csunicode11utf7: 'utf-7',
    'utf-7-imap': 'utf-7',
    utf16: 'utf-16',
    'utf-16': 'utf-16',
    'ucs-2': 'utf-16',
    'iso-10646-ucs-2': 'utf-16',
    csunicode: 'utf-16',
    utf16le: 'utf-16le',
    'utf-16le': 'utf-16le',
    'utf-16-le': 'utf-16le',
    'utf-16-be': 'utf-16be',
    'utf-32-le': 'utf-32le',
    'utf-32-be': 'utf-32be',
    'ucs-2le': 'utf-16le',
    unicodelittle: 'utf-16le',
    utf16be: 'utf-16be',
    'utf-16be': 'utf-16be',
    'ucs-2be': 'utf-16be',
    unicodebig: 'utf-16be',
    unicodefffe: 'utf-16be',
    utf32: 'utf-32',
    'utf-32': 'utf-32',
    'ucs-4': 'utf-32',
    'iso-10646-ucs-4': 'utf-32',
    utf32le: 'utf-32le',
    'utf-32le': 'utf-32le',
    'ucs-4le': 'utf-32le',
    utf32be: 'utf-32be',
    'utf-32be': 'utf-32be',
    'ucs-4be': 'utf-32be',
    'iso-2022-jp': 'iso-2022-jp',
    'iso2022-jp': 'iso-2022-jp',
    iso2022jp: 'iso-2022-jp',
    iso_2022_jp: 'iso-2022-jp',
    iso2022_jp: 'iso-2022-jp',
    jis: 'iso-2022-jp',
    'x-jis': 'iso-2022-jp',
    jis7: 'iso-2022-jp',
    jis_encoding: 'iso-2022-jp',
    csiso2022jp: 'iso-2022-jp',
    csiso2022jp2: 'iso-2022-jp',
    csjisencoding: 'iso-2022-jp',
    cp50220: 'iso-2022-jp',
    cp50221: 'iso-2022-jp',
    cp50222: 'iso-2022-jp',
    'iso-2022-jp-ms': 'iso-2022-jp',
    'x-windows-iso2022jp': 'iso-2022-jp',
    'x-windows-50220': 'iso-2022-jp',
    'x-windows-50221': 'iso-2022-jp',
    'iso-2022': 'iso-2022-jp',
    iso2022: 'iso-2022-jp',
    'iso-2022-kr': 'iso-2022-kr',
    iso2022kr: 'iso-2022-kr',
    'iso2022-kr': 'iso-2022-kr',
    iso2022_kr: 'iso-2022-kr',
    csiso2022kr: 'iso-2022-kr',
    'iso-2022-cn': 'iso-2022-cn',
    'iso-2022-cn-ext': 'iso-2022-cn',
    iso2022cn: 'iso-2022-cn',
    'x-iso-2022-cn-gb': 'iso-2022-cn',
    hz: 'hz-gb-2312',
    'hz-gb-2312': 'hz-gb-2312',
    'hz-gb2312': 'hz-gb-2312',
    hzgb2312: 'hz-gb-2312',
    'x-euc': 'euc-jp',
    euc: 'euc-jp',
    ujis: 'euc-jp',
    eucjp: 'euc-jp',
    euc_jp: 'euc-jp',
    eucjis: 'euc-jp',
    cp51932: 'euc-jp',
    'eucjp-ms': 'euc-jp',
    'eucjp-win': 'euc-jp',
    'eucjp-open': 'euc-jp',
    'x-euc-jp-linux': 'euc-jp',
    'euc-jis-2004': 'euc-jis-2004',
    'euc-jisx0213': 'euc-jis-2004',
    euc_jis_2004: 'euc-jis-2004',
    sjis: 'shift_jis',
    's-jis': 'shift_jis',
    'shift-jis': 'shift_jis',
    shiftjis: 'shift_jis',
    'shift jis': 'shift_jis',
    'x-shift-jis': 'shift_jis',
    'sjis-win': 'shift_jis',
    'x-ms-cp932': 'shift_jis',
    cp932: 'shift_jis',
    cp943: 'shift_jis',
    cp943c: 'shift_jis',
    ibm943: 'shift_jis',
    'ibm-943': 'shift_jis',
    mskanji: 'shift_jis',
    'windows-932': 'shift_jis',
    'x-mac-japanese': 'shift_jis',
    'shift_jis-2004': 'shift_jis-2004',
    shift_jisx0213: 'shift_jis-2004',
    shift_jis_2004: 'shift_jis-2004',
    'shift-jis-2004': 'shift_jis-2004',
    gb: 'gbk',
    cp936: 'gbk',
    ms936: 'gbk',
    'windows-936': 'gbk',
    'euc-cn': 'gbk',
    euccn: 'gbk',
    'gb2312-80': 'gbk',
    'gb-2312': 'gbk',
    gb_2312: 'gbk',
    'gb18030-2000': 'gb18030',
    'gb-18030': 'gb18030',
    cp54936: 'gb18030',
    cp950: 'big5',
    'big-5': 'big5',
    'big5-eten': 'big5',
    'windows-950': 'big5',
    big5hkscs: 'big5-hkscs',
    'big5-hkscs': 'big5-hkscs',
    big5_hkscs: 'big5-hkscs',
    cp949: 'euc-kr',
    uhc: 'euc-kr',
    ms949: 'euc-kr',
    'x-windows-949': 'euc-kr',
    'windows-949': 'euc-kr',
    euckr: 'euc-kr',
    euc_kr: 'euc-kr',
    ks_c_5601: 'euc-kr',
    'ks_c_5861-1992': 'euc-kr',
    ksc5601: 'euc-kr',
    'ksc-5601': 'euc-kr',
    ksx1001: 'euc-kr',
    tis620: 'windows-874',
    cp874: 'windows-874',
    ms874: 'windows-874',
    koi8: 'koi8-r',
    koi8r: 'koi8-r',
    koi8u: 'koi8-u',
    cp1251: 'windows-1251',
    'win-1251': 'windows-1251',
    win1251: 'windows-1251',
    windows1251: 'windows-1251',
    win: 'windows-1251',
    alt: 'ibm866',
    'ibm-866': 'ibm866',
    'x-mac-roman': 'macintosh',
    macroman: 'macintosh',
    'mac-roman': 'macintosh',
    'x-mac-ce': 'windows-1250',
  }),
);

/** Without what mail programs put around a label by mistake. */
const plainLabel = (label: string): string => {
  let text = label.slice(0, 80).trim().toLowerCase();
  const star = text.indexOf('*');
  if (star >= 0) text = text.slice(0, star); // RFC 2231 5: a language behind the charset.
  for (const mark of ['"', "'", '<', '>', ';', ',', '=', '`']) text = text.replaceAll(mark, '');
  if (text.startsWith('charset')) text = text.slice('charset'.length);
  // Quoted-printable that nobody decoded.
  if (text.startsWith('3d')) text = text.slice(2);
  if (text.endsWith('_charset')) text = text.slice(0, -'_charset'.length);
  return text.trim();
};

const windowsPage = /^(?:cp|ms|win|windows|windows_|x-cp|ansi-?|microsoft-cp)-?(12[0-9]{2}|874)$/;
const isoPage = /^(?:x-)?iso[-_ ]?8859[-_ ]?([0-9]{1,2})(?:[-_:].*)?$/;

/** Names of decoders that TextDecoder does not have, or not as mail needs them. */
const own: ReadonlySet<string> = new Set([
  'us-ascii',
  'unknown-8bit',
  'utf-7',
  'utf-16',
  'utf-16le',
  'utf-16be',
  'utf-32',
  'utf-32le',
  'utf-32be',
  'iso-2022-jp',
  'iso-2022-kr',
  'iso-2022-cn',
  'hz-gb-2312',
  'euc-jis-2004',
  'shift_jis-2004',
  'big5-hkscs',
]);

const known = (label: string): string | undefined => {
  const meant = aliases.get(label) ?? label;
  if (own.has(meant)) return meant;
  if (meant.startsWith('iso-2022-jp')) return 'iso-2022-jp';
  const windows = windowsPage.exec(meant)?.[1];
  const iso = isoPage.exec(meant)?.[1];
  const asked =
    windows !== undefined ? `windows-${windows}` : iso !== undefined ? `iso-8859-${iso}` : meant;
  try {
    const name = new TextDecoder(asked).encoding;
    // Encoding Standard: what was labelled ASCII or Latin-1 is windows-1252.
    return asked === 'iso-8859-8-i' ? 'iso-8859-8' : name;
  } catch {
    return undefined;
  }
};

const cache = new Map<string, string | undefined>();
const cacheMax = 1_000;

/** What a charset label means, in the name browsers use, or undefined where nobody knows. */
export const charsetOf = (label: string): string | undefined => {
  if (cache.has(label)) return cache.get(label);
  const name = known(plainLabel(label));
  // The sender invents labels: the cache may not grow with them.
  if (cache.size >= cacheMax) cache.clear();
  if (label.length <= 80) cache.set(label, name);
  return name;
};
