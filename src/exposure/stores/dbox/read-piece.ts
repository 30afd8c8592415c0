import type { MailFiles, ReadMessage } from '../../mail-store.ts';
import { openRunningBytes } from '../../places/running-bytes.ts';
import { storedMessage } from '../../places/stored-bytes.ts';
import { type DboxPiece, fileHeader, pieceAt } from './file.ts';

/** The message at an offset of a file of dbox; 0 is the first one in it. */
export const readDbox = async (
  files: MailFiles,
  path: string,
  offset: number,
): Promise<ReadMessage> => {
  const entry = await files.stat(path);
  if (entry === undefined) return { state: 'gone' };
  const bytes = openRunningBytes(files, path, entry.identity, false);
  const header = await fileHeader(bytes);
  if (header === undefined) return unreadable(files, path);
  const piece = await pieceAt(bytes, offset === 0 ? header.end : offset, header.headerBytes);
  return piece === undefined ? unreadable(files, path) : readPiece(files, path, piece);
};

const unreadable = async (files: MailFiles, path: string): Promise<ReadMessage> => {
  const piece = await files.read(path, 0, 1);
  if (piece === undefined) {
    const isThere = (await files.stat(path)) !== undefined;
    return isThere ? { state: 'unseen', why: 'forbidden' } : { state: 'gone' };
  }
  return { state: 'unseen', why: 'damaged' };
};

export const readPiece = async (
  files: MailFiles,
  path: string,
  { from, end, received, hasOutside }: DboxPiece,
): Promise<ReadMessage> => {
  const found = await files.read(path, from, end - from);
  if (found === undefined) return { state: 'gone' };
  if (found.bytes.length === 0 && end > from) return { state: 'unseen', why: 'damaged' };
  return storedMessage(files.limits, found.bytes, {
    isCut: hasOutside || found.bytes.length < end - from,
    ...(received === undefined ? {} : { received }),
  });
};
