import type { CorrelationRule, RuleExpression } from '../sigma/nodes.ts';
import { CannotSay } from './cannot-say.ts';

/** How a window is measured: steps that each are a table, the last of which has `first` and `value`. */
export interface MeasureSql {
  readonly steps: readonly (readonly [name: string, sql: (at: string) => string])[];
  readonly from: (at: string) => string;
  /** What must hold beside the condition that is written. */
  readonly conditions: readonly string[];
}

/** Rules of an order of which some may be missing: the query grows with the square of them. */
const looseMax = 12;
const orderedMax = 64;

/** Window functions over a group's hits: those in `(t - timespan, t]`, and all up to `t`, both with all of its millisecond. */
const windowsOf = (rule: CorrelationRule, groups: readonly string[]): string => {
  const partition = groups.length === 0 ? '' : `PARTITION BY ${groups.join(', ')} `;
  return `WINDOW w AS (${partition}ORDER BY t RANGE BETWEEN ${rule.timespanMs - 1} PRECEDING AND CURRENT ROW),
  u AS (${partition}ORDER BY t RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)`;
};

const aggregateOf = (rule: CorrelationRule): string => {
  switch (rule.type) {
    case 'event_count':
      return 'count(*) OVER w';
    case 'value_count':
      return 'count(DISTINCT v) OVER w';
    case 'value_sum':
      return 'fsum(v) OVER w';
    case 'value_avg':
      return 'fsum(v) OVER w / count(v) OVER w';
    case 'value_percentile':
      return `quantile_cont(v, ${Math.min(Math.max(rule.percentile ?? 50, 0), 100) / 100}) OVER w`;
    case 'value_median':
      return 'quantile_cont(v, 0.5) OVER w';
    case 'temporal':
    case 'temporal_ordered':
      return 'count(DISTINCT place) OVER w';
  }
};

const holds = (expression: RuleExpression, places: readonly string[]): string => {
  switch (expression.is) {
    case 'rule':
      return `coalesce(has${places.indexOf(expression.rule)}, false)`;
    case 'all':
      return `(${expression.of.map(each => holds(each, places)).join(' AND ') || 'true'})`;
    case 'any':
      return `(${expression.of.map(each => holds(each, places)).join(' OR ') || 'false'})`;
    case 'not':
      return `NOT ${holds(expression.of, places)}`;
  }
};

/** @param places ids of the rules that it refers to, by what `place` says of a hit */
export const measureSql = (
  rule: CorrelationRule,
  entries: string,
  groups: readonly string[],
  places: readonly string[],
): MeasureSql => {
  if (rule.type === 'temporal_ordered') return orderedSql(rule, entries, groups, places);
  const has =
    rule.expression === undefined
      ? []
      : places.map((_, place) => `bool_or(place = ${place}) OVER w AS has${place}`);
  const columns = ['min(t) OVER w AS first', `${aggregateOf(rule)} AS value`, ...has];
  return {
    steps: [
      [
        'windows',
        () => `SELECT *, ${columns.join(', ')}\nFROM ${entries}\n${windowsOf(rule, groups)}`,
      ],
    ],
    from: at => `windows_${at}`,
    conditions: missing(rule, places),
  };
};

/** What is asked of `temporal` where it does not say so itself. */
const missing = (rule: CorrelationRule, places: readonly string[]): readonly string[] => {
  if (rule.expression !== undefined) return [holds(rule.expression, places)];
  const isTemporal = rule.type === 'temporal' || rule.type === 'temporal_ordered';
  return isTemporal && rule.condition.length === 0 ? [`value >= ${places.length}`] : [];
};

/**
 * For each number of rules that matched one after the other it is enough to know of those that began last: they stay
 * within the window longest. `b2_3` is when the youngest chain of two began that ends at one of the first three rules.
 * Where all rules are asked for, chains that leave one out need not be known.
 */
const orderedSql = (
  rule: CorrelationRule,
  entries: string,
  groups: readonly string[],
  places: readonly string[],
): MeasureSql => {
  const size = places.length;
  if (size < rule.rules.length) throw new CannotSay('its order has a rule twice');
  const isLoose = rule.condition.length > 0 || rule.expression !== undefined;
  if (size > (isLoose ? looseMax : orderedMax))
    throw new CannotSay(`its order has ${size} rules, more than a query can say`);
  const windows = windowsOf(rule, groups);
  const steps: [string, (at: string) => string][] = [];
  places.forEach((_, last) => {
    const lengths = Array.from({ length: last + 1 }, (__, of) => of + 1).filter(
      length => isLoose || length === last + 1,
    );
    const columns = lengths.map(length => {
      const before = `b${length}_${last - 1}`;
      const began = length === 1 ? 't' : `b${length - 1}_${last - 1}`;
      const here = `max(CASE WHEN place = ${last} THEN ${began} END) OVER u`;
      const isThere = isLoose && length <= last;
      return `${isThere ? `greatest(${before}, ${here})` : here} AS b${length}_${last}`;
    });
    steps.push([
      `step${last}`,
      at =>
        `SELECT *, ${columns.join(', ')}\nFROM ${last === 0 ? entries : `step${last - 1}_${at}`}\n${windows}`,
    ]);
  });
  const longest = Array.from({ length: size }, (_, of) => size - of).filter(
    length => isLoose || length === size,
  );
  const chain = `CASE ${longest
    .map(length => `WHEN b${length}_${size - 1} > t - ${rule.timespanMs} THEN ${length}`)
    .join(' ')} ELSE 0 END`;
  const has =
    rule.expression === undefined
      ? []
      : places.map((_, place) => `bool_or(place = ${place}) OVER w AS has${place}`);
  const columns = [
    'min(t) OVER w AS first',
    `${rule.expression === undefined ? chain : 'count(DISTINCT place) OVER w'} AS value`,
    `${chain} AS chain`,
    ...has,
  ];
  steps.push([
    'windows',
    at => `SELECT *, ${columns.join(', ')}\nFROM step${size - 1}_${at}\n${windows}`,
  ]);
  return {
    steps,
    from: at => `windows_${at}`,
    conditions: [
      ...missing(rule, places),
      ...(rule.expression === undefined ? [] : ['chain >= value']),
    ],
  };
};
