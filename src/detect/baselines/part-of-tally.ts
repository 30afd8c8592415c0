import { hourOfWindow } from './calendar.ts';
import type { ComponentTally, SegmentTally } from './tally.ts';

const chosen = <T extends Int32Array | Uint32Array | Float64Array>(
  from: T,
  rows: readonly number[],
  to: T,
): T => {
  for (const [i, row] of rows.entries()) to[i] = from[row] ?? 0;
  return to;
};

const ints = (from: Int32Array, rows: readonly number[]): Int32Array =>
  chosen(from, rows, new Int32Array(rows.length));
const counts = (from: Uint32Array, rows: readonly number[]): Uint32Array =>
  chosen(from, rows, new Uint32Array(rows.length));
const floats = (from: Float64Array, rows: readonly number[]): Float64Array =>
  chosen(from, rows, new Float64Array(rows.length));

const partOf = (
  of: ComponentTally,
  rows: readonly number[],
  hours: readonly number[],
): ComponentTally => ({
  component: of.component,
  windows: ints(of.windows, rows),
  users: ints(of.users, rows),
  actors: ints(of.actors, rows),
  apps: ints(of.apps, rows),
  addresses: ints(of.addresses, rows),
  reads: counts(of.reads, rows),
  rows: counts(of.rows, rows),
  firstMs: floats(of.firstMs, rows),
  lastMs: floats(of.lastMs, rows),
  firstLines: counts(of.firstLines, rows),
  lastLines: counts(of.lastLines, rows),
  hours: ints(of.hours, hours),
  events: counts(of.events, hours),
  hourFirstLines: counts(of.hourFirstLines, hours),
  hourLastLines: counts(of.hourLastLines, hours),
});

/** What of one component is to stay: its entries by their ten minutes, what it wrote by its hour. */
export interface Part {
  readonly window: (window: number) => boolean;
  readonly hour: (hour: number) => boolean;
}

/** The same tally without what is over, or came too late; itself where nothing is. */
export const partOfTally = (
  tally: SegmentTally,
  partFor: (component: string) => Part,
): SegmentTally => {
  let isWhole = true;
  const components = tally.components.map(of => {
    const { window: hasWindow, hour: hasHour } = partFor(of.component);
    const rows: number[] = [];
    for (const [i, window] of of.windows.entries()) if (hasWindow(window)) rows.push(i);
    const hours: number[] = [];
    for (const [i, hour] of of.hours.entries()) if (hasHour(hour)) hours.push(i);
    if (rows.length === of.windows.length && hours.length === of.hours.length) return of;
    isWhole = false;
    return partOf(of, rows, hours);
  });
  return isWhole ? tally : { ...tally, components };
};

/** Without names that no entry has. */
export const withoutOtherNames = (tally: SegmentTally): SegmentTally => {
  const { ids, texts } = tally.names;
  const places = new Map<number, number>();
  const placed = (from: Int32Array): Int32Array =>
    from.map(name => {
      if (name < 0) return name;
      const place = places.get(name) ?? places.size;
      places.set(name, place);
      return place;
    });
  const components = tally.components
    .filter(({ windows, hours }) => windows.length + hours.length > 0)
    .map(of => ({
      ...of,
      users: placed(of.users),
      actors: placed(of.actors),
      apps: placed(of.apps),
      addresses: placed(of.addresses),
    }));
  const names = [...places.keys()];
  return {
    ...tally,
    components,
    names: {
      ids: Float64Array.from(names, name => ids[name] ?? 0),
      texts: names.map(name => texts[name] ?? ''),
    },
  };
};

/** The last hour that anything in a tally is of; undefined where there is nothing. */
export const lastHourOf = ({ components }: SegmentTally): number | undefined => {
  let last: number | undefined;
  const put = (hour: number): void => {
    if (last === undefined || hour > last) last = hour;
  };
  for (const { windows, hours } of components) {
    for (const window of windows) put(hourOfWindow(window));
    for (const hour of hours) put(hour);
  }
  return last;
};
