import {
  compareDigits,
  compareLists,
  compareNumbers,
  compareText,
  type Order,
  type VersionScheme,
  versionLengthMax,
} from '../version-scheme.ts';

/**
 * What stands behind the numbers. Of `pre`, `none` and `post` everybody knows where they sort; of `early`,
 * behind a tilde, that it comes before the version itself, as dpkg, rpm and who writes so have it. Of the
 * others only that they belong to these numbers: `3.0.0a` is an alpha of 3.0.0 or a fix for it, `2.4.1-4` a rebuild
 * or a snapshot.
 */
type Tail =
  | { readonly kind: 'pre'; readonly word: number; readonly digits: readonly string[] }
  | { readonly kind: 'none' }
  | { readonly kind: 'post'; readonly digits: readonly string[] }
  | { readonly kind: 'letter'; readonly letter: string; readonly number: string }
  | { readonly kind: 'early'; readonly text: string }
  | { readonly kind: 'count'; readonly digits: string }
  | { readonly kind: 'build'; readonly text: string };

interface GenericVersion {
  readonly numbers: readonly string[];
  readonly tail: Tail;
}

const preWords = new Map([
  ['alpha', 0],
  ['beta', 1],
  ['pre', 2],
  ['preview', 2],
  ['prerelease', 2],
  ['rc', 3],
  ['cr', 3],
]);

const places = ['pre', 'none', 'post'];

const body = /^v?(\d+(?:\.\d+)*)(.*)$/s;
const pre = /^[-_.~]?(alpha|beta|prerelease|preview|pre|rc|cr)[-_.]?(\d+(?:\.\d+)*)?$/;
const post = /^[-_.]?(?:patch|pl|p)[-_.]?(\d+(?:\.\d+)*)$/;
const releaseWord = /^[-_.](?:final|ga|stable|release)$/;

const parseTail = (text: string): Tail | undefined => {
  if (text === '' || releaseWord.test(text)) return { kind: 'none' };
  const early = pre.exec(text);
  if (early !== null) {
    return {
      kind: 'pre',
      word: preWords.get(early[1] ?? '') ?? 0,
      digits: early[2]?.split('.') ?? [],
    };
  }
  const late = post.exec(text)?.[1];
  if (late !== undefined) return { kind: 'post', digits: late.split('.') };
  const letter = /^([a-z])(\d*)$/.exec(text);
  if (letter !== null) {
    return { kind: 'letter', letter: letter[1] ?? '', number: letter[2] ?? '' };
  }
  if (/^~[a-z0-9][a-z0-9.~+-]*$/.test(text)) return { kind: 'early', text };
  const count = /^-(\d+)$/.exec(text)?.[1];
  if (count !== undefined) return { kind: 'count', digits: count };
  return /^\+[a-z0-9.~+-]+$/.test(text) ? { kind: 'build', text } : undefined;
};

const parse = (text: string): GenericVersion | undefined => {
  if (text.length > versionLengthMax) return undefined;
  const match = body.exec(text.toLowerCase());
  const tail = parseTail(match?.[2] ?? '');
  return match === null || tail === undefined
    ? undefined
    : { numbers: (match[1] ?? '').split('.'), tail };
};

const fractional = (digits: string): boolean => digits.length > 1 && digits.startsWith('0');

/** As apk and Perl read a number behind a dot: with a leading zero it is a fraction. */
const compareFractions = (a: string, b: string): -1 | 0 | 1 =>
  fractional(a) || fractional(b)
    ? compareText(a.replace(/0+$/, ''), b.replace(/0+$/, ''))
    : compareDigits(a, b);

/** `1.05` is newer than `1.5` or older, by who reads it; only what both readings say is said. */
const compareDotted = (a: readonly string[], b: readonly string[]): Order => {
  const first = compareDigits(a[0] ?? '', b[0] ?? '');
  if (first !== 0) return first;
  const whole = compareLists(a.slice(1), b.slice(1), '0', compareDigits);
  const broken = compareLists(a.slice(1), b.slice(1), '0', compareFractions);
  return whole === broken ? whole : 'incomparable';
};

/** A word without a number comes before the same word with one. */
const compareDigitLists = (a: readonly string[], b: readonly string[]): -1 | 0 | 1 => {
  if (a.length === 0 || b.length === 0) return compareNumbers(a.length, b.length);
  return compareLists(a, b, '0', compareDigits);
};

/** Both behind the same numbers. */
const compareTails = (a: Tail, b: Tail): Order => {
  const left = places.indexOf(a.kind);
  const right = places.indexOf(b.kind);
  if (left >= 0 && right >= 0 && left !== right) return compareNumbers(left, right);
  const released = (kind: Tail['kind']): boolean => kind === 'none' || kind === 'post';
  if (a.kind === 'early' && released(b.kind)) return -1;
  if (b.kind === 'early' && released(a.kind)) return 1;
  if (a.kind === 'early' && b.kind === 'early') return a.text === b.text ? 0 : 'incomparable';
  if (a.kind === 'pre' && b.kind === 'pre') {
    return compareNumbers(a.word, b.word) || compareDigitLists(a.digits, b.digits);
  }
  if (a.kind === 'post' && b.kind === 'post') return compareDigitLists(a.digits, b.digits);
  if (a.kind === 'count' && b.kind === 'count') return compareDigits(a.digits, b.digits);
  if (a.kind === 'letter' && b.kind === 'letter') {
    if ((a.number === '') !== (b.number === '')) return 'incomparable';
    return compareText(a.letter, b.letter) || compareDigits(a.number, b.number);
  }
  if (a.kind === 'build' && b.kind === 'build') return a.text === b.text ? 0 : 'incomparable';
  return a.kind === 'none' && b.kind === 'none' ? 0 : 'incomparable';
};

const series = /^(v?\d+(?:\.\d+)*)\.[x*]$/i;

/**
 * Versions as upstream writes them on tarballs: numbers, and words that everybody reads alike. `1.6-git`,
 * `r1234`, `2.1-acme3` compare with nothing.
 */
export const generic: VersionScheme = {
  id: 'generic',
  valid: text => {
    const version = parse(text);
    if (version === undefined || version.numbers.slice(1).some(fractional)) return false;
    return places.includes(version.tail.kind);
  },
  compare: (a, b) => {
    const left = parse(a);
    const right = parse(b);
    if (left === undefined || right === undefined) return 'incomparable';
    const order = compareDotted(left.numbers, right.numbers);
    return order === 0 ? compareTails(left.tail, right.tail) : order;
  },
  extent: text => {
    const base = text.length > versionLengthMax ? undefined : series.exec(text)?.[1];
    if (base === undefined) return undefined;
    return { kind: 'series', first: `${base}-alpha`, last: `${base}.${'9'.repeat(19)}` };
  },
};
