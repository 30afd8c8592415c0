import type { MailFiles, ReadMessage } from '../../mail-store.ts';
import type { RunningBytes } from '../../places/running-bytes.ts';
import { storedMessage } from '../../places/stored-bytes.ts';
import { type DboxPiece, fileHeader, pieceAt } from './file.ts';

/** A part of a file, in memory. */
const inMemory = (bytes: Buffer, from: number): RunningBytes => ({
  isLasting: true,
  passed: () => {},
  held: () => undefined,
  at: async (offset, length) => bytes.subarray(offset - from, offset - from + length),
});

/** The message of a file that holds one. */
export const readSingle = async (files: MailFiles, path: string): Promise<ReadMessage> => {
  const found = await files.read(path);
  if (found === undefined) return unreadable(files, path);
  const bytes = Buffer.from(found.bytes.buffer, 0, found.bytes.length);
  const memory = inMemory(bytes, 0);
  const header = await fileHeader(memory);
  const piece = header && (await pieceAt(memory, header.end, header.headerBytes));
  return piece === undefined ? { state: 'unseen', why: 'damaged' } : given(files, piece, bytes, 0);
};

/** How long the header of each message in a file is; the file says it in its first line. */
export const headerBytesOf = async (files: MailFiles, path: string): Promise<number> => {
  const found = await files.read(path, 0, 256);
  if (found === undefined) return 0;
  const header = await fileHeader(inMemory(Buffer.from(found.bytes), 0));
  return header?.headerBytes ?? 0;
};

/** One of many in a file: `sizeBytes` is of all of it, its metadata included. */
export const readOne = async (
  files: MailFiles,
  path: string,
  place: { readonly offset: number; readonly sizeBytes: number },
  headerBytes: number,
): Promise<ReadMessage> => {
  const asked = Math.max(place.sizeBytes, headerBytes);
  const found = await files.read(path, place.offset, asked);
  if (found === undefined) return unreadable(files, path);
  const bytes = Buffer.from(found.bytes.buffer, 0, found.bytes.length);
  const memory = inMemory(bytes, place.offset);
  const piece = headerBytes > 0 ? await pieceAt(memory, place.offset, headerBytes) : undefined;
  if (piece === undefined) return { state: 'unseen', why: 'damaged' };
  // The message itself knows its size better than the map.
  const isWhole = piece.end <= place.offset + bytes.length;
  return isWhole ? given(files, piece, bytes, place.offset) : readPiece(files, path, piece);
};

const unreadable = async (files: MailFiles, path: string): Promise<ReadMessage> =>
  (await files.stat(path)) === undefined
    ? { state: 'gone' }
    : { state: 'unseen', why: 'forbidden' };

export const readPiece = async (
  files: MailFiles,
  path: string,
  piece: DboxPiece,
): Promise<ReadMessage> => {
  const found = await files.read(path, piece.from, piece.end - piece.from);
  if (found === undefined) return unreadable(files, path);
  return given(files, piece, Buffer.from(found.bytes.buffer, 0, found.bytes.length), piece.from);
};

const given = async (
  files: MailFiles,
  { from, end, received, hasOutside }: DboxPiece,
  bytes: Buffer,
  base: number,
): Promise<ReadMessage> => {
  const message = bytes.subarray(from - base, end - base);
  if (message.length === 0 && end > from) return { state: 'unseen', why: 'damaged' };
  return storedMessage(files.limits, message, {
    isCut: hasOutside || message.length < end - from,
    ...(received === undefined ? {} : { received }),
  });
};
