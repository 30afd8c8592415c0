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

/**
 * What was found in messages, by the digest of their bytes, so that copies are read once: as numbers in one piece
 * of memory, the oldest given up for the newest. Objects for each would live just long enough to be a burden.
 */
export class ScannedMemory {
  private readonly room: Float64Array;
  private readonly places = new Map<number, number>();
  private readonly whys: string[] = [];
  /** Where the next one is put, and the oldest that is still there. */
  private next = 0;
  private oldest = 0;
  private count = 0;

  /** @param numbers of 8 bytes each */
  constructor(numbers: number) {
    this.room = new Float64Array(numbers);
  }

  /** @param high @param low 48 bits each of the digest */
  get(high: number, low: number): ScannedBefore | undefined {
    const at = this.places.get(high);
    if (at === undefined || this.room[at + 2] !== low) return undefined;
    const number = (i: number): number => this.room[at + i] ?? 0;
    const people: Somebody[] = [];
    const length = number(0);
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
        unseen: this.whys.filter((_, bit) => Math.floor(number(13) / 2 ** bit) % 2 === 1),
        people,
      },
    };
  }

  put(high: number, low: number, { head, scanned, hasAttachments }: ScannedBefore): void {
    const { people } = scanned;
    const length = headNumbers + personNumbers * people.length;
    if (16 * length > this.room.length || this.places.has(high)) return;
    const at = this.make(length);
    const { room } = this;
    room.set(
      [
        length,
        high,
        low,
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
        this.maskOf(scanned.unseen),
      ],
      at,
    );
    let i = at + headNumbers;
    for (const each of people) {
      room[i] = each.high;
      room[i + 1] = each.low;
      room[i + 2] = each.kind;
      room[i + 3] = each.roles;
      room[i + 4] = each.own;
      room[i + 5] = each.weak;
      i += personNumbers;
    }
    this.places.set(high, at);
    this.count += 1;
  }

  /** Room for so many numbers in one piece, in a ring: what lies in the way is given up. */
  private make(length: number): number {
    if (this.next + length > this.room.length) {
      this.giveUp(this.room.length);
      // Where the ring ends for now.
      if (this.next < this.room.length) this.room[this.next] = 0;
      this.next = 0;
      if (this.count === 0) this.oldest = 0;
    }
    this.giveUp(this.next + length);
    const at = this.next;
    this.next += length;
    if (this.count === 0) this.oldest = at;
    return at;
  }

  /** Gives up those that begin in front of a place, from where the next one is put. */
  private giveUp(before: number): void {
    while (this.count > 0 && this.oldest >= this.next && this.oldest < before) {
      const length = this.room[this.oldest] ?? 0;
      if (length === 0) {
        this.oldest = 0;
        return;
      }
      this.places.delete(this.room[this.oldest + 1] ?? -1);
      this.count -= 1;
      this.oldest += length;
      if (this.oldest >= this.room.length) this.oldest = 0;
    }
  }

  /** Words of `unseen` are few. */
  private maskOf(unseen: readonly string[]): number {
    let mask = 0;
    for (const why of new Set(unseen)) {
      let bit = this.whys.indexOf(why);
      if (bit < 0) bit = this.whys.push(why) - 1;
      mask += 2 ** bit;
    }
    return mask;
  }
}
