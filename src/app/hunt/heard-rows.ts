import { hourMs } from '../../detect/baselines/calendar.ts';
import type { HeardSegment, HeardVoice } from '../../detect/silence/heard.ts';

/** A dictionary coded column. */
interface CodedColumn {
  /** By row; negative for none. */
  readonly codes: Int32Array | undefined;
  readonly count: number;
  readonly text: (code: number) => string;
}

export interface HeardRows {
  readonly rows: number;
  readonly times: Float64Array;
  readonly lines: Float64Array;
  readonly component: CodedColumn;
  readonly host: CodedColumn;
  readonly log: CodedColumn;
  /** The line up to which it was heard before; and the times between which lines are believed. */
  readonly from: number;
  readonly beginMs: number;
  readonly endMs: number;
}

interface Bucket {
  count: number;
  firstMs: number;
  lastMs: number;
  firstRow: number;
  lastRow: number;
}
type Hours = Map<number, Bucket>;

/** Beyond so many components and hosts of one segment, hosts are not told apart. */
const slotsMax = 4_096;

const merge = (hours: Hours, hour: number, { count, ...ends }: Bucket): void => {
  const known = hours.get(hour);
  if (known === undefined) {
    hours.set(hour, { count, ...ends });
    return;
  }
  known.count += count;
  if (ends.firstMs < known.firstMs) {
    known.firstMs = ends.firstMs;
    known.firstRow = ends.firstRow;
  }
  if (ends.lastMs >= known.lastMs) {
    known.lastMs = ends.lastMs;
    known.lastRow = ends.lastRow;
  }
};

const voiceOf = (
  about: Pick<HeardVoice, 'component' | 'host'>,
  hours: Hours,
  { lines, log }: Pick<HeardRows, 'lines' | 'log'>,
): readonly HeardVoice[] => {
  if (hours.size === 0) return [];
  const lineOf = (row: number): number => lines[row] ?? 0;
  const fileOf = (row: number): number => log.codes?.[row] ?? -1;
  const each = [...hours].toSorted(([a], [b]) => a - b);
  return [
    {
      ...about,
      hours: Int32Array.from(each, ([hour]) => hour),
      counts: Uint32Array.from(each, ([, { count }]) => count),
      firstMs: Float64Array.from(each, ([, { firstMs }]) => firstMs),
      lastMs: Float64Array.from(each, ([, { lastMs }]) => lastMs),
      firstLines: Uint32Array.from(each, ([, { firstRow }]) => lineOf(firstRow)),
      lastLines: Uint32Array.from(each, ([, { lastRow }]) => lineOf(lastRow)),
      firstFiles: Int32Array.from(each, ([, { firstRow }]) => fileOf(firstRow)),
      lastFiles: Int32Array.from(each, ([, { lastRow }]) => fileOf(lastRow)),
    },
  ];
};

/** Counts by component and host; rows of one of them mostly follow each other within an hour. */
const bucketsOf = ({ rows, times, lines, from, ...rest }: HeardRows): readonly Hours[] => {
  const { component, host, beginMs, endMs } = rest;
  const hosts = (component.count + 1) * (host.count + 1) > slotsMax ? undefined : host.codes;
  const width = hosts === undefined ? 1 : host.count + 1;
  const slots: Hours[] = Array.from({ length: (component.count + 1) * width }, () => new Map());
  const inHand: (Bucket | undefined)[] = slots.map(() => undefined);
  const hourOf = new Int32Array(slots.length);
  const components = component.codes;
  for (let row = 0; row < rows; row += 1) {
    const line = lines[row] ?? 0;
    const ms = times[row] ?? Number.NaN;
    // Not a number is neither.
    if (line <= from || !(ms >= beginMs && ms <= endMs)) continue;
    const of = components?.[row] ?? -1;
    const at = hosts?.[row] ?? -1;
    const slot = (of < 0 ? 0 : of + 1) * width + (at < 0 ? 0 : at + 1);
    const hour = Math.floor(ms / hourMs);
    let bucket = inHand[slot];
    if (bucket === undefined || hourOf[slot] !== hour) {
      bucket = slots[slot]?.get(hour) ?? {
        count: 0,
        firstMs: ms,
        lastMs: ms,
        firstRow: row,
        lastRow: row,
      };
      slots[slot]?.set(hour, bucket);
      inHand[slot] = bucket;
      hourOf[slot] = hour;
    }
    bucket.count += 1;
    if (ms < bucket.firstMs) {
      bucket.firstMs = ms;
      bucket.firstRow = row;
    }
    if (ms >= bucket.lastMs) {
      bucket.lastMs = ms;
      bucket.lastRow = row;
    }
  }
  return slots;
};

/** When a log, its components and its hosts spoke: all events with a time, whatever came of them. */
export const heardIn = (
  { source, seq }: Pick<HeardSegment, 'source' | 'seq'>,
  of: HeardRows,
): HeardSegment => {
  const slots = bucketsOf(of);
  const { component, host } = of;
  const width = slots.length / (component.count + 1);
  const whole: Hours = new Map();
  const components = Array.from({ length: component.count }, (): Hours => new Map());
  const hosts = Array.from({ length: width - 1 }, (): Hours => new Map());
  for (const [slot, hours] of slots.entries()) {
    const inComponent = components[Math.floor(slot / width) - 1];
    const atHost = hosts[(slot % width) - 1];
    for (const [hour, bucket] of hours) {
      merge(whole, hour, bucket);
      if (inComponent !== undefined) merge(inComponent, hour, bucket);
      if (atHost !== undefined) merge(atHost, hour, bucket);
    }
  }
  return {
    source,
    seq,
    files: Array.from({ length: of.log.count }, (_, code) => of.log.text(code)),
    voices: [
      ...voiceOf({}, whole, of),
      ...components.flatMap((hours, code) =>
        voiceOf({ component: component.text(code) }, hours, of),
      ),
      ...hosts.flatMap((hours, code) => voiceOf({ host: host.text(code) }, hours, of)),
    ],
  };
};
