import type { AccessLog, LogSink } from '../../core/access-log.ts';
import { type Component, componentId, type Reach } from '../../core/component.ts';
import type { FileView } from '../../core/files.ts';
import { startsAtBoot } from '../../core/formats/systemd.ts';
import type { PackageIndex } from '../../core/packages.ts';
import type { Place } from '../../core/place.ts';
import { findDaemon } from '../daemons/daemon.ts';
import { daemonComponent, type Listening } from '../daemons/daemon-component.ts';
import { parseHostPort } from '../joining/endpoint.ts';
import type { Platform, PlatformReading } from '../platform.ts';
import { setIn } from '../remedy.ts';
import {
  type PyAssignment,
  pySetting,
  pyText,
  pyTexts,
  readPythonSettings,
} from '../syntax/python-literals.ts';

const folders = ['/opt/iredapd', '/opt/iRedAPD-[0-9]*'] as const;
const names = { programs: [], packages: ['iredapd'], units: ['iredapd'], configuration: [] };
const pluginsMax = 200;

interface Value {
  readonly text: string;
  readonly because: Place;
}

/** An installation's settings stand before the defaults of its code. */
interface Settings {
  readonly path: string;
  readonly sources: readonly { readonly path: string; readonly all: readonly PyAssignment[] }[];
}

const settingsOf = (files: FileView, folder: string): Settings => {
  const path = `${folder}/settings.py`;
  const sources = [path, `${folder}/libs/default_settings.py`]
    .filter(each => files.stat(each)?.kind === 'file')
    .map(each => ({ path: each, all: readPythonSettings(files.text(each) ?? '') }));
  return { path, sources };
};

const valueOf = ({ sources }: Settings, name: string): Value | undefined => {
  for (const { path, all } of sources) {
    const value = pySetting(all, name);
    const text = value?.is === 'other' ? value.text : pyText(value);
    if (value !== undefined && text !== undefined) {
      return { text, because: { path, line: value.line } };
    }
  }
  return undefined;
};

const versionOf = (files: FileView, folder: string): Component['version'] => {
  const path = `${folder}/libs/__init__.py`;
  const value =
    files.stat(path)?.kind === 'file'
      ? pyText(pySetting(readPythonSettings(files.text(path) ?? ''), '__version__'))
      : undefined;
  return value === undefined || value === '' ? { unknown: `${path} states no version` } : { value };
};

/** The policy service, and the two tables that rewrite senders of forwarded mail (SRS). */
const listeningOf = (settings: Settings): readonly Listening[] => {
  const host = valueOf(settings, 'listen_address')?.text ?? '127.0.0.1';
  const ports: readonly (readonly [string, string])[] = [
    ['listen_port', '7777'],
    ['srs_forward_port', '7778'],
    ['srs_reverse_port', '7779'],
  ];
  return ports.flatMap(([name, otherwise]): readonly Listening[] => {
    const port = valueOf(settings, name);
    const endpoint = parseHostPort(`${host}:${port?.text ?? otherwise}`);
    return endpoint === undefined
      ? []
      : [{ endpoint, because: port?.because ?? { path: settings.path } }];
  });
};

const levels = ['debug', 'info'];

const logOf = (settings: Settings): AccessLog => {
  const level = valueOf(settings, 'log_level');
  const server = valueOf(settings, 'SYSLOG_SERVER')?.text ?? '/dev/log';
  const port = valueOf(settings, 'SYSLOG_PORT')?.text ?? '514';
  const facility = valueOf(settings, 'SYSLOG_FACILITY')?.text ?? 'local5';
  const sink: LogSink = server.startsWith('/')
    ? { to: 'syslog', facility, program: 'iredapd' }
    : { to: 'network', address: `udp://${server}:${port}`.slice(0, 300) };
  const question = 'what was changed' as const;
  const because = level?.because ?? { path: settings.path };
  return levels.includes((level?.text ?? 'info').toLowerCase())
    ? {
        question,
        emitted: 'on',
        why: 'a line for each request: client, sender, recipient, login name and answer',
        because,
        sink,
      }
    : {
        question,
        emitted: 'off',
        why: `log_level is ${(level?.text ?? '').slice(0, 30)}: requests leave no line`,
        because,
        remedy: `${setIn(settings.path, level?.because)}\nlog_level = 'info'`,
      };
};

const databases = [
  ['vmail', 'reads mailboxes, aliases and who may send as whom', 'read'],
  ['amavisd', 'reads and writes lists of blocked and welcome senders', 'write'],
  ['iredapd', 'keeps who wrote to whom, from where and when', 'write'],
] as const;

const databaseParts = (settings: Settings): readonly Component[] => {
  const backend = valueOf(settings, 'backend')?.text ?? 'mysql';
  const scheme = backend === 'pgsql' ? 'pgsql' : 'mysql';
  return databases.flatMap(([prefix, does, mode]): readonly Component[] => {
    if (prefix === 'vmail' && backend === 'ldap') return [];
    const database = valueOf(settings, `${prefix}_db_name`);
    if (database === undefined) return [];
    const host = valueOf(settings, `${prefix}_db_server`)?.text ?? '127.0.0.1';
    const password = valueOf(settings, `${prefix}_db_password`);
    const name = `${scheme}:${database.text.slice(0, 100)}`;
    const secret: readonly Reach[] =
      password === undefined || password.text === ''
        ? []
        : [
            {
              resource: 'credentials',
              mode: 'read',
              extent: `a database password, in ${password.because.path}`,
              because: password.because,
            },
          ];
    return [
      {
        id: componentId(`iredapd/${name}`),
        name,
        kind: 'database-link',
        platform: 'iredapd',
        partOf: componentId('iredapd'),
        enabled: true,
        version: { unknown: 'it is a database that iRedAPD talks to' },
        origin: 'unknown',
        thirdParty: true,
        foundAt: [database.because],
        reach: [
          {
            resource: 'customer-records',
            mode,
            extent: `${does}, in database ${database.text.slice(0, 100)} at ${host.slice(0, 200)} (${scheme})`,
            because: database.because,
          },
          ...secret,
        ],
        logs: [],
      },
    ];
  });
};

/** Where the accounts are in a directory. */
const ldapReach = (settings: Settings): readonly Reach[] => {
  const uri = valueOf(settings, 'ldap_uri');
  if (uri === undefined || valueOf(settings, 'backend')?.text !== 'ldap') return [];
  const password = valueOf(settings, 'ldap_bindpw');
  return [
    {
      resource: 'directory',
      mode: 'read',
      extent: `mailboxes, aliases and who may send as whom, in the directory ${uri.text.slice(0, 200)}`,
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

/** Plug-ins are files of its folder; `plugins` names those that run. */
const pluginParts = (
  files: FileView,
  folder: string,
  settings: Settings,
  identity: Pick<Component, 'version' | 'origin' | 'thirdParty' | 'supplier'>,
): readonly Component[] => {
  const own = settings.sources.find(({ all }) => pySetting(all, 'plugins') !== undefined);
  const list = own === undefined ? undefined : pySetting(own.all, 'plugins');
  const isOpen = list !== undefined && list.is !== 'list';
  if (isOpen) {
    files.note({
      what: own?.path ?? settings.path,
      why: 'plugins is no plain list: which of them run cannot be told',
      how: 'Write the names of the plug-ins out in the list.',
    });
  }
  const used = new Map(
    pyTexts(list).map(({ text, line }) => [text, { path: own?.path ?? settings.path, line }]),
  );
  const there = files
    .list(`${folder}/plugins`)
    .filter(({ name }) => name.endsWith('.py') && !name.startsWith('_'))
    .map(({ name }) => name.slice(0, -'.py'.length))
    .slice(0, pluginsMax);
  return there.map(name => {
    const because = used.get(name);
    const path = `${folder}/plugins/${name}.py`;
    return {
      id: componentId(`iredapd/${name}`),
      name,
      kind: 'add-on',
      platform: 'iredapd',
      partOf: componentId('iredapd'),
      enabled: because !== undefined ? true : isOpen ? null : false,
      ...identity,
      foundAt: [...(because === undefined ? [] : [because]), { path }],
      reach:
        because === undefined
          ? []
          : [
              {
                resource: 'mail-in-transit',
                mode: 'read',
                extent:
                  'sender, recipient, client and login name of every message that iRedAPD is asked about',
                because,
              },
            ],
      logs: [],
    };
  });
};

const readAt = (files: FileView, packages: PackageIndex, folder: string): PlatformReading => {
  const settings = settingsOf(files, folder);
  const place: Place = { path: settings.path };
  const code = `${folder}/iredapd.py`;
  const found = findDaemon(files, packages, names);
  const user = valueOf(settings, 'run_as_user');
  const version = versionOf(files, folder);
  const secrets = settings.sources
    .flatMap(({ path, all }) => {
      const value = pySetting(all, 'srs_secrets');
      return value?.is === 'list' && value.items.length > 0 ? [{ path, line: value.line }] : [];
    })
    .slice(0, 1);
  const { component, listeners } = daemonComponent(packages, {
    id: 'iredapd',
    name: 'iRedAPD',
    platform: 'iredapd',
    kind: 'policy-service',
    daemon: {
      words: [],
      ...found,
      startsAtBoot: startsAtBoot(files, names.units),
      binary: code,
    },
    packages: names.packages,
    supplier: 'iRedMail Team',
    foundAt: [place],
    listening: listeningOf(settings),
    user:
      user === undefined
        ? { user: 'iredapd', because: place }
        : { user: user.text, because: user.because },
    reach: [
      ...ldapReach(settings),
      ...secrets.map(
        (because): Reach => ({
          resource: 'credentials',
          mode: 'read',
          extent: `the secret that signs rewritten addresses, in ${because.path}`,
          because,
        }),
      ),
    ],
    logs: [logOf(settings)],
  });
  const main: Component = {
    ...component,
    ...(component.package === undefined ? { version, purl: 'pkg:github/iredmail/iRedAPD' } : {}),
  };
  const identity = {
    version,
    origin: main.origin,
    thirdParty: main.thirdParty,
    ...(main.supplier === undefined ? {} : { supplier: main.supplier }),
  };
  return {
    components: [
      main,
      ...pluginParts(files, folder, settings, identity),
      ...databaseParts(settings),
    ],
    listeners,
  };
};

/** iRedAPD, the policy service of iRedMail. Older folders beside the linked one are not in use. */
export const iredapd: Platform = {
  id: 'iredapd',
  title: 'iRedAPD',
  reads: folders.flatMap(folder => [`${folder}/settings.py`, `${folder}/libs/*.py`]),
  read: (files, packages) => {
    const [folder] = folders
      .flatMap(pattern => files.glob(`${pattern}/iredapd.py`))
      .map(path => files.real(path) ?? path)
      .filter(path => path.endsWith('/iredapd.py'))
      .map(path => path.slice(0, -'/iredapd.py'.length));
    return folder === undefined ? { components: [] } : readAt(files, packages, folder);
  },
};
