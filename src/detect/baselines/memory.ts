import { daysKept, History } from './history.ts';

/** Whose behaviour is learnt. */
export const subjectKinds = ['actor', 'app', 'address', 'account'] as const;
export type SubjectKind = (typeof subjectKinds)[number];

/** Addresses that are remembered of a component at most, and mailboxes that one entered. */
const seenMax = 1_000_000;
const mailboxesMax = 50_000;
const subjectsMax: Readonly<Record<SubjectKind, number>> = {
  actor: 5_000,
  app: 5_000,
  address: 2_000,
  account: 20_000,
};

const dayBits = 65_536;

/** On which days others were met first and last; they are told from each other by their pseudonyms. */
export class Met {
  /** First day times 65,536, and the last day. */
  readonly days: Map<number, number> = new Map();
  /** Since it was last written down. */
  readonly changed: Set<number> = new Set();
  /** There were too many: who is not among them may have been. */
  isFull = false;
  private readonly most: number;
  private forgotDay = -Infinity;

  constructor(most: number) {
    this.most = most;
  }

  /** On a day before; who was met longer ago than is remembered is as good as never met. */
  hasBefore(id: number, day: number): boolean {
    const days = this.days.get(id);
    return (
      days !== undefined && Math.floor(days / dayBits) < day && days % dayBits > day - daysKept
    );
  }

  /** @returns whether it was not met on a day before */
  put(id: number, day: number): boolean {
    const days = this.days.get(id);
    const last = days === undefined ? -Infinity : days % dayBits;
    const first = days === undefined ? Infinity : Math.floor(days / dayBits);
    if (last >= day) return first >= day;
    if (days === undefined && this.days.size >= this.most) {
      // A look at all of them, once a day at most.
      if (this.forgotDay < day) this.forget(day);
      if (this.days.size >= this.most) {
        this.isFull = true;
        return true;
      }
    }
    const isNew = last <= day - daysKept;
    this.days.set(id, (isNew ? day : first) * dayBits + day);
    this.changed.add(id);
    return isNew;
  }

  /** As it was written down. */
  restore(id: number, days: number): void {
    this.days.set(id, days);
    if (this.days.size >= this.most) this.isFull = true;
  }

  private forget(day: number): void {
    this.forgotDay = day;
    for (const [id, days] of this.days) {
      if (days % dayBits <= day - daysKept) this.days.delete(id);
    }
  }
}

/** An account, application or address, as it was until now. */
export class Subject {
  readonly kind: SubjectKind;
  readonly id: number;
  readonly history: History = new History();
  /** Of an account that acts for others, and of an application. */
  readonly mailboxes: Met = new Met(mailboxesMax);
  readonly addresses: Met = new Met(1_000);
  firstDay: number;
  lastDay: number;
  /** Name of an application; of nobody else. */
  label: string | undefined;
  /** When it last came from where it had never come from. */
  newAddressDay: number;
  /** Days of `history` since it was last written down. */
  readonly changedDays: Set<number> = new Set();

  constructor(kind: SubjectKind, id: number, day: number) {
    this.kind = kind;
    this.id = id;
    this.firstDay = day;
    this.lastDay = day;
    this.newAddressDay = day;
  }
}

/** The most that any of a kind did within an hour, by day. */
export const peerMeasures = [
  /** Mailboxes that an account of another, an application, an address entered on the day it was first seen. */
  'newActor',
  'newApp',
  'newAddress',
  /** Mailboxes that one entered which had been silent for weeks. */
  'wokeActor',
  'wokeApp',
  /** Reads of one account. */
  'account',
] as const;
export type PeerMeasure = (typeof peerMeasures)[number];

const peersStrangeAt: number = peerMeasures.length;
const persistsDays = 5;
const persistsWithin = 14;

/** What those did that nothing is known of one by one. */
export class Peers {
  readonly days: Map<number, Uint32Array> = new Map();
  readonly changedDays: Set<number> = new Set();

  /** @param isStrange it was told: it is no measure of what is usual, unless it goes on. */
  put(measure: PeerMeasure, day: number, count: number, isStrange: boolean): void {
    let block = this.days.get(day);
    if (block === undefined) {
      block = new Uint32Array(2 * peersStrangeAt);
      this.days.set(day, block);
      for (const old of this.days.keys()) if (old <= day - daysKept) this.days.delete(old);
    }
    const place = peerMeasures.indexOf(measure) + (isStrange ? peersStrangeAt : 0);
    if (count <= (block[place] ?? 0)) return;
    block[place] = count;
    this.changedDays.add(day);
  }

  /** The highest of the days before, and of those who were told of then, unless they are how it is. */
  highest(measure: PeerMeasure, day: number): PeersHighest {
    const place = peerMeasures.indexOf(measure);
    let [usual, strange, strangeDays] = [0, 0, 0];
    for (const [each, block] of this.days) {
      if (each >= day || each <= day - daysKept) continue;
      usual = Math.max(usual, block[place] ?? 0);
      const told = block[place + peersStrangeAt] ?? 0;
      strange = Math.max(strange, told);
      if (told > 0 && each >= day - persistsWithin) strangeDays += 1;
    }
    return strangeDays >= persistsDays
      ? { highest: Math.max(usual, strange), strange: 0 }
      : { highest: usual, strange };
  }
}

export interface PeersHighest {
  readonly highest: number;
  /** 0: nobody was told of. */
  readonly strange: number;
}

/** What is known of one component. */
export class ComponentMemory {
  readonly name: string;
  readonly history: History = new History();
  readonly changedDays: Set<number> = new Set();
  readonly peers: Peers = new Peers();
  readonly subjects: Map<SubjectKind, Map<number, Subject>> = new Map(
    subjectKinds.map(kind => [kind, new Map<number, Subject>()]),
  );
  /** Every address that anybody came from. */
  readonly seen: Met = new Met(seenMax);
  /** Up to which ten minutes all was judged, that one included; what comes later and is of before is late. */
  closed: number = -Infinity;
  /** Up to when each source has told of it. */
  readonly sources: Map<string, number> = new Map();
  /** Who was told of in the hour in hand. */
  told: Set<string> = new Set();
  /** Events that came after their time had been judged. */
  late = 0;
  /** Subjects that there was no room for. */
  crowded = 0;

  constructor(name: string) {
    this.name = name;
  }

  subject(kind: SubjectKind, id: number): Subject | undefined {
    return this.subjects.get(kind)?.get(id);
  }

  /** The one that is there, or a new one; undefined where there are too many. */
  subjectOrNew(kind: SubjectKind, id: number, day: number): Subject | undefined {
    const ofKind = this.subjects.get(kind);
    const known = ofKind?.get(id);
    if (known !== undefined || ofKind === undefined) return known;
    if (ofKind.size >= subjectsMax[kind]) this.makeRoom(ofKind, day);
    if (ofKind.size >= subjectsMax[kind]) {
      this.crowded += 1;
      return undefined;
    }
    const made = new Subject(kind, id, day);
    ofKind.set(id, made);
    return made;
  }

  private makeRoom(subjects: Map<number, Subject>, day: number): void {
    for (const [id, { lastDay }] of subjects) if (lastDay <= day - daysKept) subjects.delete(id);
  }

  /** Days of which there are lines, before a day. */
  observedDays(day: number): number {
    return this.history.activeDays(day);
  }

  /** Of them those between two days. */
  observedBetween(after: number, before: number): number {
    let count = 0;
    for (const each of this.history.days.keys()) if (each > after && each < before) count += 1;
    return count;
  }

  /** The day before which there are so many with lines; as late as can be, where there are not. */
  dayBehind(days: number, before: number): number {
    const known = [...this.history.days.keys()].filter(day => day > before - daysKept);
    return known.toSorted((a, b) => a - b)[days] ?? before;
  }

  /** The first day that is known of, within what is remembered. */
  firstDay(before: number): number | undefined {
    let first: number | undefined;
    for (const each of this.history.days.keys()) {
      if (each > before - daysKept && (first === undefined || each < first)) first = each;
    }
    return first;
  }
}
