import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { messageFlags } from '../../core/exposure-index.ts';
import { Census, type CensusShape, type MembershipRows } from '../../scope/census.ts';
import { evidencedMask } from '../../scope/extent.ts';
import { IdTable, type IdTableParts } from '../../scope/id-table.ts';
import { Marker, type MessageRows, type Sought } from '../../scope/marks.ts';
import { gather, Tally, type TallyMemory, type TallyShape } from '../../scope/tally.ts';
import { ColumnFile, type RowGroup } from '../../store/parquet/column-file.ts';
import { groupRows } from './linked-tables.ts';

/** Messages of a block are looked at together, or not at all. */
export const messageBlockShift = 12;

/** What all threads of one scoping work on. */
export interface ScopeShared {
  readonly folder: string;
  /** Names of the files of the linked tables. */
  readonly files: readonly string[];
  /** Path of the memberships of the customer list, and how many it has; none: nobody is a customer. */
  readonly memberships: { readonly path: string; readonly count: number } | undefined;
  readonly customers: number;
  /** Rules by message. */
  readonly marks: Uint32Array;
  /** Rules of any message in a block. */
  readonly blocks: Uint32Array;
  /** By mailbox, a bit: messages of it are in the bound. */
  readonly mailboxesReached: Int32Array;
  readonly mailboxesEvidenced: Int32Array;
  /** Bits by message: not counted any more. */
  readonly dropped: Uint32Array;
  /** Which piece of work is next. */
  readonly counter: Int32Array;
}

/** Sought, as it travels from thread to thread. */
export interface SoughtParts extends Omit<Sought, 'ids' | 'uids'> {
  readonly ids?: Omit<NonNullable<Sought['ids']>, 'table'> & { readonly table: IdTableParts };
  readonly uids?: Omit<NonNullable<Sought['uids']>, 'table'> & { readonly table: IdTableParts };
}

export interface Marked {
  /** Messages by their rules; flags of theirs that hide something. */
  readonly counts: ReadonlyMap<number, MarkCount>;
  readonly foundIds: Uint8Array;
  readonly foundUids: Uint8Array;
}

export interface MarkCount {
  messages: number;
  unseen: number;
  encrypted: number;
}

const countIn = (count: MarkCount, flags: number, by: 1 | -1): void => {
  count.messages += by;
  if ((flags & messageFlags.unseen) !== 0) count.unseen += by;
  if ((flags & messageFlags.encrypted) !== 0) count.encrypted += by;
};

const uncount = (counts: Map<number, MarkCount>, bits: number, flags: number): void => {
  const known = counts.get(bits) ?? { messages: 0, unseen: 0, encrypted: 0 };
  counts.set(bits, known);
  countIn(known, flags, -1);
};

const setBit = (bits: Int32Array, place: number): void => {
  const word = place >>> 5;
  const bit = 1 << (place & 31);
  if (((bits[word] ?? 0) & bit) === 0) Atomics.or(bits, word, bit);
};

const soughtOf = ({ ids, uids, ...sought }: SoughtParts): Sought => ({
  ...sought,
  ...(ids === undefined ? {} : { ids: { ...ids, table: IdTable.from(ids.table) } }),
  ...(uids === undefined ? {} : { uids: { ...uids, table: IdTable.from(uids.table) } }),
});

/** Does the pieces of one scoping that come next, until there are none; as many threads as there are share them. */
export class ScopeWork {
  private readonly shared: ScopeShared;
  private readonly open = new Map<string, ColumnFile>();
  private readonly rooms = new Map<string, Uint32Array>();

  constructor(shared: ScopeShared) {
    this.shared = shared;
  }

  close(): void {
    for (const file of this.open.values()) file.close();
    this.open.clear();
  }

  /** Works out which messages are in an extent. */
  mark(parts: SoughtParts): Marked {
    const sought = soughtOf(parts);
    const marker = new Marker(sought);
    const counts = new Map<number, MarkCount>();
    const isAsked = this.askedGroups(sought);
    this.eachGroup('messages', (file, group) => {
      if (!isAsked(group)) return;
      this.markGroup(file, group, sought, marker, counts);
    });
    return { counts, foundIds: marker.foundIds, foundUids: marker.foundUids };
  }

  /** Adds up the people of the messages that are marked. */
  tally(shape: TallyShape, memory: TallyMemory): void {
    const tally = new Tally(shape, memory);
    const { marks } = this.shared;
    this.eachGroup('mentions', (file, group) => {
      if (!this.isMarked(group)) return;
      const { rows } = group;
      const words = (name: string): Uint32Array => file.words(group, name, this.room(name, group));
      const message = words('message');
      const person = words('person');
      const role = words('roles');
      const sure = words('sure');
      const pair = (name: string): { low: Uint32Array; high: Uint32Array } => {
        const low = this.room(name, group);
        const high = this.room(`${name} high`, group);
        if (shape.maskWords === 1) file.words(group, name, low);
        else file.pairs(group, name, low, high);
        return { low, high };
      };
      const own = pair('own');
      const shared = pair('shared');
      const weak = pair('weak');
      tally.mentions({ rows, message, person, roles: role, sure, own, shared, weak }, marks);
    });
  }

  /** Counts the people of a tally. @param pieces into how many parts persons are cut. */
  census(
    shape: TallyShape,
    [memory, ...others]: readonly TallyMemory[],
    censusShape: CensusShape,
    pieces: readonly (readonly [from: number, to: number])[],
  ): Float64Array {
    const census = new Census(censusShape);
    const { customers, counter } = this.shared;
    const memberships = new Memberships(this.shared.memberships);
    try {
      for (;;) {
        const piece = pieces[Atomics.add(counter, 0, 1)];
        if (piece === undefined || memory === undefined) break;
        const [from, to] = piece;
        gather(shape, memory, others, from, to);
        const rows = from < customers ? memberships.of(from, Math.min(to, customers)) : noRows;
        census.take(shape, memory, from, to, customers, rows);
      }
    } finally {
      memberships.close();
    }
    return census.counters;
  }

  private eachGroup(table: string, take: (file: ColumnFile, group: RowGroup) => void): void {
    const { files, counter } = this.shared;
    let first = 0;
    let at = 0;
    let next = Atomics.add(counter, 0, 1);
    for (; at < files.length; at += 1) {
      const file = this.file(`${table}-${files[at] ?? ''}.parquet`);
      const { groups } = file;
      for (; next < first + groups.length; next = Atomics.add(counter, 0, 1)) {
        const group = groups[next - first];
        if (group !== undefined) take(file, group);
      }
      first += groups.length;
    }
  }

  private file(name: string): ColumnFile {
    let file = this.open.get(name);
    if (file === undefined) {
      file = new ColumnFile(join(this.shared.folder, name));
      this.open.set(name, file);
    }
    return file;
  }

  /** Memory for a column of a group, taken once. */
  private room(name: string, { rows }: RowGroup): Uint32Array {
    let room = this.rooms.get(name);
    if (room === undefined || room.length < rows) {
      room = new Uint32Array(Math.max(rows, Math.min(groupRows, 4 * rows)));
      this.rooms.set(name, room);
    }
    return room;
  }

  /** Groups of messages in which something may be that is sought. */
  private askedGroups(sought: Sought): (group: RowGroup) => boolean {
    if (sought.only === undefined) return () => true;
    const numbers = Uint32Array.from(sought.only);
    numbers.sort();
    return group => {
      const place = group.columns.get('mailbox');
      if (place?.least === undefined || place.greatest === undefined) return true;
      let low = 0;
      let high = numbers.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((numbers[middle] ?? 0) < place.least) low = middle + 1;
        else high = middle;
      }
      return low < numbers.length && (numbers[low] ?? 0) <= place.greatest;
    };
  }

  private markGroup(
    file: ColumnFile,
    group: RowGroup,
    sought: Sought,
    marker: Marker,
    counts: Map<number, MarkCount>,
  ): void {
    const words = (name: string): Uint32Array => file.words(group, name, this.room(name, group));
    const receivedLow = this.room('received', group);
    const receivedHigh = this.room('received high', group);
    file.pairs(group, 'received', receivedLow, receivedHigh);
    const rows: MessageRows = {
      rows: group.rows,
      message: words('message'),
      mailbox: words('mailbox'),
      folder: words('folder'),
      receivedLow,
      receivedHigh,
      ...(sought.uids === undefined ? {} : { uid: words('uid') }),
      ...(sought.ids === undefined ? {} : { id: [words('id1'), words('id2'), words('id3')] }),
    };
    const flags = words('flags');
    const { marks, blocks, dropped, mailboxesReached, mailboxesEvidenced } = this.shared;
    const isDropped = (message: number): boolean =>
      dropped.length > 0 && (((dropped[message >>> 5] ?? 0) >>> (message & 31)) & 1) === 1;
    let lastBits = 0;
    let last: MarkCount = { messages: 0, unseen: 0, encrypted: 0 };
    marker.mark(rows, isDropped, (message, found, row) => {
      const before = marks[message] ?? 0;
      const bits = before | found;
      // Another pass may have counted it already, under fewer rules.
      if (before !== 0) uncount(counts, before, flags[row] ?? 0);
      marks[message] = bits;
      const block = message >>> messageBlockShift;
      if (((blocks[block] ?? 0) & bits) !== bits) Atomics.or(blocks, block, bits);
      const mailbox = rows.mailbox[row] ?? 0;
      setBit(mailboxesReached, mailbox);
      if ((bits & evidencedMask) !== 0) setBit(mailboxesEvidenced, mailbox);
      if (bits !== lastBits) {
        last = counts.get(bits) ?? { messages: 0, unseen: 0, encrypted: 0 };
        counts.set(bits, last);
        lastBits = bits;
      }
      countIn(last, flags[row] ?? 0, 1);
    });
  }

  private isMarked({ columns }: RowGroup): boolean {
    const place = columns.get('message');
    if (place?.least === undefined || place.greatest === undefined) return true;
    const { blocks } = this.shared;
    const to = Math.min(blocks.length - 1, place.greatest >>> messageBlockShift);
    for (let block = place.least >>> messageBlockShift; block <= to; block += 1) {
      if (blocks[block] !== 0) return true;
    }
    return false;
  }
}

const noRows: MembershipRows = {
  rows: 0,
  person: new Uint32Array(0),
  tenant: new Uint16Array(0),
  status: new Uint8Array(0),
  deletable: new Uint8Array(0),
};

/** Columns of the customer list one behind the other: person, row, tenant, status, deletable (`core/customer-index.ts`). */
class Memberships {
  private readonly fd: number | undefined;
  private readonly count: number;
  private readonly word = Buffer.alloc(4);

  constructor(file: ScopeShared['memberships']) {
    this.fd = file === undefined ? undefined : openSync(file.path, 'r');
    this.count = file?.count ?? 0;
  }

  close(): void {
    if (this.fd !== undefined) closeSync(this.fd);
  }

  /** Those of persons from one to another, the last not included. */
  of(from: number, to: number): MembershipRows {
    const first = this.firstOf(from);
    const rows = this.firstOf(to) - first;
    const person = new Uint32Array(rows);
    const tenant = new Uint16Array(rows);
    const status = new Uint8Array(rows);
    const deletable = new Uint8Array(rows);
    const { count } = this;
    this.read(person, 4 * first);
    this.read(tenant, 8 * count + 2 * first);
    this.read(status, 10 * count + first);
    this.read(deletable, 11 * count + first);
    return { rows, person, tenant, status, deletable };
  }

  private firstOf(person: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      this.read(this.word, 4 * middle);
      if (this.word.readUInt32LE(0) < person) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private read(into: Uint8Array | Uint16Array | Uint32Array, at: number): void {
    if (this.fd === undefined) return;
    const bytes = new Uint8Array(into.buffer, into.byteOffset, into.byteLength);
    for (let done = 0; done < bytes.length; ) {
      const read = readSync(this.fd, bytes, done, bytes.length - done, at + done);
      if (read === 0) throw new RangeError('the customer list ends too early: read it again');
      done += read;
    }
  }
}
