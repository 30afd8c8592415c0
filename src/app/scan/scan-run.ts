import type { ExposureFolder, ExposureSource, ExposureState } from '../../core/exposure-state.ts';
import type { Pseudonym } from '../../core/personal.ts';
import { KeyTable } from '../../exposure/index/key-table.ts';
import { folderPseudonym, mailboxPseudonym } from '../../exposure/index/names.ts';
import type { MailFolder, StoredMessage } from '../../exposure/mail-store.ts';
import type { Pseudonyms } from '../../exposure/people/pseudonyms.ts';
import type { AttachmentLane } from './attachment-lane.ts';
import { BatchMaker, type PlannedContent, type PlannedMessage } from './batch-maker.ts';
import { FolderRun } from './folder-run.ts';
import type { IndexWriter, KeptItem } from './index-writer.ts';
import { type BatchAnswer, itemStates } from './protocol.ts';
import type { ScanCounts } from './scan-counts.ts';
import type { BatchReaders } from './scan-threads.ts';
import type { Stale } from './stale.ts';

/** Batches of which the attachments are being opened; each keeps some tables in memory. */
const openingMax = 64;

export interface RunParts {
  readonly state: ExposureState;
  readonly writer: IndexWriter;
  readonly pseudonyms: Pseudonyms;
  /** Started when there is something to read. */
  readonly threads: () => BatchReaders;
  readonly lane: () => AttachmentLane;
  readonly counts: ScanCounts;
  /** What is to be read anew where it is still there. */
  readonly stale: Stale;
  readonly isStopped: () => boolean;
  readonly progress: () => void;
}

/** A source while it is walked. */
interface SourceRun {
  readonly source: ExposureSource;
  /** Folders that were met, by their numbers. */
  readonly met: Set<number>;
  /** How often a folder of this name was met: two that nothing tells apart are told apart by their order. */
  readonly names: Map<string, number>;
  /** Something that could not be seen makes more: they may be anything. */
  readonly notes: () => number;
}

const keyOf = ({ high, low }: Pseudonym): string => `${high} ${low}`;

/** Brings an index up to date with the mail of some sources. */
export class ScanRun {
  private readonly parts: RunParts;
  private readonly folders = new Map<string, ExposureFolder>();
  private readonly mailboxes = new Map<string, number>();
  private readonly staleFolders: ReadonlySet<number>;
  private readonly gone: ReadonlySet<number>;
  /** Messages of each segment that still count. */
  private readonly living: Map<number, number>;
  private nextFolder: number;
  private nextMailbox: number;
  private nextMessage: number;
  private nextBatch = 1;
  private maker = new BatchMaker();
  private readonly reading = new Set<Promise<void>>();
  private opening = 0;
  private failure: unknown;

  constructor(parts: RunParts) {
    this.parts = parts;
    const { state, stale } = parts;
    const folders = state.folders();
    for (const folder of folders) this.folders.set(keyOf(folder.key), folder);
    for (const { number, name } of state.mailboxes()) this.mailboxes.set(keyOf(name), number);
    this.gone = new Set(state.gone().message);
    const { living, folders: staleFolders } = livingIn(state, stale.segments, this.gone);
    this.living = living;
    this.staleFolders = staleFolders;
    this.nextFolder = 1 + folders.reduce((most, { number }) => Math.max(most, number), 0);
    this.nextMailbox = 1 + [...this.mailboxes.values()].reduce((a, b) => Math.max(a, b), 0);
    this.nextMessage = state.nextMessage();
  }

  /**
   * Reads what is new in a source.
   *
   * @param notes how much could not be seen so far.
   * @returns whether it was walked to its end
   */
  async source(
    source: ExposureSource,
    folders: AsyncIterable<MailFolder>,
    notes: () => number,
  ): Promise<boolean> {
    const run: SourceRun = { source, met: new Set(), names: new Map(), notes };
    const before = notes();
    for await (const folder of folders) {
      if (this.parts.isStopped()) break;
      await this.folder(folder, run);
    }
    await this.drain();
    if (this.parts.isStopped()) return false;
    if (notes() === before) this.lose(run);
    return true;
  }

  private async folder(folder: MailFolder, source: SourceRun): Promise<void> {
    const { pseudonyms, counts, progress } = this.parts;
    const record = this.recordOf(folder, source);
    source.met.add(record.number);
    counts.folders += 1;
    const listing =
      folder.state === undefined
        ? undefined
        : keyOf(pseudonyms.of('message-key', `listing\n${folder.state}`));
    const isAsBefore = listing !== undefined && listing === record.listing;
    if (isAsBefore && !this.staleFolders.has(record.number)) {
      counts.foldersUnchanged += 1;
      progress();
      return;
    }
    const known = new KeyTable(this.parts.state.keys(record.number));
    const run = new FolderRun(record, folder.mailbox, known);
    run.listing = listing;
    const before = source.notes();
    const isWhole = await this.list(folder, run);
    if (source.notes() !== before) run.isIncomplete = true;
    if (isWhole && !run.isIncomplete) {
      run.gone = [...known.missing()].filter(message => !this.gone.has(message));
    }
    if (!isWhole) run.isIncomplete = true;
    run.isListed = true;
    this.finish(run);
  }

  /** Hands over what is new. @returns whether the folder was listed to its end */
  private async list(folder: MailFolder, run: FolderRun): Promise<boolean> {
    const fresh = new Set<number>();
    for await (const message of folder.messages()) {
      if (this.parts.isStopped()) return false;
      await this.message(message, run, fresh);
    }
    return true;
  }

  private async message(message: StoredMessage, run: FolderRun, fresh: Set<number>): Promise<void> {
    const { pseudonyms, counts } = this.parts;
    const mac = pseudonyms.mac('message-key');
    mac.update(`${run.folder.number}\n${message.key}`);
    const keyHigh = Math.floor(mac.high / 0x10000);
    const keyLow = (mac.high % 0x10000) * 0x10000 + Math.floor(mac.low / 2 ** 32);
    const at = run.known.meet(keyHigh, keyLow);
    counts.listed += 1;
    let replaces: PlannedMessage['replaces'];
    if (at >= 0) {
      const number = run.known.message(at);
      const segment = run.known.segment(at);
      if (this.gone.has(number)) run.back.push(number);
      if (!this.parts.stale.has(segment, number)) return;
      replaces = { message: number, segment };
    }
    const name = keyHigh * 2 ** 21 + (keyLow >>> 11);
    if (fresh.has(name)) return;
    fresh.add(name);
    const planned: PlannedMessage = {
      run,
      message,
      keyHigh,
      keyLow,
      ...(replaces === undefined ? {} : { replaces }),
    };
    if (message.lies !== undefined) await this.plan(planned, { lies: message.lies });
    else await this.readHere(planned);
  }

  /** What has to be unpacked or asked for is read by its store. */
  private async readHere(planned: PlannedMessage): Promise<void> {
    const read = await planned.message.read();
    switch (read.state) {
      case 'read': {
        const { bytes, isCut, received } = read;
        const content = { content: bytes, isCut };
        await this.plan(planned, received === undefined ? content : { ...content, received });
        return;
      }
      case 'gone':
        return;
      case 'unseen':
        if (read.why === 'forbidden') this.forbidden(planned.run);
        else await this.plan(planned, { blank: read.why });
    }
  }

  /** It may be allowed the next time. */
  private forbidden(run: FolderRun): void {
    run.isIncomplete = true;
    this.parts.counts.forbidden += 1;
  }

  private async plan(planned: PlannedMessage, how: PlannedContent): Promise<void> {
    this.maker.add(planned, how);
    if (this.maker.isFull) await this.flush();
  }

  /** Hands what was gathered to a thread, once one has room for it. */
  private async flush(): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    if (this.maker.isEmpty) return;
    const { rows, order } = this.maker.done(this.nextBatch);
    this.maker = new BatchMaker();
    this.nextBatch += 1;
    const first = this.nextMessage;
    this.nextMessage += rows.length;
    const threads = this.parts.threads();
    await threads.room();
    if (this.opening > openingMax) await this.parts.lane().room();
    const reading = threads
      .read(order)
      .then(answer => this.take(answer, rows, first))
      .catch((thrown: unknown) => {
        this.failure ??= thrown;
      });
    this.reading.add(reading);
    void reading.finally(() => this.reading.delete(reading));
    // What waits to be opened is bounded by its bytes: mail is read no faster than its attachments then.
    if (this.opening > 0) await this.parts.lane().room();
  }

  /** Until everything that was gathered is in a table; what could not be read at once may make one more batch. */
  private async drain(): Promise<void> {
    while (this.reading.size > 0 || !this.maker.isEmpty) {
      await this.flush();
      await Promise.all(this.reading);
    }
    if (this.failure !== undefined) throw this.failure;
  }

  private async take(
    answer: BatchAnswer,
    rows: readonly PlannedMessage[],
    first: number,
  ): Promise<void> {
    const { writer, counts, lane } = this.parts;
    const attachments = new Map<number, Awaited<ReturnType<AttachmentLane['open']>>[]>();
    if (answer.attachments.length > 0) {
      this.opening += 1;
      await Promise.all(
        answer.attachments.map(async job => {
          const scanned = await lane().open(job);
          const known = attachments.get(job.item);
          if (known === undefined) attachments.set(job.item, [scanned]);
          else known.push(scanned);
        }),
      );
      this.opening -= 1;
    }
    const kept: KeptItem[] = [];
    for (const [item, row] of rows.entries()) {
      const isRead = answer.states[item] === itemStates.read;
      if (isRead) kept.push(this.keptOf(row, item));
      // Its store knows where it may have moved, and what else to try.
      else await this.readHere(row);
      row.run.pending -= 1;
    }
    const folderOf = (item: number): number => rows[item]?.run.folder.number ?? 0;
    for (const { item, why } of answer.unseen) writer.unseen(folderOf(item), why);
    for (const [item, each] of attachments) {
      for (const { unseen } of each) for (const why of unseen) writer.unseen(folderOf(item), why);
    }
    writer.batch(
      answer.tables,
      {
        first,
        mailbox: rows.map(({ run }) => run.folder.mailbox),
        folder: rows.map(({ run }) => run.folder.number),
        uid: rows.map(({ message }) => message.uid ?? 0),
      },
      attachments,
      kept,
    );
    counts.messages += kept.length;
    counts.bytes += answer.tables.size.reduce((sum, size) => sum + size, 0);
    for (const run of new Set(rows.map(each => each.run))) this.finish(run);
    this.parts.progress();
    await writer.commitWhenDue();
  }

  private keptOf({ run, keyHigh, keyLow, replaces }: PlannedMessage, item: number): KeptItem {
    const kept = { item, folder: run.folder.number, keyHigh, keyLow };
    if (replaces === undefined) return kept;
    this.parts.counts.readAnew += 1;
    this.drop(replaces.segment);
    return { ...kept, replaces: replaces.message };
  }

  /** A segment of which nothing counts any more goes. */
  private drop(segment: number): void {
    const left = (this.living.get(segment) ?? 0) - 1;
    this.living.set(segment, left);
    if (left === 0) this.parts.writer.superseded(segment);
  }

  private finish(run: FolderRun): void {
    if (!run.isDone || run.isKept) return;
    run.isKept = true;
    this.parts.counts.gone += run.gone.length;
    this.parts.writer.folder(run.record, run);
  }

  /** What lay in folders that are no more is gone. */
  private lose({ source, met }: SourceRun): void {
    for (const folder of this.folders.values()) {
      if (folder.source !== source.number || met.has(folder.number)) continue;
      const gone = [...this.parts.state.keys(folder.number).message].filter(
        message => !this.gone.has(message),
      );
      if (gone.length === 0 && folder.listing === undefined) continue;
      const { listing: _, ...record } = folder;
      this.parts.counts.gone += gone.length;
      this.parts.writer.folder(record, { gone, back: [] });
    }
  }

  private recordOf(folder: MailFolder, { source, names }: SourceRun): ExposureFolder {
    const { pseudonyms } = this.parts;
    const name = folder.name ?? '';
    const told = `${source.number}\n${folder.store}\n${folder.mailbox}\n${name}`;
    const times = names.get(told) ?? 0;
    names.set(told, times + 1);
    const key = pseudonyms.of('message-key', `folder\n${told}\n${times}`);
    const known = this.folders.get(keyOf(key));
    if (known !== undefined) return known;
    const record: ExposureFolder = {
      number: this.nextFolder,
      source: source.number,
      mailbox: this.mailboxOf(folder.mailbox),
      name: folderPseudonym(pseudonyms, name),
      key,
    };
    this.nextFolder += 1;
    this.folders.set(keyOf(key), record);
    // No later than the first of its messages: by its number they are known again after a kill.
    this.parts.writer.folder(record, { gone: [], back: [] });
    return record;
  }

  private mailboxOf(mailbox: string): number {
    const name = mailboxPseudonym(this.parts.pseudonyms, mailbox);
    const known = this.mailboxes.get(keyOf(name));
    if (known !== undefined) return known;
    const number = this.nextMailbox;
    this.nextMailbox += 1;
    this.mailboxes.set(keyOf(name), number);
    this.parts.writer.mailbox({ number, name });
    return number;
  }
}

/**
 * How many messages of each stale segment still count (what was read anew before does not), and the folders in
 * which some of them lie. What is gone cannot be read anew.
 */
const livingIn = (
  state: ExposureState,
  stale: ReadonlySet<number>,
  gone: ReadonlySet<number>,
): { readonly living: Map<number, number>; readonly folders: ReadonlySet<number> } => {
  const living = new Map<number, number>([...stale].map(segment => [segment, 0]));
  const folders = new Set<number>();
  for (const folder of state.foldersIn([...stale])) {
    const { segment, message } = state.keys(folder);
    for (let i = 0; i < segment.length; i += 1) {
      const count = living.get(segment[i] ?? 0);
      if (count === undefined) continue;
      living.set(segment[i] ?? 0, count + 1);
      if (!gone.has(message[i] ?? 0)) folders.add(folder);
    }
  }
  return { living, folders };
};
