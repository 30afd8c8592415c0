import type { MailFiles, MailPiece, MailStoreLimits, ReadMessage } from '../mail-store.ts';
import { unpackMessage } from './unpack-message.ts';

/** Bytes with a buffer of their own: what is a view of a larger one is copied. */
const owned = (bytes: Uint8Array): Uint8Array =>
  bytes.byteLength === bytes.buffer.byteLength && !Buffer.isBuffer(bytes)
    ? bytes
    : new Uint8Array(bytes);

/** When a message was received, where its store says so: absent where nobody can tell. */
interface StoredAs {
  readonly received?: number;
  /** The file goes on behind what was read of it. */
  readonly isCut?: boolean;
}

/** A message out of the bytes that the store keeps of it, unpacked where Dovecot has packed it. */
export const storedMessage = async (
  { messageBytesMax }: MailStoreLimits,
  stored: Uint8Array,
  { received, isCut = false }: StoredAs,
): Promise<ReadMessage> => {
  const unpacked = await unpackMessage(stored, messageBytesMax);
  if ('why' in unpacked) return { state: 'unseen', why: unpacked.why };
  const whole = !isCut && !unpacked.isCut;
  return {
    state: 'read',
    bytes: owned(unpacked.bytes),
    isCut: !whole,
    ...(received === undefined ? {} : { received }),
  };
};

/** A file that holds one message and nothing else; its time is when it was put there. */
export const messageInFile = (
  files: MailFiles,
  { bytes, entry }: MailPiece,
): Promise<ReadMessage> =>
  storedMessage(files.limits, bytes, {
    received: entry.modifiedMs,
    isCut: entry.sizeBytes > bytes.length,
  });

/** Clocks of file systems tick in hundredths of seconds, and those of file servers are not ours. */
const settledMs = 3_000;

/**
 * What changes when any of the entries does; nothing while one of them is so young that another change
 * may bear the same time.
 */
export const stateOf = async (
  files: MailFiles,
  paths: readonly string[],
): Promise<string | undefined> => {
  const states: string[] = [];
  const now = files.nowMs();
  for (const path of paths) {
    const entry = await files.stat(path);
    if (entry !== undefined && Math.abs(now - entry.modifiedMs) < settledMs) return undefined;
    states.push(
      entry === undefined
        ? '-'
        : `${entry.identity}:${entry.modifiedMs}:${entry.kind === 'file' ? entry.sizeBytes : 0}`,
    );
  }
  return states.join(' ');
};
