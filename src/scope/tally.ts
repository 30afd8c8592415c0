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

/** Persons of a block are looked at together, or not at all. */
export const blockShift = 10;

export interface TallyShape {
  /** First person, and how many. */
  readonly from: number;
  readonly persons: number;
  /** Words of 32 bits that a mask of types takes. */
  readonly maskWords: 1 | 2;
}

/** Words of a person: rules, flags, and masks within reach (own, shared, weak) and evidenced. */
export const wordsOfPerson = (maskWords: 1 | 2): number => 2 + 6 * maskWords;

/** Memory of a tally. Each thread adds to one of its own: together they are what either has. */
export interface TallyMemory {
  readonly words: Int32Array;
  readonly touched: Uint8Array;
}

export const tallyBytes = ({ persons, maskWords }: TallyShape): number =>
  persons * wordsOfPerson(maskWords) * 4 + (persons >> blockShift) + 1;

export const tallyMemory = (shape: TallyShape): TallyMemory => {
  const words = shape.persons * wordsOfPerson(shape.maskWords);
  return {
    words: new Int32Array(new SharedArrayBuffer(Math.max(4, words * 4))),
    touched: new Uint8Array(new SharedArrayBuffer((shape.persons >> blockShift) + 1)),
  };
};

/** Adds up, person by person, by which rules, in which roles and with which types somebody is in a bound. */
export class Tally {
  private readonly shape: TallyShape;
  private readonly memory: TallyMemory;

  constructor(shape: TallyShape, memory: TallyMemory) {
    this.shape = shape;
    this.memory = memory;
  }

  /** @param marks rules of each message, by its number. */
  mentions(rows: MentionRows, marks: Uint32Array): void {
    const { from, persons, maskWords } = this.shape;
    const { words, touched } = this.memory;
    const { message, person, roles: role, sure, own, shared, weak } = rows;
    const stride = wordsOfPerson(maskWords);
    const evidencedAt = 2 + 3 * maskWords;
    const ownLow = own.low;
    const sharedLow = shared.low;
    const weakLow = weak.low;
    for (let row = 0; row < rows.rows; row += 1) {
      const bits = marks[message[row] ?? 0] ?? 0;
      if (bits === 0) continue;
      const place = (person[row] ?? 0) - from;
      if (place < 0 || place >= persons) continue;
      const at = place * stride;
      touched[place >> blockShift] = 1;
      // Without a branch: the next person, who lies somewhere else in memory, is fetched meanwhile.
      const evidenced = -Math.min(1, bits & evidencedMask);
      const flags =
        (flagsOfRoles[(role[row] ?? 0) & 31] ?? 0) | ((sure[row] ?? 0) * personFlags.sure);
      const a = ownLow[row] ?? 0;
      const b = sharedLow[row] ?? 0;
      const c = weakLow[row] ?? 0;
      words[at] = (words[at] ?? 0) | bits;
      words[at + 1] = (words[at + 1] ?? 0) | flags | ((flags << evidencedShift) & evidenced);
      words[at + 2] = (words[at + 2] ?? 0) | a;
      words[at + 3] = (words[at + 3] ?? 0) | b;
      words[at + 4] = (words[at + 4] ?? 0) | c;
      const to = at + evidencedAt;
      words[to] = (words[to] ?? 0) | (a & evidenced);
      words[to + 1] = (words[to + 1] ?? 0) | (b & evidenced);
      words[to + 2] = (words[to + 2] ?? 0) | (c & evidenced);
    }
    if (maskWords === 2) this.high(rows, marks);
  }

  /** The second words of masks. */
  private high(
    { rows, message, person, own, shared, weak }: MentionRows,
    marks: Uint32Array,
  ): void {
    const { from, persons } = this.shape;
    const { words } = this.memory;
    for (let row = 0; row < rows; row += 1) {
      const bits = marks[message[row] ?? 0] ?? 0;
      const place = (person[row] ?? 0) - from;
      if (bits === 0 || place < 0 || place >= persons) continue;
      const masks = [own.high[row] ?? 0, shared.high[row] ?? 0, weak.high[row] ?? 0];
      const evidenced = -Math.min(1, bits & evidencedMask);
      for (const [i, mask] of masks.entries()) {
        const at = place * wordsOfPerson(2) + 5 + i;
        words[at] = (words[at] ?? 0) | mask;
        words[at + 6] = (words[at + 6] ?? 0) | (mask & evidenced);
      }
    }
  }

  /** A person of whom a record was, or could have been, read. */
  record(person: number, bits: number, typesLow: number, typesHigh: number): void {
    const { from, persons, maskWords } = this.shape;
    const { words, touched } = this.memory;
    const place = person - from;
    if (place < 0 || place >= persons) return;
    const at = place * wordsOfPerson(maskWords);
    touched[place >> blockShift] = 1;
    const add = (to: number, mask: number): void => {
      words[to] = (words[to] ?? 0) | mask;
    };
    add(at, bits);
    const isEvidenced = (bits & evidencedMask) !== 0;
    const flags: number = personFlags.sure;
    add(at + 1, isEvidenced ? flags | (flags << evidencedShift) : flags);
    for (let i = 0; i < 3; i += 1) {
      add(at + 2 + i, typesLow);
      if (maskWords === 2) add(at + 5 + i, typesHigh);
      if (!isEvidenced) continue;
      add(at + 2 + 3 * maskWords + i, typesLow);
      if (maskWords === 2) add(at + 11 + i, typesHigh);
    }
  }
}

/** Puts into one memory, of some persons, what the others have. */
export const gather = (
  shape: TallyShape,
  into: TallyMemory,
  others: readonly TallyMemory[],
  from: number,
  to: number,
): void => {
  const stride = wordsOfPerson(shape.maskWords);
  const [first, end] = [from - shape.from, to - shape.from];
  for (const other of others) {
    for (let block = first >> blockShift; block << blockShift < end; block += 1) {
      if (other.touched[block] === 0) continue;
      // Blocks at the edges may be gathered twice, by both sides: each does its own persons.
      into.touched[block] = 1;
      const begin = Math.max(first, block << blockShift) * stride;
      const behind = Math.min(end, (block + 1) << blockShift) * stride;
      for (let at = begin; at < behind; at += 1) {
        into.words[at] = (into.words[at] ?? 0) | (other.words[at] ?? 0);
      }
    }
  }
};
