const gapMax = 100;

/** A table written as lines with tabs, cell by cell in the order of rows; bounded, since one string may be in a million cells. */
export class TableWriter {
  private readonly charactersMax: number;
  private readonly out: string[] = [];
  private length = 0;
  private row = -1;
  private column = 0;

  constructor(charactersMax: number) {
    this.charactersMax = charactersMax;
  }

  /** A new sheet: its rows begin anew. */
  sheet(): void {
    if (this.row >= 0) this.push('\n');
    this.row = -1;
    this.column = 0;
  }

  /** Rows and columns count from 0; a column below the last one's stands behind it. */
  cell(row: number, column: number, text: string): void {
    if (row !== this.row) {
      if (this.row >= 0) this.push('\n');
      this.row = row;
      this.column = 0;
      this.push('\t'.repeat(Math.min(gapMax, Math.max(0, column))));
    } else {
      // A cell far to the right of all others stands behind as many tabs as anybody looks at.
      this.push('\t'.repeat(Math.min(gapMax, Math.max(1, column - this.column))));
    }
    this.column = column;
    this.push(text.replaceAll(/[\t\n\r]+/g, ' '));
  }

  read(): string {
    return this.out.join('');
  }

  private push(text: string): void {
    if (text === '' || this.length > this.charactersMax) return;
    this.length += text.length;
    this.out.push(text);
  }
}
