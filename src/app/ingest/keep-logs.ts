import { realpathSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { messageOf } from '../../core/errors.ts';
import type { SourceState } from '../../core/evidence-state.ts';
import type { Unseen } from '../../core/unseen.ts';
import { dayOf } from '../../evidence/days.ts';
import type { Evidence } from '../../evidence/open.ts';
import type { EvidenceSource } from '../../evidence/options.ts';
import type { LogFile } from '../../intake/log-files.ts';
import { inRotationOrder, oldestFirst, rotatedName } from '../../logs/sources/rotation-order.ts';
import { firstYears, type Placed, placed } from './date-files.ts';
import { logDocuments } from './documents.ts';
import { type FileIdentity, Generations } from './generations.ts';
import { type Keeping, KeptLog, readFault, slotOf } from './kept-log.ts';
import { type KnownLog, withMoved } from './moved-files.ts';
import { isReadFault, OpenFile } from './open-file.ts';
import { Siblings } from './sibling-files.ts';
import { sourceNameOf } from './source-name.ts';

/** What keeping many logs needs. */
export interface KeepingLogs extends Keeping {
  readonly evidence: Evidence;
  /** Something is missing for good, and the log of the evidence says so. */
  readonly gap: (log: string, fromDay: string, toDay: string, why: string) => void;
  /** A file is done, with as many bytes as lie on the disk. */
  readonly done: (bytes: number) => void;
}

/** So often files are looked for that were rotated meanwhile. */
const looksMax = 3;

/** Under which the source's notes have the path of its log. */
const logKey = 'log';

/** Of logs that were read and whose lines are not in segments yet: each holds a file open, and what rows are made of. */
const openMax = 16;

const identityOf = async (file: LogFile): Promise<FileIdentity | undefined> => {
  let open: OpenFile | undefined;
  try {
    open = await OpenFile.open(file.path);
    if (open === undefined || open.lines !== undefined) return open;
    for await (const { name, head } of logDocuments(file, () => {})) {
      if (name !== file.path) return undefined;
      return { device: open.device, inode: open.inode, head };
    }
  } catch {
    // It is told when it is read.
  } finally {
    await open?.close();
  }
  return undefined;
};

interface Chosen {
  /** Those to be read, the oldest first. */
  readonly files: readonly Placed[];
  /** No file beside them is younger, or of a log that goes on in them. */
  readonly isAll: boolean;
}

/** Documents that are no files of lines: what is packed, of another encoding, lists of records; archives of logs. */
class Strangers {
  private readonly keeping: KeepingLogs;

  constructor(keeping: KeepingLogs) {
    this.keeping = keeping;
  }

  /**
   * @param log that the file is of; none where it is an archive, in which each log is one of its own, or no log.
   * @returns whether all of it could be read.
   */
  async keep(file: LogFile, open: OpenFile, log: KeptLog | undefined): Promise<boolean> {
    const { keeping } = this;
    let isWhole = true;
    const note = (unseen: Unseen): void => {
      isWhole = false;
      keeping.note(unseen);
    };
    let years: Promise<readonly (number | undefined)[]> | undefined;
    let i = -1;
    const inside: KeptLog[] = [];
    for await (const document of logDocuments(file, note)) {
      if (keeping.isStopped()) return false;
      i += 1;
      const { content, name } = document;
      if (content.kind === 'binary') {
        note({ what: name, why: content.why, how: content.how });
        continue;
      }
      const at = i;
      const year = async (): Promise<number | undefined> =>
        (await (years ??= firstYears(file, keeping)))[at];
      const own = name === file.path ? log : await openLog(name, keeping);
      if (own !== undefined && own !== log) inside.push(own);
      await own?.keepDocument(document, file, open, year);
    }
    if (isWhole) for (const each of inside) if (each.isWhole) each.readToEnd();
    return isWhole;
  }
}

/** One log with its rotated files. */
class Family {
  private readonly log: string;
  private readonly kept: KeptLog;
  private readonly keeping: KeepingLogs;
  private readonly siblings: Siblings;
  private readonly strangers: Strangers;

  constructor(log: string, kept: KeptLog, keeping: KeepingLogs, siblings: Siblings) {
    this.log = log;
    this.kept = kept;
    this.keeping = keeping;
    this.siblings = siblings;
    this.strangers = new Strangers(keeping);
  }

  /** @returns whether everything that the log has was read. */
  async keep(named: readonly LogFile[]): Promise<boolean> {
    const { files, isAll } = await this.choose(named);
    let before: OpenFile | undefined;
    try {
      for (const file of files) {
        if (this.keeping.isStopped()) return false;
        const open = await this.keepFile(file, before);
        await before?.close();
        before = open;
        this.keeping.done(file.sizeBytes);
      }
    } finally {
      await before?.close();
    }
    await this.findLost(new Set(named.map(({ path }) => path)));
    if (this.kept.isWhole) await this.tellLost();
    return isAll && this.kept.isWhole;
  }

  /**
   * The files that were named; and, where reading had come further, those that the log has gone on in since: whoever
   * names `mail.log` after a rotation wants what is in `mail.log.1` by now, too.
   */
  private async choose(named: readonly LogFile[]): Promise<Chosen> {
    const siblings = this.siblings.of(this.log);
    const byName = oldestFirst([...named, ...siblings]);
    const all = oldestFirst(await placed(byName, this.keeping));
    if (siblings.length === 0) return { files: all, isAll: true };
    const isNamed = new Set(named.map(({ path }) => path));
    const { generations, met } = this.kept;
    const found = new Map<number, string>();
    const known = new Map<Placed, { readonly number: number; readonly state: string }>();
    for (const file of all) {
      const identity = await identityOf(file);
      const slot = slotOf(file.path);
      const [generation] =
        identity === undefined ? [] : generations.candidates(identity, slot, found);
      if (generation === undefined) continue;
      found.set(generation.number, slot);
      known.set(file, generation);
    }
    const growing = generations.all.filter(({ state }) => state === 'growing');
    // Rotation takes the oldest away first: what is there came after it.
    let isAfter = growing.some(({ number }) => !found.has(number));
    const files: Placed[] = [];
    let isAll = true;
    for (const file of all) {
      const generation = known.get(file);
      if (generation?.state === 'growing') isAfter = true;
      const isWanted = isNamed.has(file.path) || (isAfter && generation?.state !== 'packed');
      if (isWanted) files.push(file);
      else if (generation !== undefined) met.set(generation.number, slotOf(file.path));
      else if (files.length > 0) isAll = false;
    }
    return { files, isAll };
  }

  private async keepFile(
    file: Placed,
    before: OpenFile | undefined,
  ): Promise<OpenFile | undefined> {
    const { kept, keeping } = this;
    let open: OpenFile | undefined;
    try {
      open = await OpenFile.open(file.path);
    } catch (thrown) {
      kept.isWhole = false;
      const how = 'Run Postern as somebody who may read it.';
      keeping.note({ what: file.path, why: messageOf(thrown), how });
    }
    if (open === undefined) {
      // Gone since it was listed, or of no avail: nothing can be said of all of the log.
      kept.isWhole = false;
      return undefined;
    }
    try {
      if (open.lines !== undefined) await kept.keepLines(file, open, before);
      else if (!(await this.strangers.keep(file, open, kept))) kept.isWhole = false;
    } catch (thrown) {
      if (!isReadFault(thrown)) {
        await open.close();
        throw thrown;
      }
      kept.isWhole = false;
      keeping.note(readFault(file.path, thrown));
    }
    return open;
  }

  /** Files that were rotated while others were read: looked for again, so that nothing is called lost that is there. */
  private async findLost(own: ReadonlySet<string>): Promise<void> {
    const { generations, met } = this.kept;
    for (let n = 0; n < looksMax && !this.keeping.isStopped(); n += 1) {
      const lost = generations.all.filter(
        ({ number, state }) => state === 'growing' && !met.has(number),
      );
      if (lost.length === 0) return;
      let isFound = false;
      for (const file of oldestFirst(this.siblings.now(this.log, own))) {
        const identity = await identityOf(file);
        const [generation] =
          identity === undefined ? [] : generations.candidates(identity, slotOf(file.path), met);
        if (generation === undefined || !lost.includes(generation)) continue;
        isFound = true;
        await (await this.keepFile(file, undefined))?.close();
      }
      if (!isFound) return;
    }
  }

  /** What was read in part and is gone: that something may be missing is told once. */
  private async tellLost(): Promise<void> {
    const { kept, keeping } = this;
    const today = dayOf(new Date(keeping.now()));
    for (const each of kept.generations.all) {
      if (each.state !== 'growing' || kept.met.has(each.number)) continue;
      const toDay = kept.firstDay ?? today;
      const fromDay = each.lastDay === undefined || each.lastDay > toDay ? toDay : each.lastDay;
      const why = `${each.file} was read up to byte ${each.place.offset}, and then removed, cut off or replaced: what was written to it after that was not kept`;
      await kept.gap(fromDay, toDay, why);
      keeping.gap(this.log, fromDay, toDay, why);
      await kept.generations.put({ ...each, state: 'lost' });
    }
  }
}

/** The source that the log at an absolute path is. */
export const openLogSource = async (
  path: string,
  { evidence }: Pick<KeepingLogs, 'evidence'>,
): Promise<EvidenceSource> => {
  const source = await evidence.source(sourceNameOf(path), {
    host: hostname(),
    path: path.slice(-1_000).replace(/\p{Surrogate}/gu, '\ufffd'),
    positions: 'generation of the file, its device and inode, bytes and lines of it, unpacked',
  });
  if (!source.notes().has(logKey)) await source.note(logKey, path);
  return source;
};

/** The logs that the evidence has, of those that still go on. */
const knownLogs = async (keeping: KeepingLogs): Promise<readonly KnownLog[]> => {
  const out: KnownLog[] = [];
  for (const { id, retired } of keeping.evidence.known()) {
    if (retired === true) continue;
    const source = await keeping.evidence.source(id);
    const log = source.notes().get(logKey);
    if (log !== undefined) out.push({ log, source });
  }
  return out;
};

const openLog = async (path: string, keeping: KeepingLogs): Promise<KeptLog> =>
  new KeptLog(await openLogSource(path, keeping), keeping);

/** Whether there are lines in a file that are not those of a log within it. What cannot be read may have some. */
const hasLines = async (file: LogFile): Promise<boolean> => {
  let open: OpenFile | undefined;
  try {
    open = await OpenFile.open(file.path);
    if (open === undefined) return false;
    if (open.lines !== undefined) return true;
    for await (const { name, content } of logDocuments(file, () => {})) {
      return name === file.path && content.kind !== 'binary';
    }
    return false;
  } catch {
    return true;
  } finally {
    await open?.close();
  }
};

const someHaveLines = async (files: readonly LogFile[]): Promise<boolean> => {
  for (const file of files) if (await hasLines(file)) return true;
  return false;
};

/** What is no log gets no source: archives, and what is no text. */
const keepStrangers = async (files: readonly LogFile[], keeping: KeepingLogs): Promise<void> => {
  const strangers = new Strangers(keeping);
  for (const file of files) {
    const open = await OpenFile.open(file.path);
    if (open === undefined) continue;
    try {
      await strangers.keep(file, open, undefined);
    } finally {
      await open.close();
    }
    keeping.done(file.sizeBytes);
  }
};

const keepLog = async (
  log: string,
  files: readonly LogFile[],
  siblings: Siblings,
  sources: ReadonlyMap<string, SourceState>,
  keeping: KeepingLogs,
): Promise<void> => {
  const id = sourceNameOf(log);
  const known = sources.get(id);
  if (known?.retired === true) {
    const how = 'Leave it out; or ingest a copy that lies elsewhere.';
    keeping.note({ what: log, why: `its source ${id} was retired`, how });
  } else if (known === undefined && !(await someHaveLines(files))) {
    await keepStrangers(files, keeping);
  } else {
    const kept = await openLog(log, keeping);
    const isAll = await new Family(log, kept, keeping, siblings).keep(files);
    // Of one that is no more nobody knows what is written to it.
    if (isAll && (files.length > 0 || isThere(log))) kept.readToEnd();
  }
};

/** What may not be looked at is not gone. */
const isThere = (path: string): boolean => {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return true;
  }
};

/** Whether a log is empty, or is no more though it went on from file to file: an export that was taken in is no such. */
const isGone = (path: string, source: EvidenceSource): boolean => {
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return new Generations(source).all.length > 1;
    return stat.isFile() && stat.size === 0;
  } catch {
    return false;
  }
};

const realPathOf = (file: LogFile): LogFile => {
  try {
    return { ...file, path: realpathSync(file.path) };
  } catch {
    return file;
  }
};

/**
 * Keeps what is new in logs. The rotated files of one log are one source, the oldest line first.
 *
 * @param isNamed whether a log would be among the files if it were there and had lines: what was read of one that has
 * none now, and lies in none of its rotated files, was thrown away.
 */
export const keepLogFiles = async (
  files: readonly LogFile[],
  keeping: KeepingLogs,
  isNamed: (log: string) => boolean = () => false,
): Promise<void> => {
  const byPlace = new Map<string, readonly LogFile[]>();
  for (const named of inRotationOrder(files.map(realPathOf))) {
    byPlace.set(rotatedName(named[0]?.path ?? '').log, named);
  }
  const known = await knownLogs(keeping);
  const logs = new Map(await withMoved(byPlace, known, identityOf));
  for (const { log, source } of known) {
    if (!logs.has(log) && isNamed(log) && isGone(log, source)) logs.set(log, []);
  }
  const siblings = new Siblings(new Set([...byPlace.values()].flat().map(({ path }) => path)));
  const sources = new Map(keeping.evidence.known().map(each => [each.id, each]));
  let open = 0;
  for (const [log, named] of logs) {
    if (keeping.isStopped()) return;
    await keepLog(log, named, siblings, sources, keeping);
    open += 1;
    if (open % openMax === 0) await keeping.evidence.flush();
  }
};
