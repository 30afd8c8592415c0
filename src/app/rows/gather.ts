import type { SegmentPart } from '../../evidence/closed-spool.ts';
import { absent, type TextColumn, textColumns } from '../../logs/rows/columns.ts';
import type { Interner } from '../../logs/rows/interner.ts';
import type { RowPart } from '../../logs/rows/row-sink.ts';

/** Texts, each once, and which of them each row has. */
interface GatheredTexts {
  readonly dictionary: readonly string[];
  /** A place in the dictionary, -1 for none. */
  readonly codes: Int32Array;
}

/** The rows of a segment, as they travel to the thread that writes them. */
export interface GatheredRows {
  readonly count: number;
  /** Bytes and rows of each append, in their order. */
  readonly parts: readonly { readonly bytes: number; readonly rows: number }[];
  readonly lineInPart: Int32Array;
  readonly sequence: Float64Array;
  readonly timeMs: Float64Array;
  readonly check: Int32Array;
  readonly texts: Readonly<Record<TextColumn, GatheredTexts>>;
}

const rowsOf = (part: SegmentPart): RowPart | undefined => part.rows as RowPart | undefined;

/** The texts of one column: those that this segment has. */
class Gathering {
  readonly dictionary: string[] = [];
  readonly codes: Int32Array;
  private at = 0;
  private interner: Interner | undefined;
  /** By code of the interner: code of the segment. */
  private map: Int32Array = new Int32Array(0);
  /** By text, where several interners were in use. */
  private known: Map<string, number> | undefined;

  constructor(count: number) {
    this.codes = new Int32Array(count);
  }

  add(codes: Int32Array, count: number, interner: Interner): void {
    this.use(interner);
    for (let i = 0; i < count; i += 1) {
      const code = codes[i] ?? absent;
      this.codes[this.at + i] = code === absent ? absent : this.codeOf(code, interner);
    }
    this.at += count;
  }

  private use(interner: Interner): void {
    const size = interner.texts.length;
    if (interner === this.interner) {
      if (size <= this.map.length) return;
      const grown = new Int32Array(size * 2).fill(absent);
      grown.set(this.map);
      this.map = grown;
      return;
    }
    // Another one: its texts may be among those that are known.
    if (this.interner !== undefined) {
      this.known ??= new Map(this.dictionary.map((text, i) => [text, i]));
    }
    this.interner = interner;
    this.map = new Int32Array(size).fill(absent);
  }

  private codeOf(code: number, interner: Interner): number {
    const mapped = this.map[code] ?? absent;
    if (mapped !== absent) return mapped;
    const text = interner.texts[code] ?? '';
    const found = this.known?.get(text) ?? this.dictionary.length;
    if (found === this.dictionary.length) {
      this.dictionary.push(text);
      this.known?.set(text, found);
    }
    this.map[code] = found;
    return found;
  }
}

/** Brings together what was made of the appends of a segment. */
export const gatherRows = (parts: readonly SegmentPart[]): GatheredRows => {
  const count = parts.reduce((sum, part) => sum + (rowsOf(part)?.count ?? 0), 0);
  const lineInPart = new Int32Array(count);
  const sequence = new Float64Array(count);
  const timeMs = new Float64Array(count);
  const check = new Int32Array(count);
  const gathering = new Map(textColumns.map(column => [column, new Gathering(count)]));
  let at = 0;
  for (const part of parts) {
    const rows = rowsOf(part);
    if (rows === undefined) continue;
    lineInPart.set(rows.lineInPart.subarray(0, rows.count), at);
    sequence.set(rows.sequence.subarray(0, rows.count), at);
    timeMs.set(rows.timeMs.subarray(0, rows.count), at);
    check.set(rows.check.subarray(0, rows.count), at);
    for (const [column, each] of gathering) {
      each.add(rows.codes[column], rows.count, rows.interners[column]);
    }
    at += rows.count;
  }
  const texts: Partial<Record<TextColumn, GatheredTexts>> = {};
  for (const [column, { dictionary, codes }] of gathering) texts[column] = { dictionary, codes };
  return {
    count,
    parts: parts.map(part => ({ bytes: part.bytes, rows: rowsOf(part)?.count ?? 0 })),
    lineInPart,
    sequence,
    timeMs,
    check,
    texts: texts as Record<TextColumn, GatheredTexts>,
  };
};
