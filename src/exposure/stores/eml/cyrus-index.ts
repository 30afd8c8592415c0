import type { MailFiles } from '../../mail-store.ts';

/** `cyrus.index` since Cyrus 2.4: numbers of 32 bits, highest byte first (mailbox.h). */
const versions = { first: 12, last: 19 } as const;
const versionAt = 8;
const startAt = 12;
const recordBytesAt = 16;
const recordsAt = 20;
const flagsAt = 32;
const expunged = 0x80_00_00_00;
const headBytes = 96;

const none: ReadonlySet<number> = new Set();

/**
 * UIDs of messages that were expunged and whose files still lie there (`expunge_mode: delayed`): whoever reads
 * the files reads them. Nothing where the index is of a version that is not known, or damaged.
 */
export const expungedIn = async (
  files: MailFiles,
  folder: string,
): Promise<ReadonlySet<number>> => {
  const path = `${folder}/cyrus.index`;
  const piece = await files.read(path);
  if (piece === undefined || piece.bytes.length < headBytes) return none;
  const bytes = Buffer.from(piece.bytes.buffer, 0, piece.bytes.length);
  const version = bytes.readUInt32BE(versionAt);
  const step = bytes.readUInt32BE(recordBytesAt);
  const start = bytes.readUInt32BE(startAt);
  if (version < versions.first || version > versions.last || step < flagsAt + 4) return none;
  const found = new Set<number>();
  const end = Math.min(bytes.length, start + bytes.readUInt32BE(recordsAt) * step);
  for (let at = start; at + step <= end; at += step) {
    if ((bytes.readUInt32BE(at + flagsAt) & expunged) !== 0) found.add(bytes.readUInt32BE(at));
  }
  return found;
};
