import { Mistake, shown } from './mistake.ts';
import type { ScalarTree } from './yaml-tree.ts';

/** How operands are joined; of a rule nodes, of a correlation names of rules. */
export interface Joiner<T> {
  readonly all: (of: readonly T[]) => T;
  readonly any: (of: readonly T[]) => T;
  readonly not: (of: T) => T;
  readonly named: (name: string, at: number) => T;
  /** `1 of selection*`; undefined where there is no such thing. */
  readonly quantified?: (quantifier: string, pattern: string, at: number) => T;
  /** Brackets within each other. */
  readonly depthMax?: number;
}

/** A term of a conjunction, and whether `not` stands before it an odd number of times. */
interface Level<T> {
  readonly alternatives: T[];
  terms: T[];
  negated: boolean;
}

/** Words and brackets of a condition. */
const wordsMax = 100_000;

interface Word {
  readonly text: string;
  readonly at: number;
}

/** Each with its own place, where the condition stands as it is: on one line. */
const wordsOf = ({ source, at, verbatimAt }: ScalarTree): readonly Word[] => {
  const found: Word[] = [];
  for (const { 0: text, index } of source.matchAll(/[()|]|[^\s()|]+/g)) {
    if (found.length === wordsMax) {
      throw new Mistake(`a condition of more than ${wordsMax} words`, at);
    }
    found.push({ text, at: verbatimAt === undefined ? at : verbatimAt + index });
  }
  return found;
};

/**
 * Reads `a and not (b or 1 of c*)`: `not` binds most, then `and`, then `or`. Without recursion, so that brackets may
 * be nested as deep as somebody likes.
 */
export const readCondition = <T>(condition: ScalarTree, joiner: Joiner<T>): T => {
  const words = wordsOf(condition);
  if (words.length === 0) throw new Mistake('the condition is empty', condition.at);
  const open: Level<T>[] = [];
  let level: Level<T> = { alternatives: [], terms: [], negated: false };
  let wantsOperand = true;

  const take = (operand: T): void => {
    level.terms.push(level.negated ? joiner.not(operand) : operand);
    level.negated = false;
    wantsOperand = false;
  };
  const close = (at: number): T => {
    if (wantsOperand) throw new Mistake('the condition ends where something is missing', at);
    return joiner.any([...level.alternatives, joiner.all(level.terms)]);
  };

  for (let index = 0; index < words.length; index++) {
    const { text: word, at } = words[index] ?? { text: '', at: condition.at };
    const lower = word.toLowerCase();
    if (word === '|') throw deprecatedPipe(words[index + 1]?.text ?? '', at);
    if (word === '(') {
      if (!wantsOperand) throw misplaced(word, at);
      open.push(level);
      if (open.length > (joiner.depthMax ?? wordsMax)) {
        throw new Mistake(`a condition of more than ${joiner.depthMax} brackets in each other`, at);
      }
      level = { alternatives: [], terms: [], negated: false };
    } else if (word === ')') {
      const outer = open.pop();
      if (outer === undefined) throw new Mistake("a ')' too many in the condition", at);
      const inner = close(at);
      level = outer;
      take(inner);
    } else if (lower === 'and' || lower === 'or') {
      if (wantsOperand) throw misplaced(word, at);
      if (lower === 'or') {
        level.alternatives.push(joiner.all(level.terms));
        level.terms = [];
      }
      wantsOperand = true;
    } else if (!wantsOperand) throw misplaced(word, at);
    else if (lower === 'not') level.negated = !level.negated;
    else if (joiner.quantified !== undefined && words[index + 1]?.text.toLowerCase() === 'of') {
      const pattern = words[index + 2]?.text;
      if (pattern === undefined || /^[()|]$/.test(pattern)) {
        throw new Mistake(`${shown(`${word} of`)} of what, the condition does not say`, at);
      }
      take(joiner.quantified(lower, pattern, at));
      index += 2;
    } else take(joiner.named(word, at));
  }
  if (open.length > 0) throw new Mistake("a ')' is missing in the condition", condition.at);
  return close(words.at(-1)?.at ?? condition.at);
};

const misplaced = (word: string, at: number): Mistake =>
  new Mistake(`${shown(word)} is not expected at its place in the condition`, at);

const deprecatedPipe = (what: string, at: number): Mistake => {
  const instead = what.toLowerCase() === 'near' ? 'temporal' : 'event_count or value_count';
  return new Mistake(
    `'|' in a condition was taken out of Sigma: write a correlation of type ${instead}`,
    at,
  );
};
