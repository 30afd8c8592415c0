import type { Pattern } from '../sigma/nodes.ts';
import { fold } from './fold.ts';
import { findPart } from './long-find.ts';
import { regexTest, type TextTest } from './regex.ts';

/** A pattern by what has to be done for it; texts are folded where case does not matter. */
export type Shape =
  /** Whatever text it is. */
  | { readonly is: 'every' }
  | { readonly is: 'whole' | 'start' | 'end' | 'within'; readonly text: string }
  /** It begins with the first and ends with the last, and the others stand between them in their order. */
  | { readonly is: 'parts'; readonly parts: readonly string[] }
  /** In the dialect of RE2, of the whole text. */
  | { readonly is: 'regex'; readonly source: string; readonly literals: readonly string[] };

export const shapeOf = (pattern: Pattern, isCased: boolean): Shape => {
  const pieces = pattern.map(piece =>
    typeof piece === 'string' && !isCased ? fold(piece) : piece,
  );
  if (pieces.some(piece => typeof piece !== 'string' && piece.wildcard === 'one')) {
    return {
      is: 'regex',
      source: String.raw`\A` + pieces.map(regexPiece).join('') + String.raw`\z`,
      literals: pieces.filter(piece => typeof piece === 'string'),
    };
  }
  const parts = splitAtMany(pieces);
  if (parts.length === 1) return { is: 'whole', text: parts[0] ?? '' };
  const [start = '', ...rest] = parts;
  const end = rest.pop() ?? '';
  const middle = rest.filter(part => part !== '');
  if (middle.length === 0) {
    if (start === '' && end === '') return { is: 'every' };
    if (end === '') return { is: 'start', text: start };
    if (start === '') return { is: 'end', text: end };
  } else if (middle.length === 1 && start === '' && end === '') {
    return { is: 'within', text: middle[0] ?? '' };
  }
  return { is: 'parts', parts: [start, ...middle, end] };
};

/** What stands before, between and behind the wildcards `*`. */
const splitAtMany = (pieces: Pattern): readonly string[] => {
  const parts = [''];
  for (const piece of pieces) {
    if (typeof piece === 'string') parts[parts.length - 1] += piece;
    else parts.push('');
  }
  return parts;
};

const regexPiece = (piece: Pattern[number]): string => {
  if (typeof piece !== 'string') return piece.wildcard === 'one' ? '.' : '.*';
  return piece
    .replaceAll(/[\\.+*?()|[\]{}^$]/g, String.raw`\$&`)
    .replaceAll('\0', String.raw`\x00`);
};

/** A text that stands in whatever the shape fits; empty where there is none. */
export const longestLiteral = (shape: Shape): string => {
  switch (shape.is) {
    case 'every':
      return '';
    case 'whole':
    case 'start':
    case 'end':
    case 'within':
      return shape.text;
    case 'parts':
      return longest(shape.parts);
    case 'regex':
      return longest(shape.literals);
  }
};

const longest = (texts: readonly string[]): string =>
  texts.reduce((one, other) => (other.length > one.length ? other : one), '');

/** Of texts that are folded as the shape is. */
export const shapeTest = (shape: Shape): TextTest => {
  switch (shape.is) {
    case 'every':
      return () => true;
    case 'whole':
      return text => text === shape.text;
    case 'start':
      return text => text.startsWith(shape.text);
    case 'end':
      return text => text.endsWith(shape.text);
    case 'within':
      return text => findPart(text, shape.text, 0) >= 0;
    case 'parts':
      return partsTest(shape.parts);
    case 'regex':
      return regexTest(shape.source, ['s']);
  }
};

const partsTest = (parts: readonly string[]): TextTest => {
  const start = parts[0] ?? '';
  const end = parts.at(-1) ?? '';
  const middle = parts.slice(1, -1);
  return text => {
    if (text.length < start.length + end.length) return false;
    if (!text.startsWith(start) || !text.endsWith(end)) return false;
    let at = start.length;
    for (const part of middle) {
      at = findPart(text, part, at);
      if (at < 0) return false;
      at += part.length;
    }
    return at <= text.length - end.length;
  };
};
