import * as zlib from 'node:zlib';

type Zlib = typeof zlib;

/** What an older Node.js says in place of packing and unpacking; everything else runs without it. */
const missing = (): never => {
  throw new Error('this Node.js has no zstd; 22.15 and newer have');
};

/** Whether Node.js has zstd at all: it came with 22.15. Importing it by name keeps older ones from starting. */
const zstdHere: boolean = 'zstdDecompressSync' in zlib;

export const zstdDecompressSync: (bytes: zlib.InputType, options?: zlib.ZstdOptions) => Buffer =
  zstdHere ? zlib.zstdDecompressSync : missing;

export const zstdCompressSync: (bytes: zlib.InputType, options?: zlib.ZstdOptions) => Buffer =
  zstdHere ? zlib.zstdCompressSync : missing;

export const zstdCompress: (
  bytes: zlib.InputType,
  options: zlib.ZstdOptions,
  done: Parameters<Zlib['zstdCompress']>[2],
) => void = zstdHere ? zlib.zstdCompress : missing;
