import type { SegmentDraft } from '../../evidence/options.ts';
import type { ZoneOf } from '../ingest/zones.ts';
import type { GatheredRows } from './gather.ts';
import { rowsOfSegment } from './parse-segment.ts';
import { type Position, positionOf } from './position.ts';

const lineFeed = 0x0a;

/** Lines that begin in these bytes. */
const linesBegun = (raw: Buffer, isWithinLine: boolean): number => {
  let lines = isWithinLine || raw.length === 0 ? 0 : 1;
  for (let at = raw.indexOf(lineFeed); at >= 0; at = raw.indexOf(lineFeed, at + 1)) {
    if (at + 1 < raw.length) lines += 1;
  }
  return lines;
};

/** Whether positions and lines agree: between them, records may have come that are kept elsewhere already. */
const isGapless = (before: Position, behind: Position, raw: Buffer): boolean =>
  before.line !== undefined &&
  behind.line !== undefined &&
  behind.line - before.line === linesBegun(raw, before.within === true);

/** Rows of lines that are read again: a kill left them behind, or a format improved. */
export const rowsOfDraft = (
  { source, day, raw, from, to }: Omit<SegmentDraft, 'parts'>,
  zoneOf: ZoneOf,
  context: readonly Uint8Array[] = [],
): GatheredRows => {
  const before = positionOf(from);
  const behind = positionOf(to);
  // Of the same file still: its lines go on being counted.
  const isSame =
    before.generation === behind.generation &&
    (before.generation !== undefined || before.file === behind.file);
  const start = from === undefined ? { ...before, line: 0 } : before;
  const isCounted = (from === undefined || isSame) && isGapless(start, behind, raw);
  const linesBefore = isCounted ? start.line : undefined;
  return rowsOfSegment(raw, {
    day,
    zoneOf,
    context,
    log: behind.file ?? source,
    ...(linesBefore === undefined ? {} : { linesBefore }),
    isWithinLine: before.within === true,
  });
};
