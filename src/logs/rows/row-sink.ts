import type { ReadLine } from '../read-log.ts';

/** One row: an event, or a line that no format understands, by its place among the lines of a part. */
export interface RowOfPart {
  /** 0-based. */
  readonly lineInPart: number;
  readonly log: string;
  readonly read: ReadLine;
}

/**
 * What was made of the lines of one append: travels as `AppendedLines.rows` with their bytes. Nobody but the maker
 * of rows looks into it.
 */
export interface RowPart {
  readonly rows: readonly RowOfPart[];
}

/** Gathers what became of the lines of one source, part by part; a part is what one append keeps. */
export class RowSink {
  private rows: RowOfPart[] = [];

  /**
   * @param lineInPart 0-based place of the line, among the lines (ended by LF each) of the bytes that are appended
   *   with this part; of a record that lies over several lines, that of its first.
   * @param log what `metadata.log_name` says: the path of the file, the name of the feed.
   */
  add(lineInPart: number, log: string, read: ReadLine): void {
    // Quiet lines say nothing of access: their bytes are kept, and that is all.
    if ('quiet' in read.parsed) return;
    this.rows.push({ lineInPart, log, read });
  }

  /** What came since it was last taken. */
  take(): RowPart {
    const { rows } = this;
    this.rows = [];
    return { rows };
  }
}
