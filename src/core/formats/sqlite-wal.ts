import type { FileBytes } from './file-bytes.ts';

const framesMax = 1_000_000;

/** SQLite's checksum over pairs of 32-bit words (fileformat2, 4.2). */
const checksum = (
  bytes: Buffer,
  [a, b]: readonly [number, number],
  big: boolean,
): [number, number] => {
  let s0 = a;
  let s1 = b;
  for (let i = 0; i + 8 <= bytes.length; i += 8) {
    s0 = (s0 + (big ? bytes.readUInt32BE(i) : bytes.readUInt32LE(i)) + s1) >>> 0;
    s1 = (s1 + (big ? bytes.readUInt32BE(i + 4) : bytes.readUInt32LE(i + 4)) + s0) >>> 0;
  }
  return [s0, s1];
};

/**
 * Where in a write-ahead log the committed pages lie, by page number: what the database file itself
 * does not hold yet. Frames after the last commit, or with a wrong checksum, do not count.
 */
export const committedPages = (wal: FileBytes, pageBytes: number): ReadonlyMap<number, number> => {
  const committed = new Map<number, number>();
  const header = wal.at(0, 32);
  if (header === undefined) return committed;
  const magic = header.readUInt32BE(0);
  if (magic >>> 1 !== 0x37_7f_06_82 >>> 1 || header.readUInt32BE(8) !== pageBytes) return committed;
  const big = (magic & 1) === 1;
  let sum = checksum(header.subarray(0, 24), [0, 0], big);
  if (header.readUInt32BE(24) !== sum[0] || header.readUInt32BE(28) !== sum[1]) return committed;
  let open = new Map<number, number>();
  for (let i = 0; i < framesMax; i++) {
    const offset = 32 + i * (24 + pageBytes);
    const frame = wal.at(offset, 24 + pageBytes);
    if (frame === undefined || !frame.subarray(8, 16).equals(header.subarray(16, 24))) break;
    sum = checksum(frame.subarray(0, 8), sum, big);
    sum = checksum(frame.subarray(24), sum, big);
    if (frame.readUInt32BE(16) !== sum[0] || frame.readUInt32BE(20) !== sum[1]) break;
    open.set(frame.readUInt32BE(0), offset + 24);
    if (frame.readUInt32BE(4) === 0) continue;
    for (const [page, at] of open) committed.set(page, at);
    open = new Map();
  }
  return committed;
};
