import type { ExposureFolder } from '../../core/exposure-state.ts';
import type { KeyTable } from '../../exposure/index/key-table.ts';

/** A folder that is being scanned. */
export class FolderRun {
  readonly folder: ExposureFolder;
  /** As logs name its owner; in memory only. */
  readonly owner: string;
  readonly known: KeyTable;
  /** Messages that were handed to a thread and are not in a table yet. */
  pending = 0;
  /** Digest of what its store says of its listing. */
  listing: string | undefined;
  /** All of it was listed. */
  isListed = false;
  /** Something in it was not read and may be the next time: it is listed again then. */
  isIncomplete = false;
  /** It was handed over to be written. */
  isKept = false;
  gone: readonly number[] = [];
  back: number[] = [];

  constructor(folder: ExposureFolder, owner: string, known: KeyTable) {
    this.folder = folder;
    this.owner = owner;
    this.known = known;
  }

  get isDone(): boolean {
    return this.isListed && this.pending === 0;
  }

  /** As it is to be kept. */
  get record(): ExposureFolder {
    const { listing: _, ...folder } = this.folder;
    const isWhole = !this.isIncomplete && this.listing !== undefined;
    return isWhole ? { ...folder, listing: this.listing ?? '' } : folder;
  }
}
