import type { RanOver } from '../../core/watching.ts';
import type { Rule } from '../../detect/sigma/nodes.ts';
import type { Cursors, PassLines } from './pipeline.ts';
import type { SegmentFound } from './segment-hunt.ts';

/** What a pass saw of one source. */
interface Seen {
  seq: number;
  line: number;
  events: number;
  notUnderstood: number;
  newestMs: number;
  /** Ids of rules, by component. */
  readonly parts: Map<string, Set<string>>;
}

/** Keeps the books: how far each source was seen, and what ran over it. */
export class PassSources {
  firstMs: number | undefined;
  newestMs: number | undefined;
  private readonly nowMs: number;
  private readonly seen = new Map<string, Seen>();
  /** By id of a rule, correlations that refer to it, to whatever depth. */
  private readonly fed = new Map<string, Set<string>>();

  constructor(rules: readonly Rule[], nowMs: number) {
    this.nowMs = nowMs;
    for (const rule of rules) {
      if (rule.kind !== 'correlation') continue;
      for (const [id, fed] of this.fed)
        if (rule.rules.includes(id) || rule.rules.some(each => fed.has(each))) fed.add(rule.id);
      for (const id of rule.rules) {
        const fed = this.fed.get(id) ?? new Set();
        fed.add(rule.id);
        this.fed.set(id, fed);
      }
    }
  }

  took({ segment: { source, seq } }: PassLines, found: SegmentFound): void {
    const seen = this.of(source);
    if (seq > seen.seq || (seq === seen.seq && found.lastLine > seen.line)) {
      seen.seq = seq;
      seen.line = found.lastLine;
    }
    seen.events += found.rows;
    seen.notUnderstood += found.unparsed;
    const { firstMs, newestMs } = found;
    if (newestMs > seen.newestMs) seen.newestMs = newestMs;
    if (firstMs < (this.firstMs ?? Infinity)) this.firstMs = firstMs;
    if (newestMs > (this.newestMs ?? -Infinity)) this.newestMs = newestMs;
    for (const { component, rules } of found.parts) {
      const part = seen.parts.get(component) ?? new Set();
      seen.parts.set(component, part);
      for (const rule of rules) {
        part.add(rule);
        for (const fed of this.fed.get(rule) ?? []) part.add(fed);
      }
    }
  }

  get cursors(): Cursors {
    return new Map([...this.seen].map(([source, { seq, line }]) => [source, { seq, line }]));
  }

  get ran(): readonly RanOver[] {
    return [...this.seen].map(([source, seen]) => ({
      source,
      ranMs: this.nowMs,
      ...(Number.isFinite(seen.newestMs) ? { seenToMs: seen.newestMs } : {}),
      events: seen.events,
      notUnderstood: seen.notUnderstood,
      parts: [...seen.parts].map(([component, rules]) => ({
        component,
        rules: [...rules].toSorted(),
        baselines: [],
      })),
    }));
  }

  private of(source: string): Seen {
    const known = this.seen.get(source);
    if (known !== undefined) return known;
    const seen: Seen = {
      seq: 0,
      line: 0,
      events: 0,
      notUnderstood: 0,
      newestMs: Number.NEGATIVE_INFINITY,
      parts: new Map(),
    };
    this.seen.set(source, seen);
    return seen;
  }
}
