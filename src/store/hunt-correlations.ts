import type { DatabaseSync } from 'node:sqlite';
import type { HuntState } from './hunt-state.ts';

const tables = `
  CREATE TABLE IF NOT EXISTS correlation_piece (
    n INTEGER PRIMARY KEY AUTOINCREMENT, fingerprint TEXT NOT NULL, saved BLOB NOT NULL);
`;

/**
 * What correlations hold in hand, piece by piece: a pass adds what came to it, and now and then all is written anew.
 * Whoever puts it here seals it: names of people are in it.
 */
export class HuntCorrelations {
  private readonly database: DatabaseSync;

  /** @param state that may be written to */
  constructor(state: HuntState) {
    this.database = state.database;
    this.database.exec(tables);
  }

  /** In their order; none where they are of other rules. */
  pieces(fingerprint: string): readonly Uint8Array[] {
    return this.database
      .prepare('SELECT saved FROM correlation_piece WHERE fingerprint = ? ORDER BY n')
      .all(fingerprint)
      .flatMap(({ saved }) => (saved instanceof Uint8Array ? [saved] : []));
  }

  /** Within the transaction of a pass. @param isWhole all that was there before is let go of */
  put(fingerprint: string, saved: Uint8Array, isWhole: boolean): void {
    if (isWhole) this.database.exec('DELETE FROM correlation_piece');
    this.database
      .prepare('INSERT INTO correlation_piece (fingerprint, saved) VALUES (?, ?)')
      .run(fingerprint, saved);
  }
}
