/** Something that a string's expansion calls (spec chapter 11). */
export interface ExpansionItem {
  /** `run`, `perl`, `readsocket`, `dlfunc`, `lookup`, `if`, `acl` … */
  readonly name: string;
  /** What stands between the name and the first brace: the type of a `lookup mysql {…}`. */
  readonly head: string;
  /** The texts in braces that follow, at most four, unexpanded, each cut after 8,192 characters. */
  readonly args: readonly string[];
  /** Between the first and the second brace group: the type of a `lookup {key} lsearch {file}`. */
  readonly between: string;
}

const itemsMax = 2_000;
/** Longer than any query or command that people write. */
const argCharsMax = 8_192;

/** For each `{`, where its `}` stands. `\{` and `\}` are no braces. */
const bracePairs = (text: string): ReadonlyMap<number, number> => {
  const pairs = new Map<number, number>();
  const open: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    if (c === '\\') i += 1;
    else if (c === '{') open.push(i);
    else if (c === '}') {
      const begin = open.pop();
      if (begin !== undefined) pairs.set(begin, i);
    }
  }
  return pairs;
};

const skipSpace = (text: string, from: number): number => {
  let i = from;
  while (i < text.length && text.charCodeAt(i) <= 32) i += 1;
  return i;
};

/** Every `${name …}` of a string, nested ones too, in the order of their beginnings. */
export const expansionItems = (text: string): readonly ExpansionItem[] => {
  if (!text.includes('${')) return [];
  const pairs = bracePairs(text);
  const out: ExpansionItem[] = [];
  const begin = /\$\{\s*([a-z_]+)/g;
  for (let match = begin.exec(text); match !== null; match = begin.exec(text)) {
    if (out.length >= itemsMax) break;
    const close = pairs.get(match.index + 1) ?? text.length;
    const nameEnd = match.index + match[0].length;
    const first = text.indexOf('{', nameEnd);
    const headEnd = first < 0 || first > close ? close : first;
    const head = text.slice(nameEnd, Math.min(headEnd, nameEnd + 200)).trim();
    const args: string[] = [];
    let between = '';
    let at = first;
    while (args.length < 4 && at >= 0 && at < close && text.charAt(at) === '{') {
      const end = pairs.get(at) ?? close;
      args.push(text.slice(at + 1, Math.min(end, at + 1 + argCharsMax)));
      const next = text.indexOf('{', end);
      if (args.length === 1 && next > 0 && next < close) {
        between = text.slice(end + 1, Math.min(next, end + 201)).trim();
        at = next;
      } else at = skipSpace(text, end + 1);
    }
    out.push({ name: match[1] ?? '', head, args, between });
  }
  return out;
};
