import type { SqlField, SqlTable } from './field.ts';
import type { Names } from './let.ts';
import { identifier } from './literal.ts';
import { timeMsIn } from './time-condition.ts';

/**
 * A table whose columns are called as the rule calls its fields. Columns that it does not have hold nothing; whether a
 * column is there and NULL, or not there at all, makes no difference.
 *
 * @param source what stands behind FROM
 * @param time the column that says when
 */
export const flatTable = (source: string, time: string): SqlTable => {
  const field = (name: string): SqlField | undefined => {
    const column = identifier(name);
    if (column === undefined) return undefined;
    const text = `CAST(event.${column} AS VARCHAR)`;
    return { is: 'one', text, exists: `event.${column} IS NOT NULL` };
  };
  return {
    from: fields => {
      const columns = new Map<string, string>();
      for (const name of fields) {
        const column = identifier(name);
        // Names of columns are the same in capital and in small letters.
        if (column !== undefined) columns.set(column.toLowerCase(), column);
      }
      if (columns.size === 0) return `${source} AS event`;
      const none = [...columns.values()].map(column => `NULL AS ${column}`).join(', ');
      return `(SELECT * FROM ${source} UNION ALL BY NAME SELECT ${none} WHERE false) AS event`;
    },
    field,
    texts: names => {
      const all = `json_extract_string(to_json(event), '$.*')`;
      const text = names.next('t');
      return `list_filter(${all}, lambda ${text}: ${text} IS NOT NULL)`;
    },
    timeMs: (names: Names) => {
      const column = field(time);
      return column?.is === 'one' ? timeMsIn(column.text, names) : 'NULL::BIGINT';
    },
    timeField: time,
    shown: 'event.*',
  };
};
