import type { Sighting } from '../../core/alert.ts';
import { hourMs } from '../../detect/baselines/calendar.ts';
import { lostSightings, stoppedSighting } from '../../detect/silence/collection.ts';
import type { HeardSegment, HeardVoice } from '../../detect/silence/heard.ts';
import { SilenceLearner } from '../../detect/silence/learner.ts';
import { noReading, Reading } from '../../detect/silence/reading.ts';
import { HuntSilences } from '../../store/hunt-silences.ts';
import type { HuntState } from '../../store/hunt-state.ts';
import type { StoreSegment } from '../events/store-segments.ts';
import type { Collected } from './collected.ts';
import { SilencesState } from './silences-state.ts';

export interface SilencesOptions {
  /** That may be written to. */
  readonly state: HuntState;
  readonly collected: Collected;
  readonly now: () => number;
  /** After how many hours reading of a log is no longer recent. */
  readonly readHoursMax: number;
}

const firstMissingMax = 50;

/** Clocks run ahead by so much. */
const aheadMs = 3_600_000;

/** Whoever writes a line dates it: what is of the future is not heard yet. */
export const pastOf = (heard: HeardSegment, nowMs: number): HeardSegment => {
  const last = Math.floor((nowMs + aheadMs) / hourMs);
  const isPast = ({ hours }: HeardVoice): boolean => (hours.at(-1) ?? 0) <= last;
  if (heard.voices.every(isPast)) return heard;
  const cut = (voice: HeardVoice): HeardVoice => {
    const found = voice.hours.findIndex(hour => hour > last);
    return found < 0 ? voice : { ...voice, hours: voice.hours.slice(0, found) };
  };
  return { ...heard, voices: heard.voices.map(cut) };
};

/** When logs of a store speak, and when they do not; goes on where the run before stopped. */
export class StoreSilences {
  private readonly options: SilencesOptions;
  private readonly kept: HuntSilences;
  private readonly state: SilencesState;
  private readonly learner: SilenceLearner;
  private readonly readings: Map<string, Reading>;
  private readonly changed = new Set<string>();
  private collected: Collected;
  private missingLeaf: number;

  constructor(options: SilencesOptions) {
    this.options = options;
    this.collected = options.collected;
    this.kept = new HuntSilences(options.state.database);
    this.state = new SilencesState(this.kept);
    this.missingLeaf = this.kept.missingLeaf;
    const { sources, readings } = this.state.load();
    this.readings = new Map(readings);
    this.learner = new SilenceLearner(sources, {
      isMissing: (source, hour) => this.collected.isMissing(source, hour),
      isFound: (source, hour) => this.collected.isFound(source, hour),
      nameOf: source => this.collected.nameOf(source),
      isWhole: source => this.collected.isWhole(source),
    });
  }

  /** How logs are collected, as it was before the lines of the next pass were looked for. */
  look(collected: Collected): void {
    this.collected = collected;
  }

  take(given: HeardSegment): void {
    const heard = pastOf(given, this.options.now());
    const { source } = heard;
    const newestMs = heard.voices[0]?.lastMs.reduce((a, b) => Math.max(a, b), -Infinity);
    const wasSilent = this.isSilent(source);
    const late = this.lateOf(source);
    this.learner.take(heard);
    this.changed.add(source);
    if (newestMs === undefined || !Number.isFinite(newestMs)) return;
    // What came late was under way: it was no silence.
    const isSilent = wasSilent && this.lateOf(source) === late;
    this.readingOf(source).heard(Math.min(newestMs, this.options.now() + aheadMs), isSilent);
  }

  private lateOf(source: string): number {
    return this.learner.sources.get(source)?.late ?? 0;
  }

  /** A segment could not be read: what it has nobody knows. */
  missed({ source, firstMs, lastMs }: StoreSegment): void {
    if (firstMs === undefined || lastMs === undefined) return;
    this.collected.damaged(source, firstMs, lastMs);
    this.learner.missed(source, firstMs, lastMs);
    this.changed.add(source);
  }

  private readingOf(source: string): Reading {
    const known = this.readings.get(source);
    if (known !== undefined) return known;
    const made = new Reading(noReading);
    this.readings.set(source, made);
    return made;
  }

  private isSilent(source: string): boolean {
    return this.learner.sources.get(source)?.whole?.silence?.told !== undefined;
  }

  /** @param isCaughtUp all lines were looked at that were there when it was told how logs are collected. */
  end(isCaughtUp: boolean): readonly Sighting[] {
    const told = isCaughtUp ? [...this.byClock(), ...this.lost()] : [];
    return [...this.learner.end(), ...told];
  }

  private byClock(): readonly Sighting[] {
    const nowMs = this.options.now();
    const sightings: Sighting[] = [];
    for (const { source, readMs, goesOn } of this.collected.readSources) {
      const heard = this.learner.sources.get(source);
      if (readMs === undefined || !goesOn || heard === undefined) continue;
      if (this.collected.isDamaged(source)) continue;
      const reading = this.readingOf(source);
      const overMs = reading.overMs(readMs, heard.isWritten);
      const { open } = heard;
      if (overMs !== undefined) this.learner.over(source, Math.min(overMs, nowMs));
      const isNews = reading.read(readMs, this.isSilent(source));
      // Most of the time nothing is.
      if (isNews || heard.open !== open) this.changed.add(source);
      const stoppedMs = reading.stopped(nowMs, this.options.readHoursMax);
      const about = { source, log: this.collected.nameOf(source) };
      if (stoppedMs !== undefined) {
        this.changed.add(source);
        sightings.push(stoppedSighting(about, heard, stoppedMs, this.options.readHoursMax));
      }
    }
    return sightings;
  }

  /** What the evidence says that is missing, and nobody was told yet. */
  private lost(): readonly Sighting[] {
    const isFirst = this.missingLeaf < 0;
    const fresh = this.collected.missing.filter(({ leaf }) => leaf > this.missingLeaf);
    // The first leaf of all says of nothing that it is missing.
    this.missingLeaf = fresh.reduce(
      (last, { leaf }) => Math.max(last, leaf),
      Math.max(0, this.missingLeaf),
    );
    const sightings = lostSightings(fresh, this.collected, this.options.now());
    // Of a store that is older than its hunts, what was missing long ago is no news.
    return isFirst ? sightings.slice(-firstMissingMax) : sightings;
  }

  /** Writes down what was learnt: within the transaction of the pass. */
  save(): void {
    this.kept.putHead(this.missingLeaf);
    for (const source of this.changed) {
      const heard = this.learner.sources.get(source);
      if (heard !== undefined) this.state.save(heard, this.readings.get(source));
    }
    this.changed.clear();
  }

  /** Whether its silence would be told: that of the log, or of the component in it. */
  isJudged(source: string, component: string): boolean {
    return this.learner.sources.get(source)?.isJudged(component) === true;
  }
}
