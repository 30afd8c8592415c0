import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import '../../../test/support/seed.ts';
import { type AccessEvent, eventKinds } from '../../core/access-event.ts';
import type { ReadLine } from '../read-log.ts';
import { withoutSecrets } from '../redact.ts';
import { textColumns } from './columns.ts';
import { RowDecoder, type StoredRow } from './decode.ts';
import { RowPacker } from './row-packer.ts';
import { type RowPart, RowSink } from './row-sink.ts';
import { unpackRows } from './unpack-rows.ts';

/** As a file gives a row back: texts went through UTF-8. */
const stored = (part: RowPart, row: number): StoredRow => {
  const texts: Partial<Record<(typeof textColumns)[number], string>> = {};
  for (const column of textColumns) {
    const code = part.codes[column][row] ?? -1;
    const text = part.interners[column].texts[code];
    if (text !== undefined) texts[column] = Buffer.from(text).toString();
  }
  const time = part.timeMs[row] ?? Number.NaN;
  return { timeMs: Number.isNaN(time) ? undefined : time, texts };
};

const anyText = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  // Halves of characters, which JSON can bring.
  fc.string({ unit: fc.constantFrom('\ud800', '\udfff', 'a', '~', '=', '#', '.', '1') }),
  fc.constantFrom('', '~', '~1.2', '=x', '#1.1', '{}', '0', '203.0.113.9', 'a@example.jp', '𐀀'),
);
const anyNumber = fc.oneof(
  fc.nat(),
  fc.constantFrom(0, 1, -1, 2 ** 53, 1e300, 0.5, 1_751_155_200_123),
);

/** All keys that an event can have, and texts wherever it can have any. */
const anyEvent = fc.record(
  {
    kind: fc.constantFrom(...eventKinds),
    time: fc.record(
      {
        atMs: fc.oneof(fc.integer({ min: -1e14, max: 1e14 }), fc.constantFrom(0.25, 1e18)),
        original: anyText,
        offsetMinutes: fc.integer({ min: -840, max: 840 }),
        assumed: fc.constantFrom(['year'] as const, ['year', 'zone'] as const),
      },
      { requiredKeys: ['original'], noNullPrototype: true },
    ),
    outcome: fc.constantFrom('success' as const, 'failure' as const, 'unknown' as const),
    user: fc.record(
      { name: anyText, uid: anyText },
      { requiredKeys: ['name'], noNullPrototype: true },
    ),
    actor: fc.record(
      { name: anyText, uid: anyText },
      { requiredKeys: ['name'], noNullPrototype: true },
    ),
    app: fc.record({ name: anyText, uid: anyText }, { requiredKeys: [], noNullPrototype: true }),
    from: fc.record(
      { ip: anyText, port: anyNumber, host: anyText },
      { requiredKeys: [], noNullPrototype: true },
    ),
    through: fc.record(
      { ip: anyText, port: anyNumber, host: anyText },
      { requiredKeys: [], noNullPrototype: true },
    ),
    component: anyText,
    service: anyText,
    host: anyText,
    pid: anyNumber,
    session: anyText,
    tls: fc.boolean(),
    folder: anyText,
    count: anyNumber,
    bytes: fc.oneof(anyNumber, fc.constantFrom(2 ** 31 - 1, -(2 ** 31), 2 ** 31)),
    direction: fc.constantFrom('inbound' as const, 'outbound' as const),
    eventUid: anyText,
    to: fc.record({ ip: anyText }, { requiredKeys: [], noNullPrototype: true }),
    messages: fc.array(
      fc.record(
        { messageId: anyText, uid: anyNumber, to: fc.array(anyText, { maxLength: 12 }) },
        { requiredKeys: [], noNullPrototype: true },
      ),
      { maxLength: 10 },
    ),
    authMethod: anyText,
    detail: anyText,
    request: fc.record(
      { path: anyText, status: anyNumber },
      { requiredKeys: [], noNullPrototype: true },
    ),
    change: fc.dictionary(anyText, anyText, { maxKeys: 3, noNullPrototype: true }),
    flags: fc.constantFrom(['secret'] as const, ['truncated', 'throttled'] as const),
  },
  { requiredKeys: ['kind', 'time', 'outcome', 'component'], noNullPrototype: true },
);

const textsOf = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number') return [String(value)];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
};

const readOf = (event: AccessEvent, text: string, more: Partial<ReadLine['line']>): ReadLine => ({
  line: { text, number: 7, ...more },
  parsed: { event },
  format: 'postfix',
});

describe('rows', () => {
  test('give back the very event, whatever stands in it and in its line', () => {
    const decoder = new RowDecoder();
    const sink = new RowSink();
    const packer = new RowPacker();
    const cases = fc.array(
      fc.tuple(anyEvent, fc.infiniteStream(fc.nat({ max: 5 })), anyText, fc.boolean()),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(cases, given => {
        const reads = given.map(([event, shuffle, noise, truncated]) => {
          // A line that holds some of the event's texts, between what stands in lines.
          const between = [' ', ': ', '=<', '>, ', noise, ''];
          const line = textsOf(event).flatMap(each => [
            between[shuffle.next().value ?? 0] ?? '',
            (shuffle.next().value ?? 0) > 1 ? each : '',
          ]);
          return readOf(event, line.join(''), truncated ? { truncated } : {});
        });
        for (const [i, read] of reads.entries()) {
          sink.add(i, 'mail.log', read);
          packer.add(i, 'mail.log', read);
        }
        const part = sink.take();
        const packed = packer.take();
        const isOfThem = unpackRows(packed, sink, at => reads[at]?.line.text);
        expect(isOfThem).toBe(true);
        const unpacked = sink.take();
        for (const each of [part, unpacked]) {
          expect(each.count).toBe(reads.length);
          for (const [i, { parsed, line }] of reads.entries()) {
            const text = line.truncated === true ? '' : line.text;
            expect(decoder.decode(stored(each, i), text).parsed).toStrictEqual(parsed);
          }
        }
        for (const column of ['sequence', 'timeMs', 'lineInPart', 'check'] as const) {
          expect(unpacked[column]).toEqual(part[column]);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('hold lines that no format understands, with the reason, and no quiet ones', () => {
    const sink = new RowSink();
    const line = { text: 'x', number: 1 };
    sink.add(0, 'mail.log', { line, parsed: { quiet: 'empty' } });
    sink.add(1, 'mail.log', {
      line: { ...line, truncated: true },
      parsed: { unparsed: 'too "odd"' },
    });
    const part = sink.take();
    expect([part.count, part.lineInPart[0]]).toEqual([1, 1]);
    expect(new RowDecoder().decode(stored(part, 0), '')).toEqual({
      parsed: { unparsed: 'too "odd"' },
      truncated: true,
    });
  });

  test('refer to what stands in the line, and do not say it again', () => {
    const text =
      'Jun 29 00:00:00 mail01 postfix/smtp[2241]: BBF71372C9: to=<kato@example.jp>, size=815';
    const event: AccessEvent = {
      kind: 'message.delivered',
      time: { atMs: 1_782_691_200_000, original: 'Jun 29 00:00:00', offsetMinutes: 0 },
      outcome: 'success',
      component: 'postfix',
      pid: 2241,
      messages: [{ queueId: 'BBF71372C9', to: ['kato@example.jp'], sizeBytes: 815 }],
    };
    const sink = new RowSink();
    sink.add(0, 'mail.log', readOf(event, text, {}));
    const row = stored(sink.take(), 0);
    expect(row.texts.more).toBeUndefined();
    expect(row.texts.rest).not.toMatch(/BBF7|kato|815|2241|Jun/);
    expect(new RowDecoder().decode(row, text).parsed).toEqual({ event });
  });

  test('hold no secret that was taken out of what is kept', () => {
    const secret = 'Hunter2-correct-horse';
    fc.assert(
      fc.property(
        fc.constantFrom('password=', 'token: ', 'AUTH PLAIN '),
        anyText,
        (name, noise) => {
          const text = `${noise} ${name}${secret} ${noise}`;
          const event: AccessEvent = {
            kind: 'other',
            time: { original: '' },
            outcome: 'unknown',
            component: 'postfix',
            detail: withoutSecrets(text).text,
            flags: ['secret'],
          };
          const sink = new RowSink();
          sink.add(0, 'mail.log', readOf(event, text, {}));
          const part = sink.take();
          expect(JSON.stringify(stored(part, 0))).not.toContain(secret);
          const back = new RowDecoder().decode(stored(part, 0), text).parsed;
          expect(back).toEqual({ event });
          expect(JSON.stringify(back)).not.toContain(secret);
        },
      ),
    );
  });
});
