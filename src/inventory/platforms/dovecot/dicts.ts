import type { Component, Reach } from '../../../core/component.ts';
import type { Place } from '../../../core/place.ts';
import type { Endpoint } from '../../platform.ts';
import type { DovecotBlock, DovecotSetting } from '../../syntax/dovecot.ts';
import {
  dovecotBlocks,
  dovecotPluginSetting,
  dovecotSetting,
  effectiveDovecot,
} from '../../syntax/dovecot-lookup.ts';
import { showTables } from '../../syntax/sql-tables.ts';
import { passwordIn } from './auth-stores.ts';
import {
  blockStore,
  inheritedSetting,
  readExtension,
  type Store,
  showStore,
  sqlStore,
} from './databases.ts';
import { claimOf, type Found, type Instance, makePart } from './instance.ts';
import { driverModule } from './modules.ts';
import { joined, outside } from './outside.ts';
import { loadedPlugins } from './plugins.ts';

/** What a dictionary of Dovecot holds, by what uses it. */
const contents: Readonly<Record<string, string>> = {
  quota: 'how much every user stores',
  quota_clone: 'how much every user stores',
  last_login: 'when every user logged in last',
  expire: 'which mail expires when',
  acl: 'who may see whose mailboxes',
  metadata: "users' mailbox annotations",
  sieve: "users' Sieve scripts",
  notify_status: 'how many messages each mailbox holds, and how many are unread',
};

const holds = (name: string): string =>
  Object.entries(contents).find(([word]) =>
    name.toLowerCase().replaceAll(/[-_ ]/g, '').includes(word.replaceAll('_', '')),
  )?.[1] ?? 'what is stored in it';

/** A dictionary, and the line that names it. */
interface Use {
  readonly name: string;
  readonly uri: string;
  readonly place: Place;
}

const serverOf = (rest: string, preset = 6_379): Endpoint => {
  const parts = new Map(
    rest.split(':').map(part => {
      const equals = part.indexOf('=');
      return [part.slice(0, equals), part.slice(equals + 1)] as const;
    }),
  );
  const path = parts.get('path');
  if (path?.startsWith('/') === true) return { net: 'unix', path };
  const port = Number(parts.get('port') ?? preset);
  return {
    net: 'tcp',
    host: (parts.get('host') ?? '127.0.0.1').slice(0, 200),
    port: Number.isInteger(port) && port > 0 && port < 65_536 ? port : preset,
  };
};

const reachOfDict = (name: string, where: string, because: Place): readonly Reach[] =>
  (['read', 'write'] as const).map(mode => ({
    resource: 'customer-records',
    mode,
    extent: `${holds(name)}: ${where}`.slice(0, 500),
    because,
  }));

const database = (
  instance: Instance,
  name: string,
  foundAt: readonly Place[],
  reach: readonly Reach[],
  module: string,
): Component => {
  const path = driverModule(instance, module);
  return makePart(instance, {
    part: name,
    name,
    kind: 'database-link',
    enabled: true,
    claim: path === undefined ? claimOf(instance) : { files: [path] },
    foundAt: [...foundAt, ...(path === undefined ? [] : [{ path }])],
    reach,
  });
};

const withStore = (name: string, store: Store, tables: readonly string[]): readonly Reach[] => [
  ...reachOfDict(name, `${showTables(tables)}${showStore(store)}`, store.place),
  ...(store.password === undefined ? [] : [passwordIn(showStore(store), store.password)]),
];

const sqlDrivers = new Set(['mysql', 'pgsql', 'sqlite', 'cassandra']);

/** `mysql:/etc/dovecot/dovecot-dict-sql.conf.ext`, `redis:host=…`, `ldap:/path` (2.3). */
const fromUri = (instance: Instance, { name, uri, place }: Use): Found => {
  const colon = uri.indexOf(':');
  const driver = colon < 0 ? uri : uri.slice(0, colon);
  const rest = colon < 0 ? '' : uri.slice(colon + 1);
  if (driver === 'redis') {
    return outside(instance, {
      prefix: 'redis',
      kind: 'connector',
      to: serverOf(rest),
      reach: reachOfDict(name, 'Redis', place),
      because: place,
    });
  }
  if (driver === 'memcached' || driver === 'memcached_ascii') {
    return outside(instance, {
      prefix: 'memcached',
      kind: 'connector',
      to: serverOf(rest, 11_211),
      reach: reachOfDict(name, 'memcached', place),
      because: place,
    });
  }
  if (sqlDrivers.has(driver)) {
    const root = readExtension(instance, rest, place);
    const connect = root === undefined ? undefined : dovecotSetting(root, 'connect');
    const tables = (root === undefined ? [] : dovecotBlocks(root, 'map')).flatMap(
      map => dovecotSetting(map, 'table')?.value ?? [],
    );
    const reach =
      connect === undefined
        ? []
        : withStore(name, sqlStore(driver, connect), [...new Set(tables)].slice(0, 50));
    const foundAt = [place, ...(connect === undefined ? [] : [connect.place])];
    return {
      components: [
        database(instance, `${driver}:${rest}`, foundAt, reach, `libdriver_${driver}.so`),
      ],
    };
  }
  if (driver !== 'ldap') return { components: [] };
  const root = readExtension(instance, rest, place);
  const uris = root === undefined ? undefined : dovecotSetting(root, 'uri');
  const bases = (root === undefined ? [] : dovecotBlocks(root, 'map')).flatMap(
    map => dovecotSetting(map, 'base_dn')?.value ?? [],
  );
  const password = root === undefined ? undefined : dovecotSetting(root, 'password');
  const store: Store = {
    driver: 'ldap',
    hosts: uris === undefined ? [] : uris.value.split(/\s+/).slice(0, 20),
    database: [...new Set(bases)].join(', ').slice(0, 300),
    ...(password === undefined ? {} : { password: password.place }),
    place: uris?.place ?? place,
  };
  const reach = withStore(name, store, []).map(
    (each): Reach =>
      each.resource === 'customer-records' ? { ...each, resource: 'directory' } : each,
  );
  return {
    components: [database(instance, `ldap:${rest}`, [place], reach, 'libdict_ldap.so')],
  };
};

/** Settings of 2.3 that name a dictionary, and the plug-in without which they do nothing. */
const namedBy: readonly (readonly [setting: string, plugin: string | undefined])[] = [
  ['last_login_dict', 'last_login'],
  ['acl_shared_dict', 'acl'],
  ['expire_dict', 'expire'],
  ['quota_clone_dict', 'quota_clone'],
  ['notify_status_dict', 'notify_status'],
];

/** `quota = dict:User quota:%u:redis:host=…`: the dictionary stands behind the third colon. */
const quotaDict = (setting: DovecotSetting): readonly Use[] => {
  const parts = setting.value.split(':');
  if (parts[0] !== 'dict') return [];
  const at = parts.findIndex(
    (part, i) =>
      i >= 3 &&
      /^[a-z-]+$/.test(part) &&
      !/^(?:noenforcing|hidden|ns|ignoreunlimited|no-unset)/.test(part),
  );
  return at < 0 ? [] : [{ name: 'quota', uri: parts.slice(at).join(':'), place: setting.place }];
};

const uses23 = (instance: Instance): readonly Use[] => {
  const { config } = instance;
  const loaded = loadedPlugins(instance);
  const named = dovecotBlocks(config.root, 'dict').flatMap(({ settings }) =>
    settings
      .filter(({ key }, i, all) => all.findLastIndex(each => each.key === key) === i)
      .map(({ key, value, place }) => ({ name: key, uri: value, place })),
  );
  const direct = namedBy.flatMap(([key, plugin]) => {
    const found = dovecotPluginSetting(config, key);
    const counts = plugin === undefined || loaded.has(plugin);
    return found === undefined || !counts
      ? []
      : [{ name: plugin ?? key, uri: found.value, place: found.place }];
  });
  const attribute = effectiveDovecot(config, 'mail_attribute_dict');
  const quotas = loaded.has('quota')
    ? [1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap(i => {
        const found = dovecotPluginSetting(config, i === 1 ? 'quota' : `quota${i}`);
        return found === undefined ? [] : quotaDict(found);
      })
    : [];
  return [
    ...named,
    ...direct,
    ...(attribute === undefined
      ? []
      : [{ name: 'metadata', uri: attribute.value, place: attribute.place }]),
    ...quotas,
  ]
    .filter(({ uri }) => !/^(?:proxy|file|fs|fail|cdb)(?::|$)/.test(uri) && uri !== '')
    .slice(0, 100);
};

/** Every `dict name { }` of 2.4, whatever block it stands in. */
const blocks24 = (root: DovecotBlock): readonly DovecotBlock[] => {
  const out: DovecotBlock[] = [];
  const visit = (block: DovecotBlock, depth: number): void => {
    if (depth > 32 || out.length > 100) return;
    for (const inner of block.blocks) {
      if (inner.key.startsWith('@')) continue;
      if (inner.key === 'dict' || inner.key.endsWith('_dict')) out.push(inner);
      visit(inner, depth + 1);
    }
  };
  visit(root, 0);
  return out;
};

const purposeOf = (block: DovecotBlock): string => {
  const outer = block.parent;
  return outer === undefined || outer.key === 'dict_server'
    ? block.name
    : `${outer.key} ${block.name}`;
};

const fromBlock = (instance: Instance, block: DovecotBlock): Found => {
  const driver = dovecotSetting(block, 'dict_driver')?.value ?? block.name;
  const name = purposeOf(block);
  if (driver === 'redis') {
    const path = inheritedSetting(block, 'redis_socket_path');
    const host = inheritedSetting(block, 'redis_host');
    const port = inheritedSetting(block, 'redis_port');
    const rest =
      path === undefined || path.value === ''
        ? `host=${host?.value ?? '127.0.0.1'}:port=${port?.value ?? '6379'}`
        : `path=${path.value}`;
    const because = host?.place ?? path?.place ?? block.place;
    return outside(instance, {
      prefix: 'redis',
      kind: 'connector',
      to: serverOf(rest),
      reach: reachOfDict(name, 'Redis', because),
      because,
    });
  }
  if (driver !== 'sql' && driver !== 'ldap') return { components: [] };
  if (driver === 'sql') {
    const sql = inheritedSetting(block, 'sql_driver')?.value ?? 'sql';
    const store = blockStore(block, sql);
    const tables = dovecotBlocks(block, 'dict_map').flatMap(
      map =>
        (dovecotSetting(map, 'dict_map_sql_table') ?? dovecotSetting(map, 'sql_table'))?.value ??
        [],
    );
    const where = store?.hosts[0] ?? store?.database ?? 'default';
    const reach =
      store === undefined ? [] : withStore(name, store, [...new Set(tables)].slice(0, 50));
    return {
      components: [
        database(instance, `${sql}:${where}`, [block.place], reach, `libdriver_${sql}.so`),
      ],
    };
  }
  const uris = inheritedSetting(block, 'ldap_uris');
  const base = inheritedSetting(block, 'ldap_base');
  const password = inheritedSetting(block, 'ldap_auth_dn_password');
  const store: Store = {
    driver: 'ldap',
    hosts: uris === undefined ? [] : uris.value.split(/[\s,]+/).slice(0, 20),
    database: (base?.value ?? '').slice(0, 300),
    ...(password === undefined ? {} : { password: password.place }),
    place: base?.place ?? block.place,
  };
  const host = (store.hosts[0] ?? 'default').replace(/^ldap[si]?:\/\//i, '').replace(/\/.*$/s, '');
  const reach = withStore(name, store, []).map(
    (each): Reach =>
      each.resource === 'customer-records' ? { ...each, resource: 'directory' } : each,
  );
  return {
    components: [database(instance, `ldap:${host}`, [block.place], reach, 'libdict_ldap.so')],
  };
};

/** Dictionaries that lie outside of Dovecot's own files. */
export const dictsOf = (instance: Instance): Found => {
  const founds =
    instance.config.syntax === '2.4'
      ? blocks24(instance.config.root).map(block => fromBlock(instance, block))
      : uses23(instance).map(use => fromUri(instance, use));
  const components = new Map<string, Component>();
  for (const component of founds.flatMap(found => found.components)) {
    const known = components.get(component.id);
    components.set(component.id, known === undefined ? component : joined(known, component));
  }
  return {
    components: [...components.values()],
    links: founds.flatMap(found => found.links ?? []),
  };
};
