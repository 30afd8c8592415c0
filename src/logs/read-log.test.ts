import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AccessEvent } from '../core/access-event.ts';
import type { Envelope, LogFormat, Parsed } from './format.ts';
import { LogReading, type ReadLine } from './read-log.ts';
import { LogClock } from './time/clock.ts';
import { utc } from './time/zone.ts';

const clock = (): LogClock =>
  new LogClock({ zoneOf: () => utc, writtenByMs: Date.parse('2026-11-26T00:00:00Z') });

const event = (envelope: Envelope, detail: string): Parsed => {
  const told: AccessEvent = {
    kind: 'other',
    time: { original: '' },
    outcome: 'unknown',
    component: 'x',
    detail,
    ...(envelope.host === undefined ? {} : { host: envelope.host }),
  };
  return { event: told };
};

/** Reads lines of its program, and in files of its own those that begin with its name. */
const format = (id: string, read?: (envelope: Envelope) => Parsed): LogFormat => ({
  id,
  title: id,
  sniff: ({ program, message }) =>
    program === undefined ? (message.startsWith(`${id} `) ? 0.8 : 0) : program === id ? 1 : 0,
  open: () => {
    let count = 0;
    return {
      read: envelope => {
        if (read !== undefined) return read(envelope);
        const isOwn = envelope.program === id || envelope.message.startsWith(`${id} `);
        if (!isOwn) return { unparsed: 'not mine' };
        count += 1;
        return event(envelope, `${id} ${count}`);
      },
    };
  },
});

const read = (
  formats: readonly LogFormat[],
  ...files: readonly (readonly string[])[]
): readonly ReadLine[] => {
  const taken: ReadLine[] = [];
  const reading = new LogReading({ formats, clock: clock(), take: each => taken.push(each) });
  for (const [i, lines] of files.entries()) {
    if (i > 0) reading.next(clock());
    for (const [j, text] of lines.entries()) reading.push({ text, number: j + 1 });
  }
  reading.end();
  return taken;
};

const told = (lines: readonly ReadLine[]): readonly string[] =>
  lines.map(({ parsed, repeated }) => {
    const times = repeated === undefined ? '' : ` x${repeated}`;
    if ('event' in parsed) return `${parsed.event.detail}${times}`;
    return 'quiet' in parsed ? `quiet: ${parsed.quiet}` : `unparsed: ${parsed.unparsed}`;
  });

const two = [format('alpha'), format('beta')];
const syslog = (program: string, text = 'x', host = 'vm'): string =>
  `Nov 22 12:00:01 ${host} ${program}: ${text}`;

describe('a log', () => {
  test('of several programs is read by the format of each, which keeps what it knows', () => {
    const lines = [syslog('alpha'), syslog('beta'), syslog('gamma'), syslog('alpha'), ''];
    expect(told(read(two, lines))).toEqual([
      'alpha 1',
      'beta 1',
      'unparsed: no format knows a program of this name',
      'alpha 2',
      'quiet: empty',
    ]);
  });

  test('of one program is read by its format, and lines of another one by that', () => {
    expect(told(read(two, ['alpha a', 'alpha b', 'beta c', 'gamma', 'alpha d']))).toEqual([
      'alpha 1',
      'alpha 2',
      'beta 1',
      'unparsed: not mine',
      'alpha 3',
    ]);
  });

  test('that goes on in another file is the same log', () => {
    expect(told(read(two, [syslog('alpha')], [syslog('alpha'), syslog('beta')]))).toEqual([
      'alpha 1',
      'alpha 2',
      'beta 1',
    ]);
  });

  test('whose lines came several times has them so often', () => {
    const lines = [
      syslog('alpha'),
      'Nov 22 12:00:02 vm last message repeated 3 times',
      'Nov 22 12:00:02 other last message repeated 3 times',
      syslog('alpha[1]', 'message repeated 2 times: [ x]'),
    ];
    expect(told(read(two, lines))).toEqual([
      'alpha 1',
      'alpha 1 x3',
      'unparsed: no format knows such a line',
      'alpha 2 x2',
    ]);
  });

  test('goes on behind a line that a format fails on', () => {
    const failing = format('alpha', () => {
      throw new TypeError('alice@example.jp');
    });
    expect(told(read([failing, format('beta')], [syslog('alpha'), syslog('beta')]))).toEqual([
      'unparsed: the format alpha failed on it: TypeError',
      'beta 1',
    ]);
  });

  test('flags events of lines that were cut', () => {
    const taken: ReadLine[] = [];
    const reading = new LogReading({
      formats: two,
      clock: clock(),
      take: each => taken.push(each),
    });
    reading.push({ text: syslog('alpha'), number: 1, truncated: true });
    reading.end();
    expect(taken[0]?.parsed).toMatchObject({ event: { flags: ['truncated'] } });
  });

  test('gives each line back once, in its place', () => {
    const line = fc.oneof(
      fc.constantFrom(syslog('alpha'), syslog('beta'), 'alpha x', 'beta x', '', 'y'),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 500 }), lines => {
        expect(read(two, lines).map(each => each.line.text)).toEqual(lines);
      }),
      { numRuns: 200 },
    );
  });
});
