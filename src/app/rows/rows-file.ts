import { isAscii } from 'node:buffer';
import { mayHaveRecords } from '../../detect/fields/record.ts';
import { lineEnds } from '../../evidence/verify/lines.ts';
import { absent, textColumns, unparsedKind } from '../../logs/rows/columns.ts';
import { asciiLineCheck, lineCheck } from '../../logs/rows/line-check.ts';
import { filterBytes, personFilter } from '../../logs/rows/person-filter.ts';
import type { ParquetFile } from '../../store/parquet/read.ts';
import { type ColumnData, writeParquet } from '../../store/parquet/write.ts';
import type { GatheredRows } from './gather.ts';
import { lineBytesEnd, lineText } from './line-text.ts';

/** Of the columns, and of how `rest` refers to a line. Another number: readers of this one do not know it. */
export const rowsLayout = 1;

/** Of the filter of persons. Another number: it is not asked. */
export const personsLayout = 1;

/** Level of zstd for the columns: there is little of them, and they are read more often than written. */
const columnsLevel = 3;

/** Which line each row is of, 1-based in the segment; undefined where a row is not of the line that it says. */
const linesOfRows = (
  raw: Buffer,
  ends: readonly number[],
  rows: GatheredRows,
): Int32Array | undefined => {
  const lines = new Int32Array(rows.count);
  const ascii = isAscii(raw);
  let row = 0;
  let firstLine = 0;
  let partEnd = 0;
  for (const part of rows.parts) {
    for (const last = row + part.rows; row < last; row += 1) {
      const line = firstLine + (rows.lineInPart[row] ?? 0);
      lines[row] = line + 1;
      const check = rows.check[row] ?? absent;
      const end = ends[line];
      if (end === undefined) return undefined;
      if (check === absent) continue;
      const start = ends[line - 1] ?? 0;
      const found = ascii
        ? asciiLineCheck(raw, start, lineBytesEnd(raw, start, end))
        : lineCheck(lineText(raw, start, end, rows.sequence[row] === 1));
      if (found !== check) return undefined;
    }
    partEnd += part.bytes;
    while (firstLine < ends.length && (ends[firstLine] ?? 0) <= partEnd) firstLine += 1;
  }
  return lines;
};

/** How many lines no format understands. */
const unparsedIn = ({ texts }: GatheredRows): number => {
  const { dictionary, codes } = texts.kind;
  const code = dictionary.indexOf(unparsedKind);
  let count = 0;
  if (code >= 0) for (const each of codes) if (each === code) count += 1;
  return count;
};

/** What rows say where no line of their segment is a record in JSON, or has one in a cell. */
const recordsName = 'postern.records';
const noRecords = 'none';

/** Whether rows say so. */
export const hasNoRecords = (file: ParquetFile): boolean =>
  file.metadata.get(recordsName) === noRecords;

export interface RowsFileOptions {
  readonly rows: GatheredRows;
  readonly raw: Buffer;
  /** Where the frames of the segment's file begin, and how many lines are in each. */
  readonly frames?: readonly (readonly [offset: number, lines: number])[];
  readonly createdBy: string;
}

/** The Parquet file of a segment's rows; undefined where rows and lines are not of each other. */
export const rowsFile = ({ rows, raw, frames, createdBy }: RowsFileOptions): Buffer | undefined => {
  const ends = lineEnds(raw);
  const lines = linesOfRows(raw, ends, rows);
  if (lines === undefined) return undefined;
  const columns: readonly ColumnData[] = [
    { name: 'time', kind: 'time', values: rows.timeMs },
    ...textColumns.map(name => ({ name, ...rows.texts[name] })),
    { name: 'line', kind: 'int32', values: lines },
    { name: 'sequence', kind: 'int64', values: rows.sequence },
  ];
  const unparsed = unparsedIn(rows);
  const filter = personFilter(rows.texts);
  return writeParquet({
    rows: rows.count,
    columns,
    metadata: {
      'postern.layout': String(rowsLayout),
      'postern.unparsed': String(unparsed),
      // Says that there are none: of rows without it lines have to be looked at.
      ...(mayHaveRecords(raw) ? {} : { [recordsName]: noRecords }),
      ...(frames === undefined ? {} : { 'postern.frames': JSON.stringify(frames) }),
      // Says that there is one: rows without it are made anew by `evidence reparse`.
      ...(filter === undefined ? {} : { 'postern.persons': String(personsLayout) }),
    },
    ...(filter === undefined
      ? {}
      : {
          beforeFooter: filterBytes(filter, {
            layout: rowsLayout,
            persons: personsLayout,
            unparsed,
          }),
        }),
    createdBy,
    level: columnsLevel,
  });
};
