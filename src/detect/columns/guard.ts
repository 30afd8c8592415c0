import { fold } from '../matching/fold.ts';
import { requiredSigns } from '../matching/required.ts';
import type { Leaf, RowShape } from './leaf.ts';
import { type SignBook, signOf } from './line-signs.ts';
import type { ColumnTest } from './plan.ts';
import type { Guard, Guarded, Residual } from './residual.ts';

/** More than these, and looking for them costs what they save. */
const signsMax = 200;

const leastLength = (texts: readonly string[]): number =>
  texts.reduce((least, text) => Math.min(least, text.length), Number.POSITIVE_INFINITY);

/** The last step of a path, if it is written in one way only: whatever has a value there has a member of that name. */
const keyOf = (leaf: Leaf): string | undefined =>
  leaf.is === 'record' ? /(?:^|\.)(\w{3,})$/.exec(leaf.path)?.[1] : undefined;

/** Whether all of a value stands in the line, or, where the whole event has to be put together, beside it. */
const isInLine = (leaf: Leaf): boolean => {
  switch (leaf.is) {
    case 'tokens':
    case 'text':
    case 'texts':
    case 'record':
    case 'line':
      return true;
    case 'first':
      return leaf.of.every(list => list.every(isInLine));
    case 'value':
    case 'column':
    case 'time':
      return false;
  }
};

/** What a test needs a line to have; undefined where that cannot be told. */
const signsOf = ({ node }: ColumnTest): readonly string[] | undefined => {
  const required = requiredSigns(node, true);
  if (required === undefined || required.length === 0 || required.length > signsMax) {
    return undefined;
  }
  const signs = new Set<string>();
  for (const { is, text } of required) {
    const sign = is === 'number' ? undefined : signOf(text);
    if (sign === undefined) return undefined;
    signs.add(sign);
  }
  return [...signs];
};

const unguarded: Guard = (_, __, asked) => asked;

/**
 * Puts before what is asked of lines a look for texts without which it cannot hold, or for the names of members without
 * which there is nothing to ask.
 */
export class Guards {
  private readonly book: SignBook;
  private readonly signs = new Map<ColumnTest, readonly string[] | undefined>();

  constructor(book: SignBook) {
    this.book = book;
  }

  /** For rows of one shape. */
  of(shape: RowShape): Guard {
    // A record over several lines is put together first.
    if (!shape.isOneLine) return unguarded;
    const words = fold(shape.words);
    return (test, leaves, asked) => {
      const signs = leaves.every(isInLine) ? this.signsOf(test) : undefined;
      if (signs !== undefined && !signs.some(sign => words.includes(sign))) {
        return this.guarded(signs, false, asked);
      }
      const keys = leaves.flatMap(leaf => keyOf(leaf) ?? []);
      if (keys.length === 0 || keys.length < leaves.length) return asked;
      return { ...this.guarded(keys.map(fold), test.matches(undefined), asked), keys };
    };
  }

  private guarded(signs: readonly string[], otherwise: boolean, of: Residual): Guarded {
    const any = signs.map(sign => this.book.number(sign));
    return { is: 'signs', any, otherwise, of, leastLength: leastLength(signs) };
  }

  private signsOf(test: ColumnTest): readonly string[] | undefined {
    if (!this.signs.has(test)) this.signs.set(test, signsOf(test));
    return this.signs.get(test);
  }
}
