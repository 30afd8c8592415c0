import { crc32 } from 'node:zlib';

/** What is written of an append: whole lines, and where reading goes on behind them. */
export interface SpoolFrame {
  readonly bytes: Buffer;
  /** Opaque: at most 2,000 characters. */
  readonly position: string;
  /** Day that the lines belong to. */
  readonly day: string;
  /** First and last time that they tell, milliseconds since 1970. */
  readonly first: number | null;
  readonly last: number | null;
  /** Bytes of this spool that were acknowledged when the frame was written. */
  readonly durable: number;
}

/** `PSF1`, checksum, lengths of position and lines, acknowledged bytes, two times, day. */
const headBytes = 4 + 4 + 4 + 4 + 8 + 8 + 8 + 10;
const magic = Buffer.from('PSF1');
const triesMax = 1_000;
const noTime = Number.NaN;

/**
 * What stands before the lines of a frame. The checksum tells what a kill tore apart; it is no defence against
 * anybody.
 */
export const frameHead = (frame: SpoolFrame): Buffer => {
  const position = Buffer.from(frame.position);
  const head = Buffer.alloc(headBytes + position.length);
  magic.copy(head, 0);
  head.writeUInt32BE(position.length, 8);
  head.writeUInt32BE(frame.bytes.length, 12);
  head.writeDoubleBE(frame.durable, 16);
  head.writeDoubleBE(frame.first ?? noTime, 24);
  head.writeDoubleBE(frame.last ?? noTime, 32);
  head.write(frame.day, 40, 10, 'latin1');
  position.copy(head, headBytes);
  head.writeUInt32BE(crc32(frame.bytes, crc32(head.subarray(8))), 4);
  return head;
};

/** A frame's bytes. */
export const writeFrame = (frame: SpoolFrame): Buffer =>
  Buffer.concat([frameHead(frame), frame.bytes]);

const timeOf = (value: number): number | null => (Number.isNaN(value) ? null : value);

const readFrame = (
  bytes: Buffer,
  at: number,
): { readonly frame: SpoolFrame; readonly end: number } | undefined => {
  const head = bytes.subarray(at, at + headBytes);
  if (head.length < headBytes || Buffer.compare(head.subarray(0, 4), magic) !== 0) return;
  const positionEnd = at + headBytes + head.readUInt32BE(8);
  const end = positionEnd + head.readUInt32BE(12);
  if (end > bytes.length) return;
  const body = bytes.subarray(at + headBytes, end);
  if (crc32(body, crc32(head.subarray(8))) !== head.readUInt32BE(4)) return;
  const frame = {
    bytes: bytes.subarray(positionEnd, end),
    position: bytes.toString('utf8', at + headBytes, positionEnd),
    day: head.toString('latin1', 40, 50),
    durable: head.readDoubleBE(16),
    first: timeOf(head.readDoubleBE(24)),
    last: timeOf(head.readDoubleBE(32)),
  };
  return { frame, end };
};

export interface SpoolReading {
  readonly frames: readonly SpoolFrame[];
  /** Bytes of whole frames: what follows was torn by a kill, or damaged. */
  readonly goodBytes: number;
  /** Something that was acknowledged is behind the good bytes: that is no torn end, that is damage. */
  readonly damaged: boolean;
}

/** Whole frames from the beginning. Behind the first that is not whole nothing is taken. */
export const readSpool = (bytes: Buffer): SpoolReading => {
  const frames: SpoolFrame[] = [];
  let at = 0;
  for (let next = readFrame(bytes, at); next !== undefined; next = readFrame(bytes, at)) {
    frames.push(next.frame);
    at = next.end;
  }
  return { frames, goodBytes: at, damaged: wasAcknowledgedBehind(bytes, at) };
};

/** Whether a later frame says that more than `good` bytes had been acknowledged when it was written. */
const wasAcknowledgedBehind = (bytes: Buffer, good: number): boolean => {
  let tries = 0;
  for (let at = bytes.indexOf(magic, good); at >= 0; at = bytes.indexOf(magic, at + 1)) {
    // Lines are written by strangers: one that is full of beginnings costs no more than this.
    if ((tries += 1) > triesMax) return false;
    const found = readFrame(bytes, at);
    // A line may hold what looks like a frame: it then lies before what is good, or says nothing true of it.
    if (found !== undefined && found.frame.durable > good && found.frame.durable <= at) return true;
  }
  return false;
};
