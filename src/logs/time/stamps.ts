import type { Stamp } from '../stamp.ts';

/** A stamp found at a place of a text, and where the text goes on behind it. */
export interface StampAt {
  readonly stamp: Stamp;
  /** Index behind the last character of the stamp, brackets that enclose it included. */
  readonly end: number;
}

/** Reads one shape of stamp that begins at `from`. */
export type StampReader = (text: string, from?: number) => StampAt | undefined;

const months = 'janfebmaraprmayjunjulaugsepoctnovdec';

/** 1 to 12; 0 for what is none. */
const monthNumber = (name: string): number => {
  const at = months.indexOf(name.toLowerCase());
  return at >= 0 && at % 3 === 0 && name.length === 3 ? at / 3 + 1 : 0;
};

/** `Z`, `+01:00`, `+0100`, `UTC`, `GMT`; undefined for names of zones, which mean many things. */
const offsetOf = (text: string | undefined): number | undefined => {
  if (text === undefined || text === '') return undefined;
  if (/^(?:Z|UTC|GMT)$/i.test(text)) return 0;
  const match = /^([+-])(\d{2}):?(\d{2})$/.exec(text);
  if (match === null) return undefined;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return minutes > 18 * 60 ? undefined : match[1] === '-' ? 0 - minutes : minutes;
};

const milliseconds = (fraction: string | undefined): number | undefined =>
  fraction === undefined || fraction === ''
    ? undefined
    : Number(fraction.slice(0, 3).padEnd(3, '0'));

const monthDays = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

interface Parts {
  readonly original: string;
  readonly year?: number | undefined;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond?: number | undefined;
  readonly offsetMinutes?: number | undefined;
}

/** The stamp, unless no clock shows such a time. */
const stampOf = (parts: Parts): Stamp | undefined => {
  const { year, month, day, hour, minute, second, millisecond, offsetMinutes } = parts;
  if (month < 1 || month > 12 || day < 1 || day > (monthDays[month - 1] ?? 0)) return undefined;
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  if (year !== undefined && (year < 1970 || year > 9_999)) return undefined;
  return {
    original: parts.original,
    ...(year === undefined ? {} : { year }),
    month,
    day,
    hour,
    minute,
    second,
    ...(millisecond === undefined ? {} : { millisecond }),
    ...(offsetMinutes === undefined ? {} : { offsetMinutes }),
  };
};

const found = (parts: Parts, end: number): StampAt | undefined => {
  const stamp = stampOf(parts);
  return stamp === undefined ? undefined : { stamp, end };
};

type Group = (match: RegExpExecArray) => Omit<Parts, 'original'>;

const reader = (pattern: RegExp, parts: Group): StampReader => {
  const sticky = new RegExp(pattern.source, 'y');
  return (text, from = 0) => {
    sticky.lastIndex = from;
    const match = sticky.exec(text);
    return match === null
      ? undefined
      : found({ original: match[1] ?? match[0], ...parts(match) }, sticky.lastIndex);
  };
};

/**
 * RFC 3339, RFC 5424 and ISO 8601, as programs write them: `T` or one space between day and time, point or
 * comma before the fraction, with zone or without, `+01:00` or `+0100`, the zone possibly behind a space.
 */
export const isoStamp: StampReader = reader(
  /((\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,9}))?(?: ?(Z|[+-]\d{2}:?\d{2}(?!\d)))?)(?![\d:])/,
  m => ({
    year: Number(m[2]),
    month: Number(m[3]),
    day: Number(m[4]),
    hour: Number(m[5]),
    minute: Number(m[6]),
    second: Number(m[7]),
    millisecond: milliseconds(m[8]),
    offsetMinutes: offsetOf(m[9]),
  }),
);

/** RFC 3164: `Nov 22 12:00:01`, with milliseconds, with a year before the time (Cisco) or behind it. */
export const rfc3164Stamp: StampReader = reader(
  /(([A-Z][a-z]{2}) {1,2}(\d{1,2}) (?:(\d{4}) )?(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6}))?(?: ((?:19|20)\d{2})(?= ))?)(?![\d:])/,
  m => {
    const year = m[4] ?? m[9];
    return {
      ...(year === undefined ? {} : { year: Number(year) }),
      month: monthNumber(m[2] ?? ''),
      day: Number(m[3]),
      hour: Number(m[5]),
      minute: Number(m[6]),
      second: Number(m[7]),
      millisecond: milliseconds(m[8]),
    };
  },
);

/** Common log format of web servers: `[22/Nov/2026:12:00:01 +0100]`, brackets optional; SOGo writes `GMT`. */
export const clfStamp: StampReader = reader(
  /\[?((\d{1,2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6}))?(?: ([+-]\d{4}|GMT|UTC))?)\]?/,
  m => ({
    year: Number(m[4]),
    month: monthNumber(m[3] ?? ''),
    day: Number(m[2]),
    hour: Number(m[5]),
    minute: Number(m[6]),
    second: Number(m[7]),
    millisecond: milliseconds(m[8]),
    offsetMinutes: offsetOf(m[9]),
  }),
);

/** PHP's and Roundcube's own logs: `[22-Nov-2026 12:00:01 +0100]`, `[22-Nov-2026 12:00:01 Europe/Berlin]`. */
export const phpStamp: StampReader = reader(
  /\[?((\d{2})-([A-Z][a-z]{2})-(\d{4}) (\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6}))?(?: ([+-]\d{4}|[A-Z][A-Za-z_/+-]{1,40}))?)\]?/,
  m => ({
    year: Number(m[4]),
    month: monthNumber(m[3] ?? ''),
    day: Number(m[2]),
    hour: Number(m[5]),
    minute: Number(m[6]),
    second: Number(m[7]),
    millisecond: milliseconds(m[8]),
    offsetMinutes: offsetOf(m[9]),
  }),
);

/** Apache's error log and asctime(3): `[Sat Jul 20 21:34:49.453232 2013]`, brackets optional. */
export const asctimeStamp: StampReader = reader(
  /\[?([A-Z][a-z]{2} ([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6}))? (\d{4}))\]?/,
  m => ({
    year: Number(m[8]),
    month: monthNumber(m[2] ?? ''),
    day: Number(m[3]),
    hour: Number(m[4]),
    minute: Number(m[5]),
    second: Number(m[6]),
    millisecond: milliseconds(m[7]),
  }),
);

/** nginx's error log: `2026/11/22 12:00:01`. */
export const slashedStamp: StampReader = reader(
  /((\d{4})\/(\d{2})\/(\d{2}) (\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?)(?![\d:])/,
  m => ({
    year: Number(m[2]),
    month: Number(m[3]),
    day: Number(m[4]),
    hour: Number(m[5]),
    minute: Number(m[6]),
    second: Number(m[7]),
    millisecond: milliseconds(m[8]),
  }),
);

/** RFC 5322 and HTTP dates: `Sun, 22 Nov 2026 12:00:01 +0100`. */
const mailDateStamp: StampReader = reader(
  /((?:[A-Z][a-z]{2}, )?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2}):(\d{2})(?: ([+-]\d{4}|GMT|UTC))?)(?![\d:])/,
  m => ({
    year: Number(m[4]),
    month: monthNumber(m[3] ?? ''),
    day: Number(m[2]),
    hour: Number(m[5]),
    minute: Number(m[6]),
    second: Number(m[7]),
    offsetMinutes: offsetOf(m[8]),
  }),
);

/** 9999-12-31. */
const epochMsMax = 253_402_300_799_999;

/** Milliseconds since 1970 as a stamp; `original` is what the log writes for it. */
export const epochStamp = (ms: number, original: string): Stamp | undefined => {
  if (!Number.isFinite(ms) || ms < 0 || ms > epochMsMax) return undefined;
  const at = new Date(ms);
  return {
    original,
    year: at.getUTCFullYear(),
    month: at.getUTCMonth() + 1,
    day: at.getUTCDate(),
    hour: at.getUTCHours(),
    minute: at.getUTCMinutes(),
    second: at.getUTCSeconds(),
    millisecond: at.getUTCMilliseconds(),
    offsetMinutes: 0,
  };
};

/**
 * A number since 1970, its unit told by its size: seconds (`1795348801`, `1795348801.123`), milliseconds,
 * microseconds (journald), nanoseconds.
 */
export const epochTextStamp = (text: string): Stamp | undefined => {
  const match = /^(\d{9,19})(?:\.(\d{1,9}))?$/.exec(text);
  if (match === null) return undefined;
  const [, whole = '', fraction] = match;
  if (whole.length <= 11) {
    return epochStamp(Number(whole) * 1_000 + (milliseconds(fraction) ?? 0), text);
  }
  const digits = whole.length <= 14 ? 0 : whole.length <= 17 ? 3 : 6;
  return epochStamp(Number(digits === 0 ? whole : whole.slice(0, 0 - digits)), text);
};

/** Labels of TAI64 count from 1970 with ten seconds that UTC had been behind by then. */
const taiSeconds = 10;

/** multilog's and tai64n's `@4000000065…`: TAI64N, seconds and nanoseconds. */
export const tai64Stamp: StampReader = (text, from = 0) => {
  if (!text.startsWith('@40000000', from)) return undefined;
  const label = text.slice(from + 1, from + 25);
  if (!/^[0-9a-f]{24}$/.test(label)) return undefined;
  const seconds = Number.parseInt(label.slice(8, 16), 16) - taiSeconds;
  const nanoseconds = Number.parseInt(label.slice(16), 16);
  const ms = seconds * 1_000 + Math.floor(Math.min(nanoseconds, 999_999_999) / 1_000_000);
  const stamp = epochStamp(ms, `@${label}`);
  return stamp === undefined ? undefined : { stamp, end: from + 25 };
};

const shapes: readonly StampReader[] = [
  isoStamp,
  rfc3164Stamp,
  clfStamp,
  phpStamp,
  asctimeStamp,
  slashedStamp,
  mailDateStamp,
  tai64Stamp,
];

/** Whatever of these stands at `from`, brackets around it allowed; for formats that write one of several. */
export const anyStamp: StampReader = (text, from = 0) => {
  const inner = text.charCodeAt(from) === 0x5b ? from + 1 : from;
  for (const shape of shapes) {
    const at = shape(text, inner);
    if (at === undefined) continue;
    const closes = inner > from && text.charCodeAt(at.end) === 0x5d;
    return closes ? { stamp: at.stamp, end: at.end + 1 } : at;
  }
  return undefined;
};
