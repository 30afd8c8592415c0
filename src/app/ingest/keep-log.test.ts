import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { leavesIn, SimulatedStore } from '../../../test/support/evidence-run.ts';
import type { SegmentLeaf } from '../../evidence/verify/leaf.ts';
import { readSegmentFile, segmentPath } from '../../evidence/verify/segment-file.ts';
import { logFormats } from '../../logs/formats.generated.ts';
import type { ReadLine } from '../../logs/read-log.ts';
import type { Joined } from '../../logs/sources/joined-lines.ts';
import { LogClock } from '../../logs/time/clock.ts';
import { LogKeeper, type LogToKeep, type Place, type RowSink } from './keep-log.ts';
import { zonesOf } from './zones.ts';

const nowMs = Date.parse('2026-06-30T12:00:00Z');
const log = (more: Partial<LogToKeep> = {}): LogToKeep => ({
  name: '/var/log/mail.log',
  clock: new LogClock({ zoneOf: zonesOf('UTC', 'zone', 'UTC'), writtenByMs: nowMs }),
  positionAt: ({ offset, line, isWithinLine }) => JSON.stringify([offset, line, isWithinLine]),
  ...more,
});

interface Kept {
  readonly text: Buffer;
  readonly segments: readonly SegmentLeaf[];
}

const keptIn = (store: SimulatedStore): Kept => {
  const segments = leavesIn(store.reader).filter(leaf => leaf.kind === 'segment');
  const raws = segments.map(({ source, day, seq }) => {
    const file = store.reader.read(segmentPath(source, day, seq)) ?? Buffer.alloc(0);
    const read = readSegmentFile(file);
    if (!read.ok) throw new Error(read.why);
    return read.raw;
  });
  return { text: Buffer.concat(raws), segments };
};

interface Run {
  readonly kept: Kept;
  readonly reads: readonly ReadLine[];
  readonly place: Place;
}

const keep = async (
  bytes: Uint8Array,
  chunkBytes: number,
  more: Partial<LogToKeep> = {},
  lastLine: 'keep' | 'leave' = 'keep',
  rows?: RowSink,
): Promise<Run> => {
  const store = new SimulatedStore();
  const evidence = await store.open({ segmentBytes: 1 << 20 });
  const source = await evidence.source('mail.log');
  const reads: ReadLine[] = [];
  const keeper = new LogKeeper({
    source,
    formats: logFormats,
    now: () => nowMs,
    rows,
    took: (_, read) => reads.push(read),
  });
  keeper.begin(log(more));
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    await keeper.push(Uint8Array.from(bytes.subarray(at, at + chunkBytes)));
    if (at % 3 === 0) await keeper.settle();
  }
  const place = await keeper.end(lastLine);
  await evidence.close();
  return { kept: keptIn(store), reads, place };
};

const pieces = fc.array(
  fc.constantFrom(
    '\n',
    '\r\n',
    '\0',
    'é',
    '"',
    ',',
    'Jun 29 10:00:01 mx a[1]: x',
    '{',
    '}',
    '\u{1f600}',
  ),
);

describe('a log that is kept', () => {
  test.each([undefined, 'rows', 'objects'] as const)(
    'is the same bytes, however they come (%s)',
    async (joined: Joined | undefined) => {
      await fc.assert(
        fc.asyncProperty(pieces, fc.integer({ min: 1, max: 40 }), async (parts, chunkBytes) => {
          const bytes = Buffer.concat([
            ...parts.map(part => Buffer.from(part)),
            Buffer.from([0xff]),
          ]);
          const { kept, place } = await keep(bytes, chunkBytes, { joined });
          expect(kept.text).toEqual(bytes);
          expect(place.offset).toBe(bytes.length);
          expect(place.line).toBe(bytes.toString('latin1').split('\n').length);
        }),
        { numRuns: 40 },
      );
    },
  );

  test('leaves a last line that has no end for when it has one', async () => {
    const { kept, place } = await keep(Buffer.from('one\ntwo\nthr'), 5, {}, 'leave');
    expect(kept.text.toString()).toBe('one\ntwo\n');
    expect(place).toEqual({ offset: 8, line: 2, isWithinLine: false });
  });

  test('has a line that is too long in pieces, and nothing is read of what is behind its bound', async () => {
    const long = Buffer.concat([
      Buffer.from('a\n'),
      Buffer.alloc(15 << 20, 'x'),
      Buffer.from('\nlast\n'),
    ]);
    const { kept, reads, place } = await keep(long, 1 << 20);
    expect(kept.text.equals(long)).toBe(true);
    expect(reads.map(({ line }) => [line.number, line.truncated, line.end])).toEqual([
      [1, undefined, 2],
      [2, true, 2 + (4 << 20)],
      [3, undefined, long.length],
    ]);
    expect(place).toEqual({ offset: long.length, line: 3, isWithinLine: false });
  });

  test('goes on within a line that was kept in part, and reads nothing of its rest', async () => {
    const from = { offset: 10, line: 3, isWithinLine: true };
    const { kept, reads, place } = await keep(Buffer.from('est\nnext\n'), 2, { from });
    expect(kept.text.toString()).toBe('est\nnext\n');
    expect(reads.map(({ line }) => [line.text, line.number])).toEqual([['next', 4]]);
    expect(place).toEqual({ offset: 19, line: 4, isWithinLine: false });
  });

  test('is kept under the days of its lines; disorder at midnight tears nothing apart', async () => {
    const lines = [
      'Jun 28 23:59:58 mx a[1]: 1',
      'no stamp',
      'Jun 29 00:00:01 mx a[1]: 2',
      'Jun 28 23:59:59 mx a[1]: late',
      'Jan  1 00:00:07 mx a[1]: its clock had lost the time',
      'Jun 29 00:00:02 mx a[1]: 3',
    ];
    const { kept } = await keep(Buffer.from(`${lines.join('\n')}\n`), 9);
    expect(kept.segments.map(({ day, lines: count }) => [day, count])).toEqual([
      ['2026-06-28', 2],
      ['2026-06-29', 4],
    ]);
  });

  test('hands each line to the rows with its place in the part', async () => {
    const parts: string[][] = [[]];
    const rows: RowSink = {
      add: (at, name, { line }) => void parts.at(-1)?.push(`${at} ${name} ${line.text}`),
      take: () => void parts.push([]),
    };
    const csv = 'Date,Subject,From\n1,"a\nb",c\n2,d,e\n';
    await keep(Buffer.from(csv), 1_000, { joined: 'rows', name: 'x' }, 'keep', rows);
    expect(parts).toEqual([['0 x Date,Subject,From', '1 x 1,"a\nb",c', '3 x 2,d,e'], []]);
  });
});

test('lines from before the place are read and not kept again', async () => {
  const store = new SimulatedStore();
  const evidence = await store.open({});
  const source = await evidence.source('mail.log');
  const reads: string[] = [];
  const keeper = new LogKeeper({
    source,
    formats: logFormats,
    now: () => nowMs,
    took: (_, { line }) => reads.push(line.text),
  });
  keeper.begin(log({ from: { offset: 8, line: 2, isWithinLine: false } }));
  keeper.context(Buffer.from('one\ntwo\n'), { offset: 0, line: 0, isWithinLine: false });
  await keeper.push(Buffer.from('three\n'));
  await keeper.end();
  await evidence.close();
  expect(reads).toEqual(['three']);
  expect(keptIn(store).text.toString()).toBe('three\n');
});

test('a store that fails is told, and nothing more is handed to it', async () => {
  const store = new SimulatedStore();
  const evidence = await store.open({});
  const keeper = new LogKeeper({
    source: await evidence.source('mail.log'),
    formats: logFormats,
    now: () => nowMs,
  });
  keeper.begin(log());
  store.disk.failAt(store.disk.operations.length + 3, 'ENOSPC');
  await keeper.push(Buffer.from('one\n'));
  await expect(keeper.settle()).rejects.toMatchObject({ code: 'DISK_FULL' });
  await expect(keeper.push(Buffer.from('two\n'))).rejects.toMatchObject({ code: 'DISK_FULL' });
  await evidence.close();
});
