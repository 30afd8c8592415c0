/** The known limit: DuckDB takes five columns out of each line by regular expressions, into Parquet, and does nothing else. */
import { DuckDBInstance } from '@duckdb/node-api';

const [from = '', to = ''] = process.argv.slice(2);
const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;
const database = await DuckDBInstance.create(':memory:', { threads: '2' });
const connection = await database.connect();
const started = performance.now();
await connection.run(`
  COPY (
    SELECT regexp_extract(line, '^(\\w{3} [ \\d]\\d [\\d:]{8}) (\\S+) ([^\\[:]+)(?:\\[(\\d+)\\])?: (.*)$',
      ['stamp', 'host', 'program', 'pid', 'message']) AS parts
    FROM read_csv(${text(from)}, columns = {'line': 'VARCHAR'}, delim = '\\x01', quote = '', escape = '', header = false, auto_detect = false)
  ) TO ${text(to)} (FORMAT parquet, COMPRESSION zstd)`);
process.stdout.write(String(performance.now() - started));
connection.closeSync();
database.closeSync();
