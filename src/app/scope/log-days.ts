import type { AccessLog } from '../../core/access-log.ts';
import type { Component } from '../../core/component.ts';
import type { KeptLog, KeptLogs } from '../../core/kept-log.ts';
import type { ScopeCoverage } from '../../core/scope-report.ts';
import type { Gap } from '../../scope/breach.ts';
import type { Span } from '../../scope/extent.ts';

type Day = ScopeCoverage['days'][number];

const dayMs = 86_400_000;
/** Longer windows are told month by month nowhere: what is beyond is one gap. */
const daysMax = 4_000;

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Every UTC day of a span, `2026-06-01` first. */
export const daysIn = ({ fromMs, toMs }: Span): readonly string[] => {
  const first = Math.floor(fromMs / dayMs) * dayMs;
  const count = Math.min(daysMax, Math.floor((toMs - first) / dayMs) + 1);
  return Array.from({ length: Math.max(0, count) }, (_, i) => dayOf(first + i * dayMs));
};

const keptDay = (
  log: KeptLog,
  missing: ReadonlyMap<string, KeptLog['missing'][number]>,
  day: string,
): Day => {
  const lost = missing.get(day);
  if (lost !== undefined)
    return { day, is: lost.is === 'lost' ? 'lost' : 'missing', why: lost.why };
  if (log.firstDay === undefined || day < log.firstDay) {
    return { day, is: 'missing', why: 'nothing of that time is in the evidence store' };
  }
  if (log.lastDay === undefined || day > log.lastDay) {
    return { day, is: 'partial', why: 'the day is not sealed: lines of it may still be missing' };
  }
  return { day, is: 'kept' };
};

const daysOfLog = (
  log: AccessLog,
  kept: KeptLogs | undefined,
  days: readonly string[],
): readonly Day[] => {
  const all = (is: Day['is'], why: string): readonly Day[] => days.map(day => ({ day, is, why }));
  if (log.emitted === 'off') return all('off', log.why);
  if (log.emitted === 'unknown')
    return all('missing', `whether it was written is not known: ${log.why}`);
  const path = log.trail?.path;
  const found = path === undefined ? undefined : kept?.logs.get(path);
  if (found === undefined) return all('missing', 'it is not in the evidence store');
  const missing = new Map(found.missing.map(each => [each.day, each]));
  const told = days.map(day => keptDay(found, missing, day));
  // Less is written than the question needs: a day that is kept whole does not answer it either.
  return log.emitted === 'on'
    ? told
    : told.map(each =>
        each.is === 'kept' ? { day: each.day, is: 'partial', why: log.why } : each,
      );
};

const nameOf = (component: Component, log: AccessLog): string =>
  `${component.id}: ${log.trail?.path ?? (log.emitted === 'off' ? 'not written' : 'place not known')}`;

/** Questions whose missing answer leaves open whom somebody reached. */
const telling: ReadonlySet<AccessLog['question']> = new Set(['who logged in', 'who read what']);

/** What the logs of these components can tell of each day of a window. */
export const logDays = (
  components: readonly Component[],
  kept: KeptLogs | undefined,
  window: Span,
): readonly ScopeCoverage[] => {
  const days = daysIn(window);
  if (components.length === 0) {
    const why =
      'nobody knows which logs there should be: the inventory names no part that writes one';
    return [
      {
        log: 'no access log is known',
        question: 'who read what',
        days: days.map(day => ({ day, is: 'missing' as const, why })),
      },
    ];
  }
  return components.flatMap((component): readonly ScopeCoverage[] => {
    const logs = component.logs.filter(({ question }) => telling.has(question));
    if (logs.length === 0) {
      const why = 'nothing that it is set to write tells who logged in or read what';
      return [
        {
          log: `${component.id}: no access log is known`,
          question: 'who read what',
          days: days.map(day => ({ day, is: 'off' as const, why })),
        },
      ];
    }
    return logs.map(log => ({
      log: nameOf(component, log),
      question: log.question,
      days: daysOfLog(log, kept, days),
    }));
  });
};

/** The days of which a log does not tell all, as gaps: neighbours of one reason are one gap. */
export const gapsIn = (coverage: readonly ScopeCoverage[]): readonly Gap[] =>
  coverage.flatMap(({ log, days }) => {
    const gaps: { fromMs: number; toMs: number; log: string; is: Gap['is']; why: string }[] = [];
    for (const { day, is, why = '' } of days) {
      if (is === 'kept') continue;
      const fromMs = Date.parse(`${day}T00:00:00Z`);
      const toMs = fromMs + dayMs - 1;
      const kind = is === 'off' || is === 'lost' ? is : 'open';
      const last = gaps.at(-1);
      if (last !== undefined && last.toMs + 1 === fromMs && last.is === kind && last.why === why) {
        last.toMs = toMs;
      } else gaps.push({ fromMs, toMs, log, is: kind, why });
    }
    return gaps;
  });
