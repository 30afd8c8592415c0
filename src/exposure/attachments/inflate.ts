import { createGunzip, createInflateRaw } from 'node:zlib';

export interface Inflated {
  readonly bytes: Buffer;
  /** There was more than was asked for. */
  readonly isCut: boolean;
  readonly isDamaged: boolean;
}

const chunkBytes = 65_536;

/**
 * Unpacks at most `bytesMax`, and stops there: a bomb costs no more than that. What was unpacked before
 * damage is kept. Never rejects.
 */
export const inflate = (
  packed: Uint8Array,
  format: 'deflate' | 'gzip',
  bytesMax: number,
): Promise<Inflated> =>
  new Promise(settle => {
    const options = { chunkSize: chunkBytes };
    const stream = format === 'gzip' ? createGunzip(options) : createInflateRaw(options);
    const pieces: Buffer[] = [];
    let length = 0;
    const end = (isCut: boolean, isDamaged: boolean): void => {
      stream.removeAllListeners();
      // What a destroyed stream still complains about is no news.
      stream.on('error', () => undefined);
      stream.destroy();
      settle({ bytes: Buffer.concat(pieces), isCut, isDamaged });
    };
    stream.on('data', (piece: Buffer) => {
      const room = bytesMax - length;
      pieces.push(piece.length > room ? piece.subarray(0, room) : piece);
      length += Math.min(piece.length, room);
      if (piece.length > room) end(true, false);
    });
    stream.on('end', () => end(false, false));
    stream.on('error', () => end(false, true));
    stream.end(packed);
  });
