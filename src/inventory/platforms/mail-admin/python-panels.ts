import type { AccessLog } from '../../../core/access-log.ts';
import type { Component, Reach } from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import { readUnit, startsAtBoot, unitValue } from '../../../core/formats/systemd.ts';
import type { PackageIndex } from '../../../core/packages.ts';
import type { Place } from '../../../core/place.ts';
import { exposureOfAll, rootReach } from '../../daemons/daemon.ts';
import { parseHostPort } from '../../joining/endpoint.ts';
import { iniOption, iniSection, readPythonIni } from '../../syntax/python-ini.ts';
import {
  type PyAssignment,
  pySetting,
  pyText,
  readPythonSettings,
} from '../../syntax/python-literals.ts';
import { exposureBehind, type Panel, type PanelDatabase, panelComponents } from './panel.ts';

const iRedAdminFolders = [
  '/opt/www/iredadmin',
  '/opt/www/iRedAdmin-[0-9]*',
  '/var/www/iredadmin',
  '/usr/share/apache2/iredadmin',
] as const;
const mlmmjAdminFolders = ['/opt/mlmmjadmin', '/opt/mlmmjadmin-[0-9]*'] as const;
const miabStart = '/usr/local/lib/mailinabox/start';
const miabConfig = '/etc/mailinabox.conf';

export const pythonPanelReads: readonly string[] = [
  ...[...iRedAdminFolders, ...mlmmjAdminFolders].map(folder => `${folder}/settings.py`),
  miabStart,
  miabConfig,
];

interface Source {
  readonly path: string;
  readonly all: readonly PyAssignment[];
}

interface Value {
  readonly text: string;
  readonly because: Place;
}

const sourceAt = (files: FileView, path: string): Source => ({
  path,
  all: files.stat(path)?.kind === 'file' ? readPythonSettings(files.text(path) ?? '') : [],
});

/** The first file that sets it wins: an installation's settings stand before the defaults. */
const valueOf = (sources: readonly Source[], name: string): Value | undefined => {
  for (const { path, all } of sources) {
    const value = pySetting(all, name);
    if (value === undefined) continue;
    const text = pyText(value) ?? (value.is === 'other' ? value.text : undefined);
    if (text !== undefined) return { text, because: { path, line: value.line } };
  }
  return undefined;
};

/** The folder that is in use first: installers keep a link to it beside the older ones. */
const foldersOf = (files: FileView, patterns: readonly string[]): readonly string[] => [
  ...new Set(
    patterns
      .flatMap(pattern => files.glob(`${pattern}/settings.py`))
      .map(path => files.real(path) ?? path)
      .filter(path => path.endsWith('/settings.py'))
      .map(path => path.slice(0, -'/settings.py'.length)),
  ),
];

const versionOf = (files: FileView, folder: string): Component['version'] => {
  const path = `${folder}/libs/__init__.py`;
  const version = valueOf([sourceAt(files, path)], '__version__')?.text;
  return version === undefined || version === ''
    ? { unknown: `${path} states no version` }
    : { value: version };
};

const sqlDatabase = (
  sources: readonly Source[],
  prefix: string,
  scheme: string,
  holds: string,
): PanelDatabase | undefined => {
  const host = valueOf(sources, `${prefix}_host`) ?? valueOf(sources, `${prefix}_server`);
  const name = valueOf(sources, `${prefix}_name`);
  const because = name?.because ?? host?.because;
  if (because === undefined) return undefined;
  const password = valueOf(sources, `${prefix}_password`);
  return {
    scheme,
    host: host?.text ?? '',
    name: name?.text ?? '',
    holds,
    because,
    ...(password === undefined || password.text === '' ? {} : { password: password.because }),
  };
};

/** Directory that holds the accounts, where the back end is LDAP. */
const ldapReach = (sources: readonly Source[]): readonly Reach[] => {
  const uri = valueOf(sources, 'ldap_uri');
  if (uri === undefined) return [];
  const password = valueOf(sources, 'ldap_bind_password');
  return [
    {
      resource: 'directory',
      mode: 'write',
      extent: `domains, mailboxes, aliases and their passwords, in the directory ${uri.text.slice(0, 200)}`,
      because: uri.because,
    },
    ...(password === undefined
      ? []
      : [
          {
            resource: 'credentials' as const,
            mode: 'read' as const,
            extent: `a directory password, in ${password.because.path}`,
            because: password.because,
          },
        ]),
  ];
};

type Runs = Pick<Panel, 'enabled' | 'exposure' | 'runsAs'>;

/** uWSGI's ini file: `socket`, `uid`. */
export const uwsgiOf = (files: FileView, packages: PackageIndex, path: string): Runs => {
  const section = iniSection(
    files.stat(path)?.kind === 'file' ? readPythonIni(files.text(path) ?? '') : [],
    'uwsgi',
  );
  const uid = iniOption(section, 'uid');
  const socket = iniOption(section, 'socket') ?? iniOption(section, 'http-socket');
  const endpoint =
    socket === undefined
      ? undefined
      : socket.value.startsWith('/')
        ? ({ net: 'unix', path: socket.value } as const)
        : parseHostPort(socket.value);
  const because = { path, ...(socket === undefined ? {} : { line: socket.line }) };
  const exposure =
    endpoint === undefined
      ? undefined
      : (exposureBehind(files, packages, endpoint) ?? exposureOfAll([{ endpoint, because }]));
  return {
    enabled: null,
    ...(uid === undefined
      ? {}
      : { runsAs: { user: uid.value, because: { path, line: uid.line } } }),
    ...(exposure === undefined ? {} : { exposure }),
  };
};

const suffix = (id: string, i: number, folder: string): string =>
  i === 0 ? id : `${id}@${folder}`;

/** iRedAdmin writes logins and changes to the table log of its own database. */
const iRedAdminLogs = (place: Place): readonly AccessLog[] => [
  {
    question: 'who logged in',
    emitted: 'partial',
    why: 'each login that succeeds is a row of the table log in its database; those that fail are not',
    because: place,
    remedy:
      "# no setting of iRedAdmin writes them: keep the web server's access log, where each is a POST to /login",
  },
  {
    question: 'what was changed',
    emitted: 'on',
    why: 'each change is a row of the table log in its database: administrator, address, domain and event',
    because: place,
  },
];

const iRedAdmins = (files: FileView, packages: PackageIndex): readonly Component[] =>
  foldersOf(files, iRedAdminFolders).flatMap((folder, i) => {
    const path = `${folder}/settings.py`;
    const sources = [sourceAt(files, path), sourceAt(files, `${folder}/libs/default_settings.py`)];
    const backend = valueOf(sources, 'backend')?.text ?? 'mysql';
    const scheme = backend === 'pgsql' ? 'pgsql' : 'mysql';
    const databases = [
      backend === 'ldap'
        ? undefined
        : sqlDatabase(
            sources,
            'vmail_db',
            scheme,
            'domains, mailboxes, aliases and administrators',
          ),
      sqlDatabase(sources, 'iredadmin_db', scheme, 'sessions and log of its administrators'),
    ].filter(each => each !== undefined);
    const ini = ['debian', 'rhel', 'freebsd', 'openbsd']
      .map(name => `${folder}/rc_scripts/uwsgi/${name}.ini`)
      .find(each => files.stat(each)?.kind === 'file');
    return panelComponents(packages, {
      id: suffix('iredadmin', i, folder),
      name: 'iRedAdmin',
      supplier: 'iRedMail Team',
      purl: 'pkg:github/iredmail/iRedAdmin',
      code: path,
      version: versionOf(files, folder),
      foundAt: [{ path }],
      databases: backend === 'ldap' ? [] : databases,
      reach: backend === 'ldap' ? ldapReach(sources) : [],
      logs: iRedAdminLogs({ path }),
      ...(ini === undefined ? { enabled: null } : uwsgiOf(files, packages, ini)),
      enabled: i === 0 ? startsAtBoot(files, ['iredadmin']) : false,
    });
  });

const mlmmjAdmins = (files: FileView, packages: PackageIndex): readonly Component[] =>
  foldersOf(files, mlmmjAdminFolders).flatMap((folder, i) => {
    const path = `${folder}/settings.py`;
    const sources = [sourceAt(files, path), sourceAt(files, `${folder}/libs/default_settings.py`)];
    const host = valueOf(sources, 'listen_address');
    const port = valueOf(sources, 'listen_port');
    const user = valueOf(sources, 'run_as_user');
    const endpoint = parseHostPort(`${host?.text ?? '127.0.0.1'}:${port?.text ?? '7790'}`);
    const because: Place = port?.because ?? host?.because ?? { path };
    const backend = valueOf(sources, 'iredmail_sql_db_type')?.text ?? 'mysql';
    const database = sqlDatabase(
      sources,
      'iredmail_sql_db',
      backend,
      'mailing lists with their owners and settings',
    );
    const exposure =
      endpoint === undefined
        ? undefined
        : (exposureBehind(files, packages, endpoint) ?? exposureOfAll([{ endpoint, because }]));
    return panelComponents(packages, {
      id: suffix('mlmmjadmin', i, folder),
      name: 'mlmmjadmin',
      supplier: 'iRedMail Team',
      purl: 'pkg:github/iredmail/mlmmjadmin',
      code: path,
      version: versionOf(files, folder),
      foundAt: [{ path }],
      databases: database === undefined ? [] : [database],
      reach: [
        {
          resource: 'customer-records',
          mode: 'write',
          extent:
            'every mailing list of mlmmj with its subscribers: whoever has its token adds and removes them',
          because: { path },
        },
      ],
      logs: [],
      enabled: i === 0 ? startsAtBoot(files, ['mlmmjadmin']) : false,
      ...(exposure === undefined ? {} : { exposure }),
      ...(user === undefined ? {} : { runsAs: { user: user.text, because: user.because } }),
    }).map(each => ({
      ...each,
      // It keeps lists, not mailboxes.
      reach: each.reach.filter(
        ({ resource, mode }) => resource !== 'credentials' || mode !== 'write',
      ),
    }));
  });

/** Mail-in-a-Box keeps its management beside the mail server, and runs it as root. */
const mailInABox = (files: FileView, packages: PackageIndex): readonly Component[] => {
  const start = files.stat(miabStart)?.kind === 'file' ? (files.text(miabStart) ?? '') : undefined;
  if (start === undefined) return [];
  const settings = files.stat(miabConfig)?.kind === 'file' ? (files.text(miabConfig) ?? '') : '';
  const root = /^STORAGE_ROOT=["']?(\/[^"'\s]{1,300})/m.exec(settings)?.[1] ?? '/home/user-data';
  const line = settings.slice(0, settings.indexOf('STORAGE_ROOT=')).split('\n').length;
  const because: Place = settings.includes('STORAGE_ROOT=')
    ? { path: miabConfig, line }
    : { path: miabStart };
  const bound = /(?:^|\s)-b\s+([\w.:[\]-]{1,100})/.exec(start)?.[1];
  const endpoint = parseHostPort(bound ?? '127.0.0.1:10222');
  const exposure =
    endpoint === undefined
      ? undefined
      : (exposureBehind(files, packages, endpoint) ??
        exposureOfAll([{ endpoint, because: { path: miabStart } }]));
  const unit = readUnit(files, 'mailinabox.service');
  const user = unit === undefined ? undefined : unitValue(unit, 'Service', 'User');
  const runsAs =
    user === undefined
      ? { user: 'root', ...(unit === undefined ? {} : { because: { path: unit.path } }) }
      : { user: user.value, because: user.because };
  return panelComponents(packages, {
    id: 'mailinabox',
    name: 'Mail-in-a-Box management',
    supplier: 'Mail-in-a-Box project',
    purl: 'pkg:github/mail-in-a-box/mailinabox',
    code: miabStart,
    version: { unknown: 'its files state no version: git describe in its folder tells' },
    foundAt: [{ path: miabStart }],
    databases: [
      {
        scheme: 'sqlite',
        host: '',
        name: `${root}/mail/users.sqlite`,
        holds: 'mailboxes, aliases and administrators',
        because,
      },
    ],
    reach: rootReach(runsAs),
    logs: [],
    enabled: startsAtBoot(files, ['mailinabox']),
    runsAs,
    ...(exposure === undefined ? {} : { exposure }),
  });
};

/** Panels in Python: iRedAdmin, mlmmjadmin, Mail-in-a-Box. */
export const pythonPanels = (files: FileView, packages: PackageIndex): readonly Component[] => [
  ...iRedAdmins(files, packages),
  ...mlmmjAdmins(files, packages),
  ...mailInABox(files, packages),
];
