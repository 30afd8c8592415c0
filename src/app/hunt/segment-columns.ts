import type { Column } from '../../detect/columns/column-truth.ts';
import { sourceColumn } from '../../detect/columns/place-leaves.ts';
import type { TextColumn } from '../../logs/rows/columns.ts';
import type { ParquetFile } from '../../store/parquet/read.ts';

const textOf = (
  dictionary: { readonly count: number; at(code: number): string },
  codes: Int32Array,
): Column => {
  const texts: (string | undefined)[] = [];
  return {
    count: dictionary.count,
    codes,
    text: code => {
      const known = texts[code];
      if (known !== undefined) return known;
      const text = dictionary.at(code);
      texts[code] = text;
      return text;
    },
  };
};

/** The columns of one segment, each unpacked when it is first asked for. */
export class SegmentColumns {
  private readonly file: ParquetFile;
  private readonly known = new Map<string, Column | undefined>();

  /** @param source name of the evidence source that all rows are of */
  constructor(file: ParquetFile, source: string) {
    this.file = file;
    const codes = new Int32Array(file.rows);
    this.known.set(sourceColumn, { count: 1, codes, text: () => source });
  }

  /** Undefined where no row has a text. @throws RangeError where the file is damaged */
  readonly column = (name: string): Column | undefined => {
    if (this.known.has(name)) return this.known.get(name);
    const dictionary = this.file.dictionary(name);
    const codes = dictionary === undefined ? undefined : this.file.codes(name);
    const column =
      dictionary === undefined || codes === undefined ? undefined : textOf(dictionary, codes.all());
    this.known.set(name, column);
    return column;
  };

  text(name: TextColumn, row: number): string | undefined {
    const column = this.column(name);
    const code = column?.codes[row] ?? -1;
    return column === undefined || code < 0 ? undefined : column.text(code);
  }
}
