import type { Sighting } from '../../core/alert.ts';
import type { RanOver } from '../../core/watching.ts';
import { HitSieve } from '../../detect/correlation/sieve.ts';
import type { HitBatch } from '../../detect/hit-batch.ts';
import type { HuntState } from '../../store/hunt-state.ts';
import { CorrelationMemory } from './correlation-memory.ts';
import type { Alerts, Cursors, LoadedRules, TakenAlerts } from './pipeline.ts';
import { SightingFold } from './sightings.ts';

/** What baselines make of a pass; see `baselines.ts`. */
interface WatchedBaselines {
  /** Why they could not go on where the run before stopped. */
  readonly lost: string | undefined;
  /** What is out of the usual since it was last asked. @param settledMs up to when no more lines are waited for. @param isCaughtUp all lines that there were are seen */
  end(settledMs: number, isCaughtUp: boolean): readonly Sighting[];
  /** Within the transaction of the pass. */
  save(): void;
  /** Says of each component which baselines there are. */
  withBaselines(ran: readonly RanOver[]): readonly RanOver[];
}

export interface WatchOptions {
  readonly state: HuntState;
  readonly rules: LoadedRules;
  /** Of the store's pseudonyms. */
  readonly key: Uint8Array;
  readonly book: Pick<Alerts, 'take'>;
  readonly baselines: WatchedBaselines | undefined;
  readonly now: () => number;
  /** Whether who it is stands in what `commit` returns; nothing that is written down names anybody. */
  readonly names: boolean;
}

/** How far a pass came. */
export interface PassEnd {
  /** As they were when the pass chose its lines. */
  readonly before: Cursors;
  readonly cursors: Cursors;
  readonly ran: readonly RanOver[];
  /** Time of the newest event that it saw. */
  readonly newestMs: number | undefined;
  /** Up to when no more lines are waited for; unless it is told, for none at all. */
  readonly settledMs?: number;
  /** More lines are there that were not looked at yet. */
  readonly isBehind?: boolean;
}

/** Lines came from a source lately: so long ago at most. */
const latelyMs = 600_000;

/** Another hunt over the same store came further meanwhile: what this one found is what that one wrote down. */
export class AnotherHunt extends Error {
  override readonly name = 'AnotherHunt';

  constructor() {
    super('another hunt looked at the same lines meanwhile; nothing of this one was written down');
  }
}

const isSame = (now: Cursors, before: Cursors): boolean =>
  now.size === before.size &&
  [...before].every(([source, { seq, line }]) => {
    const found = now.get(source);
    return found?.seq === seq && found.line === line;
  });

/** Takes hits in, from kept or arriving lines, and writes down what they came to, pass by pass. */
export class Watch {
  private readonly options: WatchOptions;
  private readonly running: ReadonlySet<string>;
  private readonly fold: SightingFold;
  private readonly memory: CorrelationMemory;
  /** Of the first pass over a store alone: nothing was in hand before. */
  private sieve: HitSieve | undefined;
  /** By source, the time of its newest event, and when that was seen. */
  private readonly newest = new Map<string, { readonly seenToMs: number; readonly atMs: number }>();

  constructor(options: WatchOptions) {
    const { state, key, rules } = options;
    this.running = new Set(rules.rules.map(({ id }) => id));
    this.options = options;
    this.fold = new SightingFold(rules.rules);
    this.memory = new CorrelationMemory(state, key, rules);
    const { correlator } = this.memory;
    if (state.cursors().size === 0) {
      this.sieve = new HitSieve(rules.rules, hit => correlator.add(hit));
    }
  }

  hits(batch: HitBatch): void {
    const { correlator } = this.memory;
    for (const hit of batch.of(rule => this.options.rules.alerting.has(rule))) this.fold.hit(hit);
    if (this.sieve !== undefined) this.sieve.add(batch);
    else for (const hit of batch.of(rule => correlator.wants(rule))) correlator.add(hit);
  }

  /** All that is to come is of this time or later. */
  upTo(timeMs: number): void {
    if (!Number.isFinite(timeMs)) return;
    const throughMs = this.sieve?.settle(timeMs) ?? timeMs;
    this.settle(throughMs - 1, throughMs - 1);
  }

  /** What limits the answer, in sentences. */
  get notes(): readonly string[] {
    const { lost, correlator } = this.memory;
    const gone = [lost, this.options.baselines?.lost].filter(each => each !== undefined);
    return [...gone, ...correlator.limits];
  }

  /** What is known of rules that ran before and do so no more. */
  forgetRules(): void {
    this.options.state.keepRules(this.running);
  }

  /**
   * Writes down what the pass came to, all of it or nothing.
   *
   * @throws AnotherHunt where another one was there first
   */
  commit({ before, cursors, ran, settledMs = Infinity, isBehind = false }: PassEnd): TakenAlerts {
    const { state, book, baselines, names } = this.options;
    this.sieve?.flush();
    this.sieve = undefined;
    this.settle(settledMs, this.slowestMs(ran));
    const sightings = [...this.fold.take(), ...(baselines?.end(settledMs, !isBehind) ?? [])];
    return state.transaction(() => {
      if (!isSame(state.cursors(), before)) throw new AnotherHunt();
      const taken = book.take(sightings, { names });
      this.memory.keep();
      baselines?.save();
      state.putCursors(cursors);
      state.putRan(baselines?.withBaselines(ran) ?? ran);
      this.forgetRules();
      return taken;
    });
  }

  /**
   * How far the source came that is furthest behind, of those that lines came from lately: while an old log is brought
   * in beside others, its hits are not those of long ago.
   */
  private slowestMs(ran: readonly RanOver[]): number {
    const nowMs = this.options.now();
    for (const { source, seenToMs } of ran) {
      if (seenToMs !== undefined) this.newest.set(source, { seenToMs, atMs: nowMs });
    }
    let slowest = Number.POSITIVE_INFINITY;
    for (const [source, { seenToMs, atMs }] of this.newest) {
      if (nowMs - atMs > latelyMs) this.newest.delete(source);
      else if (seenToMs < slowest) slowest = seenToMs;
    }
    return slowest;
  }

  /** @param seenMs of the newest event up to which hits may be forgotten */
  private settle(toMs: number, seenMs: number): void {
    // Whoever writes a line dates it: for the sake of one from the future nothing is forgotten.
    const forgetMs = Number.isFinite(seenMs) ? Math.min(seenMs, this.options.now()) : seenMs;
    for (const found of this.memory.correlator.advance(toMs, forgetMs)) {
      if (this.options.rules.alerting.has(found.rule)) this.fold.correlation(found);
    }
  }
}
