import { confidences } from '../../core/personal.ts';
import type { Found } from '../data-type.ts';

/** A finding with what decides between it and another of the same characters. */
export interface Claim {
  readonly found: Found;
  readonly rank: number;
  readonly holds: boolean;
}

/** Of claims to the same characters the surest, highest and longest stays; those that hold others stay beside them. */
export const settle = (claims: Claim[]): readonly Found[] => {
  const kept: Claim[] = [];
  for (const claim of claims.sort(inOrder)) {
    const rivals: number[] = [];
    for (let at = kept.length - 1; at >= 0 && kept.length - at <= lookBack; at -= 1) {
      const other = kept[at];
      if (other !== undefined && overlaps(claim, other)) rivals.push(at);
    }
    if (rivals.some(at => isBetter(kept[at] ?? claim, claim))) continue;
    for (const at of rivals) kept.splice(at, 1);
    kept.push(claim);
  }
  return kept.map(({ found }) => found).sort((a, b) => a.from - b.from || b.to - a.to);
};

const lookBack = 16;

const inOrder = (a: Claim, b: Claim): number =>
  a.found.from - b.found.from || b.found.to - a.found.to;

const overlaps = (a: Claim, b: Claim): boolean => {
  if (a.found.from >= b.found.to || b.found.from >= a.found.to) return false;
  if (a.found.type === b.found.type) return true;
  return !a.holds && !b.holds;
};

const isBetter = (a: Claim, b: Claim): boolean => {
  const surer = confidences.indexOf(a.found.confidence) - confidences.indexOf(b.found.confidence);
  if (surer !== 0) return surer > 0;
  if (a.rank !== b.rank) return a.rank > b.rank;
  return a.found.to - a.found.from >= b.found.to - b.found.from;
};
