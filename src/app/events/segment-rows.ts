import type { TextColumn } from '../../logs/rows/columns.ts';
import type { ParquetFile, TextDictionary } from '../../store/parquet/read.ts';
import type { EventQuestion } from './question.ts';

/** Rows of one segment that are asked for, in the order of their times. */
export interface FoundRows {
  /** Of every row of the segment; NaN for none. */
  readonly times: Float64Array;
  /** The same; what has no time has that of the row before. */
  readonly placesMs: Float64Array;
  readonly order: Int32Array;
}

/** By dictionaries first: a segment in which nobody of that name is needs no more of a look. */
const fulfilling = (file: ParquetFile, { conditions }: EventQuestion): Uint8Array | undefined => {
  const mask = new Uint8Array(file.rows).fill(1);
  const wanted = conditions.map(({ columns, matches }) =>
    columns.flatMap(column => {
      const codes = file.dictionary(column)?.matching(matches);
      return codes === undefined ? [] : [{ column, codes }];
    }),
  );
  if (wanted.some(each => each.length === 0)) return undefined;
  for (const each of wanted) {
    const any = new Uint8Array(file.rows);
    for (const { column, codes } of each) {
      const values = file.codes(column);
      for (let row = 0; row < values.length; row += 1) {
        if (codes[values[row] ?? -1] === 1) any[row] = 1;
      }
    }
    for (let row = 0; row < mask.length; row += 1) mask[row] = (mask[row] ?? 0) & (any[row] ?? 0);
  }
  return mask;
};

/** What has no time follows its neighbours. */
const placesOf = (times: Float64Array, otherwiseMs: number): Float64Array => {
  const first = times.find(time => !Number.isNaN(time));
  if (first === undefined) return new Float64Array(times.length).fill(otherwiseMs);
  if (!times.some(Number.isNaN)) return times;
  let last = first;
  return times.map(time => {
    if (!Number.isNaN(time)) last = time;
    return last;
  });
};

/** Undefined where no row is asked for. @param otherwiseMs of a segment whose rows have no times at all. */
export const findRows = (
  file: ParquetFile,
  question: EventQuestion,
  otherwiseMs: number,
): FoundRows | undefined => {
  const mask = file.rows === 0 ? undefined : fulfilling(file, question);
  if (mask === undefined) return undefined;
  const { fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY } = question;
  const times = file.numbers('time');
  const placesMs = placesOf(times, otherwiseMs);
  let count = 0;
  const rows = new Int32Array(file.rows);
  let isSorted = true;
  let last = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < rows.length; row += 1) {
    const time = placesMs[row] ?? 0;
    if (mask[row] !== 1 || time < fromMs || time > toMs) continue;
    if (time < last) isSorted = false;
    last = time;
    rows[count] = row;
    count += 1;
  }
  if (count === 0) return undefined;
  const order = rows.slice(0, count);
  if (!isSorted) order.sort((a, b) => (placesMs[a] ?? 0) - (placesMs[b] ?? 0) || a - b);
  if (question.newestFirst) order.reverse();
  return { times, placesMs, order };
};

/** Texts of the rows of one segment, each column unpacked when it is first asked for. */
export class RowTexts {
  private readonly file: ParquetFile;
  private readonly columns = new Map<
    TextColumn,
    { readonly dictionary: TextDictionary | undefined; readonly codes: Int32Array | undefined }
  >();
  private readonly known = new Map<TextColumn, Map<number, string>>();

  constructor(file: ParquetFile) {
    this.file = file;
  }

  at(column: TextColumn, row: number): string | undefined {
    let unpacked = this.columns.get(column);
    if (unpacked === undefined) {
      const dictionary = this.file.dictionary(column);
      unpacked = {
        dictionary,
        codes: dictionary === undefined ? undefined : this.file.codes(column),
      };
      this.columns.set(column, unpacked);
      this.known.set(column, new Map());
    }
    const { dictionary, codes } = unpacked;
    const code = codes?.[row] ?? -1;
    if (dictionary === undefined || code < 0) return undefined;
    const known = this.known.get(column);
    const text = known?.get(code) ?? dictionary.at(code);
    known?.set(code, text);
    return text;
  }
}
