import { roles } from '../core/exposure-index.ts';
import { evidencedMask } from './extent.ts';

/** Columns of mentions, some rows of them. Masks of types come in two words, the second only where it is needed. */
export interface MentionRows {
  readonly rows: number;
  readonly message: Uint32Array;
  readonly person: Uint32Array;
  /** `roles`. */
  readonly roles: Uint32Array;
  /** 1: this very person; 0: probably. */
  readonly sure: Uint32Array;
  /** Types that belong to him, those that may, and those of low confidence too: each within the next. */
  readonly own: MaskColumn;
  readonly shared: MaskColumn;
  readonly weak: MaskColumn;
}

export interface MaskColumn {
  readonly low: Uint32Array;
  readonly high: Uint32Array;
}

/** Bits of a person's second word: for what lies within reach, and four places further for what is evidenced. */
export const personFlags = { owner: 1, correspondent: 2, mentioned: 4, sure: 8 } as const;
export const evidencedShift = 4;

const flagsOfRoles: Uint8Array = Uint8Array.from({ length: 32 }, (_, each) => {
  let flags = 0;
  if ((each & roles.owner) !== 0) flags |= personFlags.owner;
  if ((each & (roles.sender | roles.recipient)) !== 0) flags |= personFlags.correspondent;
  if ((each & (roles.text | roles.attachment)) !== 0) flags |= personFlags.mentioned;
  return flags;
});

/** Words of a person: rules, flags, and masks within reach (own, shared, weak) and evidenced, low and high words. */
export const wordsOfPerson = (maskWords: 1 | 2): number => 2 + 6 * maskWords;

/** Which persons are worked on, and how they are cut into buckets: one fits into a core's own cache. */
export interface BucketShape {
  /** First person, a whole number of buckets. */
  readonly from: number;
  readonly persons: number;
  /** Words of 32 bits that a mask of types takes. */
  readonly maskWords: 1 | 2;
  /** A bucket has 2 to the power of this persons. */
  readonly bucketShift: number;
  /** Different sets of words that a thread keeps apart in one round; at most `combosMax`. */
  readonly combos: number;
}

export const bucketsOf = ({ persons, bucketShift }: BucketShape): number =>
  Math.ceil(persons / 2 ** bucketShift);

/** As many as there are numbers beside a person's place in his bucket. */
export const combosMax = (bucketShift: number): number => 2 ** (32 - bucketShift);

/** Records that lie together: 4 KiB. */
const chunkRecords = 1 << 10;

/** What threads write while they go through mentions, and read bucket by bucket afterwards. */
export interface BucketMemory {
  /** Person in his bucket and number of a set of words, chunk by chunk. */
  readonly records: Uint32Array;
  /** By chunk: the one that was filled before it, plus 1. */
  readonly before: Int32Array;
  /** By thread and bucket: the chunk in hand plus 1, and how many records are in it. */
  readonly heads: Int32Array;
  readonly filled: Int32Array;
  /** Chunks that are taken. */
  readonly taken: Int32Array;
}

const ints = (count: number): Int32Array =>
  new Int32Array(new SharedArrayBuffer(4 * Math.max(1, count)));

/** @param records for how many there is room at least, besides what lies half filled. */
export const bucketMemory = (
  shape: BucketShape,
  threads: number,
  records: number,
): BucketMemory => {
  const slots = threads * bucketsOf(shape);
  const chunks = Math.ceil(records / chunkRecords) + slots;
  return {
    records: new Uint32Array(new SharedArrayBuffer(4 * chunks * chunkRecords)),
    before: ints(chunks),
    heads: ints(slots),
    filled: ints(slots),
    taken: ints(1),
  };
};

/** Forgets everything. */
export const emptyBuckets = ({ heads, filled, taken }: BucketMemory): void => {
  heads.fill(0);
  filled.fill(0);
  taken.fill(0);
};

/**
 * Goes through mentions and notes, by buckets of persons, what each row adds to a person: nothing of a person is
 * touched yet, for persons lie anywhere in memory that does not fit into any cache.
 */
export class Spreader {
  /** Sets of words, one behind the other; what rows add to a person is one of few. */
  readonly sets: Int32Array;
  private readonly shape: BucketShape;
  private readonly memory: BucketMemory;
  private readonly firstSlot: number;
  private readonly slots: Int32Array;
  private count = 0;

  constructor(shape: BucketShape, memory: BucketMemory, thread: number) {
    this.shape = shape;
    this.memory = memory;
    this.firstSlot = thread * bucketsOf(shape);
    this.sets = new Int32Array(shape.combos * wordsOfPerson(shape.maskWords));
    this.slots = new Int32Array(2 ** Math.ceil(Math.log2(shape.combos * 2)));
  }

  /** Sets that were found. */
  get found(): Int32Array {
    return this.sets.slice(0, this.count * wordsOfPerson(this.shape.maskWords));
  }

  /**
   * @param marks rules of each message, by its number.
   * @returns the row at which there was no more room; the number of rows where there was for all.
   */
  spread(rows: MentionRows, marks: Uint32Array, fromRow = 0): number {
    const { from, persons, maskWords, bucketShift } = this.shape;
    const { records, heads, filled } = this.memory;
    const { message, person, roles: role, sure, own, shared, weak } = rows;
    const { firstSlot } = this;
    const isWide = maskWords === 2;
    const comboBits = 32 - bucketShift;
    const placeMask = 2 ** bucketShift - 1;
    for (let row = fromRow; row < rows.rows; row += 1) {
      const bits = marks[message[row] ?? 0] ?? 0;
      if (bits === 0) continue;
      const place = (person[row] ?? 0) - from;
      if (place < 0 || place >= persons) continue;
      const flags =
        (flagsOfRoles[(role[row] ?? 0) & 31] ?? 0) | ((sure[row] ?? 0) * personFlags.sure);
      const set = this.setOf(
        bits,
        flags,
        own.low[row] ?? 0,
        shared.low[row] ?? 0,
        weak.low[row] ?? 0,
        isWide ? (own.high[row] ?? 0) : 0,
        isWide ? (shared.high[row] ?? 0) : 0,
        isWide ? (weak.high[row] ?? 0) : 0,
      );
      if (set < 0) return row;
      const slot = firstSlot + (place >>> bucketShift);
      let at = filled[slot] ?? 0;
      if (at === chunkRecords || heads[slot] === 0) {
        if (!this.takeChunk(slot)) return row;
        at = 0;
      }
      records[((heads[slot] ?? 0) - 1) * chunkRecords + at] =
        ((place & placeMask) << comboBits) | set;
      filled[slot] = at + 1;
    }
    return rows.rows;
  }

  private takeChunk(slot: number): boolean {
    const { before, heads, taken } = this.memory;
    const chunk = Atomics.add(taken, 0, 1);
    if (chunk >= before.length) return false;
    before[chunk] = heads[slot] ?? 0;
    heads[slot] = chunk + 1;
    return true;
  }

  /** The number of a set of words; -1 where there is no room for another one. */
  private setOf(
    bits: number,
    flags: number,
    a: number,
    b: number,
    c: number,
    aHigh: number,
    bHigh: number,
    cHigh: number,
  ): number {
    const { sets, slots, shape } = this;
    const stride = wordsOfPerson(shape.maskWords);
    const mask = slots.length - 1;
    let hash = Math.imul(bits ^ (flags << 24), 0x9e37_79b1);
    hash = Math.imul(hash ^ (hash >>> 15) ^ a, 0x85eb_ca6b);
    hash = Math.imul(hash ^ (hash >>> 13) ^ b, 0xc2b2_ae35);
    hash = Math.imul(hash ^ (hash >>> 14) ^ c, 0x27d4_eb2f);
    if (shape.maskWords === 2) {
      hash = Math.imul(hash ^ aHigh, 0x85eb_ca6b);
      hash = Math.imul(hash ^ (hash >>> 13) ^ bHigh, 0xc2b2_ae35) ^ cHigh;
    }
    const isEvidenced = (bits & evidencedMask) !== 0;
    const both = isEvidenced ? flags | (flags << evidencedShift) : flags;
    for (let slot = (hash ^ (hash >>> 16)) & mask; ; slot = (slot + 1) & mask) {
      const set = (slots[slot] ?? 0) - 1;
      if (set < 0) {
        if (this.count >= shape.combos) return -1;
        slots[slot] = this.count + 1;
        this.learn([bits, both, a, b, c, aHigh, bHigh, cHigh], isEvidenced);
        return this.count - 1;
      }
      const at = set * stride;
      if (
        sets[at] === (bits | 0) &&
        sets[at + 1] === both &&
        sets[at + 2] === (a | 0) &&
        sets[at + 3] === (b | 0) &&
        sets[at + 4] === (c | 0) &&
        (shape.maskWords === 1 ||
          (sets[at + 5] === (aHigh | 0) &&
            sets[at + 6] === (bHigh | 0) &&
            sets[at + 7] === (cHigh | 0)))
      ) {
        return set;
      }
    }
  }

  private learn(words: readonly number[], isEvidenced: boolean): void {
    const { maskWords } = this.shape;
    const at = this.count * wordsOfPerson(maskWords);
    const masks = 3 * maskWords;
    for (let i = 0; i < 2 + masks; i += 1) this.sets[at + i] = words[i] ?? 0;
    if (isEvidenced) {
      for (let i = 0; i < masks; i += 1) this.sets[at + 2 + masks + i] = words[2 + i] ?? 0;
    }
    this.count += 1;
  }
}

/** Whether anything was noted of a bucket. */
export const hasRecords = (
  { heads }: BucketMemory,
  shape: BucketShape,
  threads: number,
  bucket: number,
): boolean => {
  const buckets = bucketsOf(shape);
  for (let thread = 0; thread < threads; thread += 1) {
    if (heads[thread * buckets + bucket] !== 0) return true;
  }
  return false;
};

/**
 * Adds what was noted of a bucket to the words of its persons.
 *
 * @param sets those of each thread. @param words of the persons of the bucket.
 */
export const addBucket = (
  { records, before, heads, filled }: BucketMemory,
  shape: BucketShape,
  sets: readonly Int32Array[],
  bucket: number,
  words: Int32Array,
): void => {
  const buckets = bucketsOf(shape);
  const stride = wordsOfPerson(shape.maskWords);
  const comboBits = 32 - shape.bucketShift;
  const comboMask = 2 ** comboBits - 1;
  for (const [thread, of] of sets.entries()) {
    const slot = thread * buckets + bucket;
    let count = filled[slot] ?? 0;
    for (let chunk = heads[slot] ?? 0; chunk !== 0; chunk = before[chunk - 1] ?? 0) {
      const first = (chunk - 1) * chunkRecords;
      for (let i = first; i < first + count; i += 1) {
        const record = records[i] ?? 0;
        const to = (record >>> comboBits) * stride;
        const from = (record & comboMask) * stride;
        words[to] = (words[to] ?? 0) | (of[from] ?? 0);
        words[to + 1] = (words[to + 1] ?? 0) | (of[from + 1] ?? 0);
        words[to + 2] = (words[to + 2] ?? 0) | (of[from + 2] ?? 0);
        words[to + 3] = (words[to + 3] ?? 0) | (of[from + 3] ?? 0);
        words[to + 4] = (words[to + 4] ?? 0) | (of[from + 4] ?? 0);
        words[to + 5] = (words[to + 5] ?? 0) | (of[from + 5] ?? 0);
        words[to + 6] = (words[to + 6] ?? 0) | (of[from + 6] ?? 0);
        words[to + 7] = (words[to + 7] ?? 0) | (of[from + 7] ?? 0);
        for (let word = 8; word < stride; word += 1) {
          words[to + word] = (words[to + word] ?? 0) | (of[from + word] ?? 0);
        }
      }
      count = chunkRecords;
    }
  }
};

/** People whom no message brings in. */
export interface RecordPeople {
  /** Ascending; `all`: every customer. */
  readonly persons: Uint32Array | 'all';
  readonly bits: number;
  /** Types of their records. */
  readonly low: number;
  readonly high: number;
}

/** Adds people of records to the words of persons from one to another, the last not included. */
export const addRecords = (
  { persons, bits, low, high }: RecordPeople,
  shape: BucketShape,
  customers: number,
  from: number,
  to: number,
  words: Int32Array,
): void => {
  const { maskWords } = shape;
  const stride = wordsOfPerson(maskWords);
  const isEvidenced = (bits & evidencedMask) !== 0;
  const flags: number = personFlags.sure;
  const both = isEvidenced ? flags | (flags << evidencedShift) : flags;
  const add = (person: number): void => {
    const at = (person - from) * stride;
    words[at] = (words[at] ?? 0) | bits;
    words[at + 1] = (words[at + 1] ?? 0) | both;
    for (let i = 0; i < (isEvidenced ? 6 : 3) * maskWords; i += 1) {
      const isHigh = maskWords === 2 && i % 6 >= 3;
      words[at + 2 + i] = (words[at + 2 + i] ?? 0) | (isHigh ? high : low);
    }
  };
  if (persons === 'all') {
    for (let person = from; person < Math.min(to, customers); person += 1) add(person);
    return;
  }
  for (let i = lowerBound(persons, from); i < persons.length; i += 1) {
    const person = persons[i] ?? 0;
    if (person >= to) break;
    add(person);
  }
};

/** Whether any of them lies in a range. */
export const hasPeople = (
  { persons }: RecordPeople,
  customers: number,
  from: number,
  to: number,
): boolean => {
  if (persons === 'all') return from < customers;
  const at = lowerBound(persons, from);
  return at < persons.length && (persons[at] ?? 0) < to;
};

const lowerBound = (numbers: Uint32Array, wanted: number): number => {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
};
