import type { AccessLog, LogSink } from '../../core/access-log.ts';
import { type Component, type ComponentId, componentId, type Reach } from '../../core/component.ts';
import type { FileView } from '../../core/files.ts';
import type { PackageIndex } from '../../core/packages.ts';
import { dirOf } from '../../core/paths.ts';
import type { Place } from '../../core/place.ts';
import { identify } from '../identify.ts';
import { isLoopback } from '../joining/endpoint.ts';
import type { Platform } from '../platform.ts';
import { setIn } from '../remedy.ts';
import { type PhpConfig, readPhpConfig } from '../syntax/php-config.ts';
import { type PhpValue, phpText } from '../syntax/php-values.ts';
import { exposureOfServed, runsAsOf, servedAt } from '../syntax/web-server.ts';
import { isServed } from '../webmail/serving.ts';

const marker = '**/lib/core/zpush.php';
const copiesMax = 50;

const levels = [
  'OFF',
  'FATAL',
  'ERROR',
  'WARN',
  'INFO',
  'DEBUG',
  'WBXML',
  'DEVICEID',
  'WBXMLSTACK',
];

/** Constants of its own code that `config.php` uses, by their names. */
const ownConstants: Readonly<Record<string, string>> = Object.fromEntries([
  ...levels.map(level => [`LOGLEVEL_${level}`, level] as const),
  ...[0, 1, 2, 3, 4, 5, 6, 7].map(n => [`LOG_LOCAL${n}`, `local${n}`] as const),
  ['LOG_MAIL', 'mail'] as const,
  ['LOG_USER', 'user'] as const,
  ['LOG_DAEMON', 'daemon'] as const,
]);

interface Copy {
  readonly folder: string;
  readonly code: string;
  readonly config: PhpConfig | undefined;
  readonly configPath: string;
}

const constant = ({ config }: Copy, name: string): PhpValue | undefined =>
  config?.constants.get(name);

/** Where its own lines end: a file, or syslog here or on another host. */
const sinkOf = (copy: Copy): LogSink | undefined => {
  if (phpText(constant(copy, 'LOGBACKEND')) !== 'syslog') {
    const path = phpText(constant(copy, 'LOGFILE')) ?? '/var/log/z-push/z-push.log';
    return path.startsWith('/') ? { to: 'file', path } : undefined;
  }
  const host = phpText(constant(copy, 'LOG_SYSLOG_HOST'));
  if (host !== undefined && host !== '') {
    const port = phpText(constant(copy, 'LOG_SYSLOG_PORT')) ?? '514';
    return { to: 'network', address: `udp://${host}:${port}`.slice(0, 300) };
  }
  return {
    to: 'syslog',
    facility: phpText(constant(copy, 'LOG_SYSLOG_FACILITY')) ?? 'local0',
    program: phpText(constant(copy, 'LOG_SYSLOG_PROGRAM')) ?? 'z-push',
  };
};

/** At LOGLEVEL_INFO each request is a line: address, command, user and device (index.php). */
const logsOf = (copy: Copy): readonly AccessLog[] => {
  const setting = constant(copy, 'LOGLEVEL');
  const level = levels.indexOf(phpText(setting) ?? '');
  const because = setting?.at ?? { path: copy.configPath };
  const sink = sinkOf(copy);
  const to = sink === undefined ? {} : { sink };
  const info = levels.indexOf('INFO');
  const remedy = `${setIn(copy.configPath, because)}\ndefine('LOGLEVEL', LOGLEVEL_INFO);`;
  if (level < 0) {
    const why = 'LOGLEVEL is not decided in the file';
    return [
      { question: 'who logged in', emitted: 'unknown', why, because, remedy },
      { question: 'who read what', emitted: 'unknown', why, because, remedy },
    ];
  }
  if (level < info) {
    const why = `LOGLEVEL_${levels[level] ?? ''} leaves requests out`;
    return [
      { question: 'who logged in', emitted: 'off', why, because, remedy },
      { question: 'who read what', emitted: 'off', why, because, remedy },
    ];
  }
  return [
    {
      question: 'who logged in',
      emitted: 'on',
      why: 'a line for each request: address, command, user and device',
      because,
      ...to,
    },
    {
      question: 'who read what',
      emitted: 'partial',
      why: 'a line for each request tells the command, not the messages that went to the phone',
      because,
      remedy:
        '# no setting that is safe to leave on shows them: read the log of the IMAP server behind Z-Push',
      ...to,
    },
  ];
};

interface Backend {
  readonly name: string;
  readonly enabled: boolean | null;
  readonly foundAt: readonly Place[];
}

/** `BACKEND_PROVIDER`, and those that the combined back end puts together. */
const backendsOf = (files: FileView, copy: Copy): readonly Backend[] => {
  const provider = constant(copy, 'BACKEND_PROVIDER');
  const chosen = (phpText(provider) ?? '').replace(/^Backend/i, '').toLowerCase();
  const combinedPath = `${copy.folder}/backend/combined/config.php`;
  const combined =
    chosen === 'combined' && files.stat(combinedPath)?.kind === 'file'
      ? (files.text(combinedPath) ?? '')
      : '';
  const parts = new Set(
    [...combined.matchAll(/['"]name['"]\s*=>\s*['"]Backend(\w{1,40})['"]/g)].map(([, name]) =>
      (name ?? '').toLowerCase(),
    ),
  );
  return files
    .list(`${copy.folder}/backend`)
    .filter(({ kind }) => kind === 'folder')
    .slice(0, 50)
    .map(({ name }) => {
      const own = name.toLowerCase();
      const isUsed = own === chosen || parts.has(own);
      // Without a name Z-Push takes the one that it finds; without its list nobody knows the parts.
      const isOpen = chosen === '' || (chosen === 'combined' && parts.size === 0);
      return {
        name,
        enabled: isUsed ? true : isOpen ? null : false,
        foundAt: [
          ...(isUsed && provider !== undefined ? [provider.at] : []),
          { path: `${copy.folder}/backend/${name}` },
        ],
      };
    });
};

const hostOf = (text: string | undefined): string | undefined =>
  text === undefined || text === '' ? undefined : text.slice(0, 255);

const reachOf = (
  files: FileView,
  copy: Copy,
  backends: readonly Backend[],
): { readonly reach: readonly Reach[]; readonly remote?: Place & { readonly host: string } } => {
  const credentials: Reach = {
    resource: 'credentials',
    mode: 'read',
    extent: 'name and password of everybody whose phone or Outlook comes in through it',
    because: { path: copy.configPath },
  };
  const imap = backends.find(({ name }) => name === 'imap');
  const path = `${copy.folder}/backend/imap/config.php`;
  const config =
    imap === undefined || imap.enabled === false ? undefined : readPhpConfig(files, path);
  const server = config?.constants.get('IMAP_SERVER');
  const host = hostOf(phpText(server)) ?? 'localhost';
  const port = phpText(config?.constants.get('IMAP_PORT')) ?? '143';
  const because = server?.at ?? { path: config === undefined ? copy.configPath : path };
  const mail: Reach = {
    resource: 'stored-mail',
    mode: 'write',
    extent:
      config === undefined
        ? 'every mailbox whose owner synchronises through it'
        : `every mailbox whose owner synchronises through it, at ${host}:${port}`,
    because,
  };
  const isRemote = config !== undefined && server !== undefined && !isLoopback(host);
  return {
    reach: [credentials, mail],
    ...(isRemote ? { remote: { ...because, host: `${host}:${port}` } } : {}),
  };
};

const read = (
  files: FileView,
  packages: PackageIndex,
  code: string,
  first: boolean,
): readonly Component[] => {
  const folder = dirOf(dirOf(dirOf(code)));
  const configPath = `${folder}/config.php`;
  const config = readPhpConfig(files, configPath, { constants: ownConstants });
  const copy: Copy = { folder, code, config, configPath: files.real(configPath) ?? configPath };
  const versionPath = `${folder}/version.php`;
  const version = phpText(readPhpConfig(files, versionPath)?.constants.get('ZPUSH_VERSION'));
  const identity = identify(packages, {
    files: [code],
    ...(version === undefined || version === '' ? {} : { ownVersion: { value: version } }),
    otherwise: { origin: 'upstream', supplier: 'Z-Hub', purl: 'pkg:github/Z-Hub/Z-Push' },
  });
  const id: ComponentId = componentId(first ? 'z-push' : `z-push@${folder}`);
  const routes = servedAt(files, packages, folder);
  const exposure = exposureOfServed(routes);
  const runsAs = runsAsOf(files, routes);
  const backends = backendsOf(files, copy);
  const { reach, remote } = reachOf(files, copy, backends);
  const main: Component = {
    id,
    name: 'z-push',
    kind: 'gateway',
    platform: 'z-push',
    enabled: isServed(files, packages, routes),
    ...identity,
    foundAt: [...(config === undefined ? [] : [{ path: copy.configPath }]), { path: code }],
    ...(runsAs === undefined ? {} : { runsAs }),
    ...(exposure === undefined ? {} : { exposure }),
    reach,
    logs: logsOf(copy),
  };
  const parts = backends.map(
    (backend): Component => ({
      id: componentId(`${id}/${backend.name}`),
      name: backend.name,
      kind: 'add-on',
      platform: 'z-push',
      partOf: id,
      enabled: backend.enabled,
      ...identity,
      foundAt: backend.foundAt,
      reach: [],
      logs: [],
    }),
  );
  const server: readonly Component[] =
    remote === undefined
      ? []
      : [
          {
            id: componentId(`${id}/imap:${remote.host}`),
            name: remote.host,
            kind: 'imap',
            platform: 'z-push',
            partOf: id,
            version: { unknown: `it runs on another host, ${remote.host}` },
            origin: 'unknown',
            thirdParty: true,
            enabled: true,
            foundAt: [
              { path: remote.path, ...(remote.line === undefined ? {} : { line: remote.line }) },
            ],
            reach: [
              {
                resource: 'credentials',
                mode: 'read',
                extent: 'name and password of everybody who comes in through Z-Push',
                because: { path: remote.path },
              },
            ],
            logs: [],
          },
        ];
  return [main, ...parts, ...server];
};

/** Z-Push, which speaks ActiveSync to phones and Outlook and IMAP to the mail server. */
export const zPush: Platform = {
  id: 'z-push',
  title: 'Z-Push',
  reads: [marker],
  read: (files, packages) => {
    const found = files
      .glob(marker)
      .map(path => files.real(path) ?? path)
      .filter(path => path.endsWith('/lib/core/zpush.php'));
    const copies = [...new Set(found)].slice(0, copiesMax);
    return { components: copies.flatMap((code, i) => read(files, packages, code, i === 0)) };
  },
};
