import { type Basis, bases, basisBit, type Span } from './extent.ts';
import { IdTable, type IdTableParts } from './id-table.ts';

/** When something arrived for it to be within an extent, and under which rules. */
export interface Stretch extends Span {
  readonly bits: number;
}

/** Of two that overlap: from the first to the last, and looked into since the first look. */
const joined = (a: Span, b: Span): Span => {
  const span = { fromMs: Math.min(a.fromMs, b.fromMs), toMs: Math.max(a.toMs, b.toMs) };
  if (a.lookedMs === undefined || b.lookedMs === undefined) return span;
  return { ...span, lookedMs: Math.min(a.lookedMs, b.lookedMs) };
};

/** Spans that overlap, or touch, as one. The order in which they come does not matter. */
const mergedSpans = (spans: readonly Span[]): readonly Span[] => {
  const out: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.fromMs - b.fromMs || a.toMs - b.toMs)) {
    const last = out.at(-1);
    if (last === undefined || span.fromMs > last.toMs + 1) out.push(span);
    else out[out.length - 1] = joined(last, span);
  }
  return out;
};

const grown = (old: Float64Array): Float64Array => {
  const longer = new Float64Array(old.length * 2);
  longer.set(old);
  return longer;
};

/** From, to and when it was looked into: they are asked for together, so they lie together. */
const stride = 3;

export interface SpanTableParts {
  readonly table: IdTableParts;
  readonly spans: Float64Array;
}

/** Spans by number of a thing and by rule, in memory that a million of them hardly fill. */
export class SpanTable {
  /** Keys are a number, a rule, and which of several spans that do not touch. */
  private readonly table = new IdTable();
  /** By entry; the last of the three is NaN for none. */
  private spans: Float64Array = new Float64Array(stride << 8);
  /** By rule and number, the first entry of these plus 1; of those that `addUntil` put there. */
  private readonly firsts: Int32Array[] = [];

  add(number: number, basis: Basis, span: Span): void {
    const rule = bases.indexOf(basis);
    for (let each = 0; ; each += 1) {
      const entry = this.table.first(number, rule, each);
      if (entry < 0) {
        this.append(this.table.add(number, rule, each, 0, 0), span);
        return;
      }
      const known = this.spanOf(entry);
      if (span.fromMs > known.toMs || known.fromMs > span.toMs) continue;
      this.put(entry, joined(known, span));
      return;
    }
  }

  /**
   * The same as `add` of a span from the beginning of time on, without a piece of memory for each.
   *
   * @param rule place among `bases`. @returns whether there was none of that number and rule.
   */
  addUntil(number: number, rule: number, fromMs: number, toMs: number, lookedMs: number): boolean {
    const firsts = this.firstsOf(rule, number);
    const known = firsts[number] ?? 0;
    const entry = known > 0 ? known - 1 : this.table.first(number, rule, 0);
    if (entry < 0) {
      const added = this.table.add(number, rule, 0, 0, 0);
      firsts[number] = added + 1;
      this.append(added, { fromMs, toMs, lookedMs });
      return true;
    }
    firsts[number] = entry + 1;
    const { spans } = this;
    const at = stride * entry;
    const from = spans[at] ?? 0;
    const to = spans[at + 1] ?? 0;
    if (from > toMs || fromMs > to) {
      const basis = bases[rule];
      if (basis !== undefined) this.add(number, basis, { fromMs, toMs, lookedMs });
      return false;
    }
    if (fromMs < from) spans[at] = fromMs;
    if (toMs > to) spans[at + 1] = toMs;
    // Where one says nothing of when it was looked into, neither do both.
    spans[at + 2] = Math.min(spans[at + 2] ?? Number.NaN, lookedMs);
    return false;
  }

  private firstsOf(rule: number, number: number): Int32Array {
    const known = this.firsts[rule];
    if (known !== undefined && number < known.length) return known;
    const firsts = new Int32Array(Math.max(1 << 8, 2 ** Math.ceil(Math.log2(number + 1)) * 2));
    if (known !== undefined) firsts.set(known);
    this.firsts[rule] = firsts;
    return firsts;
  }

  /** What it consists of, as it travels from thread to thread. */
  get parts(): SpanTableParts {
    return { table: this.table.parts, spans: this.spans };
  }

  /** Adds all spans of another table. @param numberOf what a thing's number there is here. */
  addAll(
    { table: { count, keys }, spans }: SpanTableParts,
    numberOf: (number: number) => number,
  ): void {
    for (let entry = 0; entry < count; entry += 1) {
      const number = numberOf(keys[3 * entry] ?? 0);
      const rule = keys[3 * entry + 1] ?? 0;
      const [fromMs = 0, toMs = 0, lookedMs = Number.NaN] = [
        spans[stride * entry],
        spans[stride * entry + 1],
        spans[stride * entry + 2],
      ];
      const basis = bases[rule];
      if (!Number.isNaN(lookedMs)) this.addUntil(number, rule, fromMs, toMs, lookedMs);
      else if (basis !== undefined) this.add(number, basis, { fromMs, toMs });
    }
  }

  /** By number, in the order in which they came. */
  all(): ReadonlyMap<number, readonly Stretch[]> {
    const spans = new Map<number, Map<number, Span[]>>();
    const { keys, count } = this.table;
    for (let entry = 0; entry < count; entry += 1) {
      const [number = 0, rule = 0] = [keys[3 * entry], keys[3 * entry + 1]];
      const rules = spans.get(number) ?? new Map<number, Span[]>();
      spans.set(number, rules);
      const of = rules.get(rule);
      if (of === undefined) rules.set(rule, [this.spanOf(entry)]);
      else of.push(this.spanOf(entry));
    }
    return new Map(
      [...spans].map(([number, rules]) => [
        number,
        [...rules].flatMap(([rule, of]) => {
          const basis = bases[rule];
          if (basis === undefined) return [];
          return mergedSpans(of).map(span => ({ ...span, bits: basisBit(basis) }));
        }),
      ]),
    );
  }

  private append(entry: number, span: Span): void {
    if (stride * (entry + 1) > this.spans.length) this.spans = grown(this.spans);
    this.put(entry, span);
  }

  private put(entry: number, { fromMs, toMs, lookedMs = Number.NaN }: Span): void {
    const at = stride * entry;
    this.spans[at] = fromMs;
    this.spans[at + 1] = toMs;
    this.spans[at + 2] = lookedMs;
  }

  private spanOf(entry: number): Span {
    const [fromMs = 0, toMs = 0, lookedMs = Number.NaN] = this.spans.subarray(
      stride * entry,
      stride * (entry + 1),
    );
    return { fromMs, toMs, ...(Number.isNaN(lookedMs) ? {} : { lookedMs }) };
  }
}
