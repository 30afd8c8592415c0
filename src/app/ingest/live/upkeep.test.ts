import { describe, expect, test } from 'vitest';
import { leavesIn, SimulatedStore } from '../../../../test/support/evidence-run.ts';
import type { Evidence } from '../../../evidence/open.ts';
import type { SealLeaf } from '../../../evidence/verify/leaf.ts';
import { verifyStore } from '../../../evidence/verify/verify-store.ts';
import type { LiveSource } from './kept-stream.ts';
import { Upkeep } from './upkeep.ts';

const minute = 60_000;

class Run {
  readonly store: SimulatedStore = new SimulatedStore();
  readonly sources: (LiveSource & { isReadToEnd: () => boolean })[] = [];
  nowMs = Date.parse('2026-06-29T23:00:00Z');
  private lines = 0;

  open(): Promise<Evidence> {
    return this.store.open({ now: () => new Date(this.nowMs), segmentBytes: 1 << 20 });
  }

  async add(evidence: Evidence, id: string, isReadToEnd = (): boolean => true): Promise<void> {
    const source = await evidence.source(id);
    this.sources.push({ source, waitingSinceMs: undefined, isReadToEnd });
  }

  async line(at: number): Promise<void> {
    const live = this.sources[at];
    this.lines += 1;
    await live?.source.append(Buffer.from(`${this.lines}\n`), String(this.lines));
    if (live !== undefined) live.waitingSinceMs ??= this.nowMs;
  }

  count(kind: string): number {
    return leavesIn(this.store.reader).filter(leaf => leaf.kind === kind).length;
  }
}

describe('upkeep', () => {
  test('makes segments of what waits for ten minutes, or a minute for each source that has lines', async () => {
    const run = new Run();
    const evidence = await run.open();
    for (let i = 0; i < 12; i += 1) await run.add(evidence, `s${i}`);
    const upkeep = new Upkeep(
      evidence,
      () => run.sources,
      () => run.nowMs,
    );
    await run.line(0);
    run.nowMs += 9 * minute;
    await upkeep.pass();
    await evidence.remember();
    expect(run.count('segment')).toBe(0);
    run.nowMs += minute;
    await upkeep.pass();
    await run.line(0);
    // Asked for, and made meanwhile.
    await evidence.remember();
    for (let i = 1; i < 12; i += 1) await run.line(i);
    run.nowMs += 11 * minute;
    await upkeep.pass();
    expect(run.sources.every(each => each.waitingSinceMs !== undefined)).toBe(true);
    run.nowMs += minute;
    await upkeep.pass();
    expect(run.sources.every(each => each.waitingSinceMs === undefined)).toBe(true);
    await evidence.close();
    expect(run.count('segment')).toBe(13);
    expect(verifyStore(run.store.reader, { deep: true }).broken).toEqual([]);
  });

  test('seals a day once it is over, with what was idle, and what is behind as a gap one day later', async () => {
    const run = new Run();
    const evidence = await run.open();
    let isBehind = false;
    await run.add(evidence, 'busy');
    await run.add(evidence, 'idle');
    await run.add(evidence, 'behind', () => !isBehind);
    const upkeep = new Upkeep(
      evidence,
      () => run.sources,
      () => run.nowMs,
    );
    await run.line(0);
    run.nowMs = Date.parse('2026-06-30T00:00:30Z');
    expect(await upkeep.pass()).toEqual([]);
    run.nowMs += minute;
    expect(await upkeep.pass()).toEqual(['2026-06-29']);
    expect(await upkeep.pass()).toEqual([]);
    isBehind = true;
    run.nowMs = Date.parse('2026-07-01T00:02:00Z');
    expect(await upkeep.pass()).toEqual([]);
    run.nowMs = Date.parse('2026-07-02T00:02:00Z');
    expect(await upkeep.pass()).toEqual(['2026-06-30']);
    await evidence.close();
    const seals = leavesIn(run.store.reader).filter(
      (leaf): leaf is SealLeaf => leaf.kind === 'seal',
    );
    expect(
      seals.map(({ sources }) => sources.map(({ source, state }) => `${source} ${state}`)),
    ).toEqual([
      ['busy complete', 'idle idle', 'behind idle'],
      ['busy idle', 'idle idle', 'behind gap'],
    ]);
  });

  test('remembers every minute until when sources were read', async () => {
    const run = new Run();
    const evidence = await run.open();
    await run.add(evidence, 'quiet');
    const upkeep = new Upkeep(
      evidence,
      () => run.sources,
      () => run.nowMs,
    );
    run.nowMs += minute;
    await upkeep.pass();
    run.nowMs += minute / 2;
    await upkeep.pass();
    // Killed: what another run finds is what was written down.
    const next = await run.open();
    const heard = next.known().find(({ id }) => id === 'quiet')?.readToEndMs;
    expect(heard).toBe(run.nowMs - minute / 2);
    await next.close();
  });
});
