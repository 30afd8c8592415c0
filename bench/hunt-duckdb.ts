/**
 * One full scan by DuckDB, with two threads, of the columns that rules touch: every value of every column is read.
 * The same file is read so many times as days are in the store.
 *
 *   node bench/hunt-duckdb.ts FILE.parquet TIMES COLUMNS
 */
import { DuckDBInstance } from '@duckdb/node-api';

const [file = '', times = '1', columns = ''] = process.argv.slice(2);
const instance = await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '4GB' });
const connection = await instance.connect();
const files = Array.from({ length: Number(times) }, () => `'${file}'`).join(', ');
const asked = columns.split(',').map(name => `sum(length(CAST("${name}" AS VARCHAR)))`);
const started = performance.now();
const reader = await connection.runAndReadAll(
  `SELECT count(*) AS events, ${asked.join(', ')} FROM read_parquet([${files}])`,
);
const ms = performance.now() - started;
const [row = {}] = reader.getRowObjects();
process.stdout.write(JSON.stringify({ ms, events: Number(row['events']) }));
