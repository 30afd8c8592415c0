import { cut, fit, oneLine, safeJson } from '../../report/plain.ts';
import type { EventPlace, TriedMatch, TriedReport, TriedRule } from './try-rules.ts';

const columns = 100;

const counted = (count: number, one: string): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? one : `${one}s`}`;

const timeOf = (timeMs: number | undefined): { readonly time?: string } => {
  // What is out of the range of dates is not shown as one.
  if (timeMs === undefined || Math.abs(timeMs) > 8.64e15) return {};
  return { time: new Date(timeMs).toISOString() };
};

/** A match as one line of NDJSON. */
export const matchLine = ({ rule, log, line, timeMs, event, correlation }: TriedMatch): string => {
  const { id, title, level, tags } = rule;
  return safeJson({
    rule: { id, title, level, tags },
    log,
    line,
    ...timeOf(timeMs),
    ...(event === undefined ? {} : { event }),
    ...(correlation === undefined || rule.kind !== 'correlation'
      ? {}
      : {
          correlation: {
            type: rule.type,
            value: correlation.value,
            group: Object.fromEntries(
              rule.groupBy.map((name, place) => [name, correlation.group[place] ?? null]),
            ),
            hits: correlation.hits,
            first: { log: correlation.first.source, line: correlation.first.line },
          },
        }),
  });
};

/** `events.ndjson:4, :19` */
const placesText = (places: readonly EventPlace[]): string => {
  let last: string | undefined;
  return places
    .map(({ log, line }) => {
      const text = log === last ? `:${line}` : `${log}:${line}`;
      last = log;
      return text;
    })
    .join(', ');
};

const ruleText = ({ rule, matches, places }: TriedRule): string => {
  const more = matches > places.length ? ' …' : '';
  const head = `${fit(rule.level, 13)} ${fit(oneLine(rule.title), 62)} ${counted(matches, rule.kind === 'correlation' ? 'time' : 'event')}`;
  return `${cut(head, columns)}\n${cut(`${' '.repeat(14)}${oneLine(placesText(places))}${more}`, columns)}`;
};

const problemsMax = 20;

/** What rules came to, in words. */
export const triedText = (report: TriedReport): string => {
  const { events, matched, texts, untimed, rules, problems, unseen, limits } = report;
  const matching = rules.filter(({ matches }) => matches > 0);
  const lines = [
    `${matching.length.toLocaleString('en-US')} of ${counted(rules.length, 'rule')} matched, in ${matched.toLocaleString('en-US')} of ${counted(events, 'event')}.`,
  ];
  if (matching.length > 0) lines.push('', ...matching.map(ruleText));
  const asides = [
    ...(texts > 0 ? [`No JSON, and taken as the field "message": ${counted(texts, 'line')}.`] : []),
    ...(untimed > 0
      ? [`Without a time, and placed by those before: ${counted(untimed, 'event')}.`]
      : []),
    ...limits,
  ];
  if (asides.length > 0) lines.push('', ...asides.map(text => cut(oneLine(text), columns)));
  if (problems.length > 0) lines.push('', `${counted(problems.length, 'problem')} in rules:`);
  for (const { path, line, column, why } of problems.slice(0, problemsMax)) {
    const place = column === undefined ? `${path}:${line}` : `${path}:${line}:${column}`;
    lines.push(`  ${oneLine(place)}: ${oneLine(why)}`);
  }
  if (problems.length > problemsMax) {
    lines.push(`  and ${counted(problems.length - problemsMax, 'other')}: --format json has them`);
  }
  if (unseen.length > 0) lines.push('', 'Not read:');
  for (const { what, why, how } of unseen.slice(0, problemsMax)) {
    lines.push(`  ${oneLine(what)}: ${oneLine(why)}. ${oneLine(how)}`);
  }
  return `${lines.join('\n')}\n`;
};

/** The same, for programs; `postern.hunt-events/1`. */
export const triedJson = (report: TriedReport): string => {
  const { events, matched, texts, untimed, rules, problems, unseen, limits } = report;
  return `${safeJson(
    {
      schema: 'postern.hunt-events/1',
      summary: { events, matched, texts, untimed },
      rules: rules.map(({ rule: { id, title, level, kind, tags, place }, matches, places }) => ({
        id,
        title,
        level,
        kind,
        tags,
        path: place.path,
        line: place.line,
        matches,
        places,
      })),
      problems,
      unseen,
      limits,
    },
    2,
  )}\n`;
};
