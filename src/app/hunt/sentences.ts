import type { CorrelationRule } from '../../detect/sigma/nodes.ts';
import type { CorrelationGroup, Distinct, HitGroup } from './sightings.ts';

const counted = (count: string, one: string, many: string): string =>
  `${count} ${count === '1' ? one : many}`;

const stamp = (timeMs: number): string =>
  new Date(timeMs).toISOString().slice(0, 19).replace('T', ' ');

/** `at 2026-06-29 02:00:00 UTC`, `between 2026-06-29 02:00:00 and 02:41:12 UTC`. */
const during = (firstMs: number, lastMs: number): string => {
  const [first, last] = [stamp(firstMs), stamp(lastMs)];
  if (first === last) return `at ${first} UTC`;
  const end = last.startsWith(first.slice(0, 10)) ? last.slice(11) : last;
  return `between ${first} and ${end} UTC`;
};

/** `from 203.0.113.9 and 2 others`. */
const some = (before: string, values: Distinct): string => {
  if (values.first === undefined) return '';
  if (values.size === 1) return ` ${before} ${values.first}`;
  return ` ${before} ${values.first} and ${counted(String(values.size - 1), 'other', 'others')}`;
};

/** What a rule saw of one person within an hour, without the name of the rule. */
export const hitsSentence = (group: HitGroup): string => {
  const { component, who, events, firstMs, lastMs, mailboxes, addresses, apps, kinds } = group;
  const [only] = kinds.size === 1 ? [kinds.first] : [];
  // `other` is what events are that have no name of their own.
  const what = only === undefined || only === 'other' ? '' : `${only} `;
  const times = counted(events.toLocaleString('en-US'), `${what}event`, `${what}events`);
  const by = who === undefined ? '' : ` by ${who}`;
  const isOwn = mailboxes.size === 1 && mailboxes.first === who;
  let of = '';
  if (mailboxes.size > 1) of = ` in ${mailboxes.count} mailboxes`;
  else if (mailboxes.size === 1 && !isOwn) of = ` in the mailbox of ${mailboxes.first ?? ''}`;
  const through = apps.size === 1 && apps.first === who ? '' : some('through', apps);
  return `\`${component}\` has ${times}${by}${of}${some('from', addresses)}${through} ${during(firstMs, lastMs)}`;
};

const units: readonly (readonly [ms: number, name: string])[] = [
  [86_400_000, 'days'],
  [3_600_000, 'hours'],
  [60_000, 'minutes'],
  [1_000, 'seconds'],
];

/** `10 minutes` */
const span = (ms: number): string => {
  const [size, name] = units.find(([each]) => ms >= each && ms % each === 0) ?? [1, 'ms'];
  const count = ms / size;
  return `${count} ${count === 1 ? name.replace(/s$/, '') : name}`;
};

const relations = {
  gt: 'more than',
  gte: 'at least',
  lt: 'fewer than',
  lte: 'at most',
  eq: 'exactly',
  neq: 'another number than',
};

/** What fields are called in a sentence, of one and of several. */
const fieldWords: Readonly<Record<string, readonly [one: string, many: string]>> = {
  'user.name': ['account', 'accounts'],
  'actor.name': ['actor', 'actors'],
  'from.ip': ['address', 'addresses'],
  'app.name': ['application', 'applications'],
  'app.uid': ['application', 'applications'],
  component: ['component', 'components'],
  folder: ['folder', 'folders'],
  session: ['session', 'sessions'],
  host: ['host', 'hosts'],
};

/** `40 accounts`, `12 different values of change.New`. */
const distinct = (value: number, fields: readonly string[]): string => {
  const [field = ''] = fields;
  const words = fields.length === 1 ? fieldWords[field] : undefined;
  if (words !== undefined) return counted(figure(value), ...words);
  return `${counted(figure(value), 'value', 'different values')} of ${fields.join(' and ')}`;
};

const limitOf = ({ condition }: CorrelationRule): string => {
  const said = condition.map(({ relation, value }) => `${relations[relation]} ${value}`.trim());
  return said.length === 0 ? '' : `; the rule asks for ${said.join(' and ')}`;
};

const figure = (value: number): string =>
  value.toLocaleString('en-US', { maximumFractionDigits: 2 });

const whatOf = (rule: CorrelationRule, value: number): string => {
  const fields = rule.valueFields.join(' and ');
  switch (rule.type) {
    case 'event_count':
      return counted(figure(value), 'event', 'events');
    case 'value_count':
      return distinct(value, rule.valueFields);
    case 'value_sum':
      return `${figure(value)} as the sum of ${fields}`;
    case 'value_avg':
      return `${figure(value)} as the mean of ${fields}`;
    case 'value_median':
      return `${figure(value)} as the median of ${fields}`;
    case 'value_percentile':
      return `${figure(value)} as percentile ${rule.percentile ?? ''} of ${fields}`;
    case 'temporal':
      return `all ${counted(String(rule.rules.length), 'kind', 'kinds')} of events`;
    case 'temporal_ordered':
      return `${counted(String(rule.rules.length), 'kind', 'kinds')} of events in their order`;
  }
};

/** Where a correlation held most within an hour. */
export const correlationSentence = ({ rule, most, firstMs, lastMs }: CorrelationGroup): string => {
  const { component } = most.last;
  const group = rule.groupBy
    .map((name, place) => `${fieldWords[name]?.[0] ?? name} ${most.group[place] ?? '(none)'}`)
    .join(', ');
  const of = group === '' ? '' : ` for ${group}`;
  return `\`${component}\` has ${whatOf(rule, most.value)} within ${span(rule.timespanMs)}${of}, ${during(firstMs, lastMs)}${limitOf(rule)}`;
};
