import type { Place } from '../../../core/place.ts';
import { withoutAccounts } from '../../../core/url-text.ts';
import type { Endpoint } from '../../platform.ts';
import type { DovecotBlock, DovecotSetting } from '../../syntax/dovecot.ts';
import { readDovecotConfig } from '../../syntax/dovecot.ts';
import { dovecotBlocks, dovecotSetting } from '../../syntax/dovecot-lookup.ts';
import type { Instance } from './instance.ts';

/** A database or directory as a file or block of Dovecot names it; passwords are left out. */
export interface Store {
  /** `mysql`, `pgsql`, `sqlite`, `cassandra`, `ldap`. */
  readonly driver: string;
  /** Hosts, sockets or URIs; empty: the driver's own default. */
  readonly hosts: readonly string[];
  /** Database, file or base DN. */
  readonly database: string;
  /** The line with a password of the store. */
  readonly password?: Place;
  readonly place: Place;
}

const word = /(?<![A-Za-z_])([A-Za-z_]+)\s*=\s*('(?:[^'\\]|\\.)*'|"[^"]*"|\S+)/g;

/** `host=a host=b dbname=mail user=x password=y`: pairs, quotes taken off. */
export const pairsOf = (text: string): readonly (readonly [string, string])[] =>
  [...text.slice(0, 8_192).matchAll(word)].map(
    match =>
      [(match[1] ?? '').toLowerCase(), (match[2] ?? '').replace(/^(['"])(.*)\1$/s, '$2')] as const,
  );

const clean = (text: string): string => withoutAccounts(text).slice(0, 200);

export const sqlStore = (driver: string, connect: DovecotSetting): Store => {
  if (driver === 'sqlite') {
    const path = /^\S+/.exec(connect.value)?.[0] ?? '';
    return { driver, hosts: [], database: clean(path), place: connect.place };
  }
  const pairs = pairsOf(connect.value);
  const all = (...keys: readonly string[]): readonly string[] =>
    pairs.filter(([key]) => keys.includes(key)).map(([, value]) => clean(value));
  return {
    driver,
    hosts: all('host', 'hostaddr'),
    database: all('dbname', 'keyspace').at(-1) ?? '',
    ...(all('password').some(Boolean) ? { password: connect.place } : {}),
    place: connect.place,
  };
};

export const showStore = ({ driver, hosts, database }: Store): string => {
  if (driver === 'ldap') {
    return `${database === '' ? 'the directory' : database} on ${hosts.join(', ') || 'the default server'}`;
  }
  if (driver === 'sqlite') return `database file ${database}`;
  return `database ${database === '' ? '(unnamed)' : database} at ${hosts.join(', ') || 'the local server'} (${driver})`;
};

/** A `.conf.ext` file: settings and blocks as everywhere, without variables of its own. */
export const readExtension = (
  instance: Instance,
  path: string,
  from: Place,
): DovecotBlock | undefined => {
  const { files } = instance;
  if (!path.startsWith('/') || files.stat(path) === undefined) {
    files.note({
      what: path.slice(0, 500),
      why: `is named in ${from.path} and is not there: what it reaches is not known`,
      how: 'Check the path, or collect the file too.',
    });
    return undefined;
  }
  const { root, problems } = readDovecotConfig(files, path);
  for (const { place, why } of problems.filter(each => !each.why.startsWith('what $'))) {
    files.note({ what: `${place.path}:${place.line ?? 1}`, why, how: 'Check the line.' });
  }
  return root;
};

/** Of 2.4: the first `mysql <host> { }` and its like in a block or in the blocks around it. */
export const blockStore = (block: DovecotBlock, driver: string): Store | undefined => {
  for (
    let at: DovecotBlock | undefined = block, depth = 0;
    at !== undefined && depth < 40;
    depth++
  ) {
    if (driver === 'sqlite') {
      const path = dovecotSetting(at, 'sqlite_path') ?? dovecotSetting(at, 'path');
      if (path !== undefined) {
        return { driver, hosts: [], database: clean(path.value), place: path.place };
      }
    } else {
      const servers = dovecotBlocks(at, driver).filter(({ name }) => name !== '');
      const first = servers[0];
      if (first !== undefined) return serversStore(driver, servers, first.place);
    }
    at = at.parent;
  }
  return undefined;
};

const serversStore = (driver: string, servers: readonly DovecotBlock[], place: Place): Store => {
  const parameters = servers.flatMap(server => dovecotBlocks(server, 'pgsql_parameters'));
  const find = (name: string): DovecotSetting | undefined =>
    servers
      .map(server => dovecotSetting(server, `${driver}_${name}`))
      .concat(parameters.map(({ settings }) => settings.findLast(({ key }) => key === name)))
      .find(found => found !== undefined);
  const password = find('password');
  return {
    driver,
    hosts: servers.map(server =>
      clean(dovecotSetting(server, `${driver}_host`)?.value ?? server.name),
    ),
    database: clean((find('dbname') ?? find('keyspace'))?.value ?? ''),
    ...(password === undefined ? {} : { password: password.place }),
    place,
  };
};

/** A setting of 2.4 in a block or, failing that, in the blocks around it. */
export const inheritedSetting = (
  block: DovecotBlock,
  wanted: string,
): DovecotSetting | undefined => {
  for (
    let at: DovecotBlock | undefined = block, depth = 0;
    at !== undefined && depth < 40;
    depth++
  ) {
    const found = dovecotSetting(at, wanted);
    if (found !== undefined) return found;
    at = at.parent;
  }
  return undefined;
};

const schemePorts: Readonly<Record<string, number>> = { http: 80, https: 443, redis: 6379 };

/** Where a URL leads, without user, password and path; undefined when a variable hides it. */
export const urlEndpoint = (text: string): Extract<Endpoint, { net: 'tcp' }> | undefined => {
  const match =
    /^([a-z]+):\/\/(?:[^/@]*@)?(\[[0-9a-f:.]+\]|[^/:?#@\s%$]+)(?::(\d{1,5}))?(?:[/?#]|$)/i.exec(
      withoutAccounts(text.trim()),
    );
  if (match === null) return undefined;
  const port =
    match[3] === undefined ? schemePorts[(match[1] ?? '').toLowerCase()] : Number(match[3]);
  if (port === undefined || port < 1 || port > 65_535) return undefined;
  return { net: 'tcp', host: (match[2] ?? '').replace(/^\[(.*)\]$/, '$1'), port };
};
