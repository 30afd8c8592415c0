import type { Node } from '../sigma/nodes.ts';
import { CannotSay } from './cannot-say.ts';
import type { SqlField, SqlView } from './field.ts';
import type { Names } from './let.ts';
import { ConditionWriter } from './node-condition.ts';
import { listOf } from './ocsf-field.ts';

/** The condition of a rule over rows that are called in one of several ways. @throws CannotSay */
export const viewsCondition = (node: Node, views: readonly SqlView[], names: Names): string => {
  const conditions = views.map(({ table, scope }) => {
    const condition = new ConditionWriter(table, names).write(node);
    return scope === undefined ? condition : `(${scope(names)} AND ${condition})`;
  });
  const [only] = conditions;
  if (only === undefined)
    throw new CannotSay('its log source is none that Postern keeps events of');
  return conditions.length === 1 ? only : `(${conditions.join(' OR ')})`;
};

/** A field of rows that are called in one of several ways: by the first that the row is of. */
export const viewsField = (name: string, views: readonly SqlView[], names: Names): SqlField => {
  const fields = views.map(({ table }) => table.field(name, names));
  const [first] = fields;
  if (views.length === 1 && first !== undefined) return first;
  const cases = views.map(({ scope }, at) => {
    const field = fields[at];
    const list = field === undefined ? '[]' : listOf(field);
    return `WHEN ${scope?.(names) ?? 'true'} THEN ${list}`;
  });
  return cases.length === 0 || fields.every(field => field === undefined)
    ? { is: 'one', text: 'NULL::VARCHAR', exists: 'false' }
    : { is: 'many', texts: `CASE ${cases.join(' ')} ELSE []::VARCHAR[] END`, exists: 'true' };
};
