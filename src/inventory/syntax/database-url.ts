/** A database as a URL names it, without user and password: those must not be shown anywhere. */
export interface DatabaseUrl {
  /** `mysql`, `postgresql`, `sqlite`, … without the driver that SQLAlchemy adds. */
  readonly scheme: string;
  /** `127.0.0.1:5432`; empty for a file or the local socket. */
  readonly host: string;
  /** Name of the database, or path of its file. */
  readonly database: string;
  readonly table?: string;
  readonly hasPassword: boolean;
}

const textMax = 4_096;

/**
 * Reads `scheme[+driver]://user:password@host:port/database[/table][?options]`, as SQLAlchemy,
 * GNUstep's GDLContentStore and Django's dj-database-url write it. Passwords may hold any character,
 * so the last `@` ends them.
 */
export const parseDatabaseUrl = (written: string): DatabaseUrl | undefined => {
  const text = written.trim();
  const match = /^([a-z0-9]+)(?:\+[a-z0-9_]+)?:\/\//i.exec(text);
  if (match === null || text.length > textMax) return undefined;
  const scheme = (match[1] ?? '').toLowerCase();
  const rest = text.slice(match[0].length);
  const question = rest.lastIndexOf('?');
  const at = rest.lastIndexOf('@', question < 0 ? rest.length : question);
  const bare = question > at ? rest.slice(0, question) : rest;
  const account = at < 0 ? '' : rest.slice(0, at);
  const address = bare.slice(at + 1);
  if (scheme === 'sqlite') {
    // sqlite:////absolute, sqlite:///relative
    return { scheme, host: '', database: address.replace(/^\//, ''), hasPassword: false };
  }
  const [host = '', database = '', table] = address.split('/');
  return {
    scheme: scheme === 'postgres' ? 'postgresql' : scheme,
    host,
    database,
    hasPassword: account.includes(':') && !account.endsWith(':'),
    ...(table === undefined || table === '' ? {} : { table }),
  };
};

/** "database mail at 127.0.0.1:3306 (mysql)", "database file /var/lib/x.db". */
export const showDatabase = ({ scheme, host, database }: DatabaseUrl): string => {
  if (scheme === 'sqlite') return `database file ${database}`;
  return `database ${database === '' ? '(unnamed)' : database} at ${host === '' ? 'the local server' : host} (${scheme})`;
};
