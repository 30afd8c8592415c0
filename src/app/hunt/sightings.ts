import { type EventKind, eventKinds } from '../../core/access-event.ts';
import type { Sighting } from '../../core/alert.ts';
import type { LineRef } from '../../core/watched-event.ts';
import type { CorrelationHit, Hit } from '../../detect/hit.ts';
import type { CorrelationRule, DetectionRule, Rule } from '../../detect/sigma/nodes.ts';
import { correlationSentence, hitsSentence } from './sentences.ts';

/** What rules saw within so much time about one person is told together. */
const togetherMs = 3_600_000;
const valuesMax = 1_000;
const linesMax = 20;

/** Values, each once, and how many there were beyond those that are held. */
export class Distinct {
  private readonly held = new Set<string>();
  private isFull = false;

  add(value: string | undefined): void {
    if (value === undefined || this.held.has(value)) return;
    if (this.held.size < valuesMax) this.held.add(value);
    else this.isFull = true;
  }

  /** `412`, `1,000 or more`. */
  get count(): string {
    return this.isFull ? `${valuesMax.toLocaleString('en-US')} or more` : String(this.held.size);
  }

  get size(): number {
    return this.held.size;
  }

  get first(): string | undefined {
    return this.held.values().next().value;
  }
}

/** Hits of one rule about one person within an hour. */
export interface HitGroup {
  readonly rule: DetectionRule;
  readonly component: string;
  readonly who: string | undefined;
  events: number;
  firstMs: number;
  lastMs: number;
  readonly mailboxes: Distinct;
  readonly addresses: Distinct;
  readonly apps: Distinct;
  readonly kinds: Distinct;
  readonly lines: LineRef[];
}

/** The same of a correlation: where it held most. */
export interface CorrelationGroup {
  readonly rule: CorrelationRule;
  readonly who: string | undefined;
  most: CorrelationHit;
  firstMs: number;
  lastMs: number;
  times: number;
}

const lineOf = ({ source, seq, line }: Hit): LineRef => ({ source, seq, line });

const asKind = (kind: string | undefined): EventKind | undefined =>
  eventKinds.find(each => each === kind);

/** Who acted, else whose it is, else the program. */
const whoOf = ({ actor, user, app }: Hit): string | undefined => actor ?? user ?? app;

/** Of what it is grouped by, the person or program; nobody in particular where it is grouped by something else. */
const whoOfCorrelation = ({ group, last }: CorrelationHit): string | undefined =>
  [last.actor, last.user, last.app].find(
    name =>
      name !== undefined &&
      group.some(value => value !== null && value.toLowerCase() === name.toLowerCase()),
  );

const keyOf = (...parts: readonly (string | null | undefined)[]): string => JSON.stringify(parts);

/** Makes sightings of hits: those of a rule about one person in one hour are one, so that thousands stay few. */
export class SightingFold {
  private readonly rules: ReadonlyMap<string, Rule>;
  private hits = new Map<string, HitGroup>();
  private correlations = new Map<string, CorrelationGroup>();

  constructor(rules: readonly Rule[]) {
    this.rules = new Map(rules.map(rule => [rule.id, rule]));
  }

  hit(hit: Hit): void {
    const rule = this.rules.get(hit.rule);
    if (rule?.kind !== 'detection') return;
    const { component, timeMs } = hit;
    const who = whoOf(hit);
    const key = keyOf(rule.id, component, who, String(Math.floor(timeMs / togetherMs)));
    let group = this.hits.get(key);
    if (group === undefined) {
      group = {
        rule,
        component,
        who,
        events: 0,
        firstMs: timeMs,
        lastMs: timeMs,
        mailboxes: new Distinct(),
        addresses: new Distinct(),
        apps: new Distinct(),
        kinds: new Distinct(),
        lines: [],
      };
      this.hits.set(key, group);
    }
    group.events += 1;
    group.firstMs = Math.min(group.firstMs, timeMs);
    group.lastMs = Math.max(group.lastMs, timeMs);
    group.mailboxes.add(hit.user);
    group.addresses.add(hit.address);
    group.apps.add(hit.app);
    group.kinds.add(hit.kind);
    if (group.lines.length < linesMax) group.lines.push(lineOf(hit));
    else group.lines[linesMax - 1] = lineOf(hit);
  }

  correlation(hit: CorrelationHit): void {
    const rule = this.rules.get(hit.rule);
    if (rule?.kind !== 'correlation') return;
    const key = keyOf(rule.id, String(Math.floor(hit.timeMs / togetherMs)), ...hit.group);
    const group = this.correlations.get(key);
    if (group === undefined) {
      this.correlations.set(key, {
        rule,
        who: whoOfCorrelation(hit),
        most: hit,
        firstMs: hit.first.timeMs,
        lastMs: hit.timeMs,
        times: 1,
      });
      return;
    }
    group.times += 1;
    group.firstMs = Math.min(group.firstMs, hit.first.timeMs);
    group.lastMs = Math.max(group.lastMs, hit.timeMs);
    if (hit.value > group.most.value) group.most = hit;
  }

  /** What was seen since it was last asked, in the order of times. */
  take(): readonly Sighting[] {
    const found = [
      ...[...this.hits.values()].map(sightingOfHits),
      ...[...this.correlations.values()].map(sightingOfCorrelation),
    ];
    this.hits = new Map();
    this.correlations = new Map();
    return found.toSorted((a, b) => a.timeMs - b.timeMs);
  }
}

const headOf = ({ id, name, title, level, tags }: Rule) => ({
  rule: id,
  ...(name === undefined ? {} : { name }),
  title,
  level,
  tags,
});

const onlyOf = (values: Distinct): string | undefined =>
  values.size === 1 ? values.first : undefined;

const sightingOfHits = (group: HitGroup): Sighting => {
  const { rule, component, who, events, firstMs, lastMs, lines } = group;
  const address = group.addresses.first;
  const app = onlyOf(group.apps);
  const kind = asKind(onlyOf(group.kinds));
  const mailbox = onlyOf(group.mailboxes);
  return {
    ...headOf(rule),
    component,
    who,
    timeMs: lastMs,
    sinceMs: firstMs,
    sentence: hitsSentence(group),
    ...(address === undefined ? {} : { address }),
    ...(app === undefined ? {} : { app }),
    ...(kind === undefined ? {} : { kind }),
    ...(mailbox === undefined || mailbox === who ? {} : { people: [mailbox] }),
    lines,
    events,
  };
};

const sightingOfCorrelation = (group: CorrelationGroup): Sighting => {
  const { rule, who, most, firstMs, lastMs } = group;
  const { address, app, component, user, actor } = most.last;
  const kind = asKind(most.last.kind);
  const isGroupedBy = (value: string | undefined): boolean =>
    value !== undefined && most.group.includes(value);
  const people = [user, actor].filter(
    name => name !== undefined && name !== who && isGroupedBy(name),
  );
  return {
    ...headOf(rule),
    component,
    who,
    timeMs: lastMs,
    sinceMs: firstMs,
    sentence: correlationSentence(group),
    ...(address === undefined ? {} : { address }),
    ...(app === undefined ? {} : { app }),
    ...(kind === undefined ? {} : { kind }),
    ...(people.length === 0 ? {} : { people: people.filter(name => name !== undefined) }),
    lines: [lineOf(most.first), lineOf(most.last)],
    events: most.hits,
  };
};
