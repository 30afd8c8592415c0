import type {
  DayRange,
  PastDay,
  Replay,
  ReplayDeadline,
  ReplayedCase,
  ReplaySource,
} from '../core/replay.ts';
import { oneLine, wrap } from './plain.ts';

const columns = 100;
const labelColumns = 12;

const days = (count: number): string => `${count} day${count === 1 ? '' : 's'}`;

const dayWords = ({ notBefore, notAfter, unchecked }: PastDay): string => {
  const doubt = unchecked === true ? ' (as remembered, not confirmed)' : '';
  if (notBefore !== undefined && notBefore === notAfter) return `${notBefore}${doubt}`;
  if (notBefore === undefined) return `${notAfter ?? 'an unknown day'} or earlier${doubt}`;
  return notAfter === undefined
    ? `${notBefore} or later${doubt}`
    : `between ${notBefore} and ${notAfter}${doubt}`;
};

/** "14 days before", "3 to 33 days after", "at least 12 days before": an end may be open. */
const rangeWords = ({ least, most }: DayRange): string => {
  if (least !== undefined && most !== undefined) {
    if (least === most && least === 0) return 'on the same day';
    if (least === most) return `${days(Math.abs(least))} ${least > 0 ? 'before' : 'after'}`;
    if (least >= 0) return `${least} to ${days(most)} before`;
    if (most <= 0) return `${-most} to ${days(-least)} after`;
    return `between ${days(-least)} after and ${days(most)} before`;
  }
  if (most !== undefined) {
    if (most === 0) return 'on the same day at best';
    return most > 0 ? `at most ${days(most)} before` : `at least ${days(-most)} after`;
  }
  const known = least ?? 0;
  if (known === 0) return 'on the same day at worst';
  return known > 0 ? `at least ${days(known)} before` : `at most ${days(-known)} after`;
};

const row = (label: string, text: string): string => {
  const lines = wrap(oneLine(text), columns - labelColumns - 2).split('\n');
  return lines
    .map((line, i) => `  ${(i === 0 ? label : '').padEnd(labelColumns)}${line}`.trimEnd())
    .join('\n');
};

const sameTelling = ({ concerns, told }: ReplayedCase): boolean =>
  concerns.every(each => each.told?.on === told?.on && each.told?.by === told?.by);

const concernsWords = (each: ReplayedCase): readonly string[] => {
  const { concerns, product } = each;
  if (concerns.length === 0) {
    return [`${product} is not in this estate: shown for a host that has it`];
  }
  if (sameTelling(each)) return [concerns.map(({ component }) => component).join(', ')];
  return concerns.map(({ component, told, untold }) =>
    told === undefined
      ? `${component}: not told of: ${untold ?? ''}`
      : `${component}: told ${told.on}, by ${told.by}`,
  );
};

/** From the sign to the day that it was told. */
const sinceWords = ({ least, most }: DayRange): string => {
  const reversed: DayRange = {
    ...(most === undefined ? {} : { least: -most }),
    ...(least === undefined ? {} : { most: -least }),
  };
  return `told ${rangeWords(reversed)}`;
};

const toldWords = (each: ReplayedCase): string => {
  const { told, untold, afterFirstSign } = each;
  if (told === undefined) return `not at all: ${untold ?? ''}`;
  const [sign] = each.signs;
  const after =
    sign === undefined
      ? ''
      : `; the first known sign of a fix was the ${sign.sign} (${sign.what}), ${dayWords(sign.on)}${
          afterFirstSign === undefined ? '' : `: ${sinceWords(afterFirstSign)}`
        }`;
  return `${told.on}, by ${told.by}${after}`;
};

const exploitedWords = ({ exploited, beforeExploitation }: ReplayedCase): string => {
  if ('unknown' in exploited) return `since when is not known: ${exploited.unknown}`;
  const told = beforeExploitation === undefined ? '' : `: told ${rangeWords(beforeExploitation)}`;
  return `${dayWords(exploited)}${told}`;
};

const catalogueWords = ({ catalogued, beforeCatalogue }: ReplayedCase): string => {
  if (catalogued === undefined) return 'CISA’s catalogue has no entry';
  const told = beforeCatalogue === undefined ? '' : `: told ${rangeWords(beforeCatalogue)}`;
  return `${dayWords(catalogued)}${told}`;
};

const dueWords = ({ days: count, on }: ReplayDeadline): string =>
  on ?? (count === undefined ? 'with the next upgrade' : `${days(count)} from the first fix`);

const deadlineWords = ({ told, deadline, deadlineOnceExploited }: ReplayedCase): string => {
  if (deadline === undefined) {
    return told === undefined ? 'none' : 'none: no record names a version that mends it';
  }
  const first = `${dueWords(deadline)} (${deadline.why})`;
  return deadlineOnceExploited === undefined
    ? first
    : `${first}; once it is in the catalogue: ${dueWords(deadlineOnceExploited)}`;
};

/** Sources with the same answer are named together. */
const silentWords = (sources: readonly ReplaySource[]): readonly string[] => {
  const byWhy = new Map<string, string[]>();
  for (const { feed, state, why, record } of sources) {
    if (state === 'told') continue;
    const key = state === 'undated' ? `${why} (${record ?? ''})` : why;
    byWhy.set(key, [...(byWhy.get(key) ?? []), feed]);
  }
  return [...byWhy].map(([why, feeds]) => `${feeds.join(', ')}: ${why}`);
};

const alsoWords = ({ sources, told }: ReplayedCase): readonly string[] =>
  sources
    .filter(({ state, record }) => state === 'told' && record !== told?.by)
    .map(({ on, record }) => `${record ?? ''}, ${on ?? ''}`);

const caseText = (each: ReplayedCase): string =>
  [
    wrap(oneLine(`${each.title} (${each.flaws.join(', ')})`), columns),
    row('', each.story),
    ...concernsWords(each).map((words, i) => row(i === 0 ? 'concerns' : '', words)),
    row('told', toldWords(each)),
    ...(alsoWords(each).length === 0 ? [] : [row('also by', alsoWords(each).join('; '))]),
    row('exploited', exploitedWords(each)),
    row('catalogue', catalogueWords(each)),
    row('deadline', deadlineWords(each)),
    ...silentWords(each.sources).map((words, i) => row(i === 0 ? 'silent' : '', words)),
  ].join('\n');

/** What a case of the past would have meant here, one after another; those of this estate first. */
export const replayText = ({ cases, held, caveats, target, generated }: Replay): string => {
  const here = cases.filter(({ concerns }) => concerns.length > 0);
  const elsewhere = cases.filter(({ concerns }) => concerns.length === 0);
  const root = 'sample' in target ? 'the sample estate' : target.root;
  const summary = `${cases.length} past cases, ${here.length} of them through a product that this estate has; sources held: ${held.join(', ')}.`;
  return `${[
    wrap(oneLine(summary), columns),
    oneLine(`${root}, ${generated}`),
    ...[...here, ...elsewhere].map(each => `\n${caseText(each)}`),
    '',
    ...caveats.map(caveat => wrap(oneLine(caveat), columns)),
  ].join('\n')}\n`;
};
