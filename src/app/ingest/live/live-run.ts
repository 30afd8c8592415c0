import { setTimeout as pause } from 'node:timers/promises';
import type { TlsOptions } from 'node:tls';
import type { FoundLogs, LogFile } from '../../../intake/log-files.ts';
import type { KeepingLogs } from '../keep-logs.ts';
import { keepPipe } from '../keep-pipe.ts';
import { addressText, type SyslogAddress } from '../syslog/address.ts';
import { InHand } from '../syslog/outbox.ts';
import { Follower } from './follow.ts';
import type { LiveSource } from './kept-stream.ts';
import { SyslogSources } from './syslog-sources.ts';
import { Upkeep } from './upkeep.ts';

/** What a run takes in until somebody ends it. */
export interface LiveOptions {
  /** Finds the files that are followed, as they are now. */
  readonly follow: (() => FoundLogs) | undefined;
  readonly syslog: readonly SyslogAddress[];
  readonly tls?: TlsOptions;
  readonly input?: { readonly name: string; readonly chunks: AsyncIterable<Uint8Array> };
}

/** What is going on, for whoever looks. */
export interface LiveState {
  /** Where it listens, with the port that was given where any was asked for. */
  readonly listening: readonly string[];
  readonly senders: number;
  readonly connections: number;
  readonly messages: number;
  /** Datagrams that are known to be lost. */
  readonly lost: number;
  readonly refused: number;
  readonly followed: number;
}

/** Taken from sockets and not on the disk yet. */
const inHandBytesMax = 16 << 20;
const tickMs = 1_000;
const stopMs = 100;
const toldMax = 1_000;

/** Listeners, followed files and a pipe, and what is done by the clock while they go on. */
export class LiveRun {
  private readonly options: LiveOptions;
  private readonly keeping: KeepingLogs;
  private readonly listeners: SyslogSources[] = [];
  private readonly follower: Follower | undefined;
  private readonly said: () => void;
  /** Days that were sealed meanwhile. */
  readonly sealed: string[] = [];
  private piped: LiveSource | undefined;
  private failure: { readonly thrown: unknown } | undefined;
  private isOver = false;

  private constructor(options: LiveOptions, keeping: KeepingLogs, said: () => void) {
    this.options = options;
    this.said = said;
    const told = new Set<string>();
    this.keeping = {
      ...keeping,
      // It is looked at again and again, and told once.
      note: unseen => {
        const text = `${unseen.what}\0${unseen.why}`;
        if (told.has(text) || told.size >= toldMax) return;
        told.add(text);
        keeping.note(unseen);
      },
      isStopped: () => this.isStopping || keeping.isStopped(),
    };
    this.follower =
      options.follow === undefined ? undefined : new Follower(options.follow, this.keeping);
  }

  /** Listens from now on. @param said is called now and then, for whoever shows the state. @throws UsageError where nothing can. */
  static async open(
    options: LiveOptions,
    keeping: KeepingLogs,
    said: () => void,
  ): Promise<LiveRun> {
    const run = new LiveRun(options, keeping, said);
    const inHand = new InHand(inHandBytesMax);
    const { evidence, formats, zoneOf, now, took, kept, begin } = keeping;
    const context = { evidence, formats, zoneOf, now, took, kept, begin };
    try {
      for (const address of options.syslog) {
        const failed = (thrown: unknown): void => run.fail(thrown);
        run.listeners.push(await SyslogSources.open(address, context, inHand, failed, options.tls));
      }
    } catch (thrown) {
      await run.close();
      throw thrown;
    }
    return run;
  }

  get state(): LiveState {
    const counts = this.listeners.map(each => each.counts);
    const sum = (of: (each: (typeof counts)[number]) => number): number =>
      counts.reduce((total, each) => total + of(each), 0);
    return {
      listening: this.listeners.map(({ address, port }) => addressText({ ...address, port })),
      senders: sum(each => each.peers),
      connections: sum(each => each.connections),
      messages: sum(each => each.messages),
      lost: sum(each => each.lost),
      refused: sum(each => each.refused),
      followed: this.follower?.count ?? 0,
    };
  }

  /**
   * Goes on until it is stopped, or has nothing to go on with.
   *
   * @param files that were read before, as they were then.
   * @param begun they are followed now.
   */
  async run(files: readonly LogFile[], begun: () => void): Promise<void> {
    const { evidence, now } = this.keeping;
    const upkeep = new Upkeep(evidence, () => this.sources(), now);
    const ticking = this.tick(upkeep);
    try {
      await Promise.all([
        this.guarded(async () => {
          await this.follower?.begin(files);
          begun();
          await this.follower?.run();
        }),
        this.guarded(() => this.pipe()),
        this.guarded(() => this.listen()),
      ]);
    } finally {
      this.isOver = true;
      await ticking;
      await this.close();
    }
    if (this.failure !== undefined) throw this.failure.thrown;
    upkeep.read();
  }

  private get isStopping(): boolean {
    return this.isOver || this.failure !== undefined;
  }

  /** Lets go of the sockets; what came is kept. */
  async close(): Promise<void> {
    for (const each of this.listeners) await each.close();
  }

  private *sources(): Iterable<LiveSource> {
    for (const each of this.listeners) yield* each.sources;
    if (this.follower !== undefined) yield* this.follower.sources();
    if (this.piped !== undefined) yield this.piped;
  }

  private fail(thrown: unknown): void {
    this.failure ??= { thrown };
  }

  /** A failure ends the others, too. */
  private async guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      this.fail(thrown);
    }
  }

  private async pipe(): Promise<void> {
    const { input } = this.options;
    if (input === undefined) return;
    const opened = (source: LiveSource): void => {
      this.piped = source;
    };
    await keepPipe(input.chunks, this.keeping, { name: input.name, opened });
  }

  private async listen(): Promise<void> {
    if (this.listeners.length === 0) return;
    while (!this.keeping.isStopped()) await pause(stopMs);
  }

  private async tick(upkeep: Upkeep): Promise<void> {
    let nextMs = this.keeping.now();
    while (!this.isOver) {
      await pause(stopMs);
      if (this.keeping.isStopped()) this.follower?.stop();
      const nowMs = this.keeping.now();
      // A clock that was set back is no reason to wait.
      if (nowMs < nextMs && nextMs - nowMs <= tickMs) continue;
      nextMs = nowMs + tickMs;
      await this.guarded(async () => {
        this.sealed.push(...(await upkeep.pass()));
      });
      this.said();
      if (this.failure !== undefined) return;
    }
  }
}
