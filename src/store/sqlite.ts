import { closeSync, openSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';

type Sqlite = typeof import('node:sqlite');

/** SQLite comes with Node.js from 22.13 on; everything that needs no store runs without it. */
export const sqliteHere = (): boolean => process.getBuiltinModule('node:sqlite') !== undefined;

const sqlite = (): Sqlite => {
  const found = process.getBuiltinModule('node:sqlite');
  if (found === undefined) {
    throw new Error(
      `the store needs SQLite, which comes with Node.js 22.13 and newer; this is ${process.versions.node}`,
    );
  }
  return found;
};

/** Opens a file that is already there, without the right to change it. */
export const openToRead = (path: string): DatabaseSync =>
  new (sqlite().DatabaseSync)(path, { readOnly: true });

/**
 * Makes a file that becomes visible only whole: no journal goes to the disk, because whoever is
 * interrupted leaves a file that nobody looks at. (`OFF` is what Node.js forbids.)
 */
export const openToFill = (path: string): DatabaseSync => {
  const database = new (sqlite().DatabaseSync)(path);
  database.exec(
    // A product's rows and the way to them lie in few pages when these are four times as large as usual.
    'PRAGMA page_size = 16384; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -32768; PRAGMA locking_mode = EXCLUSIVE',
  );
  return database;
};

/** Opens a file in which each transaction is on disk before it counts; nobody else may read it. */
export const openToKeep = (path: string): DatabaseSync => {
  // SQLite makes files as readable as the umask lets it.
  closeSync(openSync(path, 'a', 0o600));
  const database = new (sqlite().DatabaseSync)(path, { timeout: 10_000 });
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  return database;
};

/** Opens an empty file and holds it alone until it is closed; throws at once when somebody else does. */
export const openToLock = (path: string): DatabaseSync => {
  const database = new (sqlite().DatabaseSync)(path, { timeout: 0 });
  try {
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (thrown) {
    database.close();
    throw thrown;
  }
  return database;
};
