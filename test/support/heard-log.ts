import { heardIn } from '../../src/app/hunt/heard-rows.ts';
import { hourMs } from '../../src/detect/baselines/calendar.ts';
import type { HeardSegment } from '../../src/detect/silence/heard.ts';

/** An event of a log: nothing but when, and of whom. */
export interface Spoken {
  readonly ms: number;
  readonly component: string;
  readonly host?: string;
  readonly file?: string;
}

/** `2026-03-02`, a Monday. */
export const firstDay = 20_514;
export const atHour = (day: number, hour: number): number =>
  ((firstDay + day) * 24 + hour) * hourMs;

/** By hour of the day, how many events each component has. */
export type Course = (day: number, hour: number, random: () => number) => number;

const logOf2 = (random: () => number): number => Math.log(1 - random());

/** How many come by chance, where so many are expected. */
export const byChance = (mean: number, random: () => number): number => {
  if (mean <= 0) return 0;
  let [count, left] = [-1, mean];
  for (; left > 0; count += 1) left += logOf2(random);
  return count;
};

/** Events of some days, in the order of their times. */
export const spoken = (
  days: number,
  courses: Readonly<Record<string, Course>>,
  random: () => number,
  host?: string,
): readonly Spoken[] => {
  const all: Spoken[] = [];
  for (let day = 0; day < days; day += 1) {
    for (let hour = 0; hour < 24; hour += 1) {
      for (const [component, course] of Object.entries(courses)) {
        for (let left = course(day, hour, random); left > 0; left -= 1) {
          const ms = atHour(day, hour) + Math.floor(random() * hourMs);
          all.push({ ms, component, ...(host === undefined ? {} : { host }) });
        }
      }
    }
  }
  return all.toSorted((a, b) => a.ms - b.ms);
};

const coded = (
  texts: readonly (string | undefined)[],
): { codes: Int32Array; count: number; text: (code: number) => string } => {
  const words = [...new Set(texts.filter(text => text !== undefined))];
  return {
    codes: Int32Array.from(texts, text => (text === undefined ? -1 : words.indexOf(text))),
    count: words.length,
    text: code => words[code] ?? '',
  };
};

/** What is heard of a segment that has these events, a line each. */
export const heardOf = (
  events: readonly Spoken[],
  { source = 'mail.log', seq = 1 }: { readonly source?: string; readonly seq?: number } = {},
): HeardSegment =>
  heardIn(
    { source, seq },
    {
      rows: events.length,
      times: Float64Array.from(events, ({ ms }) => ms),
      lines: Float64Array.from(events, (_, i) => i + 1),
      component: coded(events.map(({ component }) => component)),
      host: coded(events.map(({ host }) => host)),
      log: coded(events.map(({ file }) => file)),
      from: 0,
      beginMs: -Infinity,
      endMs: Infinity,
    },
  );
