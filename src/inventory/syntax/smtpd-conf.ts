import type { FileView } from '../../core/files.ts';
import type { Place } from '../../core/place.ts';

/** One directive of smtpd.conf(5): its words, macros put in; `{`, `}`, `,` and `=` are words. */
export interface SmtpdStatement {
  readonly words: readonly string[];
  readonly because: Place;
}

export interface SmtpdConf {
  readonly statements: readonly SmtpdStatement[];
  /** What smtpd would stop at, or what it reads and this reader could not. */
  readonly problems: readonly { readonly place: Place; readonly why: string }[];
}

const wordsMax = 50_000;
const includeDepthMax = 5;
const filesMax = 50;

interface Word {
  readonly text: string;
  readonly bare: boolean;
}

/** A word that ends at a blank, a quote or a mark; quotes may hold blanks, and `\"`. */
const readWord = (text: string, from: number): { readonly word: Word; readonly to: number } => {
  if (text.charAt(from) === '"') {
    let out = '';
    let i = from + 1;
    for (; i < text.length && text.charAt(i) !== '"' && text.charAt(i) !== '\n'; i++) {
      if (text.charAt(i) === '\\' && i + 1 < text.length) i += 1;
      out += text.charAt(i);
    }
    return { word: { text: out, bare: false }, to: i + 1 };
  }
  let to = from;
  while (to < text.length && !/[\s"{},=#]/.test(text.charAt(to))) to += 1;
  return { word: { text: text.slice(from, to), bare: true }, to };
};

/** Words of each directive: a line, more where a brace is open or a backslash ends it. */
const cut = (
  text: string,
): readonly {
  readonly words: readonly Word[];
  readonly line: number;
  readonly isOpen?: true;
}[] => {
  const out: { words: Word[]; line: number; isOpen?: true }[] = [];
  let words: Word[] = [];
  let line = 1;
  let from = 1;
  let depth = 0;
  let count = 0;
  const end = (): void => {
    if (words.length > 0) out.push({ words, line: from });
    words = [];
  };
  for (let i = 0; i < text.length && count < wordsMax; ) {
    const c = text.charAt(i);
    if (c === '\n') {
      if (depth === 0) end();
      line += 1;
      i += 1;
    } else if (c === '\\' && text.charAt(i + 1) === '\n') {
      line += 1;
      i += 2;
    } else if (/\s/.test(c)) i += 1;
    else if (c === '#') {
      while (i < text.length && text.charAt(i) !== '\n') i += 1;
    } else {
      if (words.length === 0) from = line;
      count += 1;
      if ('{},='.includes(c)) {
        depth = Math.max(0, depth + (c === '{' ? 1 : c === '}' ? -1 : 0));
        words.push({ text: c, bare: true });
        i += 1;
      } else {
        const { word, to } = readWord(text, i);
        words.push(word);
        i = Math.max(to, i + 1);
      }
    }
  }
  const last = out.length;
  end();
  const unclosed = out[last];
  if (unclosed !== undefined && depth > 0) unclosed.isOpen = true;
  return out;
};

/** Reads smtpd.conf(5) with what it includes. */
export const readSmtpdConf = (files: FileView, first: string): SmtpdConf => {
  const statements: SmtpdStatement[] = [];
  const problems: { place: Place; why: string }[] = [];
  const macros = new Map<string, string>();
  let opened = 0;
  const put = ({ text, bare }: Word): string =>
    bare && text.startsWith('$') ? (macros.get(text.slice(1)) ?? text) : text;
  const readFile = (path: string, depth: number): void => {
    opened += 1;
    for (const { words, line, isOpen } of cut(files.text(path) ?? '')) {
      const place = { path, line };
      if (isOpen === true) problems.push({ place, why: 'opens a brace that nothing closes' });
      const [name, second] = words;
      if (name?.bare === true && second?.text === '=' && second.bare) {
        const value = words.slice(2).map(put).join(' ');
        macros.set(name.text, value.slice(0, 4_000));
        continue;
      }
      const all = words.map(put);
      if (all[0] !== 'include') {
        statements.push({ words: all, because: place });
        continue;
      }
      const target = all[1] ?? '';
      if (depth >= includeDepthMax || opened >= filesMax) {
        problems.push({ place, why: 'includes deeper than anybody nests files' });
      } else if (files.stat(target)?.kind !== 'file') {
        problems.push({ place, why: `includes ${target.slice(0, 300)}, which is not there` });
      } else readFile(target, depth + 1);
    }
  };
  if (files.stat(first)?.kind === 'file') readFile(first, 0);
  return { statements, problems };
};
