import type { Hit } from './hit.ts';

/**
 * Hits of one segment or spool as columns of numbers: plain data, which costs little to hand from thread to thread, and
 * little to keep while most of it turns out to be of no interest.
 */
export interface PackedHits {
  readonly source: string;
  readonly seq: number;
  /** Ids of rules, each once. */
  readonly rules: readonly string[];
  /** Names of fields, each once. */
  readonly names: readonly string[];
  /** What the numbers below stand for, most of them once; -1 is none. */
  readonly texts: readonly string[];
  /** Values of fields that have several; in `values` the complement of their place. */
  readonly lists: readonly (readonly string[])[];
  /** By hit, in the order of their times. */
  readonly rule: Int32Array;
  readonly timeMs: Float64Array;
  readonly line: Int32Array;
  readonly component: Int32Array;
  readonly kind: Int32Array;
  readonly user: Int32Array;
  readonly actor: Int32Array;
  readonly app: Int32Array;
  readonly address: Int32Array;
  /** Where the values of a hit begin, and behind the last hit where they end. */
  readonly valuesAt: Int32Array;
  /** Name and value of each, one behind the other. */
  readonly values: Int32Array;
}

/** Memory that can be handed to another thread, which then has it instead of this one. */
export const memoryOf = (packed: PackedHits): readonly ArrayBuffer[] =>
  [
    packed.rule,
    packed.timeMs,
    packed.line,
    packed.component,
    packed.kind,
    packed.user,
    packed.actor,
    packed.app,
    packed.address,
    packed.valuesAt,
    packed.values,
  ].map(({ buffer }) => buffer as ArrayBuffer);

/** What is common to hits of one rule. */
export interface HitsOfRule {
  readonly rule: string;
  /** Their places in the batch, in the order of their times. */
  readonly places: readonly number[];
}

/** The value of a field of a hit: a number of a text, several, or none. */
export type ValueNumber = number | readonly string[] | undefined;

/** Hits of one segment or spool; each is made when it is asked for. */
export class HitBatch {
  readonly packed: PackedHits;
  readonly count: number;
  private byRule: readonly HitsOfRule[] | undefined;

  constructor(packed: PackedHits) {
    this.packed = packed;
    this.count = packed.rule.length;
  }

  ruleOf(place: number): string {
    return this.packed.rules[this.packed.rule[place] ?? 0] ?? '';
  }

  get ofRules(): readonly HitsOfRule[] {
    if (this.byRule !== undefined) return this.byRule;
    const { rules, rule } = this.packed;
    const found = rules.map(id => ({ rule: id, places: [] as number[] }));
    for (let place = 0; place < rule.length; place += 1) {
      found[rule[place] ?? 0]?.places.push(place);
    }
    this.byRule = found;
    return found;
  }

  /** @param name number of a field's, among those that there are */
  valueOf(place: number, name: number): ValueNumber {
    const { valuesAt, values, lists } = this.packed;
    const end = valuesAt[place + 1] ?? 0;
    for (let at = valuesAt[place] ?? 0; at < end; at += 2) {
      if (values[at] !== name) continue;
      const number = values[at + 1] ?? 0;
      return number < 0 ? lists[~number] : number;
    }
    return undefined;
  }

  hit(place: number): Hit {
    const { packed } = this;
    const { source, seq, texts } = packed;
    const [user, actor, app, address] = [
      texts[packed.user[place] ?? -1],
      texts[packed.actor[place] ?? -1],
      texts[packed.app[place] ?? -1],
      texts[packed.address[place] ?? -1],
    ];
    const values = this.valuesOf(place);
    return {
      rule: this.ruleOf(place),
      source,
      seq,
      line: packed.line[place] ?? 0,
      timeMs: packed.timeMs[place] ?? 0,
      component: texts[packed.component[place] ?? -1] ?? '',
      kind: texts[packed.kind[place] ?? -1] ?? '',
      ...(user === undefined ? {} : { user }),
      ...(actor === undefined ? {} : { actor }),
      ...(app === undefined ? {} : { app }),
      ...(address === undefined ? {} : { address }),
      ...(values === undefined ? {} : { values }),
    };
  }

  private valuesOf(place: number): Hit['values'] {
    const { valuesAt, values, lists, names, texts } = this.packed;
    const [from = 0, end = 0] = [valuesAt[place], valuesAt[place + 1]];
    if (from === end) return undefined;
    const said: Record<string, string | readonly string[]> = {};
    for (let at = from; at < end; at += 2) {
      const number = values[at + 1] ?? 0;
      said[names[values[at] ?? 0] ?? ''] =
        number < 0 ? (lists[~number] ?? []) : (texts[number] ?? '');
    }
    return said;
  }

  /** Those of some rules. */
  *of(isAsked: (rule: string) => boolean): Generator<Hit> {
    const asked = this.packed.rules.map(isAsked);
    if (!asked.includes(true)) return;
    const { rule } = this.packed;
    for (let place = 0; place < rule.length; place += 1) {
      if (asked[rule[place] ?? 0] === true) yield this.hit(place);
    }
  }
}
