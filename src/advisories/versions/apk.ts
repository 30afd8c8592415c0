import {
  compareDigits,
  compareText,
  type VersionScheme,
  versionLengthMax,
} from '../version-scheme.ts';

/** In the order in which they sort; those before `''` come before the release itself. */
const suffixes = ['alpha', 'beta', 'pre', 'rc', '', 'cvs', 'svn', 'git', 'hg', 'p'];
const ordinary = suffixes.indexOf('');

/** Kinds of token, in the order in which apk ranks them: the kind that comes earlier is newer. */
const kinds = ['first', 'digits', 'letter', 'suffix', 'suffix-number', 'hash', 'revision', 'end'];

interface Token {
  readonly kind: number;
  readonly text: string;
}

const grammar =
  /^(\d+)((?:\.\d+)*)([a-z]?)((?:_(?:alpha|beta|pre|rc|cvs|svn|git|hg|p)\d*)*)(?:~([0-9a-f]+))?(?:-r(\d+))?$/;

/** `1.2.3b_rc4_p1~abc-r5`: digits, a letter, suffixes, a commit, the package's revision. */
const parse = (text: string): readonly Token[] | undefined => {
  if (text.length > versionLengthMax) return undefined;
  const match = grammar.exec(text);
  if (match === null) return undefined;
  const [, first = '', more = '', letter = '', tail = '', hash, revision] = match;
  const token = (kind: string, value: string): Token => ({
    kind: kinds.indexOf(kind),
    text: value,
  });
  return [
    token('first', first),
    ...more
      .split('.')
      .slice(1)
      .map(digits => token('digits', digits)),
    ...(letter === '' ? [] : [token('letter', letter)]),
    ...[...tail.matchAll(/_([a-z]+)(\d*)/g)].flatMap(([, name = '', number = '']) => [
      token('suffix', name),
      ...(number === '' ? [] : [token('suffix-number', number)]),
    ]),
    ...(hash === undefined ? [] : [token('hash', hash)]),
    ...(revision === undefined ? [] : [token('revision', revision)]),
    token('end', ''),
  ];
};

const compareTokens = (kind: string | undefined, a: string, b: string): -1 | 0 | 1 => {
  if (kind === 'suffix') {
    const difference = suffixes.indexOf(a) - suffixes.indexOf(b);
    return difference === 0 ? 0 : difference < 0 ? -1 : 1;
  }
  // After the first number, a leading zero makes it a fraction: compared as text.
  const fraction = kind === 'digits' && (a.startsWith('0') || b.startsWith('0'));
  if (kind === 'letter' || kind === 'hash' || fraction) return compareText(a, b);
  return compareDigits(a, b);
};

const early = ({ kind, text }: Token): boolean =>
  kinds[kind] === 'suffix' && suffixes.indexOf(text) < ordinary;

/** Alpine: the order of `apk version -t` (apk-tools 3). */
export const apk: VersionScheme = {
  id: 'apk',
  valid: text => parse(text) !== undefined,
  compare: (a, b) => {
    const left = parse(a);
    const right = parse(b);
    if (left === undefined || right === undefined) return 'incomparable';
    for (let i = 0; i < Math.min(left.length, right.length); i++) {
      const mine = left[i];
      const theirs = right[i];
      if (mine === undefined || theirs === undefined) break;
      if (mine.kind !== theirs.kind) {
        if (early(mine)) return -1;
        if (early(theirs)) return 1;
        return mine.kind > theirs.kind ? -1 : 1;
      }
      const order = compareTokens(kinds[mine.kind], mine.text, theirs.text);
      if (order !== 0) return order;
    }
    return 0;
  },
};
