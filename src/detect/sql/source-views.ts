import { scopesNode } from '../columns/scope.ts';
import { mapsOf, placesOf, type SourceMap } from '../fields/source-map.ts';
import type { LogSource } from '../sigma/nodes.ts';
import type { SqlField, SqlTable, SqlView } from './field.ts';
import type { Names } from './let.ts';
import { textLiteral } from './literal.ts';
import { ConditionWriter } from './node-condition.ts';
import { listOf, oneField } from './ocsf-field.ts';

/** The values of a field are those of all its places; undefined: there are none. */
const together = (fields: readonly SqlField[]): SqlField | undefined => {
  const [first] = fields;
  if (fields.length < 2) return first;
  return {
    is: 'many',
    texts: `list_concat(${fields.map(listOf).join(', ')})`,
    exists: `(${fields.map(({ exists }) => exists).join(' OR ')})`,
  };
};

const mappedTable = (table: SqlTable, map: SourceMap): SqlTable => ({
  from: fields => table.from(fields),
  field: (name, names) => {
    const said = map.constants.get(name);
    if (said !== undefined) return oneField(textLiteral(said));
    return together(placesOf(name, map).flatMap(place => table.field(place, names) ?? []));
  },
  texts: names => table.texts(names),
  timeMs: names => table.timeMs(names),
  shown: table.shown,
});

/** Rows of Postern's events as rules of a log source see them: one view for each source that it may mean. */
export const sourceViews = (
  table: SqlTable,
  source: LogSource,
  maps: readonly SourceMap[],
): readonly SqlView[] =>
  mapsOf(source, maps)
    .filter(map => map.events.length > 0)
    .map(map => ({
      table: mappedTable(table, map),
      scope: (names: Names) => new ConditionWriter(table, names).write(scopesNode(map.events)),
    }));
