import type { SchemeId } from '../core/advisory.ts';

/** `incomparable` is an answer: what cannot be read is never "lower". */
export type Order = -1 | 0 | 1 | 'incomparable';

/**
 * What a text stands for that does not name one version: every version of a series (`1.6.x`), a release of
 * which the patch level is not told (`8.8.15`), a branch on a day that is not told (`1.6.x-dev`). `first` and
 * `last` are versions of the same scheme.
 */
export interface Extent {
  readonly kind: 'series' | 'release' | 'branch';
  readonly first: string;
  readonly last: string;
}

/** What a version string means in one ecosystem. */
export interface VersionScheme {
  readonly id: SchemeId;
  /**
   * Whether the text has its one place in this order: any two valid texts compare, and `compare` is a total
   * order on them. What is not valid may still compare with some: `3.0.0a` is older than `3.0.1`, whatever
   * the letter means.
   */
  readonly valid: (text: string) => boolean;
  /** The order in which the ecosystem's own tool puts two versions. Takes any text, never throws. */
  readonly compare: (a: string, b: string) => Order;
  /** Undefined for what names one version, and for what is no version at all. */
  readonly extent?: (text: string) => Extent | undefined;
  /**
   * The line of development in which a version lies, where lines are mended side by side: an Exchange build
   * that is higher than the mended build of an older cumulative update need not hold the same fix.
   */
  readonly line?: (text: string) => string | undefined;
}

/** Longer strings are not versions; a hostile one must not cost more than a glance. */
export const versionLengthMax = 256;

/** Order of two runs of decimal digits of any length. */
export const compareDigits = (a: string, b: string): -1 | 0 | 1 => {
  const left = a.replace(/^0+/, '');
  const right = b.replace(/^0+/, '');
  if (left.length !== right.length) return left.length < right.length ? -1 : 1;
  return left === right ? 0 : left < right ? -1 : 1;
};

/** Order of two texts by code unit, which for ASCII is that of the bytes. */
export const compareText = (a: string, b: string): -1 | 0 | 1 => (a === b ? 0 : a < b ? -1 : 1);

/** Order of two ranks. */
export const compareNumbers = (a: number, b: number): -1 | 0 | 1 => (a === b ? 0 : a < b ? -1 : 1);

/** The first order that decides between two lists; what a list lacks is filled up with `filler`. */
export const compareLists = <T>(
  a: readonly T[],
  b: readonly T[],
  filler: T,
  compare: (a: T, b: T) => -1 | 0 | 1,
): -1 | 0 | 1 => {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const order = compare(a[i] ?? filler, b[i] ?? filler);
    if (order !== 0) return order;
  }
  return 0;
};
