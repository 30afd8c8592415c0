import type { Hit } from './hit.ts';
import type { PackedHits } from './hit-batch.ts';

/** Numbers texts as they are first seen. */
class Numbers {
  readonly texts: string[] = [];
  private readonly known = new Map<string, number>();

  of(text: string): number {
    const known = this.known.get(text);
    if (known !== undefined) return known;
    const number = this.texts.push(text) - 1;
    this.known.set(text, number);
    return number;
  }
}

/** A hit by the numbers of its texts; -1 is none. */
export interface HitNumbers {
  rule: number;
  timeMs: number;
  line: number;
  component: number;
  kind: number;
  user: number;
  actor: number;
  app: number;
  address: number;
}

const columns = ['rule', 'line', 'component', 'kind', 'user', 'actor', 'app', 'address'] as const;
type Column = (typeof columns)[number];
const roomMin = 64;

const grown = (from: Int32Array, room: number): Int32Array => {
  const to = new Int32Array(room);
  to.set(from);
  return to;
};

/** Gathers the hits of one segment as columns of numbers. */
export class HitPacker {
  count = 0;
  private readonly rules = new Numbers();
  private readonly names = new Numbers();
  private readonly texts = new Numbers();
  private readonly lists: (readonly string[])[] = [];
  private readonly ints: Record<Column, Int32Array> = {
    rule: new Int32Array(roomMin),
    line: new Int32Array(roomMin),
    component: new Int32Array(roomMin),
    kind: new Int32Array(roomMin),
    user: new Int32Array(roomMin),
    actor: new Int32Array(roomMin),
    app: new Int32Array(roomMin),
    address: new Int32Array(roomMin),
  };
  private timeMs = new Float64Array(roomMin);
  private valuesAt: Int32Array = new Int32Array(roomMin + 1);
  private readonly values: number[] = [];

  ruleNumber(rule: string): number {
    return this.rules.of(rule);
  }

  nameNumber(name: string): number {
    return this.names.of(name);
  }

  textNumber(text: string | undefined): number {
    return text === undefined ? -1 : this.texts.of(text);
  }

  /** Of one that is not looked for among those that are there: whoever asks remembers it. */
  newNumber(text: string): number {
    return this.texts.texts.push(text) - 1;
  }

  /** Of a value of a field: a text, or several. */
  valueNumber(value: string | readonly string[]): number {
    return typeof value === 'string' ? this.texts.of(value) : ~(this.lists.push(value) - 1);
  }

  /** @param values name and value of each, one behind the other. @param used how many of these numbers are of it */
  add(hit: HitNumbers, values: readonly number[], used: number): void {
    const { count, ints } = this;
    if (count === this.timeMs.length) this.grow();
    this.timeMs[count] = hit.timeMs;
    ints.rule[count] = hit.rule;
    ints.line[count] = hit.line;
    ints.component[count] = hit.component;
    ints.kind[count] = hit.kind;
    ints.user[count] = hit.user;
    ints.actor[count] = hit.actor;
    ints.app[count] = hit.app;
    ints.address[count] = hit.address;
    for (let i = 0; i < used; i += 1) this.values.push(values[i] ?? 0);
    this.count += 1;
    this.valuesAt[this.count] = this.values.length;
  }

  addHit(hit: Omit<Hit, 'source' | 'seq'>): void {
    const values: number[] = [];
    for (const [name, value] of Object.entries(hit.values ?? {})) {
      values.push(this.nameNumber(name), this.valueNumber(value));
    }
    const numbers = {
      rule: this.ruleNumber(hit.rule),
      timeMs: hit.timeMs,
      line: hit.line,
      component: this.textNumber(hit.component),
      kind: this.textNumber(hit.kind),
      user: this.textNumber(hit.user),
      actor: this.textNumber(hit.actor),
      app: this.textNumber(hit.app),
      address: this.textNumber(hit.address),
    };
    this.add(numbers, values, values.length);
  }

  private grow(): void {
    const room = this.timeMs.length * 4;
    for (const column of columns) this.ints[column] = grown(this.ints[column], room);
    this.valuesAt = grown(this.valuesAt, room + 1);
    const timeMs = new Float64Array(room);
    timeMs.set(this.timeMs);
    this.timeMs = timeMs;
  }

  /** All of them, in the order of their times, then lines, then as they came. */
  end(source: string, seq: number): PackedHits {
    const isInOrder = this.isInOrder();
    const order = this.order(isInOrder);
    const { count, ints, values, valuesAt } = this;
    const ordered = (from: Int32Array): Int32Array => {
      const to = from.slice(0, count);
      if (!isInOrder)
        for (let place = 0; place < count; place += 1) to[place] = from[order[place] ?? 0] ?? 0;
      return to;
    };
    const begin = new Int32Array(this.count + 1);
    const out = new Int32Array(values.length);
    let to = 0;
    for (let place = 0; place < count; place += 1) {
      const at = order[place] ?? 0;
      const end = valuesAt[at + 1] ?? 0;
      for (let i = valuesAt[at] ?? 0; i < end; i += 1) {
        out[to] = values[i] ?? 0;
        to += 1;
      }
      begin[place + 1] = to;
    }
    return {
      source,
      seq,
      rules: this.rules.texts,
      names: this.names.texts,
      texts: this.texts.texts,
      lists: this.lists,
      timeMs: this.timeMs.slice(0, count).map((_, place) => this.timeMs[order[place] ?? 0] ?? 0),
      rule: ordered(ints.rule),
      line: ordered(ints.line),
      component: ordered(ints.component),
      kind: ordered(ints.kind),
      user: ordered(ints.user),
      actor: ordered(ints.actor),
      app: ordered(ints.app),
      address: ordered(ints.address),
      valuesAt: begin,
      values: out,
    };
  }

  private compare(a: number, b: number): number {
    const { timeMs } = this;
    const { line } = this.ints;
    return (timeMs[a] ?? 0) - (timeMs[b] ?? 0) || (line[a] ?? 0) - (line[b] ?? 0) || a - b;
  }

  private isInOrder(): boolean {
    for (let at = 1; at < this.count; at += 1) if (this.compare(at - 1, at) > 0) return false;
    return true;
  }

  private order(isInOrder: boolean): Int32Array {
    const order = new Int32Array(this.count);
    for (let at = 0; at < order.length; at += 1) order[at] = at;
    return isInOrder ? order : order.sort((a, b) => this.compare(a, b));
  }
}

/** @param hits of one segment */
export const packHits = (
  source: string,
  seq: number,
  hits: readonly Omit<Hit, 'source' | 'seq'>[],
): PackedHits => {
  const packer = new HitPacker();
  for (const hit of hits) packer.addHit(hit);
  return packer.end(source, seq);
};

export const noHits: PackedHits = packHits('', 0, []);
