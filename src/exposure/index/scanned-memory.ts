import type { Scanned, ScannedHead, Somebody } from './batch.ts';

/** A message without its bytes: what it was found to hold. */
export interface ScannedBefore {
  readonly head: ScannedHead;
  readonly scanned: Scanned;
  readonly hasAttachments: boolean;
}

/** Numbers of one message before those of its people, and of each of them. */
const headNumbers = 14;
const personNumbers = 6;

/** What may be unseen in a message itself, a bit each. */
const whys = ['depth', 'parts', 'header-bytes', 'decoded-bytes', 'encrypted', 'people'] as const;

/** Before the slots: who is at work on it, where the next message is put, how many slots there are. */
const state = { lock: 0, next: 1, slots: 2, length: 4 } as const;
const spinsMax = 200;

/** Memory that threads share. @param numbers of 8 bytes each */
export const scannedRoom = (numbers: number): SharedArrayBuffer => {
  const slots = 2 ** Math.max(1, Math.ceil(Math.log2(numbers / headNumbers)));
  const shared = new SharedArrayBuffer(4 * (state.length + slots) + 8 * numbers);
  new Int32Array(shared)[state.slots] = slots;
  return shared;
};

/**
 * What was found in messages, by the digest of their bytes, so that copies are read once: as numbers in one piece
 * of memory that all threads look into, the oldest overwritten by the newest. Objects for each would live just long
 * enough to be a burden. Only one thread is at work on it at a time; where another is for long, or died at it, nothing
 * is remembered, and the message is read.
 */
export class ScannedMemory {
  private readonly state: Int32Array;
  /** By a share of the digest: where in the room its message begins, plus one. */
  private readonly slots: Int32Array;
  /** A ring. What is overwritten loses its digest first, which stands before the rest. */
  private readonly room: Float64Array;

  constructor(shared: SharedArrayBuffer) {
    this.state = new Int32Array(shared, 0, state.length);
    const slots = this.state[state.slots] ?? 0;
    this.slots = new Int32Array(shared, 4 * state.length, slots);
    this.room = new Float64Array(shared, 4 * (state.length + slots));
  }

  /** @param high @param low 48 bits each of the digest */
  get(high: number, low: number): ScannedBefore | undefined {
    if (!this.enter()) return undefined;
    const found = this.read(high, low);
    this.leave();
    return found;
  }

  put(high: number, low: number, before: ScannedBefore): void {
    const length = headNumbers + personNumbers * before.scanned.people.length;
    const unseen = maskOf(before.scanned.unseen);
    if (unseen === undefined || 16 * length > this.room.length || !this.enter()) return;
    this.write(high, low, length, unseen, before);
    this.leave();
  }

  private read(high: number, low: number): ScannedBefore | undefined {
    const { room } = this;
    const at = (this.slots[high % this.slots.length] ?? 0) - 1;
    if (at < 0 || room[at] !== high || room[at + 1] !== low) return undefined;
    const number = (i: number): number => room[at + i] ?? 0;
    const people: Somebody[] = [];
    const length = number(2);
    for (let i = headNumbers; i < length; i += personNumbers) {
      people.push({
        high: number(i),
        low: number(i + 1),
        kind: number(i + 2),
        roles: number(i + 3),
        own: number(i + 4),
        weak: number(i + 5),
      });
    }
    return {
      hasAttachments: number(3) === 1,
      head: {
        idHigh: number(4),
        idLow: number(5),
        received: number(6),
        sizeBytes: number(7),
        flags: number(8),
      },
      scanned: {
        sure: number(9),
        types: number(10),
        weak: number(11),
        shared: number(12),
        unseen: whys.filter((_, bit) => ((number(13) >> bit) & 1) === 1),
        people,
      },
    };
  }

  private write(
    high: number,
    low: number,
    length: number,
    unseen: number,
    { head, scanned, hasAttachments }: ScannedBefore,
  ): void {
    const { room } = this;
    const next = this.state[state.next] ?? 0;
    const at = next + length > room.length ? 0 : next;
    room.set(
      [
        high,
        low,
        length,
        hasAttachments ? 1 : 0,
        head.idHigh,
        head.idLow,
        head.received,
        head.sizeBytes,
        head.flags,
        scanned.sure,
        scanned.types,
        scanned.weak,
        scanned.shared,
        unseen,
      ],
      at,
    );
    let i = at + headNumbers;
    for (const each of scanned.people) {
      room[i] = each.high;
      room[i + 1] = each.low;
      room[i + 2] = each.kind;
      room[i + 3] = each.roles;
      room[i + 4] = each.own;
      room[i + 5] = each.weak;
      i += personNumbers;
    }
    this.slots[high % this.slots.length] = at + 1;
    this.state[state.next] = at + length;
  }

  private enter(): boolean {
    for (let spin = 0; spin < spinsMax; spin += 1) {
      if (Atomics.compareExchange(this.state, state.lock, 0, 1) === 0) return true;
    }
    return false;
  }

  private leave(): void {
    Atomics.store(this.state, state.lock, 0);
  }
}

/** @returns nothing where a word is among them that is none of a message's own, or one twice: both are counted */
const maskOf = (unseen: readonly string[]): number | undefined => {
  let mask = 0;
  for (const why of unseen) {
    const bit = whys.findIndex(each => each === why);
    if (bit < 0 || ((mask >> bit) & 1) === 1) return undefined;
    mask |= 1 << bit;
  }
  return mask;
};
