import { dayOf } from '../../../evidence/days.ts';
import type { Evidence } from '../../../evidence/open.ts';
import type { LiveSource } from './kept-stream.ts';

/** So long after midnight (UTC) a day is sealed: lines of its last seconds are under way. */
const graceMs = 60_000;
/** Lines wait so long to become a segment, which is when questions find them. */
const segmentMs = 600_000;
/** And as long as there is one more source with lines: a segment a minute is the most, of all together. */
const segmentMsOfSource = 60_000;
const rememberMs = 60_000;

/**
 * What a run that goes on does by the clock: lines become segments within ten minutes (within as many minutes as
 * there are sources that have some, where these are more), and days that are over are sealed.
 */
export class Upkeep {
  private readonly evidence: Evidence;
  private readonly sources: () => Iterable<LiveSource>;
  private readonly now: () => number;
  private sealedOnDay: string;
  private rememberedMs: number;

  constructor(evidence: Evidence, sources: () => Iterable<LiveSource>, now: () => number) {
    this.evidence = evidence;
    this.sources = sources;
    this.now = now;
    // Whoever starts it sealed what was over by then.
    this.sealedOnDay = dayOf(new Date(now()));
    this.rememberedMs = now();
  }

  /** Is called every few seconds. @returns days that were sealed. @throws EvidenceError */
  async pass(): Promise<readonly string[]> {
    const nowMs = this.now();
    this.cut(nowMs);
    const day = dayOf(new Date(nowMs - graceMs));
    if (day > this.sealedOnDay) {
      this.sealedOnDay = day;
      this.read();
      return await this.evidence.seal();
    }
    if (nowMs - this.rememberedMs >= rememberMs || nowMs < this.rememberedMs) {
      this.rememberedMs = nowMs;
      this.read();
      await this.evidence.remember();
    }
    return [];
  }

  /** Before the run ends: up to now everything was read. */
  read(): void {
    for (const each of this.sources()) if (each.isReadToEnd()) each.source.readToEnd();
  }

  private cut(nowMs: number): void {
    const waiting = [...this.sources()].filter(each => each.waitingSinceMs !== undefined);
    const afterMs = Math.max(segmentMs, segmentMsOfSource * waiting.length);
    for (const each of waiting) {
      if (nowMs - (each.waitingSinceMs ?? nowMs) < afterMs) continue;
      each.waitingSinceMs = undefined;
      each.source.cut();
    }
  }
}
