/** What a file is. `picture` has nothing that is read here; `signature` nothing about anybody. */
export type FileKind =
  | 'pdf'
  | 'zip'
  | 'gzip'
  | 'tar'
  | 'cfb'
  | 'rtf'
  | 'tnef'
  | 'message'
  | 'html'
  | 'xml'
  | 'json'
  | 'csv'
  | 'vcard'
  | 'plain'
  | 'signature'
  | 'picture'
  | 'other';

/** First bytes (as Latin-1) of what no name can hide. */
const magics: readonly (readonly [string, FileKind])[] = [
  ['%PDF-', 'pdf'],
  ['PK\x03\x04', 'zip'],
  ['PK\x05\x06', 'zip'],
  ['\x1f\x8b\x08', 'gzip'],
  ['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'cfb'],
  ['{\\rtf', 'rtf'],
  ['\x78\x9f\x3e\x22', 'tnef'],
  ['\x89PNG', 'picture'],
  ['GIF8', 'picture'],
  ['\xff\xd8\xff', 'picture'],
  ['BM', 'picture'],
  ['II*\0', 'picture'],
  ['MM\0*', 'picture'],
  ['RIFF', 'picture'],
  ['\0\0\x01\0', 'picture'],
  ['ID3', 'picture'],
  ['OggS', 'picture'],
  ['7z\xbc\xaf\x27\x1c', 'other'],
  ['Rar!\x1a\x07', 'other'],
  ['\xfd7zXZ\0', 'other'],
  ['BZh', 'other'],
  ['\x28\xb5\x2f\xfd', 'other'],
  ['MZ', 'other'],
  ['\x7fELF', 'other'],
  ['!BDN', 'other'],
  ['SQLite format 3', 'other'],
];

const byType: ReadonlyMap<string, FileKind> = new Map(
  Object.entries({
    'application/pdf': 'pdf',
    'application/rtf': 'rtf',
    'text/rtf': 'rtf',
    'application/json': 'json',
    'application/ld+json': 'json',
    'application/x-ndjson': 'json',
    'text/xml': 'xml',
    'application/xml': 'xml',
    'text/csv': 'csv',
    'text/tab-separated-values': 'csv',
    'application/csv': 'csv',
    'application/vnd.ms-excel': 'csv',
    'text/html': 'html',
    'application/xhtml+xml': 'html',
    'text/vcard': 'vcard',
    'text/x-vcard': 'vcard',
    'text/directory': 'vcard',
    'text/calendar': 'vcard',
    'application/ics': 'vcard',
    'message/rfc822': 'message',
    'application/pgp-signature': 'signature',
    'application/pkcs7-signature': 'signature',
    'application/x-pkcs7-signature': 'signature',
    'application/pgp-keys': 'signature',
  }),
);

const byExtension: ReadonlyMap<string, FileKind> = new Map(
  Object.entries({
    pdf: 'pdf',
    rtf: 'rtf',
    json: 'json',
    ndjson: 'json',
    jsonl: 'json',
    xml: 'xml',
    svg: 'xml',
    kml: 'xml',
    rss: 'xml',
    xsl: 'xml',
    csv: 'csv',
    tsv: 'csv',
    tab: 'csv',
    html: 'html',
    htm: 'html',
    xhtml: 'html',
    mht: 'message',
    mhtml: 'message',
    eml: 'message',
    vcf: 'vcard',
    vcs: 'vcard',
    ics: 'vcard',
    txt: 'plain',
    log: 'plain',
    md: 'plain',
    sql: 'plain',
    ldif: 'plain',
    ini: 'plain',
    conf: 'plain',
    yaml: 'plain',
    yml: 'plain',
    p7s: 'signature',
    tar: 'tar',
    tgz: 'gzip',
    gz: 'gzip',
    zip: 'zip',
  }),
);

/** Pictures, sound, programs, fonts: by name, where the first bytes say nothing. */
const pictureTypes = /^(?:image|audio|video|font)\//;

const extensionOf = (name: string): string => {
  const dot = name.lastIndexOf('.');
  return dot < 0
    ? ''
    : name
        .slice(dot + 1)
        .trim()
        .toLowerCase();
};

/** Mostly characters, as text of any charset is: zeros and control characters are rare in it. */
const looksLikeText = (head: Uint8Array): boolean => {
  const isWide = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
  if (isWide) return true;
  let strange = 0;
  for (const byte of head) if (byte < 9 || (byte > 13 && byte < 32 && byte !== 27)) strange++;
  return strange * 50 <= head.length;
};

const byContent = (head: string): FileKind => {
  const start = head.replace(/^(?:\xef\xbb\xbf)?\s{0,100}/, '').slice(0, 200);
  if (/^<(?:!doctype html|html|head|body|table|div|p)\b/i.test(start)) return 'html';
  if (/^<\?xml/i.test(start)) return /<html\b/i.test(head) ? 'html' : 'xml';
  if (/^BEGIN:V(?:CARD|CALENDAR)/i.test(start)) return 'vcard';
  if (/^(?:Received|Return-Path|From|Delivered-To|MIME-Version|Message-ID):\s/i.test(start)) {
    return 'message';
  }
  return 'plain';
};

export const headBytes = 1_024;

/** Whether a tar header stands here: its mark is behind 257 bytes. */
const isTar = (head: string): boolean => head.startsWith('ustar', 257);

/**
 * What a file is, by its first bytes (up to `headBytes` of them) before its type and name: those are the
 * sender's word.
 */
export const kindOfFile = (head: Uint8Array, name: string, type: string): FileKind => {
  const text = Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('latin1');
  for (const [magic, kind] of magics) {
    if (text.startsWith(magic) && (magic.length > 2 || !looksLikeText(head))) return kind;
  }
  if (isTar(text)) return 'tar';
  // PDF may begin a little later (ISO 32000-1, Annex H.3).
  if (text.includes('%PDF-')) return 'pdf';
  if (!looksLikeText(head)) return pictureTypes.test(type) ? 'picture' : 'other';
  const said = byType.get(type.toLowerCase()) ?? byExtension.get(extensionOf(name));
  if (said === 'signature') return said;
  const found = byContent(text);
  if (found !== 'plain') return found;
  // A container by its name alone, whose bytes are text, is not one.
  return said === undefined || ['pdf', 'zip', 'gzip', 'tar', 'rtf'].includes(said) ? 'plain' : said;
};
