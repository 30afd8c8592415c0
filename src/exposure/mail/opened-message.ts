import { hash } from 'node:crypto';
import { type HeaderBlock, type RawHeader, readHeaders } from './headers/block.ts';
import { defaultMailLimits, type MailLimits } from './message.ts';

/** Headers that say who writes to whom, what and when; those of the body begin with `content-`. */
const read: ReadonlySet<string> = new Set([
  'from',
  'sender',
  'reply-to',
  'to',
  'cc',
  'bcc',
  'subject',
  'message-id',
  'date',
]);

/** A message of which the headers are read, and nothing else yet. */
export interface OpenedMessage {
  readonly block: HeaderBlock;
  /** Of its headers those that something is taken from; the others say how it came. */
  readonly told: readonly RawHeader[];
  readonly body: Buffer;
  readonly limits: MailLimits;
}

/** Without a line feed anywhere near its beginning a message's lines end with CR, as old Macs had it. */
const withLineFeeds = (bytes: Buffer): Buffer => {
  const head = bytes.subarray(0, 4_096);
  if (head.includes(10) || !head.includes(13)) return bytes;
  const copy = Buffer.from(bytes);
  for (let at = 0; at < copy.length; at++) {
    if (copy[at] === 13 && copy[at + 1] !== 10) copy[at] = 10;
  }
  return copy;
};

const leadingMax = 4_096;

/** Lines of white space before the first header: where that follows, they are not the line that ends the headers. */
const withoutLeadingLines = (bytes: Buffer): Buffer => {
  if ((bytes[0] ?? 33) > 32) return bytes;
  let at = 0;
  let lineFrom = 0;
  while (at < leadingMax && (bytes[at] ?? 33) <= 32) {
    if (bytes[at] === 10) lineFrom = at + 1;
    at++;
  }
  const line = bytes.toString('latin1', lineFrom, lineFrom + 80);
  return /^(?:>?From |[\w-]{2,60}:)/.test(line) ? bytes.subarray(lineFrom) : bytes;
};

export const openMessage = (bytes: Uint8Array, given: Partial<MailLimits> = {}): OpenedMessage => {
  const limits = { ...defaultMailLimits, ...given };
  const buffer = withoutLeadingLines(
    withLineFeeds(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)),
  );
  const block = readHeaders(buffer, 0, buffer.length, limits);
  return {
    block,
    told: block.headers.filter(({ name }) => read.has(name) || name.startsWith('content-')),
    body: buffer.subarray(block.bodyFrom),
    limits,
  };
};

/** Room for what is hashed, kept from message to message. */
let room: Buffer = Buffer.alloc(1 << 18);
const roomMax = 1 << 22;

/**
 * SHA-256 of all that is taken from a message. Copies of one have the same: the one that was sent, and each that
 * came, differ in the headers that say how they came.
 */
export const letterDigest = ({ block, told, body }: OpenedMessage): Buffer => {
  const units = told.reduce((sum, { name, folded }) => sum + name.length + folded.length, 0);
  const most = 2 * units + 8 * told.length + body.length + 5;
  let into = room;
  if (most > into.length) {
    into = Buffer.alloc(2 * most);
    if (into.length <= roomMax) room = into;
  }
  let at = into.writeUInt32LE(told.length);
  for (const { name, folded } of told) {
    // Each with its length: no two messages are written the same.
    for (const text of [name, folded]) {
      at = into.writeUInt32LE(text.length, at);
      at += into.write(text, at, 'utf16le');
    }
  }
  at = into.writeUInt8(block.over ? 1 : 0, at);
  at += body.copy(into, at);
  return hash('sha256', into.subarray(0, at), 'buffer');
};
