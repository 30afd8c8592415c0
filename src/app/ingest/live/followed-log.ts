import { stat } from 'node:fs/promises';
import type { EvidenceSource } from '../../../evidence/options.ts';
import type { LogFile } from '../../../intake/log-files.ts';
import { RowPacker } from '../../../logs/rows/row-packer.ts';
import { Generations, isMarked } from '../generations.ts';
import { LogKeeper } from '../keep-log.ts';
import { type KeepingLogs, keepLogFiles, openLogSource } from '../keep-logs.ts';
import { slotOf } from '../kept-log.ts';
import { OpenFile } from '../open-file.ts';
import { sourceNameOf } from '../source-name.ts';
import type { LiveSource } from './kept-stream.ts';
import { Tail } from './tail.ts';

/** Waiting times, milliseconds. */
export interface FollowTimes {
  /** A rotated file that is packed or copied is at rest for so long before it is looked at. */
  readonly restMs: number;
  /** And if it never is, it is looked at after so long. */
  readonly restMsMax: number;
  /** After a rotation the old file is read until nothing was written to it for so long. */
  readonly quietMs: number;
  /** And an empty new one is waited for no longer than this. */
  readonly emptyMs: number;
  /** What was put aside and still written to then is looked at once more. */
  readonly lateMs: number;
}

/** What a log asks of whoever follows it. */
export interface FollowHooks {
  /** Its files, as they are now. */
  readonly look: () => readonly LogFile[];
  /** Before all of its files are read. */
  readonly beforePass: () => Promise<void>;
}

export const followTimes: FollowTimes = {
  restMs: 8_000,
  restMsMax: 600_000,
  quietMs: 2_000,
  emptyMs: 15_000,
  lateMs: 660_000,
};

const signatureOf = (files: readonly LogFile[]): string =>
  files.map(({ path, sizeBytes, mtimeMs }) => `${path}\0${sizeBytes}\0${mtimeMs}`).join('\n');

/** The file that was written to last. */
const youngest = (files: readonly LogFile[]): string | undefined =>
  files.toSorted((a, b) => b.mtimeMs - a.mtimeMs).at(0)?.path;

const identityOf = async (path: string): Promise<string | undefined> => {
  const there = await stat(path, { bigint: true }).catch(() => undefined);
  return there === undefined
    ? undefined
    : [there.dev, there.ino, there.size, there.mtimeNs].join(' ');
};

/**
 * One log that is followed: its current file line by line as it is written; rotated ones, and whatever else is not
 * plain growth (a file that was cut off, packed or replaced), by a pass over all of its files.
 */
export class FollowedLog {
  readonly log: string;
  /** Once there is something to follow: what is no log gets no source. */
  live: LiveSource | undefined;
  private readonly hooks: FollowHooks;
  private readonly keeping: KeepingLogs;
  private readonly times: FollowTimes;
  private keeper: LogKeeper | undefined;
  private tail: Tail | undefined;
  /** Path of the file that is written to. */
  private current: string;
  private files: readonly LogFile[];
  /** Of the files beside the current one, as they were when a pass read them. */
  private passed: string;
  /** As they were seen last, and since when. */
  private seen: string;
  private seenMs: number;
  private changedMs: number | undefined;
  private passAtMs: number | undefined;
  private rotatedMs: number | undefined;
  private isAtEnd = true;
  /** As it was when it was let go of. */
  private rested: string | undefined;
  /** The current file is no plain text that one can go on in: passes read it. */
  private isDocument = false;

  /** @param files as they were before a pass read them. */
  constructor(
    log: string,
    files: readonly LogFile[],
    keeping: KeepingLogs,
    times: FollowTimes,
    hooks: FollowHooks,
  ) {
    this.log = log;
    this.hooks = hooks;
    this.keeping = keeping;
    this.times = times;
    this.files = files;
    this.current = files.some(({ path }) => path === log) ? log : (youngest(files) ?? log);
    this.passed = signatureOf(this.others(files));
    this.seen = this.passed;
    this.seenMs = keeping.now();
  }

  get isFollowing(): boolean {
    return this.tail !== undefined;
  }

  /** When something new was read last. */
  get grownMs(): number {
    return this.tail?.grownMs ?? 0;
  }

  /** The files of the log, as they were found now. */
  found(files: readonly LogFile[]): void {
    this.files = files;
    const nowMs = this.keeping.now();
    const signature = signatureOf(this.isDocument ? files : this.others(files));
    if (signature !== this.seen) {
      this.seen = signature;
      this.seenMs = nowMs;
    }
    if (signature === this.passed) this.changedMs = undefined;
    else this.changedMs ??= nowMs;
  }

  /** Reads what is new. @returns whether there is more to read at once. @throws EvidenceError */
  async turn(): Promise<boolean> {
    // What was found a while ago may have been put aside since, and would be taken for lost.
    if (this.isPassDue()) this.found(this.hooks.look());
    if (this.isPassDue()) await this.pass();
    if (this.tail === undefined && !(await this.begin())) return false;
    const { tail } = this;
    if (tail === undefined) return false;
    const before = tail.grownMs;
    const answer = await tail.read();
    if (tail.grownMs !== before) this.waits();
    this.isAtEnd = answer === 'end';
    if (answer === 'more') return true;
    if (answer === 'cut off') {
      await this.endTail(false);
      // What was cut off may lie in a copy, which is read first.
      this.changedMs ??= this.keeping.now();
      this.seenMs = this.keeping.now();
      this.passed = 'cut off';
      return false;
    }
    return await this.rotate(tail);
  }

  /** Lets go of the file; reading goes on there when it has changed. */
  async rest(): Promise<void> {
    const path = this.tail?.path;
    await this.endTail(false);
    this.rested = path === undefined ? undefined : await identityOf(path);
  }

  /**
   * Path of the file that is to be followed: with the log's own name, where there is one. One that was deleted is
   * followed until another takes its name.
   */
  private async wanted(): Promise<string> {
    const isThere = (await stat(this.log).catch(() => undefined))?.isFile() === true;
    if (isThere || this.tail?.path === this.log) this.current = this.log;
    else this.current = youngest(this.files) ?? this.log;
    return this.current;
  }

  private others(files: readonly LogFile[]): readonly LogFile[] {
    return files.filter(({ path }) => path !== this.current);
  }

  private isPassDue(): boolean {
    const nowMs = this.keeping.now();
    if (this.files.length === 0) return false;
    if (this.passAtMs !== undefined && nowMs >= this.passAtMs) return true;
    if (this.changedMs === undefined) return false;
    const { restMs, restMsMax } = this.times;
    return nowMs - this.seenMs >= restMs || nowMs - this.changedMs >= restMsMax;
  }

  /** Reads all files of the log, those that were put aside before the current one. */
  private async pass(): Promise<void> {
    await this.endTail(false);
    await this.hooks.beforePass();
    const { files } = this;
    this.passAtMs = undefined;
    await keepLogFiles(files, this.keeping);
    this.passed = signatureOf(this.isDocument ? files : this.others(files));
    this.seen = this.passed;
    this.changedMs = undefined;
    this.isAtEnd = true;
    const { evidence } = this.keeping;
    const id = sourceNameOf(this.log);
    const isKnown = evidence.known().some(each => each.id === id && each.retired !== true);
    if (isKnown) await this.opened();
    this.waits();
  }

  /** Lines came that are in no segment yet. */
  private waits(): void {
    if (this.live !== undefined) this.live.waitingSinceMs ??= this.keeping.now();
  }

  private async opened(): Promise<EvidenceSource> {
    if (this.live !== undefined) return this.live.source;
    const source = await openLogSource(this.log, this.keeping);
    const isReadToEnd = (): boolean =>
      this.isAtEnd && this.changedMs === undefined && this.passAtMs === undefined;
    this.live = { source, waitingSinceMs: undefined, isReadToEnd };
    return source;
  }

  private keeperOf(source: EvidenceSource): LogKeeper {
    if (this.keeper !== undefined) return this.keeper;
    const { formats, now, took, kept, cameAgain } = this.keeping;
    const rows = new RowPacker();
    this.keeper = new LogKeeper({ source, formats, now, took, kept, cameAgain, rows });
    return this.keeper;
  }

  /** Takes up the current file. @returns whether it is one that can be followed. */
  private async begin(): Promise<boolean> {
    // Before what was put aside is read, nothing that came later is.
    if (this.passed === 'cut off') return false;
    const path = await this.wanted();
    if (this.rested !== undefined && this.rested === (await identityOf(path))) return false;
    this.rested = undefined;
    let open: OpenFile | undefined;
    try {
      open = await OpenFile.open(path);
    } catch {
      // It is not there, or may not be read: a pass tells.
    }
    if (open === undefined) return false;
    const { lines } = open;
    if (open.sizeBytes === 0) {
      // How it begins is how it is known again: it is taken up when it has begun.
      await open.close();
      return false;
    }
    if (lines === undefined || lines.joined !== undefined) {
      await open.close();
      if (!this.isDocument) {
        this.isDocument = true;
        this.found(this.files);
      }
      return false;
    }
    this.isDocument = false;
    const { keeping } = this;
    const id = sourceNameOf(this.log);
    if (keeping.evidence.known().some(each => each.id === id && each.retired === true)) {
      await open.close();
      return false;
    }
    const source = await this.opened();
    const generations = new Generations(source);
    const generation = await this.generationOf(open, generations, path);
    if (generation === undefined) {
      await open.close();
      this.passAtMs ??= this.keeping.now() + this.times.restMs;
      return false;
    }
    const keeper = this.keeperOf(source);
    this.tail = await Tail.begin(path, open, generation, generations, keeper, keeping);
    return true;
  }

  /** The generation that a file is, or a new one; undefined where a pass must find out. */
  private async generationOf(open: OpenFile, generations: Generations, path: string) {
    const isSame = ({ device, inode }: { device: string; inode: string }): boolean =>
      device === open.device && inode === open.inode;
    const [known] = generations.candidates(open, slotOf(path), new Map());
    if (known === undefined) {
      // An inode that is known and begins another way is a file that was replaced.
      return generations.all.some(each => isSame(each) && each.state === 'growing')
        ? undefined
        : await generations.add(open, path.slice(path.lastIndexOf('/') + 1));
    }
    const { tail, place } = known;
    if (!isSame(known) || open.sizeBytes < place.offset) return undefined;
    const goesOn = tail === undefined || isMarked(tail, await open.readAt(tail.offset, tail.bytes));
    return goesOn ? known : undefined;
  }

  /** Whether another file has the name by now; then that is taken up. @returns whether it was. */
  private async rotate(tail: Tail): Promise<boolean> {
    const nowMs = this.keeping.now();
    const there = await stat(await this.wanted(), { bigint: true }).catch(() => undefined);
    const isSame =
      there !== undefined &&
      String(there.ino) === tail.open.inode &&
      String(there.dev) === tail.open.device;
    // Deleted or put aside, and none in its place yet: what is written to it is still read.
    if (isSame || there === undefined) {
      this.rotatedMs = undefined;
      return false;
    }
    this.rotatedMs ??= nowMs;
    const { quietMs, emptyMs, lateMs } = this.times;
    const isQuiet = nowMs - Math.max(tail.grownMs, this.rotatedMs) >= quietMs;
    const isAwaited = there.size === 0n && nowMs - this.rotatedMs < emptyMs;
    if (!isQuiet || isAwaited) return false;
    this.rotatedMs = undefined;
    const { isDeleted } = await tail.open.now();
    await this.endTail(isDeleted);
    if (!isDeleted) this.passAtMs ??= nowMs + lateMs;
    return await this.begin();
  }

  private async endTail(isOver: boolean): Promise<void> {
    const { tail } = this;
    this.tail = undefined;
    await tail?.end(isOver);
  }
}
