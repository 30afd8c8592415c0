import { setTimeout as pause } from 'node:timers/promises';
import type { ReportedAlert } from '../../core/hunt-report.ts';
import type { Unseen } from '../../core/unseen.ts';
import type { RanOver } from '../../core/watching.ts';
import type { HuntState } from '../../store/hunt-state.ts';
import { type StoreSegment, storeSegments } from '../events/store-segments.ts';
import { Arrivals } from './arrivals.ts';
import { Collected } from './collected.ts';
import type { HuntSetup } from './hunt-work.ts';
import { LiveHunters } from './live-hunters.ts';
import { type PassDone, type PassListener, type PassRequest, runPass } from './pass.ts';
import { linesSince } from './pass-lines.ts';
import type { Alerts, Cursors, PassLines } from './pipeline.ts';
import { storeMark } from './store-mark.ts';
import { AnotherHunt, type PassEnd, type Watch } from './watch.ts';

export interface FollowOptions {
  readonly store: string;
  readonly state: HuntState;
  readonly setup: HuntSetup;
  /** Goes on from what is in the state. */
  readonly open: (collected: Collected) => OpenedWatch;
  readonly alerts: Pick<Alerts, 'deliver'>;
  readonly threads: number;
  readonly now: () => number;
  readonly isStopped: () => boolean;
  /** Alerts that nobody was told of before, as soon as they are written down. */
  readonly told: (alerts: readonly ReportedAlert[]) => void;
  /** What went on, for whoever looks: once for each pass over lines. */
  readonly passed: (pass: PassDone) => void;
  /** What could not be seen or delivered; each is told once. */
  readonly note: (unseen: Unseen) => void;
  readonly pace?: Partial<FollowPace>;
}

/** What takes in what passes find. */
export interface OpenedWatch {
  readonly watch: Watch;
  readonly digest: PassListener['digest'];
  readonly missed: (segment: StoreSegment) => void;
  /** How logs are collected, as it was before the lines of the next pass were looked for. */
  readonly look: (collected: Collected) => void;
}

export interface FollowPace {
  /** Between two looks at the store. */
  readonly lookMs: number;
  /** Lines of other logs are waited for so long before it is said what correlations come to. */
  readonly graceMs: number;
  /** Between two attempts to deliver what waits. */
  readonly deliverMs: number;
  /** Between two looks at what the clock alone makes of it: what is usual of the last minutes is known by then. */
  readonly judgeMs: number;
  /** Between two notes that a log was seen up to its end, when nothing came. */
  readonly rememberMs: number;
}

const usualPace: FollowPace = {
  lookMs: 1_000,
  graceMs: 3_000,
  deliverMs: 30_000,
  judgeMs: 60_000,
  rememberMs: 300_000,
};

/** A store that takes long to look at is looked at less often. */
const lookShare = 3;
const lookMsMax = 10_000;
/** Segments of so many bytes are looked at by several threads first. */
const backlogBytes = 24 << 20;
const stopMs = 100;
const toldMax = 1_000;

const nameOf = ({ source, seq }: StoreSegment): string => `${source}/${seq}`;

const nothing: Omit<PassEnd, 'before'> = { cursors: new Map(), ran: [], newestMs: undefined };

/** Somebody ended it in the middle of a pass. */
class Stopped extends Error {
  override readonly name = 'Stopped';
}

/** Looks at a store as lines come to it, pass by pass. */
class Following {
  private readonly options: FollowOptions;
  private readonly pace: FollowPace;
  private readonly hunters: LiveHunters;
  private readonly arrivals: Arrivals;
  private readonly told = new Set<string>();
  private opened: OpenedWatch;
  /** How far it came, and what `opened` rests on. */
  private known: Cursors;
  private mark = '';
  /** Segments that were seen whole. */
  private finished = new Set<string>();
  private delivering: Promise<void> | undefined;
  private deliverAtMs = 0;
  /** Lines may be there that were not looked at. */
  private isBehind = true;
  private judgeAtMs: number;
  private rememberAtMs: number;

  constructor(options: FollowOptions) {
    this.options = options;
    this.pace = { ...usualPace, ...options.pace };
    this.hunters = new LiveHunters(options.setup);
    this.arrivals = new Arrivals(this.pace.graceMs);
    ({ opened: this.opened, known: this.known } = this.open());
    this.judgeAtMs = options.now() + this.pace.judgeMs;
    this.rememberAtMs = options.now() + this.pace.rememberMs;
    // What waited for others when the run before ended.
    this.arrivals.came(options.now(), Number.NEGATIVE_INFINITY);
  }

  async run(): Promise<void> {
    const { now, isStopped } = this.options;
    try {
      while (!isStopped()) {
        const beganMs = now();
        await this.look();
        this.deliver(false);
        const tookMs = Math.max(0, now() - beganMs);
        await this.rest(Math.min(lookMsMax, Math.max(this.pace.lookMs, tookMs * lookShare)));
      }
      // What waits for other logs is told now: nobody waits any more.
      await this.guarded(() => this.commit(undefined, Number.POSITIVE_INFINITY));
      this.deliver(true);
      await this.delivering;
    } finally {
      await this.hunters.close();
    }
  }

  /** What another hunt writes down meanwhile must not come between the two. */
  private open(): { readonly opened: OpenedWatch; readonly known: Cursors } {
    const { state, open, store } = this.options;
    // Of what was collected by then, no line was looked at.
    this.isBehind = true;
    const collected = Collected.of(store);
    return state.transaction(() => ({ opened: open(collected), known: state.cursors() }));
  }

  private async rest(ms: number): Promise<void> {
    const { isStopped, now } = this.options;
    const untilMs = now() + ms;
    for (let left = ms; left > 0 && !isStopped(); left = Math.min(ms, untilMs - now())) {
      await pause(Math.min(left, stopMs));
    }
  }

  private async look(): Promise<void> {
    const mark = storeMark(this.options.store);
    if (mark !== this.mark && (await this.guarded(() => this.pass()))) this.mark = mark;
    const nowMs = this.options.now();
    if (this.arrivals.isDue(nowMs) || nowMs >= this.judgeAtMs)
      await this.guarded(() => this.commit(undefined));
    if (nowMs >= this.rememberAtMs && mark === this.mark) this.remember(nowMs);
  }

  /** Another hunt over the same store may come first: then this one goes on from what that one wrote down. */
  private async guarded(act: () => Promise<void> | void): Promise<boolean> {
    try {
      await act();
      return true;
    } catch (thrown) {
      // What a pass found that was not written down is found again.
      if (!(thrown instanceof Stopped || thrown instanceof AnotherHunt)) throw thrown;
      ({ opened: this.opened, known: this.known } = this.open());
      this.arrivals.came(this.options.now(), Number.NEGATIVE_INFINITY);
      this.hunters.beginAnew();
      this.finished = new Set();
      this.mark = '';
      return false;
    }
  }

  private async pass(): Promise<void> {
    const { store, isStopped } = this.options;
    this.isBehind = true;
    this.opened.look(Collected.of(store));
    const { segments } = storeSegments(store, each => this.note(each));
    this.hunters.see(segments);
    const whole = segments.filter(each => each.spool === undefined);
    const backlog = this.unseenOf(whole);
    const bytes = backlog.reduce((sum, { segment }) => sum + segment.bytes, 0);
    if (bytes > backlogBytes) await this.over(backlog, false);
    if (isStopped()) return;
    const lines = this.unseenOf(segments);
    this.isBehind = false;
    if (lines.length > 0) await this.over(lines, true);
    // Only the last of each source is ever asked for again.
    const there = new Set(whole.map(nameOf));
    for (const name of this.finished) if (!there.has(name)) this.finished.delete(name);
  }

  private unseenOf(segments: readonly StoreSegment[]): readonly PassLines[] {
    return linesSince(segments, this.known).filter(({ segment }) =>
      segment.spool === undefined
        ? !this.finished.has(nameOf(segment))
        : this.hunters.hasGrown(segment),
    );
  }

  private async over(lines: readonly PassLines[], isLive: boolean): Promise<void> {
    const { setup, threads, now } = this.options;
    const request: PassRequest = {
      ...setup,
      lines,
      threads,
      nowMs: now(),
      ...(isLive ? { hunters: this.hunters } : {}),
    };
    const { watch, digest, missed } = this.opened;
    const pass = await runPass(request, {
      hits: batch => watch.hits(batch),
      // Of what is arriving, other logs are waited for.
      upTo: isLive ? () => {} : timeMs => watch.upTo(timeMs),
      digest,
      missed,
      progress: () => {
        if (this.options.isStopped()) throw new Stopped();
      },
    });
    this.commit(pass);
    for (const { segment } of lines) {
      if (segment.spool === undefined) this.finished.add(nameOf(segment));
    }
    for (const each of pass.unseen) this.note(each);
    this.options.passed(pass);
  }

  /** @param end of a pass over lines; undefined: time went by. */
  private commit(end: Omit<PassEnd, 'before'> | undefined, settledMs?: number): void {
    const { now, told } = this.options;
    const nowMs = now();
    if (end?.newestMs !== undefined) this.arrivals.came(nowMs, end.newestMs);
    const { cursors, ran, newestMs } = end ?? nothing;
    const taken = this.opened.watch.commit({
      before: this.known,
      cursors,
      ran,
      newestMs,
      settledMs: settledMs ?? this.arrivals.settledMs(nowMs),
      isBehind: this.isBehind,
    });
    this.known = new Map([...this.known, ...cursors]);
    this.judgeAtMs = nowMs + this.pace.judgeMs;
    if (taken.fresh.length === 0) return;
    told(taken.fresh);
    this.deliverAtMs = 0;
  }

  /** Nothing came, and so far everything was seen: that is worth knowing as well. */
  private remember(nowMs: number): void {
    const { state } = this.options;
    this.rememberAtMs = nowMs + this.pace.rememberMs;
    const ran = [...this.known.keys()].map(
      (source): RanOver => ({ source, ranMs: nowMs, events: 0, notUnderstood: 0, parts: [] }),
    );
    state.transaction(() => {
      state.putRan(ran);
      this.opened.watch.forgetRules();
    });
  }

  /** One delivery at a time, beside everything else: whoever is told may take long to answer. */
  private deliver(isLast: boolean): void {
    const nowMs = this.options.now();
    if (isLast) {
      this.delivering = (this.delivering ?? Promise.resolve()).then(() => this.send());
      return;
    }
    if (this.delivering !== undefined || nowMs < this.deliverAtMs) return;
    this.deliverAtMs = nowMs + this.pace.deliverMs;
    this.delivering = this.send().finally(() => {
      this.delivering = undefined;
    });
  }

  private async send(): Promise<void> {
    try {
      for (const why of await this.options.alerts.deliver()) {
        this.note({ what: 'alerts', why, how: 'postern hunt --notify-test tries the channels.' });
      }
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      this.note({ what: 'alerts', why, how: 'postern hunt --notify-test tries the channels.' });
    }
  }

  private note(unseen: Unseen): void {
    const text = `${unseen.what}\0${unseen.why}`;
    if (this.told.has(text) || this.told.size >= toldMax) return;
    this.told.add(text);
    this.options.note(unseen);
  }
}

/** Goes on until it is stopped. @throws where the store or its state cannot be read or written */
export const follow = async (options: FollowOptions): Promise<void> =>
  await new Following(options).run();
