import type { KnownBaseline, KnownLevel } from '../../core/known-baseline.ts';
import { cut, fit, oneLine, safeJson, wrap } from '../plain.ts';
import { counted, number } from './words.ts';

const columns = 100;

const dayOf = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10);

const titles: Readonly<Record<string, readonly [one: string, many: string]>> = {
  actor: ['account that acts for others', 'accounts that act for others'],
  app: ['application', 'applications'],
  address: ['shared address', 'shared addresses'],
  account: ['account', 'accounts'],
};

const level = (what: string, { median, highest }: KnownLevel): readonly string[] =>
  highest === 0 ? [] : [`${what}: usually ${number(median)}, never above ${number(highest)}`];

const linesOf = (known: KnownBaseline): readonly string[] => {
  const { component, days, firstDay, lastDay, daysToLearn, usual, followed, late } = known;
  const state = daysToLearn === 0 ? 'judges' : `learns: ${counted(daysToLearn, 'day')} to go`;
  const facts = [
    ...level('mailboxes in ten minutes', usual.window),
    ...level('in an hour', usual.hour),
    ...level('reads in an hour', usual.reads),
    ...level('events in an hour', usual.events),
    ...Object.entries(followed).flatMap(([kind, count]) =>
      count === 0 ? [] : [counted(count, ...(titles[kind] ?? ([kind, kind] as const)))],
    ),
    ...(late > 0 ? [`${counted(late, 'event')} came too late and are in none`] : []),
    ...known.limits,
  ];
  return [
    cut(
      `${fit(oneLine(component), 22)}${fit(state, 26)}${counted(days, 'day')}, ${dayOf(firstDay)} to ${dayOf(lastDay)}`,
      columns,
    ),
    ...(facts.length === 0 ? [] : wrap(oneLine(facts.join('; ')), columns, '    ').split('\n')),
  ];
};

/** For a terminal; lines are at most 100 columns wide. */
export const baselinesText = (known: readonly KnownBaseline[]): string =>
  known.length === 0 ? 'nothing was learnt yet\n' : `${known.flatMap(linesOf).join('\n')}\n`;

/** `postern.hunt-baselines/1` */
export const baselinesJson = (known: readonly KnownBaseline[]): string =>
  `${safeJson(
    {
      schema: 'postern.hunt-baselines/1',
      components: known.map(({ firstDay, lastDay, ...rest }) => ({
        ...rest,
        firstDay: dayOf(firstDay),
        lastDay: dayOf(lastDay),
      })),
    },
    2,
  )}\n`;
