import { createHash } from 'node:crypto';
import type { MailFiles, ReadMessage, StoredMessage } from '../../mail-store.ts';
import { receivedIn } from '../../places/received.ts';
import { storedMessage } from '../../places/stored-bytes.ts';
import { looksLikeMessage } from '../eml/looks.ts';
import { type JsonObject, JsonObjects } from './json-objects.ts';

/** Under which a message's MIME stands in base64: Gmail's API, EWS and Graph, and those who wrap them. */
export const mimeKeys: ReadonlySet<string> = new Set([
  'raw',
  'mime',
  'mimeContent',
  'MimeContent',
  'contentBytes',
  'eml',
  'rfc822',
  '$value',
]);

const pieceBytes = 1 << 20;
/** Enough to tell a message from an attachment. */
const frontBytes = 4_096;

/** Base64 in either alphabet; line ends and slashes may be escaped. */
export const decoded = (text: string): Buffer => {
  const plain = text.includes('\\')
    ? text.replace(/\\(?:[rnt]|u000[adAD])/g, '').replaceAll('\\/', '/')
    : text;
  return Buffer.from(plain, 'base64');
};

const textAt = async (
  files: MailFiles,
  path: string,
  from: number,
  end: number,
): Promise<string | undefined> => {
  const piece = await files.read(path, from, end - from);
  return piece && Buffer.from(piece.bytes.buffer, 0, piece.bytes.length).toString('latin1');
};

const receivedKeys = ['internalDate', 'receivedDateTime', 'DateTimeReceived', 'dateReceived'];

/** Gmail counts milliseconds, Graph writes RFC 3339 with a zone. */
const receivedOf = ({ members }: JsonObject): number | undefined => {
  const text = receivedKeys.map(key => members.get(key)).find(each => each !== undefined);
  if (text === undefined) return undefined;
  if (/^\d{12,14}$/.test(text)) return Number(text);
  const ms = /^\d{4}-\d\d-\d\dT[\d:.]{5,20}(?:Z|[+-]\d\d:\d\d)$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
};

const read = async (
  files: MailFiles,
  path: string,
  { from, end }: { readonly from: number; readonly end: number },
  received: number | undefined,
): Promise<ReadMessage> => {
  const text = await textAt(files, path, from, end);
  if (text === undefined) return { state: 'gone' };
  const bytes = decoded(text);
  // Another file by that name.
  if (!looksLikeMessage(bytes)) return { state: 'gone' };
  const when = received ?? receivedIn(bytes);
  return storedMessage(files.limits, bytes, {
    isCut: text.length < end - from,
    ...(when === undefined ? {} : { received: when }),
  });
};

async function* objectsIn(files: MailFiles, path: string): AsyncGenerator<JsonObject> {
  const objects = new JsonObjects(mimeKeys);
  for (let from = 0; ; ) {
    const piece = await files.read(path, from, pieceBytes);
    if (piece === undefined || piece.bytes.length === 0) return;
    yield* objects.feed(Buffer.from(piece.bytes.buffer, 0, piece.bytes.length));
    from += piece.bytes.length;
  }
}

export async function* exportedMessages(
  files: MailFiles,
  path: string,
): AsyncGenerator<StoredMessage> {
  const keys = new Map<string, number>();
  for await (const object of objectsIn(files, path)) {
    const { long } = object;
    if (long === undefined) continue;
    const front = await textAt(files, path, long.from, Math.min(long.end, long.from + frontBytes));
    if (front === undefined || !looksLikeMessage(decoded(front))) continue;
    const id = object.members.get('id') ?? object.members.get('Id');
    const name =
      id ??
      createHash('sha256')
        .update(`${front}\n${long.end - long.from}`)
        .digest('base64url');
    const count = (keys.get(name) ?? 0) + 1;
    keys.set(name, count);
    const received = receivedOf(object);
    yield {
      key: count === 1 ? name : `${name}#${count}`,
      sizeBytes: Math.floor(((long.end - long.from) * 3) / 4),
      ...(received === undefined ? {} : { received }),
      read: () => read(files, path, long, received),
    };
  }
}
