import type { HitBatch } from '../hit-batch.ts';
import type { CorrelationRule } from '../sigma/nodes.ts';
import { fieldOf } from './fields.ts';
import { groupsOf, keyOf } from './grouping.ts';

/**
 * Groups of one correlation that hits of one rule in a batch belong to: what is made of a group is made once for hits
 * with the same numbers.
 */
export class BatchGroups<T> {
  private readonly rule: CorrelationRule;
  private readonly batch: HitBatch;
  private readonly make: (group: string) => T;
  /** Numbers of the names of what it is grouped by; -1 of what no hit has. */
  private readonly names: readonly number[];
  /** What is counted; of a field with several values each counts. */
  private readonly counted: readonly number[];
  private readonly known = new Map<number, readonly T[]>();

  constructor(
    rule: CorrelationRule,
    detection: string,
    batch: HitBatch,
    make: (group: string) => T,
  ) {
    const numberOf = (name: string): number =>
      batch.packed.names.indexOf(fieldOf(rule, name, detection));
    this.rule = rule;
    this.batch = batch;
    this.make = make;
    this.names = rule.groupBy.map(numberOf);
    this.counted = rule.type === 'event_count' ? [] : rule.valueFields.map(numberOf);
  }

  of(place: number): readonly T[] {
    const key = this.numberOf(place);
    if (key === undefined) return this.made(place);
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const made = this.made(place);
    this.known.set(key, made);
    return made;
  }

  weightOf(place: number): number {
    let weight = 1;
    for (const name of this.counted) {
      const value = this.batch.valueOf(place, name);
      if (typeof value === 'object') weight *= Math.max(1, value.length);
    }
    return weight;
  }

  private made(place: number): readonly T[] {
    const { names, batch } = this;
    const group: (string | null)[] = [];
    for (const name of names) {
      const value = batch.valueOf(place, name);
      if (typeof value === 'object') return this.severalMade(place);
      group.push(value === undefined ? null : (batch.packed.texts[value] ?? null));
    }
    return [this.make(keyOf(group))];
  }

  private severalMade(place: number): readonly T[] {
    return groupsOf(this.rule, this.batch.hit(place)).map(group => this.make(keyOf(group)));
  }

  /** The same for the same values; undefined where a field has several, or there are many fields. */
  private numberOf(place: number): number | undefined {
    const { names, batch } = this;
    if (names.length > 2) return undefined;
    let key = 0;
    for (const name of names) {
      const value = batch.valueOf(place, name);
      if (typeof value === 'object') return undefined;
      key = key * (batch.packed.texts.length + 1) + (value ?? -1) + 1;
    }
    return key;
  }
}
