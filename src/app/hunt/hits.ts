import type { WatchedEvent } from '../../core/watched-event.ts';
import type { ColumnTruth } from '../../detect/columns/column-truth.ts';
import type { Leaf } from '../../detect/columns/leaf.ts';
import type { FieldValue, Scalar } from '../../detect/fields/field-space.ts';
import type { Hit } from '../../detect/hit.ts';
import type { HitPacker } from '../../detect/hit-packer.ts';
import type { SegmentColumns } from './segment-columns.ts';
import type { ShapeRule } from './shape-rules.ts';
import type { WatchedRule } from './watched-rule.ts';

type Values = NonNullable<Hit['values']>;

const isList = (value: FieldValue): value is readonly Scalar[] => Array.isArray(value);

/** One text, or all of a field that has several. */
const asValue = (value: FieldValue): Values[string] | undefined => {
  if (value === undefined || value === null) return undefined;
  if (!isList(value)) return String(value);
  const texts = value.filter(each => each !== null).map(String);
  return texts.length > 1 ? texts : texts[0];
};

const optional = (
  user: string | undefined,
  actor: string | undefined,
  app: string | undefined,
  address: string | undefined,
): Pick<Hit, 'user' | 'actor' | 'app' | 'address'> => ({
  ...(user === undefined ? {} : { user }),
  ...(actor === undefined ? {} : { actor }),
  ...(app === undefined ? {} : { app }),
  ...(address === undefined ? {} : { address }),
});

const withValues = (values: Record<string, Values[string]>): Pick<Hit, 'values'> =>
  Object.keys(values).length === 0 ? {} : { values };

/** A rule's hit, out of an event that is there whole. */
export const hitOfEvent = ({ rule, fields }: WatchedRule, watched: WatchedEvent): Hit => {
  const { event, source, seq, line, timeMs } = watched;
  const values: Record<string, Values[string]> = {};
  for (const { name, get } of fields) {
    const value = asValue(get(watched));
    if (value !== undefined) values[name] = value;
  }
  const { user, actor, app, from, component, kind } = event;
  return {
    rule: rule.id,
    source,
    seq,
    line,
    timeMs,
    component,
    kind,
    ...optional(user?.name, actor?.name, app?.uid ?? app?.name, from?.ip),
    ...withValues(values),
  };
};

/** What all hits of a rule that rows of a shape fulfil have in common. */
interface RuleNumbers {
  readonly rule: number;
  readonly component: number;
  readonly kind: number;
  readonly fields: readonly { readonly name: number; readonly leaves: readonly Leaf[] }[];
}

/** Packs hits of rows whose columns hold all that a hit says: what stands in a column is numbered once. */
export class RowHits {
  private readonly packer: HitPacker;
  private readonly columns: SegmentColumns;
  private readonly truth: ColumnTruth;
  /** By column, the number of each of its texts and two; 0: not asked for yet. */
  private readonly known = new Map<string, Int32Array>();
  private readonly rules = new Map<ShapeRule, RuleNumbers>();
  private readonly values: number[] = [];
  private readonly found: Scalar[] = [];

  constructor(packer: HitPacker, columns: SegmentColumns, truth: ColumnTruth) {
    this.packer = packer;
    this.columns = columns;
    this.truth = truth;
  }

  /** @returns false where a row turns out to need its line; nothing was added then */
  add(rule: ShapeRule, row: number, line: number, timeMs: number): boolean {
    const { packer, values } = this;
    const numbers = this.rules.get(rule) ?? this.numbered(rule);
    let used = 0;
    for (const { name, leaves } of numbers.fields) {
      const value = this.valueOf(leaves, row);
      if (value === 'line') return false;
      if (value === undefined) continue;
      values[used] = name;
      values[used + 1] = value;
      used += 2;
    }
    const hit = {
      rule: numbers.rule,
      timeMs,
      line,
      component: numbers.component,
      kind: numbers.kind,
      user: this.inColumn('user', row),
      actor: this.inColumn('actor', row),
      app: this.inColumn('app', row),
      address: this.inColumn('address', row),
    };
    packer.add(hit, values, used);
    return true;
  }

  private numbered(rule: ShapeRule): RuleNumbers {
    const { packer } = this;
    const fields = (rule.fields ?? []).map(({ name, leaves }) => ({
      name: packer.nameNumber(name),
      leaves,
    }));
    const numbers = {
      rule: packer.ruleNumber(rule.watched.rule.id),
      component: packer.textNumber(rule.component),
      kind: packer.textNumber(rule.kind),
      fields,
    };
    this.rules.set(rule, numbers);
    return numbers;
  }

  /** One of a whole event. */
  addHit(hit: Hit): void {
    this.packer.addHit(hit);
  }

  private valueOf(leaves: readonly Leaf[], row: number): number | undefined | 'line' {
    const [leaf] = leaves;
    if (leaves.length === 1 && leaf?.is === 'column') {
      const number = this.inColumn(leaf.column, row);
      return number < 0 ? undefined : number;
    }
    const { found } = this;
    found.length = 0;
    if (!this.truth.gather(leaves, row, found)) return 'line';
    const value = asValue(found);
    return value === undefined ? undefined : this.packer.valueNumber(value);
  }

  private inColumn(name: string, row: number): number {
    const column = this.columns.column(name);
    const code = column?.codes[row] ?? -1;
    if (column === undefined || code < 0) return -1;
    let numbers = this.known.get(name);
    if (numbers === undefined) {
      numbers = new Int32Array(column.count);
      this.known.set(name, numbers);
    }
    const known = numbers[code] ?? 0;
    if (known > 0) return known - 2;
    const number = this.packer.newNumber(column.text(code));
    numbers[code] = number + 2;
    return number;
  }
}
