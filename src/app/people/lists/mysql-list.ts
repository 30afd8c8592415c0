import { isIP } from 'node:net';
import { messageOf, UsageError } from '../../../core/errors.ts';
import { type QueryAnswer, QueryList } from './query-list.ts';
import type { Cell, CustomerRows } from './rows.ts';
import { type ServerSettings, serverOf } from './server.ts';

const rowsAtOnce = 5_000;
const connectMsMax = 15_000;

/**
 * What a query of MySQL or MariaDB answers, row by row as it comes, in a transaction that may read only.
 *
 * @throws UsageError
 */
export const openMysql = async (settings: ServerSettings, query: string): Promise<CustomerRows> => {
  const server = serverOf(settings, 3306);
  if (server.tls !== undefined && isIP(server.host) !== 0) {
    // The driver holds the certificate against a name, or against nothing.
    throw new UsageError(
      `${server.name}: over TLS the server is to be named, not numbered: its certificate is held against its name`,
    );
  }
  const { createConnection } = await import('mysql2');
  const connection = createConnection({
    ...(server.socket === undefined
      ? { host: server.host, port: server.port }
      : { socketPath: server.socket }),
    user: server.user,
    database: server.database,
    ...(server.password === undefined ? {} : { password: server.password }),
    ...(server.tls === undefined
      ? {}
      : { ssl: { rejectUnauthorized: true, verifyIdentity: true, ...server.tls } }),
    connectTimeout: connectMsMax,
    charset: 'utf8mb4',
    multipleStatements: false,
    // Values as the server writes them.
    typeCast: field => field.string(),
  });
  connection.on('error', () => undefined);
  const close = (): Promise<void> => {
    // What is still on its way is not waited for.
    connection.destroy();
    return Promise.resolve();
  };
  const failed = (thrown: unknown): UsageError =>
    new UsageError(`${server.name}: ${messageOf(thrown)}`);
  try {
    const session = connection.promise();
    await session.query('SET SESSION TRANSACTION READ ONLY');
    await session.query('START TRANSACTION READ ONLY');
    const running = connection.query({ sql: query, rowsAsArray: true });
    const head = new Promise<readonly string[]>((resolve, reject) => {
      running.once('fields', (fields: readonly { readonly name: string }[] | undefined) =>
        resolve((fields ?? []).map(field => field.name)),
      );
      running.once('error', reject);
      running.once('end', () => resolve([]));
    });
    const stream = running.stream({ highWaterMark: rowsAtOnce });
    stream.on('error', () => undefined);
    const answer: QueryAnswer = {
      head: await head,
      rows: async function* rows(): AsyncGenerator<Cell[][], undefined> {
        let some: Cell[][] = [];
        try {
          for await (const row of stream) {
            some.push((row as (string | null)[]).map(cell => cell ?? undefined));
            if (some.length < rowsAtOnce) continue;
            yield some;
            some = [];
          }
        } catch (thrown) {
          throw failed(thrown);
        }
        if (some.length > 0) yield some;
        return undefined;
      },
      close,
    };
    return new QueryList(server.name, answer);
  } catch (thrown) {
    await close();
    throw thrown instanceof UsageError ? thrown : failed(thrown);
  }
};
