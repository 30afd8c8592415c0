import type { SegmentTally } from '../../detect/baselines/tally.ts';
import type { ParquetFile } from '../../store/parquet/read.ts';
import type { OpenSegment } from '../events/open-segment.ts';
import { zonesOf } from '../ingest/zones.ts';
import { digestSegment } from './baselines-digest.ts';
import { BaselineNames } from './baselines-names.ts';
import type { PassLines, RunRules } from './pipeline.ts';
import { type SegmentFound, SegmentHunt, type TimeWindow } from './segment-hunt.ts';
import { watchRules } from './watch-rules.ts';

/** What a thread has to know before it is given segments: plain data. */
export interface HuntSetup {
  readonly run: RunRules;
  readonly window: TimeWindow;
  /** Of stamps that name none, where lines have to be read again; as `--zone` has it, checked. */
  readonly zone: string | undefined;
  /** Of this machine. */
  readonly here: string;
  /** Of the pseudonyms that baselines know names by; absent: nothing is learnt. */
  readonly baselinesKey?: Uint8Array;
}

export interface SegmentDone {
  readonly found: SegmentFound;
  readonly digest?: SegmentTally;
}

/** What a thread does with a segment. */
export class HuntWork {
  private readonly segments: SegmentHunt;
  private readonly names: BaselineNames | undefined;

  constructor({ run, window, zone, here, baselinesKey }: HuntSetup) {
    this.segments = new SegmentHunt({
      rules: watchRules(run),
      zoneOf: zonesOf(zone, 'hunt: --zone', here),
      window,
    });
    this.names = baselinesKey === undefined ? undefined : new BaselineNames(baselinesKey);
  }

  /** @param opened the lines, where somebody has opened them already */
  async hunt(lines: PassLines, opened?: OpenSegment): Promise<SegmentDone> {
    const { names } = this;
    let digest: SegmentTally | undefined;
    const learn = (file: ParquetFile): void => {
      if (names !== undefined) digest = digestSegment(file, lines.segment, lines.from, names);
    };
    const found = await this.segments.hunt(lines, learn, opened);
    return { found, ...(digest === undefined ? {} : { digest }) };
  }
}
