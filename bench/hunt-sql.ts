/**
 * `npm run bench -- hunt-sql`: lists of 2,000 values over 100,000 rows in DuckDB, as `postern hunt --sql` says them,
 * beside one pass over the same column, and beside as many `ILIKE` joined by OR. CPU time, median of three.
 */
import { DuckDBInstance } from '@duckdb/node-api';
import type { Node, Pattern } from '../src/detect/sigma/nodes.ts';
import { flatTable } from '../src/detect/sql/flat-table.ts';
import { detectionQuery } from '../src/detect/sql/query.ts';
import { median, print } from './measure.ts';

const values = 2_000;
const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
const connection = await instance.connect();
await connection.run(
  `CREATE TABLE events AS
   SELECT '/users/' || md5(i::VARCHAR) || '/' || md5((i * 7)::VARCHAR) || '.exe' AS path
   FROM range(100000) rows(i)`,
);

const cpuOf = async (sql: string): Promise<number> => {
  const before = process.cpuUsage();
  await connection.runAndReadAll(sql);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
};
const measured = async (sql: string): Promise<number> =>
  median([await cpuOf(sql), await cpuOf(sql), await cpuOf(sql)]);

const many = { wildcard: 'many' } as const;
const lists: Readonly<Record<string, (text: string) => Pattern>> = {
  whole: text => [text],
  startswith: text => [text, many],
  endswith: text => [many, text],
  contains: text => [many, text, many],
};
const table = flatTable('events', 'time');
const words = Array.from({ length: values }, (_, at) => `word${(at * 7_919).toString(36)}-${at}`);

const scan = await measured(`SELECT count(*) FROM events WHERE contains(lower(path), 'nowhere')`);
const rows: [string, string][] = [['one pass', `${scan.toFixed(0)} ms`]];
for (const [name, patternOf] of Object.entries(lists)) {
  const when: Node = {
    is: 'any',
    of: words.map(word => ({
      is: 'field',
      field: 'path',
      compare: { is: 'text', pattern: patternOf(word), cased: false },
    })),
  };
  const took = await measured(detectionQuery({ title: name, id: name, when }, [{ table }]));
  rows.push([`${values} ${name}`, `${took.toFixed(0)} ms, ${(took / scan).toFixed(1)} × one pass`]);
}
const naive = words.map(word => `path ILIKE '%${word}%'`).join(' OR ');
const took = await cpuOf(`SELECT * FROM events WHERE ${naive}`);
rows.push([`${values} OR ILIKE`, `${took.toFixed(0)} ms, ${(took / scan).toFixed(1)} × one pass`]);
print(rows);
