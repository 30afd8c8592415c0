import { type DatabaseUrl, parseDatabaseUrl } from '../../syntax/database-url.ts';
import { type PhpValue, phpText, undecided } from '../../syntax/php-values.ts';

/** A database as one of Roundcube's settings names it, without account and password. */
export interface Dsn {
  readonly scheme: string;
  readonly host: string;
  readonly database: string;
  readonly hasPassword: boolean;
}

const schemes = /^(?:mysqli?|mariadb|pgsql|postgres(?:ql)?|sqlite3?|mssql|sqlsrv|oci8|oracle)$/i;

const fromUrl = (url: DatabaseUrl): Dsn | undefined =>
  schemes.test(url.scheme)
    ? {
        scheme: url.scheme === 'pgsql' ? 'postgresql' : url.scheme.replace(/^mysqli$/, 'mysql'),
        host: url.host,
        database: url.database,
        hasPassword: url.hasPassword,
      }
    : undefined;

/**
 * `driver://user:password@host:port/database?options`, with PEAR's `unix(/run/x.sock)` and
 * `tcp(host:port)` in place of the host. What is only decided when PHP runs is shown as `…`.
 */
export const parseDsn = (value: PhpValue | undefined): Dsn | undefined => {
  if (value === undefined) return undefined;
  const text =
    phpText(value) ??
    (value.is === 'unknown'
      ? (value.shape ?? value.candidates.map(phpText).find(each => each !== undefined))
      : undefined);
  if (text === undefined || text === '') return undefined;
  const wrapped = /(?:^|@)([a-z0-9_.:[\]-]*)(unix|tcp)\(([^()]{1,300})\)/i.exec(
    text.replace(/^[a-z0-9]+:\/\//i, ''),
  );
  if (wrapped !== null) {
    const plain = text.replace(`${wrapped[2] ?? ''}(${wrapped[3] ?? ''})`, 'wrapped');
    const url = parseDatabaseUrl(plain);
    const dsn = url === undefined ? undefined : fromUrl(url);
    return dsn === undefined ? undefined : { ...dsn, host: wrapped[3] ?? '' };
  }
  const url = parseDatabaseUrl(text);
  return url === undefined ? undefined : fromUrl(url);
};

/** "database roundcube on localhost (mysql)", "database file /var/lib/x.db". */
export const showDsn = ({ scheme, host, database }: Dsn): string => {
  if (scheme.startsWith('sqlite')) return `database file ${database}`;
  const name = database === '' ? '(unnamed)' : database;
  const where = host === '' ? 'the local server' : host;
  return `database ${name.replace(undecided, '(not decided in the file)')} on ${where} (${scheme})`;
};
