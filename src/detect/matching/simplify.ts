import type { Node } from '../sigma/nodes.ts';

/** The same condition, less deep: lists within lists of the same kind are one, and two negations none. */
export const simplify = (node: Node): Node => {
  switch (node.is) {
    case 'field':
    case 'keyword':
      return node;
    case 'not': {
      const of = simplify(node.of);
      return of.is === 'not' ? of.of : { is: 'not', of };
    }
    case 'all':
    case 'any': {
      const of = node.of.map(simplify).flatMap(part => (part.is === node.is ? part.of : [part]));
      const [only] = of;
      return only !== undefined && of.length === 1 ? only : { is: node.is, of };
    }
  }
};
