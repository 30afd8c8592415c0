import type { HuntReport, ReportedAlert, RuleBacktest, Share } from '../../core/hunt-report.ts';
import { cut, fit, oneLine, wrap } from '../plain.ts';
import { basisOf, counted, huntSentence, lineName, number, span, techniques } from './words.ts';

const columns = 100;
const alertsShown = 50;
const rulesShown = 40;
const problemsShown = 20;
const sharesShown = 3;

export interface HuntTextOptions {
  /** All of it, however much. */
  readonly verbose: boolean;
}

const indent = (text: string, by: number): readonly string[] =>
  wrap(oneLine(text), columns, ' '.repeat(by)).split('\n');

/** One alert, for a terminal; lines are at most 100 columns wide. */
export const alertLines = (alert: ReportedAlert): readonly string[] => {
  const { id, level, title, sentence, firstMs, lastMs, tags, sightings, events, lines } = alert;
  const last = lines.at(-1);
  const facts = [
    ...(alert.who === undefined ? [] : [alert.who]),
    `${span(firstMs, lastMs)} UTC`,
    counted(events, 'event'),
    ...(sightings > 1 ? [counted(sightings, 'sighting')] : []),
    ...techniques(tags),
    ...(last === undefined ? [] : [`line ${lineName(last)}`]),
  ];
  return [
    cut(`${fit(level.toUpperCase(), 14)}${id}  ${oneLine(title)}`, columns),
    ...indent(`${sentence}.`, 4),
    ...indent(facts.join(' · '), 4),
  ];
};

const some = (label: string, shares: readonly Share[]): readonly string[] =>
  shares.length === 0
    ? []
    : [
        `${label} ${shares
          .slice(0, sharesShown)
          .map(({ name, events }) => `${name} (${number(events)})`)
          .join(', ')}${shares.length > sharesShown ? ', …' : ''}`,
      ];

const backtestLines = (tried: RuleBacktest): readonly string[] => {
  const { title, level, events, alerts, allowed, days, sentences, lines, place } = tried;
  const [line] = lines;
  const most = days.toSorted((a, b) => b.events - a.events);
  const facts = [
    counted(events, 'event'),
    ...(days.length > 0 ? [`on ${counted(days.length, 'day')}`] : []),
    ...(allowed > 0 ? [`${counted(allowed, 'sighting')} allowed by postern.yaml`] : []),
    ...some('from', tried.addresses),
    ...some('by', tried.people),
    ...some('in', tried.components),
    ...some('most on', most),
    ...(line === undefined ? [] : [`line ${lineName(line)}`]),
  ];
  return [
    cut(`${fit(counted(alerts, 'alert'), 14)}${fit(level, 14)}${oneLine(title)}`, columns),
    ...indent(facts.join(' · '), 4),
    ...(sentences[0] === undefined ? [] : indent(`as in: ${sentences[0]}.`, 4)),
    ...(place === undefined ? [] : [cut(`    ${oneLine(place.path)}:${place.line}`, columns)]),
  ];
};

const shown = <T>(
  all: readonly T[],
  most: number,
  { verbose }: HuntTextOptions,
  linesOf: (each: T) => readonly string[],
): readonly string[] => {
  const some = verbose ? all : all.slice(0, most);
  const more = all.length - some.length;
  return [
    ...some.flatMap(linesOf),
    ...(more === 0 ? [] : [`  and ${number(more)} more: --verbose, --format json`]),
  ];
};

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', title, ...lines];

/** What a hunt came to, for a terminal; lines are at most 100 columns wide. */
export const huntText = (report: HuntReport, options: HuntTextOptions): string => {
  const { alerts, backtest, rules, notes, unseen } = report;
  const silent = (backtest ?? []).filter(each => each.alerts === 0);
  const lines = [
    ...wrap(`${huntSentence(report)}.`, columns).split('\n'),
    ...wrap(`${basisOf(report)}.`, columns).split('\n'),
    ...(alerts.length === 0 ? [] : ['']),
    ...shown(alerts, alertsShown, options, alertLines),
    ...section(
      'Rules, by how many alerts they would have been:',
      shown(
        (backtest ?? []).filter(each => each.alerts > 0),
        rulesShown,
        options,
        backtestLines,
      ),
    ),
    ...section(
      'Rules all of whose sightings are allowed:',
      silent.flatMap(each => indent(`${each.title}: ${counted(each.events, 'event')}`, 2)),
    ),
    ...section(
      'Limits of this answer:',
      notes.flatMap(note => indent(note, 2)),
    ),
    ...section(
      'Problems in rules:',
      shown(rules.problems, problemsShown, options, ({ path, line, column, why }) =>
        indent(`${path}:${line}${column === undefined ? '' : `:${column}`}: ${why}`, 2),
      ),
    ),
    ...section(
      'Not seen:',
      shown(unseen, problemsShown, options, ({ what, why, how }) =>
        indent(`${what}: ${why}. ${how}`, 2),
      ),
    ),
  ];
  return `${lines.join('\n')}\n`;
};
