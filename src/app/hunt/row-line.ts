import type { LeafLine } from '../../detect/columns/leaf.ts';
import type { FieldValue, Scalar } from '../../detect/fields/field-space.ts';
import { textsOf, valueAt } from '../../detect/fields/json-values.ts';
import { recordIn } from '../../detect/fields/record.ts';
import { LineTokens } from '../../logs/rows/line-tokens.ts';
import { lineBytesEnd } from '../rows/line-text.ts';

const isList = (value: FieldValue): value is readonly Scalar[] => Array.isArray(value);

/** A line among others, its end with it. */
export interface LineBytes {
  readonly raw: Buffer;
  readonly start: number;
  readonly end: number;
}

const digitsMax = 15;

/** The number that some bytes are the digits of; -1 where they are anything else. */
const digitsIn = (raw: Buffer, start: number, end: number): number => {
  if (end - start > digitsMax || start === end) return -1;
  let number = 0;
  for (let at = start; at < end; at += 1) {
    const digit = (raw[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  return number;
};

/** The line of one row after the other; each is read, cut and parsed when that is first asked for. */
export class RowLine implements LeafLine {
  private readonly read: (row: number) => string;
  private readonly bytesOf: (row: number) => LineBytes | undefined;
  private readonly cut = new LineTokens();
  private row = -1;
  private known: string | undefined;
  private isCut = false;
  /** What is cut: its tokens lie in these bytes, or else in the text. */
  private raw: Buffer | undefined;
  private isParsed = false;
  private parsed: ReturnType<typeof recordIn>;

  /**
   * @param read throws where the line cannot be read. @param bytesOf the bytes of the same line, its end with them;
   * undefined where its text is not all of them
   */
  constructor(
    read: (row: number) => string,
    bytesOf: (row: number) => LineBytes | undefined = () => undefined,
  ) {
    this.read = read;
    this.bytesOf = bytesOf;
  }

  at(row: number): this {
    if (row !== this.row) {
      this.row = row;
      this.known = undefined;
      this.isCut = false;
      this.isParsed = false;
    }
    return this;
  }

  get text(): string {
    this.known ??= this.read(this.row);
    return this.known;
  }

  /** @throws where the line has no such tokens: the row is of another one */
  tokens(first: number, count: number): string {
    const { cut } = this;
    if (!this.isCut) this.cutLine();
    if (count < 1 || first + count > cut.count) {
      throw new Error('a row that refers to another line');
    }
    const [start, end] = [cut.starts[first] ?? 0, cut.starts[first + count] ?? 0];
    return this.raw === undefined
      ? this.text.slice(start, end)
      : this.raw.toString('utf8', start, end);
  }

  number(first: number, count: number): number {
    const { cut } = this;
    if (!this.isCut) this.cutLine();
    if (count === 1 && first < cut.count && this.raw !== undefined) {
      const number = digitsIn(this.raw, cut.starts[first] ?? 0, cut.starts[first + 1] ?? 0);
      if (number >= 0) return number;
    }
    return Number(this.tokens(first, count));
  }

  private cutLine(): void {
    // What has been read is at hand.
    const bytes = this.known === undefined ? this.bytesOf(this.row) : undefined;
    this.raw = bytes?.raw;
    if (bytes === undefined) this.cut.read(this.text);
    else this.cut.readRaw(bytes.raw, bytes.start, lineBytesEnd(bytes.raw, bytes.start, bytes.end));
    this.isCut = true;
  }

  record(path: string): readonly Scalar[] | undefined {
    const record = this.whole();
    const value = record === undefined ? undefined : valueAt(record, path);
    if (value === undefined) return [];
    if (!isList(value)) return [value];
    return value.length === 0 ? undefined : value;
  }

  get texts(): readonly string[] {
    const record = this.whole();
    return record === undefined ? [this.text] : [this.text, ...textsOf(record)];
  }

  private whole(): ReturnType<typeof recordIn> {
    if (!this.isParsed) {
      this.parsed = recordIn(this.text);
      this.isParsed = true;
    }
    return this.parsed;
  }
}
