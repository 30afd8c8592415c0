import type { Reach } from '../../../core/component.ts';
import type { Place } from '../../../core/place.ts';
import { withoutAccounts } from '../../../core/url-text.ts';
import { phpText, phpTruth } from '../../syntax/php-values.ts';
import { showTables, tablesOf } from '../../syntax/sql-tables.ts';
import { parseDsn, showDsn } from './dsn.ts';
import { type Settings, setting, settingText } from './settings.ts';

interface Found {
  readonly extent: string;
  readonly because: Place;
}

const sql = (settings: Settings, because: Place): readonly Reach[] => {
  const stated = setting(settings, 'password_db_dsn');
  const own = phpText(stated) === '' ? undefined : stated;
  const value = own ?? setting(settings, 'db_dsnw');
  const dsn = parseDsn(value);
  const query = setting(settings, 'password_query');
  const tables = showTables(tablesOf([phpText(query) ?? '']));
  const where =
    dsn === undefined
      ? `a database that is not named in the file${value?.is === 'unknown' ? ` (${value.why})` : ''}`
      : showDsn(dsn);
  const at = own?.at ?? query?.at ?? because;
  return [
    {
      resource: 'credentials',
      mode: 'write',
      extent: `the password of every account, in ${tables}${where}`,
      because: at,
    },
    ...(own === undefined
      ? []
      : [
          {
            resource: 'customer-records',
            mode: 'write',
            extent: `${tables}${where}`,
            because: at,
          } as const,
          ...(dsn?.hasPassword === true
            ? [
                {
                  resource: 'credentials',
                  mode: 'read',
                  extent: `the password of its database account, in ${own.at.path}`,
                  because: own.at,
                } as const,
              ]
            : []),
        ]),
  ];
};

const ldap = (settings: Settings, because: Place, prefix: string): readonly Reach[] => {
  const uri = setting(settings, `${prefix}uri`, `${prefix}host`);
  const base = settingText(settings, `${prefix}basedn`) ?? 'the directory';
  const host = withoutAccounts(phpText(uri) ?? 'localhost').slice(0, 200);
  const where = `below ${base} at ${host}`;
  const isAdmin = settingText(settings, `${prefix}method`) === 'admin';
  const secrets = [`${prefix}adminPW`, `${prefix}searchPW`].flatMap(name => {
    const secret = setting(settings, name);
    return secret === undefined || phpTruth(secret) === false ? [] : [secret];
  });
  const at = uri?.at ?? because;
  return [
    {
      resource: 'credentials',
      mode: 'write',
      extent: isAdmin
        ? `the password of every entry ${where}, as an administrator of the directory`
        : `the password of everybody who logs in, ${where}`,
      because: at,
    },
    {
      resource: 'directory',
      mode: 'write',
      extent: `the password attribute ${where}`,
      because: at,
    },
    ...secrets.map(
      (secret): Reach => ({
        resource: 'credentials',
        mode: 'read',
        extent: `the password of its directory account, in ${secret.at.path}`,
        because: secret.at,
      }),
    ),
  ];
};

/** The setting that names what a driver talks to, and what the code takes when it is not set. */
const targets: Readonly<
  Record<string, readonly [setting: string, otherwise: string, words: string]>
> = {
  chpasswd: [
    'password_chpasswd_cmd',
    'sudo /usr/sbin/chpasswd',
    'the password of every account of this host, by',
  ],
  pw_usermod: [
    'password_pw_usermod_cmd',
    'sudo /usr/sbin/pw usermod',
    'the password of every account of this host, by',
  ],
  dovecot_passwdfile: [
    'password_dovecot_passwdfile_path',
    '/etc/mail/imap.passwd',
    'the password of every account, in',
  ],
  poppassd: [
    'password_pop_host',
    'localhost',
    'the password of everybody who logs in, by poppassd at',
  ],
  expect: [
    'password_expect_script',
    'a script that is not named',
    'the password of everybody who logs in, by',
  ],
  smb: [
    'password_smb_host',
    'localhost',
    'the password of everybody who logs in, on the Windows domain at',
  ],
  sasl: [
    'password_saslpasswd_args',
    '',
    'the password of every account of the SASL database, by saslpasswd2',
  ],
  dbmail: ['password_dbmail_args', '', 'the password of every account of DBMail, by dbmail-users'],
  gearman: [
    'password_gearman_host',
    'localhost',
    'the password of everybody who logs in, by Gearman at',
  ],
  httpapi: [
    'password_httpapi_url',
    'a server that is not named',
    'the password of everybody who logs in, by HTTP at',
  ],
  cpanel: [
    'password_cpanel_host',
    'a server that is not named',
    'the password of everybody who logs in, by cPanel at',
  ],
  directadmin: [
    'password_directadmin_host',
    'localhost',
    'the password of everybody who logs in, by DirectAdmin at',
  ],
  plesk: [
    'password_plesk_host',
    'a server that is not named',
    'the password of every account, by Plesk at',
  ],
  hmail: ['hmailserver_server', 'localhost', 'the password of every account, by hMailServer at'],
  mailcow: [
    'password_mailcow_api_host',
    'localhost',
    'the password of every account, by mailcow at',
  ],
  modoboa: [
    'password_modoboa_api_host',
    'localhost',
    'the password of every account, by Modoboa at',
  ],
  miab: [
    'password_miab_url',
    'a server that is not named',
    'the password of every account, by Mail-in-a-Box at',
  ],
  vpopmaild: [
    'password_vpopmaild_host',
    'localhost',
    'the password of everybody who logs in, by vpopmaild at',
  ],
  ximss: [
    'password_ximss_host',
    'a server that is not named',
    'the password of everybody who logs in, by XIMSS at',
  ],
  xmail: ['xmail_host', 'localhost', 'the password of every account, by XMail at'],
  tinycp: [
    'password_tinycp_host',
    'a server that is not named',
    'the password of every account, by TinyCP at',
  ],
  virtualmin: [
    'password_virtualmin_format',
    '',
    'the password of every account of this host, by Virtualmin',
  ],
  pam: ['password_driver', '', 'the password of everybody who logs in, by PAM of this host'],
  kpasswd: [
    'password_kpasswd_cmd',
    '/usr/bin/kpasswd',
    'the password of everybody who logs in, by',
  ],
};

const named = (driver: string, settings: Settings, because: Place): Found => {
  const target = Object.hasOwn(targets, driver) ? targets[driver] : undefined;
  if (target === undefined) {
    return {
      extent: `the password of everybody who logs in, by the driver ${driver.slice(0, 60)}`,
      because,
    };
  }
  const [key, otherwise, words] = target;
  const value = setting(settings, key);
  if (otherwise === '') return { extent: words, because };
  const shown = withoutAccounts(phpText(value) ?? otherwise).slice(0, 200);
  return { extent: `${words} ${shown}`, because: value?.at ?? because };
};

/** Whose passwords the password plug-in changes, and where (`password_driver`). */
export const passwordReach = (settings: Settings, because: Place): readonly Reach[] => {
  const stated = setting(settings, 'password_driver');
  const driver = stated === undefined ? 'sql' : phpText(stated);
  const at = stated?.at ?? because;
  if (driver === undefined) {
    const why = stated?.is === 'unknown' ? stated.why : 'it is no text';
    return [
      {
        resource: 'credentials',
        mode: 'write',
        extent: `the password of everybody who logs in, by a driver that is not decided in the file (${why})`,
        because: at,
      },
    ];
  }
  switch (driver) {
    case 'sql':
      return sql(settings, at);
    case 'ldap':
    case 'ldap_simple':
    case 'ldap_exop':
      return ldap(settings, at, 'password_ldap_');
    case 'ldap_ppolicy':
      return ldap(settings, at, 'password_ldap_ppolicy_');
    default:
      return [{ resource: 'credentials', mode: 'write', ...named(driver, settings, at) }];
  }
};
