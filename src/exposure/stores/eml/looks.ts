/** Fields of which a message has at least one, and hardly anything else has two. */
const known: ReadonlySet<string> = new Set([
  'from',
  'to',
  'cc',
  'bcc',
  'date',
  'subject',
  'received',
  'message-id',
  'return-path',
  'mime-version',
  'delivered-to',
  'sender',
  'reply-to',
  'in-reply-to',
  'references',
  'content-type',
  'content-transfer-encoding',
  'x-mailer',
  'x-original-to',
  'dkim-signature',
  'list-id',
]);

const lookedAtBytes = 4_096;
const linesMax = 200;

/** Whether bytes begin as a message does (RFC 5322): nothing but header lines, two of them well known. An mbox does not. */
export const looksLikeMessage = (head: Uint8Array): boolean => {
  if (head.subarray(0, 512).includes(0)) return false;
  const length = Math.min(head.length, lookedAtBytes);
  const text = Buffer.from(head.buffer, head.byteOffset, length).toString('latin1');
  const lines = text.replace(/^(?:\xef\xbb\xbf)?[\r\n]{0,4}/, '').split('\n', linesMax);
  // The last one may be cut off where the file was.
  if (length === lookedAtBytes) lines.pop();
  const found = new Set<string>();
  for (const [i, raw] of lines.entries()) {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (line === '') break;
    if (i > 0 && (line.startsWith(' ') || line.startsWith('\t'))) continue;
    if (i === 0 && line.startsWith('>From ')) continue;
    const name = /^([!-9;-~]{1,76})[ \t]{0,4}:/.exec(line)?.[1]?.toLowerCase();
    if (name === undefined) return false;
    if (known.has(name)) found.add(name);
    if (found.size > 1) return true;
  }
  return false;
};
