import type { Node } from './nodes.ts';

export const allOf = (of: readonly Node[]): Node => joined('all', of);
export const anyOf = (of: readonly Node[]): Node => joined('any', of);

/** Of one: that one. The same node twice is once. */
const joined = (is: 'all' | 'any', of: readonly Node[]): Node => {
  const different = [...new Set(of)];
  const [first] = different;
  if (first !== undefined && different.length === 1) return first;
  return Object.freeze({ is, of: Object.freeze(different) });
};

/** The opposite of a node, which is the same one each time. */
const opposites = new WeakMap<Node, Node>();

export const not = (of: Node): Node => {
  const known = of.is === 'not' ? of.of : opposites.get(of);
  if (known !== undefined) return known;
  const opposite: Node = Object.freeze({ is: 'not', of });
  opposites.set(of, opposite);
  return opposite;
};
