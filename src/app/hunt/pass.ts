import type { Unseen } from '../../core/unseen.ts';
import type { RanOver } from '../../core/watching.ts';
import type { SegmentTally } from '../../detect/baselines/tally.ts';
import { HitBatch } from '../../detect/hit-batch.ts';
import { spanOf } from '../events/ask.ts';
import type { StoreSegment } from '../events/store-segments.ts';
import { type Hunters, HuntThreads, OwnHunter } from './hunt-threads.ts';
import type { HuntSetup, SegmentDone } from './hunt-work.ts';
import { PassSources } from './pass-sources.ts';
import type { Cursors, PassLines } from './pipeline.ts';

/** Who is told what a pass finds, in the order of the segments' times. */
export interface PassListener {
  /** Of any rule, whether it is told for itself or feeds correlations. */
  readonly hits: (hits: HitBatch) => void;
  /** All that is to come is of segments that begin at this time or later. */
  readonly upTo: (timeMs: number) => void;
  readonly digest: (digest: SegmentTally, segment: StoreSegment) => void;
  /** It could not be read. */
  readonly missed?: (segment: StoreSegment) => void;
  readonly progress: (done: number, of: number) => void;
}

export interface PassRequest extends HuntSetup {
  /** In any order. */
  readonly lines: readonly PassLines[];
  /** 1: in this thread alone. */
  readonly threads: number;
  /** Of whoever makes pass after pass, and closes them himself; else they are made for this pass. */
  readonly hunters?: Hunters;
  readonly nowMs: number;
}

export interface PassDone {
  readonly segments: number;
  readonly rows: number;
  /** Rows whose line had to be read. */
  readonly read: number;
  readonly unparsed: number;
  /** Where the next pass goes on, of sources that this one looked at. */
  readonly cursors: Cursors;
  readonly ran: readonly RanOver[];
  /** First and last time that was seen; undefined where nothing was. */
  readonly firstMs: number | undefined;
  readonly newestMs: number | undefined;
  readonly unseen: readonly Unseen[];
}

/** So many bytes are looked at before another thread has started. */
const threadWorthBytes = 24 << 20;

const huntersFor = (request: PassRequest): Hunters => {
  const { lines, threads, run, window, zone, here, baselinesKey } = request;
  const setup = {
    run,
    window,
    zone,
    here,
    ...(baselinesKey === undefined ? {} : { baselinesKey }),
  };
  const bytes = lines.reduce((sum, { segment }) => sum + segment.bytes, 0);
  const isWorth = threads > 1 && lines.length > 1 && bytes > threadWorthBytes;
  return isWorth ? new HuntThreads(setup, Math.min(threads, lines.length)) : new OwnHunter(setup);
};

/** Looks at lines once, segments in the order of their times. */
export const runPass = async (request: PassRequest, listener: PassListener): Promise<PassDone> => {
  const begin = ({ segment }: PassLines): number => spanOf(segment)[0];
  const lines = request.lines.toSorted(
    (a, b) => begin(a) - begin(b) || a.segment.seq - b.segment.seq,
  );
  const sources = new PassSources(request.run.rules, request.nowMs);
  const hunters = request.hunters ?? huntersFor(request);
  const underWay: Promise<SegmentDone>[] = [];
  const unseen: Unseen[] = [];
  let next = 0;
  let rows = 0;
  let read = 0;
  let unparsed = 0;
  try {
    for (const [done, each] of lines.entries()) {
      for (; next < lines.length && next - done < hunters.underWay; next += 1) {
        const asked = lines[next];
        if (asked === undefined) break;
        const hunted = hunters.hunt(asked);
        // It is awaited when its turn comes; until then its failure is nobody's.
        hunted.catch(() => {});
        underWay.push(hunted);
      }
      const answer = await underWay.shift();
      if (answer === undefined) break;
      const { found, digest } = answer;
      listener.upTo(begin(each));
      listener.hits(new HitBatch(found.hits));
      if (digest === undefined) listener.missed?.(each.segment);
      else listener.digest(digest, each.segment);
      sources.took(each, found);
      unseen.push(...found.unseen);
      rows += found.rows;
      read += found.read;
      unparsed += found.unparsed;
      listener.progress(done + 1, lines.length);
    }
  } finally {
    if (request.hunters === undefined) await hunters.close();
  }
  const { cursors, ran, firstMs, newestMs } = sources;
  return { segments: lines.length, rows, read, unparsed, cursors, ran, firstMs, newestMs, unseen };
};
