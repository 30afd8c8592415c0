import { hash, randomBytes } from 'node:crypto';
import { constants } from 'node:zlib';
import { zstdCompress } from '../core/formats/zstd-here.ts';
import { rootOver } from './merkle.ts';
import { hashLines, lineEnds, secretBytes } from './verify/lines.ts';
import { frameHead, rawHash } from './verify/segment-file.ts';

/**
 * Level of zstd. In frames of this size, mixed mail log is no smaller at level 3 than at level 1, which is a third
 * faster, and level 19 makes 1.4 MB of it a second: bench/evidence.ts prints what the levels between cost.
 */
const compressionLevel = 1;

export interface SegmentFile {
  readonly file: Buffer;
  /** SHA-256 of the file, in hex. */
  readonly fileHash: string;
  readonly secret: Buffer;
  readonly raw: string;
  readonly root: string;
  readonly lines: number;
  /** Where each frame of lines begins in the file, and how many lines it holds. */
  readonly frames: readonly (readonly [offset: number, lines: number])[];
}

/** Bytes of a frame: whoever wants one line unpacks so many. Twice as many are packed 2.7 % smaller. */
const frameBytes = 256 << 10;

interface Cut {
  readonly from: number;
  readonly to: number;
  readonly lines: number;
}

/** What goes into each frame. */
const cutsOf = (ends: readonly number[]): readonly Cut[] => {
  const cuts: Cut[] = [];
  let from = 0;
  let lines = 0;
  for (let i = 0; i < ends.length; i += 1) {
    const to = ends[i] ?? from;
    lines += 1;
    if (to - from < frameBytes && i < ends.length - 1) continue;
    cuts.push({ from, to, lines });
    from = to;
    lines = 0;
  }
  return cuts;
};

const compress = (raw: Buffer, level: number): Promise<Buffer> =>
  new Promise((done, failed) => {
    const params = {
      [constants.ZSTD_c_compressionLevel]: level,
      [constants.ZSTD_c_checksumFlag]: 1,
    };
    // All of a log in one piece, as far as logs go: a thread is asked once, and nothing has to be joined.
    const chunkSize = (raw.length >> 1) + 1_024;
    zstdCompress(raw, { params, chunkSize }, (error, out) =>
      error === null ? done(out) : failed(error),
    );
  });

/** Makes a segment of lines: the file that holds them, and what the log will say about them. */
export const makeSegment = async (
  raw: Buffer,
  secret: Buffer = randomBytes(secretBytes),
  level: number = compressionLevel,
): Promise<SegmentFile> => {
  const ends = lineEnds(raw);
  // Compressed by other threads, hashed by this one.
  const cuts = cutsOf(ends);
  const compressing = Promise.all(
    cuts.map(({ from, to }) => compress(raw.subarray(from, to), level)),
  );
  const root = rootOver(hashLines(secret, raw, ends)).toString('hex');
  const rawDigest = rawHash(secret, raw);
  const compressed = await compressing;
  const frames: (readonly [number, number])[] = [];
  let at = frameHead.length + secret.length;
  for (const [i, frame] of compressed.entries()) {
    frames.push([at, cuts[i]?.lines ?? 0]);
    at += frame.length;
  }
  const file = Buffer.concat([frameHead, secret, ...compressed]);
  const fileHash = hash('sha256', file);
  return { file, fileHash, secret, raw: rawDigest, root, lines: ends.length, frames };
};
