import { createHash } from 'node:crypto';
import type { PstAddress, PstAttachment, PstItem } from './item.ts';

/** Header lines that spoke of the parts as they came, which are put together anew here. */
const ofParts = /^(?:content-[a-z-]+|mime-version):/i;

const oneLine = (text: string): string => text.replace(/[\r\n\0]+/g, ' ').trim();

/** Exchange wraps addresses of other systems: `IMCEANOTES-Jim+20+3Cjim+40example+2Ecom+3E+40X@X.com`. */
export const unwrapped = (address: string): string => {
  const local = /^IMCEA[A-Z0-9]{1,20}-([^@]{1,2000})@/i.exec(address)?.[1];
  if (local === undefined) return address;
  const text = local
    .replaceAll('_', '/')
    .replace(/\+([0-9A-F]{2})/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  return /[^\s<>"()/]{1,200}@[^\s<>"()/@]{1,200}/.exec(text)?.[0] ?? address;
};

const addressText = ({ name, address: given }: PstAddress): string => {
  const address = unwrapped(given);
  const plain = oneLine(name).replace(/["\\]/g, ' ');
  if (!address.includes('@')) return plain === '' ? '' : `"${plain}"`;
  const bare = oneLine(address).replace(/[<>\s]/g, '');
  return plain === '' || plain === bare ? `<${bare}>` : `"${plain}" <${bare}>`;
};

const listed = (name: string, addresses: readonly PstAddress[]): readonly string[] => {
  const texts = addresses.map(addressText).filter(text => text !== '');
  return texts.length === 0 ? [] : [`${name}: ${texts.join(',\r\n ')}`];
};

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** RFC 5322, 3.3. */
const dateText = (ms: number): string => {
  const date = new Date(ms);
  const two = (value: number): string => String(value).padStart(2, '0');
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(':');
  return `${days[date.getUTCDay()] ?? ''}, ${date.getUTCDate()} ${months[date.getUTCMonth()] ?? ''} ${date.getUTCFullYear()} ${time} +0000`;
};

/** Without the parts' own lines, and what continues them. */
const transported = (headers: string): readonly string[] => {
  const lines: string[] = [];
  let isLeft = false;
  for (const line of headers.split(/\r?\n/)) {
    if (line === '') continue;
    const isContinued = line.startsWith(' ') || line.startsWith('\t');
    // Exchange puts a line of its own in front, which is none.
    if (!isContinued) isLeft = ofParts.test(line) || !/^[!-9;-~]+:/.test(line);
    if (!isLeft) lines.push(line);
  }
  return lines;
};

const headersOf = (item: PstItem): readonly string[] => {
  const came = transported(item.transportHeaders);
  const has = (name: string): boolean =>
    came.some(line => line.toLowerCase().startsWith(`${name}:`));
  return [
    ...came,
    ...(has('from') ? [] : listed('From', item.senders)),
    ...(has('to') ? [] : listed('To', item.to)),
    ...(has('cc') ? [] : listed('Cc', item.cc)),
    // Whom the sender alone knows of stands in no header that came over the wire.
    ...(has('bcc') ? [] : listed('Bcc', item.bcc)),
    ...(has('subject') || item.subject === '' ? [] : [`Subject: ${oneLine(item.subject)}`]),
    ...(has('date') || item.sent === undefined ? [] : [`Date: ${dateText(item.sent)}`]),
    ...(has('message-id') || item.messageId === ''
      ? []
      : [`Message-ID: ${oneLine(item.messageId)}`]),
    'MIME-Version: 1.0',
  ];
};

interface Part {
  readonly headers: readonly string[];
  readonly body: Buffer;
}

/** Latin-1 text of a header's value between quotes. */
const quoted = (text: string): string => `"${oneLine(text).replace(/["\\]/g, '_')}"`;

const textPart = (type: string, text: string): Part => ({
  headers: [`Content-Type: ${type}; charset=utf-8`, 'Content-Transfer-Encoding: 8bit'],
  body: Buffer.from(text, 'utf8'),
});

/** Lines of at most 76 characters, as RFC 2045 wants them. */
const base64 = (bytes: Uint8Array): Buffer => {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  return Buffer.from(text.replace(/.{76}/g, '$&\r\n'), 'latin1');
};

const depthMax = 20;

const attachmentPart = (attachment: PstAttachment, depth: number): Part => {
  const name = attachment.name === '' ? 'attachment' : attachment.name;
  const disposition = `Content-Disposition: attachment; filename=${quoted(name)}`;
  if ('item' in attachment) {
    return {
      headers: ['Content-Type: message/rfc822', disposition],
      body: renderItem(attachment.item, depth + 1),
    };
  }
  const type = /^[\w.+-]{1,60}\/[\w.+-]{1,100}$/.test(attachment.type)
    ? attachment.type
    : 'application/octet-stream';
  return {
    headers: [
      `Content-Type: ${type}; name=${quoted(name)}`,
      'Content-Transfer-Encoding: base64',
      disposition,
    ],
    body: base64(attachment.bytes),
  };
};

const partsOf = (item: PstItem, depth: number): readonly Part[] => {
  const more = item.more.map(([label, value]) => `${label}: ${value}\r\n`).join('');
  const parts: Part[] = [];
  if (item.plain !== '' || more !== '')
    parts.push(
      textPart(
        'text/plain',
        `${item.plain}${item.plain === '' || more === '' ? '' : '\r\n\r\n'}${more}`,
      ),
    );
  // Outlook writes the text of HTML beside it; where it did not, HTML is all there is.
  if (item.html !== '') parts.push(textPart('text/html', item.html));
  if (item.plain === '' && item.html === '' && item.rtf !== '') {
    parts.push(textPart(/<html|<body/i.test(item.rtf) ? 'text/html' : 'text/plain', item.rtf));
  }
  if (depth < depthMax) {
    for (const each of item.attachments) parts.push(attachmentPart(each, depth));
  }
  return parts.length === 0 ? [textPart('text/plain', '')] : parts;
};

const feed = Buffer.from('\r\n');

const joined = (headers: readonly string[], body: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${headers.join('\r\n')}\r\n\r\n`, 'utf8'), body]);

/** No text can hold a digest of itself. */
const boundaryOf = (parts: readonly Part[]): string => {
  const hash = createHash('sha256');
  for (const { body } of parts) hash.update(body);
  return `postern-${hash.digest('hex').slice(0, 32)}`;
};

/** A thing of Outlook's as a message that any mail program can read: header lines in UTF-8, parts as they are. */
export const renderItem = (item: PstItem, depth = 0): Buffer => {
  const headers = headersOf(item);
  const parts = partsOf(item, depth);
  const [only] = parts;
  if (parts.length === 1 && only !== undefined)
    return joined([...headers, ...only.headers], only.body);
  const boundary = boundaryOf(parts);
  const pieces = parts.flatMap(part => [
    Buffer.from(`--${boundary}\r\n`),
    joined(part.headers, part.body),
    feed,
  ]);
  return joined(
    [...headers, `Content-Type: multipart/mixed; boundary="${boundary}"`],
    Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]),
  );
};
