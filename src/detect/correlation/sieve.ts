import type { Hit } from '../hit.ts';
import type { CorrelationRule, Rule } from '../sigma/nodes.ts';
import { groupsOf, keyOf } from './grouping.ts';

/** Hits of one group within one span of the correlation's time. */
interface Cell {
  readonly group: string;
  readonly bucket: number;
  readonly hits: Hit[];
  /** What they count for at most. */
  weight: number;
  /** A bit for each of the correlation's rules of which there is one. */
  rules: number;
}

/** A correlation that needs so much of one group that most groups never have it. */
interface Sieved {
  readonly rule: CorrelationRule;
  /** So many hits, or one of each of several rules. */
  readonly least: number | 'each';
  readonly cells: Map<string, Cell>;
  /** Correlations that it refers to. */
  readonly within: readonly Sieved[];
  /** Spans in which it may hold, by their numbers; of those that others refer to. */
  readonly active: Set<number>;
  /** Before when all that it needs was let through. */
  throughMs: number;
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

/** A hit with several values of what is counted counts as often. */
const weightOf = ({ type, valueFields, aliases }: CorrelationRule, hit: Hit): number =>
  type === 'event_count'
    ? 1
    : valueFields.reduce((weight, name) => {
        const value = hit.values?.[aliases.get(name)?.get(hit.rule) ?? name];
        return weight * (typeof value === 'object' ? Math.max(1, value.length) : 1);
      }, 1);

/** Each of its rules must have matched. */
const isOfEach = ({ type, expression, condition, timespanMs, rules }: CorrelationRule): boolean =>
  (type === 'temporal' || type === 'temporal_ordered') &&
  expression === undefined &&
  condition.length === 0 &&
  timespanMs <= timespanMsMax &&
  rules.length <= rulesMax;

const nameOf = (group: string, bucket: number): string => `${bucket} ${group}`;

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

const isNeeded = ({ rule, least, cells, within }: Sieved, cell: Cell): boolean => {
  const { group, bucket, weight } = cell;
  const [before, after] = [bucket - 1, bucket + 1].map(each => cells.get(nameOf(group, each)));
  if (least !== 'each') {
    return weight + Math.max(before?.weight ?? 0, after?.weight ?? 0) >= least;
  }
  const { timespanMs, rules } = rule;
  const there = cell.rules | (before?.rules ?? 0) | (after?.rules ?? 0);
  const isThere = rules.every(
    (id, place) => within.some(each => each.rule.id === id) || ((there >> place) & 1) === 1,
  );
  const fromMs = (bucket - 1) * timespanMs;
  return isThere && within.every(each => mayHold(each, fromMs, (bucket + 2) * timespanMs - 1));
};

/**
 * Keeps hits back that no correlation can need: a window lies in two neighbouring spans of its length, so that a group
 * with too few hits in both never has enough in any window. What is let through comes to the same, where nothing was
 * in hand before.
 */
export class HitSieve {
  private readonly pass: (hit: Hit) => void;
  /** By a rule's id, correlations that count its hits; of rules that others refer to as well nothing is held. */
  private readonly counted = new Map<
    string,
    { readonly sieved: readonly Sieved[]; readonly isHeld: boolean }
  >();
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
      const state = { cells: new Map(), active: new Set<number>(), throughMs: -Infinity };
      sieved.set(rule.id, { rule, least, within, ...state });
    }
    for (const id of detections) {
      const referring = correlations.filter(each => each.rules.includes(id));
      const mine = referring.flatMap(each => sieved.get(each.id) ?? []);
      const isHeld = mine.length > 0 && mine.length === referring.length;
      this.counted.set(id, { sieved: mine, isHeld });
    }
    this.all = [...sieved.values()];
  }

  add(hit: Hit): void {
    const { sieved = [], isHeld = false } = this.counted.get(hit.rule) ?? {};
    if (!isHeld) this.pass(hit);
    for (const { rule, cells } of sieved) {
      const bucket = Math.floor(hit.timeMs / rule.timespanMs);
      const weight = weightOf(rule, hit);
      const bit = 1 << rule.rules.indexOf(hit.rule);
      for (const values of groupsOf(rule, hit)) {
        const group = keyOf(values);
        const name = nameOf(group, bucket);
        const cell = cells.get(name);
        if (cell === undefined)
          cells.set(name, { group, bucket, hits: isHeld ? [hit] : [], weight, rules: bit });
        else {
          if (isHeld) cell.hits.push(hit);
          cell.weight += weight;
          cell.rules |= bit;
        }
      }
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
    const { rule, cells, within, active } = sieved;
    const { timespanMs } = rule;
    // Its neighbour is there whole, and of what it refers to it is known when that can hold.
    const knownMs = within.reduce((least, each) => Math.min(least, each.throughMs), timeMs);
    const last = Math.floor(knownMs / timespanMs) - 2;
    sieved.throughMs = Math.max(sieved.throughMs, (last + 1) * timespanMs);
    const over: string[] = [];
    for (const [name, cell] of cells) {
      if (cell.bucket > last) continue;
      if (isNeeded(sieved, cell)) {
        active.add(cell.bucket);
        for (const hit of cell.hits) this.pass(hit);
      }
      // The last of them is counted with the one that comes next.
      if (cell.bucket < last) over.push(name);
    }
    for (const name of over) cells.delete(name);
    // An hour and a bit: as long as anybody may ask for it.
    const oldest = last - Math.ceil((4 * timespanMsMax) / timespanMs) - 4;
    for (const bucket of active) if (bucket < oldest) active.delete(bucket);
  }

  /** All that is left goes through; what comes behind it must not come here any more. */
  flush(): void {
    for (const { cells } of this.all) {
      for (const { hits } of cells.values()) for (const hit of hits) this.pass(hit);
      cells.clear();
    }
  }
}
