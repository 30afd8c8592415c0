import type { Pattern, PatternPiece } from './nodes.ts';

export type Wildcard = Exclude<PatternPiece, string>;

const one: Wildcard = Object.freeze({ wildcard: 'one' });
export const many: Wildcard = Object.freeze({ wildcard: 'many' });

/**
 * A value as Sigma writes it, taken apart: `*` and `?` are wildcards unless a backslash stands before them, two
 * backslashes are one, a backslash before anything else is itself.
 */
export const parsePattern = (text: string): PatternPiece[] => {
  if (!/[*?\\]/.test(text)) return text === '' ? [] : [text];
  const pieces: PatternPiece[] = [];
  let plain = '';
  const flush = (): void => {
    if (plain !== '') pieces.push(plain);
    plain = '';
  };
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    const next = text.charAt(at + 1);
    if (char === '\\' && (next === '*' || next === '?' || next === '\\')) {
      plain += next;
      at++;
      // A backslash that was escaped itself escapes no placeholder.
      if (next === '\\' && text.charAt(at + 1) === '%') flush();
    } else if (char === '*' || char === '?') {
      flush();
      pieces.push(char === '*' ? many : one);
    } else plain += char;
  }
  flush();
  return pieces;
};

/** Adjacent texts joined, empty ones and repeated `*` left out. */
export const tidy = (pieces: Iterable<PatternPiece>): Pattern => {
  const out: PatternPiece[] = [];
  for (const piece of pieces) {
    const last = out.at(-1);
    if (piece === '') continue;
    if (typeof piece === 'string' && typeof last === 'string') out[out.length - 1] = last + piece;
    else if (piece === last && piece === many) continue;
    else out.push(piece);
  }
  return Object.freeze(out);
};

/** Literal text in the dialect of RE2. */
export const quoteForRegex = (text: string): string =>
  text.replaceAll(/[\\.+*?()|[\]{}^$/-]/g, String.raw`\$&`).replaceAll('\0', String.raw`\x00`);

export const isWildcard = (piece: unknown): piece is Wildcard =>
  typeof piece === 'object' && piece !== null && 'wildcard' in piece;
