import {
  compareDigits,
  compareLists,
  compareNumbers,
  compareText,
  type VersionScheme,
  versionLengthMax,
} from '../version-scheme.ts';

interface PythonVersion {
  readonly epoch: string;
  readonly release: readonly string[];
  /** Where the version lies around its release: before every pre-release, in one, at or after the release. */
  readonly phase: number;
  readonly pre: string;
  readonly post: string | undefined;
  readonly dev: string | undefined;
  readonly local: readonly string[];
}

const grammar = new RegExp(
  [
    /^v?(?:(\d+)!)?(\d+(?:\.\d+)*)/,
    /(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?(\d*))?/,
    /(?:-(\d+)|[-_.]?(post|rev|r)[-_.]?(\d*))?/,
    /(?:[-_.]?(dev)[-_.]?(\d*))?/,
    /(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?$/,
  ]
    .map(({ source }) => source)
    .join(''),
);

const phases: Readonly<Record<string, number>> = {
  a: 1,
  alpha: 1,
  b: 2,
  beta: 2,
  c: 3,
  rc: 3,
  pre: 3,
  preview: 3,
};
const devOfRelease = 0;
const released = 4;

/** PEP 440, appendix B, with every spelling that it normalises. */
const parse = (text: string): PythonVersion | undefined => {
  if (text.length > versionLengthMax) return undefined;
  const match = grammar.exec(text.trim().toLowerCase());
  if (match === null) return undefined;
  const [, epoch, release = '', word, pre, bare, postWord, postNumber, devWord, dev, local] = match;
  const post = bare ?? (postWord === undefined ? undefined : postNumber || '0');
  const plain = word === undefined && post === undefined;
  return {
    epoch: epoch ?? '0',
    release: release.split('.'),
    phase:
      word === undefined
        ? plain && devWord !== undefined
          ? devOfRelease
          : released
        : (phases[word] ?? released),
    pre: pre || '0',
    post,
    dev: devWord === undefined ? undefined : dev || '0',
    local: local?.split(/[-_.]/) ?? [],
  };
};

/** `absent` is the order of what lacks the part, against what has it. */
const compareOptional = (a: string | undefined, b: string | undefined, absent: -1 | 1) => {
  if (a === undefined || b === undefined) {
    return a === b ? 0 : a === undefined ? absent : absent === 1 ? -1 : 1;
  }
  return compareDigits(a, b);
};

/** Segments of a local version: none, words, numbers. */
const compareLocal = (a: string, b: string): -1 | 0 | 1 => {
  const rank = (segment: string): number => (segment === '' ? 0 : /^\d+$/.test(segment) ? 2 : 1);
  const order = compareNumbers(rank(a), rank(b));
  if (order !== 0) return order;
  return rank(a) === 2 ? compareDigits(a, b) : compareText(a, b);
};

/** Python packages: the order of PEP 440, which `packaging` and `pip` follow. */
export const pep440: VersionScheme = {
  id: 'pep440',
  valid: text => parse(text) !== undefined,
  compare: (a, b) => {
    const left = parse(a);
    const right = parse(b);
    if (left === undefined || right === undefined) return 'incomparable';
    return (
      compareDigits(left.epoch, right.epoch) ||
      compareLists(left.release, right.release, '0', compareDigits) ||
      compareNumbers(left.phase, right.phase) ||
      compareDigits(left.pre, right.pre) ||
      compareOptional(left.post, right.post, -1) ||
      compareOptional(left.dev, right.dev, 1) ||
      compareLists(left.local, right.local, '', compareLocal)
    );
  },
};
