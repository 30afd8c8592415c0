import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { openToLock } from './sqlite.ts';

/** SQLite's own words for a lock that somebody else has. */
const isTaken = (thrown: unknown): boolean =>
  thrown instanceof Error && /database is locked/.test(thrown.message);

/**
 * Keeps a second run out of what only one may change. The lock is the kernel's, on an empty database: it
 * ends with the process that has it, however that ends, and no number of a process has to be believed.
 *
 * @returns what gives it back; throws when somebody else has it.
 */
export const lock = (folder: string, name: string): (() => void) => {
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const path = join(folder, `${name}.lock`);
  let database: DatabaseSync | undefined;
  try {
    database = openToLock(path);
  } catch (thrown) {
    throw isTaken(thrown)
      ? new Error(`another run of Postern is at work in ${folder}: it holds ${path}`)
      : thrown;
  }
  return () => database.close();
};
