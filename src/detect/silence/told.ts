import type { Sighting } from '../../core/alert.ts';
import { hourMs, hoursOfDay } from '../baselines/calendar.ts';
import type { HeardLine, Why } from './voice.ts';

/** Of what a silence is told, and at which hour. */
export interface Told {
  readonly source: string;
  /** What the log is called: a path. */
  readonly log: string;
  readonly hour: number;
  readonly component?: string;
  readonly host?: string;
  /** The one host that writes to it. */
  readonly only?: string;
}

export const silenceRule = 'baseline/silence';

/** Of fewer nobody says that there was something. */
const fewEvents = 10;

const tags = ['attack.defense-impairment', 'attack.t1685'];
const words = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });
const counted = (value: number, one: string): string =>
  `${words.format(value)} ${one}${value === 1 ? '' : 's'}`;

const minuteMs = 60_000;

/** `02:00` and `2026-06-29` */
const clockText = (ms: number): string => new Date(ms).toISOString().slice(11, 16);
const dayOfMs = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** `between 22:04 on 2026-06-28 and 00:00 on 2026-06-29 (UTC)` */
const spanText = (fromMs: number, toMs: number): string =>
  dayOfMs(fromMs) === dayOfMs(toMs)
    ? `between ${clockText(fromMs)} and ${clockText(toMs)} on ${dayOfMs(toMs)} (UTC)`
    : `between ${clockText(fromMs)} on ${dayOfMs(fromMs)} and ${clockText(toMs)} on ${dayOfMs(toMs)} (UTC)`;

const lengthText = (ms: number): string => {
  const minutes = Math.round(ms / minuteMs);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / hoursOfDay);
  if (days > 0) return `${counted(days, 'day')} ${counted(hours - days * hoursOfDay, 'hour')}`;
  if (hours === 0) return counted(minutes, 'minute');
  return `${counted(hours, 'hour')}${minutes % 60 === 0 ? '' : ` ${counted(minutes % 60, 'minute')}`}`;
};

/** `/var/log/mail.log` of `mail01`; `dovecot` in it. */
const nameOf = ({ log, component, host, only }: Told): string => {
  if (component !== undefined) return `\`${component}\` in \`${log}\``;
  if (host !== undefined) return `\`${host}\` in \`${log}\``;
  return only === undefined ? `\`${log}\`` : `\`${log}\` of \`${only}\``;
};

const whyText = (why: Why): string => {
  if (why.is === 'length') {
    return why.longest === 0
      ? `in ${counted(why.days, 'day')} it was never silent for an hour`
      : `in ${counted(why.days, 'day')} it was never silent for longer than ${counted(why.longest, 'hour')}`;
  }
  const { by, times, quietest, low } = why;
  const span = by === 'day' ? counted(times, 'day') : counted(times, 'week');
  return quietest >= fewEvents
    ? `in ${span} its quietest such hour had ${counted(quietest, 'event')}`
    : `on nine in ten of ${span} it had at least ${counted(low, 'event')} within any such hour`;
};

const sightingOf = (
  told: Told,
  lines: readonly HeardLine[],
  rest: Pick<Sighting, 'timeMs' | 'sinceMs' | 'sentence'>,
): Sighting => {
  const { source, component, host } = told;
  const part = component === undefined ? host : source;
  return {
    rule: silenceRule,
    title: 'A log tells of nothing any more',
    level: 'medium',
    component: component ?? source,
    who: part,
    ...(part === undefined ? {} : { log: part }),
    tags,
    lines: lines.map(({ seq, line }) => ({ source, seq, line })),
    events: lines.length,
    ...rest,
  };
};

/** An hour is over without an event. @param before its last line */
export const silenceSighting = (told: Told, why: Why, before: HeardLine): Sighting => {
  const endMs = (told.hour + 1) * hourMs;
  return sightingOf(told, [before], {
    timeMs: endMs - 1,
    sinceMs: before.ms,
    sentence: `${nameOf(told)} had no event ${spanText(before.ms, endMs)}; ${whyText(why)}`,
  });
};

/** Lines of the log in between, which tell of nothing: known where they are in one segment. */
const quietText = (
  { component, host }: Told,
  { seq, line }: HeardLine,
  first: HeardLine,
): string => {
  const lines = seq === first.seq ? first.line - line - 1 : 0;
  return component !== undefined || host !== undefined || lines < 1
    ? ''
    : `, while ${counted(lines, 'line')} that ${lines === 1 ? 'tells' : 'tell'} of no access ${lines === 1 ? 'was' : 'were'} written`;
};

/** It is over. @param first line that there is again */
export const overSighting = (told: Told, why: Why, before: HeardLine, first: HeardLine): Sighting =>
  sightingOf(told, [before, first], {
    timeMs: first.ms,
    sinceMs: before.ms,
    sentence: `${nameOf(told)} had no event for ${lengthText(first.ms - before.ms)}, ${spanText(before.ms, first.ms)}, and has some again${quietText(told, before, first)}; ${whyText(why)}`,
  });

/** Of then there are events after all. */
export const lateSighting = (
  told: Told,
  events: number,
  first: HeardLine,
  last: HeardLine,
): Sighting =>
  sightingOf(told, [first, last], {
    timeMs: last.ms,
    sinceMs: first.ms,
    sentence: `${nameOf(told)} was not silent ${spanText(first.ms, last.ms)}: ${counted(events, 'event')} of then came late`,
  });
