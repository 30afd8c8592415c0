import type { EventKind } from '../core/access-event.ts';

/** What of an event tells how something behaves; `app` is the program behind a component, where the log names it. */
export interface ActEvent {
  readonly component: string;
  readonly app?: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly kind: EventKind;
  readonly failed: boolean;
  readonly mailbox?: string;
  readonly address?: string;
  /** Messages concerned, 1 where the log does not count. */
  readonly messages: number;
}

/** One way in which something behaved otherwise than before. */
interface Reason {
  readonly what: 'new' | 'kind' | 'more' | 'addresses' | 'silent' | 'history';
  readonly text: string;
  /** Start of the first UTC day of which it is said. */
  readonly since: number;
}

/** A component, or an application that comes through one, that behaved otherwise before the moment asked about. */
export interface Suspect {
  readonly component: string;
  readonly app?: string;
  readonly reasons: readonly Reason[];
}

const dayMs = 86_400_000;
/** Names kept of one thing and one kind; beyond it the count is a least one. */
const namesMax = 100_000;
const thingsMax = 10_000;
/** Days of history below which nothing is called unusual. */
const historyDaysMin = 14;

const measures = ['events', 'mailboxes', 'messages', 'failures'] as const;
type Measure = (typeof measures)[number];

interface Day {
  events: number;
  messages: number;
  failures: number;
  readonly mailboxes: Set<string>;
  readonly newAddresses: Set<string>;
  readonly kinds: Map<EventKind, number>;
}

interface Thing {
  readonly component: string;
  readonly app: string | undefined;
  readonly days: Map<number, Day>;
  readonly addresses: Set<string>;
}

/** A robust picture of the days before. */
interface Usual {
  readonly median: number;
  /** Median absolute deviation. */
  readonly spread: number;
  readonly max: number;
}

const medianOf = (sorted: readonly number[]): number => {
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
};

const ascending = (a: number, b: number): number => a - b;

const usualOf = (values: readonly number[]): Usual => {
  const median = medianOf([...values].sort(ascending));
  const spread = medianOf(values.map(value => Math.abs(value - median)).sort(ascending));
  return { median, spread, max: Math.max(0, ...values) };
};

/** Beyond all that was seen, and six deviations from the middle (1.4826 MAD are one of a normal distribution). */
const isUnusual = (value: number, { median, spread, max }: Usual): boolean =>
  value > max && value > median + 6 * Math.max(1, 1.4826 * spread);

const dateOf = (day: number): string => new Date(day).toISOString().slice(0, 10);
const count = (value: number): string => Math.round(value).toLocaleString('en');

/** Kinds of which a single one is worth telling when there was none before. */
const telling: ReadonlySet<EventKind> = new Set([
  'login.impersonated',
  'message.read',
  'mailbox.sync',
  'mailbox.export',
  'rule.changed',
  'forward.changed',
  'permission.changed',
  'app.consent',
  'password.changed',
  'audit.changed',
]);

/**
 * Gathers events in the order of their times, and says what behaved otherwise in the days before a moment
 * than in the days before those. Memory is bounded by `thingsMax` × days × `namesMax`.
 */
export class Behaviour {
  readonly #things = new Map<string, Thing>();
  #first: number | undefined;
  #beyond = 0;

  /** Events that told of more things than are kept apart. */
  get leftOut(): number {
    return this.#beyond;
  }

  add(event: ActEvent): void {
    const start = Math.floor(event.time / dayMs) * dayMs;
    this.#first = Math.min(this.#first ?? start, start);
    this.#count(event, start, undefined);
    if (event.app !== undefined) this.#count(event, start, event.app);
  }

  #count(event: ActEvent, start: number, app: string | undefined): void {
    const thing = this.#thing(event.component, app);
    if (thing === undefined) {
      this.#beyond++;
      return;
    }
    let day = thing.days.get(start);
    if (day === undefined) {
      day = {
        events: 0,
        messages: 0,
        failures: 0,
        mailboxes: new Set(),
        newAddresses: new Set(),
        kinds: new Map(),
      };
      thing.days.set(start, day);
    }
    day.events++;
    day.messages += event.messages;
    if (event.failed) day.failures++;
    else day.kinds.set(event.kind, (day.kinds.get(event.kind) ?? 0) + 1);
    if (event.mailbox !== undefined && day.mailboxes.size < namesMax)
      day.mailboxes.add(event.mailbox);
    if (event.address !== undefined && !thing.addresses.has(event.address)) {
      if (thing.addresses.size < namesMax) thing.addresses.add(event.address);
      if (day.newAddresses.size < namesMax) day.newAddresses.add(event.address);
    }
  }

  #thing(component: string, app: string | undefined): Thing | undefined {
    const key = app === undefined ? component : `${component}\n${app}`;
    const known = this.#things.get(key);
    if (known !== undefined || this.#things.size >= thingsMax) return known;
    const thing: Thing = { component, app, days: new Map(), addresses: new Set() };
    this.#things.set(key, thing);
    return thing;
  }

  /**
   * Which of them behaved otherwise in the `windowDays` before `moment`; those with the most reasons first.
   * Days without an event count as days with none.
   */
  changedBefore(moment: number, windowDays: number): readonly Suspect[] {
    const end = Math.floor(moment / dayMs) * dayMs + dayMs;
    const begin = end - windowDays * dayMs;
    const first = this.#first;
    if (first === undefined) return [];
    const suspects: Suspect[] = [];
    for (const thing of this.#things.values()) {
      const reasons = reasonsFor(thing, { first, begin, end });
      if (reasons.length === 0) continue;
      const { component, app } = thing;
      suspects.push({ component, ...(app === undefined ? {} : { app }), reasons });
    }
    const weight = ({ reasons }: Suspect): number =>
      reasons.reduce((sum, { what }) => sum + (what === 'history' ? 0 : what === 'new' ? 3 : 1), 0);
    return suspects.sort(
      (a, b) => weight(b) - weight(a) || (a.reasons[0]?.since ?? 0) - (b.reasons[0]?.since ?? 0),
    );
  }
}

interface Span {
  readonly first: number;
  readonly begin: number;
  readonly end: number;
}

const reasonsFor = (thing: Thing, { first, begin, end }: Span): readonly Reason[] => {
  const inWindow = [...thing.days]
    .filter(([day]) => day >= begin && day < end)
    .sort(([a], [b]) => a - b);
  const since = Math.min(end, ...thing.days.keys());
  const daysKept = (begin - first) / dayMs;
  if (daysKept < historyDaysMin) {
    return inWindow.length === 0
      ? []
      : [
          {
            what: 'history',
            since: begin,
            text: `nothing can be called unusual: only ${Math.max(0, daysKept)} days are kept before ${dateOf(begin)}, ${historyDaysMin} are needed`,
          },
        ];
  }
  const name =
    thing.app === undefined ? thing.component : `${thing.app} (through ${thing.component})`;
  if (since >= begin) {
    return since >= end
      ? []
      : [
          {
            what: 'new',
            since,
            text: `${name} was never seen before ${dateOf(since)}, in ${count((since - first) / dayMs)} days that are kept`,
          },
        ];
  }
  const from = Math.max(since, first);
  const before = Array.from({ length: Math.round((begin - from) / dayMs) }, (_, i) =>
    thing.days.get(from + i * dayMs),
  );
  if (before.length < historyDaysMin) {
    return [
      {
        what: 'history',
        since: begin,
        text: `${name} was first seen on ${dateOf(since)}: too little history to call anything unusual`,
      },
    ];
  }
  return [
    ...newKinds(name, before, inWindow),
    ...moreThanUsual(name, before, inWindow),
    ...newAddresses(name, before, inWindow),
    ...silence(name, before, inWindow, { first, begin, end }),
  ];
};

type Before = readonly (Day | undefined)[];
type InWindow = readonly (readonly [number, Day])[];

const newKinds = (name: string, before: Before, inWindow: InWindow): readonly Reason[] => {
  const known = new Set(before.flatMap(day => [...(day?.kinds.keys() ?? [])]));
  const found: Reason[] = [];
  for (const [since, day] of inWindow) {
    for (const [kind, times] of day.kinds) {
      if (known.has(kind) || !telling.has(kind)) continue;
      known.add(kind);
      found.push({
        what: 'kind',
        since,
        text: `${name}: ${kind} ${count(times)} times on ${dateOf(since)}, never in ${before.length} days before`,
      });
    }
  }
  return found;
};

const valueOf = (day: Day | undefined, measure: Measure): number => {
  if (day === undefined) return 0;
  return measure === 'mailboxes' ? day.mailboxes.size : day[measure];
};

const phrase: Readonly<Record<Measure, string>> = {
  events: 'events',
  mailboxes: 'mailboxes touched',
  messages: 'messages',
  failures: 'failures',
};

const moreThanUsual = (name: string, before: Before, inWindow: InWindow): readonly Reason[] =>
  measures.flatMap(measure => {
    const usual = usualOf(before.map(day => valueOf(day, measure)));
    const odd = inWindow.find(([, day]) => isUnusual(valueOf(day, measure), usual));
    if (odd === undefined) return [];
    const [since, day] = odd;
    return [
      {
        what: 'more' as const,
        since,
        text: `${name}: ${count(valueOf(day, measure))} ${phrase[measure]} on ${dateOf(since)}; its usual is ${count(usual.median)}, never above ${count(usual.max)} in ${before.length} days`,
      },
    ];
  });

const newAddresses = (name: string, before: Before, inWindow: InWindow): readonly Reason[] => {
  const usual = usualOf(before.map(day => day?.newAddresses.size ?? 0));
  const odd = inWindow.find(([, day]) => isUnusual(day.newAddresses.size, usual));
  if (odd === undefined) return [];
  const [since, day] = odd;
  return [
    {
      what: 'addresses',
      since,
      text: `${name}: ${count(day.newAddresses.size)} addresses never seen before on ${dateOf(since)}; its usual is ${count(usual.median)}`,
    },
  ];
};

/** Something that wrote every day and stops: a log was taken away, or a program. */
const silence = (
  name: string,
  before: Before,
  inWindow: InWindow,
  { begin, end }: Span,
): readonly Reason[] => {
  const missed = before.filter(day => day === undefined).length;
  if (missed > 0) return [];
  const days = (end - begin) / dayMs;
  const present = new Set(inWindow.map(([day]) => day));
  // The last day is not over yet.
  for (let i = 0; i < days - 1; i++) {
    const day = begin + i * dayMs;
    if (present.has(day)) continue;
    return [
      {
        what: 'silent',
        since: day,
        text: `${name}: nothing on ${dateOf(day)}, after ${before.length} days without a day of silence`,
      },
    ];
  }
  return [];
};
