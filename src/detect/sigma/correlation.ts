import { readCondition } from './condition.ts';
import { entry, oneOf, optionalMap, optionalText, scalars, texts } from './entries.ts';
import type { Head } from './head.ts';
import { Mistake, shown } from './mistake.ts';
import type { CorrelationRule, CorrelationType, Relation, RuleExpression } from './nodes.ts';
import type { MapTree, ScalarTree, Tree } from './yaml-tree.ts';

const types: readonly CorrelationType[] = [
  'event_count',
  'value_count',
  'value_sum',
  'value_avg',
  'value_percentile',
  'value_median',
  'temporal',
  'temporal_ordered',
];
/** Names that conditions of rules had before they were part of `temporal` itself. */
const extended: readonly string[] = ['temporal_extended', 'temporal_ordered_extended'];

const relations: readonly Relation[] = ['lt', 'lte', 'gt', 'gte', 'eq', 'neq'];

/** A reference to a rule by id or name, as it was written. */
export interface Reference {
  readonly to: string;
  readonly at: number;
}

/** A correlation whose references are not looked up yet. */
export interface CorrelationDraft {
  readonly head: Head;
  readonly at: number;
  readonly type: CorrelationType;
  readonly rules: readonly Reference[];
  readonly groupBy: readonly string[];
  readonly aliases: ReadonlyMap<
    string,
    readonly { readonly rule: Reference; readonly field: string }[]
  >;
  readonly timespanMs: number;
  readonly condition: CorrelationRule['condition'];
  readonly expression: RuleExpression | undefined;
  readonly valueFields: readonly string[];
  readonly percentile: number | undefined;
  readonly generate: boolean;
}

export const readCorrelation = (map: MapTree, head: Head): CorrelationDraft => {
  const correlation = optionalMap(map, 'correlation');
  if (correlation === undefined) throw new Mistake('the correlation is empty', map.at);
  checkKeys(correlation);
  const { at } = correlation;
  const written = oneOf(correlation, 'type', [...types, ...extended]);
  if (written === undefined) throw new Mistake('the correlation has no type', at);
  const type = types.find(each => each === written.replace('_extended', ''));
  if (type === undefined) throw new Mistake('the correlation has no type', at);
  const condition = readConditionOf(correlation, type);
  const rules = readReferences(correlation, condition.names);
  if (rules.length === 0) throw new Mistake('the correlation names no rules', at);
  for (const name of condition.names) {
    if (!rules.some(rule => rule.to === name.to)) {
      throw new Mistake(`the condition names ${shown(name.to)}, which 'rules' does not`, name.at);
    }
  }
  return {
    head,
    at,
    type,
    rules,
    groupBy: texts(correlation, 'group-by'),
    aliases: readAliases(correlation),
    timespanMs: readTimespan(correlation),
    condition: condition.numbers,
    expression: condition.expression,
    valueFields: condition.fields,
    percentile: condition.percentile,
    generate: readGenerate(correlation) ?? readGenerate(map) ?? false,
  };
};

const keys: ReadonlySet<string> = new Set([
  'type',
  'rules',
  'group-by',
  'aliases',
  'timespan',
  'timeframe',
  'condition',
  'generate',
  'field',
  'percentile',
]);

/** Whatever else somebody wrote (`group_by`, a window that does not slide) would have meant something. */
const checkKeys = ({ entries }: MapTree): void => {
  for (const [key, { at, value }] of entries) {
    const isSliding = key === 'window' && value.is === 'scalar' && value.source === 'sliding';
    if (!keys.has(key) && !isSliding) {
      throw new Mistake(`${shown(key)} is not known in a correlation`, at);
    }
  }
};

const readReferences = (
  correlation: MapTree,
  names: readonly Reference[],
): readonly Reference[] => {
  const written = scalars(correlation, 'rules').map(each => ({ to: each.source, at: each.at }));
  const rules = written.length > 0 ? written : names;
  const seen = new Set<string>();
  for (const rule of rules) {
    if (seen.has(rule.to)) throw new Mistake(`'rules' names ${shown(rule.to)} twice`, rule.at);
    seen.add(rule.to);
  }
  return rules;
};

const readGenerate = (map: MapTree): boolean | undefined => {
  const value = entry(map, 'generate');
  if (value === undefined) return undefined;
  if (value.is === 'scalar' && typeof value.value === 'boolean') return value.value;
  throw new Mistake("'generate' is true or false", value.at);
};

const unitsMs: ReadonlyMap<string, number> = new Map([
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
  ['w', 604_800_000],
  // Twelfths of a Gregorian year.
  ['M', 2_629_746_000],
  ['y', 31_556_952_000],
]);
const timespanMaxMs = 100 * 31_556_952_000;

const readTimespan = (correlation: MapTree): number => {
  // Before Sigma 2 was done it was called as in the conditions that correlations came in place of.
  const key = correlation.entries.has('timespan') ? 'timespan' : 'timeframe';
  const written = optionalText(correlation, key);
  const at = correlation.entries.get(key)?.value.at ?? correlation.at;
  if (written === undefined) throw new Mistake('the correlation has no timespan', at);
  const [, count = '', unit = ''] = /^(\d{1,12})([smhdwMy])$/.exec(written) ?? [];
  const ms = Number(count) * (unitsMs.get(unit) ?? 0);
  if (ms === 0 || ms > timespanMaxMs) {
    throw new Mistake(
      `'timespan' is a number and s, m, h, d, w, M or y; not ${shown(written)}`,
      at,
    );
  }
  return ms;
};

const readAliases = (correlation: MapTree): CorrelationDraft['aliases'] => {
  const aliases = new Map<string, readonly { rule: Reference; field: string }[]>();
  for (const [alias, { value }] of optionalMap(correlation, 'aliases')?.entries ?? []) {
    if (value.is !== 'map') throw new Mistake(`the alias ${shown(alias)} is a map`, value.at);
    const fields = [...value.entries].map(([to, { at, value: field }]) => {
      if (field.is !== 'scalar' || field.value === null) {
        throw new Mistake(`the alias ${shown(alias)} names no field of ${shown(to)}`, at);
      }
      return { rule: { to, at }, field: field.source };
    });
    aliases.set(alias, fields);
  }
  return aliases;
};

interface CorrelationCondition {
  readonly numbers: CorrelationRule['condition'];
  readonly expression: RuleExpression | undefined;
  /** The rules that the expression names, in the order of their first places. */
  readonly names: readonly Reference[];
  readonly fields: readonly string[];
  readonly percentile: number | undefined;
}

const nothing: CorrelationCondition = {
  numbers: [],
  expression: undefined,
  names: [],
  fields: [],
  percentile: undefined,
};

const readConditionOf = (correlation: MapTree, type: CorrelationType): CorrelationCondition => {
  const condition = entry(correlation, 'condition');
  const temporal = type === 'temporal' || type === 'temporal_ordered';
  if (condition === undefined) {
    if (temporal) return nothing;
    throw new Mistake(`a correlation of type ${type} has a condition`, correlation.at);
  }
  if (condition.is === 'list') throw new Mistake("'condition' is a map", condition.at);
  if (condition.is === 'map') return readNumbers(condition, correlation, type);
  if (temporal) return readExpression(condition);
  throw new Mistake(`the condition of a correlation of type ${type} is a map`, condition.at);
};

const readExpression = (condition: ScalarTree): CorrelationCondition => {
  const names = new Map<string, Reference>();
  const expression = readCondition<RuleExpression>(condition, {
    all: of => only(of) ?? Object.freeze({ is: 'all', of: Object.freeze(of) }),
    any: of => only(of) ?? Object.freeze({ is: 'any', of: Object.freeze(of) }),
    not: of => (of.is === 'not' ? of.of : Object.freeze({ is: 'not', of })),
    named: (name, at) => {
      if (!names.has(name)) names.set(name, { to: name, at });
      return Object.freeze({ is: 'rule', rule: name });
    },
    depthMax: 100,
  });
  return { ...nothing, expression, names: [...names.values()] };
};

const only = <T>(of: readonly T[]): T | undefined => (of.length === 1 ? of[0] : undefined);

const readNumbers = (
  condition: MapTree,
  correlation: MapTree,
  type: CorrelationType,
): CorrelationCondition => {
  const numbers: { relation: Relation; value: number }[] = [];
  for (const [key, { at, value }] of condition.entries) {
    const relation = relations.find(each => each === key);
    if (relation !== undefined)
      numbers.push(Object.freeze({ relation, value: numberOf(key, value) }));
    else if (key !== 'field' && key !== 'percentile') {
      throw new Mistake(`${shown(key)} is not known in the condition of a correlation`, at);
    }
  }
  if (numbers.length === 0) {
    throw new Mistake(`the condition says none of ${relations.join(', ')}`, condition.at);
  }
  const written = texts(condition, 'field');
  const fields = written.length > 0 ? written : texts(correlation, 'field');
  const ofValues = type.startsWith('value_');
  if (ofValues && fields.length === 0) {
    throw new Mistake(`a correlation of type ${type} has a field in its condition`, condition.at);
  }
  if (ofValues && type !== 'value_count' && fields.length > 1) {
    throw new Mistake(`a correlation of type ${type} has one field`, condition.at);
  }
  return {
    ...nothing,
    numbers: Object.freeze(numbers),
    fields: ofValues ? fields : [],
    percentile: readPercentile(condition, correlation, type),
  };
};

const numberOf = (key: string, tree: Tree): number => {
  const text = tree.is === 'scalar' ? tree.source.trim() : '';
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) return Number(text);
  throw new Mistake(`${shown(key)} is a number`, tree.at);
};

const readPercentile = (
  condition: MapTree,
  correlation: MapTree,
  type: CorrelationType,
): number | undefined => {
  if (type !== 'value_percentile') return undefined;
  const holder = condition.entries.has('percentile') ? condition : correlation;
  const value = entry(holder, 'percentile');
  if (value === undefined) {
    throw new Mistake('a correlation of type value_percentile says which percentile', condition.at);
  }
  const percentile = numberOf('percentile', value);
  if (percentile >= 0 && percentile <= 100) return percentile;
  throw new Mistake("'percentile' is from 0 to 100", value.at);
};
