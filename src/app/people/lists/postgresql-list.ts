import type { QueryArrayConfig } from 'pg';
import { messageOf, UsageError } from '../../../core/errors.ts';
import { type QueryAnswer, QueryList } from './query-list.ts';
import type { Cell, CustomerRows } from './rows.ts';
import { type ServerSettings, serverOf } from './server.ts';

const rowsAtOnce = 5_000;
const connectMsMax = 15_000;

/** Values as PostgreSQL writes them: dates in particular stay what they are, in whatever zone this machine is. */
const asText = {
  getTypeParser:
    () =>
    (value: string | Buffer): string =>
      value.toString(),
};

/**
 * What a query answers, through a cursor of a transaction that may read only; nothing is kept in memory here or there.
 *
 * @throws UsageError
 */
export const openPostgresql = async (
  settings: ServerSettings,
  query: string,
): Promise<CustomerRows> => {
  const server = serverOf(settings, 5432);
  const { default: pg } = await import('pg');
  const client = new pg.Client({
    host: server.socket ?? server.host,
    port: server.port,
    user: server.user,
    database: server.database,
    ...(server.password === undefined ? {} : { password: server.password }),
    ssl: server.tls === undefined ? false : { rejectUnauthorized: true, ...server.tls },
    connectionTimeoutMillis: connectMsMax,
    application_name: 'postern',
    options: '-c default_transaction_read_only=on -c client_encoding=UTF8 -c datestyle=ISO,YMD',
  });
  const ask = async (text: string): Promise<{ fields: { name: string }[]; rows: Cell[][] }> => {
    const statement: QueryArrayConfig & { readonly queryMode: 'extended' } = {
      text,
      rowMode: 'array',
      types: asText,
      // One statement at a time: whatever stands behind a `;` is refused.
      queryMode: 'extended',
    };
    const { fields, rows } = await client.query<(string | null)[]>(statement);
    return { fields, rows: rows.map(row => row.map(cell => cell ?? undefined)) };
  };
  // A connection that breaks says so here as well as in the query that waits; without a listener it ends the program.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await ask('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await ask(`DECLARE postern NO SCROLL CURSOR FOR ${query.replace(/[;\s]+$/, '')}`);
    const { fields } = await ask('FETCH 0 FROM postern');
    const answer: QueryAnswer = {
      head: fields.map(field => field.name),
      rows: async function* rows(): AsyncGenerator<Cell[][], undefined> {
        for (;;) {
          let some: Cell[][];
          try {
            ({ rows: some } = await ask(`FETCH ${rowsAtOnce} FROM postern`));
          } catch (thrown) {
            throw new UsageError(`${server.name}: ${messageOf(thrown)}`);
          }
          if (some.length === 0) return undefined;
          yield some;
        }
      },
      close: () => client.end(),
    };
    return new QueryList(server.name, answer);
  } catch (thrown) {
    await client.end().catch(() => undefined);
    if (thrown instanceof UsageError) throw thrown;
    throw new UsageError(`${server.name}: ${messageOf(thrown)}`);
  }
};
