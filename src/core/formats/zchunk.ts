import * as zlib from 'node:zlib';
import { PackedDataError } from './lz4.ts';

/** Node.js 22.15 and newer; dictionaries came later, and older ones leave them out. */
const zstd: typeof zlib.zstdDecompressSync | undefined =
  'zstdDecompressSync' in zlib ? zlib.zstdDecompressSync : undefined;

/** What a zchunk file begins with: Fedora's indexes are packed so. */
const mark = Buffer.from('\0ZCK1', 'latin1');

const fail = (why: string): never => {
  throw new PackedDataError(`its zchunk data is damaged: ${why}`);
};

/** Bytes of each kind of checksum: SHA-1, SHA-256, SHA-512, SHA-512 cut to 128 bits. */
const checksumBytes = [20, 32, 64, 16] as const;
/** Kinds of compression, and flags of the preface (zchunk_format.txt). */
const compressions = { none: 0, zstd: 2 } as const;
const flags = { streams: 1, optional: 2, uncompressed: 4 } as const;
const chunksMax = 1_000_000;

class Reader {
  at: number;
  readonly bytes: Buffer;
  constructor(bytes: Buffer, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  /** Seven bits in each byte, the lowest first; the last byte has its highest bit set. */
  number(): number {
    let out = 0;
    for (let scale = 1; scale <= 2 ** 49; scale *= 128) {
      const byte = this.bytes[this.at] ?? fail('it ends in the middle');
      this.at += 1;
      out += (byte & 127) * scale;
      if (byte >= 128) return out;
    }
    return fail('a number is too large');
  }

  skip(length: number): void {
    this.at += length;
    if (this.at > this.bytes.length) fail('it ends in the middle');
  }
}

interface Chunk {
  readonly packedBytes: number;
  readonly bytes: number;
}

interface Header {
  readonly compression: number;
  /** The first is the dictionary, which may be empty. */
  readonly chunks: readonly Chunk[];
  readonly dataAt: number;
}

const sizeOf = (kind: number): number =>
  checksumBytes[kind] ?? fail('a checksum is of an unknown kind');

const readHeader = (file: Buffer): Header => {
  if (!mark.equals(file.subarray(0, mark.length))) fail('it is no zchunk file');
  const reader = new Reader(file, mark.length);
  const headerKind = reader.number();
  const headerBytes = reader.number();
  reader.skip(sizeOf(headerKind));
  const dataAt = reader.at + headerBytes;
  if (dataAt > file.length) fail('it ends in the middle');
  reader.skip(sizeOf(headerKind));
  const set = reader.number();
  const compression = reader.number();
  if ((set & flags.optional) !== 0) {
    for (let left = reader.number(); left > 0; left--) {
      reader.number();
      reader.skip(reader.number());
    }
  }
  reader.number();
  const chunkKind = sizeOf(reader.number());
  const count = reader.number();
  if (count > chunksMax) fail('it has too many parts');
  const chunks: Chunk[] = [];
  for (let i = 0; i < count && reader.at < dataAt; i++) {
    if ((set & flags.streams) !== 0) reader.number();
    reader.skip(chunkKind * ((set & flags.uncompressed) !== 0 ? 2 : 1));
    chunks.push({ packedBytes: reader.number(), bytes: reader.number() });
  }
  if (chunks.length < count) fail('its list of parts is cut off');
  return { compression, chunks, dataAt };
};

/**
 * Unpacks a zchunk file: parts that are packed one by one, the first of them being the dictionary of
 * the others. Checksums are not compared.
 *
 * @throws PackedDataError when it is damaged, or packed in an unknown way.
 */
export function* unpackZchunk(file: Buffer, bytesMax: number): Iterable<Buffer> {
  const { compression, chunks, dataAt } = readHeader(file);
  const isKnown = compression === compressions.none || compression === compressions.zstd;
  if (!isKnown) fail('it is packed in an unknown way');
  if (zstd === undefined) throw new Error('this Node.js cannot unpack zstd; 24 and newer can');
  let at = dataAt;
  let have = 0;
  let dictionary: Buffer | undefined;
  for (const [i, chunk] of chunks.entries()) {
    const packed = file.subarray(at, at + chunk.packedBytes);
    at += chunk.packedBytes;
    if (packed.length < chunk.packedBytes) fail('it ends in the middle');
    have += chunk.bytes;
    if (have > bytesMax) {
      throw new PackedDataError(`it unpacks to more than the ${bytesMax} bytes that are read`);
    }
    if (packed.length === 0) continue;
    const bytes =
      compression === compressions.none
        ? packed
        : zstd(packed, {
            maxOutputLength: Math.max(1, chunk.bytes),
            ...(dictionary === undefined ? {} : { dictionary }),
          });
    if (i === 0) dictionary = bytes;
    else yield bytes;
  }
}
