type Order = -1 | 0 | 1 | 'incomparable';

/** What a version string means in one ecosystem. Unparseable is an answer, not "lower". */
export interface VersionScheme {
  readonly id: string;
  /** The order in which the ecosystem's own tool puts two versions. */
  compare(a: string, b: string): Order;
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
