import {
  compareDigits,
  compareLists,
  compareText,
  type VersionScheme,
  versionLengthMax,
} from '../version-scheme.ts';

interface SemanticVersion {
  readonly core: readonly string[];
  /** Empty for a release. */
  readonly pre: readonly string[];
}

const grammar =
  /^v?(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z.-]+))?(?:\+([0-9A-Za-z.-]+))?$/;

const numeric = (identifier: string): boolean => /^\d+$/.test(identifier);

/** Semantic Versioning 2.0.0, with the blanks and the `v` that npm and tags put around it. */
const parse = (text: string): SemanticVersion | undefined => {
  if (text.length > versionLengthMax) return undefined;
  const match = grammar.exec(text.trim());
  if (match === null) return undefined;
  const [, major = '', minor = '', patch = '', tail, build] = match;
  const pre = tail?.split('.') ?? [];
  const sound =
    pre.every(id => id !== '' && !/^0\d+$/.test(id)) &&
    (build?.split('.') ?? []).every(id => id !== '');
  return sound ? { core: [major, minor, patch], pre } : undefined;
};

/** An identifier that is there is higher than none (paragraph 11.4.4); digits are lower than words. */
const compareIdentifiers = (a: string, b: string): -1 | 0 | 1 => {
  if (a === '' || b === '') return compareText(a, b);
  if (numeric(a) && numeric(b)) return compareDigits(a, b);
  if (numeric(a) !== numeric(b)) return numeric(a) ? -1 : 1;
  return compareText(a, b);
};

/** Semantic Versioning 2.0.0, paragraph 11; `1.6` and `2.3.21.1` are not semantic versions. */
export const semver: VersionScheme = {
  id: 'semver',
  valid: text => parse(text) !== undefined,
  compare: (a, b) => {
    const left = parse(a);
    const right = parse(b);
    if (left === undefined || right === undefined) return 'incomparable';
    const core = compareLists(left.core, right.core, '0', compareDigits);
    if (core !== 0) return core;
    if (left.pre.length === 0 || right.pre.length === 0) {
      if (left.pre.length === right.pre.length) return 0;
      return left.pre.length === 0 ? 1 : -1;
    }
    return compareLists(left.pre, right.pre, '', compareIdentifiers);
  },
};
