import type { Hit } from '../hit.ts';
import type { HitBatch } from '../hit-batch.ts';
import type { CorrelationRule, Rule } from '../sigma/nodes.ts';
import { BatchGroups } from './batch-groups.ts';

/** What is known of one group within one span of the correlation's time. */
interface Cell {
  /** What its hits count for at most. */
  weight: number;
  /** A bit for each of the correlation's rules of which there is one. */
  rules: number;
}

/** Hits of one rule in one batch, within one span. */
interface Slice {
  readonly batch: HitBatch;
  /** Places in the batch, from one of these up to, without, another. */
  readonly places: readonly number[];
  readonly from: number;
  readonly to: number;
  readonly rule: string;
  readonly isHeld: boolean;
}

/** One span of a correlation's time. */
interface Span {
  readonly slices: Slice[];
  /** By group; made when it is asked for, which may be never. */
  cells: ReadonlyMap<string, Cell> | undefined;
  /** What of it is needed was let through. */
  isJudged: boolean;
}

/** A correlation that needs so much of one group that most groups never have it. */
interface Sieved {
  readonly rule: CorrelationRule;
  /** So many hits, or one of each of several rules. */
  readonly least: number | 'each';
  /** By their numbers. */
  readonly spans: Map<number, Span>;
  /** Correlations that it refers to. */
  readonly within: readonly Sieved[];
  /** Spans in which it may hold, by their numbers; of those that others refer to. */
  readonly active: Set<number>;
  /** Before when all that it needs was let through. */
  throughMs: number;
}

/** What becomes of hits of a rule. */
interface Counted {
  readonly sieved: readonly Sieved[];
  /** Nothing else refers to it. */
  readonly isHeld: boolean;
  readonly isReferredTo: boolean;
}

const rulesMax = 30;

/** Below this, counting first would cost what it saves. */
const leastMin = 3;

/** Longer ones would have the correlator wait for days, with all that others count in hand. */
const timespanMsMax = 3_600_000;

/** How many hits it takes at least; undefined where a few can do. */
const leastOf = ({ type, condition, timespanMs }: CorrelationRule): number | undefined => {
  if (timespanMs > timespanMsMax) return undefined;
  if (type !== 'event_count' && type !== 'value_count') return undefined;
  const least = condition.reduce((most, { relation, value }) => {
    if (relation === 'gte' || relation === 'eq') return Math.max(most, Math.ceil(value));
    return relation === 'gt' ? Math.max(most, Math.floor(value) + 1) : most;
  }, 0);
  return least >= leastMin ? least : undefined;
};

/** Each of its rules must have matched. */
const isOfEach = ({ type, expression, condition, timespanMs, rules }: CorrelationRule): boolean =>
  (type === 'temporal' || type === 'temporal_ordered') &&
  expression === undefined &&
  condition.length === 0 &&
  timespanMs <= timespanMsMax &&
  rules.length <= rulesMax;

/** Whether a correlation may hold within a span of time, both ends included. */
const mayHold = (
  { rule: { timespanMs }, active }: Sieved,
  fromMs: number,
  toMs: number,
): boolean => {
  const end = Math.floor(toMs / timespanMs);
  for (let bucket = Math.floor(fromMs / timespanMs); bucket <= end; bucket += 1) {
    if (active.has(bucket)) return true;
  }
  return false;
};

const cellsOf = ({ rule }: Sieved, { slices }: Span): ReadonlyMap<string, Cell> => {
  const cells = new Map<string, Cell>();
  for (const slice of slices) {
    const { batch, places, from, to } = slice;
    const bit = 1 << rule.rules.indexOf(slice.rule);
    const groups = new BatchGroups(rule, slice.rule, batch, (group): Cell => {
      const known = cells.get(group);
      if (known !== undefined) return known;
      const cell = { weight: 0, rules: 0 };
      cells.set(group, cell);
      return cell;
    });
    for (let at = from; at < to; at += 1) {
      const place = places[at] ?? 0;
      const weight = groups.weightOf(place);
      for (const cell of groups.of(place)) {
        cell.weight += weight;
        cell.rules |= bit;
      }
    }
  }
  return cells;
};

const isNeeded = (
  { rule, least, within }: Sieved,
  { weight, rules }: Cell,
  before: Cell | undefined,
  after: Cell | undefined,
): boolean => {
  if (least !== 'each') {
    return weight + Math.max(before?.weight ?? 0, after?.weight ?? 0) >= least;
  }
  const there = rules | (before?.rules ?? 0) | (after?.rules ?? 0);
  return rule.rules.every(
    (id, place) => within.some(each => each.rule.id === id) || ((there >> place) & 1) === 1,
  );
};

/**
 * Keeps hits back that no correlation can need: a window lies in two neighbouring spans of its length, so that a group
 * with too few hits in both never has enough in any window. What is let through comes to the same, where nothing was
 * in hand before.
 */
export class HitSieve {
  private readonly pass: (hit: Hit) => void;
  /** By a rule's id, correlations that count its hits; of rules that others refer to as well nothing is held. */
  private readonly counted = new Map<string, Counted>();
  private readonly all: readonly Sieved[];

  /** @param pass takes hits, some of them twice */
  constructor(rules: readonly Rule[], pass: (hit: Hit) => void) {
    this.pass = pass;
    const correlations = rules.filter(rule => rule.kind === 'correlation');
    const detections = new Set(rules.filter(rule => rule.kind === 'detection').map(({ id }) => id));
    const sieved = new Map<string, Sieved>();
    // Those that are referred to come first.
    for (const rule of correlations) {
      const least = leastOf(rule) ?? (isOfEach(rule) ? 'each' : undefined);
      const others = rule.rules.filter(id => !detections.has(id));
      const within = others.flatMap(id => sieved.get(id) ?? []);
      const isKnown = within.length === others.length && (least === 'each' || others.length === 0);
      if (least === undefined || !isKnown) continue;
      const state = { spans: new Map(), active: new Set<number>(), throughMs: -Infinity };
      sieved.set(rule.id, { rule, least, within, ...state });
    }
    for (const id of detections) {
      const referring = correlations.filter(each => each.rules.includes(id));
      const mine = referring.flatMap(each => sieved.get(each.id) ?? []);
      const isHeld = mine.length > 0 && mine.length === referring.length;
      this.counted.set(id, { sieved: mine, isHeld, isReferredTo: referring.length > 0 });
    }
    this.all = [...sieved.values()];
  }

  add(batch: HitBatch): void {
    for (const { rule, places } of batch.ofRules) {
      const counted = this.counted.get(rule);
      if (counted === undefined || !counted.isReferredTo) continue;
      const { sieved, isHeld } = counted;
      if (!isHeld) for (const place of places) this.pass(batch.hit(place));
      for (const each of sieved) this.cut(each, { batch, places, rule, isHeld });
    }
  }

  /** Into spans. */
  private cut({ spans, rule: { timespanMs } }: Sieved, slice: Omit<Slice, 'from' | 'to'>): void {
    const { batch, places } = slice;
    const { timeMs } = batch.packed;
    const bucketOf = (at: number): number =>
      Math.floor((timeMs[places[at] ?? 0] ?? 0) / timespanMs);
    for (let from = 0; from < places.length; ) {
      const bucket = bucketOf(from);
      let to = from + 1;
      while (to < places.length && bucketOf(to) === bucket) to += 1;
      let span = spans.get(bucket);
      if (span === undefined) {
        span = { slices: [], cells: undefined, isJudged: false };
        spans.set(bucket, span);
      }
      span.slices.push({ ...slice, from, to });
      span.cells = undefined;
      span.isJudged = false;
      from = to;
    }
  }

  /**
   * Says that all that is to come is of this time or later.
   *
   * @returns before when all that is needed was let through
   */
  settle(timeMs: number): number {
    let throughMs = timeMs;
    for (const sieved of this.all) {
      this.settleOne(sieved, timeMs);
      throughMs = Math.min(throughMs, sieved.throughMs);
    }
    return throughMs;
  }

  private settleOne(sieved: Sieved, timeMs: number): void {
    const { rule, spans, within, active } = sieved;
    const { timespanMs } = rule;
    // Its neighbour is there whole, and of what it refers to it is known when that can hold.
    const knownMs = within.reduce((least, each) => Math.min(least, each.throughMs), timeMs);
    const last = Math.floor(knownMs / timespanMs) - 2;
    sieved.throughMs = Math.max(sieved.throughMs, (last + 1) * timespanMs);
    const over = [...spans.keys()].filter(bucket => bucket <= last).toSorted((a, b) => a - b);
    for (const bucket of over) {
      const span = spans.get(bucket);
      if (span !== undefined && !span.isJudged) this.judge(sieved, bucket, span);
    }
    // The last of them is counted with the one that comes next.
    for (const bucket of over) if (bucket < last) spans.delete(bucket);
    // An hour and a bit: as long as anybody may ask for it.
    const oldest = last - Math.ceil((4 * timespanMsMax) / timespanMs) - 4;
    for (const bucket of active) if (bucket < oldest) active.delete(bucket);
  }

  private judge(sieved: Sieved, bucket: number, span: Span): void {
    const { rule, spans, within } = sieved;
    span.isJudged = true;
    const fromMs = (bucket - 1) * rule.timespanMs;
    const toMs = (bucket + 2) * rule.timespanMs - 1;
    if (!within.every(each => mayHold(each, fromMs, toMs))) return;
    const cellsAt = (at: number): ReadonlyMap<string, Cell> | undefined => {
      const of = spans.get(at);
      if (of === undefined) return undefined;
      of.cells ??= cellsOf(sieved, of);
      return of.cells;
    };
    const [before, after] = [cellsAt(bucket - 1), cellsAt(bucket + 1)];
    const needed = new Set<string>();
    for (const [group, cell] of cellsAt(bucket) ?? []) {
      if (isNeeded(sieved, cell, before?.get(group), after?.get(group))) needed.add(group);
    }
    if (needed.size === 0) return;
    sieved.active.add(bucket);
    for (const { batch, places, from, to, ...slice } of span.slices) {
      if (!slice.isHeld) continue;
      const groups = new BatchGroups(rule, slice.rule, batch, group => needed.has(group));
      for (let at = from; at < to; at += 1) {
        const place = places[at] ?? 0;
        if (groups.of(place).includes(true)) this.pass(batch.hit(place));
      }
    }
  }

  /** All that is left goes through; what comes behind it must not come here any more. */
  flush(): void {
    for (const { spans } of this.all) {
      for (const { slices, isJudged } of spans.values()) {
        if (isJudged) continue;
        for (const { batch, places, from, to, isHeld } of slices) {
          if (!isHeld) continue;
          for (let at = from; at < to; at += 1) this.pass(batch.hit(places[at] ?? 0));
        }
      }
      spans.clear();
    }
  }
}
