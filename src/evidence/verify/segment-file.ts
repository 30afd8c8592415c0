import { createHash, hash } from 'node:crypto';
import { zstdDecompressSync } from '../../core/formats/zstd-here.ts';
import { secretBytes } from './lines.ts';
import { type ZstdFrame, zstdFrames } from './zstd-frames.ts';

/**
 * A segment on the disk is a zstd file: a skippable frame (RFC 8878, 3.1.2) that holds the secret, then frames
 * of whole lines, so that one line can be had without all the others. `zstd -dc` gives the lines; deleting the
 * file destroys the secret with them.
 */
export const frameHead: Buffer = Buffer.concat([
  Buffer.from([0x50, 0x2a, 0x4d, 0x18, 16 + secretBytes, 0, 0, 0]),
  Buffer.from('postern-segment1'),
]);

/** Where the packed lines begin in the file. */
const linesStart = frameHead.length + secretBytes;

/** Bytes of a segment's lines at most: no file may ask for more memory than that. */
const rawBytesMax = 64 << 20;

const nameOf = (seq: number): string => String(seq).padStart(8, '0');

export const segmentFolder = (source: string, day: string): string => `segments/${source}/${day}`;

/** Path of a segment below the store. */
export const segmentPath = (source: string, day: string, seq: number): string =>
  `${segmentFolder(source, day)}/${nameOf(seq)}.raw.zst`;

/** The rows that count: those that were made last. */
export const rowsPath = (source: string, day: string, seq: number): string =>
  segmentPath(source, day, seq).replace(/\.raw\.zst$/, '.parquet');

/** Rows of another generation: older ones that were kept, or newer ones that are about to count. */
export const rowsPathOf = (source: string, day: string, seq: number, generation: number): string =>
  `${rowsPath(source, day, seq)}.g${generation}`;

/** Whether a file in the folder of its day is one of a segment's: lines, rows, what a kill left of them. */
export const isOfSegment = (name: string, seq: number): boolean =>
  name.startsWith(`${nameOf(seq)}.`);

/** Where the frames of lines are in a segment's file; undefined where it is none. */
export const segmentFrames = (file: Buffer): readonly ZstdFrame[] | undefined =>
  zstdFrames(file, frameHead.length + secretBytes);

/** The secret and the lines; a reason where the bytes are not such a file. */
export const readSegmentFile = (
  file: Buffer,
  bytesMax: number = rawBytesMax,
):
  | { readonly ok: true; readonly secret: Buffer; readonly raw: Buffer }
  | { readonly ok: false; readonly why: string } => {
  const start = linesStart;
  if (file.length < start || Buffer.compare(file.subarray(0, frameHead.length), frameHead) !== 0) {
    return { ok: false, why: 'it does not begin as a segment does' };
  }
  const frames = segmentFrames(file);
  if (frames === undefined || frames.length === 0) return { ok: false, why: 'it is no zstd file' };
  const parts: Buffer[] = [];
  let room = Math.min(bytesMax, rawBytesMax);
  try {
    for (const frame of frames) {
      const part = zstdDecompressSync(file.subarray(frame.start, frame.end), {
        maxOutputLength: Math.max(1, room),
      });
      parts.push(part);
      room -= part.length;
    }
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : 'it cannot be decompressed';
    return { ok: false, why };
  }
  return {
    ok: true,
    secret: file.subarray(frameHead.length, start),
    raw: Buffer.concat(parts),
  };
};

/** The secret, without a look at the lines: of a file whose hash was compared. */
export const secretIn = (file: Buffer): Buffer =>
  file.subarray(frameHead.length, frameHead.length + secretBytes);

/** `SHA-256(0x02 ‖ secret ‖ the lines)`, in hex. */
export const rawHash = (secret: Uint8Array, raw: Uint8Array): string =>
  createHash('sha256').update(Buffer.of(2)).update(secret).update(raw).digest('hex');

/** `SHA-256(0x03 ‖ secret ‖ SHA-256 of the file)`, in hex: rows can be rebuilt, and say as much as lines. */
export const rowsHash = (secret: Uint8Array, fileHash: Uint8Array): string =>
  hash('sha256', Buffer.concat([Buffer.of(3), secret, fileHash]));
