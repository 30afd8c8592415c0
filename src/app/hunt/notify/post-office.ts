import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Alert } from '../../../core/alert.ts';
import type { WatchChannel, WatchPolicy } from '../../../core/watch-policy.ts';
import { withNames } from '../../../detect/alerts/anonymous.ts';
import { HuntAlerts } from '../../../store/hunt-alerts.ts';
import { type ChannelState, HuntLetters, type Letter } from '../../../store/hunt-letters.ts';
import type { HuntState } from '../../../store/hunt-state.ts';
import { alertsInLetterMax, groupsFor, type LetterContent, stampOf } from './letter.ts';
import { placeOf } from './place.ts';
import { send } from './send.ts';
import type { SendSetting, Sent } from './sent.ts';

export interface PostOfficeOptions {
  readonly state: HuntState;
  readonly policy: WatchPolicy;
  readonly setting: SendSetting;
  /** Name of the machine, and of whom it belongs to. */
  readonly host: string;
  readonly organisation?: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Names by label, for channels that may be told them. */
  readonly namesOf: (alerts: readonly Alert[]) => Promise<ReadonlyMap<string, string>>;
  /** How long one call may wait for a second attempt. */
  readonly patienceMs: number;
}

/** Before each further attempt; behind the last a letter is dead. Some twenty hours altogether. */
const pausesMs: readonly number[] = [
  2_000, 15_000, 60_000, 300_000, 1_800_000, 7_200_000, 21_600_000, 43_200_000,
];

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const keptMs = 90 * dayMs;

const count = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`;

/** Makes letters of what is queued, and delivers those that are due. At least once: their ids tell repetitions. */
export class PostOffice {
  private readonly options: PostOfficeOptions;
  private readonly alerts: HuntAlerts;
  private readonly letters: HuntLetters;
  private readonly channels: ReadonlyMap<string, WatchChannel>;

  constructor(options: PostOfficeOptions) {
    this.options = options;
    this.alerts = new HuntAlerts(options.state);
    this.letters = new HuntLetters(options.state);
    this.channels = new Map(options.policy.channels.map(each => [each.name, each]));
  }

  /** @returns what went wrong, in sentences */
  async deliver(): Promise<readonly string[]> {
    const problems: string[] = [];
    const { state, now, patienceMs } = this.options;
    state.transaction(() => problems.push(...this.sort()));
    const until = now() + patienceMs;
    for (;;) {
      for (const letter of this.letters.due(now())) {
        const problem = await this.attempt(letter);
        if (problem !== undefined) problems.push(problem);
      }
      const next = this.letters
        .undelivered()
        .filter(each => each.state === 'waiting')
        .reduce((least, { dueMs }) => Math.min(least, dueMs), Infinity);
      if (next > until) return [...new Set(problems)];
      await pause(Math.max(next - now(), 10));
    }
  }

  /** Letters of what is queued, within a transaction. */
  private sort(): readonly string[] {
    const { policy, now } = this.options;
    const nowMs = now();
    const dropped = this.letters.dropOthers([...this.channels.keys()]);
    this.letters.prune(nowMs - keptMs);
    for (const { name } of policy.channels) {
      const known = this.letters.channel(name, nowMs);
      const isDigestDue = nowMs >= (known.digestMs ?? 0) + policy.digestHours * hourMs;
      const atOnce = this.letters.queued(name, true);
      if (atOnce.length > 0) this.make(name, 'alert', atOnce);
      const rest = isDigestDue
        ? [...this.letters.queued(name, false), ...this.letters.goingOn(name, alertsInLetterMax)]
        : [];
      if (rest.length > 0) {
        this.make(name, 'digest', rest);
        this.letters.madeDigest(name, nowMs);
      }
      if (atOnce.length + rest.length === 0 && this.isSilent(known, nowMs)) {
        this.make(name, 'alive', []);
      }
    }
    return dropped === 0
      ? []
      : [`${count(dropped, 'message')} to channels that postern.yaml no longer names: let go`];
  }

  /** Nothing went there for so long that nobody could tell whether anything would. */
  private isSilent({ name, workedMs, firstMs }: ChannelState, nowMs: number): boolean {
    const { aliveDays } = this.options.policy;
    if (aliveDays === 0) return false;
    const waits = this.letters.undelivered().some(letter => letter.channel === name);
    return (
      !waits && (workedMs === undefined || nowMs >= Math.max(workedMs, firstMs) + aliveDays * dayMs)
    );
  }

  private make(channel: string, kind: Letter['kind'], alerts: readonly string[]): void {
    const madeMs = this.options.now();
    const letter: Letter = {
      id: randomUUID(),
      channel,
      kind,
      madeMs,
      dueMs: madeMs,
      attempts: 0,
      state: 'waiting',
    };
    this.letters.make(letter, alerts);
  }

  private async attempt(letter: Letter): Promise<string | undefined> {
    const channel = this.channels.get(letter.channel);
    if (channel === undefined) return undefined;
    const content = await this.contentOf(letter, channel);
    // What it held grew worse meanwhile, and went with another.
    if (letter.kind !== 'alive' && content.groups.length === 0) {
      this.options.state.transaction(() => {
        this.letters.sent(letter.id);
      });
      return undefined;
    }
    const sent = await send(channel, content, this.options.setting);
    return this.options.state.transaction(() => this.note(letter, sent));
  }

  private note(letter: Letter, sent: Sent): string | undefined {
    const { channel, id, attempts } = letter;
    const nowMs = this.options.now();
    if (sent.ok) {
      this.letters.sent(id);
      const to = this.channels.get(channel);
      this.letters.worked(channel, nowMs, to === undefined ? undefined : placeOf(to));
      return sent.remark === undefined ? undefined : `${channel}: ${sent.remark}`;
    }
    const { why, passing, pauseMs = 0 } = sent;
    const next = pausesMs[attempts];
    const dueMs = passing && next !== undefined ? nowMs + Math.max(next, pauseMs) : undefined;
    this.letters.notSent(id, why, dueMs);
    this.letters.failed(channel, nowMs, why);
    return dueMs === undefined
      ? `${channel}: a message could not be delivered and is not tried again by itself: ${why}`
      : `${channel}: a message could not be delivered yet: ${why}`;
  }

  private async contentOf(letter: Letter, channel: WatchChannel): Promise<LetterContent> {
    const { host, organisation, namesOf } = this.options;
    const found = this.letters.alertsIn(letter.id).flatMap(id => this.alerts.get(id) ?? []);
    const bare = found.map(({ alert }) => alert);
    const named = channel.names && bare.length > 0 ? await namesOf(bare) : undefined;
    const alerts =
      named === undefined
        ? bare
        : bare.map(alert => ({
            ...alert,
            who: named.get(alert.who) ?? alert.who,
            sentence: withNames(alert.sentence, named),
          }));
    return {
      id: letter.id,
      kind: letter.kind,
      madeMs: letter.madeMs,
      host,
      ...(organisation === undefined ? {} : { organisation }),
      notes: letter.kind === 'alive' ? this.signOfLife() : [],
      ...groupsFor(alerts),
    };
  }

  /** That silence means that nothing happened, and not that nobody looks. */
  private signOfLife(): readonly string[] {
    const ran = this.options.state.ran();
    const last = ran.reduce((newest, { ranMs }) => Math.max(newest, ranMs), 0);
    return [
      ran.length === 0
        ? 'Postern watches no log yet. Alerts will come here.'
        : `Postern watches ${count(ran.length, 'log')}, last at ${stampOf(last)}, and has nothing to tell. Alerts will come here.`,
    ];
  }
}
