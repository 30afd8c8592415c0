import type { Sighting } from '../../core/alert.ts';
import type { RuleBacktest, Share } from '../../core/hunt-report.ts';
import type { AllowedSighting } from '../../core/watch-policy.ts';
import type { LineRef } from '../../core/watched-event.ts';
import { allowedBy } from '../../detect/alerts/allowed.ts';
import { isAboutApp, type LabelOf, nameless } from '../../detect/alerts/anonymous.ts';
import { goesOnWith } from '../../detect/alerts/join.ts';
import { Correlator } from '../../detect/correlation/correlator.ts';
import { HitSieve } from '../../detect/correlation/sieve.ts';
import type { Hit } from '../../detect/hit.ts';
import type { HitBatch } from '../../detect/hit-batch.ts';
import type { Rule } from '../../detect/sigma/nodes.ts';
import type { LoadedRules } from './pipeline.ts';
import { SightingFold } from './sightings.ts';

export interface BacktestOptions {
  readonly rules: LoadedRules;
  readonly allow: readonly AllowedSighting[];
  /** An alert that nothing was added to for so long is over. */
  readonly quietMs: number;
  /** How people are called. */
  readonly labelOf: LabelOf;
}

const sharesMax = 10;
/** Different names that are counted one by one. */
const namesMax = 100_000;
const examplesMax = 3;
const linesMax = 10;

/** Counts events by a name; beyond so many names, new ones are one. */
class Shares {
  private readonly counts = new Map<string, number>();

  add(name: string | undefined, events = 1): void {
    if (name === undefined) return;
    const key = this.counts.size < namesMax || this.counts.has(name) ? name : '(others)';
    this.counts.set(key, (this.counts.get(key) ?? 0) + events);
  }

  top(): readonly Share[] {
    return [...this.counts]
      .toSorted(([, a], [, b]) => b - a)
      .slice(0, sharesMax)
      .map(([name, events]) => ({ name, events }));
  }

  inOrder(): readonly Share[] {
    return [...this.counts]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, events]) => ({ name, events }));
  }
}

/** What one rule came to. */
class Tried {
  events = 0;
  alerts = 0;
  allowed = 0;
  firstMs = Number.POSITIVE_INFINITY;
  lastMs = Number.NEGATIVE_INFINITY;
  readonly components = new Shares();
  readonly people = new Shares();
  readonly addresses = new Shares();
  readonly days = new Shares();
  readonly sentences: string[] = [];
  readonly lines: LineRef[] = [];
  /** By component and person, the alert that is open. */
  readonly open = new Map<string, { firstMs: number; lastMs: number }>();

  event(hit: Hit, who: string | undefined): void {
    this.events += 1;
    this.components.add(hit.component);
    this.people.add(who);
    this.addresses.add(hit.address);
    this.days.add(new Date(hit.timeMs).toISOString().slice(0, 10));
    if (hit.timeMs < this.firstMs) this.firstMs = hit.timeMs;
    if (hit.timeMs > this.lastMs) this.lastMs = hit.timeMs;
    const { source, seq, line } = hit;
    if (this.lines.length < linesMax) this.lines.push({ source, seq, line });
  }
}

/** Runs rules without telling anybody, and counts what they would have told. */
export class Backtest {
  private readonly options: BacktestOptions;
  private readonly correlator: Correlator;
  private readonly sieve: HitSieve;
  private readonly fold: SightingFold;
  private readonly tried = new Map<string, Tried>();
  private readonly detections: ReadonlySet<string>;
  private readonly allowed: (sighting: Sighting) => AllowedSighting | undefined;

  constructor(options: BacktestOptions) {
    this.options = options;
    const correlator = new Correlator(options.rules.rules);
    this.correlator = correlator;
    this.sieve = new HitSieve(options.rules.rules, hit => correlator.add(hit));
    this.fold = new SightingFold(options.rules.rules);
    this.allowed = allowedBy(options.allow);
    this.detections = new Set(
      options.rules.rules.flatMap(({ kind, id }) => (kind === 'detection' ? [id] : [])),
    );
  }

  hits(batch: HitBatch): void {
    for (const hit of batch.of(rule => this.options.rules.alerting.has(rule))) {
      this.of(hit.rule).event(hit, this.shown(hit.actor ?? hit.user, hit.app));
      this.fold.hit(hit);
    }
    this.sieve.add(batch);
  }

  upTo(timeMs: number): void {
    if (Number.isFinite(timeMs)) this.settle(this.sieve.settle(timeMs) - 1);
  }

  get notes(): readonly string[] {
    return this.correlator.limits;
  }

  /** @param more sightings of baselines */
  end(newestMs: number | undefined, more: readonly Sighting[]): readonly RuleBacktest[] {
    this.sieve.flush();
    if (newestMs !== undefined) this.settle(newestMs);
    for (const sighting of [...this.fold.take(), ...more].toSorted((a, b) => a.timeMs - b.timeMs)) {
      this.sighting(sighting);
    }
    const rules = new Map(this.options.rules.rules.map(rule => [rule.id, rule]));
    const titles = new Map(more.map(sighting => [sighting.rule, sighting]));
    return [...this.tried]
      .flatMap(([id, tried]) => this.report(id, tried, rules.get(id), titles.get(id)))
      .toSorted((a, b) => b.alerts - a.alerts || b.events - a.events);
  }

  private settle(toMs: number): void {
    for (const found of this.correlator.advance(toMs)) {
      if (this.options.rules.alerting.has(found.rule)) this.fold.correlation(found);
    }
  }

  private sighting(sighting: Sighting): void {
    const tried = this.of(sighting.rule);
    // Of single events each was counted as it came.
    if (!this.detections.has(sighting.rule)) {
      tried.days.add(new Date(sighting.timeMs).toISOString().slice(0, 10), sighting.events);
      tried.events += sighting.events;
      tried.firstMs = Math.min(tried.firstMs, sighting.sinceMs);
      tried.lastMs = Math.max(tried.lastMs, sighting.timeMs);
      tried.components.add(sighting.component, sighting.events);
      const { who, app, address } = sighting;
      const person = isAboutApp(sighting) ? undefined : who;
      tried.people.add(this.shown(person, app), sighting.events);
      tried.addresses.add(address, sighting.events);
      tried.lines.push(...sighting.lines.slice(0, Math.max(0, linesMax - tried.lines.length)));
    }
    if (this.allowed(sighting) !== undefined) {
      tried.allowed += 1;
      return;
    }
    const { component, who = '', timeMs } = sighting;
    const key = JSON.stringify([component, who]);
    const open = tried.open.get(key);
    if (open !== undefined && goesOnWith(open, timeMs, this.options.quietMs)) {
      open.lastMs = Math.max(open.lastMs, timeMs);
      return;
    }
    tried.open.set(key, { firstMs: timeMs, lastMs: timeMs });
    tried.alerts += 1;
    if (tried.sentences.length < examplesMax) {
      tried.sentences.push(nameless(sighting, this.options.labelOf).sentence);
    }
  }

  /** Applications are called by their names; people as whoever asks may know them. */
  private shown(person: string | undefined, app: string | undefined): string | undefined {
    return person === undefined ? app : this.options.labelOf(person);
  }

  private of(rule: string): Tried {
    const known = this.tried.get(rule) ?? new Tried();
    this.tried.set(rule, known);
    return known;
  }

  private report(
    id: string,
    tried: Tried,
    rule: Rule | undefined,
    baseline: Sighting | undefined,
  ): readonly RuleBacktest[] {
    const head = rule ?? baseline;
    if (head === undefined) return [];
    const { title, level } = head;
    const { firstMs, lastMs, events, alerts, allowed, sentences, lines } = tried;
    return [
      {
        rule: id,
        title,
        level,
        kind: rule?.kind ?? 'baseline',
        ...(rule === undefined ? {} : { place: { path: rule.place.path, line: rule.place.line } }),
        events,
        alerts,
        allowed,
        components: tried.components.top(),
        people: tried.people.top(),
        addresses: tried.addresses.top(),
        days: tried.days.inOrder(),
        ...(Number.isFinite(firstMs) ? { firstMs, lastMs } : {}),
        sentences,
        lines,
      },
    ];
  }
}
