import { type TextColumn, textColumns } from '../../logs/rows/columns.ts';
import type { ParquetFile } from '../../store/parquet/read.ts';
import type { OpenSegment } from '../events/open-segment.ts';
import { type TextOf, textOf } from './asked-rows.ts';

/** Rows of one segment, and what stands beside them: unpacked once, when it is first asked for. */
export class OpenedRows {
  readonly file: ParquetFile;
  readonly path: string;
  readonly source: string;
  readonly seq: number;
  private readonly open: OpenSegment;
  private lines: Float64Array | undefined;
  private sequences: Float64Array | undefined;
  private columns: ReadonlyMap<TextColumn, TextOf> | undefined;

  constructor(open: OpenSegment) {
    this.open = open;
    this.file = open.rows;
    this.path = open.segment.path;
    this.source = open.segment.source;
    this.seq = open.segment.seq;
  }

  /** 1-based in its segment. */
  readonly line = (row: number): number => {
    this.lines ??= this.file.numbers('line');
    return this.lines[row] ?? 0;
  };

  /** The line itself. @throws */
  text(row: number): string {
    this.sequences ??= this.file.numbers('sequence');
    return this.open.text(this.line(row), this.sequences[row] === 1);
  }

  texts(row: number): Readonly<Partial<Record<TextColumn, string>>> {
    this.columns ??= new Map(textColumns.map(column => [column, textOf(this.file, column)]));
    const texts: Partial<Record<TextColumn, string>> = {};
    for (const [column, each] of this.columns) {
      const text = each.text(each.code(row));
      if (text !== undefined) texts[column] = text;
    }
    return texts;
  }
}
