import { fieldOf } from '../../src/detect/correlation/fields.ts';
import type { Hit } from '../../src/detect/hit.ts';
import type { CorrelationRule, Relation, RuleExpression } from '../../src/detect/sigma/nodes.ts';

/** Where a correlation holds: `rule group source/seq/line`, and what was counted. */
type PlainResult = ReadonlyMap<string, number>;

const relations: Readonly<Record<Relation, (a: number, b: number) => boolean>> = {
  lt: (a, b) => a < b,
  lte: (a, b) => a <= b,
  gt: (a, b) => a > b,
  gte: (a, b) => a >= b,
  eq: (a, b) => a === b,
  neq: (a, b) => a !== b,
};

const valuesOf = (rule: CorrelationRule, hit: Hit, name: string): readonly string[] =>
  [hit.values?.[fieldOf(rule, name, hit.rule)] ?? []].flat();

const product = <T>(lists: readonly (readonly T[])[]): T[][] =>
  lists.reduce<T[][]>((begun, list) => begun.flatMap(b => list.map(value => [...b, value])), [[]]);

const groupsOf = (rule: CorrelationRule, hit: Hit): (string | null)[][] =>
  product(
    rule.groupBy.map((name): readonly (string | null)[] => {
      const values = valuesOf(rule, hit, name);
      return values.length === 0 ? [null] : values;
    }),
  );

const commonLength = (a: readonly string[], b: readonly string[]): number => {
  const [first, ...rest] = a;
  if (first === undefined || b.length === 0) return 0;
  const at = b.indexOf(first);
  const without = commonLength(rest, b);
  return at < 0 ? without : Math.max(without, 1 + commonLength(rest, b.slice(at + 1)));
};

const isTrue = (expression: RuleExpression, seen: ReadonlySet<string>): boolean => {
  if (expression.is === 'rule') return seen.has(expression.rule);
  if (expression.is === 'not') return !isTrue(expression.of, seen);
  const each = expression.of.map(one => isTrue(one, seen));
  return expression.is === 'all' ? !each.includes(false) : each.includes(true);
};

const percentile = (numbers: readonly number[], percent: number): number | undefined => {
  const sorted = numbers.toSorted((a, b) => a - b);
  if (sorted.length === 0) return undefined;
  const at = (percent / 100) * (sorted.length - 1);
  const low = sorted[Math.floor(at)] ?? 0;
  return low + ((sorted[Math.ceil(at)] ?? 0) - low) * (at - Math.floor(at));
};

const countedOf = (rule: CorrelationRule, window: readonly Hit[]): number | undefined => {
  const numbers = window
    .flatMap(hit => rule.valueFields.flatMap(name => valuesOf(rule, hit, name)))
    .filter(text => /^-?\d+(\.\d+)?$/.test(text))
    .map(Number);
  const sum = numbers.reduce((total, number) => total + number, 0);
  const seen = new Set(window.map(hit => hit.rule));
  const inOrder = (): number =>
    commonLength(
      rule.rules,
      window
        .toSorted(
          (a, b) => a.timeMs - b.timeMs || rule.rules.indexOf(a.rule) - rule.rules.indexOf(b.rule),
        )
        .map(hit => hit.rule),
    );
  switch (rule.type) {
    case 'event_count':
      return window.length;
    case 'value_count':
      return new Set(
        window.flatMap(hit =>
          product(rule.valueFields.map(name => valuesOf(rule, hit, name))).map(each =>
            JSON.stringify(each),
          ),
        ),
      ).size;
    case 'value_sum':
      return numbers.length === 0 ? undefined : sum;
    case 'value_avg':
      return numbers.length === 0 ? undefined : sum / numbers.length;
    case 'value_median':
      return percentile(numbers, 50);
    case 'value_percentile':
      return percentile(numbers, rule.percentile ?? 50);
    case 'temporal':
      if (rule.expression !== undefined && !isTrue(rule.expression, seen)) return undefined;
      return seen.size;
    case 'temporal_ordered':
      if (rule.expression === undefined) return inOrder();
      return isTrue(rule.expression, seen) && inOrder() === seen.size ? seen.size : undefined;
  }
};

const isMet = (rule: CorrelationRule, value: number): boolean => {
  if (rule.expression !== undefined) return true;
  if (rule.condition.length > 0)
    return rule.condition.every(each => relations[each.relation](value, each.value));
  return value === (rule.type === 'temporal' ? new Set(rule.rules).size : rule.rules.length);
};

const lineOf = ({ source, seq, line }: Hit): string => `${source}/${seq}/${line}`;

/** What correlations come to, by asking every event about all hits there are. */
export const plainCorrelation = (
  rules: readonly CorrelationRule[],
  hits: readonly Hit[],
): PlainResult => {
  const found = new Map<string, number>();
  const all = [...hits];
  for (const rule of rules) {
    const placeOf = (hit: Hit): number => rule.rules.indexOf(hit.rule);
    const mine = all.filter(hit => placeOf(hit) >= 0).toSorted((a, b) => placeOf(a) - placeOf(b));
    for (const at of mine)
      for (const group of groupsOf(rule, at)) {
        const key = JSON.stringify(group);
        const within = mine.filter(
          hit =>
            hit.timeMs <= at.timeMs &&
            hit.timeMs > at.timeMs - rule.timespanMs &&
            groupsOf(rule, hit).some(each => JSON.stringify(each) === key),
        );
        const window = [
          ...new Map(within.map(hit => [`${hit.rule} ${lineOf(hit)}`, hit])).values(),
        ];
        const value = countedOf(rule, window);
        if (value === undefined || !isMet(rule, value)) continue;
        const place = `${rule.id} ${key} ${lineOf(at)}`;
        if (found.has(place)) continue;
        found.set(place, value);
        const values: Record<string, string | readonly string[]> = { ...at.values };
        rule.groupBy.forEach((name, i) => {
          const value = group[i];
          if (typeof value === 'string') values[name] = value;
        });
        const nested: Hit = { ...at, rule: rule.id, values };
        all.push(nested);
      }
  }
  return found;
};
