import {
  compareDigits,
  compareLists,
  compareNumbers,
  type VersionScheme,
  versionLengthMax,
} from '../version-scheme.ts';

/** `branch` has a name that says nothing of its age; `parts` are digits and words of stability, in order. */
type ComposerVersion =
  | { readonly branch: string }
  | { readonly parts: readonly string[]; readonly moving?: readonly string[] };

/** How a part sorts at its place: `end` is the lack of any. */
const ranks = ['dev', 'alpha', 'beta', 'rc', 'end', 'number', 'patch'];

const words: Readonly<Record<string, string>> = { a: 'alpha', b: 'beta', p: 'patch', pl: 'patch' };

const suffix = String.raw`[._-]?(?:(stable|beta|b|rc|alpha|a|patch|pl|p)((?:[.-]?\d)*))?([.-]?dev)?$`;
const classical = new RegExp(String.raw`^v?(\d{1,5})(\.\d+)?(\.\d+)?(\.\d+)?${suffix}`, 'i');
const dated = new RegExp(
  String.raw`^v?(\d{4}(?:[.:-]?\d{2}){1,6}(?:[.:-]?\d{1,3})?)${suffix}`,
  'i',
);
const numericBranch = /^v?(\d+)(?:\.(\d+|[x*]))?(?:\.(\d+|[x*]))?(?:\.(\d+|[x*]))?[.-]?dev$/i;

/** What Composer puts in the place of an `x`: later than any release of the branch. */
const latest = '9999999';

const stability = (word = '', digits = '', dev = ''): readonly string[] => {
  const name = word.toLowerCase();
  if (name === 'stable') return [];
  return [
    ...(name === '' ? [] : [words[name] ?? name]),
    ...(digits.match(/\d+/g) ?? []),
    ...(dev === '' ? [] : ['dev']),
  ];
};

/** Without what Composer strips: an alias, a flag of stability, build metadata. */
const strip = (text: string): string =>
  text
    .trim()
    .replace(/^([^,\s]+) +as +[^,\s]+$/, '$1')
    .replace(/@(?:stable|rc|beta|alpha|dev)$/i, '');

/** As composer/semver normalises a version: four numbers, a stability, a date, or a branch. */
const parse = (text: string): ComposerVersion | undefined => {
  if (text.length > versionLengthMax) return undefined;
  const bare = strip(text);
  if (/^(?:master|trunk|default)$/.test(bare)) return { branch: bare };
  if (/^dev-/i.test(bare)) return { branch: bare.slice('dev-'.length) };
  const plus = /^([^,\s+]+)\+\S+$/.exec(bare)?.[1] ?? bare;
  const four = classical.exec(plus);
  if (four !== null) {
    const [, major = '', ...more] = four;
    const numbers = more.slice(0, 3).map(part => part?.slice(1) ?? '0');
    return { parts: [major, ...numbers, ...stability(four[5], four[6], four[7])] };
  }
  const date = dated.exec(plus);
  if (date !== null) {
    const [, digits = '', word, number, dev] = date;
    return { parts: [...digits.split(/[.:-]/), ...stability(word, number, dev)] };
  }
  const branch = numericBranch.exec(plus);
  if (branch === null) return undefined;
  const numbers = branch
    .slice(1, 5)
    .map(part => (part === undefined || /\D/.test(part) ? 'x' : part));
  const fill = (by: string): readonly string[] => [
    ...numbers.map(part => (part === 'x' ? by : part)),
    'dev',
  ];
  return { parts: fill(latest), moving: fill('0') };
};

const rank = (part: string): number => ranks.indexOf(/^\d/.test(part) ? 'number' : part);

const compareParts = (a: string, b: string): -1 | 0 | 1 =>
  /^\d/.test(a) && /^\d/.test(b) ? compareDigits(a, b) : compareNumbers(rank(a), rank(b));

const write = (parts: readonly string[]): string => parts.slice(0, 4).join('.');

/** PHP packages: PHP's `version_compare` on what composer/semver normalises. */
export const composer: VersionScheme = {
  id: 'composer',
  valid: text => {
    const version = parse(text);
    return version !== undefined && 'parts' in version;
  },
  compare: (a, b) => {
    const left = parse(a);
    const right = parse(b);
    if (left === undefined || right === undefined) return 'incomparable';
    if ('branch' in left || 'branch' in right) {
      const same = 'branch' in left && 'branch' in right && left.branch === right.branch;
      return same ? 0 : 'incomparable';
    }
    return compareLists(left.parts, right.parts, 'end', compareParts);
  },
  /** `1.6.x-dev` sorts after every 1.6, but what was checked out may be older than any of them. */
  extent: text => {
    const version = parse(text);
    if (version === undefined || 'branch' in version || version.moving === undefined) {
      return undefined;
    }
    return {
      kind: 'branch',
      first: `${write(version.moving)}-dev`,
      last: write(version.parts),
    };
  },
};
