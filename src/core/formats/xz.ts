import { PackedDataError } from './lz4.ts';
import { LzmaDecoder } from './lzma.ts';

const fail = (why: string): never => {
  throw new PackedDataError(`its xz data is damaged: ${why}`);
};

/** Bytes of a block's check, by the type in the stream's header. */
const checkBytes = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64];

const variable = (
  bytes: Buffer,
  from: number,
): { readonly value: number; readonly end: number } => {
  let value = 0;
  for (let i = 0; i < 8; i++) {
    const byte = bytes[from + i] ?? fail('a number is cut off');
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { value, end: from + i + 1 };
  }
  return fail('a number is too long');
};

/** Answers where the chunks begin; only plain LZMA2 is unpacked, which is what the indexes use. */
const blockHeader = (bytes: Buffer, at: number): number => {
  const length = ((bytes[at] ?? 0) + 1) * 4;
  const flags = bytes[at + 1] ?? fail('a block is cut off');
  let i = at + 2;
  if ((flags & 0x40) !== 0) i = variable(bytes, i).end;
  if ((flags & 0x80) !== 0) i = variable(bytes, i).end;
  if ((flags & 3) !== 0 || variable(bytes, i).value !== 0x21) fail('it uses a filter beside LZMA2');
  return at + length;
};

/** @param enough bytes after which unpacking stops, in the middle of a chunk where need be. */
const lzma2 = (
  bytes: Buffer,
  from: number,
  decoder: LzmaDecoder,
  enough: number = Number.POSITIVE_INFINITY,
): number => {
  let at = from;
  for (;;) {
    if (decoder.outAt >= enough) return at;
    const control = bytes[at++] ?? fail('it ends in the middle');
    if (control === 0) return at;
    if (control < 0x80) {
      if (control > 2 || at + 2 > bytes.length) fail('a chunk is of an unknown kind');
      const length = bytes.readUInt16BE(at) + 1;
      at += 2;
      if (at + length > bytes.length) fail('a chunk is cut off');
      decoder.reserve(length);
      bytes.copy(decoder.out, decoder.outAt, at, at + length);
      decoder.outAt += length;
      at += length;
      continue;
    }
    if (at + 5 > bytes.length) fail('a chunk is cut off');
    const length = ((control & 0x1f) << 16) + bytes.readUInt16BE(at) + 1;
    const packed = bytes.readUInt16BE(at + 2) + 1;
    at += 4;
    const reset = (control >> 5) & 3;
    if (reset >= 2) decoder.setProperties(bytes[at++] ?? 0);
    else if (reset === 1) decoder.resetState();
    if (at + packed > bytes.length) fail('a chunk is cut off');
    decoder.chunk(bytes, at, at + packed, Math.min(length, enough - decoder.outAt));
    at += packed;
  }
};

/** Where a stream ends: behind its index, which must speak of as many blocks as there were, and footer. */
const afterIndex = (bytes: Buffer, from: number, blocks: number): number => {
  const records = variable(bytes, from + 1);
  if (records.value !== blocks) fail('its index is of other blocks');
  let at = records.end;
  for (let i = 0; i < blocks * 2; i++) at = variable(bytes, at).end;
  at += ((4 - ((at - from) & 3)) & 3) + 4 + 12;
  if (at > bytes.length || bytes.toString('latin1', at - 2, at) !== 'YZ') {
    fail('it ends in the middle');
  }
  return at;
};

const streamsMax = 10_000;
const blocksMax = 100_000;

const isStream = (bytes: Buffer, at: number): boolean =>
  bytes.toString('latin1', at, at + 6) === '\xfd7zXZ\0';

/**
 * The first `lengthMax` bytes of what an .xz file holds, or fewer when `bytes`, its front, gives no
 * more.
 *
 * @throws PackedDataError when it gives nothing.
 */
export const xzHead = (bytes: Buffer, lengthMax: number): Buffer => {
  if (!isStream(bytes, 0)) fail('no stream begins where one should');
  // An uncompressed chunk is taken whole.
  const decoder = new LzmaDecoder(lengthMax + (1 << 16));
  try {
    lzma2(bytes, blockHeader(bytes, 12), decoder, lengthMax);
  } catch (thrown) {
    if (decoder.outAt === 0) throw thrown;
  }
  return decoder.out.subarray(0, Math.min(lengthMax, decoder.outAt));
};

/**
 * Unpacks an .xz file (tukaani.org/xz/xz-file-format.txt) whose blocks are plain LZMA2, all of its
 * streams. Checks are not verified: what is read is an index that the package manager verified when it
 * came.
 *
 * @throws PackedDataError when the data is damaged or unpacks to more than `bytesMax`.
 */
export function* unpackXz(bytes: Buffer, bytesMax: number): Iterable<Buffer> {
  let at = 0;
  let left = bytesMax;
  let streams = 0;
  while (at < bytes.length) {
    if (!isStream(bytes, at)) fail('no stream begins where one should');
    const check = checkBytes[(bytes[at + 7] ?? fail('it ends in the middle')) & 15] ?? 0;
    at += 12;
    streams += 1;
    if (streams > streamsMax) fail('it is in more streams than anybody writes');
    let blocks = 0;
    while ((bytes[at] ?? fail('it ends in the middle')) !== 0) {
      const decoder = new LzmaDecoder(left);
      const start = blockHeader(bytes, at);
      const end = lzma2(bytes, start, decoder);
      const piece = decoder.out.subarray(0, decoder.outAt);
      left -= piece.length;
      yield piece;
      at = end + ((4 - ((end - start) & 3)) & 3) + check;
      blocks += 1;
      if (blocks > blocksMax) fail('it is in more blocks than anybody writes');
    }
    at = afterIndex(bytes, at, blocks);
    // Streams may be apart by zeros, in fours.
    while (at + 4 <= bytes.length && bytes.readUInt32BE(at) === 0) at += 4;
  }
}
