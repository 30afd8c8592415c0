import { type Component, componentId, type Reach } from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import type { PackageIndex } from '../../../core/packages.ts';
import type { Place } from '../../../core/place.ts';
import { identify } from '../../identify.ts';
import { type PhpValue, phpAt } from '../../syntax/php-values.ts';
import { supplier } from './applications.ts';
import { hostOf, schemeOf, showSql, textAt, truthAt } from './values.ts';

type Identity = Pick<Component, 'version' | 'origin' | 'thirdParty'>;

const part = (
  main: string,
  name: string,
  rest: Pick<Component, 'kind' | 'enabled' | 'foundAt' | 'reach'> & Identity,
): Component => ({
  id: componentId(`${main}/${name}`),
  name,
  platform: 'horde',
  partOf: componentId(main),
  logs: [],
  ...rest,
});

/** What `conf.php` gives Horde itself. */
export const baseReach = (conf: PhpValue | undefined, path: string): readonly Reach[] => {
  const mailer = textAt(conf, 'mailer', 'type');
  const params = phpAt(conf, 'mailer', 'params');
  const smtpPassword = textAt(params, 'password');
  const admins = phpAt(conf, 'auth', 'admins');
  const count = admins?.is === 'array' ? admins.entries.size : 0;
  const auto = textAt(conf, 'auth', 'driver');
  return [
    ...(mailer === undefined || mailer.text === 'null'
      ? []
      : [
          {
            resource: 'mail-in-transit',
            mode: 'send',
            extent: `mail of everybody who logs in, by ${mailer.text.toLowerCase() === 'smtp' ? `SMTP at ${hostOf(params, 'host')}` : mailer.text}`,
            because: mailer.because,
          } as const,
        ]),
    ...(smtpPassword === undefined
      ? []
      : [
          {
            resource: 'credentials',
            mode: 'read',
            extent: `the password of its account for sending, in ${smtpPassword.because.path}`,
            because: smtpPassword.because,
          } as const,
        ]),
    ...(auto?.text.toLowerCase() === 'auto'
      ? [
          {
            resource: 'customer-records',
            mode: 'admin',
            extent:
              'the whole administration, for everybody who opens it: it logs everybody in by itself (driver auto)',
            because: auto.because,
          } as const,
        ]
      : []),
    ...(count === 0
      ? []
      : [
          {
            resource: 'customer-records',
            mode: 'admin',
            extent: `users, settings, a PHP and an SQL prompt, for ${count === 1 ? 'one administrator' : `${count} administrators`}`,
            because: admins?.at ?? { path },
          } as const,
        ]),
  ];
};

/** `$conf['sql']`: preferences and all that the applications keep. */
export const sqlLinks = (
  main: string,
  conf: PhpValue | undefined,
  path: string,
  identity: Identity,
): readonly Component[] => {
  const sql = phpAt(conf, 'sql');
  if (sql?.is !== 'array' || textAt(sql, 'phptype') === undefined) return [];
  const because: Place = phpAt(sql, 'database')?.at ?? sql.at;
  const password = textAt(sql, 'password');
  return [
    part(main, `${schemeOf(sql)}:${path}`, {
      kind: 'database-link',
      enabled: true,
      // The code that connects is Horde's own.
      ...identity,
      foundAt: [because],
      reach: [
        {
          resource: 'customer-records',
          mode: 'write',
          extent: `${showSql(sql)}: preferences, address books, calendars and all else that its applications keep`,
          because,
        },
        ...(password === undefined
          ? []
          : [
              {
                resource: 'credentials',
                mode: 'read',
                extent: `the password of its database account, in ${password.because.path}`,
                because: password.because,
              } as const,
            ]),
      ],
    }),
  ];
};

/** `$conf['auth']`: who decides that somebody may log in. IMP's mail server is IMP's reach. */
export const authBackends = (
  main: string,
  conf: PhpValue | undefined,
  identity: Identity,
): readonly Component[] => {
  const driver = textAt(conf, 'auth', 'driver');
  const kind = driver?.text.toLowerCase();
  if (driver === undefined || kind === undefined || kind === 'application' || kind === 'auto') {
    return [];
  }
  const params = phpAt(conf, 'auth', 'params');
  const own =
    textAt(params, 'driverconfig')?.text !== 'horde' && textAt(params, 'phptype') !== undefined;
  const isSql = kind === 'sql' || kind === 'customsql';
  const where = isSql
    ? `table ${textAt(params, 'table')?.text ?? 'horde_users'} of ${showSql(own ? params : phpAt(conf, 'sql'))}`
    : kind === 'ldap'
      ? `${textAt(params, 'basedn')?.text ?? 'the whole directory'} at ${hostOf(params, 'hostspec')}`
      : `${driver.text} at ${hostOf(params, 'hostspec', 'host', 'server')}`;
  const password = textAt(params, 'password') ?? textAt(params, 'bindpw');
  const base = textAt(params, 'basedn')?.because ?? driver.because;
  return [
    part(main, `auth:${kind.slice(0, 100)}`, {
      kind: 'auth-backend',
      enabled: true,
      ...identity,
      foundAt: [driver.because],
      reach: [
        ...(isSql
          ? [
              {
                resource: 'customer-records',
                mode: 'write',
                extent: where,
                because: driver.because,
              } as const,
            ]
          : kind === 'ldap'
            ? [
                {
                  resource: 'directory',
                  mode: 'read',
                  extent: `entries below ${where}`,
                  because: base,
                } as const,
              ]
            : []),
        {
          resource: 'credentials',
          mode: 'read',
          extent: isSql
            ? `the password hash of every user, in ${where}`
            : `the password of everybody who logs in, checked against ${where}`,
          because: driver.because,
        },
        ...(password === undefined
          ? []
          : [
              {
                resource: 'credentials',
                mode: 'read',
                extent: `the password of its own account for looking users up, in ${password.because.path}`,
                because: password.because,
              } as const,
            ]),
      ],
    }),
  ];
};

const libraryFiles = [
  '/usr/share/php/Horde/ActiveSync.php',
  '/usr/share/pear/Horde/ActiveSync.php',
] as const;

/** `$conf['activesync']`: telephones that synchronise. */
export const activeSync = (
  files: FileView,
  packages: PackageIndex,
  main: string,
  conf: PhpValue | undefined,
): readonly Component[] => {
  const setting = phpAt(conf, 'activesync', 'enabled');
  const enabled = truthAt(conf, 'activesync', 'enabled');
  const library = libraryFiles.find(path => files.stat(path)?.kind === 'file');
  const packaged = packages.named('php-horde-activesync') !== undefined;
  if (enabled === false && library === undefined && !packaged) return [];
  // A setting that nothing decides and no library: nothing says that it is there.
  const isStated =
    setting !== undefined && (setting.is !== 'unknown' || setting.candidates.length > 0);
  if (!isStated && library === undefined && !packaged) return [];
  const because: Place = setting?.at ?? { path: library ?? '/usr/share/php/Horde/ActiveSync.php' };
  const on = setting === undefined ? false : (enabled ?? null);
  const withMail = truthAt(conf, 'activesync', 'emailsync') !== false;
  return [
    part(main, 'activesync', {
      kind: 'add-on',
      enabled: on,
      ...identify(packages, {
        files: library === undefined ? [] : [library],
        names: ['php-horde-activesync'],
        otherwise: { origin: 'upstream', supplier },
      }),
      foundAt: [because],
      reach:
        on === false
          ? []
          : [
              {
                resource: 'stored-mail',
                mode: 'write',
                extent: `${withMail ? 'mail, ' : ''}calendar, tasks and contacts of everybody whose telephone synchronises`,
                because,
              },
            ],
    }),
  ];
};
