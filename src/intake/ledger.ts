import { setImmediate as turn } from 'node:timers/promises';
import { messageOf } from '../core/errors.ts';
import {
  DocumentError,
  type DocumentLimits,
  type DocumentsReport,
  type Fault,
  type FaultKind,
} from './documents.ts';

/** What is wrong with a whole file or archive, or with one document, where it is found out. */
export class BadArchive extends Error {
  override readonly name = 'BadArchive';
  readonly kind: FaultKind;
  constructor(kind: FaultKind, why: string) {
    super(why);
    this.kind = kind;
  }
}

/** Ends the whole reading: a bound on everything together is reached. */
export class TooMuch extends Error {
  override readonly name = 'TooMuch';
}

const faultsOfKindMax = 20;
const labelCharsMax = 200;

/** A name as it may be shown: whoever packed the archive chose it. */
export const label = (name: string): string => {
  const printable = name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '\ufffd');
  return printable.length <= labelCharsMax ? printable : `${printable.slice(0, labelCharsMax)}…`;
};

/** Counts what is read against the bounds, and keeps what was left out. */
export class Ledger implements DocumentsReport {
  documents = 0;
  bytes = 0;
  whole = false;
  readonly faultCounts: Partial<Record<FaultKind, number>> = {};
  readonly faults: Fault[] = [];
  readonly limits: DocumentLimits;
  private broken = false;
  private entries = 0;
  private unpackedBytes = 0;

  constructor(limits: DocumentLimits) {
    this.limits = limits;
  }

  /** One document is left out. */
  fault(kind: FaultKind, name: string, why: string): Fault {
    const fault = { kind, name: label(name), why };
    const count = (this.faultCounts[kind] ?? 0) + 1;
    this.faultCounts[kind] = count;
    if (count <= faultsOfKindMax) this.faults.push(fault);
    return fault;
  }

  /** A file or archive could not be read to its end. */
  breach(kind: FaultKind, name: string, why: string): Fault {
    this.broken = true;
    return this.fault(kind, name, why);
  }

  close(): void {
    this.whole = !this.broken;
  }

  /** To be waited for, where there is something: timers and signals get their turn. @throws TooMuch */
  entry(): Promise<void> | undefined {
    this.entries += 1;
    if (this.entries > this.limits.entriesMax) {
      throw new TooMuch(`there are more than ${this.limits.entriesMax} entries`);
    }
    return this.entries % 512 === 0 ? turn() : undefined;
  }

  /** @throws TooMuch */
  unpacked(bytes: number): void {
    this.unpackedBytes += bytes;
    if (this.unpackedBytes > this.limits.totalBytesMax) {
      throw new TooMuch(`more than ${this.limits.totalBytesMax} bytes come out of it`);
    }
  }

  isBomb(packedBytes: number, bytes: number): boolean {
    return bytes > 1 << 20 && bytes > packedBytes * this.limits.ratioMax;
  }

  /**
   * What a document's reader threw, as the error that its user gets. `isHandedOut`: the user has bytes of
   * it already, and may have imported what is in them.
   */
  documentError(name: string, thrown: unknown, isHandedOut: boolean): DocumentError {
    if (thrown instanceof TooMuch) {
      return new DocumentError(this.breach('too-much', name, thrown.message));
    }
    if (!(thrown instanceof BadArchive)) {
      return new DocumentError(this.breach('unreadable', name, messageOf(thrown)));
    }
    const { kind, message } = thrown;
    const isCut = kind === 'truncated' || kind === 'damaged';
    const fault =
      isCut || isHandedOut ? this.breach(kind, name, message) : this.fault(kind, name, message);
    return new DocumentError(fault);
  }
}
