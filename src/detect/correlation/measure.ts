import type { CorrelationRule, RuleExpression } from '../sigma/nodes.ts';
import type { Counted, Entry } from './entry.ts';
import { ExactSum } from './exact-sum.ts';
import { SortedNumbers } from './numbers.ts';
import { OrderedChain } from './ordered-chain.ts';

/** What a window comes to while hits enter it and leave it. */
export interface Measure {
  /** All of one millisecond: those from a place up to, without, another. */
  enter(entries: readonly Entry[], from: number, to: number): void;
  leave(entry: Entry): void;
  clear(): void;
  /**
   * Undefined: there is nothing that a condition could be asked of.
   * @param afterMs what is as old as that is no longer within the window
   */
  value(afterMs: number): number | undefined;
}

class EventCount implements Measure {
  private count = 0;
  enter(_: readonly Entry[], from: number, to: number): void {
    this.count += to - from;
  }
  leave(): void {
    this.count -= 1;
  }
  clear(): void {
    this.count = 0;
  }
  value(): number {
    return this.count;
  }
}

/** Calls what takes one value with each value of an entry. */
const eachOf = <T>(
  counted: Counted,
  isOne: (value: unknown) => value is T,
  take: (value: T) => void,
): void => {
  if (isOne(counted)) take(counted);
  else if (Array.isArray(counted)) for (const value of counted) if (isOne(value)) take(value);
};

const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number';

class ValueCount implements Measure {
  private readonly counts = new Map<string, number>();
  private readonly put = (text: string): void => {
    this.counts.set(text, (this.counts.get(text) ?? 0) + 1);
  };
  private readonly drop = (text: string): void => {
    const left = (this.counts.get(text) ?? 0) - 1;
    if (left > 0) this.counts.set(text, left);
    else this.counts.delete(text);
  };
  enter(entries: readonly Entry[], from: number, to: number): void {
    for (let at = from; at < to; at += 1) eachOf(entries[at]?.counted, isText, this.put);
  }
  leave({ counted }: Entry): void {
    eachOf(counted, isText, this.drop);
  }
  clear(): void {
    this.counts.clear();
  }
  value(): number {
    return this.counts.size;
  }
}

/** Sum or mean; of no numbers at all there is neither. */
class Total implements Measure {
  private readonly sum = new ExactSum();
  private count = 0;
  private readonly isMean: boolean;
  private readonly put = (number: number): void => {
    this.sum.add(number);
    this.count += 1;
  };
  private readonly drop = (number: number): void => {
    this.sum.add(-number);
    this.count -= 1;
  };
  constructor(isMean: boolean) {
    this.isMean = isMean;
  }
  enter(entries: readonly Entry[], from: number, to: number): void {
    for (let at = from; at < to; at += 1) eachOf(entries[at]?.counted, isNumber, this.put);
  }
  leave({ counted }: Entry): void {
    eachOf(counted, isNumber, this.drop);
  }
  clear(): void {
    this.sum.clear();
    this.count = 0;
  }
  value(): number | undefined {
    if (this.count === 0) return undefined;
    return this.isMean ? this.sum.value() / this.count : this.sum.value();
  }
}

class Percentile implements Measure {
  private readonly sorted = new SortedNumbers();
  private readonly percent: number;
  constructor(percent: number) {
    this.percent = percent;
  }
  enter(entries: readonly Entry[], from: number, to: number): void {
    for (let at = from; at < to; at += 1)
      eachOf(entries[at]?.counted, isNumber, number => this.sorted.add(number));
  }
  leave({ counted }: Entry): void {
    eachOf(counted, isNumber, number => this.sorted.remove(number));
  }
  clear(): void {
    this.sorted.clear();
  }
  value(): number | undefined {
    return this.sorted.percentile(this.percent);
  }
}

const holds = (expression: RuleExpression, has: (rule: string) => boolean): boolean => {
  switch (expression.is) {
    case 'rule':
      return has(expression.rule);
    case 'all':
      return expression.of.every(each => holds(each, has));
    case 'any':
      return expression.of.some(each => holds(each, has));
    case 'not':
      return !holds(expression.of, has);
  }
};

/** How many of the rules matched; in their order, where that is asked for. */
class RulesSeen implements Measure {
  private readonly counts = new Map<string, number>();
  private readonly chain: OrderedChain | undefined;
  private readonly expression: RuleExpression | undefined;
  constructor(rule: CorrelationRule) {
    this.chain = rule.type === 'temporal_ordered' ? new OrderedChain(rule.rules) : undefined;
    this.expression = rule.expression;
  }
  enter(entries: readonly Entry[], from: number, to: number): void {
    for (let at = from; at < to; at += 1) {
      const rule = entries[at]?.hit.rule ?? '';
      this.counts.set(rule, (this.counts.get(rule) ?? 0) + 1);
    }
    this.chain?.enter(entries.slice(from, to));
  }
  leave({ hit }: Entry): void {
    const left = (this.counts.get(hit.rule) ?? 0) - 1;
    if (left > 0) this.counts.set(hit.rule, left);
    else this.counts.delete(hit.rule);
  }
  clear(): void {
    this.counts.clear();
    this.chain?.clear();
  }
  value(afterMs: number): number | undefined {
    if (this.expression === undefined)
      return this.chain === undefined ? this.counts.size : this.chain.length(afterMs);
    if (!holds(this.expression, rule => this.counts.has(rule))) return undefined;
    // Those that matched must have come in the order of the list.
    if (this.chain !== undefined && this.chain.length(afterMs) < this.counts.size) return undefined;
    return this.counts.size;
  }
}

/** A new and empty one, for a group of a correlation. */
export const measureOf = (rule: CorrelationRule): Measure => {
  switch (rule.type) {
    case 'event_count':
      return new EventCount();
    case 'value_count':
      return new ValueCount();
    case 'value_sum':
      return new Total(false);
    case 'value_avg':
      return new Total(true);
    case 'value_percentile':
      return new Percentile(rule.percentile ?? 50);
    case 'value_median':
      return new Percentile(50);
    case 'temporal':
    case 'temporal_ordered':
      return new RulesSeen(rule);
  }
};
