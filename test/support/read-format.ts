import type { AccessEvent } from '../../src/core/access-event.ts';
import { openEnvelope } from '../../src/logs/envelope/open-envelope.ts';
import type { FormatContext, LogFormat, Parsed } from '../../src/logs/format.ts';

/** Times of the year 2026 where none is written, and of UTC where no zone is. */
const testContext = (openMax = 1_000): FormatContext => ({
  openMax,
  time: stamp => ({
    original: stamp.original,
    atMs:
      Date.UTC(
        stamp.year ?? 2026,
        (stamp.month ?? 1) - 1,
        stamp.day ?? 1,
        stamp.hour,
        stamp.minute,
        stamp.second,
        stamp.millisecond ?? 0,
      ) -
      (stamp.offsetMinutes ?? 0) * 60_000,
  }),
});

/** What a format makes of lines, in their order. */
export const readLines = (
  format: LogFormat,
  lines: readonly string[],
  openMax?: number,
): readonly Parsed[] => {
  const reader = format.open(testContext(openMax));
  return lines.map((text, i) => reader.read(openEnvelope({ text, number: i + 1 })));
};

/** The events of lines. */
export const eventsOf = (
  format: LogFormat,
  lines: readonly string[],
  openMax?: number,
): readonly AccessEvent[] =>
  readLines(format, lines, openMax).flatMap(parsed => ('event' in parsed ? [parsed.event] : []));

/** The event of the last line; fails where there is none. */
export const eventOf = (format: LogFormat, ...lines: readonly string[]): AccessEvent => {
  const last = readLines(format, lines).at(-1);
  if (last === undefined || !('event' in last))
    throw new Error(`no event: ${JSON.stringify(last)}`);
  return last.event;
};
