import type { LeafLine } from '../../detect/columns/leaf.ts';
import type { FieldValue, Scalar } from '../../detect/fields/field-space.ts';
import { textsOf, valueAt } from '../../detect/fields/json-values.ts';
import { recordIn } from '../../detect/fields/record.ts';
import { LineTokens } from '../../logs/rows/line-tokens.ts';

const isList = (value: FieldValue): value is readonly Scalar[] => Array.isArray(value);

/** The line of one row after the other; each is read, cut and parsed when that is first asked for. */
export class RowLine implements LeafLine {
  private readonly read: (row: number) => string;
  private readonly cut = new LineTokens();
  private row = -1;
  private known: string | undefined;
  private isCut = false;
  private isParsed = false;
  private parsed: ReturnType<typeof recordIn>;

  /** @param read throws where the line cannot be read */
  constructor(read: (row: number) => string) {
    this.read = read;
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
    const { text, cut } = this;
    if (!this.isCut) {
      cut.read(text);
      this.isCut = true;
    }
    if (count < 1 || first + count > cut.count) {
      throw new Error('a row that refers to another line');
    }
    return text.slice(cut.starts[first], cut.starts[first + count]);
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
