import type { LocalTime } from '../../core/formats/local-time.ts';

/** What a line's stamp is read with: the host's zone, and the time by which the line was written. */
export interface StampContext {
  readonly local: LocalTime;
  /** Last change of the file: a stamp without a year is of the last such day before it. */
  readonly writtenByMs: number;
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

const monthOf = (name: string | undefined): string | undefined => {
  const index = months.indexOf((name ?? '').toLowerCase());
  return index < 0 ? undefined : String(index + 1).padStart(2, '0');
};

const dayMs = 86_400_000;

const fromMs = (ms: number): string | undefined =>
  Number.isFinite(ms) && Math.abs(ms) < 8e15 ? new Date(ms).toISOString() : undefined;

/** A date with its offset from UTC, or in the host's zone when it has none. */
const joined = (
  date: string,
  time: string,
  offset: string | undefined,
  { local }: StampContext,
): string | undefined => {
  if (offset === undefined || offset === '') return local(`${date} ${time}`);
  const zone = /^(?:Z|GMT|UTC)$/i.test(offset)
    ? 'Z'
    : offset.replace(/^([+-]\d{2}):?(\d{2})$/, '$1:$2');
  return fromMs(Date.parse(`${date}T${time}${zone}`));
};

/** RFC 3164 has no year: the latest that does not lie after the file's last change. */
const withoutYear = (
  month: string,
  day: string,
  time: string,
  context: StampContext,
): string | undefined => {
  const writtenBy = new Date(context.writtenByMs).getUTCFullYear();
  for (const year of [writtenBy + 1, writtenBy, writtenBy - 1]) {
    const stamp = context.local(`${String(year)}-${month}-${day.padStart(2, '0')} ${time}`);
    // Clocks differ a little, and a zone by up to a day.
    if (stamp !== undefined && Date.parse(stamp) <= context.writtenByMs + dayMs) return stamp;
  }
  return undefined;
};

type Shape = readonly [
  RegExp,
  (match: RegExpExecArray, context: StampContext) => string | undefined,
];

const shapes: readonly Shape[] = [
  // RFC 5424 and ISO 8601, possibly behind a priority, a bracket or the field of a JSON record.
  [
    /^(?:<\d{1,3}>1? ?)?[[("]{0,2}(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:[.,]\d{1,9})?(?: ?(Z|[+-]\d{2}:?\d{2}))?(?![\w])/,
    (m, context) => joined(m[1] ?? '', m[2] ?? '', m[3], context),
  ],
  // RFC 3164, with the year that some write behind it.
  [
    /^(?:<\d{1,3}>)?\[?(?:[A-Z][a-z]{2} )?([A-Z][a-z]{2}) {1,2}(\d{1,2}) (?:(\d{4}) )?(\d{2}:\d{2}:\d{2})(?:\.\d{1,9})?(?: (\d{4})\b)?/,
    (m, context) => {
      const month = monthOf(m[1]);
      if (month === undefined) return undefined;
      const year = m[3] ?? m[5];
      const day = m[2] ?? '';
      const time = m[4] ?? '';
      return year === undefined
        ? withoutYear(month, day, time, context)
        : context.local(`${year}-${month}-${day.padStart(2, '0')} ${time}`);
    },
  ],
  // nginx's error log.
  [
    /^(\d{4})\/(\d{2})\/(\d{2}) (\d{2}:\d{2}:\d{2})/,
    (m, { local }) => local(`${m[1]}-${m[2]}-${m[3]} ${m[4]}`),
  ],
  // TAI64N, as multilog writes it: seconds since 1970 and ten leap seconds.
  [
    /^@40000000([0-9a-f]{8})[0-9a-f]{8} /,
    m => fromMs((Number.parseInt(m[1] ?? '', 16) - 10) * 1_000),
  ],
  [/^\[?(1\d{9})(?:\.\d{1,9})?[\] :|]/, m => fromMs(Number(m[1]) * 1_000)],
];

/** Shapes that may stand further within the line: web servers and records. */
const inner: readonly Shape[] = [
  [
    /\[(\d{2})[/-]([A-Z][a-z]{2})[/-](\d{4})[: ](\d{2}:\d{2}:\d{2})(?: ([+-]\d{4}|GMT|UTC))?\]/,
    (m, context) => {
      const month = monthOf(m[2]);
      return month === undefined
        ? undefined
        : joined(`${m[3]}-${month}-${m[1]}`, m[4] ?? '', m[5], context);
    },
  ],
  [
    /"(?:@timestamp|timestamp|time|ts|date|datetime|start_time|t)" ?: ?"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:[.,]\d{1,9})?(Z|[+-]\d{2}:?\d{2})?"/,
    (m, context) => joined(m[1] ?? '', m[2] ?? '', m[3], context),
  ],
  [
    /"(?:@timestamp|timestamp|time|ts|t)" ?: ?"?(1\d{9})(\d{3})?(?:\.\d{1,9})?[",} ]/,
    m => fromMs(Number(m[1]) * 1_000 + Number(m[2] ?? '0')),
  ],
];

/**
 * The time that a log line carries, as RFC 3339 in UTC. Knows RFC 3164 (year-less), RFC 5424, ISO
 * 8601, the web servers' own, seconds since 1970, TAI64N and the fields of JSON records.
 */
export const stampOf = (line: string, context: StampContext): string | undefined => {
  const head = line.slice(0, 2_000);
  for (const [shape, read] of shapes) {
    const match = shape.exec(head);
    const stamp = match === null ? undefined : read(match, context);
    if (stamp !== undefined) return stamp;
  }
  for (const [shape, read] of inner) {
    const match = shape.exec(head);
    const stamp = match === null ? undefined : read(match, context);
    if (stamp !== undefined) return stamp;
  }
  return undefined;
};
