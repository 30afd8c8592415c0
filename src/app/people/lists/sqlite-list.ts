import { messageOf, UsageError } from '../../../core/errors.ts';
import { openToRead } from '../../../store/sqlite.ts';
import { type QueryAnswer, QueryList } from './query-list.ts';
import type { Cell, CustomerRows } from './rows.ts';

const rowsAtOnce = 5_000;

export const isSqlite = (start: Uint8Array): boolean =>
  Buffer.from(start.buffer, start.byteOffset, Math.min(16, start.length)).toString('latin1') ===
  'SQLite format 3\0';

const cellOf = (value: unknown): Cell => {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : undefined;
};

/** What a query over an SQLite file answers; the file is opened without the right to change it. */
export const openSqlite = (name: string, path: string, query: string): CustomerRows => {
  try {
    const database = openToRead(path);
    const statement = database.prepare(query);
    statement.setReadBigInts(true);
    const head = statement.columns().map(column => column.name);
    const answer: QueryAnswer = {
      head,
      rows: async function* rows(): AsyncGenerator<Cell[][], undefined> {
        let some: Cell[][] = [];
        for (const row of statement.iterate()) {
          some.push(head.map(column => cellOf(row[column])));
          if (some.length < rowsAtOnce) continue;
          yield some;
          some = [];
        }
        if (some.length > 0) yield some;
        return undefined;
      },
      close: () => {
        database.close();
        return Promise.resolve();
      },
    };
    return new QueryList(name, answer);
  } catch (thrown) {
    if (thrown instanceof UsageError) throw thrown;
    throw new UsageError(`${name}: ${messageOf(thrown)}`);
  }
};
