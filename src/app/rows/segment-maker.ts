import { Worker } from 'node:worker_threads';
import type { SegmentPart } from '../../evidence/closed-spool.ts';
import type { SegmentDraft, SegmentMade } from '../../evidence/options.ts';
import { ocsfVersion } from '../../logs/ocsf/types.generated.ts';
import type { PackedRows } from '../../logs/rows/packed-rows.ts';
import { toolVersion } from '../version.ts';
import type { GatheredRows } from './gather.ts';
import type { PackedPart } from './unpack-parts.ts';
import type { SegmentDone, SegmentOrder } from './work.ts';

/** What made the rows, for the log. */
export const parserName: string = `postern ${toolVersion}`;

export interface SegmentMakerOptions {
  /**
   * Reads the lines of a segment again, where nothing was told of them: they were left behind by a kill. See
   * `rowsOfSegment`.
   */
  readonly parse: (draft: Omit<SegmentDraft, 'parts'>) => GatheredRows;
}

interface Waiting {
  readonly done: (made: SegmentDone) => void;
  readonly failed: (thrown: Error) => void;
}

interface Answer {
  readonly id: number;
  readonly done?: SegmentDone;
  readonly why?: string;
}

/** The thread in a checkout is a source, in an installed package it is built. */
const threadUrl = new URL(
  import.meta.url.endsWith('.ts') ? './thread.ts' : './thread.js',
  import.meta.url,
);

/** Handed over, and not copied. */
const buffersOf = (rows: SegmentOrder['rows']): ArrayBuffer[] => {
  if (rows === undefined) return [];
  if (!('texts' in rows)) {
    return rows.parts.flatMap(({ rows: packed }) =>
      packed === undefined
        ? []
        : [packed.numbers.buffer, packed.decimals.buffer, packed.texts.buffer],
    );
  }
  const { lineInPart, sequence, timeMs, check, texts } = rows;
  return [lineInPart, sequence, timeMs, check, ...Object.values(texts).map(each => each.codes)].map(
    each => each.buffer as ArrayBuffer,
  );
};

/** Without the records among the lines, which are the store's. */
const packedPart = ({ bytes, rows }: SegmentPart): PackedPart => ({
  bytes,
  rows: rows as PackedRows | undefined,
});

const bufferOf = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Makes segments and their rows in a thread of its own. */
export class SegmentMaker {
  private readonly options: SegmentMakerOptions;
  private readonly waiting = new Map<number, Waiting>();
  private thread: Worker | undefined;
  private nextId = 1;

  constructor(options: SegmentMakerOptions) {
    this.options = options;
  }

  /** As `EvidenceOptions.make`. */
  readonly make = async (draft: SegmentDraft, level: number | undefined): Promise<SegmentMade> => {
    const { parts, ...about } = draft;
    const { raw } = draft;
    const told = parts.length > 0 ? { parts: parts.map(packedPart) } : this.parsed(about);
    let done = await this.ask({ raw, level, rows: told, createdBy: parserName });
    if (done.rows === undefined && parts.length > 0) {
      // Whatever told of the lines told of others: what stands in them counts.
      done = await this.ask({ raw, level, rows: this.parsed(about), createdBy: parserName });
    }
    const { segment, rows } = done;
    return {
      segment: { ...segment, file: bufferOf(segment.file), secret: bufferOf(segment.secret) },
      ...(rows === undefined
        ? {}
        : { rows: { file: rows, parser: parserName, ocsf: ocsfVersion } }),
    };
  };

  /** Lines are kept whatever becomes of their rows. */
  private parsed(draft: Omit<SegmentDraft, 'parts'>): GatheredRows | undefined {
    try {
      return this.options.parse(draft);
    } catch {
      return undefined;
    }
  }

  /** Ends the thread. What it was asked for and has not made fails. */
  async close(): Promise<void> {
    const { thread } = this;
    this.thread = undefined;
    await thread?.terminate();
    this.fail(new Error('the thread that makes segments was ended'));
  }

  private ask(order: SegmentOrder): Promise<SegmentDone> {
    const thread = this.started();
    const id = this.nextId;
    this.nextId += 1;
    return new Promise((done, failed) => {
      this.waiting.set(id, { done, failed });
      thread.ref();
      thread.postMessage({ id, order }, buffersOf(order.rows));
    });
  }

  private started(): Worker {
    if (this.thread !== undefined) return this.thread;
    const thread = new Worker(threadUrl);
    thread.on('message', (answer: Answer) => this.take(answer));
    thread.on('error', (thrown: unknown) => {
      this.thread = undefined;
      this.fail(thrown instanceof Error ? thrown : new Error(String(thrown)));
    });
    // Nothing under way: the process may end.
    thread.unref();
    this.thread = thread;
    return thread;
  }

  private take({ id, done, why }: Answer): void {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    if (this.waiting.size === 0) this.thread?.unref();
    if (done === undefined)
      waiting?.failed(new Error(why ?? 'the thread that makes segments failed'));
    else waiting?.done(done);
  }

  private fail(thrown: Error): void {
    for (const { failed } of this.waiting.values()) failed(thrown);
    this.waiting.clear();
  }
}
