import type { DetectionRule, Node } from '../sigma/nodes.ts';
import { CannotSay } from './cannot-say.ts';
import type { SqlView } from './field.ts';
import { Names } from './let.ts';
import { comment } from './literal.ts';
import { viewsCondition } from './view-condition.ts';

/** All fields that a condition asks for, each once. */
export const fieldsOf = (node: Node, into: Set<string> = new Set()): Set<string> => {
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
  }
  return into;
};

/** One statement that answers with the rows which fulfil a rule. @throws CannotSay */
export const detectionQuery = (
  rule: Pick<DetectionRule, 'title' | 'id' | 'when'>,
  views: readonly SqlView[],
): string => {
  const [first] = views;
  if (first === undefined) throw new CannotSay(noRows);
  const { table } = first;
  return `${comment(`${rule.title} (${rule.id})`)}
SELECT ${table.shown}
FROM ${table.from([...fieldsOf(rule.when)])}
WHERE ${viewsCondition(rule.when, views, new Names())};`;
};

const noRows = 'its log source is none that Postern keeps events of';
