import {
  type Component,
  type ComponentId,
  componentId,
  type Reach,
} from '../../../core/component.ts';
import type { Place } from '../../../core/place.ts';
import { phpVariable } from '../../syntax/php-config.ts';
import { type PhpValue, phpAt, phpItems, phpText, phpTruth } from '../../syntax/php-values.ts';
import { type Dsn, parseDsn, showDsn } from './dsn.ts';
import { type Settings, setting, settingText } from './settings.ts';

type Identity = Pick<Component, 'version' | 'origin' | 'thirdParty'> & Partial<Component>;

export interface Owner {
  readonly id: ComponentId;
  /** Of the code that connects. */
  readonly identity: Identity;
}

const part = (
  owner: Owner,
  name: string,
  identity: Identity,
  rest: Partial<Component>,
): Component => ({
  id: componentId(`${owner.id}/${name}`),
  name,
  kind: 'database-link',
  platform: 'roundcube',
  partOf: owner.id,
  enabled: true,
  foundAt: [],
  reach: [],
  logs: [],
  ...identity,
  ...rest,
});

/** Debian keeps the password beside the settings, in the file that dbconfig-common writes. */
const passwordPlace = (settings: Settings, dsn: PhpValue): Place => {
  const found = settings.read
    .map(config => phpVariable(config, 'dbpass'))
    .find(value => value !== undefined && phpTruth(value) === true);
  const text = phpText(found);
  return found !== undefined && text !== undefined && (phpText(dsn) ?? '').includes(text)
    ? found.at
    : dsn.at;
};

const holds =
  'accounts, identities, address books, preferences and sessions of everybody who uses the webmail';

/** What else lies in the database when it is the cache. */
const cached = (settings: Settings): string => {
  const isCache = settingText(settings, 'imap_cache') === 'db';
  const value = setting(settings, 'messages_cache');
  const messages = isCache && value !== undefined && phpTruth(value) !== false;
  return messages ? ', and messages that they have opened' : '';
};

const databaseReach = (
  settings: Settings,
  value: PhpValue,
  dsn: Dsn,
  mode: 'read' | 'write',
): readonly Reach[] => {
  const secret = passwordPlace(settings, value);
  const open = value.is === 'unknown' ? `, as far as the file decides it (${value.why})` : '';
  const hasPassword = dsn.hasPassword && !dsn.scheme.startsWith('sqlite');
  return [
    {
      resource: 'customer-records',
      mode,
      extent: `${showDsn(dsn)}${open}: ${holds}${cached(settings)}`,
      because: value.at,
    },
    ...(hasPassword
      ? [
          {
            resource: 'credentials',
            mode: 'read',
            extent: `the password of its database account, in ${secret.path}`,
            because: secret,
          } as const,
        ]
      : []),
  ];
};

/** `db_dsnw`, and `db_dsnr` where reading goes elsewhere. */
export const databaseParts = (owner: Owner, settings: Settings): readonly Component[] => {
  const write = setting(settings, 'db_dsnw');
  const read = setting(settings, 'db_dsnr');
  const all = [
    ...(write === undefined ? [] : [['write', write] as const]),
    ...(read === undefined || phpText(read) === '' || phpText(read) === phpText(write)
      ? []
      : [['read', read] as const]),
  ];
  const parts = all.map(([mode, value]): Component => {
    const dsn = parseDsn(value);
    const name = `${dsn?.scheme ?? 'database'}:${value.at.path}`;
    const why = value.is === 'unknown' ? value.why : 'the setting is not understood';
    const isSecond = mode === 'read' && write?.at.path === value.at.path;
    return part(owner, isSecond ? `${name}#read` : name, owner.identity, {
      foundAt: [value.at],
      reach:
        dsn === undefined
          ? [
              {
                resource: 'customer-records',
                mode,
                extent: `a database that is not named in the file (${why}): ${holds}`,
                because: value.at,
              },
            ]
          : databaseReach(settings, value, dsn, mode),
    });
  });
  return [...parts, ...stores(owner, settings)];
};

const elsewhere: Identity = {
  version: { unknown: 'it runs as a service of its own, where it states its version' },
  origin: 'unknown',
  thirdParty: true,
};

/** `memcache_hosts`, `redis_hosts`: sessions and caches outside of the database. */
const stores = (owner: Owner, settings: Settings): readonly Component[] => {
  const session = settingText(settings, 'session_storage') ?? 'db';
  const cache = ['imap_cache', 'ldap_cache', 'messages_cache', 'oauth_cache'].map(name =>
    settingText(settings, name),
  );
  const uses = (kind: RegExp): boolean =>
    [session, ...cache].some(each => each !== undefined && kind.test(each));
  return (
    [
      ['memcached', 'memcache_hosts', /^memcached?$/],
      ['redis', 'redis_hosts', /^redis$/],
    ] as const
  ).flatMap(([name, key, kind]): readonly Component[] => {
    const hosts = setting(settings, key);
    if (hosts === undefined || phpTruth(hosts) === false || !uses(kind)) return [];
    const shown = phpItems(hosts)
      .items.map(({ value }) => phpText(value))
      .filter(text => text !== undefined)
      // host:port:database:password
      .map(text => text.split(':').slice(0, 2).join(':').slice(0, 100));
    const keepsSessions = kind.test(session);
    return [
      part(owner, name, elsewhere, {
        kind: 'connector',
        foundAt: [hosts.at],
        reach: [
          {
            resource: keepsSessions ? 'credentials' : 'customer-records',
            mode: 'write',
            extent: `${keepsSessions ? 'the sessions of everybody who is logged in, with their encrypted passwords' : 'what the webmail caches'}, at ${shown.join(', ') || 'hosts that are not named'}`,
            because: hosts.at,
          },
        ],
      }),
    ];
  });
};

const ldapMax = 100;

const hostsOf = (book: PhpValue): string => {
  const hosts = phpAt(book, 'hosts') ?? phpAt(book, 'host');
  const text = phpText(hosts);
  const listed = phpItems(hosts)
    .items.map(({ value }) => phpText(value))
    .filter(each => each !== undefined);
  return text ?? (listed.join(', ') || 'a server that is not named');
};

/** Each entry of `ldap_public`: an address book that is a directory. */
export const directoryParts = (owner: Owner, settings: Settings): readonly Component[] => {
  const books = phpItems(setting(settings, 'ldap_public')).items;
  return books
    .filter(({ value }) => value.is === 'array')
    .slice(0, ldapMax)
    .map(({ key, value, maybe }): Component => {
      const base = phpText(phpAt(value, 'base_dn')) ?? '';
      const writes = phpTruth(phpAt(value, 'writable') ?? undefined) === true;
      const ownLogin = phpTruth(phpAt(value, 'user_specific') ?? undefined) === true;
      const secrets = ['bind_pass', 'search_bind_pw'].flatMap(name => {
        const secret = phpAt(value, name);
        return secret === undefined || phpTruth(secret) === false ? [] : [secret];
      });
      return part(owner, `ldap:${key}`, owner.identity, {
        enabled: maybe === undefined ? true : null,
        foundAt: [value.at],
        reach: [
          {
            resource: 'directory',
            mode: writes ? 'write' : 'read',
            extent: `every entry below ${base === '' ? 'the root of the directory' : base} at ${hostsOf(value).slice(0, 200)}${ownLogin ? ' that whoever is logged in may see' : ''}`,
            because: value.at,
          },
          ...secrets.map(
            (secret): Reach => ({
              resource: 'credentials',
              mode: 'read',
              extent: `the password of its directory account, in ${secret.at.path}`,
              because: secret.at,
            }),
          ),
        ],
      });
    });
};

/** `des_key` opens the passwords that sessions hold. */
export const keyReach = (settings: Settings): readonly Reach[] => {
  const key = setting(settings, 'des_key');
  if (key === undefined) return [];
  const isSample = phpText(key) === 'rcmail-!24ByteDESkey*Str';
  return [
    {
      resource: 'credentials',
      mode: 'read',
      extent: `the mail password of everybody who is logged in, which the session keeps encrypted with the key des_key, in ${key.at.path}${isSample ? '; it is the sample key that everybody knows' : ''}`,
      because: key.at,
    },
  ];
};
