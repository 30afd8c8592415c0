import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openList } from '../../src/app/people/lists/open-list.ts';
import type { Cell } from '../../src/app/people/lists/rows.ts';
import type { CustomerSource } from '../../src/core/exposure-policy.ts';
import {
  mariadbHere,
  postgresHere,
  type RunningDatabase,
  startMariadb,
  startPostgres,
} from '../support/databases.ts';

const folder = mkdtempSync(join(tmpdir(), 'postern-customers-'));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, 'password'), 'quill and 筆\nnot this\n');
const environment = { CUSTOMERS_PASSWORD: 'quill and 筆' };

const rowsOf = async (
  source: CustomerSource,
): Promise<{
  readonly head: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  readonly digest: string;
}> => {
  const list = await openList(source, folder, environment);
  try {
    const rows: (readonly Cell[])[] = [];
    for await (const batch of list.batches()) rows.push(...batch.rows);
    return { head: list.head, rows, digest: list.digest() };
  } finally {
    await list.close();
  }
};

const query = 'SELECT email, name, birth, number FROM customers ORDER BY number';
const expected = {
  head: ['email', 'name', 'birth', 'number'],
  rows: [
    ['taro@example.jp', '髙橋 太郎 🍣', '1980-01-02', '9007199254740993'],
    [undefined, '山田花子', undefined, '9007199254740994'],
  ],
};

const tables = `CREATE TABLE customers (email varchar(200), name varchar(100), birth date, number bigint);
INSERT INTO customers VALUES ('taro@example.jp', '髙橋 太郎 🍣', '1980-01-02', 9007199254740993), (NULL, '山田花子', NULL, 9007199254740994);`;

interface Kind {
  readonly name: string;
  readonly here: string | undefined;
  readonly start: () => Promise<RunningDatabase>;
  readonly url: (port: number, host: string) => string;
  readonly manyRows: string;
  /** Each of which would change something, or get at something else. */
  readonly harm: readonly string[];
}

const kinds: readonly Kind[] = [
  {
    name: 'MariaDB',
    here: mariadbHere,
    start: () =>
      startMariadb(`CREATE DATABASE crm CHARACTER SET utf8mb4;
USE crm;
${tables}
CREATE USER reader@'%' IDENTIFIED BY 'quill and 筆';
GRANT ALL ON crm.* TO reader@'%';
`),
    url: (port, host) => `mysql://reader@${host}:${port}/crm`,
    manyRows: "SELECT seq AS id, CONCAT('u', seq, '@example.jp') AS email FROM seq_1_to_30000",
    harm: [
      'DELETE FROM customers',
      'DROP TABLE customers',
      'SELECT 1; DELETE FROM customers',
      "INSERT INTO customers VALUES ('x', 'x', NULL, 1)",
    ],
  },
  {
    name: 'PostgreSQL',
    here: postgresHere,
    start: () =>
      startPostgres(`${tables.replaceAll('\n', ' ').replace('; ', ';\n\n')}

CREATE USER reader PASSWORD 'quill and 筆';

GRANT ALL ON customers TO reader;

`),
    url: (port, host) => `postgresql://reader@${host}:${port}/postgres`,
    manyRows: "SELECT n AS id, 'u' || n || '@example.jp' AS email FROM generate_series(1, 30000) n",
    harm: [
      'DELETE FROM customers RETURNING *',
      'WITH gone AS (DELETE FROM customers RETURNING *) SELECT * FROM gone',
      'SELECT 1; COMMIT; DELETE FROM customers',
      "SELECT set_config('transaction_read_only', 'off', false); DELETE FROM customers",
    ],
  },
];

for (const { name, here, start, url, manyRows, harm } of kinds) {
  describe.skipIf(here === undefined)(
    `customers in ${name}${here === undefined ? ' (skipped: it is not installed)' : ''}`,
    () => {
      let database: RunningDatabase;
      const source = (host = '127.0.0.1'): CustomerSource => ({
        database: url(database.port, host),
        query,
        password: { variable: 'CUSTOMERS_PASSWORD' },
      });
      beforeAll(async () => {
        database = await start();
      }, 60_000);
      afterAll(() => database.stop());

      test('are read as the database writes them', async () => {
        const read = await rowsOf(source());
        expect(read).toEqual({ ...expected, digest: expect.stringMatching(/^[0-9a-f]{64}$/) });
        expect((await rowsOf({ ...source(), password: { file: 'password' } })).digest).toBe(
          read.digest,
        );
      });

      test('come some at a time', async () => {
        const { rows } = await rowsOf({ ...source(), query: manyRows });
        expect(rows).toHaveLength(30_000);
        expect(rows.at(-1)).toEqual(['30000', 'u30000@example.jp']);
      });

      test('may be read over TLS, from a server that shows whose it is', async () => {
        const certificates = join(database.folder, 'server.crt');
        const read = await rowsOf({ ...source('localhost'), tls: true, certificates });
        expect(read.rows).toEqual(expected.rows);
        // Nobody vouches for it, or it is of another name.
        await expect(rowsOf({ ...source('localhost'), tls: true })).rejects.toThrow(
          /certificate|self.signed/i,
        );
        await expect(rowsOf({ ...source(), tls: true, certificates })).rejects.toThrow(
          /altnames|certificate/i,
        );
      });

      test.each(harm)('are not changed by %s', async statement => {
        await expect(rowsOf({ ...source(), query: statement })).rejects.toThrow(/./);
        expect((await rowsOf(source())).rows).toEqual(expected.rows);
      });

      test('that cannot be had are one line, without the password', async () => {
        await expect(rowsOf({ ...source(), query: 'SELECT x FROM nowhere' })).rejects.toThrow(
          new RegExp(`^(?:mysql|postgresql)://127\\.0\\.0\\.1:${database.port}/\\w+: .*nowhere`),
        );
        const wrong = rowsOf({ ...source(), password: { file: 'wrong' } });
        await expect(wrong).rejects.toThrow(/wrong: the password cannot be read/);
        await expect(rowsOf({ ...source(), password: { variable: 'UNSET' } })).rejects.toThrow(
          'UNSET: the environment variable is not set',
        );
        writeFileSync(join(folder, 'other'), 'secretive\n');
        const refused = await rowsOf({ ...source(), password: { file: 'other' } }).catch(String);
        expect(refused).toMatch(/denied|failed/);
        expect(refused).not.toContain('secretive');
      });
    },
  );
}
