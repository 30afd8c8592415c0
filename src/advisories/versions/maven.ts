import {
  compareDigits,
  compareNumbers,
  compareText,
  type VersionScheme,
  versionLengthMax,
} from '../version-scheme.ts';

/** A number, a qualifier, or the list that a hyphen, or a letter beside a digit, opens. */
type Item =
  | { readonly kind: 'number'; readonly digits: string }
  | { readonly kind: 'word'; readonly word: string }
  | { readonly kind: 'list'; readonly items: Item[] };

const qualifiers = ['alpha', 'beta', 'milestone', 'rc', 'snapshot', '', 'sp'];
const aliases = new Map([
  ['cr', 'rc'],
  ['ga', ''],
  ['final', ''],
  ['release', ''],
]);
/** Only where a number follows at once: `1.0-a1` is an alpha, `1.0-a` and `1.0-a-1` are not. */
const letters = new Map([
  ['a', 'alpha'],
  ['b', 'beta'],
  ['m', 'milestone'],
]);

const token = /(\d+)|([^.\-\d]+)|[.-]/y;

/** The lists of a version, each within the one before it. */
const build = (text: string): Item[][] => {
  let list: Item[] = [];
  const lists = [list];
  const nest = (): void => {
    const inner: Item[] = [];
    list.push({ kind: 'list', items: inner });
    list = inner;
    lists.push(inner);
  };
  for (let at = 0; at < text.length; ) {
    token.lastIndex = at;
    const [all = '', digits, word] = token.exec(text) ?? [];
    if (all === '') break;
    at += all.length;
    const separator = digits === undefined && word === undefined;
    // Nothing between two separators is a zero.
    const next = separator ? all : text[at];
    if (word === undefined) {
      list.push({ kind: 'number', digits: digits ?? '0' });
    } else {
      const numbered = next !== undefined && next !== '.' && next !== '-';
      // `1.rc1` and `1.rc` are `1-rc1` and `1-rc`.
      if ((numbered || next === undefined) && list.length > 0) nest();
      const full = (numbered ? letters.get(word) : undefined) ?? word;
      list.push({ kind: 'word', word: aliases.get(full) ?? full });
    }
    if (next !== undefined && next !== '.') nest();
    if (!separator && (next === '.' || next === '-')) at += 1;
  }
  return lists;
};

const isNull = (item: Item): boolean => {
  switch (item.kind) {
    case 'number':
      return /^0+$/.test(item.digits);
    case 'word':
      return item.word === '';
    case 'list':
      return item.items.length === 0;
  }
};

/** `1.0.0-rc` is `1-rc` and `1-ga-1` is `1-1`; but `1-final-redhat` is no newer than `1-sp1-redhat`. */
const isSuperfluous = (item: Item, next: Item | undefined): boolean => {
  if (!isNull(item) || next?.kind === 'number') return false;
  const qualified = next?.kind === 'list' && next.items[0]?.kind === 'word';
  return !(item.kind === 'word' && qualified);
};

/** Drops what is nothing at the end and before a qualifier or a hyphen. */
const trim = (list: Item[], isInner: boolean): void => {
  for (let i = list.length - 1; i >= 0; i--) {
    const item = list[i];
    if (item !== undefined && isSuperfluous(item, list[i + 1])) list.splice(i, 1);
  }
  const [only, ...others] = list;
  if (isInner && only?.kind === 'list' && others.length === 0) list.splice(0, 1, ...only.items);
};

const parse = (text: string): readonly Item[] | undefined => {
  // Maven takes any text for a version; without a digit it is a word, such as `unknown`.
  if (text.length > versionLengthMax || !/^[\w.+~-]*\d[\w.+~-]*$/.test(text)) return undefined;
  const lists = build(text.toLowerCase());
  for (const [i, list] of [...lists.entries()].reverse()) trim(list, i > 0);
  return lists[0];
};

/** Unknown qualifiers come after the known ones, in the order of their letters. */
const compareWords = (a: string, b: string): -1 | 0 | 1 => {
  const rank = (word: string): number => {
    const known = qualifiers.indexOf(word);
    return known < 0 ? qualifiers.length : known;
  };
  const order = compareNumbers(rank(a), rank(b));
  return order !== 0 || rank(a) < qualifiers.length ? order : compareText(a, b);
};

const flip = (order: -1 | 0 | 1): -1 | 0 | 1 => (order === 0 ? 0 : order === 1 ? -1 : 1);

/** Against a version that ends here. */
const compareEnd = (item: Item): -1 | 0 | 1 => {
  switch (item.kind) {
    case 'number':
      return isNull(item) ? 0 : 1;
    case 'word':
      return compareWords(item.word, '');
    case 'list':
      return compareItems(item.items, []);
  }
};

/** Numbers before all else; a qualifier counts as the list that holds nothing but it. */
const compareItem = (a: Item, b: Item): -1 | 0 | 1 => {
  if (a.kind === 'number' || b.kind === 'number') {
    if (a.kind !== 'number') return -1;
    return b.kind === 'number' ? compareDigits(a.digits, b.digits) : 1;
  }
  if (a.kind === 'word' && b.kind === 'word') return compareWords(a.word, b.word);
  return compareItems(a.kind === 'list' ? a.items : [a], b.kind === 'list' ? b.items : [b]);
};

const compareItems = (a: readonly Item[], b: readonly Item[]): -1 | 0 | 1 => {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const left = a[i];
    const right = b[i];
    if (left === undefined && right === undefined) break;
    const order =
      left === undefined
        ? flip(right === undefined ? 0 : compareEnd(right))
        : right === undefined
          ? compareEnd(left)
          : compareItem(left, right);
    if (order !== 0) return order;
  }
  return 0;
};

/** Java artifacts: the order of Maven's "Version Order Specification" (POM reference). */
export const maven: VersionScheme = {
  id: 'maven',
  valid: text => parse(text) !== undefined,
  compare: (a, b) => {
    const left = parse(a);
    const right = parse(b);
    return left === undefined || right === undefined ? 'incomparable' : compareItems(left, right);
  },
};
