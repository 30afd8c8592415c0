import type { Sighting } from '../../core/alert.ts';
import { hourMs, hoursOfDay } from '../baselines/calendar.ts';
import type { HeardSource } from './heard-source.ts';

/** Of logs themselves, rather than of what stands in them. */
const lostRule = 'collection/lines-missing';
const stoppedRule = 'collection/stopped';
export const collectionRules: readonly string[] = [lostRule, stoppedRule];

const tags = ['attack.defense-impairment', 'attack.t1685'];
const dayMs = hoursOfDay * hourMs;

const stamp = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');

/** A log that was read day by day is read no more. */
export const stoppedSighting = (
  { source, log }: { readonly source: string; readonly log: string },
  { whole }: HeardSource,
  readMs: number,
  hours: number,
): Sighting => {
  const last = whole?.last;
  const kept = last === undefined ? '' : `; its last event that is kept is of ${stamp(last.ms)}`;
  return {
    rule: stoppedRule,
    title: 'A log is not collected any more',
    level: 'medium',
    component: source,
    who: undefined,
    timeMs: readMs + hours * hourMs,
    sinceMs: readMs,
    sentence: `\`${log}\` is not collected since ${stamp(readMs)} (UTC), for more than ${hours} hours: whether anything is written to it nobody knows${kept}`,
    tags,
    lines: last === undefined ? [] : [{ source, seq: last.seq, line: last.line }],
    events: 0,
  };
};

/** The evidence says that lines of a log may be missing. */
export const lostSighting = (
  log: string,
  {
    source,
    fromDay,
    toDay,
    why,
    leaf,
  }: {
    readonly source: string;
    readonly fromDay: string;
    readonly toDay: string;
    readonly why: string;
    readonly leaf: number;
  },
  nowMs: number,
): Sighting => {
  const days = fromDay === toDay ? `of ${fromDay}` : `of ${fromDay} to ${toDay}`;
  return {
    rule: lostRule,
    title: 'Lines of a log are missing',
    level: 'medium',
    component: source,
    who: undefined,
    // Two of one day are two.
    timeMs: Math.min(nowMs, Date.parse(`${toDay}T00:00:00Z`) + dayMs) - 1 - (leaf % 1_000),
    sinceMs: Date.parse(`${fromDay}T00:00:00Z`),
    sentence: `lines of \`${log}\` ${days} may be missing: ${why}`,
    tags,
    lines: [],
    events: 0,
  };
};
