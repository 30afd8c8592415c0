import type { ExposureTypes } from '../../core/exposure-index.ts';
import type { DataTypeId } from '../../core/personal.ts';

/** Bits of a mask: a number holds 52 of them exactly. */
export const typesMax = 52;
const half = 2 ** 26;

const combined = (a: number, b: number, combine: (a: number, b: number) => number): number =>
  combine(Math.floor(a / half), Math.floor(b / half)) * half + combine(a % half, b % half);

/** Bits that are in either. */
export const either = (a: number, b: number): number =>
  a === b || b === 0 ? a : a === 0 ? b : combined(a, b, (x, y) => x | y);

/** Bits of the first that are not in the second. */
export const without = (a: number, b: number): number =>
  a === 0 || b === 0 ? a : combined(a, b, (x, y) => x & ~y);

export const hasBit = (mask: number, bit: number): boolean => Math.floor(mask / 2 ** bit) % 2 === 1;

/**
 * The types of an index with those that are new behind them: a bit never changes its meaning.
 *
 * @throws RangeError where there are more than a mask has room for.
 */
export const withTypes = (known: ExposureTypes, ids: readonly DataTypeId[]): ExposureTypes => {
  const all = [...known, ...ids.filter(id => !known.includes(id))];
  if (all.length > typesMax) throw new RangeError(`more than ${typesMax} data types`);
  return all;
};

/** Masks of lists of types. Lists that are one object are worked out once. */
export class Masks {
  private readonly bits: ReadonlyMap<DataTypeId, number>;
  private readonly known = new WeakMap<readonly DataTypeId[], number>();

  constructor(types: ExposureTypes) {
    this.bits = new Map(types.map((id, bit) => [id, 2 ** bit]));
  }

  of(ids: readonly DataTypeId[]): number {
    if (ids.length < 2) return ids.length === 0 ? 0 : this.bit(ids[0] ?? '');
    const known = this.known.get(ids);
    if (known !== undefined) return known;
    let mask = 0;
    for (const id of ids) mask = either(mask, this.bit(id));
    this.known.set(ids, mask);
    return mask;
  }

  bit(id: DataTypeId): number {
    return this.bits.get(id) ?? 0;
  }
}
