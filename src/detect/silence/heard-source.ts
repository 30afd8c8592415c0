import type { Sighting } from '../../core/alert.ts';
import type { KnownVoice } from '../../core/known-baseline.ts';
import { hourInDay, hourMs, hoursOfDay } from '../baselines/calendar.ts';
import { daysKept } from '../baselines/history.ts';
import { type HeardSegment, voiceKey } from './heard.ts';
import { overSighting, silenceSighting, type Told } from './told.ts';
import { type Expected, type HeardLine, Voice, type Why } from './voice.ts';

/** Lines come so much too late, and are in time all the same. */
const lateMs = 300_000;
/** For the sake of fewer events than these, that may be dated wrongly, no hour is over. */
const eventsAhead = 10;
/** Where there are always that many within an hour, one without any is enough; not on Sundays: clocks change then. */
const busyEvents = 100;
const shortMs = hourMs;
const longMs = 1.5 * hourMs;
const epochWeekday = 4;
const voicesMax = 300;
/** Where hours tell nothing, whole days do. */
const longDays = 21;
const activeDaysMin = 14;

/** What is not known of a log, of which nothing is therefore told. */
export interface Uncollected {
  /** Whether anything of a source may be missing within an hour. */
  readonly isMissing: (source: string, hour: number) => boolean;
  /** Whether an hour was over before anybody read the log: files of it may have been taken away by then. */
  readonly isFound: (source: string, hour: number) => boolean;
  /** What a log is called. */
  readonly nameOf: (source: string) => string;
  /** Whether all that is written to it comes, as long as it is read. */
  readonly isWhole: (source: string) => boolean;
}

const isSunday = (hour: number): boolean =>
  (Math.floor(hour / hoursOfDay) + epochWeekday) % 7 === 0;

/** How long it has to be silent before it is told. */
const neededMs = (hour: number, { quietest }: Expected): number =>
  quietest >= busyEvents && !isSunday(hour) ? shortMs : longMs;

const rank = ([key, { host }]: readonly [string, Voice]): string =>
  `${key === '' ? 0 : host === undefined ? 2 : 1} ${key}`;

/** The log itself first, then hosts, then components: what is told of one is not told of those in it. */
const byKind = (a: readonly [string, Voice], b: readonly [string, Voice]): number =>
  rank(a) < rank(b) ? -1 : 1;

/** Events of a silence that was told, and was none. */
export interface Late {
  readonly voice: Voice;
  readonly hour: number;
  events: number;
  readonly first: HeardLine;
  last: HeardLine;
}

/** One log: what is heard of it, and which of its hours are over. */
export class HeardSource {
  readonly name: string;
  readonly voices: Map<string, Voice> = new Map();
  /** The first hour that is not over; undefined before there is any. */
  open: number | undefined;
  /** Events of hours that had been taken for over when they came. */
  late = 0;
  /** Voices that there was no room for. */
  crowded = 0;

  constructor(name: string) {
    this.name = name;
  }

  /** Hosts write it themselves: no export, and nothing that comes as a whole. */
  get isWritten(): boolean {
    for (const { host } of this.voices.values()) if (host !== undefined) return true;
    return false;
  }

  get whole(): Voice | undefined {
    return this.voices.get('');
  }

  /** @returns what came of hours of which it was told that there was nothing */
  add({ seq, files, voices }: HeardSegment, hasRoom: () => boolean): readonly Late[] {
    const late: Late[] = [];
    const lineAt = (ms: number, line: number, place: number): HeardLine => {
      const file = files[place];
      return { ms, seq, line, ...(file === undefined ? {} : { file }) };
    };
    for (const heard of voices) {
      const key = voiceKey(heard);
      for (const [i, hour] of heard.hours.entries()) {
        const count = heard.counts[i] ?? 0;
        let voice = this.voices.get(key);
        if (voice === undefined) {
          if (this.voices.size >= voicesMax || !hasRoom()) {
            this.crowded += 1;
            break;
          }
          voice = new Voice(heard, hour);
          this.voices.set(key, voice);
        }
        const ends = {
          first: lineAt(heard.firstMs[i] ?? 0, heard.firstLines[i] ?? 0, heard.firstFiles[i] ?? -1),
          last: lineAt(heard.lastMs[i] ?? 0, heard.lastLines[i] ?? 0, heard.lastFiles[i] ?? -1),
        };
        if (this.open === undefined || hour >= this.open) {
          voice.add(hour, count, ends);
          continue;
        }
        if (key === '') this.late += count;
        if (hour <= this.open - daysKept * hoursOfDay) continue;
        const known = late.find(each => each.voice === voice);
        if (known !== undefined) {
          known.events += count;
          known.last = ends.last;
        }
        if (voice.addLate(hour, count, ends)) late.push({ voice, hour, events: count, ...ends });
      }
    }
    const { whole } = this;
    if (whole !== undefined) this.open ??= whole.firstHour;
    return late;
  }

  /** Up to when its own lines tell that nothing more comes. */
  toldToMs(): number {
    const { whole } = this;
    if (whole === undefined) return -Infinity;
    let events = 0;
    for (const hour of [...whole.ends.keys()].toSorted((a, b) => b - a)) {
      events += whole.count(hour);
      if (events >= eventsAhead) return (whole.ends.get(hour)?.last.ms ?? 0) - lateMs;
    }
    return -Infinity;
  }

  /** Hosts that wrote to it lately. */
  private hostsAt(hour: number): readonly string[] {
    const sinceMs = (hour - activeDaysMin * hoursOfDay) * hourMs;
    return [...this.voices.values()].flatMap(({ host, firstHour, before }) =>
      // What came later says nothing of that hour.
      host !== undefined && firstHour <= hour && (before?.ms ?? Infinity) >= sinceMs ? [host] : [],
    );
  }

  /** Judges all hours that end before a time. */
  close(toMs: number, known: Uncollected): Sighting[] {
    const { whole } = this;
    const sightings: Sighting[] = [];
    if (this.open === undefined || whole === undefined || !Number.isFinite(toMs)) return sightings;
    const end = Math.floor(toMs / hourMs);
    // Of what is longer away than is remembered nothing is usual any more.
    if (end - this.open > daysKept * hoursOfDay && whole.ends.size === 0) return sightings;
    const ordered = [...this.voices].toSorted(byKind);
    for (let hour = this.open; hour < end; hour += 1) {
      const isMissing =
        !known.isWhole(this.name) ||
        known.isMissing(this.name, hour) ||
        (known.isFound(this.name, hour) && this.isBetweenFiles(whole, hour));
      for (const [, voice] of ordered) {
        sightings.push(...this.closeHour(voice, hour, isMissing, known));
      }
      this.open = hour + 1;
    }
    return sightings;
  }

  /** Whether the lines before and behind an hour without any are of two files: there may have been one in between. */
  private isBetweenFiles({ before, ends }: Voice, hour: number): boolean {
    if (before?.file === undefined || ends.has(hour)) return false;
    let next: HeardLine | undefined;
    for (const { first } of ends.values()) if (first.ms < (next?.ms ?? Infinity)) next = first;
    return next?.file !== undefined && next.file !== before.file;
  }

  private closeHour(
    voice: Voice,
    hour: number,
    isMissing: boolean,
    known: Uncollected,
  ): readonly Sighting[] {
    if (hour < voice.firstHour) return [];
    const ends = voice.ends.get(hour);
    voice.ends.delete(hour);
    const { silence, before } = voice;
    const about = (): Told => this.toldOf(voice, hour, known);
    if (ends !== undefined) {
      voice.before = ends.last;
      voice.silence = undefined;
      if (silence?.told === undefined || before === undefined) return [];
      return [overSighting(about(), silence.told, before, ends.first)];
    }
    if (isMissing || voice.isUnknown(hour)) {
      voice.markUnknown(hour);
      // What was told goes on until there are events again; what was not cannot be told any more.
      if (silence?.told === undefined) voice.silence = undefined;
      return [];
    }
    const now = (voice.silence ??= { fromHour: hour, expected: 0, ofWeek: 0 });
    if (now.told !== undefined) {
      voice.markTold(hour);
      return [];
    }
    const why = this.why(voice, hour);
    if (why === undefined || before === undefined) return [];
    now.told = why;
    for (let each = now.fromHour; each <= hour; each += 1) this.markTold(voice, each);
    return [silenceSighting(about(), why, before)];
  }

  /** Whoever is part of what was silent was silent, too. */
  private markTold(voice: Voice, hour: number): void {
    const isWhole = voice === this.whole;
    for (const each of isWhole ? this.voices.values() : [voice]) {
      if (each.count(hour) === 0 && hour >= each.firstHour) each.markTold(hour);
    }
  }

  toldOf({ component, host }: Voice, hour: number, known: Uncollected): Told {
    const [only, ...others] = this.hostsAt(hour);
    return {
      source: this.name,
      log: known.nameOf(this.name),
      hour,
      ...(component === undefined ? {} : { component }),
      ...(host === undefined ? {} : { host }),
      ...(only === undefined || others.length > 0 ? {} : { only }),
    };
  }

  /** Why an hour without events is worth a word; undefined where it is not. */
  private why(voice: Voice, hour: number): Why | undefined {
    const { whole } = this;
    const { silence } = voice;
    if (whole === undefined || silence === undefined) return undefined;
    const isPart = voice !== whole;
    // Of a part nothing is said where more than it is silent.
    if (isPart && (whole.count(hour) === 0 || this.isOfSilentHost(voice))) return undefined;
    const ofDay = voice.expectedOfDay(hour);
    if (ofDay !== undefined) {
      if (isPart && !voice.isBeside(hour, whole)) return undefined;
      silence.expected += 1;
      const sinceMs = voice.before?.ms ?? Infinity;
      if ((hour + 1) * hourMs - sinceMs < neededMs(hour, ofDay)) return undefined;
      const isExpected = Array.from(
        { length: hoursOfDay },
        (_, of) => voice.expectedOfDay(hour - (hour % hoursOfDay) + of) !== undefined,
      );
      const longest = voice.longestBefore(silence.fromHour, of => isExpected[of] === true);
      return silence.expected > longest ? { is: 'hours', ...ofDay } : undefined;
    }
    return this.ofWeek(voice, hour) ?? this.ofLength(voice, hour);
  }

  /**
   * Where days differ, only what falls silent in the middle of such hours is told: on a public holiday it is silent
   * since the evening before.
   */
  private ofWeek(voice: Voice, hour: number): Why | undefined {
    const { whole } = this;
    const { silence } = voice;
    if (whole === undefined || silence === undefined) return undefined;
    const hours = hour - silence.fromHour + 1;
    if (hours > 2 || silence.ofWeek !== hours - 1) return undefined;
    const ofWeek = voice.expectedOfWeek(hour);
    if (ofWeek === undefined || (voice !== whole && !voice.isBeside(hour, whole))) return undefined;
    silence.ofWeek = hours;
    return hours === 2 ? { is: 'hours', ...ofWeek } : undefined;
  }

  /** What says little says that little all the same: looked at once a day. */
  private ofLength(voice: Voice, hour: number): Why | undefined {
    const { silence } = voice;
    if (silence === undefined) return undefined;
    const hours = hour - silence.fromHour + 1;
    if (hours < hoursOfDay || hours % hoursOfDay !== 0) return undefined;
    const days = voice.knownDays(silence.fromHour);
    if (days < longDays || voice.activeDays(silence.fromHour, longDays) < activeDaysMin) {
      return undefined;
    }
    const longest = voice.longestBefore(silence.fromHour, () => true);
    return hours > 2 * longest ? { is: 'length', days, longest } : undefined;
  }

  /** A component is silent with its host. */
  private isOfSilentHost({ component }: Voice): boolean {
    return (
      component !== undefined &&
      [...this.voices.values()].some(
        ({ host, silence }) => host !== undefined && silence?.told !== undefined,
      )
    );
  }

  /** Whether a silence of it would be told by now: at any hour of the day, of all of the log or of a component in it. */
  isJudged(component: string): boolean {
    return [this.whole, this.voices.get(`component ${component}`)].some(
      voice => voice !== undefined && this.expectedHours(voice).length > 0,
    );
  }

  /** Hours of the day at which its silence would be told, as it was on the last one. */
  private expectedHours(voice: Voice): readonly number[] {
    const { open = 0 } = this;
    return Array.from({ length: hoursOfDay }, (_, back) => open - back - 1)
      .filter(
        hour => voice.expectedOfDay(hour) !== undefined || voice.expectedOfWeek(hour) !== undefined,
      )
      .map(hourInDay)
      .toSorted((a, b) => a - b);
  }

  known(): readonly KnownVoice[] {
    const { open } = this;
    if (open === undefined) return [];
    return [...this.voices].toSorted(byKind).map(([, voice]): KnownVoice => {
      const { component, host, last, before, silence } = voice;
      const since = silence?.told === undefined ? undefined : before?.ms;
      return {
        ...(component === undefined ? {} : { component }),
        ...(host === undefined ? {} : { host }),
        days: voice.knownDays(open),
        expected: this.expectedHours(voice),
        ...(last === undefined ? {} : { lastMs: last.ms }),
        ...(since === undefined ? {} : { silentSinceMs: since }),
      };
    });
  }

  /** Forgets who was not heard for longer than is remembered. */
  forget(): readonly string[] {
    const { open } = this;
    if (open === undefined) return [];
    const gone: string[] = [];
    for (const [key, { before, ends }] of this.voices) {
      const lastMs = before?.ms ?? Infinity;
      if (ends.size > 0 || lastMs > (open - daysKept * hoursOfDay) * hourMs) continue;
      this.voices.delete(key);
      gone.push(key);
    }
    return gone;
  }
}
