/** The line that stands before each message of an mbox (RFC 4155, appendix A), and what other programs make of it. */
export interface FromLine {
  /** Milliseconds since 1970, where the line says of which zone its time is. */
  readonly ms?: number;
  /** The time as if it were UTC. */
  readonly wallMs?: number;
}

const months = 'JanFebMarAprMayJunJulAugSepOctNovDec';

/**
 * `Thu Nov 26 07:40:20 2026` with a zone before or behind the year, seconds left out, day and month the other
 * way round. It may stand behind anything: senders have blanks in them ("taro at example.jp").
 */
const datePattern =
  /(?:^| )(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? {1,3}(?:(?<m1>[A-Z][a-z]{2}) {1,3}(?<d1>[0-3]?\d)|(?<d2>[0-3]?\d) (?<m2>[A-Z][a-z]{2})(?: (?<y2>\d{4}))?),? {1,3}(?<h>[0-2]?\d):(?<mi>[0-5]\d)(?::(?<s>[0-6]\d))?(?: {1,3}(?<z1>[A-Z]{1,5}|[+-]\d{4}))?(?: {1,3}(?<y1>\d{4}))?(?: {1,3}(?<z2>[+-]\d{4}))?/;

const zoneMs = (zone: string | undefined): number | undefined => {
  if (zone === 'UTC' || zone === 'GMT') return 0;
  if (zone === undefined || !/^[+-]\d{4}$/.test(zone)) return undefined;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3));
  return minutes * (zone.startsWith('-') ? -60_000 : 60_000);
};

/** @param line without its end; nothing when no date stands in it. */
export const readFromLine = (line: string): FromLine | undefined => {
  if (!line.startsWith('From ')) return undefined;
  const found = datePattern.exec(line)?.groups;
  if (found === undefined) return undefined;
  const month = months.indexOf(found.m1 ?? found.m2 ?? '');
  const year = Number(found.y1 ?? found.y2 ?? Number.NaN);
  if (month < 0 || month % 3 !== 0 || Number.isNaN(year)) return undefined;
  const day = Number(found.d1 ?? found.d2);
  const wallMs = Date.UTC(
    year,
    month / 3,
    day,
    Number(found.h),
    Number(found.mi),
    Number(found.s ?? 0),
  );
  const zone = zoneMs(found.z2 ?? found.z1);
  return zone === undefined ? { wallMs } : { wallMs, ms: wallMs - zone };
};

const headerPattern = /^(?:>From |[!-9;-~]{1,76}:)/;

/** Whether a header could begin there. */
export const looksLikeHeader = (text: string): boolean => headerPattern.test(text);
