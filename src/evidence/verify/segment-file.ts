import { createHash, hash } from 'node:crypto';
import { zstdDecompressSync } from 'node:zlib';
import { secretBytes } from './lines.ts';

/**
 * A segment on the disk is a zstd file: a skippable frame (RFC 8878, 3.1.2) that holds the secret, then the
 * lines. `zstd -dc` gives the lines; deleting the file destroys the secret with them.
 */
export const frameHead: Buffer = Buffer.concat([
  Buffer.from([0x50, 0x2a, 0x4d, 0x18, 16 + secretBytes, 0, 0, 0]),
  Buffer.from('postern-segment1'),
]);

/** Bytes of a segment's lines at most: no file may ask for more memory than that. */
const rawBytesMax = 64 << 20;

/** Path of a segment below the store. */
export const segmentPath = (source: string, day: string, seq: number): string =>
  `segments/${source}/${day}/${String(seq).padStart(8, '0')}.raw.zst`;

export const rowsPath = (source: string, day: string, seq: number): string =>
  segmentPath(source, day, seq).replace(/\.raw\.zst$/, '.parquet');

/** The secret and the lines; a reason where the bytes are not such a file. */
export const readSegmentFile = (
  file: Buffer,
  bytesMax: number = rawBytesMax,
):
  | { readonly ok: true; readonly secret: Buffer; readonly raw: Buffer }
  | { readonly ok: false; readonly why: string } => {
  const start = frameHead.length + secretBytes;
  if (file.length < start || Buffer.compare(file.subarray(0, frameHead.length), frameHead) !== 0) {
    return { ok: false, why: 'it does not begin as a segment does' };
  }
  try {
    const raw = zstdDecompressSync(file.subarray(start), {
      maxOutputLength: Math.max(1, Math.min(bytesMax, rawBytesMax)),
    });
    return { ok: true, secret: file.subarray(frameHead.length, start), raw };
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : 'it cannot be decompressed';
    return { ok: false, why };
  }
};

/** `SHA-256(0x02 ‖ secret ‖ the lines)`, in hex. */
export const rawHash = (secret: Uint8Array, raw: Uint8Array): string =>
  createHash('sha256').update(Buffer.of(2)).update(secret).update(raw).digest('hex');

/** `SHA-256(0x03 ‖ secret ‖ SHA-256 of the file)`, in hex: rows can be rebuilt, and say as much as lines. */
export const rowsHash = (secret: Uint8Array, fileHash: Uint8Array): string =>
  hash('sha256', Buffer.concat([Buffer.of(3), secret, fileHash]));
