import type { Wildcard } from './pattern.ts';

/** Where one of the dashes that Windows programs take for each other stands before a word. */
export type Dash = { readonly dash: string };

/** Hyphen, slash, en dash, em dash, horizontal bar. */
export const dashes: readonly string[] = ['-', '/', '\u2013', '\u2014', '\u2015'];

const wordCharacter = /[\p{L}\p{N}_]/u;

/** Takes a text apart at its dashes: those that begin a word, and do not stand within or behind one. */
export const markDashes = (text: string): readonly (string | Dash)[] => {
  const out: (string | Dash)[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (!dashes.includes(char)) continue;
    const behind = at > 0 && wordCharacter.test(characterBefore(text, at));
    const ahead = wordCharacter.test(String.fromCodePoint(text.codePointAt(at + 1) ?? 0x20));
    if (behind || !ahead) continue;
    if (at > from) out.push(text.slice(from, at));
    out.push({ dash: char });
    from = at + 1;
  }
  if (from < text.length) out.push(text.slice(from));
  return out;
};

const characterBefore = (text: string, at: number): string => {
  const low = text.charCodeAt(at - 1);
  const pair = low >= 0xdc00 && low <= 0xdfff && at > 1;
  return pair ? text.slice(at - 2, at) : text.charAt(at - 1);
};

/** All texts that a text with dashes stands for, the one as written first; undefined where they are more than `max`. */
export const expandDashes = (
  pieces: readonly (string | Wildcard | Dash)[],
  max: number,
): readonly (readonly (string | Wildcard)[])[] | undefined => {
  const count = pieces.filter(isDash).length;
  if (dashes.length ** count > max) return undefined;
  let out: (string | Wildcard)[][] = [[]];
  for (const piece of pieces) {
    if (!isDash(piece)) for (const each of out) each.push(piece);
    else {
      const others = dashes.filter(each => each !== piece.dash);
      out = out.flatMap(each => [piece.dash, ...others].map(dash => [...each, dash]));
    }
  }
  return out;
};

export const isDash = (piece: unknown): piece is Dash =>
  typeof piece === 'object' && piece !== null && 'dash' in piece;
