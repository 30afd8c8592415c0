import type { ColumnData } from './write.ts';

/** Texts of one column of a group, each kept once. */
export class TextColumn {
  private readonly dictionary: string[] = [];
  private readonly codes: Int32Array;
  private readonly known = new Map<string, number>();
  private rows = 0;

  constructor(rowsMax: number) {
    this.codes = new Int32Array(rowsMax);
  }

  add(text: string | undefined): void {
    let code = -1;
    if (text !== undefined) {
      code = this.known.get(text) ?? this.dictionary.push(text) - 1;
      if (code === this.dictionary.length - 1) this.known.set(text, code);
    }
    this.codes[this.rows] = code;
    this.rows += 1;
  }

  data(name: string): ColumnData {
    return { name, dictionary: this.dictionary, codes: this.codes.subarray(0, this.rows) };
  }
}
