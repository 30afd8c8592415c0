import { messageOf } from '../../core/errors.ts';
import type { Unseen } from '../../core/unseen.ts';
import type { StoreSegment } from '../events/store-segments.ts';
import { type ZoneOf, zonesOf } from '../ingest/zones.ts';
import type { Hunters } from './hunt-threads.ts';
import { type HuntSetup, HuntWork, type SegmentDone } from './hunt-work.ts';
import { LiveSpools } from './live-spools.ts';
import type { PassLines } from './pipeline.ts';
import { nothingFound } from './segment-hunt.ts';

/** Looks at segments and at spools as they grow, in this thread; rules are compiled once. */
export class LiveHunters implements Hunters {
  readonly underWay = 1;
  private readonly work: HuntWork;
  private readonly zoneOf: ZoneOf;
  private spools: LiveSpools;

  constructor(setup: HuntSetup) {
    this.work = new HuntWork(setup);
    this.zoneOf = zonesOf(setup.zone, 'hunt: --zone', setup.here);
    this.spools = new LiveSpools(this.zoneOf);
  }

  /** What the store holds now; before each pass. */
  see(segments: readonly StoreSegment[]): void {
    this.spools.keepOnly(segments);
  }

  hasGrown(segment: StoreSegment): boolean {
    return this.spools.hasGrown(segment);
  }

  /** Spools are read from their beginning again: what was handed out of them was not written down. */
  beginAnew(): void {
    this.spools = new LiveSpools(this.zoneOf);
  }

  async hunt(lines: PassLines): Promise<SegmentDone> {
    const { segment } = lines;
    if (segment.spool === undefined) return await this.work.hunt(lines);
    const unseen: Unseen[] = [];
    const opened = this.spools.open(segment, each => unseen.push(each));
    if (opened !== undefined) {
      try {
        return await this.work.hunt(lines, opened);
      } catch (thrown) {
        // Its lines are asked for again, at the latest when they are a segment.
        this.spools.drop(segment.source);
        const how = 'Its lines are looked at again when a segment is made of them.';
        unseen.push({ what: segment.spool.path, why: messageOf(thrown), how });
      }
    }
    // It became a segment in this very moment, or cannot be read: the former is no matter.
    const { spool: _, ...made } = segment;
    if (unseen.length === 0)
      return await this.work.hunt({ ...lines, segment: { ...made, hasRows: true } });
    return { found: { ...nothingFound, lastLine: lines.from, unseen } };
  }

  async close(): Promise<void> {
    await Promise.resolve();
  }
}
