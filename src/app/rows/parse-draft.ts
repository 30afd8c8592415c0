import type { SegmentDraft } from '../../evidence/options.ts';
import type { ZoneOf } from '../ingest/zones.ts';
import type { GatheredRows } from './gather.ts';
import { rowsOfSegment } from './parse-segment.ts';

/** What a position says, in so far as rows want to know it: sources write more into theirs. */
interface Said {
  readonly file?: unknown;
  readonly generation?: unknown;
  readonly line?: unknown;
  readonly within?: unknown;
}

const said = (position: string | undefined): Said => {
  try {
    const value: unknown = JSON.parse(position ?? '');
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
};

/** Rows of lines that are read again: a kill left them behind, or a format improved. */
export const rowsOfDraft = (
  { source, day, raw, from, to }: Omit<SegmentDraft, 'parts'>,
  zoneOf: ZoneOf,
  context: readonly Uint8Array[] = [],
): GatheredRows => {
  const before = said(from);
  const behind = said(to);
  // Of the same file still: its lines go on being counted.
  const isSame =
    before.generation === behind.generation &&
    (before.generation !== undefined || before.file === behind.file);
  const linesBefore = from === undefined ? 0 : isSame ? before.line : undefined;
  return rowsOfSegment(raw, {
    day,
    zoneOf,
    context,
    log: typeof behind.file === 'string' ? behind.file : source,
    ...(typeof linesBefore === 'number' ? { linesBefore } : {}),
    isWithinLine: before.within === true,
  });
};
