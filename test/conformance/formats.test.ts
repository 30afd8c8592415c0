import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AccessEvent } from '../../src/core/access-event.ts';
import { openEnvelope } from '../../src/logs/envelope/open-envelope.ts';
import type { LogFormat, Parsed } from '../../src/logs/format.ts';
import { logFormats } from '../../src/logs/formats.generated.ts';
import { ocsfOf } from '../../src/logs/ocsf/ocsf.ts';
import { LogClock } from '../../src/logs/time/clock.ts';
import { utc } from '../../src/logs/time/zone.ts';
import { type FormatCase, formatCases, linesOf, readLines } from '../support/formats.ts';
import { ocsfFaults } from '../support/ocsf.ts';

const writtenByMs = Date.parse('2026-11-26T00:00:00Z');

/** A reader of this format alone, as it is however its lines look. */
const readerOf = (format: LogFormat): ((text: string) => Parsed) => {
  const clock = new LogClock({ zoneOf: () => utc, writtenByMs });
  const reader = format.open({ time: stamp => clock.read(stamp), openMax: 100 });
  let number = 0;
  return text => {
    number += 1;
    const envelope = openEnvelope({ text, number });
    const score = format.sniff(envelope);
    expect(score).toBeGreaterThanOrEqual(0);
    expect(score).toBeLessThanOrEqual(1);
    return reader.read(envelope);
  };
};

const context = { toolVersion: '0.1.0', processedMs: writtenByMs };

/** Texts of an event, wherever they stand. */
const textsOf = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsOf);
};

const unprintable =
  /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]/u;

const sound = (parsed: Parsed, lineChars: number, format: string): void => {
  if ('quiet' in parsed) return;
  if ('unparsed' in parsed) {
    expect(parsed.unparsed).not.toBe('');
    expect(parsed.unparsed.length).toBeLessThan(500);
    return;
  }
  const { event } = parsed;
  expect(event.component).not.toBe('');
  expect((event.detail ?? '').length).toBeLessThanOrEqual(1_000);
  for (const text of textsOf({ ...event, time: undefined })) {
    expect(unprintable.test(text), JSON.stringify(text)).toBe(false);
  }
  // A Postfix line tells what earlier ones said, and an export's record names thousands of messages.
  expect(JSON.stringify(event).length).toBeLessThanOrEqual(40_000 + 20 * lineChars);
  expect(ocsfFaults(ocsfOf(event, { log: 'x', line: 1, format }, context))).toEqual([]);
};

const plain = (event: AccessEvent): unknown => JSON.parse(JSON.stringify(event));

const named = (cases: readonly FormatCase[]): readonly (readonly [string, FormatCase])[] =>
  cases.map(each => [each.name, each] as const);

describe.each(logFormats.map(format => [format.id, format] as const))('%s', (id, format) => {
  const cases = formatCases(id);
  const own = cases.filter(each => each.context.matches !== false);
  const foreign = cases.filter(each => each.context.matches === false);

  test('has cases, one of them of lines that are not its own', () => {
    expect(own.length).toBeGreaterThan(0);
    expect(foreign.length).toBeGreaterThan(0);
    expect(format.title).not.toBe('');
  });

  test.each(named(own))('reads %s', (_, { text, expected, context: given }) => {
    const read = readLines(logFormats, text, given);
    const events = read.flatMap(({ parsed }) => ('event' in parsed ? [plain(parsed.event)] : []));
    expect(events).toEqual(expected);
    expect(read.flatMap(({ line, parsed }) => ('unparsed' in parsed ? [line.number] : []))).toEqual(
      given.unparsed ?? [],
    );
    expect(new Set(read.flatMap(each => ('event' in each.parsed ? [each.format] : [])))).toEqual(
      new Set(expected.length === 0 ? [] : [id]),
    );
    for (const { line, parsed } of read) sound(parsed, line.text.length, id);
  });

  test.each(named(foreign))('leaves %s to others', (_, { text, context: given }) => {
    for (const line of linesOf(text)) expect(format.sniff(openEnvelope(line))).toBeLessThan(0.5);
    const read = readLines(logFormats, text, given);
    expect(read.filter(each => 'event' in each.parsed && each.format === id)).toEqual([]);
  });

  test.each(named(own))(
    'gives one answer for each line of %s, however it is cut',
    (_, { text }) => {
      const read = readerOf(format);
      for (const { text: line } of linesOf(text)) {
        const step = Math.max(1, Math.floor(line.length / 12));
        for (let length = 0; length <= line.length; length += step) {
          sound(read(line.slice(0, length)), length, id);
          sound(read(line.slice(length)), line.length - length, id);
        }
      }
    },
  );

  test('survives lines that were changed', () => {
    const lines = own.flatMap(({ text }) => linesOf(text).map(line => line.text)).slice(0, 300);
    if (lines.length === 0) return;
    const read = readerOf(format);
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.constantFrom(
        '<',
        '>',
        '"',
        '\\',
        '\0',
        '\u202e',
        '\ud800',
        '=',
        ', ',
        ': ',
        '[',
        ']',
        '{}',
        '99999999999999999999',
        '__proto__',
        'Nov 22 12:00:00 vm dovecot: ',
      ),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...lines),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(8),
        piece,
        (line, where, cut, by) => {
          const at = Math.floor(where * line.length);
          const changed = line.slice(0, at) + by + line.slice(at + cut);
          sound(read(changed), changed.length, id);
        },
      ),
      { numRuns: 400 },
    );
  });

  test('survives noise', () => {
    const read = readerOf(format);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), bytes => {
        const text = Buffer.from(bytes).toString('utf8').replaceAll('\n', ' ');
        sound(read(text), text.length, id);
      }),
      { numRuns: 200 },
    );
  });

  test('reads a line of a megabyte in a time that grows with its length alone', () => {
    const lines = own.flatMap(({ text }) => linesOf(text).map(line => line.text));
    // One of each shape, so that the test ends: lines are told apart by what they begin and end with.
    const shapes = [...new Map(lines.map(line => [line.slice(16, 50), line])).values()].slice(0, 8);
    const fillers = ['a', ' ', '<', '(', '"', '\\', ', a=<b', ' [', '{"a":', ': ', "' ", '=?', '@'];
    for (const line of shapes) {
      for (const filler of fillers) {
        const at = Math.floor(line.length * 0.6);
        const long =
          line.slice(0, at) + filler.repeat(Math.ceil(1_000_000 / filler.length)) + line.slice(at);
        const read = readerOf(format);
        const before = performance.now();
        const parsed = read(long);
        const tookMs = performance.now() - before;
        sound(parsed, 20_000, id);
        expect(tookMs, `${JSON.stringify(filler)} in ${line.slice(0, 200)}`).toBeLessThan(1_500);
      }
    }
  }, 240_000);
});
