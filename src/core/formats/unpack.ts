import * as zlib from 'node:zlib';
import { messageOf } from '../errors.ts';
import type { FileView } from '../files.ts';
import { unpackBzip2 } from './bzip2.ts';
import { unpackLz4 } from './lz4.ts';
import { unpackXz } from './xz.ts';
import { unpackZchunk } from './zchunk.ts';
import { zstdFrames } from './zstd.ts';

export interface UnpackLimits {
  /** Of the file as it lies on disk. */
  readonly packedBytesMax?: number;
  /** Of what comes out: a small file may hold a large one. */
  readonly bytesMax: number;
}

type Packing = 'gzip' | 'zstd' | 'zchunk' | 'lz4' | 'xz' | 'bzip2' | 'plain';

/** By the first bytes, whatever the file is called. */
export const packingOf = (head: Uint8Array): Packing => {
  const [a, b, c, d] = head;
  if (a === 0x1f && b === 0x8b) return 'gzip';
  if (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) return 'zstd';
  if (a === 0x04 && b === 0x22 && c === 0x4d && d === 0x18) return 'lz4';
  if (a === 0xfd && b === 0x37 && c === 0x7a && d === 0x58) return 'xz';
  if (a === 0 && b === 0x5a && c === 0x43 && d === 0x4b) return 'zchunk';
  if (a === 0x42 && b === 0x5a && c === 0x68) return 'bzip2';
  return 'plain';
};

/** Node.js 22.15 and newer; older ones leave it out. */
const zstd: ((bytes: Uint8Array, options: { maxOutputLength: number }) => Buffer) | undefined =
  'zstdDecompressSync' in zlib ? zlib.zstdDecompressSync : undefined;

function* bounded(pieces: Iterable<Uint8Array>, bytesMax: number): Iterable<Uint8Array> {
  let have = 0;
  for (const piece of pieces) {
    have += piece.length;
    if (have > bytesMax)
      throw new Error(`it unpacks to more than the ${bytesMax} bytes that are read`);
    yield piece;
  }
}

function* unpackFrames(
  unpack: NonNullable<typeof zstd>,
  bytes: Buffer,
  bytesMax: number,
): Iterable<Buffer> {
  for (const frame of zstdFrames(bytes)) yield unpack(frame, { maxOutputLength: bytesMax });
}

/** What comes out of these is held whole, and for a moment twice. */
const wholeBytesMax = 160 << 20;

/** @throws what the packing's reader throws, and where more than `bytesMax` would come out. */
export const unpackBytes = (
  packing: Packing,
  bytes: Buffer,
  bytesMax: number,
): Iterable<Uint8Array> => {
  switch (packing) {
    case 'plain':
      return [bytes];
    case 'gzip':
      return [
        zlib.gunzipSync(bytes, {
          maxOutputLength: Math.min(bytesMax, wholeBytesMax),
          // What comes out is joined from pieces of this size.
          chunkSize: Math.min(1 << 20, Math.max(1 << 14, bytes.length * 4)),
        }),
      ];
    case 'zstd':
      if (zstd === undefined)
        throw new Error('this Node.js cannot unpack zstd; 22.15 and newer can');
      return bounded(unpackFrames(zstd, bytes, Math.min(bytesMax, wholeBytesMax)), bytesMax);
    case 'zchunk':
      return bounded(unpackZchunk(bytes, bytesMax), bytesMax);
    case 'lz4':
      return bounded(unpackLz4(bytes), bytesMax);
    case 'xz':
      return bounded(unpackXz(bytes, Math.min(bytesMax, wholeBytesMax)), bytesMax);
    case 'bzip2':
      return bounded(unpackBzip2(bytes), bytesMax);
  }
};

/**
 * A file's content in pieces, unpacked if it is packed; nothing when it does not exist. What cannot
 * be unpacked is unseen, and the pieces end early.
 */
export function* unpacked(
  files: FileView,
  path: string,
  { packedBytesMax = 128 << 20, bytesMax }: UnpackLimits,
): Iterable<Uint8Array> {
  const head = files.stat(path)?.kind === 'file' ? files.slice(path, 0, 4) : undefined;
  if (head === undefined) return;
  const packing = packingOf(head);
  if (packing === 'plain') {
    yield* files.chunks(path, bytesMax);
    return;
  }
  try {
    const bytes = files.slice(path, 0, packedBytesMax + 1);
    if (bytes === undefined) return;
    if (bytes.length > packedBytesMax) {
      throw new Error(`it is longer than the ${packedBytesMax} bytes that are unpacked`);
    }
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    yield* unpackBytes(packing, buffer, bytesMax);
  } catch (thrown) {
    files.note({
      what: path,
      why: `could not be unpacked (${packing}): ${messageOf(thrown)}`,
      how: 'Check the file; if it is sound, unpack it beside itself and run Postern again.',
    });
  }
}

/** The whole of a file, unpacked, as text. */
export const unpackedText = (
  files: FileView,
  path: string,
  limits: UnpackLimits,
): string | undefined => {
  const pieces = [...unpacked(files, path, limits)];
  return pieces.length === 0 ? undefined : Buffer.concat(pieces).toString('utf8');
};
