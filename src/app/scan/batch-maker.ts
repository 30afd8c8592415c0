import { messageFlags } from '../../core/exposure-index.ts';
import type { StoredMessage } from '../../exposure/mail-store.ts';
import type { FolderRun } from './folder-run.ts';
import type { BatchOrder, BlankRow } from './protocol.ts';

export interface BatchLimits {
  readonly messagesMax: number;
  readonly bytesMax: number;
}

const batchLimits: BatchLimits = { messagesMax: 1_000, bytesMax: 16 << 20 };

/** Of a message whose size nobody told: what mail is like on the whole. */
const usualBytes = 8 << 10;

/** A message on its way to a thread. */
export interface PlannedMessage {
  readonly run: FolderRun;
  readonly message: StoredMessage;
  readonly keyHigh: number;
  readonly keyLow: number;
  /** The same message as it was read before, and the segment of that. */
  readonly replaces?: { readonly message: number; readonly segment: number };
}

/** How its bytes are had: where they lie, as they are, or not at all. */
export type PlannedContent =
  | { readonly lies: NonNullable<StoredMessage['lies']> }
  | { readonly content: Uint8Array; readonly isCut: boolean; readonly received?: number }
  | { readonly blank: string };

/** A batch that is ready to be read. */
export interface PlannedBatch {
  readonly order: BatchOrder;
  readonly rows: readonly PlannedMessage[];
  readonly bytes: number;
}

/** The places of texts in a list of them. */
class Texts {
  readonly all: string[] = [];
  private readonly places = new Map<string, number>();

  placeOf(text: string): number {
    const known = this.places.get(text);
    if (known !== undefined) return known;
    this.places.set(text, this.all.length);
    this.all.push(text);
    return this.all.length - 1;
  }
}

/** Gathers messages until there are enough for a thread. */
export class BatchMaker {
  private readonly limits: BatchLimits;
  private readonly rows: PlannedMessage[] = [];
  private readonly contents: (Uint8Array | undefined)[] = [];
  private readonly folder: number[] = [];
  private readonly names: string[] = [];
  private readonly from: number[] = [];
  private readonly length: number[] = [];
  private readonly received: number[] = [];
  private readonly flags: number[] = [];
  private readonly owner: number[] = [];
  private readonly blank: BlankRow[] = [];
  private readonly cut: number[] = [];
  private readonly folders = new Texts();
  private readonly owners = new Texts();
  private bytes = 0;

  constructor(limits: BatchLimits = batchLimits) {
    this.limits = limits;
  }

  get isEmpty(): boolean {
    return this.rows.length === 0;
  }

  get isFull(): boolean {
    return this.rows.length >= this.limits.messagesMax || this.bytes >= this.limits.bytesMax;
  }

  add(planned: PlannedMessage, how: PlannedContent): void {
    const { message, run } = planned;
    const place = 'lies' in how ? how.lies : undefined;
    const slash = place === undefined ? -1 : place.path.lastIndexOf('/');
    const isCut = 'content' in how && how.isCut;
    const received = 'content' in how ? (how.received ?? message.received) : message.received;
    if ('blank' in how) this.blank.push({ item: this.rows.length, why: how.blank });
    if (isCut) this.cut.push(this.rows.length);
    this.rows.push(planned);
    this.contents.push('content' in how ? how.content : undefined);
    this.folder.push(
      place === undefined ? -1 : this.folders.placeOf(place.path.slice(0, slash) || '/'),
    );
    this.names.push(place === undefined ? '' : place.path.slice(slash + 1));
    this.from.push(place?.from ?? Number.NaN);
    this.length.push(place?.bytes ?? Number.NaN);
    this.received.push(received ?? Number.NaN);
    this.flags.push(message.isExpunged === true ? messageFlags.expunged : 0);
    this.owner.push(this.owners.placeOf(run.owner));
    this.bytes += 'content' in how ? how.content.length : (message.sizeBytes ?? usualBytes);
    run.pending += 1;
  }

  done(id: number): PlannedBatch {
    return {
      rows: this.rows,
      bytes: this.bytes,
      order: {
        id,
        folders: this.folders.all,
        folder: Int32Array.from(this.folder),
        names: this.names.join('\0'),
        from: Float64Array.from(this.from),
        bytes: Float64Array.from(this.length),
        received: Float64Array.from(this.received),
        flags: Uint8Array.from(this.flags),
        owners: this.owners.all,
        owner: Int32Array.from(this.owner),
        contents: this.contents,
        cut: this.cut,
        blank: this.blank,
      },
    };
  }
}
