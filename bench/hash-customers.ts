import { DuckDBInstance } from '@duckdb/node-api';

/** What `read-customers.ts` is held against: `hash-customers.ts LIST OUT`. */
const [list = '', out = ''] = process.argv.slice(2);
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
const connection = await instance.connect();
const source = `read_csv(${quoted(list)}, all_varchar = true)`;
await connection.run(
  `COPY (
    SELECT h, n FROM (
      SELECT unnest([sha256(email), sha256(tel), sha256(customer_no)]) AS h, n
      FROM (SELECT *, row_number() OVER () AS n FROM ${source}))
    ORDER BY h
  ) TO ${quoted(out)} (FORMAT parquet)`,
);
connection.closeSync();
instance.closeSync();
