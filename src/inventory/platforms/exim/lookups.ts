import type { Component, Reach } from '../../../core/component.ts';
import type { Place } from '../../../core/place.ts';
import { withoutAccounts } from '../../../core/url-text.ts';
import { identify } from '../../identify.ts';
import { settingNamed } from '../../syntax/exim.ts';
import { splitEximList } from '../../syntax/exim-lists.ts';
import { type Exim, isDynamic, partOf, type Text } from './context.ts';

const types = ['mysql', 'pgsql', 'sqlite', 'redis', 'ldap', 'oracle', 'ibase'] as const;
type Type = (typeof types)[number];

/** A database or directory, as settings name it; never its password. */
interface Server {
  readonly type: Type;
  readonly host: string;
  readonly database: string;
  readonly user: string;
  /** Where its password stands. */
  readonly passwordAt?: Place;
  readonly because: Place;
}

/** A query, and where it stands. */
interface Query {
  readonly type: Type;
  readonly text: string;
  /** `servers=…` or `file=…` of this one query. */
  readonly options: string;
  readonly from: Text;
}

const typeOf = (word: string): Type | undefined => {
  const plain = word.replace(/^(?:partial[\w()]*-)/, '').replace(/(?<![*@])[*@]+$/, '');
  const name = /^ldap(?:m|dn|auth)$/.test(plain) ? 'ldap' : plain;
  return types.find(type => type === name);
};

/** Queries of `${lookup mysql{…}}` and of list items such as `domains = mysql;SELECT …`. */
const queriesOf = (exim: Exim): readonly Query[] =>
  exim.texts.flatMap((from): readonly Query[] => {
    const expanded = from.items
      .filter(({ name }) => name === 'lookup')
      .flatMap(({ head, args }): readonly Query[] => {
        const [word = '', ...options] = head.split(',');
        const type = typeOf(word.trim());
        return type === undefined
          ? []
          : [{ type, text: args[0] ?? '', options: options.join(','), from }];
      });
    const listed = [
      ...from.setting.value.matchAll(
        /(?<![\w.-])(mysql|pgsql|sqlite|redis|ldapm?|ldapdn|oracle|ibase)((?:,[^;\s]{1,200})?)\s*;\s*([^{}]{1,2000})/g,
      ),
    ].flatMap((match): readonly Query[] => {
      const type = typeOf(match[1] ?? '');
      return type === undefined
        ? []
        : [{ type, text: match[3] ?? '', options: match[2] ?? '', from }];
    });
    const checked = /\bldapauth\s*\{/.test(from.setting.value)
      ? [{ type: 'ldap' as const, text: from.setting.value, options: '', from }]
      : [];
    return [...expanded, ...listed, ...checked];
  });

/** `host[:port][(socket)][[group]]/database/user/password`; Redis: `host[:port]/database/password`. */
const serverOf = (type: Type, item: string, because: Place): Server => {
  const parts = item.split('/');
  // The path of a socket holds slashes of its own.
  const socket = /^([^(/]*)\(([^)]*)\)(?:\[[^\]]*\])?(.*)$/.exec(item);
  const [, database = '', second = '', third = ''] =
    socket === null ? parts : (socket[3] ?? '').split('/');
  const host = socket === null ? (parts[0] ?? '') : (socket[1] ?? '') || 'localhost';
  const redis = type === 'redis';
  return {
    type,
    host: host.slice(0, 253),
    database: database.slice(0, 200),
    user: redis ? '' : second.slice(0, 100),
    because,
    ...((redis ? second : third) === '' ? {} : { passwordAt: because }),
  };
};

const serversOf = (exim: Exim, type: Type): readonly Server[] => {
  const { main } = exim.setup.config;
  if (type === 'sqlite') {
    const file = settingNamed(main, 'sqlite_dbfile');
    return file === undefined ? [] : [{ ...serverOf(type, '', file.at), database: file.value }];
  }
  const option = type === 'ldap' ? 'ldap_default_servers' : `${type}_servers`;
  const setting = settingNamed(main, option);
  if (setting === undefined) return [];
  if (isDynamic(setting.value)) {
    exim.files.note({
      what: `${setting.at.path}:${setting.at.line ?? 1}`,
      why: `${option} is computed: which databases are asked cannot be told`,
      how: 'Name them in postern.yaml.',
    });
  }
  return splitEximList(setting.value)
    .slice(0, 20)
    .map(item => serverOf(type, isDynamic(item) ? '(computed)' : item, setting.at));
};

/** What one query names itself: a URL of LDAP, a file of SQLite, servers of its own. */
const ownServer = (exim: Exim, query: Query): readonly Server[] => {
  const { at: because } = query.from.setting;
  const known = serversOf(exim, query.type);
  if (query.type === 'ldap') {
    const url = /ldaps?:\/\/([^/\s"'?{}$]*)\/?([^?\s"'{}]{0,200})/i.exec(
      withoutAccounts(query.text),
    );
    const host = url?.[1] ?? '';
    const secret = /\bpass\s*=\s*\S/i.test(query.text);
    const found =
      host === '' && known.length > 0
        ? known
        : [{ type: 'ldap' as const, host, database: '', user: '', because }];
    return secret ? found.map(server => ({ ...server, passwordAt: because })) : found;
  }
  if (query.type === 'sqlite') {
    const path =
      /file=([^,\s]+)/.exec(query.options)?.[1] ?? /^\s*(\/[^\s;]+)\s/.exec(query.text)?.[1];
    return path === undefined ? known : [{ ...serverOf('sqlite', '', because), database: path }];
  }
  const named =
    /servers=(.+)$/s.exec(query.options)?.[1] ?? /^\s*servers=([^;]{1,500});/.exec(query.text)?.[1];
  if (named === undefined) return known;
  return splitEximList(named.replaceAll('::', '\0'))
    .map(item => item.replaceAll('\0', ':'))
    .flatMap(item =>
      item.includes('/')
        ? [serverOf(query.type, item, because)]
        : [known.find(({ host }) => host === item) ?? serverOf(query.type, item, because)],
    );
};

const shown = ({ type, host, database, user }: Server): string => {
  if (type === 'sqlite') return `database file ${database}`;
  const as = user === '' ? '' : `, as user ${user}`;
  const at = host === '' ? 'the local server' : host;
  return type === 'ldap'
    ? `the directory at ${at}`
    : `database ${database === '' ? '(unnamed)' : database} at ${at} (${type}${as})`;
};

const reachOf = (server: Server, { type, text, from }: Query): Reach => {
  const because = from.setting.at;
  const where = shown(server);
  if (type === 'ldap') {
    const base = /ldap[is]*:\/\/[^/\s"']*\/([^?\s"'{}$]{1,200})/i.exec(withoutAccounts(text))?.[1];
    const below = base === undefined ? '' : ` below ${base}`;
    return from.section === 'authenticator'
      ? {
          resource: 'credentials',
          mode: 'read',
          extent: `passwords of users, checked against ${where}${below}`,
          because,
        }
      : { resource: 'directory', mode: 'read', extent: `entries${below} of ${where}`, because };
  }
  const writes = /\b(?:insert\s+into|update|delete\s+from|replace\s+into)\s+[`"']?([\w.]+)/i.exec(
    text,
  );
  const reads = /\bfrom\s+[`"']?([\w.]+)/i.exec(text);
  const table = (writes ?? reads)?.[1];
  const what = table === undefined ? where : `table ${table} of ${where}`;
  const secret = from.section === 'authenticator' || /passw|\b(?:pwd?\b|crypt)|hash\b/i.test(text);
  return {
    resource: secret ? 'credentials' : 'customer-records',
    mode: writes === null ? 'read' : 'write',
    extent: secret ? `passwords or their hashes of users, in ${what}` : what,
    because,
  };
};

/** Databases and directories that Exim looks things up in (spec chapter 9). */
export const databaseLinks = (exim: Exim): readonly Component[] => {
  const found = new Map<string, { readonly server: Server; readonly reach: Reach[] }>();
  const add = (server: Server, reach?: Reach): void => {
    const where =
      server.type === 'sqlite'
        ? server.database
        : [server.host || 'local', server.database].filter(Boolean).join('/');
    const name = `${server.type}:${where}`.slice(0, 400);
    const first = found.get(name) ?? { server, reach: [] };
    const { passwordAt } = server;
    const known =
      passwordAt === undefined ? first : { ...first, server: { ...first.server, passwordAt } };
    if (found.size < 200 || found.has(name)) found.set(name, known);
    const same = known.reach.some(
      each => each.extent === reach?.extent && each.mode === reach.mode,
    );
    if (reach !== undefined && !same && known.reach.length < 40) known.reach.push(reach);
  };
  for (const query of queriesOf(exim).slice(0, 2_000)) {
    const servers = ownServer(exim, query);
    for (const server of servers) add(server, reachOf(server, query));
    if (servers.length === 0) {
      const because = query.from.setting.at;
      add(
        { type: query.type, host: '', database: '', user: '', because },
        reachOf(serverOf(query.type, '', because), query),
      );
    }
  }
  for (const type of types) for (const server of serversOf(exim, type)) add(server);
  return [...found].map(([name, { server, reach }]) => {
    // Fedora packs each lookup for itself; elsewhere it is part of Exim's own program.
    const module = exim.packages.named(`exim-${server.type}`);
    return partOf(exim, 'database-link', name, {
      ...(module === undefined ? exim.identity : identify(exim.packages, { names: [module.name] })),
      enabled: reach.length > 0,
      foundAt: [server.because],
      reach: [
        ...reach,
        ...(server.passwordAt !== undefined
          ? [
              {
                resource: 'credentials',
                mode: 'read',
                extent: `the password of its own account there, in ${server.passwordAt.path}`,
                because: server.passwordAt,
              } as const,
            ]
          : []),
      ],
    });
  });
};
