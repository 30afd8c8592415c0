import { type TextColumn, textColumns } from '../../logs/rows/columns.ts';
import type { Codes } from '../../store/parquet/codes.ts';
import type { ParquetFile, TextDictionary } from '../../store/parquet/read.ts';
import type { Condition, EventQuestion } from './question.ts';

interface Wanted {
  readonly codes: Codes;
  /** By code, 1 for those that are asked for. */
  readonly wanted: Uint8Array;
}

/** Columns in which somebody fulfils a condition. */
const wantedIn = (file: ParquetFile, { columns, matches }: Condition): readonly Wanted[] =>
  columns.flatMap(column => {
    const wanted = file.dictionary(column)?.matching(matches);
    const codes = wanted === undefined ? undefined : file.codes(column);
    return wanted === undefined || codes === undefined ? [] : [{ codes, wanted }];
  });

const rowsOfAny = (columns: readonly Wanted[]): readonly number[] => {
  const [only, ...others] = columns.map(({ codes, wanted }) => codes.rowsWith(wanted));
  if (only === undefined || others.length === 0) return only ?? [];
  return [...new Set([only, ...others].flat())].toSorted((a, b) => a - b);
};

/**
 * By dictionaries first: a segment in which nobody of that name is needs no more of a look, and of the rows only
 * those that fulfilled the condition before are looked at for the next.
 */
const fulfilling = (
  file: ParquetFile,
  conditions: readonly Condition[],
): readonly number[] | undefined => {
  let rows: readonly number[] | undefined;
  for (const condition of conditions) {
    const columns = wantedIn(file, condition);
    if (columns.length === 0) return [];
    rows =
      rows === undefined
        ? rowsOfAny(columns)
        : rows.filter(row => columns.some(({ codes, wanted }) => wanted[codes.at(row)] === 1));
    if (rows.length === 0) return rows;
  }
  return rows;
};

/** What has no time follows its neighbours. @param otherwiseMs where none has a time */
export const placesOf = (times: Float64Array, otherwiseMs: number): Float64Array => {
  const first = times.find(time => !Number.isNaN(time));
  if (first === undefined) return new Float64Array(times.length).fill(otherwiseMs);
  if (!times.some(Number.isNaN)) return times;
  let last = first;
  return times.map(time => {
    if (!Number.isNaN(time)) last = time;
    return last;
  });
};

/** A number of a row, NaN for none. */
type NumberAt = (row: number) => number;

/** Numbers by their rows, which ascend. */
const placed =
  (rows: Int32Array, numbers: Float64Array): NumberAt =>
  row => {
    let low = 0;
    let high = rows.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((rows[middle] ?? 0) < row) low = middle + 1;
      else high = middle;
    }
    return numbers[low] ?? Number.NaN;
  };

interface Times {
  readonly timeAt: NumberAt;
  /** What a row is placed by. */
  readonly placeAt: NumberAt;
}

/** Of some rows, which ascend; of all unless given. */
const timesOf = (file: ParquetFile, rows: Int32Array | undefined, otherwiseMs: number): Times => {
  const known = rows === undefined ? undefined : file.numbersIfFull('time', rows);
  if (rows !== undefined && known !== undefined) {
    const timeAt = placed(rows, known);
    return { timeAt, placeAt: timeAt };
  }
  const times = file.numbers('time');
  const places = placesOf(times, otherwiseMs);
  return { timeAt: row => times[row] ?? Number.NaN, placeAt: row => places[row] ?? 0 };
};

/** Few rows are taken out, so that the rest of their segment need not be held. */
const takenOutMax = 2_000;

/** Texts of rows: a column is unpacked when it is first asked for, its dictionary when one of the rows has a text. */
class Texts {
  private readonly file: ParquetFile;
  private readonly codes = new Map<TextColumn, Codes | undefined>();
  private readonly known = new Map<TextColumn, Map<number, string>>();

  constructor(file: ParquetFile) {
    this.file = file;
  }

  at(column: TextColumn, row: number): string | undefined {
    const code = this.codesOf(column)?.at(row) ?? -1;
    if (code < 0) return undefined;
    let known = this.known.get(column);
    if (known === undefined) {
      known = new Map();
      this.known.set(column, known);
    }
    let text = known.get(code);
    if (text === undefined) {
      text = this.dictionaryOf(column).at(code);
      known.set(code, text);
    }
    return text;
  }

  /** All columns. @throws RangeError where one is damaged */
  unpack(): void {
    for (const column of textColumns) {
      this.codesOf(column);
      this.file.dictionary(column);
    }
  }

  private codesOf(column: TextColumn): Codes | undefined {
    if (this.codes.has(column)) return this.codes.get(column);
    const codes = this.file.codes(column);
    this.codes.set(column, codes);
    return codes;
  }

  private dictionaryOf(column: TextColumn): TextDictionary {
    const dictionary = this.file.dictionary(column);
    if (dictionary === undefined) throw new RangeError('a text that its dictionary does not have');
    return dictionary;
  }
}

/** A row that is asked for. */
export interface FoundRow {
  /** What it says itself; undefined where it says none. */
  readonly timeMs: number | undefined;
  /** 1-based in its segment. */
  readonly line: number;
  /** 1-based in its log; NaN where that is not known. */
  readonly sequence: number;
  readonly texts: Readonly<Partial<Record<TextColumn, string>>>;
}

type RowAt = (row: number) => FoundRow;

const readerOf = (file: ParquetFile, rows: Int32Array, timeAt: NumberAt): RowAt => {
  const ascending = rows.toSorted();
  const lines = placed(ascending, file.numbersAt('line', ascending));
  const sequences = placed(ascending, file.numbersAt('sequence', ascending));
  const all = new Texts(file);
  // Of many rows some are read when others are told already, and who asks for all of a file is told of any damage.
  if (rows.length > takenOutMax || rows.length === file.rows) all.unpack();
  return row => {
    const texts: Partial<Record<TextColumn, string>> = {};
    for (const column of textColumns) {
      const text = all.at(column, row);
      if (text !== undefined) texts[column] = text;
    }
    const time = timeAt(row);
    return {
      timeMs: Number.isNaN(time) ? undefined : time,
      line: lines(row),
      sequence: sequences(row),
      texts,
    };
  };
};

/** Rows of one segment that are asked for, in the order of their times. */
export class FoundRows {
  readonly count: number;
  /** What each is placed by: its time, or that of a neighbour. */
  readonly placesMs: Float64Array;
  private readonly rows: Int32Array;
  /** Few are taken out: nothing then holds the file. */
  private readonly taken: readonly FoundRow[] | undefined;
  private readonly rowAt: RowAt | undefined;

  constructor(file: ParquetFile, rows: Int32Array, timeAt: NumberAt, placeAt: NumberAt) {
    this.rows = rows;
    this.count = rows.length;
    this.placesMs = Float64Array.from(rows, placeAt);
    const rowAt = readerOf(file, rows, timeAt);
    if (rows.length <= takenOutMax) this.taken = Array.from(rows, rowAt);
    else this.rowAt = rowAt;
  }

  at(i: number): FoundRow {
    const row = this.taken?.[i] ?? this.rowAt?.(this.rows[i] ?? 0);
    if (row === undefined) throw new RangeError('there is no such row');
    return row;
  }
}

/**
 * Undefined where no row is asked for. @param otherwiseMs of a segment whose rows have no times at all.
 * @throws RangeError where the file is damaged
 */
export const findRows = (
  file: ParquetFile,
  question: EventQuestion,
  otherwiseMs: number,
): FoundRows | undefined => {
  const { conditions, fromMs = -Infinity, toMs = Infinity, newestFirst } = question;
  const rows = file.rows === 0 ? [] : fulfilling(file, conditions);
  if (rows?.length === 0) return undefined;
  const asked = rows === undefined ? undefined : Int32Array.from(rows);
  const { timeAt, placeAt } = timesOf(file, asked, otherwiseMs);
  const order = new Int32Array(asked?.length ?? file.rows);
  let count = 0;
  let isSorted = true;
  let last = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < order.length; i += 1) {
    const row = asked?.[i] ?? i;
    const place = placeAt(row);
    if (place < fromMs || place > toMs) continue;
    if (place < last) isSorted = false;
    last = place;
    order[count] = row;
    count += 1;
  }
  if (count === 0) return undefined;
  const found = order.slice(0, count);
  if (!isSorted) found.sort((a, b) => placeAt(a) - placeAt(b) || a - b);
  if (newestFirst) found.reverse();
  return new FoundRows(file, found, timeAt, placeAt);
};
