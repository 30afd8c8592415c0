import { pipeline, Readable, type Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { messageOf } from '../core/errors.ts';
import { PackedDataError } from '../core/formats/lz4.ts';
import { packingOf } from '../core/formats/unpack.ts';
import { unpackXz } from '../core/formats/xz.ts';
import { BadArchive } from './ledger.ts';
import { chunksOf, type Source, sectionOf } from './source.ts';

export type Form = 'zip' | 'tar' | 'gzip' | 'zstd' | 'xz' | 'other packing' | 'plain';

export const headBytes = 512;

/** Whether a tar header (POSIX ustar) stands there: its sum is right. */
export const isTarHeader = (head: Buffer): boolean => {
  if (head.length < 512) return false;
  const stated = Number.parseInt(head.toString('latin1', 148, 156).replace(/[\0 ]+/g, ''), 8);
  let sum = 8 * 0x20;
  for (let i = 0; i < 512; i++) if (i < 148 || i >= 156) sum += head[i] ?? 0;
  return sum === stated;
};

/** What begins with these bytes (512 of them, or as many as there are), whatever it is called. */
export const formOf = (head: Buffer): Form => {
  const first = head[0];
  if (first === 0x7b || first === 0x5b) return 'plain';
  if (first === 0x50 && head[1] === 0x4b && (head[2] === 3 || head[2] === 5)) return 'zip';
  const packing = packingOf(head);
  if (packing === 'gzip' || packing === 'zstd' || packing === 'xz') return packing;
  if (packing !== 'plain') return 'other packing';
  const seven = head.length > 5 && head.readUInt32BE(0) === 0x37_7a_bc_af;
  const rar = head.length > 5 && head.readUInt32BE(0) === 0x52_61_72_21;
  if (seven || rar) return 'other packing';
  return isTarHeader(head) ? 'tar' : 'plain';
};

const codeOf = (thrown: unknown): string =>
  thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';

/** An unpacker's error as a fault of the archive. */
const asFault = (thrown: unknown): unknown => {
  if (thrown instanceof PackedDataError) {
    const cut = /ends in the middle|is cut off/.test(thrown.message);
    return new BadArchive(cut ? 'truncated' : 'damaged', thrown.message);
  }
  const code = codeOf(thrown);
  if (code === 'Z_BUF_ERROR') return new BadArchive('truncated', 'its packed data is cut off');
  return code.startsWith('Z_') || code.startsWith('ZSTD_')
    ? new BadArchive('damaged', `its packed data is damaged: ${messageOf(thrown)}`)
    : thrown;
};

/** What a zlib stream makes of the chunks. @throws BadArchive */
export async function* through(
  chunks: AsyncIterable<Uint8Array>,
  unpacker: Transform,
): AsyncGenerator<Buffer> {
  // Errors of either side destroy the unpacker, and are thrown where it is read.
  const unpacked: AsyncIterable<Buffer> = pipeline(Readable.from(chunks), unpacker, () => {});
  try {
    yield* unpacked;
  } catch (thrown) {
    throw asFault(thrown);
  }
}

const chunkSize = 1 << 18;

export const inflater = (): Transform => zlib.createInflateRaw({ chunkSize });

const createZstd: (typeof zlib)['createZstdDecompress'] | undefined =
  'createZstdDecompress' in zlib ? zlib.createZstdDecompress : undefined;

/** Node.js 22.15 and newer. @throws BadArchive on older ones. */
export const zstdUnpacker = (): Transform => {
  if (createZstd === undefined) {
    throw new BadArchive('method', 'this Node.js cannot unpack zstd; 22.15 and newer can');
  }
  return createZstd({ chunkSize });
};

const framesMax = 100_000;

/** Where the zstd frame at `start` ends (RFC 8878, 3.1.1). */
const zstdFrameEnd = (source: Source, start: number): number => {
  const cut = (): never => {
    throw new BadArchive('truncated', 'its zstd data is cut off');
  };
  const head = source.read(start, 8);
  if (head.length < 8) cut();
  const mark = head.readUInt32LE(0);
  if (mark >>> 4 === 0x01_84_d2_a5) return start + 8 + head.readUInt32LE(4);
  if (mark !== 0xfd_2f_b5_28) throw new BadArchive('damaged', 'something follows its zstd data');
  const flags = head.readUInt8(4);
  const single = (flags & 0x20) !== 0;
  const sizeBytes = [single ? 1 : 0, 2, 4, 8][flags >> 6] ?? 0;
  let at = start + 5 + (single ? 0 : 1) + ([0, 1, 2, 4][flags & 3] ?? 0) + sizeBytes;
  for (let last = false; !last; ) {
    const block = source.read(at, 3);
    if (block.length < 3) cut();
    const header = block.readUIntLE(0, 3);
    last = (header & 1) === 1;
    at += 3 + (((header >> 1) & 3) === 1 ? 1 : header >> 3);
  }
  at += (flags & 4) === 0 ? 0 : 4;
  return at > source.sizeBytes ? cut() : at;
};

/** All frames: Node.js unpacks the first one and says nothing of the others. */
async function* zstdChunks(source: Source): AsyncGenerator<Buffer> {
  const frames = source.fork();
  let count = 0;
  for (let at = 0; at < source.sizeBytes; ) {
    count += 1;
    if (count > framesMax)
      throw new BadArchive('damaged', 'it is in more frames than anybody writes');
    const end = zstdFrameEnd(frames, at);
    yield* through(chunksOf(sectionOf(source, at, end - at)), zstdUnpacker());
    at = end;
  }
}

/** The reader of xz holds what it reads, and what comes out. */
const xzPackedBytesMax = 96 << 20;
const xzBytesMax = 256 << 20;

async function* xzChunks(source: Source): AsyncGenerator<Buffer> {
  if (source.sizeBytes > xzPackedBytesMax) {
    throw new BadArchive('too-large', 'xz files of this size are not unpacked: unpack it first');
  }
  try {
    yield* unpackXz(source.read(0, source.sizeBytes), xzBytesMax);
  } catch (thrown) {
    throw asFault(thrown);
  }
}

/** What a gzip, zstd or xz file unpacks to, all of its members. @throws BadArchive */
export const unpackedChunks = (
  form: 'gzip' | 'zstd' | 'xz',
  source: Source,
): AsyncGenerator<Buffer> => {
  switch (form) {
    case 'gzip':
      return through(chunksOf(source), zlib.createGunzip({ chunkSize }));
    case 'zstd':
      return zstdChunks(source);
    case 'xz':
      return xzChunks(source);
  }
};

/** The first bytes, or as many as came before a pause (a chunk of no bytes), and all chunks with them. */
export const peeked = async (
  chunks: AsyncGenerator<Buffer>,
): Promise<{ readonly head: Buffer; readonly chunks: AsyncGenerator<Buffer> }> => {
  const first: Buffer[] = [];
  let have = 0;
  while (have < headBytes) {
    const next = await chunks.next();
    if (next.done === true || (next.value.length === 0 && have > 0)) break;
    first.push(next.value);
    have += next.value.length;
  }
  const rest = async function* (): AsyncGenerator<Buffer> {
    try {
      yield* first.splice(0);
      yield* chunks;
    } finally {
      await chunks.return(undefined);
    }
  };
  return { head: Buffer.concat(first).subarray(0, headBytes), chunks: rest() };
};
