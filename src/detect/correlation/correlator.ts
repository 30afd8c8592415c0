import type { LineRef } from '../../core/watched-event.ts';
import type { CorrelationHit, Hit } from '../hit.ts';
import type { CorrelationRule, Rule } from '../sigma/nodes.ts';
import { conditionOf } from './condition.ts';
import { compareLines } from './entry.ts';
import { countedOf, groupsOf, keyOf } from './grouping.ts';
import { measureOf } from './measure.ts';
import { orderedRulesMax } from './ordered-chain.ts';
import type { FiredAt, OpenWindow, SavedCorrelations } from './saved.ts';
import { type Reading, Window } from './window.ts';

export interface CorrelatorLimits {
  /** Hits that are held for all correlations together; beyond it the oldest are forgotten, and counted. */
  readonly hitsMax: number;
  /** How much older than what was settled a hit may be and still find all of those of its time. */
  readonly latenessMs: number;
}

export const correlatorLimits: CorrelatorLimits = { hitsMax: 500_000, latenessMs: 900_000 };

/** A correlation that is not watched for, and why. */
interface RefusedCorrelation {
  readonly rule: string;
  readonly why: string;
}

interface Watched {
  readonly rule: CorrelationRule;
  readonly order: number;
  readonly isMet: (value: number) => boolean;
  readonly windows: Map<string, Window>;
  /** Those in which something waits. */
  readonly waiting: Set<Window>;
  /** Hits within their window that were forgotten because there were too many. */
  forgotten: number;
  /** When it was last tidied. */
  tidiedMs: number;
}

interface Told {
  readonly hit: CorrelationHit;
  readonly order: number;
}

/**
 * Correlations over hits that come in any order. A correlation holds at an event when its condition does for the hits
 * of the event's group in (t − timespan, t]. What it comes to is decided when all up to t is said to be there; a hit
 * that comes later than that is put where it belongs, and the events after it are asked again. What was told is never
 * taken back, and never told twice.
 */
export class Correlator {
  private readonly refused: readonly RefusedCorrelation[];
  private readonly bounds: CorrelatorLimits;
  private readonly watched: readonly Watched[];
  private readonly byReferred = new Map<string, Watched[]>();
  private held = 0;
  /** Since the last time that it was saved. */
  private added: Hit[] = [];
  private told: FiredAt[] = [];
  private isMoreThanNoted = true;
  private seenMs = Number.NEGATIVE_INFINITY;

  /** @param rules rules before the correlations that refer to them; detection rules are passed over */
  constructor(rules: readonly Rule[], limits: CorrelatorLimits = correlatorLimits) {
    this.bounds = limits;
    const refused: RefusedCorrelation[] = [];
    const watched: Watched[] = [];
    for (const rule of rules) {
      if (rule.kind !== 'correlation') continue;
      if (rule.type === 'temporal_ordered' && rule.rules.length > orderedRulesMax) {
        const why = `it puts ${rule.rules.length} rules in an order; at most ${orderedRulesMax} are watched`;
        refused.push({ rule: rule.id, why });
        continue;
      }
      const one: Watched = {
        rule,
        order: watched.length,
        isMet: conditionOf(rule),
        windows: new Map(),
        waiting: new Set(),
        forgotten: 0,
        tidiedMs: Number.NEGATIVE_INFINITY,
      };
      watched.push(one);
      for (const referred of new Set(rule.rules))
        this.byReferred.set(referred, [...(this.byReferred.get(referred) ?? []), one]);
    }
    this.watched = watched;
    this.refused = refused;
  }

  /** Whether any correlation refers to the rule. */
  wants(rule: string): boolean {
    return this.byReferred.has(rule);
  }

  /** Takes a hit in, in any order; one that it was given before changes nothing. */
  add(hit: Hit): void {
    const referring = this.byReferred.get(hit.rule);
    if (referring === undefined) return;
    for (const watched of referring) this.put(watched, hit);
    this.note(hit);
    if (this.held > this.bounds.hitsMax) this.makeRoom();
  }

  private put(watched: Watched, hit: Hit): void {
    const { rule, windows } = watched;
    const counted = countedOf(rule, hit);
    const place = rule.rules.indexOf(hit.rule);
    for (const group of groupsOf(rule, hit)) {
      const key = keyOf(group);
      let window = windows.get(key);
      if (window === undefined) {
        window = new Window(group, measureOf(rule), rule.timespanMs, watched.isMet);
        windows.set(key, window);
      }
      if (!window.insert({ hit, place, counted, fired: false })) continue;
      this.held += 1;
      watched.waiting.add(window);
    }
  }

  /**
   * Says that all hits up to a time are there, that included. It may be earlier than what was said before, when older
   * lines come in behind newer ones.
   *
   * @param toMs `Infinity`: there is nothing to wait for
   * @param seenMs what is older than that by more than a time span and the lateness is forgotten; the last counts
   * @returns where correlations hold, in the order of times
   */
  advance(toMs: number, seenMs: number = toMs): readonly CorrelationHit[] {
    const found: Told[] = [];
    const isSeen = Number.isFinite(seenMs);
    if (isSeen) this.seenMs = seenMs;
    for (const watched of this.watched) {
      for (const window of watched.waiting) {
        window.slideTo(toMs, reading => {
          found.push({ hit: this.tell(watched, window, reading), order: watched.order });
        });
        if (window.waitsFromMs === undefined) watched.waiting.delete(window);
      }
      if (isSeen) this.tidy(watched, seenMs);
    }
    if (this.held > this.bounds.hitsMax) this.makeRoom();
    const told = found.toSorted(compareTold).map(({ hit }) => hit);
    if (this.isMoreThanNoted) return told;
    if (this.told.length + told.length > this.bounds.hitsMax) this.noteNoMore();
    else for (const each of told) this.told.push(firedAt(each));
    return told;
  }

  private tell({ rule }: Watched, { group }: Window, reading: Reading): CorrelationHit {
    const { at, first, hits, value } = reading;
    this.passOn(rule, group, at.hit);
    const { timeMs } = at.hit;
    return { rule: rule.id, timeMs, group, value, first: first.hit, last: at.hit, hits };
  }

  /** To correlations that refer to this one, it is a hit with what its event says and the names of its group. */
  private passOn(rule: CorrelationRule, group: readonly (string | null)[], at: Hit): void {
    const referring = this.byReferred.get(rule.id);
    if (referring === undefined) return;
    const values: Record<string, string | readonly string[]> = { ...at.values };
    rule.groupBy.forEach((name, place) => {
      const value = group[place];
      if (typeof value === 'string') values[name] = value;
    });
    const hit: Hit = { ...at, rule: rule.id, values };
    for (const watched of referring) this.put(watched, hit);
    this.note(hit);
  }

  /** For `saveSince`, as long as that is worth more than to save everything. */
  private note(hit: Hit): void {
    if (this.isMoreThanNoted) return;
    if (this.added.length < this.bounds.hitsMax) this.added.push(hit);
    else this.noteNoMore();
  }

  private noteNoMore(): void {
    this.isMoreThanNoted = true;
    this.added = [];
    this.told = [];
  }

  /** Forgets what no hit can need that is not later than it may be. */
  private tidy(watched: Watched, seenMs: number): void {
    const { rule } = watched;
    if (Math.abs(seenMs - watched.tidiedMs) < rule.timespanMs / 4) return;
    watched.tidiedMs = seenMs;
    this.forget(watched, seenMs - rule.timespanMs - this.bounds.latenessMs);
  }

  private forget(watched: Watched, upToMs: number): number {
    const liveFromMs = this.seenMs - watched.rule.timespanMs;
    let live = 0;
    for (const [key, window] of watched.windows) {
      const gone = window.forget(upToMs, liveFromMs);
      this.held -= gone.entries;
      live += gone.live;
      if (window.size === 0) watched.windows.delete(key);
    }
    return live;
  }

  /** So many of the oldest go that there is room for a while: at first those that only a late hit would have asked for. */
  private makeRoom(): void {
    for (const watched of this.watched) this.forget(watched, this.seenMs - watched.rule.timespanMs);
    if (this.held <= (this.bounds.hitsMax / 4) * 3) return;
    const times = new Float64Array(this.held);
    let at = 0;
    for (const { windows } of this.watched)
      for (const window of windows.values())
        for (const { hit } of window.all()) times[at++] = hit.timeMs;
    times.sort();
    const upToMs = times[Math.floor(this.held / 4)] ?? Number.NEGATIVE_INFINITY;
    for (const watched of this.watched) watched.forgotten += this.forget(watched, upToMs);
    if (this.held <= this.bounds.hitsMax) return;
    // Of a clock that runs ahead: what waits for a time that does not come.
    for (const watched of this.watched) {
      for (const window of watched.waiting) {
        const gone = window.forgetWaiting();
        watched.forgotten += gone;
        this.held -= gone;
      }
      watched.waiting.clear();
    }
  }

  /** What is not watched for, and what may have been missed, in sentences; none: nothing. */
  get limits(): readonly string[] {
    return [
      ...this.refused.map(({ rule, why }) => `the correlation ${rule} is not watched for: ${why}`),
      ...this.watched
        .filter(({ forgotten }) => forgotten > 0)
        .map(
          ({ rule, forgotten }) =>
            `the correlation ${rule.id} may have missed something: ${forgotten} hits were let go before its time of ${rule.timespanMs / 1000} s was over, because more than ${this.bounds.hitsMax} would have been held`,
        ),
    ];
  }

  /**
   * What another one needs to go on from here. The hits in it carry names. What was added behind the last `advance` is
   * in it as well.
   */
  save(): SavedCorrelations {
    const hits = new Set<Hit>();
    const fired: FiredAt[] = [];
    for (const { rule, windows } of this.watched)
      for (const window of windows.values())
        for (const entry of window.all()) {
          hits.add(entry.hit);
          if (entry.fired)
            fired.push({ rule: rule.id, group: window.group, at: lineOf(entry.hit) });
        }
    this.noteAnew();
    return { hits: [...hits], fired, open: this.open() };
  }

  /**
   * The same, of what came since the last time that either was asked; `restore` takes one behind the other.
   *
   * @returns undefined where that is too much, or nothing was ever saved: `save` is to be asked
   */
  saveSince(): SavedCorrelations | undefined {
    if (this.isMoreThanNoted) return undefined;
    const { added: hits, told: fired } = this;
    this.noteAnew();
    return { hits, fired, open: this.open() };
  }

  private noteAnew(): void {
    this.added = [];
    this.told = [];
    this.isMoreThanNoted = false;
  }

  /** Where something waits to be decided. */
  private open(): readonly OpenWindow[] {
    return this.watched.flatMap(({ rule, waiting }) =>
      [...waiting].flatMap(({ group, waitsFromMs }) =>
        waitsFromMs === undefined ? [] : [{ rule: rule.id, group, fromMs: waitsFromMs }],
      ),
    );
  }

  /** Goes on from what was saved, piece by piece; for one that has taken nothing yet. Rules that are no more are passed over. */
  restore(saved: readonly SavedCorrelations[]): void {
    for (const { hits } of saved) for (const hit of hits) this.add(hit);
    const fired = saved.flatMap(each => each.fired);
    const open = saved.at(-1)?.open ?? [];
    const lines = new Set(fired.map(({ rule, group, at }) => markOf(rule, group, at)));
    for (const watched of this.watched) {
      const { rule, windows } = watched;
      for (const window of windows.values())
        for (const entry of window.all()) {
          if (!lines.delete(markOf(rule.id, window.group, entry.hit))) continue;
          entry.fired = true;
        }
      watched.waiting.clear();
      for (const window of windows.values()) window.standBefore(Number.POSITIVE_INFINITY);
    }
    for (const { rule, group, fromMs } of open) {
      const watched = this.watched.find(each => each.rule.id === rule);
      const window = watched?.windows.get(keyOf(group));
      if (watched === undefined || window === undefined) continue;
      window.standBefore(fromMs);
      watched.waiting.add(window);
    }
    this.noteAnew();
  }
}

const lineOf = ({ source, seq, line }: Hit): LineRef => ({ source, seq, line });

const firedAt = ({ rule, group, last }: CorrelationHit): FiredAt => ({
  rule,
  group,
  at: lineOf(last),
});

const markOf = (rule: string, group: readonly (string | null)[], at: LineRef): string =>
  JSON.stringify([rule, group, at.source, at.seq, at.line]);

const compareTold = (a: Told, b: Told): number =>
  a.hit.timeMs - b.hit.timeMs ||
  a.order - b.order ||
  compareLines(a.hit.last, b.hit.last) ||
  (keyOf(a.hit.group) < keyOf(b.hit.group) ? -1 : 1);
