import * as zlib from 'node:zlib';
import { messageOf } from '../core/errors.ts';
import { BadArchive } from './ledger.ts';
import { inflater, through, zstdUnpacker } from './packed.ts';
import { chunksOf, type Source, sectionOf } from './source.ts';
import type { ZipEntry } from './zip.ts';

const table = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let i = 0; i < 8; i++)
    value = (value & 1) === 0 ? value >>> 1 : (value >>> 1) ^ 0xed_b8_83_20;
  return value;
});

/** For Node.js before 20.15, which does not have it. */
export const slowCrc32 = (bytes: Uint8Array, before = 0): number => {
  let value = ~before;
  for (const byte of bytes) value = (table[(value ^ byte) & 0xff] ?? 0) ^ (value >>> 8);
  return ~value >>> 0;
};

const crc32: (bytes: Uint8Array, before?: number) => number =
  'crc32' in zlib ? zlib.crc32 : slowCrc32;

const wrong = (why: string): BadArchive => new BadArchive('checksum', why);

/** One entry's fault is not the archive's: its directory is sound, and the others are where it says. */
const ofEntry = (thrown: unknown): unknown =>
  thrown instanceof BadArchive && (thrown.kind === 'damaged' || thrown.kind === 'truncated')
    ? wrong(thrown.message)
    : thrown;

const inflated = (packed: Buffer, bytes: number): Buffer => {
  try {
    return zlib.inflateRawSync(packed, {
      maxOutputLength: bytes + 1,
      chunkSize: Math.max(64, bytes + 1),
    });
  } catch (thrown) {
    throw wrong(`its packed data is damaged: ${messageOf(thrown)}`);
  }
};

const isStored = (entry: ZipEntry): boolean => entry.method === 0;

/** Methods that are read: stored, deflate, zstd. */
export const isReadable = (entry: ZipEntry): boolean => [0, 8, 93].includes(entry.method);

/** The whole of a small entry. @throws BadArchive */
export const heldEntry = (source: Source, from: number, entry: ZipEntry): Buffer => {
  const packed = source.read(from, entry.packedBytes);
  const bytes = isStored(entry) ? packed : inflated(packed, entry.bytes);
  if (bytes.length !== entry.bytes) throw wrong('it is not as long as the directory says');
  if (crc32(bytes) !== entry.crc32) throw wrong('its checksum does not fit');
  return bytes;
};

const rawChunks = (source: Source, from: number, entry: ZipEntry): AsyncGenerator<Buffer> => {
  const packed = chunksOf(sectionOf(source.fork(), from, entry.packedBytes));
  if (isStored(entry)) return packed;
  return through(packed, entry.method === 8 ? inflater() : zstdUnpacker());
};

/** An entry in pieces. The last piece may be followed by what is thrown: the sum stands at the end. */
export async function* entryChunks(
  source: Source,
  from: number,
  entry: ZipEntry,
): AsyncGenerator<Buffer> {
  let bytes = 0;
  let sum = 0;
  try {
    for await (const piece of rawChunks(source, from, entry)) {
      bytes += piece.length;
      if (bytes > entry.bytes) throw wrong('it is longer than the directory says');
      sum = crc32(piece, sum);
      yield piece;
    }
    if (bytes !== entry.bytes) throw wrong('it is shorter than the directory says');
    if (sum !== entry.crc32) throw wrong('its checksum does not fit');
  } catch (thrown) {
    throw ofEntry(thrown);
  }
}
