import type {
  KnownBaseline,
  KnownLevel,
  KnownSpeech,
  KnownVoice,
} from '../../core/known-baseline.ts';
import { cut, fit, oneLine, safeJson, wrap } from '../plain.ts';
import { counted, number, stamp } from './words.ts';

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

const hoursOfDay = 24;
const two = (value: number): string => String(value).padStart(2, '0');

/** `00-05, 08-17` */
const hoursText = (hours: readonly number[]): string => {
  const spans: [from: number, to: number][] = [];
  for (const hour of hours) {
    const last = spans.at(-1);
    if (last !== undefined && last[1] === hour - 1) last[1] = hour;
    else spans.push([hour, hour]);
  }
  return spans
    .map(([from, to]) => (from === to ? two(from) : `${two(from)}-${two(to)}`))
    .join(', ');
};

const voiceText = ({ component, host, days, expected, silentSinceMs }: KnownVoice): string => {
  const name = component ?? host ?? 'all of it';
  if (silentSinceMs !== undefined) return `${name}: silent since ${stamp(silentSinceMs)} UTC`;
  if (expected.length === 0)
    return `${name}: no hour that always has some in ${counted(days, 'day')}`;
  return expected.length === hoursOfDay
    ? `${name}: at every hour`
    : `${name}: at ${hoursText(expected)} h UTC`;
};

const speechLines = ({ source, log = source, voices, late }: KnownSpeech): readonly string[] => [
  cut(`${oneLine(log)}: events are expected of`, columns),
  ...voices.flatMap(voice => wrap(oneLine(voiceText(voice)), columns, '    ').split('\n')),
  ...(late > 0 ? [`    ${counted(late, 'event')} came too late and are not counted`] : []),
];

/** For a terminal; lines are at most 100 columns wide. */
export const baselinesText = (
  known: readonly KnownBaseline[],
  speech: readonly KnownSpeech[],
): string =>
  known.length + speech.length === 0
    ? 'nothing was learnt yet\n'
    : `${[...known.flatMap(linesOf), ...(speech.length > 0 ? [''] : []), ...speech.flatMap(speechLines)].join('\n')}\n`;

const at = (ms: number | undefined): string | undefined =>
  ms === undefined ? undefined : new Date(ms).toISOString();

/** `postern.hunt-baselines/1`: `schemas/hunt-baselines.schema.json` */
export const baselinesJson = (
  known: readonly KnownBaseline[],
  speech: readonly KnownSpeech[],
): string =>
  `${safeJson(
    {
      schema: 'postern.hunt-baselines/1',
      components: known.map(({ firstDay, lastDay, ...rest }) => ({
        ...rest,
        firstDay: dayOf(firstDay),
        lastDay: dayOf(lastDay),
      })),
      logs: speech.map(({ voices, ...rest }) => ({
        ...rest,
        voices: voices.map(({ lastMs, silentSinceMs, ...voice }) => ({
          ...voice,
          last: at(lastMs),
          silentSince: at(silentSinceMs),
        })),
      })),
    },
    2,
  )}\n`;
