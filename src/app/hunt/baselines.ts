import type { Sighting } from '../../core/alert.ts';
import type { RanOver } from '../../core/watching.ts';
import { hourOfWindow, windowOf } from '../../detect/baselines/calendar.ts';
import { baselinesOf } from '../../detect/baselines/known.ts';
import { BaselineLearner } from '../../detect/baselines/learner.ts';
import { partOfTally } from '../../detect/baselines/part-of-tally.ts';
import type { SegmentTally } from '../../detect/baselines/tally.ts';
import { endOfDayMs } from '../../evidence/days.ts';
import { Pseudonyms } from '../../exposure/people/pseudonyms.ts';
import { HuntBaselines } from '../../store/hunt-baselines.ts';
import type { HuntState } from '../../store/hunt-state.ts';
import type { StoreSegment } from '../events/store-segments.ts';
import { baselinesKey } from './baselines-names.ts';
import { BaselinesState } from './baselines-state.ts';
import type { StoreSilences } from './silences.ts';

export interface OpenBaselinesOptions {
  /** That may be written to. */
  readonly state: HuntState;
  /** Of the store's pseudonyms. */
  readonly key: Uint8Array;
  readonly now: () => number;
  /** Lines go on coming while it runs; otherwise what is there is all that there is. */
  readonly isLive: boolean;
  /** What is told of; all is learnt. */
  readonly asksFor?: (rule: string) => boolean;
  readonly silences?: StoreSilences;
}

const dayMs = 86_400_000;
/** So long after its end nothing is waited for of ten minutes: lines take their time to the store. */
const patienceMs = 900_000;
/** A source of which nothing came for so long is not waited for. */
const silenceMs = 600_000;

/** Clocks run ahead by so much. */
const aheadMs = 3_600_000;

/**
 * Whoever writes a line dates it: for the sake of one from the future, what comes until then must not be too late.
 */
const pastOf = (digest: SegmentTally, toMs: number): SegmentTally => {
  const { firstMs = -Infinity, lastMs = -Infinity } = digest;
  if (lastMs <= toMs) return digest;
  const window = windowOf(toMs);
  const hour = hourOfWindow(window);
  const part = { window: (each: number) => each <= window, hour: (each: number) => each <= hour };
  const { firstMs: _, lastMs: __, ...past } = partOfTally(digest, () => part);
  return firstMs > toMs ? past : { ...past, firstMs, lastMs: toMs };
};

/** When the first line of a segment is of, at the latest. */
const segmentMs = ({ firstMs, day }: StoreSegment): number => firstMs ?? endOfDayMs(day) - dayMs;

/** Baselines of a store, which go on where the run before stopped. */
export class StoreBaselines {
  /** Why they could not go on where the run before stopped. */
  readonly lost: string | undefined;
  private readonly learner: BaselineLearner;
  private readonly state: BaselinesState;
  private readonly options: OpenBaselinesOptions;
  /** When something last came of a source, by this machine's clock. */
  private readonly came = new Map<string, number>();
  private readonly startedMs: number;

  constructor(options: OpenBaselinesOptions) {
    const key = baselinesKey(options.key);
    const kept = new HuntBaselines(options.state.database);
    this.options = options;
    this.startedMs = options.now();
    this.state = new BaselinesState(kept, key, new Pseudonyms(key).fingerprint);
    const learnt = this.state.load();
    this.lost = learnt.lost;
    this.learner = new BaselineLearner(learnt);
    for (const piece of learnt.pieces) this.learner.restore(piece);
  }

  take({ heard, ...digest }: SegmentTally, segment: StoreSegment): void {
    const nowMs = this.options.now();
    if (heard !== undefined) this.options.silences?.take(heard);
    const past = pastOf(digest, nowMs + aheadMs);
    this.learner.take(past, Math.min(segmentMs(segment), nowMs));
    this.came.set(segment.source, nowMs);
  }

  /**
   * What is out of the usual, as far as it can be judged, since it was asked last.
   *
   * @param settledMs up to when no more lines are waited for
   * @param isCaughtUp all lines that there were are here
   */
  end(settledMs: number, isCaughtUp = true): readonly Sighting[] {
    const { now, isLive, silences, asksFor = () => true } = this.options;
    const isWaitedFor = (source: string): boolean =>
      isLive && (this.came.get(source) ?? this.startedMs) > now() - silenceMs;
    const unusual = this.learner.end(Math.min(settledMs, now() - patienceMs), isWaitedFor);
    return [...unusual, ...(silences?.end(isCaughtUp) ?? [])].filter(({ rule }) => asksFor(rule));
  }

  /** Writes down what was learnt: within the transaction of the pass. */
  save(): void {
    this.state.save(this.learner, this.learner.strayed);
    this.options.silences?.save();
  }

  /** Says of each component of a pass which baselines there are. */
  withBaselines(ran: readonly RanOver[]): readonly RanOver[] {
    const memories = new Map(this.learner.memories.map(memory => [memory.name, memory]));
    const { silences } = this.options;
    return ran.map(pass => ({
      ...pass,
      parts: pass.parts.map(part => {
        const known = baselinesOf(memories.get(part.component));
        const isJudged = silences?.isJudged(pass.source, part.component) === true;
        // By itself it tells of nobody who does something.
        const more = isJudged && known.baselines.length > 0 ? ['silence'] : [];
        return { ...part, ...known, baselines: [...known.baselines, ...more] };
      }),
    }));
  }
}
