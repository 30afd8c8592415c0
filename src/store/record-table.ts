import type { DatabaseSync } from 'node:sqlite';

/** Keys of records that are kept, and the leaf of the segment that they are in. */
export const recordTable = `
  CREATE TABLE IF NOT EXISTS record (key BLOB PRIMARY KEY, leaf INTEGER NOT NULL) WITHOUT ROWID;
`;

/** Some 40 bytes each. When there are more, those of the oldest segments go: such a record may be kept twice then. */
const recordsMaxDefault = 5_000_000;
/** So much of them remains. */
const remaining = 0.9;

/** The records of a store, by their keys. */
export class RecordTable {
  private readonly database: DatabaseSync;
  private readonly recordsMax: number;
  private count: number | undefined;

  constructor(database: DatabaseSync, recordsMax: number = recordsMaxDefault) {
    this.database = database;
    this.recordsMax = recordsMax;
  }

  has(key: Uint8Array): boolean {
    return this.database.prepare('SELECT 1 FROM record WHERE key = ?').get(key) !== undefined;
  }

  /** Within a transaction. */
  add(leaf: number, keys: readonly Uint8Array[]): void {
    if (keys.length === 0) return;
    this.count ??= Number(this.database.prepare('SELECT count(*) AS n FROM record').get()?.['n']);
    const insert = this.database.prepare('INSERT OR IGNORE INTO record VALUES (?, ?)');
    for (const key of keys) this.count += Number(insert.run(key, leaf).changes);
    if (this.count > this.recordsMax) this.forget();
  }

  /** Lines that are deleted may come again. Within a transaction, before the segments themselves are gone. */
  drop(source: string, first: number, last: number): void {
    this.database
      .prepare(
        'DELETE FROM record WHERE leaf IN (SELECT leaf FROM segment WHERE source = ? AND seq BETWEEN ? AND ?)',
      )
      .run(source, first, last);
    this.count = undefined;
  }

  private forget(): void {
    const leaves = this.database
      .prepare('SELECT leaf, count(*) AS n FROM record GROUP BY leaf ORDER BY leaf')
      .all();
    let count = leaves.reduce((sum, { n }) => sum + Number(n), 0);
    let before = 0;
    for (const { leaf, n } of leaves) {
      if (count <= this.recordsMax * remaining) break;
      count -= Number(n);
      before = Number(leaf) + 1;
    }
    this.database.prepare('DELETE FROM record WHERE leaf < ?').run(before);
    this.count = count;
  }
}
