import type { DurableFiles } from '../core/durable-files.ts';
import { readSpool, type SpoolFrame, type SpoolReading } from './spool.ts';

/** The lines of one append, within the segment that they go into. */
export interface SegmentPart {
  readonly bytes: number;
  readonly rows?: unknown;
  readonly records?: readonly Uint8Array[] | undefined;
}

/** A spool that is written to no more, all of it on the disk. */
export interface ClosedSpool {
  readonly parts: readonly SegmentPart[];
  /** What was written to it; undefined where that is too much to stay in memory: it is read again. */
  readonly frames: readonly SpoolFrame[] | undefined;
  readonly bytes: number;
}

/** What stands in a spool's file. */
export interface Spooled {
  readonly reading: SpoolReading;
  readonly spoolBytes: number;
}

const memoryBytesMax = 48 << 20;

/** Room for what was written to spools, until it is in segments; shared by all sources. */
export class SpoolMemory {
  private bytes = 0;

  take(bytes: number): boolean {
    if (this.bytes + bytes > memoryBytesMax) return false;
    this.bytes += bytes;
    return true;
  }

  give(bytes: number): void {
    this.bytes -= bytes;
  }
}

/** What is in a spool: as it was written a moment ago, or else as the disk has it. */
export const spooledIn = async (
  files: DurableFiles,
  path: string,
  closed: ClosedSpool | undefined,
): Promise<Spooled> => {
  if (closed?.frames !== undefined) {
    const { frames, bytes } = closed;
    return { reading: { frames, goodBytes: bytes, damaged: false }, spoolBytes: bytes };
  }
  const bytes = (await files.read(path)) ?? Buffer.alloc(0);
  return { reading: readSpool(bytes), spoolBytes: bytes.length };
};

/** The lines of a spool, in memory that a thread can read where it is. */
export const linesOf = (frames: readonly SpoolFrame[]): Buffer => {
  const bytes = frames.reduce((sum, frame) => sum + frame.bytes.length, 0);
  const raw = Buffer.from(new SharedArrayBuffer(bytes));
  let at = 0;
  for (const frame of frames) at += frame.bytes.copy(raw, at);
  return raw;
};
