import { join } from 'node:path';
import { messageFlags } from '../../core/exposure-index.ts';
import {
  addBucket,
  addRecords,
  bucketsOf,
  hasPeople,
  hasRecords,
  type MaskColumn,
  type MentionRows,
  Spreader,
  wordsOfPerson,
} from '../../scope/buckets.ts';
import { Census } from '../../scope/census.ts';
import { evidencedMask } from '../../scope/extent.ts';
import { IdTable, type IdTableParts } from '../../scope/id-table.ts';
import { Marker, type MessageRows, type Sought } from '../../scope/marks.ts';
import { ColumnFile, type RowGroup } from '../../store/parquet/column-file.ts';
import { groupRows } from './linked-tables.ts';
import { Memberships, noRows } from './memberships.ts';
import type { GatherStep, SpreadStep } from './scope-steps.ts';

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
  /** Which group of rows is next, and which bucket of persons. */
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

/** What a thread noted. */
export interface Spread {
  /** There was no room for all. */
  readonly isFull: boolean;
  /** Sets of words that its notes refer to. */
  readonly sets: Int32Array;
}

interface Piece {
  readonly file: ColumnFile;
  readonly group: RowGroup;
  /** Where to go on. */
  readonly row: number;
}

const noWords = new Int32Array(0);

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
  private readonly pieces = new Map<string, readonly Piece[]>();
  /** A group that there was no room for all of. */
  private pending: Piece | undefined;

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
    const groups = this.groups('messages');
    for (let piece = this.next(groups); piece !== undefined; piece = this.next(groups)) {
      const { file, group } = piece;
      if (isAsked(group)) this.markGroup(file, group, sought, marker, counts);
    }
    return { counts, foundIds: marker.foundIds, foundUids: marker.foundUids };
  }

  /** Goes through mentions of marked messages, from where it stopped. */
  spread({ shape, memory, isFirst }: SpreadStep, thread: number): Spread {
    if (isFirst) this.pending = undefined;
    const spreader = new Spreader(shape, memory, thread);
    const { marks } = this.shared;
    const groups = this.groups('mentions');
    let inHand = this.pending ?? this.next(groups);
    this.pending = undefined;
    for (; inHand !== undefined; inHand = this.next(groups)) {
      const { file, group, row } = inHand;
      if (!this.isMarked(group)) continue;
      const stopped = spreader.spread(this.mentionRows(file, group, shape.maskWords), marks, row);
      if (stopped === group.rows) continue;
      this.pending = { file, group, row: stopped };
      return { isFull: true, sets: spreader.found };
    }
    return { isFull: false, sets: spreader.found };
  }

  /** Adds up people, bucket by bucket. */
  gather(step: GatherStep): Float64Array {
    const { shape, memory, sets, words, isLast, records } = step;
    const census = new Census(step.census);
    const { customers, counter } = this.shared;
    const stride = wordsOfPerson(shape.maskWords);
    const size = 2 ** shape.bucketShift;
    const room = words === undefined ? new Int32Array(size * stride) : undefined;
    const memberships = new Memberships(this.shared.memberships);
    const buckets = bucketsOf(shape);
    try {
      for (;;) {
        const bucket = Atomics.add(counter, 1, 1);
        if (bucket >= buckets) break;
        const from = shape.from + bucket * size;
        const to = Math.min(from + size, shape.from + shape.persons);
        const own = records.filter(each => isLast && hasPeople(each, customers, from, to));
        const isNoted = hasRecords(memory, shape, sets.length, bucket);
        if (!isNoted && own.length === 0 && words === undefined) continue;
        const first = bucket * size * stride;
        const these = room ?? words?.subarray(first, first + (to - from) * stride) ?? noWords;
        room?.fill(0);
        if (isNoted) addBucket(memory, shape, sets, bucket, these);
        for (const each of own) addRecords(each, shape, customers, from, to, these);
        if (!isLast) continue;
        const rows = from < customers ? memberships.of(from, Math.min(to, customers)) : noRows;
        census.take(shape.maskWords, these, from, to, customers, rows);
        addToSets(these, stride, from, to, step.withinReach, step.evidenced);
      }
    } finally {
      memberships.close();
    }
    return census.counters;
  }

  private mentionRows(file: ColumnFile, group: RowGroup, maskWords: 1 | 2): MentionRows {
    const words = (name: string): Uint32Array => file.words(group, name, this.room(name, group));
    const masks = (name: string): MaskColumn => {
      const low = this.room(name, group);
      if (maskWords === 1) return { low: file.words(group, name, low), high: low };
      const high = this.room(`${name} high`, group);
      file.pairs(group, name, low, high);
      return { low, high };
    };
    return {
      rows: group.rows,
      message: words('message'),
      person: words('person'),
      roles: words('roles'),
      sure: words('sure'),
      own: masks('own'),
      shared: masks('shared'),
      weak: masks('weak'),
    };
  }

  /** All groups of a table, in the order of its files. */
  private groups(table: string): readonly Piece[] {
    const known = this.pieces.get(table);
    if (known !== undefined) return known;
    const pieces = this.shared.files.flatMap(name => {
      const file = this.file(`${table}-${name}.parquet`);
      return file.groups.map(group => ({ file, group, row: 0 }));
    });
    this.pieces.set(table, pieces);
    return pieces;
  }

  /** One that no thread has taken yet. */
  private next(pieces: readonly Piece[]): Piece | undefined {
    return pieces[Atomics.add(this.shared.counter, 0, 1)];
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

/** Persons of a bucket are whole words of bits, or all that there are: no other thread writes there. */
const addToSets = (
  words: Int32Array,
  stride: number,
  from: number,
  to: number,
  withinReach: Uint32Array,
  evidenced: Uint32Array,
): void => {
  for (let person = from; person < to; person += 1) {
    const bits = words[(person - from) * stride] ?? 0;
    if (bits === 0) continue;
    const word = person >>> 5;
    const bit = 1 << (person & 31);
    withinReach[word] = (withinReach[word] ?? 0) | bit;
    if ((bits & evidencedMask) !== 0) evidenced[word] = (evidenced[word] ?? 0) | bit;
  }
};
