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
}

/** A correlation that needs so many hits of one group that most groups never have them. */
interface Counted {
  readonly rule: CorrelationRule;
  readonly least: number;
  readonly cells: Map<string, Cell>;
}

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

const nameOf = (group: string, bucket: number): string => `${bucket} ${group}`;

/**
 * Keeps hits back that no correlation can need: a window lies in two neighbouring spans of its length, so that a group
 * with too few hits in both never has enough in any window. What is let through comes to the same, where nothing was
 * in hand before.
 */
export class HitSieve {
  private readonly pass: (hit: Hit) => void;
  /** By a rule's id, correlations that count its hits; of rules that others refer to as well nothing is kept back. */
  private readonly counted = new Map<string, readonly Counted[]>();
  private readonly all: readonly Counted[];

  /** @param pass takes hits, some of them twice */
  constructor(rules: readonly Rule[], pass: (hit: Hit) => void) {
    this.pass = pass;
    const correlations = rules.filter(rule => rule.kind === 'correlation');
    const detections = new Set(rules.filter(rule => rule.kind === 'detection').map(({ id }) => id));
    const counted = new Map<string, Counted>();
    for (const rule of correlations) {
      const least = leastOf(rule);
      if (least !== undefined && rule.rules.every(id => detections.has(id))) {
        counted.set(rule.id, { rule, least, cells: new Map() });
      }
    }
    for (const id of detections) {
      const referring = correlations.filter(each => each.rules.includes(id));
      const mine = referring.flatMap(each => counted.get(each.id) ?? []);
      if (mine.length > 0 && mine.length === referring.length) this.counted.set(id, mine);
    }
    this.all = [...counted.values()];
  }

  add(hit: Hit): void {
    const counted = this.counted.get(hit.rule);
    if (counted === undefined) {
      this.pass(hit);
      return;
    }
    for (const { rule, cells } of counted) {
      const bucket = Math.floor(hit.timeMs / rule.timespanMs);
      const weight = weightOf(rule, hit);
      for (const values of groupsOf(rule, hit)) {
        const group = keyOf(values);
        const name = nameOf(group, bucket);
        const cell = cells.get(name);
        if (cell === undefined) cells.set(name, { group, bucket, hits: [hit], weight });
        else {
          cell.hits.push(hit);
          cell.weight += weight;
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
    for (const { rule, least, cells } of this.all) {
      // Its neighbour is there whole.
      const last = Math.floor(timeMs / rule.timespanMs) - 2;
      throughMs = Math.min(throughMs, (last + 1) * rule.timespanMs);
      const count = (group: string, bucket: number): number =>
        cells.get(nameOf(group, bucket))?.weight ?? 0;
      const over: string[] = [];
      for (const [name, { group, bucket, hits, weight }] of cells) {
        if (bucket > last) continue;
        const beside = Math.max(count(group, bucket - 1), count(group, bucket + 1));
        if (weight + beside >= least) for (const hit of hits) this.pass(hit);
        // The last of them is counted with the one that comes next.
        if (bucket < last) over.push(name);
      }
      for (const name of over) cells.delete(name);
    }
    return throughMs;
  }

  /** All that is left goes through; what comes behind it must not come here any more. */
  flush(): void {
    for (const { cells } of this.all) {
      for (const { hits } of cells.values()) for (const hit of hits) this.pass(hit);
      cells.clear();
    }
  }
}
