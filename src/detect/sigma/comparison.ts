import { RE2JS } from 're2js';
import { dashes, expandDashes, isDash } from './dashes.ts';
import { bytesAsText } from './encodings.ts';
import { Mistake, shown } from './mistake.ts';
import type { Comparison } from './nodes.ts';
import { isWildcard, many, quoteForRegex, tidy } from './pattern.ts';
import type { Position, TextValue, Value } from './value.ts';

/** Texts with dashes that are written out; more of them become one regular expression. */
const writtenOutMax = 125;

/** What all patterns of a rule together may come to. */
export class PatternBudget {
  private repeats = 0;

  /** Linear time is the length of the text times that of the pattern, its repeats written out. */
  spend(source: string, programSize: number, at: number): void {
    this.repeats += Math.max(0, programSize - source.length);
    const signs = source.match(/[*+?{]/g)?.length ?? 0;
    if (this.repeats > repeatsMax || signs > signsMax) {
      throw new Mistake(`the repeats of ${shown(source)} come to too much`, at);
    }
  }
}

/** Instructions: with so many, a text of 10,000 characters takes a second at worst. */
const repeatsMax = 5_000;
const signsMax = 1_000;

/** What a value has become after its last modifier: comparisons, one of which must hold. */
export const comparisonsOf = (
  value: Value,
  cased: boolean,
  at: number,
  budget: PatternBudget,
): readonly Comparison[] => {
  switch (value.is) {
    case 'text':
      return texts(value, cased, at);
    case 'bytes': {
      const pieces = bytesAsText(value.parts);
      if (pieces === undefined) {
        throw new Mistake(
          'UTF-16 of letters beyond ASCII can only be looked for in Base64: base64 or base64offset must follow',
          at,
        );
      }
      const { openBefore, openAfter } = value;
      return texts({ is: 'text', pieces, openBefore, openAfter }, cased, at);
    }
    case 'regex':
      return [regex(value, cased, at, budget)];
    case 'field':
      return [{ is: 'field', field: value.field, where: where(value), cased }];
    case 'number':
      if (value.part !== undefined) {
        const { part, relation } = value;
        return [{ is: 'time', part, relation, value: value.value }];
      }
      return numbers(value, cased);
    case 'network':
      return [{ is: 'cidr', network: value.network }];
    case 'exists':
      return [{ is: 'exists', wanted: value.wanted }];
    case 'boolean':
      return [{ is: 'boolean', value: value.value }];
    case 'null':
      return [{ is: 'null' }];
  }
};

/** `0x1410` is a number to YAML, and that text in a log. */
const notDecimal = /^0[xo]/i;

const numbers = (
  { relation, value, source }: Extract<Value, { is: 'number' }>,
  cased: boolean,
): readonly Comparison[] => {
  const number: Comparison = { is: 'number', relation, value };
  if (relation !== 'eq' || !notDecimal.test(source)) return [number];
  return [number, { is: 'text', pattern: Object.freeze([source]), cased }];
};

const where = ({ openBefore, openAfter }: Position): 'whole' | 'within' | 'start' | 'end' => {
  if (openBefore) return openAfter ? 'within' : 'end';
  return openAfter ? 'start' : 'whole';
};

const texts = (value: TextValue, cased: boolean, at: number): readonly Comparison[] => {
  checkSize(value, at);
  const all = expandDashes(value.pieces, writtenOutMax);
  if (all === undefined) return [dashedRegex(value, cased)];
  return all.map(pieces => ({
    is: 'text',
    pattern: tidy([
      ...(value.openBefore ? [many] : []),
      ...pieces,
      ...(value.openAfter ? [many] : []),
    ]),
    cased,
  }));
};

/** With wildcards for one character, or more dashes than are written out, a text is looked for by a pattern. */
const checkSize = ({ pieces }: TextValue, at: number): void => {
  let length = 0;
  let signs = 0;
  let isPattern = false;
  for (const piece of pieces) {
    if (typeof piece === 'string') length += piece.length;
    else {
      signs++;
      if (isDash(piece) || piece.wildcard === 'one') isPattern = true;
    }
  }
  if (signs > signsMax || (isPattern && length > regexMax)) {
    throw new Mistake(
      `a text of more than ${signsMax} wildcards and dashes, or ${regexMax} characters around them`,
      at,
    );
  }
};

/** The same as all of the texts, in a size that does not double with each dash. */
const dashedRegex = (value: TextValue, cased: boolean): Comparison => {
  const body = value.pieces.map(piece => {
    if (isDash(piece)) return `[${dashes.map(quoteForRegex).join('')}]`;
    if (isWildcard(piece)) return piece.wildcard === 'one' ? '.' : '.*';
    return quoteForRegex(piece);
  });
  const source = `${value.openBefore ? '' : String.raw`\A`}${body.join('')}${value.openAfter ? '' : String.raw`\z`}`;
  return { is: 'regex', source, flags: cased ? ['s'] : ['i', 's'] };
};

/** Characters: the longest of SigmaHQ's has a few hundred, and one of a million takes seconds to compile. */
const regexMax = 32_768;

type RegexValue = Extract<Value, { is: 'regex' }>;

const regex = (
  value: RegexValue,
  cased: boolean,
  at: number,
  budget: PatternBudget,
): Comparison => {
  if (cased && value.flags.has('i')) throw new Mistake("'cased' and 'i' contradict each other", at);
  if (value.source.length > regexMax) {
    throw new Mistake(`a regular expression of more than ${regexMax} characters`, at);
  }
  const flags = (['i', 'm', 's'] as const).filter(flag => value.flags.has(flag));
  let programSize: number;
  try {
    programSize = RE2JS.compile(value.source, flagBits(flags)).programSize();
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : 'not understood';
    throw new Mistake(
      `the regular expression ${shown(value.source)} is not one of RE2: ${why}`,
      at,
    );
  }
  budget.spend(value.source, programSize, at);
  // A search finds a pattern anywhere; whoever says where, means it.
  const bound = value.openBefore !== value.openAfter;
  if (!bound) return { is: 'regex', source: value.source, flags };
  const source = value.openAfter
    ? String.raw`\A(?:${value.source})`
    : String.raw`(?:${value.source})\z`;
  return { is: 'regex', source, flags };
};

const flagBits = (flags: readonly ('i' | 'm' | 's')[]): number => {
  let bits = 0;
  if (flags.includes('i')) bits |= RE2JS.CASE_INSENSITIVE;
  if (flags.includes('m')) bits |= RE2JS.MULTILINE;
  if (flags.includes('s')) bits |= RE2JS.DOTALL;
  return bits;
};
