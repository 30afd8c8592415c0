import { createHash } from 'node:crypto';
import type { DurableFiles } from '../core/durable-files.ts';
import type { SourceState } from '../core/evidence-state.ts';
import { type ClosedSpool, linesOf, type Spooled, SpoolMemory, spooledIn } from './closed-spool.ts';
import { dayOf } from './days.ts';
import { EvidenceError, evidenceError } from './errors.ts';
import { EvidenceLog } from './evidence-log.ts';
import { KnownRecords } from './known-records.ts';
import { LateDays } from './late-days.ts';
import type { NoteSigner } from './note.ts';
import type {
  EvidenceOptions,
  EvidenceSource,
  RowsMade,
  SegmentDraft,
  SegmentMade,
} from './options.ts';
import { FilePutter } from './put-files.ts';
import { placeRows, type Reparsed, type ReparseScope, reparse } from './reparse.ts';
import {
  addHold,
  addPolicy,
  addRelease,
  finishDeletions,
  type Hold,
  isOnHold,
  type Policy,
  prune,
} from './retention.ts';
import { addScoping, type Scoping } from './scopings.ts';
import { sealDays } from './seals.ts';
import { makeSegment, type SegmentFile } from './segment.ts';
import { type SourceHome, SourceWriter } from './source.ts';
import { isSourceName, type Leaf, type SegmentLeaf } from './verify/leaf.ts';
import { rowsHash, rowsPath, segmentPath } from './verify/segment-file.ts';

const spoolFolder = 'spool';
const segmentBytesDefault = 8 << 20;
const spoolName = (seq: number): string => `${String(seq).padStart(8, '0')}.spool`;
const seqOf = (name: string): number => Number(/^(\d{8,15})\.spool$/.exec(name)?.[1] ?? 0);

interface Prepared extends Spooled {
  readonly spool: string;
  readonly file?: SegmentFile;
  readonly rows?: RowsMade | undefined;
  readonly records?: readonly Uint8Array[];
}

/** A store of log lines that is open to be written. One process at a time: whoever opens it has the lock. */
export class Evidence implements SourceHome {
  readonly segmentBytes: number;
  readonly waitingMax = 2;
  readonly memory: SpoolMemory = new SpoolMemory();
  private readonly options: EvidenceOptions;
  private readonly put: FilePutter;
  private readonly log: EvidenceLog;
  private readonly states = new Map<string, SourceState>();
  /** Sources that were read to their end since that was last written down. */
  private readonly touched = new Set<string>();
  private readonly writers = new Map<string, SourceWriter>();
  private turn: Promise<unknown> = Promise.resolve();
  private readonly records: KnownRecords;
  private readonly late: LateDays;
  private readonly lastCut = new Map<string, Promise<unknown>>();
  private failed: EvidenceError | undefined;

  private constructor(options: EvidenceOptions, put: FilePutter, log: EvidenceLog) {
    this.options = options;
    this.put = put;
    this.log = log;
    this.records = new KnownRecords(options.state, options.recordsIn);
    this.late = new LateDays(options.state, id => this.stateOf(id));
    this.segmentBytes = options.segmentBytes ?? segmentBytesDefault;
    for (const source of options.state.sources()) this.states.set(source.id, source);
  }

  /** Opens a store, and first finishes or discards what was under way when it was last left. */
  static async open(options: EvidenceOptions): Promise<Evidence> {
    const put = new FilePutter(options.files);
    try {
      const log = await EvidenceLog.open({ put, state: options.state, signers: options.signers });
      const evidence = new Evidence(options, put, log);
      if (log.size === 0) await evidence.begin();
      await evidence.recover();
      await finishDeletions(options.state, put);
      await placeRows(options.state, put);
      return evidence;
    } catch (thrown) {
      throw evidenceError(thrown);
    }
  }

  /** The source of this name, known from now on. @param meta what is said of it in the log. */
  async source(id: string, meta: Readonly<Record<string, string>> = {}): Promise<EvidenceSource> {
    this.check();
    if (!isSourceName(id)) {
      throw new EvidenceError('BAD_INPUT', `"${id.slice(0, 100)}" is no name of a source`);
    }
    if (!this.states.has(id)) {
      const at = this.at();
      const added = { id, addedDay: at.slice(0, 10), seq: 0 };
      const leaf: Leaf = { v: 1, kind: 'source-add', at, source: id, meta };
      await this.commit(() => this.log.append([leaf], () => ({ sources: [added] })));
      this.states.set(id, added);
    }
    const state = this.stateOf(id);
    if (state.retired === true) {
      throw new EvidenceError('BAD_INPUT', `the source ${id} was retired`);
    }
    const writer = this.writers.get(id) ?? new SourceWriter(this, id, state.seq, state.position);
    this.writers.set(id, writer);
    return {
      id,
      get cursor() {
        return writer.cursor;
      },
      append: (bytes, position, about) => writer.append(bytes, position, about),
      claim: key => this.records.claim(key),
      cut: () => writer.cut(),
      readToEnd: () => {
        this.states.set(id, { ...this.stateOf(id), readToEndMs: this.options.now().getTime() });
        this.touched.add(id);
      },
      notes: () => this.options.state.notes(id),
      note: (key, value) => this.commit(() => this.options.state.note(id, key, value)),
      gap: (fromDay, toDay, why) => this.commit(() => this.logGap(id, fromDay, toDay, why)),
      retire: why => this.retire(id, why),
    };
  }

  /** The sources that the store knows, as far as they are kept. */
  known(): readonly SourceState[] {
    return [...this.states.values()];
  }

  /** Until when sources were read to their end is on the disk when this is done. */
  remember(): Promise<void> {
    return this.commit(() => {
      if (this.touched.size === 0) return;
      this.options.state.putSources([...this.touched].map(id => this.stateOf(id)));
      this.touched.clear();
    });
  }

  /** Everything that was handed over is in committed segments when this is done. */
  async flush(): Promise<void> {
    this.check();
    try {
      for (const writer of this.writers.values()) await writer.flush();
      await this.remember();
    } catch (thrown) {
      throw this.fail(thrown);
    }
  }

  /** Seals the days that are over; what is in hand goes into segments first. @returns the days. */
  async seal(): Promise<readonly string[]> {
    await this.flush();
    return await this.commit(async () => {
      const closed = this.late.closed(this.at());
      if (closed.length > 0) await this.log.append(closed);
      return await sealDays(this.log, this.options.state, this.options.now());
    });
  }

  /** From now on, lines are kept so long; a newer policy of the same name takes its place. */
  policy(policy: Policy): Promise<void> {
    return this.commit(() => addPolicy(this.log, policy, this.at()));
  }

  /** Keeps lines whatever a policy says, until the hold is released. */
  hold(hold: Hold): Promise<void> {
    return this.commit(() => addHold(this.log, hold, this.at()));
  }

  async release(id: string, why: string): Promise<void> {
    if (!isOnHold(this.options.state.controls(), id)) {
      throw new EvidenceError('BAD_INPUT', `there is no hold ${id.slice(0, 100)}`);
    }
    await this.commit(() => addRelease(this.log, id, why, this.at()));
  }

  /** Deletes what no policy keeps any more and no hold does. @returns how many segments. */
  prune(): Promise<number> {
    const { state, now } = this.options;
    return this.commit(() => prune(this.log, state, this.put, now()));
  }

  /** Goes on with another key. @param next of the same name: it is the name of the log. */
  async rotateKey(next: NoteSigner, why: string): Promise<void> {
    const [own] = this.options.signers;
    if (next.name !== own?.name || next.id === own.id) {
      throw new EvidenceError('BAD_INPUT', `it takes another key for the log ${own?.name ?? ''}`);
    }
    const key = next.verifierKey;
    await this.commit(() => this.log.rotate(next, { v: 1, kind: 'key', at: this.at(), key, why }));
  }

  /** Commits to what was answered to the question who was affected. @param version its number and file. */
  scope(version: Scoping): Promise<void> {
    return this.commit(() => addScoping(this.log, version, this.at()));
  }

  /** Makes rows of kept lines anew, where that gives others; the lines and their records stay as they are. */
  async reparse(asked: ReparseScope): Promise<Reparsed> {
    await this.flush();
    const at = { ...this.options, log: this.log, put: this.put };
    return await this.commit(() => reparse(at, asked));
  }

  /** Flushes unless the store failed, and lets go of all files. */
  async close(): Promise<void> {
    try {
      if (this.failed === undefined) await this.flush();
    } finally {
      this.failed ??= new EvidenceError('CLOSED', 'the store was closed');
      for (const writer of this.writers.values()) await writer.drop();
      await this.turn.catch(() => undefined);
      this.options.state.close();
    }
  }

  today(): string {
    return dayOf(this.options.now());
  }

  check(): void {
    if (this.failed !== undefined) throw this.failed;
  }

  /** A failed write is final: this store does nothing more. What was acknowledged is on the disk. */
  fail(thrown: unknown): EvidenceError {
    const error = evidenceError(thrown);
    if (error.code !== 'BAD_INPUT') this.failed ??= error;
    return this.failed ?? error;
  }

  async openSpool(source: string, seq: number): ReturnType<DurableFiles['create']> {
    const folder = `${spoolFolder}/${source}`;
    await this.put.folder(folder);
    return await this.options.files.create(`${folder}/${spoolName(seq)}`);
  }

  syncSpools(source: string): Promise<void> {
    return this.options.files.syncFolder(`${spoolFolder}/${source}`);
  }

  /** Segments are made side by side, and committed one after the other. */
  async cut(source: string, seq: number, closed: ClosedSpool): Promise<void> {
    const before = this.lastCut.get(source) ?? Promise.resolve();
    const preparing = this.prepare(source, seq, seq, closed);
    const cutting = this.commitAfter(before, preparing, source, seq);
    this.lastCut.set(source, cutting);
    await cutting;
  }

  private async commitAfter(
    before: Promise<unknown>,
    preparing: Promise<Prepared>,
    source: string,
    seq: number,
  ): Promise<void> {
    const [prepared] = await Promise.all([preparing, before]);
    if (prepared.reading.goodBytes !== prepared.spoolBytes) {
      throw new EvidenceError('SPOOL_DAMAGED', `${prepared.spool} is not as it was written`);
    }
    await this.commit(() => this.commitSegment(source, seq, prepared));
  }

  private at(): string {
    return this.options.now().toISOString();
  }

  private stateOf(id: string): SourceState {
    const state = this.states.get(id);
    if (state === undefined) throw new EvidenceError('BAD_INPUT', `there is no source ${id}`);
    return state;
  }

  /** One at a time; a failure ends the store. */
  private commit<T>(work: () => T | Promise<T>): Promise<T> {
    const mine = this.turn.then(async () => {
      this.check();
      try {
        return await work();
      } catch (thrown) {
        throw this.fail(thrown);
      }
    });
    this.turn = mine.catch(() => undefined);
    return mine;
  }

  /** The first leaf names the key. */
  private async begin(): Promise<void> {
    const [signer] = this.options.signers;
    const key = signer?.verifierKey ?? '';
    await this.log.append([{ v: 1, kind: 'key', at: this.at(), key, why: 'the log begins' }]);
  }

  /** Spools that were left behind: what is committed goes, the rest becomes segments. */
  private async recover(): Promise<void> {
    const { files } = this.options;
    for (const source of await files.list(spoolFolder)) {
      if (!this.states.has(source)) continue;
      const spools = (await files.list(`${spoolFolder}/${source}`)).filter(name => seqOf(name) > 0);
      for (const name of spools) {
        const { seq } = this.stateOf(source);
        const isKept = seqOf(name) <= seq;
        const prepared = await this.prepare(source, seqOf(name), isKept ? undefined : seq + 1);
        if (prepared.file === undefined) await this.setAside(source, prepared);
        else await this.commitSegment(source, seq + 1, prepared);
      }
    }
  }

  /** Makes the files of a segment of a spool. @param seq `undefined` to make none. */
  private async prepare(
    source: string,
    spoolSeq: number,
    seq: number | undefined,
    closed?: ClosedSpool,
  ): Promise<Prepared> {
    const spool = `${spoolFolder}/${source}/${spoolName(spoolSeq)}`;
    const spooled = await spooledIn(this.options.files, spool, closed);
    const { reading } = spooled;
    const about = { ...spooled, spool };
    const [first] = reading.frames;
    if (first === undefined || seq === undefined) return about;
    const parts = closed?.parts ?? [];
    const raw = linesOf(reading.frames);
    const { day } = first;
    // Where there are parts, the segment before may not be committed yet, and nobody asks.
    const from = parts.length > 0 ? undefined : this.stateOf(source).position;
    const to = reading.frames.at(-1)?.position ?? '';
    const draft = { source, seq, day, raw, parts, to, ...(from === undefined ? {} : { from }) };
    const { segment, rows } = await this.make(draft);
    await this.put.put([
      { path: segmentPath(source, day, seq), bytes: segment.file },
      ...(rows === undefined ? [] : [{ path: rowsPath(source, day, seq), bytes: rows.file }]),
    ]);
    return { ...about, file: segment, rows, records: this.records.of(parts, raw) };
  }

  private async make(draft: SegmentDraft): Promise<SegmentMade> {
    const { make, level } = this.options;
    if (make !== undefined) return await make(draft, level);
    return { segment: await makeSegment(draft.raw, undefined, level) };
  }

  private async commitSegment(source: string, seq: number, prepared: Prepared): Promise<void> {
    const { reading, file, rows, records: keys = [] } = prepared;
    const [first] = reading.frames;
    const last = reading.frames.at(-1);
    if (first === undefined || last === undefined || file === undefined) return;
    const before = this.stateOf(source);
    const bytes = reading.frames.reduce((sum, frame) => sum + frame.bytes.length, 0);
    const { day } = first;
    const segment: SegmentLeaf = {
      v: 1,
      kind: 'segment',
      at: this.at(),
      source,
      seq,
      prev: before.segment ?? null,
      day,
      from: before.position ?? null,
      to: last.position,
      lines: file.lines,
      bytes,
      first: extreme(
        reading.frames.map(each => each.first),
        Math.min,
      ),
      last: extreme(
        reading.frames.map(each => each.last),
        Math.max,
      ),
      raw: file.raw,
      root: file.root,
      file: file.fileHash,
      fileBytes: file.file.length,
      rows: rows === undefined ? null : rowsHash(file.secret, sha256(rows.file)),
      parser: rows?.parser ?? null,
      ocsf: rows?.ocsf ?? null,
    };
    const sum = { source, seq, day, lines: file.lines, bytes, storedBytes: file.file.length };
    const leaves = [segment, ...this.late.of(segment)];
    await this.log.append(leaves, at => {
      const after = {
        ...this.stateOf(source),
        seq,
        position: segment.to,
        segment: at.hashes[0] ?? '',
      };
      this.states.set(source, after);
      const { first: firstMs, last: lastMs } = segment;
      const hasRows = rows !== undefined;
      const state = { ...sum, leaf: at.first, firstMs, lastMs, hasRows };
      return { sources: [after], segments: [state], records: { leaf: at.first, keys } };
    });
    this.records.committed(keys);
    await this.setAside(source, prepared);
  }

  /** A spool that is in a segment goes; what was damaged in it stays to be looked at, and is told. */
  private async setAside(source: string, { reading, spool }: Prepared): Promise<void> {
    const { files } = this.options;
    if (!reading.damaged) return await files.unlink(spool);
    await files.rename(spool, `${spool}.damaged-${reading.goodBytes}`);
    const day = this.today();
    const why = `the spool was damaged at byte ${reading.goodBytes}; reading goes on where it was whole`;
    await this.logGap(source, day, day, why);
  }

  private async logGap(source: string, fromDay: string, toDay: string, why: string): Promise<void> {
    const leaf: Leaf = { v: 1, kind: 'gap', at: this.at(), source, fromDay, toDay, why };
    await this.log.append([leaf], at => ({
      gaps: [{ source, fromDay, toDay, why, leaf: at.first }],
    }));
  }

  private async retire(source: string, why: string): Promise<void> {
    await this.flush();
    const leaf: Leaf = { v: 1, kind: 'source-retire', at: this.at(), source, why };
    await this.commit(async () => {
      const retired: SourceState = { ...this.stateOf(source), retired: true };
      await this.log.append([leaf], () => ({ sources: [retired] }));
      this.states.set(source, retired);
    });
  }
}

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

const extreme = (
  values: readonly (number | null)[],
  pick: (...values: number[]) => number,
): number | null => {
  const known = values.filter(value => value !== null);
  return known.length === 0 ? null : known.reduce((a, b) => pick(a, b));
};

export const openEvidence = (options: EvidenceOptions): Promise<Evidence> => Evidence.open(options);
