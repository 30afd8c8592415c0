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

/** What the evidence says: of these days lines may be missing. */
interface Missing {
  readonly source: string;
  readonly fromDay: string;
  readonly toDay: string;
  readonly why: string;
  readonly leaf: number;
}

interface Named {
  nameOf(source: string): string;
  /** Whether it is a log in a file. */
  isFile(source: string): boolean;
}

const lostSighting = (
  all: readonly [Missing, ...Missing[]],
  logs: Named,
  nowMs: number,
): Sighting => {
  const [{ source, fromDay, toDay, why, leaf }, ...others] = all;
  const days = fromDay === toDay ? `of ${fromDay}` : `of ${fromDay} to ${toDay}`;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return {
    rule: lostRule,
    title: 'Lines of a log are missing',
    // Whoever empties a file hides something; a listener is started anew now and then.
    level: logs.isFile(source) ? 'medium' : 'low',
    component: source,
    who: undefined,
    // Two of one day are two.
    timeMs: Math.min(nowMs, Date.parse(`${toDay}T00:00:00Z`) + dayMs) - 1 - (leaf % 1_000),
    sinceMs: Date.parse(`${fromDay}T00:00:00Z`),
    sentence: `lines of \`${logs.nameOf(source)}\`${more} ${days} may be missing: ${why}`,
    tags,
    lines: [],
    events: 0,
  };
};

/** One for each reason: when nobody listens, the logs of all who send have a gap. */
export const lostSightings = (
  missing: readonly Missing[],
  logs: Named,
  nowMs: number,
): readonly Sighting[] => {
  const groups = new Map<string, [Missing, ...Missing[]]>();
  for (const each of missing) {
    const key = [each.fromDay, each.toDay, each.why].join('\0');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [each]);
    else group.push(each);
  }
  return [...groups.values()].map(group => lostSighting(group, logs, nowMs));
};
