import { blank, isBlank } from './postfix-lines.ts';

/** One element of a list, with its place in the text that it was cut from. */
export interface Token {
  readonly text: string;
  readonly offset: number;
}

const commaOrBlank = `,${blank}`;

/** Cuts at `separators`, but never inside `{…}` (`mystrtokq`). */
export const cut = (text: string, separators: string = commaOrBlank): readonly Token[] => {
  const out: Token[] = [];
  let start = -1;
  let depth = 0;
  for (let i = 0; i <= text.length; i++) {
    const c = text.charAt(i);
    const ends = i === text.length || (depth <= 0 && separators.includes(c));
    if (ends) {
      if (start >= 0) out.push({ text: text.slice(start, i), offset: start });
      start = -1;
      depth = 0;
      continue;
    }
    if (start < 0) start = i;
    if (c === '{') depth += 1;
    else if (c === '}') depth -= 1;
  }
  return out;
};

/** What stands between the braces of `{ … }`, or undefined when the token is not one whole group. */
export const unbrace = (token: Token): Token | undefined => {
  const { text } = token;
  if (!text.startsWith('{')) return undefined;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    if (c === '{') depth += 1;
    else if (c === '}') {
      depth -= 1;
      if (depth > 0) continue;
      if (i !== text.length - 1) return undefined;
      let from = 1;
      while (from < i && isBlank(text.charAt(from))) from += 1;
      return { text: text.slice(from, i).trimEnd(), offset: token.offset + from };
    }
  }
  return undefined;
};

/** A lookup table as `type:name`, with the proxies and combinators that it stood in. */
export interface TableSpec {
  readonly type: string;
  readonly name: string;
  /** `proxy`, `unionmap`, `pipemap`: from the outside in. */
  readonly through: readonly string[];
  readonly offset: number;
}

const depthMax = 8;
const combinators: ReadonlySet<string> = new Set(['unionmap', 'pipemap']);

/**
 * The tables that one list element leads to; none when it is not a table. `proxy:` and the
 * combinators are opened; randmap holds plain results (DATABASE_README).
 */
export const tablesOf = (token: Token, through: readonly string[] = []): readonly TableSpec[] => {
  const negated = token.text.startsWith('!') ? 1 : 0;
  const match = /^([A-Za-z][\w-]*):/.exec(token.text.slice(negated, negated + 64));
  const type = match?.[1];
  if (type === undefined || through.length > depthMax) return [];
  const skip = negated + type.length + 1;
  const rest: Token = { text: token.text.slice(skip), offset: token.offset + skip };
  if (type === 'proxy') return tablesOf(rest, [...through, type]);
  if (!combinators.has(type)) {
    return [{ type, name: rest.text, through, offset: token.offset }];
  }
  const inner = unbrace(rest);
  if (inner === undefined) return [];
  return cut(inner.text).flatMap(({ text, offset }) =>
    tablesOf({ text, offset: inner.offset + offset }, [...through, type]),
  );
};
