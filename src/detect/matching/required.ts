import type { Comparison, Node } from '../sigma/nodes.ts';
import { fold } from './fold.ts';
import { literalsOf } from './regex-literals.ts';
import { longestLiteral, shapeOf } from './text-test.ts';

/** Something simple of which a look-up tells whether an event has it. */
export interface Sign {
  /** Undefined: some text of the event, whatever its field. */
  readonly field: string | undefined;
  /** A whole value, a part of one, or a value that is a number. */
  readonly is: 'whole' | 'part' | 'number';
  /** Folded. */
  readonly text: string;
}

/**
 * Signs of which an event must have one for a condition to hold; undefined: it can hold without any that is known.
 *
 * @param knowsLongS see `literalsOf`
 */
export const requiredSigns = (node: Node, knowsLongS = false): readonly Sign[] | undefined => {
  switch (node.is) {
    case 'not':
      return undefined;
    case 'all':
      return rarest(node.of.map(each => requiredSigns(each, knowsLongS)));
    case 'any': {
      const all = node.of.map(each => requiredSigns(each, knowsLongS));
      // An empty list holds for nothing, so nothing needs to be asked.
      return all.includes(undefined) ? undefined : all.flatMap(signs => signs ?? []);
    }
    case 'field':
      return signsOf(node.field, node.compare, knowsLongS);
    case 'keyword':
      return signsOf(undefined, node.compare, knowsLongS);
  }
};

const rarest = (all: readonly (readonly Sign[] | undefined)[]): readonly Sign[] | undefined => {
  let best: readonly Sign[] | undefined;
  for (const signs of all) {
    if (signs !== undefined && (best === undefined || share(signs) < share(best))) best = signs;
  }
  return best;
};

/** How many of all events may have one of these, roughly; only which of two is more is of any use. */
const share = (signs: readonly Sign[]): number =>
  signs.reduce((sum, sign) => sum + shareOf(sign), 0);

/** Members that have few values, so that each of these is that of many events. */
const coarse = new Set(['kind', 'outcome', 'component', 'service', 'direction', 'format', 'log']);

const shareOf = ({ field, is, text }: Sign): number => {
  if (field !== undefined && coarse.has(field)) return 0.1;
  if (is !== 'part') return text === '' ? 0.1 : 0.01;
  return text.length >= 6 ? 0.01 : 0.5 / 2 ** text.length;
};

const signsOf = (
  field: string | undefined,
  compare: Comparison,
  knowsLongS: boolean,
): readonly Sign[] | undefined => {
  if (compare.is === 'text') return textSigns(field, compare);
  if (compare.is === 'regex') {
    const literals = literalsOf(compare.source, compare.flags, knowsLongS);
    return literals?.map(text => ({ field, is: 'part', text }));
  }
  return compare.is === 'number' && compare.relation === 'eq'
    ? [{ field, is: 'number', text: String(compare.value) }]
    : undefined;
};

const textSigns = (
  field: string | undefined,
  { pattern, cased }: Extract<Comparison, { is: 'text' }>,
): readonly Sign[] | undefined => {
  const shape = shapeOf(pattern, cased);
  switch (shape.is) {
    case 'every':
      return undefined;
    case 'whole':
      return [{ field, is: 'whole', text: fold(shape.text) }];
    case 'start':
    case 'end':
    case 'within':
    case 'parts':
    case 'regex': {
      const text = longestLiteral(shape);
      return text === '' ? undefined : [{ field, is: 'part', text: fold(text) }];
    }
  }
};
