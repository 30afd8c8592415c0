import type { Sighting } from '../../core/alert.ts';
import { dayOfHour, dayText, spanText, windowOf, windowsOfHour } from './calendar.ts';
import { busyReads } from './features.ts';
import type { Reference } from './history.ts';
import type { HourInHand } from './judge.ts';
import type { BaselineId, Finding } from './judgement.ts';

const titles: Readonly<Record<BaselineId, string>> = {
  'mailboxes-per-10-minutes': 'More mailboxes entered within ten minutes than usual',
  'mailboxes-per-hour': 'More mailboxes entered within an hour than usual',
  'messages-per-hour': 'More messages read within an hour than usual',
  'messages-of-account': 'More messages of one account read than usual',
  'new-mailboxes': 'Mailboxes entered that were never entered before',
  'first-seen': 'Somebody never seen before enters many mailboxes',
  woke: 'Somebody silent for weeks enters mailboxes',
  'unusual-hour': 'Mailboxes entered at an hour at which nothing ever happened',
  'new-address': 'Mailboxes entered from an address never used before',
  volume: 'More happens than usual',
};

const emailCollection = ['attack.collection', 'attack.t1114.002'];
const validAccounts = ['attack.initial-access', 'attack.t1078'];
const tags: Readonly<Record<BaselineId, readonly string[]>> = {
  'mailboxes-per-10-minutes': emailCollection,
  'mailboxes-per-hour': emailCollection,
  'messages-per-hour': emailCollection,
  'messages-of-account': emailCollection,
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
const messages = (value: number): string => counted(value, 'message');

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

  /** `in 60 days`, and of how many of them there are no lines. */
  private get days(): string {
    const { memory, hour } = this.hand;
    const day = dayOfHour(hour);
    const known = memory.observedDays(day);
    const all = day - (memory.firstDay(day) ?? day);
    const without = all - known;
    const gap = without > 0 ? `, ${number(without)} of them without lines` : '';
    return `${counted(all, 'day')}${gap}`;
  }

  private own({ median, highest, highestThen, of: time }: Reference): string {
    if (time === 'nothing') return `it never did before, in ${this.days}`;
    const usual = time === 'any time' ? 'its usual is' : `its usual at ${time} is`;
    const isRecord = this.finding.value > highest;
    const most = isRecord ? highest : highestThen;
    const never =
      most === 0
        ? 'and it never did so at this hour of the day'
        : `never above ${number(most)}${isRecord ? '' : ' at this hour of the day'}`;
    return `${usual} ${number(median)}, ${never} in ${this.days}`;
  }

  /** Where it came from, if that was one place. */
  get onlyAddress(): string | undefined {
    const { against, feature } = this.finding;
    if ('address' in against && against.address !== undefined) return against.address;
    const [only, ...others] = feature.addresses.values();
    return others.length === 0 ? only : undefined;
  }

  get sentence(): string {
    return `${this.what}; ${this.why}.`;
  }

  private get what(): string {
    const { baseline, feature, value } = this.finding;
    const { name, through, span } = this;
    const read = feature.reads > 0 ? ` and read ${messages(feature.reads)}` : '';
    const entered = `entered ${mailboxes(value)}${read}${through} ${span}`;
    switch (baseline) {
      case 'mailboxes-per-10-minutes':
      case 'mailboxes-per-hour':
      case 'unusual-hour':
        return `${name} ${entered}`;
      case 'messages-per-hour':
        return `${name} read ${messages(value)} of ${mailboxes(feature.mailboxes)}${through} ${span}, without the three of which most was read`;
      case 'messages-of-account':
        return `${messages(value)} of ${name} were read${through} ${span}, some from \`${this.address}\`, from where nobody came before`;
      case 'new-mailboxes':
        return `${name} entered ${mailboxes(value)} that it had not entered before${through} ${span}`;
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
    const how = isSeen ? 'which never entered many mailboxes before' : 'never seen before';
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

  private get why(): string {
    const { against, kind } = this.finding;
    switch (against.is) {
      case 'own':
        return this.own(against.reference);
      case 'peers':
        if (kind === 'account') {
          return `no account was read of more than ${number(Math.max(busyReads, against.highest))} within an hour in ${this.days}`;
        }
        return against.highest === 0
          ? `no such ${nouns[kind]} entered several in ${this.days}`
          : `the most that such an ${nouns[kind]} entered within an hour is ${number(against.highest)} in ${this.days}`;
      case 'silence':
        return `there are lines of ${counted(against.days, 'day')} in between, on which it did nothing`;
      case 'hours':
        return `on none of the ${counted(against.days, 'day')} on which it was active did it enter one at this hour or the ones beside it, in ${this.days}`;
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
    rule: `baseline/${baseline}`,
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
