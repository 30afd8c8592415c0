import type { Reach } from '../../../core/component.ts';
import type { Place } from '../../../core/place.ts';
import type { DovecotBlock, DovecotSetting } from '../../syntax/dovecot.ts';
import { dovecotSetting } from '../../syntax/dovecot-lookup.ts';
import { showTables, tablesOf } from '../../syntax/sql-tables.ts';
import {
  blockStore,
  inheritedSetting,
  readExtension,
  type Store,
  showStore,
  sqlStore,
} from './databases.ts';
import type { Instance } from './instance.ts';

/** A passdb or userdb block, with what both syntaxes say of it. */
export interface Backend {
  readonly is: 'passdb' | 'userdb';
  readonly driver: string;
  readonly block: DovecotBlock;
  /** 2.3 only. */
  readonly args?: DovecotSetting;
  readonly place: Place;
  readonly master?: DovecotSetting;
  readonly deny: boolean;
}

/** What a back end turned out to be. */
export interface Backing {
  readonly name: string;
  readonly reach: readonly Reach[];
  readonly foundAt: readonly Place[];
  /** Module that holds its driver: `libdriver_mysql.so`. */
  readonly module?: string;
}

/** The password that a configuration file holds, never its value. */
export const passwordIn = (what: string, place: Place): Reach => ({
  resource: 'credentials',
  mode: 'read',
  extent: `the password of ${what}, in ${place.path}`,
  because: place,
});

const ownPassword = (store: Store, what: string = showStore(store)): readonly Reach[] =>
  store.password === undefined ? [] : [passwordIn(what, store.password)];

const sqlKeys23 = {
  passdb: ['password_query', 'update_query'],
  userdb: ['user_query', 'iterate_query'],
} as const;

const sqlKeys24 = {
  passdb: ['passdb_sql_query', 'passdb_sql_update_query'],
  userdb: ['userdb_sql_query', 'userdb_sql_iterate_query'],
} as const;

/** db-sql.c has a table name for whoever sets no query. */
const presetTable = 'users';

const sqlReaches = (
  backend: Backend,
  store: Store,
  queries: readonly DovecotSetting[],
): readonly Reach[] => {
  const tables = tablesOf(queries.map(({ value }) => value));
  const shown = queries.length === 0 ? [presetTable] : tables;
  const because = queries[0]?.place ?? store.place;
  const where = `${showTables(shown)}${showStore(store)}`;
  const out: Reach[] = [
    { resource: 'customer-records', mode: 'read', extent: where, because },
    ...ownPassword(store),
  ];
  if (backend.is === 'passdb' && !backend.deny) {
    out.push({
      resource: 'credentials',
      mode: 'read',
      extent: `passwords of accounts, in ${where}`,
      because,
    });
  }
  const update = queries.find(
    ({ key, value }) => key.endsWith('update_query') && /\b(?:update|insert)\b/i.test(value),
  );
  if (update !== undefined) {
    out.push({ resource: 'credentials', mode: 'write', extent: where, because: update.place });
  }
  return out;
};

const noteUnknown = ({ files }: Instance, { is, place }: Backend, path: string): void =>
  files.note({
    what: `${place.path}:${place.line ?? 1}`,
    why: `${is} asks an SQL database, and ${path.slice(0, 300)} does not say which: what it reaches is not known`,
    how: 'Check the driver and where its database is set.',
  });

/** `driver = sql`: a file of its own in 2.3, settings like any other in 2.4. */
export const sqlBacking = (instance: Instance, backend: Backend): Backing => {
  if (instance.config.syntax === '2.4') {
    const driver = inheritedSetting(backend.block, 'sql_driver');
    const store = driver === undefined ? undefined : blockStore(backend.block, driver.value);
    const queries = sqlKeys24[backend.is].flatMap(key => {
      const found = dovecotSetting(backend.block, key) ?? dovecotSetting(instance.config.root, key);
      return found === undefined ? [] : [found];
    });
    const name = `${driver?.value ?? 'sql'}:${store?.hosts[0] ?? store?.database ?? 'default'}`;
    if (store === undefined) noteUnknown(instance, backend, backend.place.path);
    return {
      name,
      reach: store === undefined ? [] : sqlReaches(backend, store, queries),
      foundAt: store === undefined ? [] : [store.place],
      ...(driver === undefined ? {} : { module: `libdriver_${driver.value}.so` }),
    };
  }
  const path = backend.args?.value ?? '';
  const root = readExtension(instance, path, backend.place);
  const driver = root === undefined ? undefined : dovecotSetting(root, 'driver')?.value;
  const connect = root === undefined ? undefined : dovecotSetting(root, 'connect');
  const name = `${driver ?? 'sql'}:${path}`;
  if (root === undefined || driver === undefined || connect === undefined) {
    // A file that is not there has been noted already.
    if (root !== undefined) noteUnknown(instance, backend, path);
    return { name, reach: [], foundAt: [] };
  }
  const queries = sqlKeys23[backend.is].flatMap(key => {
    const found = dovecotSetting(root, key);
    return found === undefined ? [] : [found];
  });
  return {
    name,
    reach: sqlReaches(backend, sqlStore(driver, connect), queries),
    foundAt: [{ path, ...(connect.place.line === undefined ? {} : { line: connect.place.line }) }],
    module: `libdriver_${driver}.so`,
  };
};

const ldapReaches = (
  backend: Backend,
  store: Store,
  bindsAsUser: boolean,
  filter: DovecotSetting | undefined,
): readonly Reach[] => {
  const because = filter?.place ?? store.place;
  const out: Reach[] = [
    { resource: 'directory', mode: 'read', extent: showStore(store), because: store.place },
    ...ownPassword(store, `its account at ${store.hosts.join(', ') || 'the directory'}`),
  ];
  if (backend.is === 'passdb' && !backend.deny) {
    out.push({
      resource: 'credentials',
      mode: 'read',
      extent: bindsAsUser
        ? `every password given at login: it is tried on ${showStore(store)}`
        : `passwords of accounts, in ${showStore(store)}`,
      because,
    });
  }
  return out;
};

const hostsOf = (text: string): readonly string[] =>
  text
    .split(/[\s,]+/)
    .filter(Boolean)
    .map(each => each.slice(0, 200))
    .slice(0, 20);

/** `driver = ldap`, and dictionaries that lie in a directory. */
export const ldapBacking = (instance: Instance, backend: Backend): Backing => {
  const is24 = instance.config.syntax === '2.4';
  const path = backend.args?.value ?? '';
  const root = is24 ? undefined : readExtension(instance, path, backend.place);
  const find = (name23: string, name24: string): DovecotSetting | undefined => {
    if (is24) return inheritedSetting(backend.block, name24);
    return root === undefined ? undefined : dovecotSetting(root, name23);
  };
  const uris = find('uris', 'ldap_uris') ?? find('hosts', 'ldap_uris');
  const base = find('base', `${backend.is}_ldap_base`) ?? find('base', 'ldap_base');
  const password = find('dnpass', 'ldap_auth_dn_password');
  const bind = find('auth_bind', 'passdb_ldap_bind');
  const filter =
    backend.is === 'passdb'
      ? find('pass_filter', 'passdb_ldap_filter')
      : find('user_filter', 'userdb_ldap_filter');
  const store: Store = {
    driver: 'ldap',
    hosts: hostsOf(uris?.value ?? ''),
    database: (base?.value ?? '').slice(0, 300),
    ...(password === undefined ? {} : { password: password.place }),
    place: base?.place ?? uris?.place ?? backend.place,
  };
  const known = uris !== undefined || base !== undefined;
  const bindsAsUser = bind !== undefined && /^(?:yes|y|1|true)$/i.test(bind.value);
  const where = is24
    ? (store.hosts[0] ?? 'default').replace(/^ldap[si]?:\/\//i, '').replace(/\/.*$/s, '')
    : path;
  return {
    name: `ldap:${where}`,
    reach: known ? ldapReaches(backend, store, bindsAsUser, filter) : [],
    foundAt: known ? [store.place] : [],
    module: 'libauthdb_ldap.so',
  };
};
