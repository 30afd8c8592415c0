import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { hostTree, removeTrees } from '../../../test/support/host-tree.ts';
import type { Tree } from '../../../test/support/tree.ts';
import { openSqlite, SqliteError } from './sqlite.ts';

const scratch = mkdtempSync(join(tmpdir(), 'postern-sqlite-'));
afterAll(() => {
  removeTrees();
  rmSync(scratch, { recursive: true, force: true });
});

let made = 0;

/** A database as SQLite itself writes it; with its log, as it lies there while it is open. */
const written = (statements: string, whileOpen = false): Tree => {
  made += 1;
  const path = join(scratch, `${made}.sqlite`);
  const database = new DatabaseSync(path);
  database.exec(statements);
  const copy = join(scratch, `${made}.copy`);
  if (!whileOpen) database.close();
  copyFileSync(path, copy);
  const log = `${path}-wal`;
  const tree: Tree = {
    '/db': readFileSync(copy),
    ...(whileOpen && existsSync(log) ? { '/db-wal': readFileSync(log) } : {}),
  };
  if (whileOpen) database.close();
  return tree;
};

const rowsOf = (tree: Tree, table = 't'): readonly object[] =>
  [...(openSqlite(hostTree(tree), '/db')?.rows(table) ?? [])].map(row => Object.fromEntries(row));

describe('what SQLite wrote is read', () => {
  test.each([
    ['id INTEGER PRIMARY KEY, name TEXT, size REAL'],
    [
      '"id" INTEGER, "name" TEXT /* one, two (three) */, [size] REAL, PRIMARY KEY("id" AUTOINCREMENT)',
    ],
    [
      "id INTEGER PRIMARY KEY, -- first, (second\n `name` TEXT DEFAULT 'a, b (c', size DECIMAL(10, 5), UNIQUE (name, size)",
    ],
  ])('with the columns of CREATE TABLE t (%s)', columns => {
    const tree = written(
      `CREATE TABLE t (${columns}); INSERT INTO t VALUES (5, 'postfix', 1.5), (-3, NULL, 0), (9007199254740991, 'ü', 2);`,
    );
    expect(rowsOf(tree)).toEqual([
      { id: -3, name: null, size: 0 },
      { id: 5, name: 'postfix', size: 1.5 },
      { id: 9007199254740991, name: 'ü', size: 2 },
    ]);
  });

  test('when a column was added since', () => {
    const tree = written(
      "CREATE TABLE t (id INTEGER PRIMARY KEY /* a, b */, x INTEGER NOT NULL /* (enum) */); INSERT INTO t VALUES (1, 2); ALTER TABLE t ADD COLUMN note TEXT DEFAULT ''; INSERT INTO t VALUES (2, 3, 'n');",
    );
    expect(rowsOf(tree)).toEqual([
      { id: 1, x: 2, note: null },
      { id: 2, x: 3, note: 'n' },
    ]);
  });

  test.each([[512], [1024], [4096], [65_536]])(
    'with pages of %i bytes and rows larger than a page',
    page => {
      const tree = written(
        `PRAGMA page_size=${page}; CREATE TABLE t (id INTEGER PRIMARY KEY, blob BLOB);
       WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)
       INSERT INTO t SELECT i, zeroblob(i * 37) FROM n;`,
      );
      const sizes = rowsOf(tree).map(row =>
        'blob' in row && Buffer.isBuffer(row.blob) ? row.blob.length : -1,
      );
      expect(sizes).toEqual(Array.from({ length: 400 }, (_, i) => (i + 1) * 37));
    },
  );

  test('with its write-ahead log, up to the last commit', () => {
    const tree = written(
      "PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO t VALUES (1, 'a'); INSERT INTO t VALUES (2, 'b'); BEGIN; INSERT INTO t VALUES (3, 'c');",
      true,
    );
    expect(rowsOf(tree)).toEqual([
      { id: 1, name: 'a' },
      { id: 2, name: 'b' },
    ]);
  });

  test('and a change that was not finished is said', () => {
    const tree = written('CREATE TABLE t (id INTEGER PRIMARY KEY);');
    const hot = { ...tree, '/db-journal': Buffer.from('d9d505f920a163d700000000', 'hex') };
    const files = hostTree(hot);
    openSqlite(files, '/db');
    expect(files.unseen.map(({ what }) => what)).toEqual(['/db']);
    const wiped = hostTree({ ...tree, '/db-journal': Buffer.alloc(512) });
    openSqlite(wiped, '/db');
    expect(wiped.unseen).toEqual([]);
  });
});

test('nothing but SqliteError comes out of a damaged database, and it ends', () => {
  const sound = written(
    `PRAGMA page_size=512; CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, blob BLOB);
     WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
     INSERT INTO t SELECT i, 'name ' || i, zeroblob(i * 19) FROM n;`,
  )['/db'];
  const bytes = Buffer.from(sound instanceof Uint8Array ? sound : []);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 20 }),
      fc.nat(bytes.length),
      (hits, cut) => {
        const damaged = Buffer.from(
          bytes.subarray(0, Math.max(20, bytes.length - Math.floor(cut / 4))),
        );
        for (const [at, value] of hits) if (at >= 16 && at < damaged.length) damaged[at] = value;
        let rows = 0;
        try {
          rows = rowsOf({ '/db': damaged }).length;
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(SqliteError);
        }
        expect(rows).toBeLessThan(10_000);
      },
    ),
    { numRuns: 400 },
  );
});

test('a statement made to cost time costs none', () => {
  const started = performance.now();
  const nasty = '(, --'.repeat(6_000);
  const tree = written(
    `CREATE TABLE t (id INTEGER PRIMARY KEY /* ${nasty} */, "${'(,'.repeat(9_000)}" TEXT); INSERT INTO t(id) VALUES (1);`,
  );
  expect(rowsOf(tree)).toMatchObject([{ id: 1 }]);
  expect(performance.now() - started).toBeLessThan(2_000);
});
