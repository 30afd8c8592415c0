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

/** Memory of a tally: shared, where several threads add to it. */
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

/** What several threads add at the same time: bits are only ever set, so that looking first is safe. */
const add = (words: Int32Array, at: number, bits: number): void => {
  if (((words[at] ?? 0) & bits) !== bits) Atomics.or(words, at, bits);
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
    const { message, person, own, shared, weak } = rows;
    const stride = wordsOfPerson(maskWords);
    const isWide = maskWords === 2;
    const evidencedAt = 2 + 3 * maskWords;
    for (let row = 0; row < rows.rows; row += 1) {
      const bits = marks[message[row] ?? 0] ?? 0;
      if (bits === 0) continue;
      const place = (person[row] ?? 0) - from;
      if (place < 0 || place >= persons) continue;
      const at = place * stride;
      if (words[at] === 0) touched[place >> blockShift] = 1;
      add(words, at, bits);
      const flags =
        (flagsOfRoles[(rows.roles[row] ?? 0) & 31] ?? 0) |
        (rows.sure[row] === 0 ? 0 : personFlags.sure);
      const isEvidenced = (bits & evidencedMask) !== 0;
      add(words, at + 1, isEvidenced ? flags | (flags << evidencedShift) : flags);
      const ownLow = own.low[row] ?? 0;
      const sharedLow = shared.low[row] ?? 0;
      const weakLow = weak.low[row] ?? 0;
      let to = at + 2;
      add(words, to, ownLow);
      add(words, to + 1, sharedLow);
      add(words, to + 2, weakLow);
      if (isEvidenced) {
        to = at + evidencedAt;
        add(words, to, ownLow);
        add(words, to + 1, sharedLow);
        add(words, to + 2, weakLow);
      }
      if (isWide) this.high(rows, row, at, isEvidenced);
    }
  }

  private high(
    { own, shared, weak }: MentionRows,
    row: number,
    at: number,
    isEvidenced: boolean,
  ): void {
    const { words } = this.memory;
    const [a = 0, b = 0, c = 0] = [own.high[row], shared.high[row], weak.high[row]];
    add(words, at + 5, a);
    add(words, at + 6, b);
    add(words, at + 7, c);
    if (!isEvidenced) return;
    add(words, at + 11, a);
    add(words, at + 12, b);
    add(words, at + 13, c);
  }

  /** A person of whom a record was, or could have been, read. */
  record(person: number, bits: number, typesLow: number, typesHigh: number): void {
    const { from, persons, maskWords } = this.shape;
    const { words, touched } = this.memory;
    const place = person - from;
    if (place < 0 || place >= persons) return;
    const at = place * wordsOfPerson(maskWords);
    if (words[at] === 0) touched[place >> blockShift] = 1;
    add(words, at, bits);
    const isEvidenced = (bits & evidencedMask) !== 0;
    const flags: number = personFlags.sure;
    add(words, at + 1, isEvidenced ? flags | (flags << evidencedShift) : flags);
    for (let i = 0; i < 3; i += 1) {
      add(words, at + 2 + i, typesLow);
      if (maskWords === 2) add(words, at + 5 + i, typesHigh);
      if (!isEvidenced) continue;
      add(words, at + 2 + 3 * maskWords + i, typesLow);
      if (maskWords === 2) add(words, at + 11 + i, typesHigh);
    }
  }
}
