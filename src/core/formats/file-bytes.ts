import type { FileView } from '../files.ts';

/** Random access to a file that is too large to hold: a few windows of it at a time. */
export interface FileBytes {
  readonly sizeBytes: number;
  /** Exactly `length` bytes, or nothing when they lie outside the file. */
  at(offset: number, length: number): Buffer | undefined;
}

const windowBytes = 1 << 18;
const windowsMax = 16;

export const openBytes = (files: FileView, path: string): FileBytes | undefined => {
  const stat = files.stat(path);
  if (stat === undefined || stat.kind !== 'file') return undefined;
  const windows = new Map<number, Buffer>();

  const windowAt = (index: number): Buffer => {
    const known = windows.get(index);
    if (known !== undefined) return known;
    const bytes = files.slice(path, index * windowBytes, windowBytes) ?? new Uint8Array();
    const window = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const [oldest] = windows.keys();
    if (windows.size >= windowsMax && oldest !== undefined) windows.delete(oldest);
    windows.set(index, window);
    return window;
  };

  return {
    sizeBytes: stat.sizeBytes,
    at: (offset, length) => {
      if (offset < 0 || length < 0 || offset + length > stat.sizeBytes) return undefined;
      const index = Math.floor(offset / windowBytes);
      const from = offset - index * windowBytes;
      if (from + length <= windowBytes) {
        const piece = windowAt(index).subarray(from, from + length);
        return piece.length === length ? piece : undefined;
      }
      const pieces: Buffer[] = [];
      let have = 0;
      while (have < length) {
        const window = windowAt(Math.floor((offset + have) / windowBytes));
        const start = (offset + have) % windowBytes;
        const piece = window.subarray(start, start + length - have);
        if (piece.length === 0) return undefined;
        pieces.push(piece);
        have += piece.length;
      }
      return Buffer.concat(pieces, length);
    },
  };
};
