import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keptOf, leavesIn, SimulatedStore } from '../../../test/support/evidence-run.ts';
import type { Evidence } from '../../evidence/open.ts';
import type { SegmentLeaf } from '../../evidence/verify/leaf.ts';
import { logFormats } from '../../logs/formats.generated.ts';
import { recordKeysIn } from '../../logs/sources/record-key.ts';
import { LogClock } from '../../logs/time/clock.ts';
import { LogKeeper } from './keep-log.ts';
import { zonesOf } from './zones.ts';

const nowMs = Date.parse('2026-06-30T12:00:00Z');

const record = (n: number): string =>
  JSON.stringify({
    CreationTime: '2026-06-29T10:00:00',
    Id: `0b5f3a52-0000-4e0e-9d43-${String(n).padStart(12, '0')}`,
    Operation: 'MailItemsAccessed',
    RecordType: 50,
    Workload: 'Exchange',
    UserId: 'mai@example.jp',
  });

const keep = async (
  evidence: Evidence,
  id: string,
  text: string,
  chunkBytes = 1_000,
): Promise<{ readonly again: number; readonly offset: number }> => {
  const source = await evidence.source(id);
  let again = 0;
  const keeper = new LogKeeper({
    source,
    formats: logFormats,
    now: () => nowMs,
    cameAgain: () => {
      again += 1;
    },
  });
  keeper.begin({
    name: id,
    clock: new LogClock({ zoneOf: zonesOf('UTC', 'zone', 'UTC'), writtenByMs: nowMs }),
    positionAt: ({ offset, line }) => JSON.stringify([offset, line]),
  });
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    await keeper.push(Uint8Array.from(bytes.subarray(at, at + chunkBytes)));
  }
  const { offset } = await keeper.end();
  return { again, offset };
};

const open = (store: SimulatedStore): Promise<Evidence> =>
  store.open({ recordsIn: recordKeysIn, now: () => new Date(nowMs), segmentBytes: 1 << 20 });

describe('records that are delivered again', () => {
  test('are kept once, and every other line as often as it comes', async () => {
    const store = new SimulatedStore();
    const evidence = await open(store);
    const text = `${record(1)}\n{"a":1}\n${record(2)}\r\n{"a":1}\n${record(1)}\n\n${record(3)}`;
    expect(await keep(evidence, 'a.json', text)).toEqual({
      again: 1,
      offset: Buffer.byteLength(text),
    });
    expect(await keep(evidence, 'b.json', `${record(3)}\n${record(4)}\n`)).toMatchObject({
      again: 1,
    });
    await evidence.close();
    expect(keptOf(store.reader, 'a.json')).toBe(
      `${record(1)}\n{"a":1}\n${record(2)}\r\n{"a":1}\n\n${record(3)}`,
    );
    expect(keptOf(store.reader, 'b.json')).toBe(`${record(4)}\n`);
    const first = leavesIn(store.reader).find(
      (leaf): leaf is SegmentLeaf => leaf.kind === 'segment',
    );
    expect(first?.to).toBe(JSON.stringify([Buffer.byteLength(text), 7]));
  });

  test('are told from others however the bytes come', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(6), { maxLength: 12 }),
        fc.integer({ min: 1, max: 300 }),
        async (numbers, chunkBytes) => {
          const store = new SimulatedStore();
          const evidence = await open(store);
          const text = numbers.map(n => `${record(n)}\n`).join('');
          const { again, offset } = await keep(evidence, 'a.json', text, chunkBytes);
          await evidence.close();
          const once = [...new Set(numbers)];
          expect([again, offset]).toEqual([numbers.length - once.length, text.length]);
          expect(keptOf(store.reader, 'a.json')).toBe(once.map(n => `${record(n)}\n`).join(''));
        },
      ),
      { numRuns: 20 },
    );
  });
});
