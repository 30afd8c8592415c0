import { type Shape, shapeOf } from '../matching/text-test.ts';
import type { Comparison } from '../sigma/nodes.ts';
import { textLiteral, wellFormed } from './literal.ts';

type TextComparison = Extract<Comparison, { is: 'text' }>;

/** Up to so many texts are written one by one; more of them are one regular expression. */
const writtenMax = 4;
/** An `IN` of more is slow to plan. */
const inMax = 50;
/** Characters of one alternation; what is longer does not fit into RE2's memory. */
const alternationMax = 60_000;

/** Literal text in the dialect of RE2. */
const quoted = (text: string): string =>
  wellFormed(text)
    .replaceAll(/[\\.+*?()|[\]{}^$]/g, String.raw`\$&`)
    .replaceAll(/[\0-\x1f\x7f]/g, each => `\\x{${(each.codePointAt(0) ?? 0).toString(16)}}`);

const matches = (text: string, pattern: string): string =>
  `regexp_matches(${text}, ${textLiteral(pattern)})`;

/** One alternation, or several of them where one would be too long. */
const alternations = (
  text: string,
  alternatives: readonly string[],
  around: (alternation: string) => string,
): readonly string[] => {
  const conditions: string[] = [];
  let begun: string[] = [];
  let length = 0;
  const flush = (): void => {
    if (begun.length > 0) conditions.push(matches(text, around(`(?:${begun.join('|')})`)));
    begun = [];
    length = 0;
  };
  // Sorted, so that RE2 sees what they begin with in common.
  for (const alternative of [...new Set(alternatives)].sort()) {
    if (length + alternative.length > alternationMax) flush();
    begun.push(alternative);
    length += alternative.length + 1;
  }
  flush();
  return conditions;
};

const any = (conditions: readonly string[]): string =>
  conditions.length === 1 ? (conditions[0] ?? '') : `(${conditions.join(' OR ')})`;

type Literal = Extract<Shape, { is: 'whole' | 'start' | 'end' | 'within' }>['is'];

const byLiteral: Readonly<
  Record<
    Literal,
    {
      readonly written: (text: string, literal: string) => string;
      readonly around: (alternation: string) => string;
    }
  >
> = {
  whole: {
    written: (text, literal) => `${text} = ${literal}`,
    around: alternation => String.raw`\A${alternation}\z`,
  },
  start: {
    written: (text, literal) => `starts_with(${text}, ${literal})`,
    around: alternation => String.raw`\A${alternation}`,
  },
  end: {
    written: (text, literal) => `ends_with(${text}, ${literal})`,
    around: alternation => String.raw`${alternation}\z`,
  },
  within: {
    written: (text, literal) => `contains(${text}, ${literal})`,
    around: alternation => alternation,
  },
};

const literalConditions = (
  kind: Literal,
  text: string,
  literals: readonly string[],
): readonly string[] => {
  const { written, around } = byLiteral[kind];
  if (literals.length <= writtenMax || (kind === 'whole' && literals.length <= inMax)) {
    const all = literals.map(textLiteral);
    return kind === 'whole' && all.length > 1
      ? [`${text} IN (${all.join(', ')})`]
      : all.map(literal => written(text, literal));
  }
  return alternations(text, literals.map(quoted), around);
};

const patternOf = (shape: Extract<Shape, { is: 'parts' | 'regex' }>): string =>
  shape.is === 'regex'
    ? wellFormed(shape.source).replaceAll(
        /[\0-\x1f\x7f]/g,
        each => `\\x{${(each.codePointAt(0) ?? 0).toString(16)}}`,
      )
    : String.raw`\A${shape.parts.map(quoted).join('.*')}\z`;

/**
 * Whether a text fits one of some patterns, which all look at case or all do not. However many they are, the text is
 * looked at a few times.
 */
export const textsCondition = (text: string, compares: readonly TextComparison[]): string => {
  const isCased = compares[0]?.cased === true;
  const folded = isCased ? text : `lower(${text})`;
  const shapes = compares.map(({ pattern }) => shapeOf(pattern, isCased));
  if (shapes.some(({ is }) => is === 'every')) return `${text} IS NOT NULL`;
  const conditions: string[] = [];
  for (const kind of ['whole', 'start', 'end', 'within'] as const) {
    const literals = shapes.flatMap(shape => (shape.is === kind ? [shape.text] : []));
    conditions.push(...literalConditions(kind, folded, [...new Set(literals)]));
  }
  const patterns = shapes.flatMap(shape =>
    shape.is === 'parts' || shape.is === 'regex' ? [patternOf(shape)] : [],
  );
  conditions.push(...alternations(folded, patterns, alternation => `(?s)${alternation}`));
  return any(conditions);
};
