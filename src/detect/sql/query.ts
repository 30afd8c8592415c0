import { fieldsOf } from '../sigma/fields-of.ts';
import type { DetectionRule } from '../sigma/nodes.ts';
import { CannotSay } from './cannot-say.ts';
import type { SqlView } from './field.ts';
import { Names } from './let.ts';
import { comment } from './literal.ts';
import { viewsCondition } from './view-condition.ts';

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
