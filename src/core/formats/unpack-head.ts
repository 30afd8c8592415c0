import * as zlib from 'node:zlib';
import { unpackLz4 } from './lz4.ts';
import { packingOf } from './unpack.ts';
import { xzHead } from './xz.ts';
import { zstdFirstBlock } from './zstd.ts';

/** The front of a packed file's content. */
interface Head {
  readonly bytes: Uint8Array;
  /** What came out on the way to it. */
  readonly costBytes: number;
  /** Whether more of it could be had from the same file. */
  readonly grows: boolean;
}

/** As much as anybody looks at. */
const headBytesMax = 1 << 16;
const plainBytes = 2_048;

/** Deflate unpacks to at most some thousand times as much: most files show a line with the first. */
const deflatedBytes: readonly number[] = [512, 2_048];
/** A chunk of LZMA2 holds at most 64 KiB, a block of zstd 128 KiB, one of LZ4 4 MiB. */
const xzBytes = 1 << 17;
const zstdBytes: number = (1 << 17) + 64;
const lz4Bytes: number = (4 << 20) + 64;

const cut = (bytes: Uint8Array): Uint8Array => Buffer.from(bytes.subarray(0, headBytesMax));

function* gunzipped(read: (lengthBytes: number) => Buffer): Iterable<Head> {
  for (const [i, lengthBytes] of deflatedBytes.entries()) {
    // Z_SYNC_FLUSH takes what there is of a stream that ends early.
    const bytes = zlib.gunzipSync(read(lengthBytes), {
      finishFlush: zlib.constants.Z_SYNC_FLUSH,
      maxOutputLength: 4 << 20,
    });
    const grows = i + 1 < deflatedBytes.length && bytes.length < headBytesMax;
    yield { bytes: cut(bytes), costBytes: bytes.length, grows };
    if (!grows) return;
  }
}

const unzstd = (bytes: Buffer): Uint8Array => {
  if (!('zstdDecompressSync' in zlib)) {
    throw new Error('this Node.js cannot unpack zstd; 22.15 and newer can');
  }
  const options = { finishFlush: zlib.constants.ZSTD_e_continue, maxOutputLength: 1 << 18 };
  return zlib.zstdDecompressSync(zstdFirstBlock(bytes), options);
};

/** Our own reader is many times slower than zlib, which is what its output counts for. */
const xzCost = 4;
const unxzedBytes: readonly number[] = [1 << 13, headBytesMax];

function* unxzed(bytes: Buffer): Iterable<Head> {
  for (const [i, lengthBytes] of unxzedBytes.entries()) {
    const head = xzHead(bytes, lengthBytes);
    const grows = i + 1 < unxzedBytes.length && head.length === lengthBytes;
    yield { bytes: head, costBytes: head.length * xzCost, grows };
    if (!grows) return;
  }
}

/** All that is had of it at once. */
const only = (bytes: Uint8Array): Head => ({
  bytes: cut(bytes),
  costBytes: bytes.length,
  grows: false,
});

/**
 * The front of what a file holds, in ever longer pieces, for no more than a few milliseconds whatever
 * the file unpacks to; nothing for a packing that cannot be read from its front.
 *
 * @param read gives the first bytes of the file, fewer where it is shorter.
 * @throws what the packing's reader throws when its front is damaged.
 */
export function* unpackedHeads(read: (lengthBytes: number) => Buffer): Iterable<Head> {
  const packing = packingOf(read(8));
  switch (packing) {
    case 'plain':
      yield only(read(plainBytes));
      return;
    case 'gzip':
      yield* gunzipped(read);
      return;
    case 'zstd':
      yield only(unzstd(read(zstdBytes)));
      return;
    case 'xz':
      yield* unxzed(read(xzBytes));
      return;
    case 'lz4':
      for (const bytes of unpackLz4(read(lz4Bytes))) {
        yield only(bytes);
        return;
      }
      return;
    case 'zchunk':
    case 'bzip2':
      return;
  }
}
