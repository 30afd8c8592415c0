import type { LineRef } from '../../core/watched-event.ts';
import { isProgram } from './access.ts';
import { dayOfHour, hourMs } from './calendar.ts';
import { type Entry, Feature, type Features, NameNumbers } from './features.ts';
import {
  type BaselineId,
  beginningDays,
  type Finding,
  floors,
  learningDays,
  outOfPeers,
  outOfUsual,
  silentDays,
  strangeKey,
  toldKey,
} from './judgement.ts';
import type { ComponentMemory, PeerMeasure, Subject } from './memory.ts';

/** Days of activity before somebody's hours, and where he comes from, say anything. */
const hoursKnownDays = 20;
const addressesKnownDays = 10;
const addressesQuietDays = 14;
/** Who comes from more addresses than these comes from anywhere. */
const addressesMax = 5;
/** Mailboxes at an hour at which nobody is expected. */
const unusualHourMailboxes = 3;
/** Mailboxes of one that are looked at one by one every ten minutes. */
const freshEachMax = 500;
/** Of those that nobody knows. */
const newcomers: Readonly<Record<'actor' | 'app' | 'address', number>> = {
  actor: 3,
  app: 5,
  address: 10,
};
const peerOfNew = { actor: 'newActor', app: 'newApp', address: 'newAddress' } as const;

/** An hour of one component as far as it went. */
export interface HourInHand {
  readonly memory: ComponentMemory;
  readonly hour: number;
  readonly ofHour: Features;
  /** Of the last ten minutes of it. */
  readonly ofWindow: Features;
  readonly entries: { readonly ofWindow: readonly Entry[]; readonly ofHour: () => Iterable<Entry> };
  /** All that did not fail, once the hour is over. */
  readonly events?: EventsOfHour;
  /** Days between two of which the store has lines of whatever component. */
  readonly keptBetween: (after: number, before: number) => number;
}

/** What was counted of an hour, and the lines it began and ended with. */
export interface EventsOfHour {
  readonly count: number;
  readonly first: LineRef;
  readonly last: LineRef;
}

type Told = 'actor' | 'app' | 'address';

/** Judges what one hour of one component was like, up to its last ten minutes, by what was before that hour. */
class Judge {
  readonly findings: Finding[] = [];
  private readonly hand: HourInHand;
  private readonly day: number;
  /** Mailboxes of those that were told of: they are no news of the component. */
  private readonly told: Feature[] = [];

  constructor(hand: HourInHand) {
    this.hand = hand;
    this.day = dayOfHour(hand.hour);
  }

  run(): readonly Finding[] {
    const { ofHour, memory } = this.hand;
    if (memory.observedDays(this.day) < learningDays) {
      this.component(true);
      return this.findings;
    }
    for (const feature of ofHour.byKind.actor.values()) this.actor(feature, 'actor');
    for (const feature of ofHour.byKind.app.values()) this.actor(feature, 'app');
    for (const feature of ofHour.shared) this.address(feature);
    for (const feature of ofHour.busy) this.account(feature);
    this.component(false);
    return this.findings;
  }

  private put(
    baseline: BaselineId,
    kind: Finding['kind'],
    feature: Feature,
    rest: Pick<Finding, 'level' | 'value' | 'against' | 'sinceDay'> & {
      readonly isWindow?: boolean;
    },
  ): true {
    this.findings.push({ baseline, kind, feature, isWindow: false, ...rest });
    if (kind !== 'component') this.told.push(feature);
    return true;
  }

  private isTold(kind: Finding['kind'], feature: Feature): boolean {
    return this.hand.memory.told.has(toldKey(kind, feature.id));
  }

  private actor(feature: Feature, kind: 'actor' | 'app'): void {
    if (this.isTold(kind, feature)) {
      this.told.push(feature);
      return;
    }
    if (this.isCovered(kind, feature)) return;
    const known = this.hand.memory.subject(kind, feature.id);
    if (known === undefined || known.firstDay >= this.day) this.newcomer(kind, feature);
    else if (!this.woke(kind, feature, known) && this.isSettled(known))
      this.settled(kind, feature, known);
  }

  /** All that it did was told of somebody else already: an application that a told actor used. */
  private isCovered(kind: Finding['kind'], feature: Feature): boolean {
    if (this.told.length === 0 || feature.mailboxes === 0) return false;
    if (this.beside(feature) >= feature.mailboxes / 2) return false;
    this.hand.memory.told.add(toldKey(kind, feature.id));
    return true;
  }

  /** Mailboxes that nobody of those who were told of entered. */
  private beside(feature: Feature): number {
    if (this.told.length === 0) return feature.mailboxes;
    let count = 0;
    for (const user of feature.users()) {
      if (!this.told.some(each => each.hasUser(user))) count += 1;
    }
    return count;
  }

  private newcomer(kind: Told, feature: Feature): boolean {
    const { memory, hour } = this.hand;
    const value = feature.mailboxes;
    // Where there are too many to be remembered, nobody is a stranger.
    const isCrowded = memory.crowded > 0;
    const isSeen = kind === 'address' && memory.seen.hasBefore(feature.id, this.day);
    if (kind === 'address' ? memory.seen.isFull || (isCrowded && isSeen) : isCrowded) return false;
    const peers = outOfPeers(memory, peerOfNew[kind], hour, value, newcomers[kind]);
    if (peers === undefined) return false;
    const level = kind === 'app' ? 'medium' : 'high';
    return this.put('first-seen', kind, feature, {
      level,
      value,
      against: { is: 'peers', peers },
      sinceDay: memory.dayBehind(beginningDays, this.day),
    });
  }

  private woke(kind: 'actor' | 'app', feature: Feature, subject: Subject): boolean {
    const { memory, hour } = this.hand;
    const days = memory.observedBetween(subject.lastDay, this.day);
    if (days < silentDays) return false;
    const value = feature.mailboxes;
    const measure: PeerMeasure = kind === 'actor' ? 'wokeActor' : 'wokeApp';
    const least = isProgram(feature.text) ? newcomers.app : 1;
    if (outOfPeers(memory, measure, hour, value, least) === undefined) return false;
    const { lastDay } = subject;
    return this.put('woke', kind, feature, {
      level: 'high',
      value,
      against: { is: 'silence', days, lastDay },
    });
  }

  /** Whether enough is known of it. */
  private isSettled({ firstDay }: Subject): boolean {
    return this.hand.memory.observedBetween(firstDay - 1, this.day) >= learningDays;
  }

  private settled(kind: Told, feature: Feature, subject: Subject): void {
    const found =
      this.mailboxes(kind, feature, subject) ||
      (kind !== 'address' && this.fresh(kind, feature, subject)) ||
      (kind !== 'address' && this.hours(kind, feature, subject)) ||
      (kind !== 'address' && this.newAddress(kind, feature, subject));
    if (!found) this.reads(kind, feature, subject);
  }

  private mailboxes(kind: Told, feature: Feature, { history }: Subject): boolean {
    const { hour, ofWindow } = this.hand;
    const level = kind === 'actor' ? 'high' : 'medium';
    const now = ofWindow.feature(kind, feature.id);
    const least = floors[kind];
    if (now !== undefined && least.window !== undefined) {
      const value = now.mailboxes;
      const reference = outOfUsual(history, 'window', hour, value, least.window);
      if (reference !== undefined) {
        return this.put('mailboxes-per-10-minutes', kind, now, {
          level,
          value,
          against: { is: 'own', reference },
          isWindow: true,
        });
      }
    }
    const value = feature.mailboxes;
    const reference = outOfUsual(history, 'hour', hour, value, least.hour ?? Infinity);
    if (reference === undefined) return false;
    return this.put('mailboxes-per-hour', kind, feature, {
      level,
      value,
      against: { is: 'own', reference },
    });
  }

  /** Mailboxes that it never entered before. */
  private fresh(kind: Told, feature: Feature, { history, mailboxes, firstDay }: Subject): boolean {
    const least = floors[kind].fresh ?? Infinity;
    if (feature.mailboxes < least || mailboxes.isFull) return false;
    // Where there are very many, they are gone through once the hour is over.
    if (feature.mailboxes > freshEachMax && this.hand.events === undefined) return false;
    let value = 0;
    for (const user of feature.users()) if (!mailboxes.hasBefore(user, this.day)) value += 1;
    const reference = outOfUsual(history, 'fresh', this.hand.hour, value, least);
    if (reference === undefined) return false;
    return this.put('new-mailboxes', kind, feature, {
      level: 'medium',
      value,
      against: { is: 'own', reference },
      sinceDay: firstDay + beginningDays,
    });
  }

  private hours(kind: Told, feature: Feature, { history }: Subject): boolean {
    const value = feature.mailboxes;
    const days = history.activeDays(this.day);
    if (value < unusualHourMailboxes || days < hoursKnownDays) return false;
    if (history.highestThen('hour', this.hand.hour) > 0) return false;
    return this.put('unusual-hour', kind, feature, {
      level: 'medium',
      value,
      against: { is: 'hours', days, reference: history.reference('hour', this.hand.hour) },
    });
  }

  private newAddress(kind: Told, feature: Feature, subject: Subject): boolean {
    const { addresses, history, newAddressDay } = subject;
    const known = addresses.days.size;
    if (known === 0 || known > addressesMax || feature.mailboxes === 0) return false;
    const days = history.activeDays(this.day);
    if (days < addressesKnownDays || newAddressDay > this.day - addressesQuietDays) return false;
    for (const [id, address] of feature.addresses()) {
      if (addresses.hasBefore(id, this.day)) continue;
      return this.put('new-address', kind, feature, {
        level: kind === 'actor' ? 'high' : 'medium',
        value: feature.mailboxes,
        against: { is: 'addresses', address, days },
      });
    }
    return false;
  }

  private reads(kind: Told, feature: Feature, { history }: Subject): void {
    const { hour } = this.hand;
    const value = feature.spreadReads;
    const reference = outOfUsual(history, 'reads', hour, value, floors[kind].reads ?? Infinity);
    if (reference === undefined) return;
    this.put('reads-per-hour', kind, feature, {
      level: 'medium',
      value,
      against: { is: 'own', reference },
    });
  }

  private address(feature: Feature): void {
    if (this.isTold('address', feature)) {
      this.told.push(feature);
      return;
    }
    if (this.isCovered('address', feature)) return;
    const subject = this.hand.memory.subject('address', feature.id);
    if (subject === undefined || subject.firstDay >= this.day) this.newcomer('address', feature);
    else if (this.isSettled(subject)) this.settled('address', feature, subject);
  }

  private account(feature: Feature): void {
    if (this.isTold('account', feature)) return;
    const { memory, hour } = this.hand;
    const value = feature.reads;
    const least = floors.account.reads ?? Infinity;
    // Whoever has a new telephone loads all of his mail, from where he always is.
    const strange = [...feature.addresses()].find(([id]) => !memory.seen.hasBefore(id, this.day));
    if (strange === undefined || memory.seen.isFull) return;
    const peers = outOfPeers(memory, 'account', hour, value, least);
    if (peers === undefined) return;
    const own = memory.subject('account', feature.id);
    const reference =
      own === undefined ? undefined : outOfUsual(own.history, 'reads', hour, value, least);
    if (own !== undefined && reference === undefined) return;
    this.put('reads-of-account', 'account', feature, {
      level: 'medium',
      value,
      against: { is: 'peers', peers, address: strange[1] },
    });
  }

  /** @param isLearning nothing but its return from a long silence can be told. */
  private component(isLearning: boolean): void {
    const { ofHour } = this.hand;
    if (this.isTold('component', ofHour.all) || this.componentWoke() || isLearning) return;
    const now = this.hand.ofWindow.all;
    const { all } = ofHour;
    const isFound =
      this.look('mailboxes-per-10-minutes', 'window', now, this.beside(now)) ||
      this.look('mailboxes-per-hour', 'hour', all, this.beside(all)) ||
      (this.told.length === 0 && this.look('reads-per-hour', 'reads', all, all.spreadReads));
    if (!isFound) this.volume();
  }

  private look(
    baseline: BaselineId,
    measure: 'window' | 'hour' | 'reads',
    feature: Feature,
    value: number,
  ): boolean {
    const { memory, hour } = this.hand;
    const least = floors.component[measure] ?? Infinity;
    const reference = outOfUsual(memory.history, measure, hour, value, least);
    if (reference === undefined) return false;
    if (measure !== 'reads' && !this.isOfStrangers(measure, hour, least)) {
      memory.told.add(strangeKey);
      return false;
    }
    return this.put(baseline, 'component', feature, {
      level: 'medium',
      value,
      against: { is: 'own', reference },
      isWindow: measure === 'window',
    });
  }

  /**
   * Whether it is out of the usual, too, without those who came from where only they come from, and came before: after
   * a restart everybody is back at once.
   */
  private isOfStrangers(measure: 'window' | 'hour', hour: number, least: number): boolean {
    const { memory, ofHour, entries } = this.hand;
    const users = new Set<number>();
    for (const { tally, of, at } of measure === 'window' ? entries.ofWindow : entries.ofHour()) {
      const { ids } = tally.names;
      const user = ids[of.users[at] ?? -1] ?? 0;
      if (user === 0 || this.told.some(each => each.hasUser(user))) continue;
      const address = ids[of.addresses[at] ?? -1] ?? 0;
      const shared = ofHour.feature('address', address);
      const isOwn =
        memory.seen.hasBefore(address, this.day) &&
        shared !== undefined &&
        !ofHour.shared.has(shared);
      if (!isOwn) users.add(user);
    }
    return outOfUsual(memory.history, measure, hour, users.size, least) !== undefined;
  }

  private volume(): void {
    const { memory, hour, events } = this.hand;
    if (events === undefined) return;
    const { count: value, first, last } = events;
    const least = floors.component.events ?? Infinity;
    const reference = outOfUsual(memory.history, 'events', hour, value, least);
    if (reference === undefined) return;
    const feature = new Feature(0, '', new NameNumbers());
    feature.span(value, first, last);
    feature.firstMs = hour * hourMs;
    feature.lastMs = (hour + 1) * hourMs - 1;
    this.put('volume', 'component', feature, {
      level: 'low',
      value,
      against: { is: 'own', reference },
    });
  }

  private componentWoke(): boolean {
    const { memory, ofHour, keptBetween } = this.hand;
    const { days } = memory.history;
    const value = ofHour.all.mailboxes;
    if (value === 0 || days.has(this.day)) return false;
    let lastDay = -Infinity;
    for (const day of days.keys()) if (day < this.day && day > lastDay) lastDay = day;
    if (lastDay === -Infinity) return false;
    const silent = keptBetween(lastDay, this.day);
    if (silent < silentDays) return false;
    return this.put('woke', 'component', ofHour.all, {
      level: 'high',
      value,
      against: { is: 'silence', days: silent, lastDay },
    });
  }
}

export const judge = (hand: HourInHand): readonly Finding[] => new Judge(hand).run();
