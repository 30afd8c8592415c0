import { RE2JS } from 're2js';
import type { Comparison } from '../sigma/nodes.ts';
import { CannotSay } from './cannot-say.ts';
import { textLiteral, wellFormed } from './literal.ts';

type RegexComparison = Extract<Comparison, { is: 'regex' }>;

/** Instructions that RE2 holds in the memory that DuckDB gives it, with room to spare. */
const instructionsMax = 100_000;
/** How many bytes-wise instructions a class of characters comes to that is not of ASCII alone. */
const perUnicodeClass = 700;
const perOtherClass = 12;

/** DuckDB's RE2 knows named groups in Python's way only. */
const withPythonNames = (source: string): string =>
  source.replaceAll(/\\.|\(\?<(?=[A-Za-z_])/gs, part => (part === '(?<' ? '(?P<' : part));

const sizeOf = (source: string): number => {
  const weight = /\\[pP]/.test(source)
    ? perUnicodeClass
    : /\[\^|\\[DSW]|\.|[^\0-\x7f]/.test(source)
      ? perOtherClass
      : 1;
  return RE2JS.compile(source).programSize() * weight;
};

/**
 * DuckDB makes prefixes and LIKE of simple patterns, and errs where anchors stand in odd places (`k^`, `\A(?:)`): it
 * leaves patterns with a group alone. What is literal through and through, it may take for a part of the text.
 */
const asItStands = (pattern: string): string =>
  /^[\w -]+$/.test(pattern) ? pattern : `(${pattern})`;

/** @throws CannotSay */
export const regexCondition = (text: string, { source, flags }: RegexComparison): string => {
  if (wellFormed(source) !== source) throw new CannotSay('a pattern holds half of a character');
  if (sizeOf(source) > instructionsMax)
    throw new CannotSay(`the pattern ${source.slice(0, 60)} is too large for DuckDB`);
  const pattern = asItStands(withPythonNames(source));
  return `regexp_matches(${text}, ${textLiteral(flags.length === 0 ? pattern : `(?${[...flags].sort().join('')})${pattern}`)})`;
};
