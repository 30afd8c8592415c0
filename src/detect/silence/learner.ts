import type { Sighting } from '../../core/alert.ts';
import { hourMs, hoursOfDay } from '../baselines/calendar.ts';
import type { HeardSegment } from './heard.ts';
import { HeardSource, type Uncollected } from './heard-source.ts';
import { lateSighting } from './told.ts';

const allVoicesMax = 20_000;
/** A segment has lines of a day. */
const missedHoursMax = 3 * hoursOfDay;

/**
 * Learns at which hours there is always something in a log, and tells when there is not. An hour is judged when it is
 * over, by what was before it: whether the clock said so, or the lines that came later, changes nothing.
 */
export class SilenceLearner {
  readonly sources: Map<string, HeardSource>;
  private readonly known: Uncollected;
  private sightings: Sighting[] = [];

  constructor(sources: Iterable<HeardSource>, known: Uncollected) {
    this.sources = new Map(Array.from(sources, source => [source.name, source]));
    this.known = known;
  }

  private get voices(): number {
    let count = 0;
    for (const { voices } of this.sources.values()) count += voices.size;
    return count;
  }

  /** Adds what a segment tells. Of each source they come in their order. */
  take(segment: HeardSegment): void {
    let source = this.sources.get(segment.source);
    if (source === undefined) {
      source = new HeardSource(segment.source);
      this.sources.set(segment.source, source);
    }
    for (const { voice, hour, events, first, last } of source.add(
      segment,
      () => this.voices < allVoicesMax,
    )) {
      const told = source.toldOf(voice, hour, this.known);
      this.sightings.push(lateSighting(told, events, first, last));
    }
    this.sightings.push(...source.close(source.toldToMs(), this.known));
  }

  /** Of these times there are lines of it that could not be read. */
  missed(source: string, fromMs: number, toMs: number): void {
    const heard = this.sources.get(source);
    const from = Math.max(Math.floor(fromMs / hourMs), heard?.open ?? Infinity);
    const to = Math.min(Math.floor(toMs / hourMs), from + missedHoursMax);
    for (const voice of heard?.voices.values() ?? []) {
      for (let hour = from; hour <= to; hour += 1) voice.markUnknown(hour);
    }
  }

  /** Up to a time all that is written to a source is here: it was read later than that. */
  over(source: string, toMs: number): void {
    const heard = this.sources.get(source);
    if (heard !== undefined) this.sightings.push(...heard.close(toMs, this.known));
  }

  /** What was found since it was asked last. */
  end(): readonly Sighting[] {
    const { sightings } = this;
    this.sightings = [];
    return sightings.toSorted((a, b) => a.timeMs - b.timeMs);
  }
}
