import type { Comparison, Node } from '../sigma/nodes.ts';

const always: Node = Object.freeze({ is: 'all', of: Object.freeze([]) });
export const never: Node = Object.freeze({ is: 'any', of: Object.freeze([]) });

/**
 * What is left of a condition where some of its comparisons are settled, because all events that it is asked of are
 * alike in them. Parts of which nothing is settled are the same objects as before.
 */
export const settle = (
  node: Node,
  answer: (field: string, compare: Comparison) => boolean | undefined,
): Node => {
  switch (node.is) {
    case 'keyword':
      return node;
    case 'field': {
      const known = answer(node.field, node.compare);
      return known === undefined ? node : known ? always : never;
    }
    case 'not': {
      const of = settle(node.of, answer);
      if (of === node.of) return node;
      if (of === always) return never;
      if (of === never) return always;
      return of.is === 'not' ? of.of : { is: 'not', of };
    }
    case 'all':
      return settleList(node, always, never, answer);
    case 'any':
      return settleList(node, never, always, answer);
  }
};

/** @param idle what may be left out of a list of this kind; `decisive` decides it by itself */
const settleList = (
  node: Extract<Node, { is: 'all' | 'any' }>,
  idle: Node,
  decisive: Node,
  answer: (field: string, compare: Comparison) => boolean | undefined,
): Node => {
  if (node.of.length === 0) return idle;
  let of: Node[] | undefined;
  for (const [index, part] of node.of.entries()) {
    const settled = settle(part, answer);
    if (settled === decisive) return decisive;
    if (settled !== part) of ??= node.of.slice(0, index);
    if (settled !== idle) of?.push(settled);
  }
  if (of === undefined) return node;
  const [only] = of;
  return only === undefined ? idle : of.length === 1 ? only : { is: node.is, of };
};
