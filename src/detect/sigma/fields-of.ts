import type { Node } from './nodes.ts';

/** All fields that a condition names, in their order. */
export const fieldsOf = (node: Node, into: Set<string> = new Set()): ReadonlySet<string> => {
  switch (node.is) {
    case 'field':
      into.add(node.field);
      if (node.compare.is === 'field') into.add(node.compare.field);
      break;
    case 'keyword':
      break;
    case 'not':
      fieldsOf(node.of, into);
      break;
    case 'all':
    case 'any':
      for (const each of node.of) fieldsOf(each, into);
      break;
  }
  return into;
};
