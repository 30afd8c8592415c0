import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeCustomerList } from './customer-list.ts';
import { once, print } from './measure.ts';

/**
 * `npm run bench -- customers [ROWS]`: reads a list of customers, beside DuckDB, which reads the same file, hashes the
 * same three columns once each (HMAC takes two) without bringing them into one form, and sorts them.
 */
const rows = Number(process.argv[2] ?? 1_000_000);
const folder = mkdtempSync(join(tmpdir(), 'postern-customers-'));
try {
  const list = join(folder, 'list.csv');
  await writeCustomerList(list, rows);
  const own = once('read-customers.ts', [list, join(folder, 'store')]);
  const duck = once('hash-customers.ts', [list, join(folder, 'hashed.parquet')]);
  const perSecond = (ms: number): string =>
    `${Math.round(rows / ms).toLocaleString('en')} k rows/s`;
  print([
    ['rows', `${rows.toLocaleString('en')}, ${Math.round(statSync(list).size / 1e6)} MB`],
    [
      'postern',
      `${(own.ms / 1_000).toFixed(1)} s, ${perSecond(own.ms)}, ${Math.round(own.peakMiB)} MiB`,
    ],
    [
      'DuckDB',
      `${(duck.ms / 1_000).toFixed(1)} s, ${perSecond(duck.ms)}, ${Math.round(duck.peakMiB)} MiB`,
    ],
    ['time', `${(own.ms / duck.ms).toFixed(2)} × DuckDB's`],
    ['processor time', `${(own.cpuMs / duck.cpuMs).toFixed(2)} × DuckDB's`],
  ]);
} finally {
  rmSync(folder, { recursive: true });
}
