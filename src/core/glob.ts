/** What one path segment must look like. */
export interface SegmentPattern {
  test(name: string): boolean;
}

/** One character of a pattern; `*` stands for any number of them. */
type Token = '*' | ((character: string) => boolean);

const segmentCharsMax = 4_096;
const alternativesMax = 256;

/** `a{b,c}d` as `abd` and `acd`. Braces within braces are plain characters. */
const alternativesOf = (segment: string): readonly string[] => {
  let out = [''];
  for (let at = 0; at < segment.length; ) {
    const open = segment.indexOf('{', at);
    const close = open < 0 ? -1 : segment.indexOf('}', open);
    if (close < 0) return out.map(each => each + segment.slice(at));
    const choices = segment.slice(open + 1, close).split(',');
    const before = segment.slice(at, open);
    if (out.length * choices.length > alternativesMax) return [segment];
    out = out.flatMap(each => choices.map(choice => each + before + choice));
    at = close + 1;
  }
  return out;
};

/** A set `[a-z]`, `[!a-z]`; undefined for one such as `[z-a]`. */
const setOf = (inner: string): Token | undefined => {
  const set = inner.replace(/[\\\]]/g, '\\$&');
  try {
    const pattern = new RegExp(`^[${set.startsWith('!') ? `^${set.slice(1)}` : set}]$`, 'u');
    return character => pattern.test(character);
  } catch {
    return undefined;
  }
};

const tokensOf = (text: string): readonly Token[] => {
  const literally = Array.from(
    text,
    (wanted): Token =>
      character =>
        character === wanted,
  );
  const out: Token[] = [];
  const characters = Array.from(text);
  for (let i = 0; i < characters.length; i++) {
    const c = characters[i] ?? '';
    const end = c === '[' ? characters.indexOf(']', i + 2) : -1;
    if (c === '*') {
      if (out.at(-1) !== '*') out.push('*');
    } else if (c === '?') out.push(character => character !== '/');
    else if (end > 0) {
      const set = setOf(characters.slice(i + 1, end).join(''));
      // A set that is none: the whole segment names only itself.
      if (set === undefined) return literally;
      out.push(set);
      i = end;
    } else out.push(character => character === c);
  }
  return out;
};

/** Goes back to the last `*` alone, so that many of them cost no more than one for each character. */
const matches = (tokens: readonly Token[], name: readonly string[]): boolean => {
  let t = 0;
  let i = 0;
  let starAt = -1;
  let resumeAt = 0;
  while (i < name.length) {
    const token = tokens[t];
    if (token === '*') {
      starAt = t;
      resumeAt = i;
      t += 1;
    } else if (token !== undefined && token(name[i] ?? '')) {
      t += 1;
      i += 1;
    } else if (starAt >= 0 && name[resumeAt] !== '/') {
      resumeAt += 1;
      i = resumeAt;
      t = starAt + 1;
    } else return false;
  }
  while (tokens[t] === '*') t += 1;
  return t === tokens.length;
};

/**
 * One path segment of a glob: `*`, `?`, `[…]`, `{a,b}`. Whoever writes the pattern may also name the
 * file: a regular expression with ten `*` takes hours over a long name.
 */
export const segmentPattern = (segment: string): SegmentPattern => {
  if (segment.length > segmentCharsMax) return { test: () => false };
  const all = alternativesOf(segment).map(tokensOf);
  return {
    test: name => {
      const characters = Array.from(name);
      return all.some(tokens => matches(tokens, characters));
    },
  };
};

export const hasWildcard = (text: string): boolean => /[*?[{]/.test(text);

/** What every name that matches begins with: the segment up to its first wildcard. */
export const literalPrefix = (segment: string): string => {
  const at = segment.search(/[*?[{]/);
  return at < 0 ? segment : segment.slice(0, at);
};

/** Whether a whole path matches a glob without `**`. */
export const pathMatches = (pattern: string, path: string): boolean => {
  // Thousands of patterns are asked about thousands of paths: most differ before the first wildcard.
  if (!path.startsWith(literalPrefix(pattern))) return false;
  const wanted = pattern.split('/');
  const have = path.split('/');
  return (
    wanted.length === have.length &&
    wanted.every((segment, i) => segment === have[i] || segmentPattern(segment).test(have[i] ?? ''))
  );
};
