import { type Dash, isDash } from './dashes.ts';
import type { Bytes } from './encodings.ts';
import { Mistake, shown } from './mistake.ts';
import type { Comparison, Relation } from './nodes.ts';
import { isWildcard, parsePattern, type Wildcard } from './pattern.ts';
import type { ScalarTree } from './yaml-tree.ts';

export type TimePart = Extract<Comparison, { is: 'time' }>['part'];
export type RegexFlag = Extract<Comparison, { is: 'regex' }>['flags'][number];

/** Where in the field a text is expected; `whole` until a modifier says otherwise. */
export interface Position {
  readonly openBefore: boolean;
  readonly openAfter: boolean;
}

/** A value on its way through the modifiers of its field. */
export type Value =
  | (Position & { readonly is: 'text'; readonly pieces: readonly (string | Wildcard | Dash)[] })
  | (Position & { readonly is: 'bytes'; readonly parts: Bytes })
  | (Position & {
      readonly is: 'regex';
      readonly source: string;
      readonly flags: ReadonlySet<RegexFlag>;
    })
  | (Position & { readonly is: 'field'; readonly field: string })
  | {
      readonly is: 'number';
      readonly value: number;
      readonly source: string;
      readonly relation: Relation;
      readonly part?: TimePart;
    }
  | { readonly is: 'network'; readonly network: string }
  | { readonly is: 'exists'; readonly wanted: boolean }
  | { readonly is: 'boolean'; readonly value: boolean; readonly source: string }
  | { readonly is: 'null' };

export type TextValue = Extract<Value, { is: 'text' }>;

export const textValue = (pieces: TextValue['pieces']): TextValue => ({
  is: 'text',
  pieces,
  openBefore: false,
  openAfter: false,
});

/** A scalar as a rule means it: a text with wildcards, a number, a truth or nothing. */
export const valueOf = (scalar: ScalarTree): Value => {
  const { value, source } = scalar;
  if (value === null) return { is: 'null' };
  if (typeof value === 'boolean') return { is: 'boolean', value, source };
  if (typeof value === 'string') return textValue(parsePattern(value));
  // Of a number that has more digits than a double holds, the digits are what is meant.
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) return textValue([source]);
  return { is: 'number', value, source, relation: 'eq' };
};

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** A number, or a text that is one. */
export const asNumber = (value: Value): Extract<Value, { is: 'number' }> | undefined => {
  if (value.is === 'number') return value;
  if (value.is !== 'text' || value.pieces.length !== 1) return undefined;
  const [text] = value.pieces;
  if (typeof text !== 'string' || !decimal.test(text) || !Number.isFinite(Number(text))) {
    return undefined;
  }
  return { is: 'number', value: Number(text), source: text, relation: 'eq' };
};

/** A text; a number or a truth as it was written. */
export const asText = (value: Value): TextValue | undefined => {
  if (value.is === 'text') return value;
  if (value.is === 'boolean') return textValue([value.source]);
  if (value.is !== 'number' || value.relation !== 'eq' || value.part !== undefined)
    return undefined;
  return textValue([value.source]);
};

/** The text itself; undefined where it has wildcards. */
export const literalOf = (value: TextValue): string | undefined => {
  let text = '';
  for (const piece of value.pieces) {
    if (isWildcard(piece)) return undefined;
    text += isDash(piece) ? piece.dash : piece;
  }
  return text;
};

/** What a message calls a value. */
const nameOf = (value: Value): string => {
  switch (value.is) {
    case 'text':
      return 'a text';
    case 'bytes':
      return 'encoded text';
    case 'regex':
      return 'a regular expression';
    case 'field':
      return 'the name of a field';
    case 'number':
      return `the number ${value.source}`;
    case 'network':
      return `the network ${value.network}`;
    case 'exists':
    case 'boolean':
      return 'a truth value';
    case 'null':
      return 'null';
  }
};

export const refuse = (modifier: string, value: Value, at: number): Mistake =>
  new Mistake(`the modifier ${shown(modifier)} cannot be used with ${nameOf(value)}`, at);
