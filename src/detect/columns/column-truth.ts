import type { Scalar } from '../fields/field-space.ts';
import type { Leaf, LeafLine } from './leaf.ts';
import type { ColumnTest } from './plan.ts';
import { type Residual, valueOf } from './residual.ts';

/** A column of texts, each once, and which of them each row has. */
export interface Column {
  readonly count: number;
  /** Place among the texts, by row; -1 for none. */
  readonly codes: Int32Array;
  text(code: number): string;
}

/** Whether one of some texts, which a `SignBook` numbers, may stand in the line of a row, or beside it. */
export type HasSign = (row: number, numbers: readonly number[]) => boolean;

/** Undefined where no row has a text. */
export type ColumnNamed = (name: string) => Column | undefined;

export const truths = { no: 0, yes: 1, line: 2 } as const;
/** What columns say of a row; `line` where they do not. */
export type Truth = (typeof truths)[keyof typeof truths];

const { no, yes, line } = truths;
const asTruth = (holds: boolean): Truth => (holds ? yes : no);

const tokenValue = (
  { first, count, isNumber, part }: Extract<Leaf, { is: 'tokens' }>,
  line: LeafLine,
): readonly Scalar[] => {
  if (isNumber) return [line.number(first, count)];
  const text = line.tokens(first, count);
  if (part === undefined) return [text];
  const mark = text.indexOf('?');
  if (part === 'stem') return [mark < 0 ? text : text.slice(0, mark)];
  return mark < 0 ? [] : [text.slice(mark + 1)];
};

/** Answers for the rows of one segment; each text of a column is held against each test once at most. */
export class ColumnTruth {
  private readonly column: ColumnNamed;
  private readonly timeMs: (row: number) => number;
  private readonly lineOf: (row: number) => LeafLine;
  private readonly hasSign: HasSign;
  /** By test, and by column: 0 not asked yet, 1 no, 2 yes; the first is for none. */
  private readonly known = new Map<string, Map<number, Int8Array>>();

  /**
   * @param timeMs what a row is placed by. @param lineOf may throw, and what asks for it then throws as well.
   * @param hasSign the same
   */
  constructor(
    column: ColumnNamed,
    timeMs: (row: number) => number,
    lineOf: (row: number) => LeafLine,
    hasSign: HasSign,
  ) {
    this.hasSign = hasSign;
    this.column = column;
    this.timeMs = timeMs;
    this.lineOf = lineOf;
  }

  at(residual: Residual, row: number): Truth {
    if (residual === true) return yes;
    if (residual === false) return no;
    if (residual === 'line') return line;
    switch (residual.is) {
      case 'column':
        return this.ofColumn(residual.column, residual.test, row);
      case 'places':
        return this.ofPlaces(residual.leaves, residual.test, row);
      case 'signs':
        return this.hasSign(row, residual.any)
          ? this.at(residual.of, row)
          : asTruth(residual.otherwise);
      case 'not': {
        const of = this.at(residual.of, row);
        return of === line ? line : asTruth(of === no);
      }
      case 'all':
        return this.ofSeveral(residual.of, row, no);
      case 'any':
        return this.ofSeveral(residual.of, row, yes);
    }
  }

  private ofSeveral(of: readonly Residual[], row: number, decisive: Truth): Truth {
    let isOpen = false;
    for (const each of of) {
      const truth = this.at(each, row);
      if (truth === decisive) return decisive;
      if (truth === line) isOpen = true;
    }
    if (isOpen) return line;
    return decisive === yes ? no : yes;
  }

  private ofColumn(name: string, test: ColumnTest, row: number): Truth {
    const column = this.column(name);
    const code = column?.codes[row] ?? -1;
    const known = this.knownOf(name, test.id, column?.count ?? 0);
    let answer = known[code + 1] ?? 0;
    if (answer === 0) {
      answer = test.matches(code < 0 ? undefined : column?.text(code)) ? 2 : 1;
      known[code + 1] = answer;
    }
    return answer === 2 ? yes : no;
  }

  private ofPlaces(leaves: readonly Leaf[], test: ColumnTest, row: number): Truth {
    const values: Scalar[] = [];
    if (!this.gather(leaves, row, values)) return line;
    return asTruth(test.matches(valueOf(values)));
  }

  /** @returns whether all of them could be told without the line */
  gather(leaves: readonly Leaf[], row: number, values: Scalar[]): boolean {
    for (const leaf of leaves) {
      switch (leaf.is) {
        case 'line':
          return false;
        case 'value':
          values.push(leaf.value);
          break;
        case 'time':
          values.push(this.timeMs(row));
          break;
        case 'column': {
          const column = this.column(leaf.column);
          const code = column?.codes[row] ?? -1;
          if (column !== undefined && code >= 0) values.push(column.text(code));
          break;
        }
        case 'tokens':
          values.push(...tokenValue(leaf, this.lineOf(row)));
          break;
        case 'text':
          values.push(this.lineOf(row).text);
          break;
        case 'texts':
          for (const text of this.lineOf(row).texts) values.push(text);
          break;
        case 'record': {
          const found = this.lineOf(row).record(leaf.path);
          // Which is a value, and is not told from none here.
          if (found === undefined) return false;
          for (const value of found) values.push(value);
          break;
        }
        case 'first': {
          const before = values.length;
          for (const list of leaf.of) {
            if (!this.gather(list, row, values)) return false;
            if (values.length > before) break;
          }
        }
      }
    }
    return true;
  }

  private knownOf(name: string, test: number, count: number): Int8Array {
    let tests = this.known.get(name);
    if (tests === undefined) {
      tests = new Map();
      this.known.set(name, tests);
    }
    let known = tests.get(test);
    if (known === undefined) {
      known = new Int8Array(count + 1);
      tests.set(test, known);
    }
    return known;
  }
}
