import { hash, randomBytes } from 'node:crypto';
import { constants, zstdCompress } from 'node:zlib';
import { rootOver } from './merkle.ts';
import { hashLines, lineEnds, secretBytes } from './verify/lines.ts';
import { frameHead, rawHash } from './verify/segment-file.ts';

/**
 * Level of zstd. On mixed mail log level 3 gives 5.6 × at some 300 MB/s, level 19 gives 7.7 × at 1.4 MB/s:
 * bench/evidence.ts prints what the levels between cost.
 */
const compressionLevel = 3;

export interface SegmentFile {
  readonly file: Buffer;
  /** SHA-256 of the file, in hex. */
  readonly fileHash: string;
  readonly secret: Buffer;
  readonly raw: string;
  readonly root: string;
  readonly lines: number;
}

/** Bytes of a frame: whoever wants one line unpacks so many, and larger ones are no smaller when packed. */
const frameBytes = 512 << 10;

/** Where lines end that the file is cut behind; none where there are no lines. */
const frameEnds = (ends: readonly number[]): number[] => {
  const cuts: number[] = [];
  let from = 0;
  for (const end of ends) {
    if (end - from < frameBytes) continue;
    cuts.push(end);
    from = end;
  }
  const last = ends.at(-1);
  if (last !== undefined && last > from) cuts.push(last);
  return cuts;
};

const compress = (raw: Buffer, level: number): Promise<Buffer> =>
  new Promise((done, failed) => {
    const params = {
      [constants.ZSTD_c_compressionLevel]: level,
      [constants.ZSTD_c_checksumFlag]: 1,
    };
    zstdCompress(raw, { params }, (error, out) => (error === null ? done(out) : failed(error)));
  });

/** Makes a segment of lines: the file that holds them, and what the log will say about them. */
export const makeSegment = async (
  raw: Buffer,
  secret: Buffer = randomBytes(secretBytes),
  level: number = compressionLevel,
): Promise<SegmentFile> => {
  const ends = lineEnds(raw);
  // Compressed by other threads, hashed by this one.
  const cuts = frameEnds(ends);
  const compressed = Promise.all(
    cuts.map((cut, i) => compress(raw.subarray(cuts[i - 1] ?? 0, cut), level)),
  );
  const root = rootOver(hashLines(secret, raw, ends)).toString('hex');
  const rawDigest = rawHash(secret, raw);
  const file = Buffer.concat([frameHead, secret, ...(await compressed)]);
  return { file, fileHash: hash('sha256', file), secret, raw: rawDigest, root, lines: ends.length };
};
