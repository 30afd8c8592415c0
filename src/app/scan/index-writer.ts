import { createHash } from 'node:crypto';
import type { DurableFiles } from '../../core/durable-files.ts';
import type { ExposureTypes } from '../../core/exposure-index.ts';
import type {
  ExposureChange,
  ExposureFolder,
  ExposureMailbox,
  ExposureSegment,
  ExposureState,
  FolderKeys,
} from '../../core/exposure-state.ts';
import type { BatchTables, Scanned } from '../../exposure/index/batch.ts';
import { GrowingKeys } from '../../exposure/index/key-table.ts';
import { type BatchPlaces, SegmentBuilder } from '../../exposure/index/segment-builder.ts';
import {
  segmentFile,
  segmentFiles,
  segmentOfFile,
  segmentParts,
} from '../../store/exposure-segment.ts';
import { toolVersion } from '../version.ts';

export const segmentsFolder = 'segments';
const partial = '.partial';

export interface WriterLimits {
  readonly messagesMax: number;
  readonly mentionsMax: number;
  /** What is not committed for that long is scanned again after a kill. The first commits come sooner. */
  readonly commitMsMax: number;
}

const writerLimits: WriterLimits = {
  messagesMax: 1 << 16,
  mentionsMax: 1 << 20,
  commitMsMax: 10_000,
};

/** What goes into the next commit. */
class Open {
  readonly builder: SegmentBuilder;
  readonly keys = new Map<number, GrowingKeys>();
  readonly unseen = new Map<string, { folder: number; why: string; count: number }>();
  readonly mailboxes: ExposureMailbox[] = [];
  readonly folders = new Map<number, ExposureFolder>();
  readonly gone: number[] = [];
  readonly back: number[] = [];
  readonly dropped: number[] = [];
  readonly superseded: number[] = [];
  last = 0;
  first = Number.POSITIVE_INFINITY;

  constructor(types: ExposureTypes) {
    this.builder = new SegmentBuilder(types);
  }

  get isEmpty(): boolean {
    const { builder, mailboxes, folders, gone, back, dropped, superseded } = this;
    const lists = [mailboxes, gone, back, dropped, superseded];
    return builder.messageCount + folders.size === 0 && lists.every(({ length }) => length === 0);
  }
}

export interface WriterOptions {
  readonly state: ExposureState;
  /** The index's folder. */
  readonly files: DurableFiles;
  readonly types: ExposureTypes;
  readonly detector: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly limits?: WriterLimits;
}

/** A message in a batch that was read: what it is known by, and which one it takes the place of. */
export interface KeptItem {
  readonly item: number;
  readonly folder: number;
  readonly keyHigh: number;
  readonly keyLow: number;
  /** Number of the same message as it was read before. */
  readonly replaces?: number;
}

/**
 * Writes segments. The files are on the disk under their names before the one transaction that makes them count;
 * whatever ends the process leaves the last commit, and files that nobody knows, which the next run removes.
 */
export class IndexWriter {
  private readonly options: WriterOptions;
  private readonly limits: WriterLimits;
  private open: Open;
  private writing: Promise<void> = Promise.resolve();
  private readonly startedMs = performance.now();
  private committedMs = performance.now();
  private nextSegment: number;

  constructor(options: WriterOptions) {
    this.options = options;
    this.limits = options.limits ?? writerLimits;
    this.open = new Open(options.types);
    this.nextSegment = options.state.nextSegment();
  }

  /** Makes the folders, and removes what a run that was ended left behind. */
  async prepare(): Promise<void> {
    const { files, state } = this.options;
    await files.makeFolder(segmentsFolder);
    const counting = new Set(state.segments().map(({ number }) => number));
    for (const name of await files.list(segmentsFolder)) {
      const segment = segmentOfFile(name.endsWith(partial) ? name.slice(0, -partial.length) : name);
      if (segment === undefined) continue;
      if (!counting.has(segment) || name.endsWith(partial)) {
        await files.unlink(`${segmentsFolder}/${name}`);
      }
    }
  }

  mailbox(mailbox: ExposureMailbox): void {
    this.open.mailboxes.push(mailbox);
  }

  folder(
    folder: ExposureFolder,
    { gone, back }: { readonly gone: readonly number[]; readonly back: readonly number[] },
  ): void {
    const { open } = this;
    open.folders.set(folder.number, folder);
    for (const message of gone) open.gone.push(message);
    for (const message of back) open.back.push(message);
  }

  superseded(segment: number): void {
    this.open.superseded.push(segment);
  }

  unseen(folder: number, why: string): void {
    const key = `${folder} ${why}`;
    const known = this.open.unseen.get(key);
    if (known === undefined) this.open.unseen.set(key, { folder, why, count: 1 });
    else known.count += 1;
  }

  batch(
    tables: BatchTables,
    places: BatchPlaces,
    attachments: ReadonlyMap<number, readonly Scanned[]>,
    items: readonly KeptItem[],
  ): void {
    const { open } = this;
    open.builder.add(tables, places, attachments);
    for (const { item, folder, keyHigh, keyLow, replaces } of items) {
      const message = places.first + item;
      let keys = open.keys.get(folder);
      if (keys === undefined) {
        keys = new GrowingKeys();
        open.keys.set(folder, keys);
      }
      keys.add(keyHigh, keyLow, message);
      if (message < open.first) open.first = message;
      if (message > open.last) open.last = message;
      if (replaces !== undefined) open.dropped.push(replaces);
    }
  }

  /** Commits what is open where there is enough of it, or it waited long enough. */
  async commitWhenDue(): Promise<void> {
    const { builder } = this.open;
    const nowMs = performance.now();
    const waitMs = Math.min(this.limits.commitMsMax, 250 + (nowMs - this.startedMs) / 8);
    const isDue =
      builder.messageCount >= this.limits.messagesMax ||
      builder.mentionCount >= this.limits.mentionsMax ||
      nowMs - this.committedMs > waitMs;
    if (isDue) await this.commit();
  }

  /** All that came before is on the disk when it returns. */
  async commit(): Promise<void> {
    const { open } = this;
    this.committedMs = performance.now();
    if (!open.isEmpty) {
      this.open = new Open(this.options.types);
      const before = this.writing;
      this.writing = before.then(() => this.write(open));
    }
    await this.writing;
  }

  private async write(open: Open): Promise<void> {
    const { state, types, now, files } = this.options;
    const segment = open.builder.messageCount === 0 ? undefined : await this.writeSegment(open);
    const change: ExposureChange = {
      types,
      mailboxes: open.mailboxes,
      folders: [...open.folders.values()],
      dropped: Uint32Array.from(open.dropped),
      back: Uint32Array.from(open.back),
      gone: { seenMs: now(), messages: Uint32Array.from(open.gone) },
      superseded: open.superseded,
      ...(segment === undefined
        ? {}
        : { segment, keys: keysOf(open), unseen: [...open.unseen.values()] }),
    };
    state.commit(change);
    for (const number of open.superseded) {
      for (const part of segmentParts) {
        await files.unlink(`${segmentsFolder}/${segmentFile(number, part)}`);
      }
    }
  }

  private async writeSegment(open: Open): Promise<ExposureSegment> {
    const { detector, now } = this.options;
    const built = open.builder.done();
    const number = this.nextSegment;
    this.nextSegment += 1;
    const written = segmentFiles(built, `postern ${toolVersion}`);
    const digest = createHash('sha256');
    for (const part of segmentParts) {
      digest.update(written[part]);
      await this.place(segmentFile(number, part), written[part]);
    }
    await this.options.files.syncFolder(segmentsFolder);
    return {
      number,
      digest: digest.digest('hex'),
      messages: built.messages.message.length,
      mentions: built.mentions.message.length,
      identifiers: built.identifiers.high.length,
      bytes: built.bytes,
      first: open.first,
      last: open.last,
      detector,
      scannedMs: now(),
      types: built.types,
    };
  }

  private async place(name: string, content: Uint8Array): Promise<void> {
    const { files } = this.options;
    const path = `${segmentsFolder}/${name}`;
    const file = await files.create(`${path}${partial}`);
    try {
      await file.write(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await files.rename(`${path}${partial}`, path);
  }
}

const keysOf = ({ keys }: Open): ReadonlyMap<number, FolderKeys> =>
  new Map([...keys].map(([folder, each]) => [folder, each.done()]));
