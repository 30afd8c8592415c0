/**
 * The plainest query by hand for what `postern scope` answers, over the same files, by DuckDB with two threads:
 * whose mail lay there until the end of the window, and of whom bodies were read through the webmail in it.
 *
 *   node bench/scope-duckdb.ts STORE TYPES FROM TO MEMORY
 */
import { DuckDBInstance } from '@duckdb/node-api';

const [store = '', types = '0', from = '0', to = '0', memory = '4GB'] = process.argv.slice(2);
const folder = `${store}/exposure/linked/1`;
/** As the product reckons with clocks that differ. */
const slack = 3_600_000;
const instance = await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: memory });
const connection = await instance.connect();
const counts = ['reach', 'evidenced'].flatMap(bound =>
  ['own', 'shared', 'weak'].flatMap(mask =>
    Array.from(
      { length: Number(types) },
      (_, bit) => `sum((${bound}_${mask} >> ${bit}) & 1) AS ${bound}_${mask}_${bit}`,
    ),
  ),
);
const query = `
  WITH sessions AS (
    SELECT CAST(substr(user, 5, strpos(user, '@') - 5) AS INTEGER) AS mailbox,
      max(epoch_ms(time)) AS seen
    FROM read_parquet('${store}/segments/*/*/*.parquet')
    WHERE component = 'dovecot' AND kind = 'message.read' AND outcome = 'success'
      AND address = '192.0.2.20' AND epoch_ms(time) BETWEEN ${from} AND ${to}
    GROUP BY mailbox),
  marked AS (
    SELECT message, coalesce(received <= seen + ${slack}, false) AS evidenced
    FROM read_parquet('${folder}/messages-*.parquet') LEFT JOIN sessions USING (mailbox)
    WHERE received <= ${to} + ${slack}),
  people AS (
    SELECT person, bool_or(evidenced) AS evidenced,
      bit_or(own) AS reach_own, bit_or(shared) AS reach_shared, bit_or(weak) AS reach_weak,
      bit_or(CASE WHEN evidenced THEN own ELSE 0 END) AS evidenced_own,
      bit_or(CASE WHEN evidenced THEN shared ELSE 0 END) AS evidenced_shared,
      bit_or(CASE WHEN evidenced THEN weak ELSE 0 END) AS evidenced_weak
    FROM read_parquet('${folder}/mentions-*.parquet') JOIN marked USING (message)
    GROUP BY person)
  SELECT count(*) AS reach, count(*) FILTER (WHERE evidenced) AS evidenced, ${counts.join(', ')}
  FROM people`;
const started = performance.now();
const reader = await connection.runAndReadAll(query);
const ms = performance.now() - started;
const [row = {}] = reader.getRowObjects();
process.stdout.write(
  JSON.stringify({
    ms,
    row: Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value)])),
  }),
);
