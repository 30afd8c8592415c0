import type { IdTable } from './id-table.ts';
import type { Stretch } from './span-table.ts';

/** Columns of messages, some rows of them. */
export interface MessageRows {
  readonly rows: number;
  readonly message: Uint32Array;
  readonly mailbox: Uint32Array;
  readonly folder: Uint32Array;
  /** Milliseconds since 1970, in two words; 0 where nobody knows. */
  readonly receivedLow: Uint32Array;
  readonly receivedHigh: Uint32Array;
  /** Only where messages are asked for by them. */
  readonly uid?: Uint32Array;
  /** Pseudonym of the Message-ID, as three words. */
  readonly id?: readonly [Uint32Array, Uint32Array, Uint32Array];
}

/** What is looked for, in the index's own numbers. */
export interface Sought {
  /** Of every mailbox. */
  readonly everything: readonly Stretch[];
  /** By number of the mailbox. */
  readonly mailboxes: ReadonlyMap<number, readonly Stretch[]>;
  /** By number of the folder. */
  readonly folders: ReadonlyMap<number, readonly Stretch[]>;
  readonly ids?: {
    readonly table: IdTable;
    /** By number of the mailbox: its numbers as owners in the table. */
    readonly owners: ReadonlyMap<number, readonly number[]>;
    /** Owners that the index has no mailbox for: their messages are looked for everywhere. */
    readonly homeless: ReadonlySet<number>;
  };
  readonly uids?: {
    readonly table: IdTable;
    /** By number of the folder: its numbers in the table. */
    readonly folders: ReadonlyMap<number, readonly number[]>;
  };
  /** Mailboxes outside of which nothing is sought; absent where everything has to be looked at. */
  readonly only?: readonly number[];
  /** A message that says to have arrived later than this does not know when: it counts as there all along. */
  readonly scannedMs: number;
  /** When messages were seen to be gone from their mailboxes, by message. */
  readonly gone: ReadonlyMap<number, number>;
}

/** Works out by which rules each message is in an extent. */
export class Marker {
  private readonly sought: Sought;
  private readonly hasOnlyAll: boolean;
  /** By entry of the tables, whether something was found. */
  readonly foundIds: Uint8Array;
  readonly foundUids: Uint8Array;

  constructor(sought: Sought) {
    this.sought = sought;
    const { mailboxes, folders, ids, uids } = sought;
    this.hasOnlyAll =
      mailboxes.size === 0 && folders.size === 0 && ids === undefined && uids === undefined;
    this.foundIds = new Uint8Array(ids?.table.count ?? 0);
    this.foundUids = new Uint8Array(uids?.table.count ?? 0);
  }

  /**
   * @param take gets each message that is in an extent, its rules and its row.
   * @param isDropped whether another number stands for the message by now.
   */
  mark(
    rows: MessageRows,
    isDropped: (message: number) => boolean,
    take: (message: number, bits: number, row: number) => void,
  ): void {
    const { message, mailbox, folder, receivedLow, receivedHigh } = rows;
    const { everything, scannedMs, gone } = this.sought;
    for (let row = 0; row < rows.rows; row += 1) {
      const number = message[row] ?? 0;
      const told = (receivedHigh[row] ?? 0) * 2 ** 32 + (receivedLow[row] ?? 0);
      const received = told === 0 || told > scannedMs ? -1 : told;
      const until = gone.size === 0 ? undefined : gone.get(number);
      let bits = bitsOf(everything, received, until);
      if (!this.hasOnlyAll) {
        const box = mailbox[row] ?? 0;
        const place = folder[row] ?? 0;
        const ofBox = this.sought.mailboxes.get(box);
        if (ofBox !== undefined) bits |= bitsOf(ofBox, received, until);
        const ofFolder = this.sought.folders.get(place);
        if (ofFolder !== undefined) bits |= bitsOf(ofFolder, received, until);
        bits |= this.ofUid(rows, row, place) | this.ofId(rows, row, box);
      }
      if (bits !== 0 && !isDropped(number)) take(number, bits, row);
    }
  }

  private ofUid({ uid }: MessageRows, row: number, folder: number): number {
    const { uids } = this.sought;
    if (uids === undefined || uid === undefined) return 0;
    let bits = 0;
    for (const number of uids.folders.get(folder) ?? []) {
      const entry = uids.table.first(number, uid[row] ?? 0, 0);
      if (entry < 0) continue;
      this.foundUids[entry] = 1;
      bits |= uids.table.bits[entry] ?? 0;
    }
    return bits;
  }

  private ofId({ id }: MessageRows, row: number, mailbox: number): number {
    const { ids } = this.sought;
    if (ids === undefined || id === undefined) return 0;
    const { table, owners, homeless } = ids;
    const [a = 0, b = 0, c = 0] = [id[0][row], id[1][row], id[2][row]];
    if (a === 0 && b === 0 && c === 0) return 0;
    let bits = 0;
    for (let entry = table.first(a, b, c); entry >= 0; entry = table.after(entry)) {
      const owner = table.owner[entry] ?? 0;
      if (owner === 0 || homeless.has(owner) || owners.get(mailbox)?.includes(owner) === true) {
        this.foundIds[entry] = 1;
        bits |= table.bits[entry] ?? 0;
      }
    }
    return bits;
  }
}

/** @param received -1: all along. @param until when it was seen to be gone: who came later did not see it. */
const bitsOf = (
  stretches: readonly Stretch[],
  received: number,
  until: number | undefined,
): number => {
  let bits = 0;
  for (const { fromMs, toMs, lookedMs, bits: each } of stretches) {
    if (received >= 0 && (received < fromMs || received > toMs)) continue;
    if (until !== undefined && lookedMs !== undefined && until < lookedMs) continue;
    bits |= each;
  }
  return bits;
};
