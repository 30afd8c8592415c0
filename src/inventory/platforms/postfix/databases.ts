import { type Component, componentId, type Reach, type Resource } from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import type { Place } from '../../../core/place.ts';
import { lineAt } from '../../syntax/postfix-lines.ts';
import { tablesOf } from '../../syntax/postfix-list.ts';
import { makeExpander } from '../../syntax/postfix-macro.ts';
import { readSettings } from '../../syntax/postfix-main.ts';
import type { Instance } from './instance.ts';
import { isRemoteMap, isTableServer, type MapUse } from './maps.ts';

/** A setting of a table's own file, or of `name_setting` in main.cf. */
interface Found {
  readonly text: string;
  readonly at: Place;
}
type Ask = (name: string) => Found | undefined;

/** Settings that every table of that kind has some of. */
const telling = [
  'hosts',
  'dbname',
  'query',
  'server_host',
  'search_base',
  'dbpath',
  'uri',
  'memcache',
];

const clip = (text: string, max = 200): string =>
  text.length > max ? `${text.slice(0, max)}…` : text;

/**
 * Settings of a table: of its file when the name is a path, else of main.cf, where `name` is the
 * prefix (ldap_table(5), "BACKWARDS COMPATIBILITY"; mysql_table(5), "OBSOLETE MAIN.CF PARAMETERS").
 */
const asker = (files: FileView, use: MapUse): Ask => {
  const { name } = use;
  if (!name.startsWith('/') && !name.startsWith('.')) {
    const isTold = telling.some(each => use.params.get(`${name}_${each}`).isSet);
    if (!isTold && !use.type.startsWith('nis')) {
      files.note({
        what: `${use.at.path}, line ${use.at.line ?? 1}`,
        why: `${use.parameter} asks ${use.type}:${clip(name)}, and nothing says where that is`,
        how: 'Name the file of the table, or set its parameters.',
      });
    }
    return setting => {
      const value = use.params.get(`${name}_${setting}`);
      return value.isSet ? { text: value.text, at: value.at } : undefined;
    };
  }
  const text = files.text(name);
  if (text === undefined) {
    files.note({
      what: name,
      why: `cannot be read: which database ${use.type} asks for ${use.parameter} is not known`,
      how: 'Run Postern as root, and collect the whole of /etc.',
    });
    return () => undefined;
  }
  const { settings, problems } = readSettings(text);
  for (const { line, why } of problems.slice(0, 10)) {
    files.note({ what: `${name}, line ${line}`, why, how: 'Mend the line.' });
  }
  // Postfix expands macros in these files too (dict_ldap(3), cfg_get_str).
  const expander = makeExpander(each => settings.get(each)?.value.text);
  return setting => {
    const found = settings.get(setting);
    return found === undefined
      ? undefined
      : {
          text: expander.expand(found.value.text).text,
          at: { path: name, line: lineAt(found.value, 0) },
        };
  };
};

/** Names behind FROM and JOIN. Queries are looked at up to a length that no real one has. */
const tablesIn = (query: string): readonly string[] => {
  const out = new Set<string>();
  for (const match of query
    .slice(0, 4_000)
    .matchAll(/\b(?:from|join|update|into|call)\s+[`"[]?([\w.$-]{1,100})/gi)) {
    out.add(match[1] ?? '');
  }
  return [...out].slice(0, 10);
};

/** What a link leads to, in words, with the line that says so. */
interface Target {
  readonly what: string;
  readonly because: Place;
  readonly resource: Resource;
}

/** A URI without its user and password. */
const bareUri = (uri: string): string => {
  const scheme = uri.indexOf('://');
  const start = scheme < 0 ? 0 : scheme + 3;
  const at = uri.lastIndexOf('@');
  return clip((at < start ? uri.slice(start) : uri.slice(at + 1)).replace(/\/?(?:\?.*)?$/s, ''));
};

/** `hosts` of pgsql_table(5) may be URIs with a password in them. */
const bareHosts = (hosts: string): string =>
  hosts
    .slice(0, 4_000)
    .split(/[\s,]+/)
    .map(host => (host.includes('@') || host.includes('?') ? bareUri(host) : host))
    .join(', ');

const sqlTarget = (ask: Ask, use: MapUse): Target => {
  const query = ask('query');
  const table = ask('table');
  const database = ask('dbname');
  const hosts = ask('hosts')?.text.trim() ?? '';
  const names =
    query === undefined ? (table === undefined ? [] : [table.text]) : tablesIn(query.text);
  return {
    what: [
      names.length === 0 ? '' : `${names.length > 1 ? 'tables' : 'table'} ${names.join(', ')} of`,
      database === undefined ? 'an unnamed database' : `database ${clip(database.text)}`,
      `on ${hosts === '' ? 'localhost' : clip(bareHosts(hosts))}`,
    ]
      .filter(part => part !== '')
      .join(' '),
    because: query?.at ?? table?.at ?? database?.at ?? use.at,
    resource: 'customer-records',
  };
};

const ldapTarget = (ask: Ask, use: MapUse): Target => {
  const base = ask('search_base');
  const host = ask('server_host');
  const hosts = host?.text.trim() ?? '';
  return {
    what: `entries below ${base === undefined || base.text === '' ? 'the root of the tree' : clip(base.text)} on ${hosts === '' ? 'localhost' : clip(hosts.replace(/\s+/g, ', '))}`,
    because: base?.at ?? host?.at ?? use.at,
    resource: 'directory',
  };
};

const plainTarget = (what: string, at: Place): Target => ({
  what,
  because: at,
  resource: 'customer-records',
});

const shown: Readonly<Record<string, string>> = {
  ldap: 'a directory',
  sqlite: 'a database file',
  memcache: 'a cache server',
  nis: 'a NIS domain',
  nisplus: 'a NIS+ domain',
};

const targetOf = (ask: Ask, use: MapUse): Target => {
  if (telling.every(name => ask(name) === undefined) && !use.type.startsWith('nis')) {
    const kind = Object.hasOwn(shown, use.type) ? (shown[use.type] ?? '') : 'a database';
    return {
      what: `${kind} whose place could not be read`,
      because: use.at,
      resource: use.type === 'ldap' ? 'directory' : 'customer-records',
    };
  }
  switch (use.type) {
    case 'ldap':
      return ldapTarget(ask, use);
    case 'sqlite': {
      const path = ask('dbpath');
      const names = tablesIn(ask('query')?.text ?? '');
      const from = names.length === 0 ? '' : `table ${names.join(', ')} of `;
      return plainTarget(
        `${from}database file ${path === undefined ? '(unnamed)' : clip(path.text)}`,
        path?.at ?? use.at,
      );
    }
    case 'mongodb': {
      const uri = ask('uri');
      const database = ask('dbname')?.text ?? '(unnamed)';
      const collection = ask('collection')?.text;
      return plainTarget(
        `${collection === undefined ? '' : `collection ${clip(collection)} of `}database ${clip(database)} on ${uri === undefined ? 'an unnamed server' : bareUri(uri.text)}`,
        uri?.at ?? use.at,
      );
    }
    case 'memcache': {
      const server = ask('memcache');
      return {
        what: `what was looked up before, in memcached at ${clip(server?.text ?? 'inet:localhost:11211')}`,
        because: server?.at ?? use.at,
        resource: 'mail-in-transit',
      };
    }
    case 'mysql':
    case 'pgsql':
      return sqlTarget(ask, use);
    default:
      return plainTarget(`${use.type}:${clip(use.name)}`, use.at);
  }
};

const hasPassword = (uri: string): boolean => /\/\/[^/\s]*:[^/\s]*@/.test(uri.slice(0, 2_000));

/** Where a password of the database or directory is written. */
const secretOf = (ask: Ask, { type }: MapUse): Place | undefined => {
  const name = type === 'ldap' ? 'bind_pw' : type === 'mongodb' ? 'uri' : 'password';
  const hosts = type === 'pgsql' ? ask('hosts') : undefined;
  if (hosts !== undefined && hasPassword(hosts.text)) return hosts.at;
  const found = ask(name);
  if (found === undefined || found.text === '') return undefined;
  if (type === 'mongodb') return hasPassword(found.text) ? found.at : undefined;
  return type === 'sqlite' || type === 'memcache' ? undefined : found.at;
};

/** Parameters whose tables hold passwords or keys, whatever they lie in. */
const secretMaps = /_sasl_password_maps$|_sni_maps$/;
/** Caches that Postfix writes to. */
const written = /_cache_map$|_cache_database$|_cache_name$|^address_verify_map$/;

/** A query or attribute that asks for passwords. */
const asksPassword = (ask: Ask): boolean =>
  [ask('query'), ask('select_field'), ask('result_attribute')].some(
    found =>
      found !== undefined && /pass(?:word|wd)?\b|userPassword/i.test(found.text.slice(0, 4_000)),
  );

const reachOf = (ask: Ask, use: MapUse): readonly Reach[] => {
  const { what, because, resource } = targetOf(ask, use);
  const secret = secretOf(ask, use);
  const isSecret = secretMaps.test(use.parameter) || asksPassword(ask);
  return [
    {
      resource: isSecret ? 'credentials' : resource,
      mode: written.test(use.parameter) || use.type === 'memcache' ? 'write' : 'read',
      extent: `${use.parameter}: ${what}`,
      because,
    },
    ...(secret === undefined
      ? []
      : [
          {
            resource: 'credentials',
            mode: 'read',
            extent: `a password of the ${use.type === 'ldap' ? 'directory' : 'database'}, in ${secret.path}`,
            because: secret,
          } as const,
        ]),
  ];
};

const linksMax = 500;

/** What memcache_table(5) keeps copies of: `backup = type:name`. */
const backupOf = (files: FileView, use: MapUse): readonly MapUse[] => {
  const backup = asker(files, use)('backup');
  if (backup === undefined) return [];
  return tablesOf({ text: backup.text, offset: 0 }).map(({ type, name, through }) => ({
    ...use,
    type,
    name,
    through,
    at: backup.at,
  }));
};

/** Databases, directories and table servers: one link for each file that says where they are. */
export const databaseLinks = (
  files: FileView,
  instance: Instance,
  uses: readonly MapUse[],
): readonly Component[] => {
  const found = new Map<string, Component>();
  const backups = uses
    .filter(({ type }) => type === 'memcache')
    .slice(0, 50)
    .flatMap(use => backupOf(files, use));
  for (const use of [...uses, ...backups]) {
    if (!isRemoteMap(use) || isTableServer(use)) continue;
    const name = clip(`${use.type}:${use.name}`, 400);
    if (found.size > linksMax) break;
    const known = found.get(name);
    const ask = asker(files, use);
    const isFile = use.name.startsWith('/');
    const first: Component = known ?? {
      id: componentId(`${instance.id}/${name}`),
      name,
      kind: 'database-link',
      platform: 'postfix',
      partOf: componentId(instance.id),
      enabled: true,
      version: {
        unknown: `it is ${Object.hasOwn(shown, use.type) ? shown[use.type] : 'a database'} that Postfix asks`,
      },
      origin: 'unknown',
      thirdParty: true,
      foundAt: isFile ? [{ path: use.name }] : [],
      reach: [],
      logs: [],
    };
    const has = (each: Reach): boolean =>
      first.reach.some(
        known =>
          known.resource === each.resource &&
          known.mode === each.mode &&
          known.extent === each.extent,
      );
    const isKnown = first.foundAt.some(
      ({ path, line }) => path === use.at.path && line === use.at.line,
    );
    found.set(name, {
      ...first,
      foundAt: isKnown ? first.foundAt : [...first.foundAt, use.at].slice(0, 50),
      reach: [...first.reach, ...reachOf(ask, use).filter(each => !has(each))].slice(0, 50),
    });
  }
  return [...found.values()];
};
