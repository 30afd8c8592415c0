import { evidencedShift, personFlags, wordsOfPerson } from '../../scope/buckets.ts';
import { bases, evidencedMask } from '../../scope/extent.ts';

/** Somebody in a bound, as the tally has him. The object is used again for the next one. */
export interface PersonInBound {
  /** Number in the linked tables; customers come first. */
  person: number;
  /** Bits of `bases`. */
  bits: number;
  isEvidenced: boolean;
  /** Within reach, and evidenced: `personFlags`. */
  flags: number;
  evidencedFlags: number;
  /** Masks of types, in two words each. */
  own: MaskWords;
  shared: MaskWords;
  weak: MaskWords;
  evidencedOwn: MaskWords;
  evidencedShared: MaskWords;
  evidencedWeak: MaskWords;
}

type MaskWords = [low: number, high: number];

/** Some persons of a scoping, in the order of their numbers; good until the call that gave it returns. */
export class PeopleSlice {
  readonly from: number;
  readonly persons: number;
  private readonly maskWords: 1 | 2;
  private readonly words: Int32Array;

  constructor(from: number, persons: number, maskWords: 1 | 2, words: Int32Array) {
    this.from = from;
    this.persons = persons;
    this.maskWords = maskWords;
    this.words = words;
  }

  /** Everybody who is in a bound. */
  each(take: (person: PersonInBound) => void): void {
    const { from, persons, maskWords, words } = this;
    const stride = wordsOfPerson(maskWords);
    const inHand: PersonInBound = {
      person: 0,
      bits: 0,
      isEvidenced: false,
      flags: 0,
      evidencedFlags: 0,
      own: [0, 0],
      shared: [0, 0],
      weak: [0, 0],
      evidencedOwn: [0, 0],
      evidencedShared: [0, 0],
      evidencedWeak: [0, 0],
    };
    const masks = [
      inHand.own,
      inHand.shared,
      inHand.weak,
      inHand.evidencedOwn,
      inHand.evidencedShared,
      inHand.evidencedWeak,
    ];
    for (let place = 0; place < persons; place += 1) {
      const at = place * stride;
      const bits = words[at] ?? 0;
      if (bits === 0) continue;
      const flags = words[at + 1] ?? 0;
      inHand.person = from + place;
      inHand.bits = bits;
      inHand.isEvidenced = (bits & evidencedMask) !== 0;
      inHand.flags = flags & ((1 << evidencedShift) - 1);
      inHand.evidencedFlags = flags >> evidencedShift;
      for (const [i, mask] of masks.entries()) {
        const to = at + 2 + (i < 3 ? i : 3 * maskWords + i - 3);
        mask[0] = (words[to] ?? 0) >>> 0;
        mask[1] = maskWords === 1 ? 0 : (words[to + 3] ?? 0) >>> 0;
      }
      take(inHand);
    }
  }
}

/** Rules by name. */
export const basesIn = (bits: number): readonly string[] =>
  bases.filter((_, bit) => ((bits >>> bit) & 1) === 1);

export const isProbable = (flags: number): boolean => (flags & personFlags.sure) === 0;

/** How many bits are set. */
export const countBits = (words: Uint32Array): number => {
  let count = 0;
  for (let i = 0; i < words.length; i += 1) {
    let rest = words[i] ?? 0;
    rest -= (rest >>> 1) & 0x5555_5555;
    rest = (rest & 0x3333_3333) + ((rest >>> 2) & 0x3333_3333);
    count += Math.imul((rest + (rest >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
  }
  return count;
};
