import { afterEach, describe, expect, test } from 'vitest';
import { AttachmentLane } from '../src/app/scan/attachment-lane.ts';
import { laneLimits } from '../src/app/scan/lane-limits.ts';
import type { AttachmentJob, BatchOrder, ThreadSetup } from '../src/app/scan/protocol.ts';
import { ScanThreads, threadLimits } from '../src/app/scan/scan-threads.ts';
import { scannedRoom } from '../src/exposure/index/scanned-memory.ts';

const url = new URL('./support/hostile-thread.ts', import.meta.url);
const setup: Omit<ThreadSetup, 'progress'> = {
  hostRoot: '',
  key: new Uint8Array(32),
  types: [],
  settings: { customerNumbers: [], regions: [] },
  attachments: true,
  messageBytesMax: 1,
  remembered: scannedRoom(100),
};

let open: { close(): Promise<void> } | undefined;
afterEach(async () => {
  await open?.close();
});

const order = (id: number, ...names: readonly string[]): BatchOrder => ({
  id,
  folders: ['/'],
  folder: new Int32Array(names.length),
  names: names.join('\0'),
  from: new Float64Array(names.length),
  bytes: new Float64Array(names.length),
  received: new Float64Array(names.length),
  flags: new Uint8Array(names.length),
  owners: [],
  owner: new Int32Array(names.length),
  contents: [],
  cut: [],
  blank: [],
});

const job = (name: string): AttachmentJob => ({
  item: 0,
  name,
  type: 'application/pdf',
  bytes: new Uint8Array(10),
  digest: name,
});

/** On a machine that has much else to do, time is over before memory is. */
const ofMemory: unknown = expect.stringMatching(/-(?:hostile|time)$/);

describe('threads that read messages', () => {
  test('pass over what they die of, name it, and read everything else', async () => {
    const threads = new ScanThreads(setup, 2, { messageMsMax: 3_000, memoryMb: 32 }, url);
    open = threads;
    const names = [['a', 'exit 1', 'b', 'throw 2', 'c'], ['d', 'hang 3'], ['eat 4', 'e'], ['f']];
    const answers = await Promise.all(
      names.map(async (each, i) => {
        await threads.room();
        return await threads.read(order(i + 1, ...each));
      }),
    );
    expect(answers.map(({ tables }) => tables.item.length)).toEqual([5, 2, 2, 1]);
    expect(answers.map(({ unseen }) => unseen)).toEqual([
      [
        { item: 1, why: 'message-hostile' },
        { item: 3, why: 'message-hostile' },
      ],
      [{ item: 1, why: 'message-time' }],
      [{ item: 0, why: ofMemory }],
      [],
    ]);
  }, 30_000);

  test('fail where they die before they read anything', async () => {
    const missing = new URL('./support/no-such-thread.ts', import.meta.url);
    const threads = new ScanThreads(setup, 1, threadLimits, missing);
    open = threads;
    await expect(threads.read(order(1, 'a'))).rejects.toThrow(/no-such-thread/);
  });
});

describe('the lane of attachments', () => {
  test('ends what hangs, dies or eats memory alone', async () => {
    const limits = { ...laneLimits, attachmentMsMax: 4_000, memoryMb: 32 };
    const lane = new AttachmentLane(setup, 2, limits, url);
    open = lane;
    const names = ['a', 'exit', 'hang', 'eat', 'throw', 'b', 'a'];
    const scanned = await Promise.all(names.map(name => lane.open(job(name))));
    expect(scanned.map(({ unseen }) => unseen.join(' '))).toEqual([
      '',
      'attachment-hostile',
      'attachment-time',
      ofMemory,
      'attachment-hostile',
      '',
      '',
    ]);
    expect(scanned[5]?.types).toBe(1);
    // The same bytes under the same name are opened once.
    expect(lane.opened).toBe(6);
  }, 30_000);
});
