import type { Node } from '../sigma/nodes.ts';

/** The same condition, less deep: lists within lists of the same kind are one, and two negations none. */
export const simplify = (node: Node): Node => {
  switch (node.is) {
    case 'field':
    case 'keyword':
      return node;
    case 'not': {
      const of = simplify(node.of);
      return of.is === 'not' ? of.of : of === node.of ? node : { is: 'not', of };
    }
    case 'all':
    case 'any': {
      const of: Node[] = [];
      for (const part of node.of) {
        const simple = simplify(part);
        if (simple.is !== node.is) of.push(simple);
        else for (const inner of simple.of) of.push(inner);
      }
      const [only] = of;
      if (only !== undefined && of.length === 1) return only;
      return of.every((part, index) => part === node.of[index]) ? node : { is: node.is, of };
    }
  }
};
