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
 * Makes a file that becomes visible only whole: nothing is journalled, because whoever is interrupted
 * leaves a file that nobody looks at.
 */
export const openToFill = (path: string): DatabaseSync => {
  const database = new (sqlite().DatabaseSync)(path);
  database.exec(
    'PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -32768; PRAGMA locking_mode = EXCLUSIVE',
  );
  return database;
};

/** Opens a file in which each transaction is on disk before it counts. */
export const openToKeep = (path: string): DatabaseSync => {
  const database = new (sqlite().DatabaseSync)(path, { timeout: 10_000 });
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  return database;
};

/** Opens an empty file and holds it alone until it is closed; throws at once when somebody else does. */
export const openToLock = (path: string): DatabaseSync => {
  const database = new (sqlite().DatabaseSync)(path, { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (thrown) {
    database.close();
    throw thrown;
  }
  return database;
};
