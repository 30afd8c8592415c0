/**
 * Modified UTF-7 of mailbox names (RFC 3501, 5.1.3): `&ZeVnLIqe-` is 日本語, `&-` an ampersand. What is not
 * well formed stays as it is, as mail servers show it.
 */
export const decodeModifiedUtf7 = (name: string): string => {
  if (!name.includes('&')) return name;
  let out = '';
  let at = 0;
  for (;;) {
    const start = name.indexOf('&', at);
    const end = start < 0 ? -1 : name.indexOf('-', start);
    if (end < 0) return out + name.slice(at);
    out += name.slice(at, start) + shifted(name.slice(start + 1, end));
    at = end + 1;
  }
};

const shifted = (encoded: string): string => {
  if (encoded === '') return '&';
  const raw = `&${encoded}-`;
  if (!/^[A-Za-z0-9+,]+$/.test(encoded)) return raw;
  const bytes = Buffer.from(encoded.replaceAll(',', '/'), 'base64');
  // What is left over of the last character is at most seven bits of padding.
  const text = bytes
    .subarray(0, bytes.length & ~1)
    .swap16()
    .toString('utf16le');
  return text === '' || !/^[^\ud800-\udfff]*$/u.test(text) ? raw : text;
};

/** Names of folders that hold a mailbox and are no folder of it. */
const holders: ReadonlySet<string> = new Set([
  'maildir',
  '.maildir',
  'mail',
  '.mail',
  'mdbox',
  'sdbox',
  'dbox',
  'mailboxes',
  'dbox-mails',
  'mailbox',
]);

/**
 * The folder that a path within somebody's mail names: `Maildir/.Sent.2026` and `Maildir/Sent/2026` are
 * `Sent/2026`, nothing is `INBOX`.
 */
export const folderNameOf = (within: string): string => {
  const segments = within.split('/').filter(each => each !== '');
  while (holders.has(segments[0]?.toLowerCase() ?? '')) segments.shift();
  while (segments.at(-1) === 'dbox-Mails') segments.pop();
  const levels = segments.flatMap(segment =>
    // Maildir++ writes levels with dots, and has a dot before each folder.
    segment.startsWith('.') ? segment.split('.').filter(level => level !== '') : [segment],
  );
  const name = levels.map(decodeModifiedUtf7).join('/');
  return name === '' || name.toUpperCase() === 'INBOX' ? 'INBOX' : name;
};
