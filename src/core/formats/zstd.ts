import { PackedDataError } from './lz4.ts';

const magic = 0xfd_2f_b5_28;
const framesMax = 100_000;

const fail = (why: string): never => {
  throw new PackedDataError(`its zstd data is damaged: ${why}`);
};

/** Where the frame that begins at `start` ends (RFC 8878, 3.1.1): its blocks say how long they are. */
const frameEnd = (bytes: Buffer, start: number): number => {
  const flags = bytes[start + 4] ?? fail('it ends in the middle');
  const single = (flags & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][flags & 3] ?? 0;
  const sizeBytes = [single ? 1 : 0, 2, 4, 8][flags >> 6] ?? 0;
  let at = start + 5 + (single ? 0 : 1) + dictionaryBytes + sizeBytes;
  for (let last = false; !last; ) {
    if (at + 3 > bytes.length) fail('it ends in the middle');
    const header = bytes.readUIntLE(at, 3);
    const kind = (header >> 1) & 3;
    if (kind === 3) fail('a block is of an unknown kind');
    last = (header & 1) === 1;
    // A run is one byte, however long.
    at += 3 + (kind === 1 ? 1 : header >> 3);
  }
  at += (flags & 4) === 0 ? 0 : 4;
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
