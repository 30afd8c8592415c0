import type { Reach } from '../../../core/component.ts';
import type { Place } from '../../../core/place.ts';
import { withoutAccounts } from '../../../core/url-text.ts';
import { type PhpValue, phpAt, phpItems, phpText, phpTruth } from '../../syntax/php-values.ts';
import { showTables, tablesOf } from '../../syntax/sql-tables.ts';
import { parseDsn, showDsn } from './dsn.ts';
import { passwordReach } from './password-drivers.ts';
import type { PluginSettings } from './plugin-settings.ts';
import { proxyReach, serversOf } from './servers.ts';
import { setting } from './settings.ts';

const reach = (
  resource: Reach['resource'],
  mode: Reach['mode'],
  extent: string,
  because: Place,
): Reach => ({ resource, mode, extent: extent.slice(0, 1_000), because });

/** Code of a plug-in runs inside of Roundcube: there is no wall between them. */
const insideReach = (because: Place): readonly Reach[] => [
  reach(
    'stored-mail',
    'write',
    'the mailbox of everybody who logs in: it runs inside of Roundcube',
    because,
  ),
  reach(
    'credentials',
    'read',
    'the name and mail password of everybody who logs in: it runs inside of Roundcube',
    because,
  ),
  reach(
    'customer-records',
    'write',
    "what Roundcube's own database holds: it runs inside of Roundcube",
    because,
  ),
];

type OwnReach = (settings: PluginSettings, because: Place) => readonly Reach[];

const sieve: OwnReach = ({ all }, because) => {
  const stated = setting(all, 'managesieve_host');
  const servers = serversOf(stated, { plain: 4190, tls: 4190 });
  const shown = servers.length > 0 ? servers : [{ shown: 'localhost:4190', because }];
  return [
    ...shown.map(server =>
      reach(
        'stored-mail',
        'write',
        `the mail filters of everybody who logs in, which forward and delete mail, by ManageSieve at ${server.shown}`,
        server.because,
      ),
    ),
    ...proxyReach(all, 'managesieve', 'the mail filters of everybody'),
  ];
};

const enigma: OwnReach = ({ all }, because) => {
  const home = setting(all, 'enigma_pgp_homedir');
  const folder = phpText(home);
  const where = folder === undefined || folder === '' ? 'its own folder home' : folder;
  const inDatabase = phpTruth(setting(all, 'enigma_multihost')) === true;
  return [
    reach(
      'credentials',
      'write',
      `the private keys of everybody who uses encryption, and the passwords of the keys, in ${where}${inDatabase ? ' and the database of Roundcube' : ''}`,
      home?.at ?? because,
    ),
  ];
};

const queriesOf = (value: PhpValue | undefined): readonly string[] => {
  const text = phpText(value);
  if (text !== undefined) return [text];
  return phpItems(value)
    .items.map(({ value: item }) => phpText(item))
    .filter(each => each !== undefined);
};

const virtuserQuery: OwnReach = ({ all }, because) => {
  const query = setting(all, 'virtuser_query');
  if (query === undefined) return [];
  const dsn = parseDsn(setting(all, 'virtuser_query_dsn')) ?? parseDsn(setting(all, 'db_dsnw'));
  const tables = showTables(tablesOf(queriesOf(query)));
  const where = dsn === undefined ? 'the database of Roundcube' : showDsn(dsn);
  return [
    reach(
      'customer-records',
      'read',
      `${tables}${where}: who has which mail address`,
      query.at ?? because,
    ),
  ];
};

const directoryOf =
  (key: string, words: string): OwnReach =>
  ({ all }, because) => {
    const named = setting(all, key);
    const name = phpText(named);
    const book = named?.is === 'array' ? named : phpAt(setting(all, 'ldap_public'), name ?? '');
    if (named === undefined || phpTruth(named) === false || book === undefined) return [];
    const base = phpText(phpAt(book, 'base_dn')) ?? '';
    return [
      reach(
        'directory',
        'read',
        `${words}, below ${base === '' ? 'the root of the directory' : base}`,
        named.at ?? because,
      ),
    ];
  };

const carddav: OwnReach = ({ prefs }, because) => {
  const presets = phpItems(prefs).items.filter(({ key }) => key !== '_GLOBAL');
  return [
    reach(
      'customer-records',
      'write',
      'address books on CardDAV servers that users enter, and its copies of them',
      because,
    ),
    ...presets.slice(0, 50).flatMap(({ value }): readonly Reach[] => {
      const account = phpItems(phpAt(value, 'accounts')).items[0]?.value;
      const url = [value, account]
        .flatMap(each => ['discovery_url', 'url'].map(name => phpText(phpAt(each, name))))
        .find(each => each !== undefined);
      const secret = phpAt(value, 'password');
      const text = phpText(secret);
      const shown = withoutAccounts(url ?? 'a server that is not named').slice(0, 200);
      return [
        reach('customer-records', 'write', `the address books at ${shown}`, value.at),
        ...(secret === undefined || text === '' || (text ?? '').startsWith('%')
          ? []
          : [
              reach(
                'credentials',
                'read',
                `the password of that account, in ${secret.at.path}`,
                secret.at,
              ),
            ]),
      ];
    }),
  ];
};

const fixed =
  (resource: Reach['resource'], mode: Reach['mode'], extent: string): OwnReach =>
  (_, because) => [reach(resource, mode, extent, because)];

const virtuserFile: OwnReach = ({ all }, because) => {
  const file = setting(all, 'virtuser_file');
  const text = phpText(file);
  if (file === undefined || text === undefined || text === '') return [];
  return [
    reach(
      'customer-records',
      'read',
      `${text.slice(0, 300)}: who has which mail address`,
      file.at ?? because,
    ),
  ];
};

/** Reach of plug-ins that their own settings, or their very purpose, widen. */
const known: Readonly<Record<string, OwnReach>> = {
  managesieve: sieve,
  sieverules: sieve,
  password: (settings, because) => passwordReach(settings.all, because),
  enigma,
  virtuser_query: virtuserQuery,
  virtuser_file: virtuserFile,
  carddav,
  acl: (settings, because) => [
    reach(
      'stored-mail',
      'admin',
      'who else may open the folders of everybody who logs in',
      because,
    ),
    ...directoryOf('acl_users_source', 'whom a folder may be shared with')(settings, because),
  ],
  new_user_identity: directoryOf(
    'new_user_identity_addressbook',
    'name and addresses of everybody who logs in for the first time',
  ),
  dovecot_impersonate: fixed(
    'stored-mail',
    'admin',
    'the mailbox of anybody, for whoever knows the password of a master user of Dovecot',
  ),
  autologon: fixed(
    'stored-mail',
    'write',
    'the mailbox of the account that its source names, for every request that comes from this host itself',
  ),
  http_authentication: fixed(
    'credentials',
    'read',
    'the name and password that the web server asks for: they log in to the mailbox',
  ),
  krb_authentication: fixed('credentials', 'read', 'the Kerberos tickets of everybody who logs in'),
  identity_smtp: fixed(
    'credentials',
    'write',
    'passwords of the SMTP accounts that users enter, in the database of Roundcube',
  ),
  ident_switch: fixed(
    'credentials',
    'write',
    'passwords of the further IMAP and SMTP accounts that users enter, in the database of Roundcube',
  ),
  twofactor_gauthenticator: fixed(
    'credentials',
    'write',
    'the secrets of the second factor of everybody who uses one, in the database of Roundcube',
  ),
  calendar: fixed('customer-records', 'write', 'calendars of everybody who logs in'),
  tasklist: fixed('customer-records', 'write', 'tasks of everybody who logs in'),
  kolab_auth: fixed(
    'stored-mail',
    'admin',
    'the mailbox of anybody, for those whom the directory lets log in as somebody else',
  ),
};

const secretKey = /(?:pass(?:word|wd)?|secret|token|api_?key|_pw|adminPW)$/i;

/** Databases, directories and passwords that settings of any plug-in name. */
const namedReach = (settings: PluginSettings, done: readonly Reach[]): readonly Reach[] => {
  const isDone = ({ path, line }: Place): boolean =>
    done.some(each => each.because?.path === path && each.because.line === line);
  return [...settings.own].slice(0, 500).flatMap(([key, value]): readonly Reach[] => {
    if (isDone(value.at)) return [];
    const text = phpText(value) ?? (value.is === 'unknown' ? value.shape : undefined);
    const dsn = text === undefined ? undefined : parseDsn(value);
    if (dsn !== undefined) {
      return [
        reach('customer-records', 'write', showDsn(dsn), value.at),
        ...(dsn.hasPassword
          ? [
              reach(
                'credentials',
                'read',
                `the password of its database account, in ${value.at.path}`,
                value.at,
              ),
            ]
          : []),
      ];
    }
    if (text !== undefined && /^ldaps?:\/\//i.test(text)) {
      const shown = withoutAccounts(text).slice(0, 200);
      return [reach('directory', 'read', `the directory at ${shown}`, value.at)];
    }
    const isSecret = typeof key === 'string' && secretKey.test(key) && value.is === 'string';
    if (!isSecret || text === undefined || text === '' || /^%\w$/.test(text)) return [];
    return [
      reach('credentials', 'read', `a password or token of its own, in ${value.at.path}`, value.at),
    ];
  });
};

/** What an enabled plug-in can reach. */
export const pluginReach = (
  name: string,
  settings: PluginSettings,
  because: Place,
): readonly Reach[] => {
  const special = Object.hasOwn(known, name) ? (known[name]?.(settings, because) ?? []) : [];
  return [...insideReach(because), ...special, ...namedReach(settings, special)];
};
