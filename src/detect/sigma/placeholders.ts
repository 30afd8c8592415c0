import type { Dash } from './dashes.ts';
import { Mistake } from './mistake.ts';
import { isWildcard, parsePattern, quoteForRegex, type Wildcard } from './pattern.ts';

/** What `%name%` stands for: values as Sigma writes them, wildcards included, of which any will do. */
export type Placeholders = ReadonlyMap<string, readonly string[]>;

type Piece = string | Wildcard | Dash;

/** Values that one value may become. */
const valuesMax = 100_000;

const inPattern = /\\%|%(\w+)%/g;
/** An escaped backslash stays one, whatever comes behind it. */
const inRegex = /\\\\|\\%|%(\w+)%/g;

/** A text cut at its placeholders; `\%` is a percent sign. */
const cut = (
  text: string,
  placeholder: RegExp,
): readonly (string | { readonly name: string })[] => {
  const out: (string | { name: string })[] = [];
  let from = 0;
  let plain = '';
  for (const match of text.matchAll(placeholder)) {
    plain += text.slice(from, match.index);
    from = match.index + match[0].length;
    const [whole, name] = match;
    if (name === undefined) plain += whole === '\\%' ? '%' : whole;
    else {
      out.push(plain, { name });
      plain = '';
    }
  }
  out.push(plain + text.slice(from));
  return out.filter(each => each !== '');
};

const valuesOf = (name: string, placeholders: Placeholders, at: number): readonly string[] => {
  const values = placeholders.get(name) ?? placeholders.get(name.toLowerCase());
  if (values === undefined || values.length === 0) {
    throw new Mistake(`nothing is said to stand for the placeholder %${name}%`, at);
  }
  return values;
};

/** Pieces of all the texts that one value may become. */
const piecesMax = 4_000_000;

const combine = <T>(choices: readonly (readonly T[])[], at: number): readonly (readonly T[])[] => {
  const count = choices.reduce((product, { length }) => product * length, 1);
  if (count > valuesMax) {
    throw new Mistake(`its placeholders make more than ${valuesMax} values`, at);
  }
  if (count * choices.length > piecesMax) {
    throw new Mistake(`its placeholders make more than ${piecesMax} pieces of text`, at);
  }
  let out: T[][] = [[]];
  for (const choice of choices) {
    const [only] = choice;
    if (choice.length === 1 && only !== undefined) for (const each of out) each.push(only);
    else {
      const before = out;
      out = choice.flatMap(each => before.map(rest => [...rest, each]));
    }
  }
  return out;
};

/** A text with every combination of what its placeholders stand for. */
export const expandPattern = (
  pieces: readonly Piece[],
  placeholders: Placeholders,
  at: number,
): readonly (readonly Piece[])[] => {
  const parts = pieces.flatMap((piece): readonly (Piece | { readonly name: string })[] =>
    typeof piece === 'string' ? cut(piece, inPattern) : [piece],
  );
  const choices = parts.map((part): readonly (readonly Piece[])[] =>
    typeof part === 'object' && 'name' in part
      ? valuesOf(part.name, placeholders, at).map(parsePattern)
      : [[part]],
  );
  return combine(choices, at).map(combination => combination.flat());
};

/** The same within a regular expression, where a placeholder stands for the text itself. */
export const expandRegex = (
  source: string,
  placeholders: Placeholders,
  at: number,
): readonly string[] => {
  const choices = cut(source, inRegex).map(part =>
    typeof part === 'string'
      ? [part]
      : valuesOf(part.name, placeholders, at).map(value => `(?:${asRegex(value)})`),
  );
  return combine(choices, at).map(combination => combination.join(''));
};

const asRegex = (value: string): string =>
  parsePattern(value)
    .map(piece => {
      if (!isWildcard(piece)) return quoteForRegex(piece);
      return piece.wildcard === 'one' ? '(?s:.)' : '(?s:.*)';
    })
    .join('');
