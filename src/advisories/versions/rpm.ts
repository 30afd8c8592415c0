import { compareDigits, type VersionScheme, versionLengthMax } from '../version-scheme.ts';

interface RpmVersion {
  readonly epoch: string;
  readonly version: string;
  readonly release: string | undefined;
}

/** `[epoch:]version[-release]`, rpm-version(7). */
const parse = (text: string): RpmVersion | undefined => {
  if (text.length > versionLengthMax) return undefined;
  const match = /^(?:(\d{1,10}):)?([A-Za-z0-9._+~^]+)(?:-([A-Za-z0-9._+~^]+))?$/.exec(text);
  // A version without any digit is a word, such as `unknown`.
  if (match === null || !/\d/.test(match[2] ?? '')) return undefined;
  return { epoch: match[1] ?? '0', version: match[2] ?? '', release: match[3] };
};

const piece = /[^A-Za-z0-9~^]*(?:([~^])|(\d+)|([A-Za-z]+)|$)/y;

/** The next piece of a part: a mark (`~`, `^`), digits, letters, or the end. */
const pieceAt = (text: string, at: number) => {
  piece.lastIndex = at;
  const match = piece.exec(text);
  return {
    mark: match?.[1],
    digits: match?.[2],
    letters: match?.[3],
    end: at + (match?.[0].length ?? 0),
    over: match?.[1] === undefined && match?.[2] === undefined && match?.[3] === undefined,
  };
};

/** rpm's `rpmvercmp`: a tilde sorts before the end of the part, a caret after it but before more. */
const compareParts = (a: string, b: string): -1 | 0 | 1 => {
  let i = 0;
  let j = 0;
  while (i <= a.length && j <= b.length) {
    const left = pieceAt(a, i);
    const right = pieceAt(b, j);
    i = left.end;
    j = right.end;
    if (left.mark === '~' || right.mark === '~') {
      if (left.mark !== right.mark) return left.mark === '~' ? -1 : 1;
      continue;
    }
    if (left.mark === '^' || right.mark === '^') {
      if (left.over) return -1;
      if (right.over) return 1;
      if (left.mark !== right.mark) return left.mark === '^' ? -1 : 1;
      continue;
    }
    if (left.over || right.over) return left.over === right.over ? 0 : left.over ? -1 : 1;
    if (left.digits !== undefined) {
      if (right.digits === undefined) return 1;
      const digits = compareDigits(left.digits, right.digits);
      if (digits !== 0) return digits;
    } else {
      if (right.letters === undefined) return -1;
      const letters = left.letters ?? '';
      if (letters !== right.letters) return letters < right.letters ? -1 : 1;
    }
  }
  return 0;
};

/** Red Hat, Fedora, SUSE and their kin: epoch, version, release, as `rpm` itself orders them. */
export const rpm: VersionScheme = {
  id: 'rpm',
  valid: text => parse(text) !== undefined,
  compare: (a, b) => {
    const left = parse(a);
    const right = parse(b);
    if (left === undefined || right === undefined) return 'incomparable';
    const order =
      compareDigits(left.epoch, right.epoch) || compareParts(left.version, right.version);
    if (order !== 0) return order;
    if (left.release === undefined || right.release === undefined) {
      if (left.release === right.release) return 0;
      return left.release === undefined ? -1 : 1;
    }
    return compareParts(left.release, right.release);
  },
};
