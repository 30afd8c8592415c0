import type { Unseen } from '../../core/unseen.ts';
import type { WatchedEvent } from '../../core/watched-event.ts';
import type { SeenLog } from '../../detect/applicability/applicability.ts';
import { rowKinds } from '../../detect/columns/row-kinds.ts';
import { RowDecoder } from '../../logs/rows/decode.ts';
import { KeptLines } from '../events/kept-lines.ts';
import { openSegment } from '../events/open-segment.ts';
import type { StoreSegment } from '../events/store-segments.ts';
import type { ZoneOf } from '../ingest/zones.ts';
import { Rows } from './segment-hunt.ts';

/** Of each log so many segments are looked at, the newest; of all logs together not many more than these. */
const segmentsMax = 4;
const allSegmentsMax = 400;
/** Of each segment so many events are read, no two of one shape. */
const samplesMax = 600;

const shapeColumns = ['rest', 'kind', 'outcome', 'component', 'service', 'format'] as const;

const newestFirst = (a: StoreSegment, b: StoreSegment): number => b.seq - a.seq;

/** Some of them, from the first to the last. */
const spread = (rows: readonly number[]): readonly number[] => {
  const step = Math.max(1, rows.length / samplesMax);
  const some: number[] = [];
  for (let at = 0; at < rows.length && some.length < samplesMax; at += step) {
    const row = rows[Math.floor(at)];
    if (row !== undefined) some.push(row);
  }
  return some;
};

export interface SeenLogsOptions {
  readonly zoneOf: ZoneOf;
  readonly note: (unseen: Unseen) => void;
}

/**
 * What the newest lines of each log hold: of every shape that events have (which members, which words) one event is
 * read, so that a field that was not seen is in none of them.
 */
export const seenLogs = async (
  segments: readonly StoreSegment[],
  { zoneOf, note }: SeenLogsOptions,
): Promise<readonly SeenLog[]> => {
  const bySource = new Map<string, StoreSegment[]>();
  for (const segment of segments) {
    const list = bySource.get(segment.source);
    if (list === undefined) bySource.set(segment.source, [segment]);
    else list.push(segment);
  }
  const each = Math.max(1, Math.min(segmentsMax, Math.floor(allSegmentsMax / bySource.size)));
  const opening = { lines: new KeptLines(), zoneOf, note };
  const decoder = new RowDecoder();
  const logs: SeenLog[] = [];
  for (const [source, of] of [...bySource].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const samples: WatchedEvent[] = [];
    let events = 0;
    for (const segment of of.toSorted(newestFirst).slice(0, each)) {
      const open = await openSegment(segment, opening);
      if (open === undefined) continue;
      events += open.rows.rows;
      samples.push(...samplesOf(new Rows(open, decoder), open.rows.rows));
    }
    if (events > 0) logs.push({ source, log: samples[0]?.log ?? source, samples, events });
  }
  return logs;
};

const samplesOf = (rows: Rows, count: number): readonly WatchedEvent[] => {
  const { columns } = rows;
  const kinds = rowKinds(
    count,
    shapeColumns.map(name => columns.column(name)),
  );
  return spread([...kinds.example]).flatMap(row => {
    try {
      return [rows.event(row)];
    } catch {
      // A line that is damaged is told of by whoever hunts; here another of its shape will do.
      return [];
    }
  });
};
