import { type Basis, bases, basisBit, type Span } from './extent.ts';
import { IdTable } from './id-table.ts';

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

/** Spans by number of a thing and by rule, in memory that a million of them hardly fill. */
export class SpanTable {
  /** Keys are a number, a rule, and which of several spans that do not touch. */
  private readonly table = new IdTable();
  private from: Float64Array = new Float64Array(1 << 8);
  private to: Float64Array = new Float64Array(1 << 8);
  /** NaN for none. */
  private looked: Float64Array = new Float64Array(1 << 8);

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
    const entry = this.table.first(number, rule, 0);
    if (entry < 0) {
      this.append(this.table.add(number, rule, 0, 0, 0), { fromMs, toMs, lookedMs });
      return true;
    }
    if ((this.from[entry] ?? 0) > toMs || fromMs > (this.to[entry] ?? 0)) {
      const basis = bases[rule];
      if (basis !== undefined) this.add(number, basis, { fromMs, toMs, lookedMs });
      return false;
    }
    this.from[entry] = Math.min(this.from[entry] ?? 0, fromMs);
    this.to[entry] = Math.max(this.to[entry] ?? 0, toMs);
    // Where one says nothing of when it was looked into, neither do both.
    this.looked[entry] = Math.min(this.looked[entry] ?? Number.NaN, lookedMs);
    return false;
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
    if (entry >= this.from.length) {
      this.from = grown(this.from);
      this.to = grown(this.to);
      this.looked = grown(this.looked);
    }
    this.put(entry, span);
  }

  private put(entry: number, { fromMs, toMs, lookedMs = Number.NaN }: Span): void {
    this.from[entry] = fromMs;
    this.to[entry] = toMs;
    this.looked[entry] = lookedMs;
  }

  private spanOf(entry: number): Span {
    const lookedMs = this.looked[entry] ?? Number.NaN;
    return {
      fromMs: this.from[entry] ?? 0,
      toMs: this.to[entry] ?? 0,
      ...(Number.isNaN(lookedMs) ? {} : { lookedMs }),
    };
  }
}
