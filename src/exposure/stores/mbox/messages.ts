import { createHash } from 'node:crypto';
import type { MailFiles, MailPlace, ReadMessage, StoredMessage } from '../../mail-store.ts';
import { receivedIn } from '../../places/received.ts';
import { isGzip, openRunningBytes, type RunningBytes } from '../../places/running-bytes.ts';
import { storedMessage } from '../../places/stored-bytes.ts';
import { type MboxPiece, MboxSplitter, mmdfLine, mmdfPieces } from './split.ts';

/** What mail servers write into the header of a message that lies there, and change again. */
const volatile =
  /^(?:status|x-status|x-uid|x-keywords|x-imap|x-imapbase|content-length|x-mozilla-[a-z0-9-]{1,20}):/i;

/** Header lines without the volatile ones and what continues them. */
const lastingHead = (head: string): string => {
  let isLeft = false;
  return head
    .split('\n')
    .filter(line => {
      if (!line.startsWith(' ') && !line.startsWith('\t')) isLeft = volatile.test(line);
      return !isLeft;
    })
    .join('\n');
};

const digestedBytes = 1 << 14;

const digestOf = async (bytes: RunningBytes, piece: MboxPiece, head: string): Promise<Buffer> => {
  const body = piece.from + piece.head.length;
  const front = await bytes.at(body, Math.min(digestedBytes, piece.end - body));
  return createHash('sha256')
    .update(`${piece.line}\n${lastingHead(head)}\n${piece.end - body}\n`)
    .update(front)
    .digest();
};

const isInternal = (head: string): boolean =>
  /^X-IMAP(?:base)?:/im.test(head) &&
  /^Subject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\r?$/m.test(head);

const uidPattern = /^X-UID:[ \t]{0,8}(\d{1,10})[ \t]*\r?$/im;
const basePattern = /^X-IMAP(?:base)?:[ \t]{0,8}\d+[ \t]+\d+/im;

/** UIDs count where the first message says that a server gave them, and as long as they ascend, as it does. */
class Uids {
  private isOn = false;
  private last = 0;

  read(head: string, isFirst: boolean): number | undefined {
    if (isFirst) this.isOn = basePattern.test(head);
    const uid = Number(uidPattern.exec(head)?.[1] ?? 0);
    if (!this.isOn || uid <= this.last || uid > 0xff_ff_ff_ff) return undefined;
    this.last = uid;
    return uid;
  }
}

const quotedLine = Buffer.from('\n>');

/** `>From ` was `From ` before it was put into the mbox, `>>From ` was `>From ` (mboxrd). */
const unquoted = (bytes: Uint8Array): Uint8Array => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kept: Buffer[] = [];
  let from = 0;
  for (let hit = buffer.indexOf(quotedLine); hit >= 0; hit = buffer.indexOf(quotedLine, hit + 1)) {
    let at = hit + 2;
    while (buffer[at] === 0x3e) at += 1;
    if (buffer.toString('latin1', at, at + 5) !== 'From ') continue;
    kept.push(buffer.subarray(from, hit + 1));
    from = hit + 2;
  }
  return kept.length === 0 ? bytes : Buffer.concat([...kept, buffer.subarray(from)]);
};

const dayMs = 86_400_000;

/** By its own zone, or by the Received line that the same server wrote at about that time; no guess. */
const receivedAt = ({ date, head }: MboxPiece): number | undefined => {
  if (date?.ms !== undefined) return date.ms;
  const received = receivedIn(head);
  if (received === undefined || date?.wallMs === undefined) return received;
  return Math.abs(received - date.wallMs) < dayMs ? received : undefined;
};

/** Reads a message where it was seen, unless something else lies there by now. */
const readPiece = async (
  files: MailFiles,
  path: string,
  bytes: RunningBytes,
  piece: MboxPiece,
): Promise<ReadMessage> => {
  const held = bytes.held(piece.from, piece.end);
  if (held !== undefined) return givenOut(files, piece, held);
  const found = await files.read(path, piece.offset, piece.end - piece.offset);
  if (found === undefined) return { state: 'gone' };
  const line = Buffer.from(piece.line, 'latin1');
  if (Buffer.compare(found.bytes.subarray(0, line.length), line) !== 0) return { state: 'gone' };
  return givenOut(files, piece, found.bytes.subarray(piece.from - piece.offset));
};

const givenOut = (files: MailFiles, piece: MboxPiece, bytes: Uint8Array): Promise<ReadMessage> => {
  const received = receivedAt(piece);
  return storedMessage(files.limits, piece.isCounted ? bytes : unquoted(bytes), {
    isCut: bytes.length < piece.end - piece.from,
    ...(received === undefined ? {} : { received }),
  });
};

/** The messages of an mbox, in their order. */
export const mboxMessages = (
  files: MailFiles,
  { path, entry, head }: MailPlace,
): AsyncGenerator<StoredMessage> =>
  messagesIn(files, path, openRunningBytes(files, path, entry.identity, isGzip(head)));

/** The same of one that lies within another file. */
export async function* messagesIn(
  files: MailFiles,
  path: string,
  bytes: RunningBytes,
): AsyncGenerator<StoredMessage> {
  const isMmdf = (await bytes.at(0, mmdfLine.length)).equals(mmdfLine);
  const pieces = isMmdf ? mmdfPieces(bytes) : new MboxSplitter(bytes).pieces();
  const uids = new Uids();
  /** How many had that digest before: a message may lie there twice. */
  const before = new Map<number, number>();
  let isFirst = true;
  for await (const piece of pieces) {
    const head = piece.head.toString('latin1');
    const uid = uids.read(head, isFirst);
    const isServers = isFirst && isInternal(head);
    isFirst = false;
    // A line alone is of a message that is still being written.
    if (isServers || piece.end <= piece.from) continue;
    const digest = await digestOf(bytes, piece, head);
    const short = digest.readUIntBE(0, 6);
    const count = (before.get(short) ?? 0) + 1;
    before.set(short, count);
    const received = receivedAt(piece);
    yield {
      key: `${digest.toString('base64url', 0, 18)}${count === 1 ? '' : `#${count}`}`,
      sizeBytes: piece.end - piece.from,
      ...(uid === undefined ? {} : { uid }),
      ...(received === undefined ? {} : { received }),
      read: await reader(files, path, bytes, piece),
    };
  }
}

const reader = async (
  files: MailFiles,
  path: string,
  bytes: RunningBytes,
  piece: MboxPiece,
): Promise<() => Promise<ReadMessage>> => {
  if (bytes.isLasting) return () => readPiece(files, path, bytes, piece);
  const length = Math.min(files.limits.messageBytesMax, piece.end - piece.from);
  const content = Buffer.from(await bytes.at(piece.from, length));
  return () => givenOut(files, piece, content);
};
