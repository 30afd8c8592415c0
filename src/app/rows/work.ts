import { makeSegment, type SegmentFile } from '../../evidence/segment.ts';
import type { GatheredRows } from './gather.ts';
import { rowsFile } from './rows-file.ts';

/** A segment to be made, as it travels to the thread that makes it. */
export interface SegmentOrder {
  readonly raw: Uint8Array;
  readonly level: number | undefined;
  readonly rows: GatheredRows;
  readonly createdBy: string;
}

export interface SegmentDone {
  readonly segment: SegmentFile;
  /** Absent where rows and lines are not of each other: rows are then made of the lines anew. */
  readonly rows?: Uint8Array;
}

const bufferOf = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Hashes and packs lines, and writes the rows that were made of them. */
export const makeSegmentAndRows = async (order: SegmentOrder): Promise<SegmentDone> => {
  const raw = bufferOf(order.raw);
  const segment = await makeSegment(raw, undefined, order.level);
  const { rows, createdBy } = order;
  const file = rowsFile({ rows, raw, frames: segment.frames, createdBy });
  return { segment, ...(file === undefined ? {} : { rows: file }) };
};
