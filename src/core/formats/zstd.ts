import { PackedDataError } from './lz4.ts';

const magic = 0xfd_2f_b5_28;
const framesMax = 100_000;

const fail = (why: string): never => {
  throw new PackedDataError(`its zstd data is damaged: ${why}`);
};

const flagsAt = (bytes: Buffer, start: number): number =>
  bytes[start + 4] ?? fail('it ends in the middle');

/** Where the blocks of the frame at `start` begin (RFC 8878, 3.1.1.1). */
const blocksAt = (bytes: Buffer, start: number): number => {
  const flags = flagsAt(bytes, start);
  const single = (flags & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][flags & 3] ?? 0;
  const sizeBytes = [single ? 1 : 0, 2, 4, 8][flags >> 6] ?? 0;
  return start + 5 + (single ? 0 : 1) + dictionaryBytes + sizeBytes;
};

/** Where a block ends, and whether it is its frame's last (RFC 8878, 3.1.1.2). */
const blockEnd = (bytes: Buffer, at: number): { readonly end: number; readonly last: boolean } => {
  if (at + 3 > bytes.length) fail('it ends in the middle');
  const header = bytes.readUIntLE(at, 3);
  const kind = (header >> 1) & 3;
  if (kind === 3) fail('a block is of an unknown kind');
  // A run is one byte, however long.
  return { end: at + 3 + (kind === 1 ? 1 : header >> 3), last: (header & 1) === 1 };
};

/**
 * The front of zstd data up to the end of its first block, which unpacks to at most 128 KiB.
 *
 * @throws PackedDataError when there is none, or it is cut off.
 */
export const zstdFirstBlock = (bytes: Buffer): Buffer => {
  if (bytes.length < 8 || bytes.readUInt32LE(0) !== magic) fail('no frame begins at its front');
  const { end } = blockEnd(bytes, blocksAt(bytes, 0));
  return end > bytes.length ? fail('it ends in the middle') : bytes.subarray(0, end);
};

/** Where the frame that begins at `start` ends (RFC 8878, 3.1.1): its blocks say how long they are. */
const frameEnd = (bytes: Buffer, start: number): number => {
  let at = blocksAt(bytes, start);
  for (let last = false; !last; ) {
    const block = blockEnd(bytes, at);
    at = block.end;
    last = block.last;
  }
  at += (flagsAt(bytes, start) & 4) === 0 ? 0 : 4;
  return at > bytes.length ? fail('it ends in the middle') : at;
};

/**
 * The frames of zstd data, one by one: Node.js unpacks the first one and says nothing of the others.
 *
 * @throws PackedDataError when something else begins where a frame should, or a frame is cut off.
 */
export function* zstdFrames(bytes: Buffer): Iterable<Buffer> {
  let frames = 0;
  for (let at = 0; at < bytes.length; ) {
    frames += 1;
    if (frames > framesMax) fail('it is in more pieces than anybody writes');
    if (at + 8 > bytes.length) fail('it ends in the middle');
    const mark = bytes.readUInt32LE(at);
    if (mark >>> 4 === 0x01_84_d2_a5) {
      at += 8 + bytes.readUInt32LE(at + 4);
      continue;
    }
    if (mark !== magic) fail('no frame begins where one should');
    const end = frameEnd(bytes, at);
    yield bytes.subarray(at, end);
    at = end;
  }
}
