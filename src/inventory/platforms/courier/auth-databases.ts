import { type Component, componentId, type Reach } from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import { authFile } from '../../courier-suite/layout.ts';
import { type AuthFile, type AuthSetting, readAuthFile } from './auth-file.ts';

/** What an authentication module looks its users up in. */
interface Store {
  readonly module: string;
  readonly file: string;
  readonly scheme: 'mysql' | 'postgresql' | 'sqlite' | 'ldap';
  readonly prefix: string;
}

const stores: readonly Store[] = [
  { module: 'authmysql', file: 'authmysqlrc', scheme: 'mysql', prefix: 'MYSQL' },
  { module: 'authpgsql', file: 'authpgsqlrc', scheme: 'postgresql', prefix: 'PGSQL' },
  { module: 'authsqlite', file: 'authsqliterc', scheme: 'sqlite', prefix: 'SQLITE' },
  { module: 'authldap', file: 'authldaprc', scheme: 'ldap', prefix: 'LDAP' },
];

const valueOf = (file: AuthFile, name: string): string =>
  (file.settings.get(name)?.value ?? '').slice(0, 300);

const namedOf = (file: AuthFile, name: string): string => valueOf(file, name) || '(unnamed)';

/** `FROM users, domain WHERE …`: the tables of a query of the administrator's own. */
const tablesOf = (query: string): string => {
  const from = /\bFROM\s+/i.exec(query);
  if (from === null) return '(unnamed)';
  const rest = query.slice(from.index + from[0].length);
  const end = rest.search(/\b(?:WHERE|ORDER|GROUP|LIMIT|UNION)\b|;/i);
  return (end < 0 ? rest : rest.slice(0, end)).trim().replace(/\s+/g, ' ').slice(0, 200);
};

const databaseOf = (store: Store, file: AuthFile): string => {
  if (store.scheme === 'sqlite') return `database file ${namedOf(file, 'SQLITE_DATABASE')}`;
  if (store.scheme === 'mysql') {
    const socket = valueOf(file, 'MYSQL_SOCKET');
    const port = valueOf(file, 'MYSQL_PORT');
    const server = valueOf(file, 'MYSQL_SERVER');
    const local = server === '' || server === 'localhost';
    const host =
      local && socket !== ''
        ? socket
        : `${server === '' ? 'localhost' : server}${port === '' || port === '0' ? '' : `:${port}`}`;
    return `database ${namedOf(file, 'MYSQL_DATABASE')} at ${host} (mysql)`;
  }
  const connection = valueOf(file, 'PGSQL_CONNECTION');
  const part = (name: string): string | undefined =>
    new RegExp(`(?:^|\\s)${name}\\s*=\\s*'?([^\\s']+)`).exec(connection)?.[1];
  const host = part('host') ?? part('hostaddr') ?? 'the local server';
  const port = part('port');
  const name = part('dbname') ?? namedOf(file, 'PGSQL_DATABASE');
  return `database ${name} at ${host}${port === undefined ? '' : `:${port}`} (postgresql)`;
};

const passwordOf = (store: Store, file: AuthFile): AuthSetting | undefined => {
  if (store.scheme === 'mysql') return filled(file, 'MYSQL_PASSWORD');
  if (store.scheme === 'ldap') return filled(file, 'LDAP_BINDPW');
  const connection = file.settings.get('PGSQL_CONNECTION');
  return connection !== undefined && /(?:^|\s)password\s*=/.test(connection.value)
    ? connection
    : undefined;
};

const filled = (file: AuthFile, name: string): AuthSetting | undefined => {
  const setting = file.settings.get(name);
  return setting === undefined || setting.value === '' ? undefined : setting;
};

const sqlReach = (store: Store, file: AuthFile): readonly Reach[] => {
  const { prefix } = store;
  const query = filled(file, `${prefix}_SELECT_CLAUSE`);
  const table = filled(file, `${prefix}_USER_TABLE`);
  const change = filled(file, `${prefix}_CHPASS_CLAUSE`);
  const shown =
    query === undefined
      ? `table ${(table?.value ?? '(unnamed)').slice(0, 200)}`
      : `what ${prefix}_SELECT_CLAUSE selects from ${tablesOf(query.value)}`;
  const where = `${shown} of ${databaseOf(store, file)}`;
  const because = query?.because ?? table?.because ?? { path: file.path };
  const clear =
    query === undefined && filled(file, `${prefix}_CLEAR_PWFIELD`) !== undefined
      ? 'in clear text'
      : 'or its hash';
  return [
    { resource: 'customer-records', mode: 'read', extent: where, because },
    {
      resource: 'credentials',
      mode: change === undefined ? 'read' : 'write',
      extent: `the password of every user, ${clear}, in ${where}`,
      because: change?.because ?? because,
    },
  ];
};

const ldapReach = (file: AuthFile): readonly Reach[] => {
  const base = filled(file, 'LDAP_BASEDN');
  const uri = filled(file, 'LDAP_URI') ?? filled(file, 'LDAP_SERVER');
  const because = base?.because ?? uri?.because ?? { path: file.path };
  const where = `${base?.value ?? 'the whole directory'} at ${uri?.value ?? 'the local directory'}`;
  const binds = filled(file, 'LDAP_AUTHBIND');
  const asks = binds !== undefined && binds.value !== '0';
  return [
    {
      resource: 'directory',
      mode: 'read',
      extent: `every entry below ${where.slice(0, 400)}`,
      because,
    },
    {
      resource: 'credentials',
      mode: 'read',
      extent: asks
        ? `the password of everybody who logs in, checked against ${where.slice(0, 400)}`
        : `the password or its hash of every entry below ${where.slice(0, 400)}`,
      because: asks ? binds.because : because,
    },
  ];
};

/** The database or directory behind a module, as its own file describes it. */
export const storeOf = (
  files: FileView,
  module: string,
  enabled: boolean | null,
  identity: Pick<Component, 'version' | 'origin' | 'thirdParty'>,
): readonly Component[] => {
  const store = stores.find(each => each.module === module);
  const path = store === undefined ? undefined : authFile(files, store.file);
  if (store === undefined || path === undefined) return [];
  const file = readAuthFile(files, path, true);
  if (file === undefined) return [];
  // A module that is off keeps the example that its package brought: it links to nothing.
  if (enabled === false) return [];
  if (file.refused !== undefined) {
    files.note({
      what: path,
      why: file.refused,
      how: 'Compare it with the file that the package or the source brings, and add the line.',
    });
  }
  const password = passwordOf(store, file);
  const reach: readonly Reach[] = [
    ...(store.scheme === 'ldap' ? ldapReach(file) : sqlReach(store, file)),
    ...(password === undefined
      ? []
      : [
          {
            resource: 'credentials',
            mode: 'read',
            extent: `the password of its ${store.scheme === 'ldap' ? 'directory' : 'database'} account, in ${path}`,
            because: password.because,
          } as const,
        ]),
  ];
  const name = `${store.scheme}:${path}`;
  return [
    {
      id: componentId(`courier/${name}`),
      name,
      kind: 'database-link',
      platform: 'courier',
      partOf: componentId(`courier/${module}`),
      enabled,
      // The code that connects is the module's own.
      ...identity,
      foundAt: [reach[0]?.because ?? { path }],
      reach,
      logs: [],
    },
  ];
};
