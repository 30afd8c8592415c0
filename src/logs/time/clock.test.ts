import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Stamp } from '../stamp.ts';
import { LogClock } from './clock.ts';
import { isoStamp, rfc3164Stamp } from './stamps.ts';
import { YearScanner } from './year-scanner.ts';
import { firstYear } from './years.ts';
import { utc, zoneNamed } from './zone.ts';

const dayMs = 86_400_000;
const names = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** As syslogd of a host in UTC writes it. */
const written = (ms: number): string => {
  const at = new Date(ms);
  const time = at.toISOString().slice(11, 19);
  return `${names[at.getUTCMonth()]} ${String(at.getUTCDate()).padStart(2)} ${time}`;
};

const stampOf = (text: string): Stamp => {
  const stamp = (rfc3164Stamp(text) ?? isoStamp(text))?.stamp;
  if (stamp === undefined) throw new Error(text);
  return stamp;
};

const scanOf = (lines: readonly string[], chunkBytes = 1_000): ReturnType<YearScanner['end']> => {
  const scanner = new YearScanner();
  const bytes = Buffer.from(lines.map(line => `${line} vm dovecot: x\n`).join(''));
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    scanner.push(bytes.subarray(at, at + chunkBytes));
  }
  return scanner.end();
};

const clockOver = (lines: readonly string[], writtenByMs: number): LogClock => {
  const scan = scanOf(lines);
  return new LogClock({
    zoneOf: () => utc,
    writtenByMs,
    ...(scan === undefined ? {} : { firstYear: firstYear(scan, writtenByMs) }),
  });
};

const resolved = (
  lines: readonly string[],
  writtenByMs: number,
): readonly (number | undefined)[] => {
  const clock = clockOver(lines, writtenByMs);
  return lines.map((line, i) => {
    const stamp = stampOf(line);
    clock.pass(stamp, 'vm', i + 1);
    return clock.read(stamp).atMs;
  });
};

describe('stamps without a year', () => {
  const start = fc.integer({ min: Date.UTC(1998, 0, 1), max: Date.UTC(2039, 0, 1) });
  const steps = fc.array(fc.integer({ min: 0, max: 150 * dayMs }), { maxLength: 60 });

  test('over several New Years are of their true years, in their order, by the time the file was written', () => {
    fc.assert(
      fc.property(start, steps, fc.integer({ min: 0, max: 100 * dayMs }), (from, gaps, idleMs) => {
        let at = Math.floor(from / 1_000) * 1_000;
        const times = [at];
        for (const gap of gaps) {
          at += Math.floor(gap / 1_000) * 1_000;
          times.push(at);
        }
        expect(resolved(times.map(written), at + idleMs)).toEqual(times);
      }),
      { numRuns: 500 },
    );
  });

  test('come late by days without a year passing', () => {
    const times = ['2025-12-30', '2026-01-02', '2025-12-31', '2026-01-01', '2026-01-03'].map(day =>
      Date.parse(`${day}T12:00:00Z`),
    );
    expect(resolved(times.map(written), Date.parse('2026-01-05T00:00:00Z'))).toEqual(times);
  });

  test('of a clock that had lost its time do not add a year', () => {
    const lines = ['Nov 20 10:00:00', 'Jan  1 00:00:10', 'Jan  1 00:01:00', 'Nov 22 11:00:00'];
    const times = resolved(lines, Date.parse('2026-11-23T00:00:00Z'));
    expect(times[0]).toBe(Date.parse('2026-11-20T10:00:00Z'));
    expect(times[3]).toBe(Date.parse('2026-11-22T11:00:00Z'));
  });

  test('on 29 February are of a leap year, whenever the file was copied', () => {
    const lines = ['Feb 28 10:00:00', 'Feb 29 10:00:00', 'Mar  1 10:00:00'];
    expect(resolved(lines, Date.parse('2026-11-23T00:00:00Z'))[1]).toBe(
      Date.parse('2024-02-29T10:00:00Z'),
    );
  });

  test('of yesterday in December are of last year where the file was written in January', () => {
    expect(resolved(['Dec 31 23:59:59'], Date.parse('2026-01-01T00:00:01Z'))).toEqual([
      Date.parse('2025-12-31T23:59:59Z'),
    ]);
    expect(resolved(['Jan  1 00:30:00'], Date.parse('2025-12-31T23:31:00Z'))).toEqual([
      Date.parse('2026-01-01T00:30:00Z'),
    ]);
  });

  test('follow lines that have one', () => {
    const clock = new LogClock({
      zoneOf: () => utc,
      writtenByMs: Date.parse('2026-11-23T00:00:00Z'),
    });
    expect(clock.read(stampOf('2019-12-30T10:00:00Z')).atMs).toBe(
      Date.parse('2019-12-30T10:00:00Z'),
    );
    expect(clock.read(stampOf('Jan  2 10:00:00')).atMs).toBe(Date.parse('2020-01-02T10:00:00Z'));
  });

  test('are marked, and keep what was written', () => {
    const clock = clockOver(['Nov 22 10:00:00'], Date.parse('2026-11-23T00:00:00Z'));
    expect(clock.read(stampOf('Nov 22 10:00:00'))).toEqual({
      atMs: Date.parse('2026-11-22T10:00:00Z'),
      original: 'Nov 22 10:00:00',
      offsetMinutes: 0,
      assumed: ['year'],
    });
  });

  test('are counted alike however the bytes come', () => {
    const lines = ['Dec 30 00:00:00', 'Jan  3 00:00:00', 'Feb 29 00:00:00', 'Jan 31 00:00:00'];
    const whole = scanOf(lines);
    for (let chunk = 1; chunk < 120; chunk++) expect(scanOf(lines, chunk)).toEqual(whole);
    expect(whole).toEqual({ years: 2, month: 1, day: 31, leapYears: [1] });
  });
});

describe('stamps without a zone', () => {
  const berlin = zoneNamed('Europe/Berlin');
  const clockIn = (): LogClock =>
    new LogClock({
      zoneOf: () => berlin ?? utc,
      writtenByMs: Date.parse('2026-11-23T00:00:00Z'),
    });

  test('are of the zone that is said, summer time included', () => {
    const clock = clockIn();
    expect(clock.read(stampOf('2026-07-01T12:00:00'))).toEqual({
      atMs: Date.parse('2026-07-01T10:00:00Z'),
      original: '2026-07-01T12:00:00',
      offsetMinutes: 120,
    });
    expect(clock.read(stampOf('2026-11-01T12:00:00')).offsetMinutes).toBe(60);
  });

  test('of the hour that comes twice are told apart by their order', () => {
    const clock = clockIn();
    const at = (text: string): number | undefined => clock.read(stampOf(text)).atMs;
    expect(at('2026-10-25T02:30:00')).toBe(Date.parse('2026-10-25T00:30:00Z'));
    expect(at('2026-10-25T02:59:00')).toBe(Date.parse('2026-10-25T00:59:00Z'));
    expect(at('2026-10-25T02:01:00')).toBe(Date.parse('2026-10-25T01:01:00Z'));
    expect(clock.read(stampOf('2026-10-25T02:02:00')).assumed).toEqual(['zone']);
    expect(clock.stepCount).toBe(0);
  });

  test('of the hour that does not exist are read as if clocks had not been set yet', () => {
    const time = clockIn().read(stampOf('2026-03-29T02:30:00'));
    expect(time.atMs).toBe(Date.parse('2026-03-29T01:30:00Z'));
    expect(time.assumed).toEqual(['zone']);
  });

  test('are marked where nobody said which', () => {
    const zone = zoneNamed('Asia/Tokyo', true) ?? utc;
    const clock = new LogClock({
      zoneOf: () => zone,
      writtenByMs: Date.parse('2026-11-23T00:00:00Z'),
    });
    expect(clock.read(stampOf('2026-11-01T09:00:00'))).toMatchObject({
      atMs: Date.parse('2026-11-01T00:00:00Z'),
      assumed: ['zone'],
    });
    expect(clock.read(stampOf('2026-11-01T09:00:00+01:00')).assumed).toBeUndefined();
  });

  test('a zone is one that exists', () => {
    expect(zoneNamed('Mars/Olympus')).toBeUndefined();
    expect(zoneNamed('../etc/passwd')).toBeUndefined();
    expect(zoneNamed('+09:00')?.at(0).offsetMinutes).toBe(540);
    expect(zoneNamed('Australia/Lord_Howe')?.at(Date.UTC(2026, 6, 1)).offsetMinutes).toBe(630);
  });
});

describe('clocks', () => {
  test('that were set back are named with the line; disorder and other hosts are not', () => {
    const clock = new LogClock({
      zoneOf: () => utc,
      writtenByMs: Date.parse('2026-11-23T00:00:00Z'),
    });
    const pass = (text: string, host: string, line: number): void =>
      clock.pass(stampOf(text), host, line);
    pass('Nov 22 10:00:00', 'a', 1);
    pass('Nov 22 09:59:30', 'a', 2);
    pass('Nov 22 08:00:00', 'b', 3);
    pass('Nov 22 09:00:00', 'a', 4);
    pass('Nov 22 09:00:10', 'a', 5);
    expect(clock.steps).toEqual([{ line: 4, host: 'a', seconds: 3_600 }]);
  });

  test('of lines that are read as they are sent are of the latest year that is not to come, each by itself', () => {
    let nowMs = Date.parse('2026-12-31T23:59:00Z');
    const clock = new LogClock({ zoneOf: () => utc, writtenByMs: nowMs, nowMs: () => nowMs });
    const year = (text: string): number | undefined => {
      const stamp = stampOf(text);
      clock.pass(stamp, undefined, 1);
      return new Date(clock.read(stamp).atMs ?? 0).getUTCFullYear();
    };
    expect(year('Dec 31 23:58:59')).toBe(2026);
    expect(year('Jan  1 00:00:02')).toBe(2027);
    expect(year('Jan  5 00:00:00')).toBe(2026);
    expect(year('Dec 31 23:59:00')).toBe(2026);
    expect(year('Feb 29 00:00:00')).toBe(2024);
    nowMs = Date.parse('2027-01-10T00:00:00Z');
    expect(year('Jan  5 00:00:00')).toBe(2027);
  });

  test('show a leap second, which is the first of the next minute', () => {
    const clock = new LogClock({
      zoneOf: () => utc,
      writtenByMs: Date.parse('2017-01-02T00:00:00Z'),
    });
    expect(clock.read(stampOf('2016-12-31T23:59:60Z')).atMs).toBe(
      Date.parse('2017-01-01T00:00:00Z'),
    );
  });

  test('never make a number of what is none', () => {
    fc.assert(
      fc.property(
        fc.record(
          {
            original: fc.string(),
            year: fc.integer({ min: 1_970, max: 9_999 }),
            month: fc.integer({ min: 1, max: 12 }),
            day: fc.integer({ min: 1, max: 31 }),
            hour: fc.integer({ min: 0, max: 23 }),
            minute: fc.integer({ min: 0, max: 59 }),
            second: fc.integer({ min: 0, max: 60 }),
            offsetMinutes: fc.integer({ min: -1_080, max: 1_080 }),
          },
          { requiredKeys: ['original', 'hour', 'minute', 'second'] },
        ),
        given => {
          const clock = new LogClock({ zoneOf: () => utc, writtenByMs: 1_795_348_801_000 });
          clock.pass(given, undefined, 1);
          expect(Number.isFinite(clock.read(given).atMs)).toBe(true);
        },
      ),
    );
  });
});
