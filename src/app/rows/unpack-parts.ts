import { isAscii } from 'node:buffer';
import { lineEnds } from '../../evidence/verify/lines.ts';
import type { PackedRows } from '../../logs/rows/packed-rows.ts';
import { RowSink } from '../../logs/rows/row-sink.ts';
import { unpackRows } from '../../logs/rows/unpack-rows.ts';
import { type GatheredRows, gatherRows } from './gather.ts';
import { lineBytesEnd, lineText } from './line-text.ts';

/** Bytes of an append, and what was read of its lines. */
export interface PackedPart {
  readonly bytes: number;
  readonly rows?: PackedRows | undefined;
}

/** The rows of a segment out of what was read of its lines; undefined where that is of other lines. */
export const unpackParts = (
  raw: Buffer,
  parts: readonly PackedPart[],
): GatheredRows | undefined => {
  const ends = lineEnds(raw);
  const ascii = isAscii(raw);
  const sink = new RowSink();
  const taken: { readonly bytes: number; readonly rows?: unknown }[] = [];
  let firstLine = 0;
  let partEnd = 0;
  const textOf = (lineInPart: number, isFirst: boolean): string | undefined => {
    const line = firstLine + lineInPart;
    const end = ends[line];
    if (end === undefined) return undefined;
    const start = ends[line - 1] ?? 0;
    return ascii
      ? raw.toString('latin1', start, lineBytesEnd(raw, start, end))
      : lineText(raw, start, end, isFirst);
  };
  for (const { bytes, rows } of parts) {
    if (rows !== undefined && !unpackRows(rows, sink, textOf)) return undefined;
    taken.push({ bytes, rows: sink.take() });
    partEnd += bytes;
    while (firstLine < ends.length && (ends[firstLine] ?? 0) <= partEnd) firstLine += 1;
  }
  return gatherRows(taken);
};
