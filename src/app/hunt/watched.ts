import type { AccessEvent } from '../../core/access-event.ts';
import type { WatchedEvent } from '../../core/watched-event.ts';
import type { KeptEvent } from '../events/kept-event.ts';

/** A line that nothing is understood of has no component but the format that claimed it. */
export const componentOfUnparsed = (format: string | undefined): string => format ?? 'unknown';

const unparsedEvent = ({ format, text }: KeptEvent, timeMs: number): AccessEvent => ({
  kind: 'other',
  time: { original: '', atMs: timeMs },
  outcome: 'unknown',
  component: componentOfUnparsed(format),
  detail: text,
});

/** A kept event as rules see it. @param timeMs what it is placed by: its own time, or that of its neighbours */
export const watchedEvent = (kept: KeptEvent, timeMs: number): WatchedEvent => {
  const { parsed, source, seq, line, format, log, text } = kept;
  const isUnparsed = !('event' in parsed);
  const event = isUnparsed ? unparsedEvent(kept, timeMs) : parsed.event;
  return { event, isUnparsed, source, seq, line, format, log, timeMs, text };
};
