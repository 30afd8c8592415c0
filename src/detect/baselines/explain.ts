import type { Sighting } from '../../core/alert.ts';
import { dayOfHour, dayText, spanText, windowOf, windowsOfHour } from './calendar.ts';
import { busyReads } from './features.ts';
import type { Reference } from './history.ts';
import type { HourInHand } from './judge.ts';
import { type BaselineId, type Finding, ruleOf } from './judgement.ts';
import type { PeersHighest } from './memory.ts';

const titles: Readonly<Record<BaselineId, string>> = {
  'mailboxes-per-10-minutes': 'More mailboxes entered within ten minutes than usual',
  'mailboxes-per-hour': 'More mailboxes entered within an hour than usual',
  'reads-per-hour': 'More reading within an hour than usual',
  'reads-of-account': 'More of one account read than usual',
  'new-mailboxes': 'Mailboxes entered that were not entered before',
  'first-seen': 'Somebody unknown enters many mailboxes',
  woke: 'Somebody silent for weeks enters mailboxes',
  'unusual-hour': 'Mailboxes entered at an hour at which none were before',
  'new-address': 'Mailboxes entered from an address that was not used before',
  volume: 'More happens than usual',
};

const emailCollection = ['attack.collection', 'attack.t1114.002'];
const validAccounts = ['attack.initial-access', 'attack.t1078'];
const tags: Readonly<Record<BaselineId, readonly string[]>> = {
  'mailboxes-per-10-minutes': emailCollection,
  'mailboxes-per-hour': emailCollection,
  'reads-per-hour': emailCollection,
  'reads-of-account': emailCollection,
  'new-mailboxes': emailCollection,
  'first-seen': [...emailCollection, ...validAccounts],
  woke: [...emailCollection, ...validAccounts],
  'unusual-hour': emailCollection,
  'new-address': validAccounts,
  volume: ['attack.collection'],
};

const words = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });
const number = (value: number): string => words.format(value);
const counted = (value: number, one: string, many = `${one}s`): string =>
  `${number(value)} ${value === 1 ? one : many}`;
const mailboxes = (value: number): string => counted(value, 'mailbox', 'mailboxes');
/** Events that tell of reading: how many messages they tell of does not stand in columns. */
const reads = (value: number): string => counted(value, 'read');

/** What was told before is not what is usual, and happened all the same. */
const butFor = (strange: number): string =>
  strange === 0 ? '' : `, but for what was out of the usual before (up to ${number(strange)})`;

const nouns = {
  component: 'component',
  actor: 'account',
  app: 'application',
  address: 'address',
  account: 'account',
} as const;

class Explanation {
  private readonly finding: Finding;
  private readonly hand: HourInHand;

  constructor(finding: Finding, hand: HourInHand) {
    this.finding = finding;
    this.hand = hand;
  }

  get who(): string | undefined {
    const { kind, feature } = this.finding;
    return kind === 'component' ? undefined : feature.text;
  }

  private get name(): string {
    return `\`${this.who ?? this.hand.memory.name}\``;
  }

  private get span(): string {
    const { finding, hand } = this;
    const last = windowOf(finding.feature.lastMs);
    const first = finding.isWindow ? last : hand.hour * windowsOfHour;
    return spanText(first, finding.baseline === 'volume' ? first + windowsOfHour : last + 1);
  }

  private get through(): string {
    return this.finding.kind === 'component' ? '' : ` through \`${this.hand.memory.name}\``;
  }

  /** `the 60 days before`: as far back as is remembered. */
  private get daysBefore(): string {
    const { memory, hour } = this.hand;
    const day = dayOfHour(hour);
    return `the ${counted(day - (memory.firstDay(day) ?? day), 'day')} before`;
  }

  /** `60 days`, and of how many of them there are no lines. */
  private get days(): string {
    const { memory, hour } = this.hand;
    const day = dayOfHour(hour);
    const first = Math.max(memory.firstDay(day) ?? day, this.finding.sinceDay ?? -Infinity);
    const all = day - first;
    const without = all - memory.observedBetween(first - 1, day);
    const gap = without > 0 ? `, ${number(without)} of them without lines` : '';
    return `${counted(all, 'day')}${gap}`;
  }

  private own({ median, of: time, ...reference }: Reference): string {
    const isRecord = this.finding.value > reference.highest;
    const [most, strange] = isRecord
      ? [reference.highest, reference.strange]
      : [reference.highestThen, reference.strangeThen];
    const but = butFor(strange);
    if (time === 'nothing') return `it never did before, in ${this.days}${but}`;
    const usual = time === 'any time' ? 'its usual is' : `its usual at ${time} is`;
    const never =
      most === 0
        ? 'and it never did so at this hour of the day'
        : `never above ${number(most)}${isRecord ? '' : ' at this hour of the day'}`;
    return `${usual} ${number(median)}, ${never} in ${this.days}${but}`;
  }

  /** Where it came from, if that was one place. */
  get onlyAddress(): string | undefined {
    const { against, feature } = this.finding;
    if ('address' in against && against.address !== undefined) return against.address;
    const [only, ...others] = feature.addresses();
    return others.length === 0 ? only?.[1] : undefined;
  }

  get sentence(): string {
    return `${this.what}; ${this.why}`;
  }

  private get what(): string {
    const { baseline, feature, value } = this.finding;
    const { name, through, span } = this;
    const read = feature.reads > 0 ? ` (${reads(feature.reads)})` : '';
    const others =
      baseline !== 'new-mailboxes' && value < feature.mailboxes ? ' besides those told of' : '';
    const entered = `entered ${mailboxes(value)}${others}${read}${through} ${span}`;
    switch (baseline) {
      case 'mailboxes-per-10-minutes':
      case 'mailboxes-per-hour':
      case 'unusual-hour':
        return `${name} ${entered}`;
      case 'reads-per-hour':
        return `${name} did ${reads(value)} in ${mailboxes(feature.mailboxes)}${through} ${span}, those in the three of which most was read left out`;
      case 'reads-of-account':
        return `there were ${reads(value)} of the mail of ${name}${through} ${span}, some from \`${this.address}\`, from where nobody came in ${this.daysBefore}`;
      case 'new-mailboxes':
        return `${name} entered ${mailboxes(value)} that it did not enter in ${this.daysBefore}${through} ${span}`;
      case 'first-seen':
        return `${this.newcomer} ${entered}`;
      case 'woke':
        return `${name} was silent since ${this.lastDay} and ${entered}`;
      case 'new-address':
        return `${name} came from \`${this.address}\` and ${entered}`;
      case 'volume':
        return `${name} wrote ${counted(value, 'event')} that did not fail ${span}`;
    }
  }

  private get newcomer(): string {
    const { kind, feature } = this.finding;
    const { memory, hour } = this.hand;
    const isSeen = kind === 'address' && memory.seen.hasBefore(feature.id, dayOfHour(hour));
    const how = isSeen
      ? 'from which fewer than five mailboxes were entered within an hour until today'
      : `not seen in ${this.daysBefore}`;
    return `${this.name}, an ${nouns[kind]} ${how},`;
  }

  private get lastDay(): string {
    const { against } = this.finding;
    return against.is === 'silence' ? dayText(against.lastDay) : '';
  }

  private get address(): string {
    const { against } = this.finding;
    return (against.is === 'addresses' || against.is === 'peers' ? against.address : '') ?? '';
  }

  private peers({ highest, strange }: PeersHighest): string {
    const { kind } = this.finding;
    const but = butFor(strange);
    if (kind === 'account') {
      const most = number(Math.max(busyReads, highest));
      return `of no account there were more than ${most} within an hour in ${this.days}${but}`;
    }
    return highest === 0
      ? `no such ${nouns[kind]} entered several in ${this.days}${but}`
      : `the most that such an ${nouns[kind]} entered within an hour is ${number(highest)} in ${this.days}${but}`;
  }

  private get why(): string {
    const { against } = this.finding;
    switch (against.is) {
      case 'own':
        return this.own(against.reference);
      case 'peers':
        return this.peers(against.peers);
      case 'silence':
        return this.finding.kind === 'component'
          ? `other logs have lines of ${counted(against.days, 'day')} in between, and it has none that did not fail`
          : `there are lines of ${counted(against.days, 'day')} in between, on which it entered no mailbox`;
      case 'hours':
        return `on none of the ${counted(against.days, 'day')} on which it was active did it enter one at this hour or the ones beside it, in ${this.days}${butFor(against.reference.strangeThen)}`;
      case 'addresses':
        return `in ${this.days} it was active on ${number(against.days)} and never came from there`;
    }
  }
}

/** What was found, as alerts are made of. */
export const sightingOf = (finding: Finding, hand: HourInHand): Sighting => {
  const explanation = new Explanation(finding, hand);
  const { baseline, feature, level, kind } = finding;
  const { who } = explanation;
  const where = kind === 'address' ? feature.text : explanation.onlyAddress;
  return {
    rule: ruleOf(baseline),
    title: titles[baseline],
    level,
    component: hand.memory.name,
    who,
    timeMs: feature.lastMs,
    sinceMs: feature.firstMs,
    sentence: explanation.sentence,
    tags: tags[baseline],
    ...(where === undefined ? {} : { address: where }),
    ...(kind === 'app' ? { app: feature.text } : {}),
    lines: feature.lines,
    events: feature.rows,
  };
};
