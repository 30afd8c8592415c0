import { createHash, type Hash } from 'node:crypto';
import type { Cell } from './rows.ts';

/** SHA-256 of rows as they come from a database: each cell with its length before it, each row with its cells. */
export class RowDigest {
  private readonly hash: Hash = createHash('sha256');

  add(rows: readonly (readonly Cell[])[]): void {
    let text = '';
    for (const row of rows) {
      text += `${row.length}\n`;
      for (const cell of row) text += cell === undefined ? '-\n' : `${cell.length}:${cell}\n`;
    }
    this.hash.update(text);
  }

  digest(): string {
    return this.hash.copy().digest('hex');
  }
}
