import { type Alert, type AlertLevel, alertLevels } from '../../core/alert.ts';
import type { LineRef } from '../../core/watched-event.ts';
import type { NamelessSighting } from './anonymous.ts';

/** Lines of its beginning, and of its end, that an alert keeps. */
const firstLinesMax = 5;
const linesMax = 20;
const valuesMax = 20;
const textMax = 2_000;

export const levelOrder = (level: AlertLevel): number => alertLevels.indexOf(level);

export const isAtLeast = (level: AlertLevel, least: AlertLevel): boolean =>
  levelOrder(level) >= levelOrder(least);

const sameLine = (a: LineRef, b: LineRef): boolean =>
  a.source === b.source && a.seq === b.seq && a.line === b.line;

const bareLine = ({ source, seq, line }: LineRef): LineRef => ({ source, seq, line });

/** The first some and the newest: what began it, and what it came to. */
const boundedLines = (lines: readonly LineRef[]): readonly LineRef[] =>
  lines.length <= linesMax
    ? lines
    : [...lines.slice(0, firstLinesMax), ...lines.slice(firstLinesMax - linesMax)];

const withLines = (lines: readonly LineRef[], more: readonly LineRef[]): readonly LineRef[] => {
  const fresh = more.filter(line => !lines.some(each => sameLine(each, line))).map(bareLine);
  return fresh.length === 0 ? lines : boundedLines([...lines, ...fresh]);
};

const withValue = (values: readonly string[], value: string | undefined): readonly string[] =>
  value === undefined || values.includes(value) || values.length >= valuesMax
    ? values
    : [...values, value.slice(0, 200)];

/** @param id that no other alert has. @param nowMs when it is written down */
export const openAlert = (sighting: NamelessSighting, id: string, nowMs: number): Alert => ({
  id,
  rule: sighting.rule,
  title: sighting.title.slice(0, textMax),
  level: sighting.level,
  component: sighting.component,
  who: sighting.who,
  firstMs: sighting.timeMs,
  lastMs: sighting.timeMs,
  sinceMs: Math.min(sighting.sinceMs, sighting.timeMs),
  openedMs: nowMs,
  sentence: sighting.sentence.slice(0, textMax),
  tags: sighting.tags.slice(0, valuesMax),
  sightings: 1,
  events: sighting.events,
  lines: withLines([], sighting.lines),
  addresses: withValue([], sighting.address),
  apps: withValue([], sighting.app),
  ...(sighting.kind === undefined ? {} : { kind: sighting.kind }),
});

/** One more of the same; what comes late does not take the newest sentence's place. */
export const addSighting = (alert: Alert, sighting: NamelessSighting): Alert => {
  const isNewest = sighting.timeMs >= alert.lastMs;
  return {
    ...alert,
    level: isAtLeast(alert.level, sighting.level) ? alert.level : sighting.level,
    firstMs: Math.min(alert.firstMs, sighting.timeMs),
    lastMs: Math.max(alert.lastMs, sighting.timeMs),
    sinceMs: Math.min(alert.sinceMs, sighting.sinceMs),
    ...(isNewest
      ? { sentence: sighting.sentence.slice(0, textMax), title: sighting.title.slice(0, textMax) }
      : {}),
    sightings: alert.sightings + 1,
    events: alert.events + sighting.events,
    lines: withLines(alert.lines, sighting.lines),
    addresses: withValue(alert.addresses, sighting.address),
    apps: withValue(alert.apps, sighting.app),
  };
};

/** Whether a sighting is near enough to go on with an alert of its rule, component and person. */
export const goesOnWith = (
  { firstMs, lastMs }: Pick<Alert, 'firstMs' | 'lastMs'>,
  timeMs: number,
  quietMs: number,
): boolean => timeMs <= lastMs + quietMs && timeMs >= firstMs - quietMs;
