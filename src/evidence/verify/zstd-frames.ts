/** One zstd frame of a file: where it lies. */
export interface ZstdFrame {
  readonly start: number;
  readonly end: number;
}

const magic = 0xfd_2f_b5_28;
const framesMax = 100_000;

/** Length of what a frame begins with (RFC 8878, 3.1.1.1). */
const headerBytes = (descriptor: number): number => {
  const isSingle = (descriptor & 0x20) !== 0;
  const sizeFlag = descriptor >> 6;
  const size = sizeFlag === 0 ? (isSingle ? 1 : 0) : 2 ** sizeFlag;
  const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0;
  return 5 + (isSingle ? 0 : 1) + dictionary + size;
};

/** The end of the frame that begins at `start`; undefined where there is no whole one. */
const frameEnd = (file: Buffer, start: number): number | undefined => {
  if (start + 9 > file.length || file.readUInt32LE(start) !== magic) return undefined;
  const descriptor = file[start + 4] ?? 0;
  let at = start + headerBytes(descriptor);
  for (;;) {
    if (at + 3 > file.length) return undefined;
    const head = file.readUIntLE(at, 3);
    // A block of one byte again and again is kept as that byte.
    at += 3 + (((head >> 1) & 3) === 1 ? 1 : head >> 3);
    if ((head & 1) === 1) break;
  }
  if ((descriptor & 4) !== 0) at += 4;
  return at <= file.length ? at : undefined;
};

/** The frames from a place to the end of a file; undefined where something else stands there. */
export const zstdFrames = (file: Buffer, from: number): readonly ZstdFrame[] | undefined => {
  const frames: ZstdFrame[] = [];
  for (let start = from; start < file.length; ) {
    const end = frameEnd(file, start);
    if (end === undefined || frames.length >= framesMax) return undefined;
    frames.push({ start, end });
    start = end;
  }
  return frames;
};
