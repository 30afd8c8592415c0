import { type FSWatcher, realpathSync, watch } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { FoundLogs, LogFile } from '../../../intake/log-files.ts';
import { rotatedName } from '../../../logs/sources/rotation-order.ts';
import type { KeepingLogs } from '../keep-logs.ts';
import { FollowedLog, type FollowTimes, followTimes } from './followed-log.ts';
import type { LiveSource } from './kept-stream.ts';

/** Files that are held open; of the others it is looked whether they changed. */
const openMax = 200;
const foldersMax = 1_000;
/** A clock that was set back by more is no reason to wait. */
const longMs = 3_600_000;
/** What is written in so short a time is read, and synced, at once. */
const gatherMs = 100;
/** The file system tells of most changes; some it does not (NFS), and then this is how long they take to be seen. */
const lookMs = 2_000;
/** New files are searched for so often. */
const searchMs = 5_000;
/** Nor does searching take more than one part of so many of the time. */
const searchPauses = 20;

const realPath = (file: LogFile): LogFile => {
  try {
    return { ...file, path: realpathSync(file.path) };
  } catch {
    return file;
  }
};

/** Files by the log that they are of, rotated ones with it. */
const byLog = (files: readonly LogFile[]): ReadonlyMap<string, readonly LogFile[]> => {
  const logs = new Map<string, LogFile[]>();
  for (const file of files.map(realPath)) {
    const { log } = rotatedName(file.path);
    const known = logs.get(log);
    if (known === undefined) logs.set(log, [file]);
    else known.push(file);
  }
  return logs;
};

export interface FollowOptions {
  readonly times?: FollowTimes;
  readonly lookMs?: number;
  readonly searchMs?: number;
}

/** Follows files, folders and globs: what is written to them, and what comes to lie in them. */
export class Follower {
  private readonly find: () => FoundLogs;
  private readonly keeping: KeepingLogs;
  private readonly options: Required<FollowOptions>;
  private readonly logs = new Map<string, FollowedLog>();
  private readonly watchers = new Map<string, FSWatcher>();
  private readonly changed = new Set<string>();
  private wake: (() => void) | undefined;
  private searchedMs = Number.NEGATIVE_INFINITY;
  private lookedMs = Number.NEGATIVE_INFINITY;

  /** @param find the files as they are now. */
  constructor(find: () => FoundLogs, keeping: KeepingLogs, options: FollowOptions = {}) {
    this.find = find;
    this.keeping = keeping;
    this.options = { times: followTimes, lookMs, searchMs, ...options };
  }

  /** Of the logs that are followed. */
  *sources(): Iterable<LiveSource> {
    for (const log of this.logs.values()) if (log.live !== undefined) yield log.live;
  }

  get count(): number {
    return this.logs.size;
  }

  /** Takes up the logs that were found and read. @param files as they were before they were read. */
  async begin(files: readonly LogFile[]): Promise<void> {
    for (const [log, of] of byLog(files)) {
      const followed = this.add(log, of);
      if (this.logs.size <= openMax && !this.keeping.isStopped()) await followed.turn();
    }
  }

  /** Reads until it is told to stop. @throws EvidenceError */
  async run(): Promise<void> {
    try {
      while (!this.keeping.isStopped()) {
        const hasMore = await this.pass();
        if (!hasMore && !this.keeping.isStopped()) await this.sleep();
      }
    } finally {
      for (const watcher of this.watchers.values()) watcher.close();
    }
    for (const log of this.logs.values()) await log.rest();
  }

  /** Ends the sleep, to look whether it is to stop. */
  stop(): void {
    this.wake?.();
  }

  private add(log: string, files: readonly LogFile[]): FollowedLog {
    const { keeping, options } = this;
    const followed = new FollowedLog(log, files, keeping, options.times, {
      look: () => byLog(this.find().files).get(log) ?? [],
      beforePass: () => this.letGoOf(log),
    });
    this.logs.set(log, followed);
    this.changed.add(log);
    this.watchFolder(dirname(log));
    return followed;
  }

  private async pass(): Promise<boolean> {
    const nowMs = this.keeping.now();
    if (nowMs - this.searchedMs >= this.options.searchMs || this.searchedMs - nowMs > longMs) {
      this.search();
      const endedMs = this.keeping.now();
      // A search of very many files takes its time, and the next comes later.
      this.searchedMs = endedMs + (endedMs - nowMs) * searchPauses;
    }
    const isLook = nowMs - this.lookedMs >= this.options.lookMs || nowMs < this.lookedMs;
    if (isLook) this.lookedMs = nowMs;
    const due = isLook ? [...this.logs.keys()] : [...this.changed];
    this.changed.clear();
    let hasMore = false;
    for (const log of due) {
      if (this.keeping.isStopped()) return false;
      const followed = this.logs.get(log);
      if (followed === undefined || !(await followed.turn())) continue;
      this.changed.add(log);
      hasMore = true;
    }
    await this.letGo();
    return hasMore;
  }

  private search(): void {
    const { files, unseen } = this.find();
    const found = byLog(files);
    for (const each of unseen) this.keeping.note(each);
    for (const [log, of] of found) {
      const known = this.logs.get(log);
      if (known === undefined) {
        // Nothing of it was read yet: its files are read as if they had just changed.
        this.add(log, []).found(of);
      } else known.found(of);
    }
    for (const [log, known] of this.logs) if (!found.has(log)) known.found([]);
  }

  /** Of more files than may be open, those that were not written to for the longest time are closed. */
  private async letGo(): Promise<void> {
    const open = [...this.logs.values()].filter(each => each.isFollowing);
    if (open.length <= openMax) return;
    const idle = open.toSorted((a, b) => a.grownMs - b.grownMs);
    for (const each of idle.slice(0, open.length - openMax)) await each.rest();
  }

  /** Before all files of a log are read: rotation may have put those of another one there, from another folder. */
  private async letGoOf(log: string): Promise<void> {
    const name = basename(log);
    for (const [path, each] of this.logs) {
      if (path !== log && basename(path) === name) await each.rest();
    }
  }

  private watchFolder(folder: string): void {
    if (this.watchers.has(folder) || this.watchers.size >= foldersMax) return;
    try {
      const watcher = watch(folder, { persistent: false }, (_, name) => {
        if (name === null) return;
        const { log } = rotatedName(join(folder, name));
        if (!this.logs.has(log)) return;
        this.changed.add(log);
        this.wake?.();
      });
      watcher.on('error', () => watcher.close());
      this.watchers.set(folder, watcher);
    } catch {
      // Too many are watched on this host, or it cannot be: it is looked at all the same.
    }
  }

  private async sleep(): Promise<void> {
    if (this.changed.size > 0) return;
    await new Promise<void>(done => {
      const timer = setTimeout(done, Math.min(this.options.lookMs, this.options.searchMs));
      this.wake = () => {
        clearTimeout(timer);
        done();
      };
    });
    this.wake = undefined;
    if (!this.keeping.isStopped()) await pause(gatherMs);
  }
}
