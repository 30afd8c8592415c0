import type { Sighting } from '../../core/alert.ts';
import { dayOfHour, hourMs, hourOfWindow, windowMs, windowOf, windowsOfHour } from './calendar.ts';
import { sightingOf } from './explain.ts';
import { type Entry, Features, NameNumbers } from './features.ts';
import { type EventsOfHour, type HourInHand, judge } from './judge.ts';
import { toldKey } from './judgement.ts';
import { learnHour, learnWindow } from './learn.ts';
import { ComponentMemory } from './memory.ts';
import { lastHourOf, type Part, partOfTally, withoutOtherNames } from './part-of-tally.ts';
import type { ComponentTally, SegmentTally } from './tally.ts';

/** Lines of one source come so much too late, and are in time all the same. */
const lateMs = 300_000;
/** A source that is so far behind the others is not waited for. */
const behindMs = 2 * hourMs;
const dayMs = 24 * hourMs;

const takenMin = 50;

/** Names that are numbered, before they are numbered anew. */
const namesMax = 500_000;

/** An hour that is not over yet. */
interface OpenHour {
  readonly windows: Map<number, Entry[]>;
  events: EventsOfHour | undefined;
}

/** One component as its lines come in. */
class ComponentInHand {
  readonly memory: ComponentMemory;
  readonly hours: Map<number, OpenHour> = new Map();
  /** What the hour that is judged has come to. */
  private ofHour: Features | undefined;
  private hour = Number.NaN;
  private names = new NameNumbers();

  constructor(memory: ComponentMemory) {
    this.memory = memory;
  }

  add(tally: SegmentTally, of: ComponentTally): void {
    for (const [at, window] of of.windows.entries()) {
      this.windowAt(window).push({ tally, of, at });
    }
    for (const [i, hour] of of.hours.entries()) this.addEvents(tally, of, i, hour);
  }

  private windowAt(window: number): Entry[] {
    const { windows } = this.hourAt(hourOfWindow(window));
    let entries = windows.get(window);
    if (entries === undefined) {
      entries = [];
      windows.set(window, entries);
    }
    return entries;
  }

  private hourAt(hour: number): OpenHour {
    let open = this.hours.get(hour);
    if (open === undefined) {
      open = { windows: new Map(), events: undefined };
      this.hours.set(hour, open);
    }
    return open;
  }

  private addEvents(tally: SegmentTally, of: ComponentTally, i: number, hour: number): void {
    const { source, seq } = tally;
    const open = this.hourAt(hour);
    const count = of.events[i] ?? 0;
    const last = { source, seq, line: of.hourLastLines[i] ?? 0 };
    const first = open.events?.first ?? { source, seq, line: of.hourFirstLines[i] ?? 0 };
    open.events = { count: (open.events?.count ?? 0) + count, first, last };
  }

  private isHourOpen(hour: number): boolean {
    return (hour + 1) * windowsOfHour - 1 > this.memory.closed;
  }

  /** What is not too late to be judged. */
  get inTime(): Part {
    return {
      window: window => window > this.memory.closed,
      hour: hour => this.isHourOpen(hour),
    };
  }

  /** What may be needed again. */
  get inHand(): Part {
    return {
      window: window => this.isHourOpen(hourOfWindow(window)),
      hour: hour => this.isHourOpen(hour),
    };
  }

  /**
   * Up to when it can be judged, as far as its sources go.
   *
   * @param isWaitedFor what the others have is judged without those that are not
   * @returns undefined where none is waited for
   */
  toldToMs(isWaitedFor: (source: string) => boolean): number | undefined {
    let last = -Infinity;
    for (const [source, ms] of this.memory.sources) if (ms > last && isWaitedFor(source)) last = ms;
    if (last === -Infinity) return undefined;
    let least = last;
    for (const [source, ms] of this.memory.sources) {
      if (ms >= last - behindMs && ms < least && isWaitedFor(source)) least = ms;
    }
    return least - lateMs;
  }

  /**
   * Up to when it can be judged where no source is waited for. Logs that are brought in once a day go on where they
   * ended: the rest of their last hour is still to come.
   */
  overMs(ms: number): number {
    const last = Math.max(-Infinity, ...this.memory.sources.values());
    const told = this.toldToMs(() => true) ?? -Infinity;
    const isLongOver = ms >= last + dayMs;
    return Math.max(told, isLongOver ? ms : Math.min(ms, (windowOf(last) + 1) * windowMs));
  }

  /** Judges and learns all that lies before a time. */
  close(toMs: number, keptBetween: HourInHand['keptBetween']): Sighting[] {
    const end = windowOf(toMs);
    const sightings: Sighting[] = [];
    const ready = [...this.hours.keys()].filter(hour => hour * windowsOfHour < end);
    for (const hour of ready.toSorted((a, b) => a - b)) {
      sightings.push(...this.closeHour(hour, end, keptBetween));
    }
    return sightings;
  }

  private closeHour(hour: number, end: number, keptBetween: HourInHand['keptBetween']): Sighting[] {
    const { memory } = this;
    const open = this.hours.get(hour);
    if (open === undefined) return [];
    const firstWindow = hour * windowsOfHour;
    const isOver = firstWindow + windowsOfHour <= end;
    if (this.hour !== hour) {
      this.hour = hour;
      if (this.names.size > namesMax) this.names = new NameNumbers();
      this.ofHour = new Features(this.names);
      // What was judged before, in another run.
      for (const [window, entries] of open.windows) {
        if (window <= memory.closed) for (const entry of entries) this.ofHour.add(entry);
      }
    }
    const ofHour = this.ofHour ?? new Features(this.names);
    const isFollowed = (address: number): boolean =>
      memory.subject('address', address) !== undefined;
    const sightings: Sighting[] = [];
    const last = Math.min(end, firstWindow + windowsOfHour) - 1;
    for (let window = Math.max(firstWindow, memory.closed + 1); window <= last; window += 1) {
      const ofWindow = new Features(this.names, isFollowed);
      const entries = open.windows.get(window) ?? [];
      for (const entry of entries) {
        ofWindow.add(entry);
        ofHour.add(entry);
      }
      const events = window === firstWindow + windowsOfHour - 1 ? open.events : undefined;
      const hand = {
        memory,
        hour,
        ofHour,
        ofWindow,
        entries: {
          ofWindow: entries,
          ofHour: () => [...open.windows].flatMap(([of, each]) => (of <= window ? each : [])),
        },
        keptBetween,
        ...(events === undefined ? {} : { events }),
      };
      if (ofWindow.all.rows > 0 || events !== undefined) {
        for (const finding of judge(hand)) {
          memory.told.add(toldKey(finding.kind, finding.feature.id));
          sightings.push(sightingOf(finding, hand));
        }
      }
      learnWindow(memory, hour, window - firstWindow, ofWindow);
      memory.closed = window;
    }
    if (!isOver) return sightings;
    learnHour(memory, hour, ofHour, open.events?.count ?? 0);
    this.hours.delete(hour);
    this.ofHour = undefined;
    this.hour = Number.NaN;
    return sightings;
  }
}

/** What was learnt before, and where to. */
export interface Learnt {
  readonly components: Iterable<ComponentMemory>;
  /** Days of which the store has lines. */
  readonly keptDays: Iterable<number>;
}

/**
 * Learns what is usual from tallies, and tells what is not. Ten minutes are judged by what lies before their hour
 * alone, and only once nothing can come any more: how tallies are cut, and how many come at once, changes nothing.
 */
export class BaselineLearner {
  readonly keptDays: Set<number>;
  private readonly components: Map<string, ComponentInHand>;
  private sightings: Sighting[] = [];
  private taken: SegmentTally[] = [];
  /** So many of them are in hand before it is looked which are over. */
  private takenMax = takenMin;
  strayed = 0;

  constructor({ components, keptDays }: Learnt) {
    this.components = new Map(
      Array.from(components, memory => [memory.name, new ComponentInHand(memory)]),
    );
    this.keptDays = new Set(keptDays);
  }

  get memories(): readonly ComponentMemory[] {
    return Array.from(this.components.values(), ({ memory }) => memory);
  }

  /**
   * Adds a tally. Tallies come in the order of the first times of their segments.
   *
   * @param segmentMs first time of the segment: nothing of before comes any more, but for sources that go on.
   */
  take(tally: SegmentTally, segmentMs: number): void {
    for (const inHand of this.components.values()) {
      this.closeOne(inHand, Math.min(segmentMs, inHand.toldToMs(() => true) ?? segmentMs));
    }
    this.strayed += tally.strayed;
    for (const { component, windows, rows } of tally.components) {
      const { memory } = this.inHandOf(component);
      for (const [at, window] of windows.entries()) {
        if (window <= memory.closed) memory.late += rows[at] ?? 0;
      }
    }
    const inTime = partOfTally(tally, component => this.inHandOf(component).inTime);
    this.put(inTime);
    this.taken.push(inTime);
    if (this.taken.length >= this.takenMax) this.forgetOver();
  }

  /** Who reads years in one run does not hold them all until its end. */
  private forgetOver(): void {
    this.taken = this.taken.filter(each => lastHourOf(this.inHandOfTally(each)) !== undefined);
    this.takenMax = this.taken.length * 2 + takenMin;
  }

  private inHandOfTally(tally: SegmentTally): SegmentTally {
    return partOfTally(tally, component => this.inHandOf(component).inHand);
  }

  /** Adds what was taken before, in another run, and is not over yet. */
  restore(tally: SegmentTally): void {
    this.put(this.inHandOfTally(tally));
  }

  /** What was taken since it was asked last, as far as it is not over. */
  notOver(): readonly SegmentTally[] {
    const { taken } = this;
    this.taken = [];
    return taken
      .map(each => this.inHandOfTally(each))
      .filter(each => lastHourOf(each) !== undefined)
      .map(withoutOtherNames);
  }

  private inHandOf(component: string): ComponentInHand {
    const known = this.components.get(component);
    if (known !== undefined) return known;
    const made = new ComponentInHand(new ComponentMemory(component));
    this.components.set(component, made);
    return made;
  }

  private put(tally: SegmentTally): void {
    const { source, lastMs } = tally;
    for (const of of tally.components) {
      const inHand = this.inHandOf(of.component);
      inHand.add(tally, of);
      const { sources } = inHand.memory;
      if (lastMs !== undefined)
        sources.set(source, Math.max(lastMs, sources.get(source) ?? -Infinity));
      for (const hour of of.hours) this.keptDays.add(dayOfHour(hour));
    }
  }

  private closeOne(inHand: ComponentInHand, toMs: number): void {
    this.sightings.push(...inHand.close(toMs, this.keptBetween));
  }

  private readonly keptBetween = (after: number, before: number): number => {
    let count = 0;
    for (const day of this.keptDays) if (day > after && day < before) count += 1;
    return count;
  };

  /**
   * Judges what can be judged.
   *
   * @param overMs up to when nothing is waited for of a component of which no source is
   * @returns what was found since it was asked last.
   */
  end(
    overMs: number = -Infinity,
    isWaitedFor: (source: string) => boolean = () => false,
  ): readonly Sighting[] {
    for (const inHand of this.components.values()) {
      this.closeOne(inHand, inHand.toldToMs(isWaitedFor) ?? inHand.overMs(overMs));
    }
    const { sightings } = this;
    this.sightings = [];
    return sightings.toSorted(
      (a, b) => a.timeMs - b.timeMs || compare(a.component, b.component) || compare(a.rule, b.rule),
    );
  }

  /** The first hour that is not over, of whatever component; undefined where none is in hand. */
  get openHour(): number | undefined {
    let first: number | undefined;
    for (const { hours } of this.components.values()) {
      for (const hour of hours.keys()) if (first === undefined || hour < first) first = hour;
    }
    return first;
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
