import { makeSegment, type SegmentFile } from '../../evidence/segment.ts';
import type { GatheredRows } from './gather.ts';
import { rowsFile } from './rows-file.ts';
import { type PackedPart, unpackParts } from './unpack-parts.ts';

/** A segment to be made, as it travels to the thread that makes it. */
export interface SegmentOrder {
  readonly raw: Uint8Array;
  readonly level: number | undefined;
  /** What was read of the lines, append by append; or the rows that were made of them, if any could be made. */
  readonly rows: { readonly parts: readonly PackedPart[] } | GatheredRows | undefined;
  readonly createdBy: string;
}

export interface SegmentDone {
  readonly segment: SegmentFile;
  /** Absent where rows and lines are not of each other: rows are then made of the lines anew. */
  readonly rows?: Uint8Array;
}

const bufferOf = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** A mistake of ours in rows must not keep lines from being kept: rows can be made again. */
const rowsOrNone = (
  { rows: told, createdBy }: SegmentOrder,
  raw: Buffer,
  frames: SegmentFile['frames'],
): Buffer | undefined => {
  try {
    const rows = told === undefined || 'texts' in told ? told : unpackParts(raw, told.parts);
    return rows === undefined ? undefined : rowsFile({ rows, raw, frames, createdBy });
  } catch {
    return undefined;
  }
};

/** Hashes and packs lines, and writes the rows that were made of them. */
export const makeSegmentAndRows = async (order: SegmentOrder): Promise<SegmentDone> => {
  const raw = bufferOf(order.raw);
  const segment = await makeSegment(raw, undefined, order.level);
  const file = rowsOrNone(order, raw, segment.frames);
  return { segment, ...(file === undefined ? {} : { rows: file }) };
};
