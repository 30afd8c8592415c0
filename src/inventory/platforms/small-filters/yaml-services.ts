import type { AccessLog } from '../../../core/access-log.ts';
import { type Component, componentId, type Reach } from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import type { PackageIndex } from '../../../core/packages.ts';
import type { Place } from '../../../core/place.ts';
import { type DaemonNames, findDaemon, optionOf, programPaths } from '../../daemons/daemon.ts';
import { daemonComponent, type Listening } from '../../daemons/daemon-component.ts';
import { parseHostPort } from '../../joining/endpoint.ts';
import type { PlatformReading } from '../../platform.ts';
import { atEnd, setIn } from '../../remedy.ts';
import { readYamlSettings, type YamlSetting, type YamlValue } from '../../syntax/yaml-settings.ts';

type Settings = ReadonlyMap<string, YamlSetting>;

const resolverConfig = '/etc/mta-sts-daemon.yml';
const resolver: DaemonNames = {
  programs: ['mta-sts-daemon'],
  packages: ['postfix-mta-sts-resolver'],
  units: ['postfix-mta-sts-resolver', 'mta-sts-daemon'],
  configuration: [resolverConfig],
};
const limiterConfig = '/etc/policyd-rate-limit.yaml';
const limiter: DaemonNames = {
  programs: ['policyd-rate-limit'],
  packages: ['policyd-rate-limit'],
  units: ['policyd-rate-limit'],
  configuration: [limiterConfig],
};

export const yamlServiceReads: readonly string[] = [
  ...programPaths([...resolver.programs, ...limiter.programs]),
  resolverConfig,
  limiterConfig,
];

const textOf = (value: YamlValue | undefined): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;

const fieldOf = (value: YamlValue | undefined, key: string): YamlValue | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as { readonly [key: string]: YamlValue })[key]
    : undefined;

const unixOrTcp = (path: string | undefined, host: string, port: string, because: Place) => {
  const endpoint =
    path === undefined
      ? parseHostPort(`${host.includes(':') ? `[${host}]` : host}:${port}`)
      : ({ net: 'unix', path } as const);
  return endpoint === undefined ? [] : [{ endpoint, because }];
};

/** mta-sts-daemon.yml(5): `path`, else `host` and `port`. */
const resolverListening = (settings: Settings, place: Place): readonly Listening[] => {
  const path = settings.get('path');
  const port = settings.get('port');
  const host = settings.get('host');
  return unixOrTcp(
    textOf(path?.value),
    textOf(host?.value) ?? '127.0.0.1',
    textOf(port?.value) ?? '8461',
    path?.because ?? port?.because ?? host?.because ?? place,
  );
};

const question = 'what was changed' as const;

const readResolver = (files: FileView, packages: PackageIndex): PlatformReading => {
  const daemon = findDaemon(files, packages, resolver);
  if (daemon === undefined) return { components: [] };
  const path = optionOf(daemon.words, '--config', '-c')?.text ?? resolverConfig;
  const isConfigured = files.stat(path)?.kind === 'file';
  if (!isConfigured && daemon.binary === undefined) return { components: [] };
  const settings: Settings = isConfigured ? readYamlSettings(files, path) : new Map();
  const place: Place = { path: isConfigured ? path : (daemon.binary ?? path) };
  const level = optionOf(daemon.words, '--verbosity', '-v');
  const unit = { to: 'journal', unit: `${resolver.units[0]}.service` } as const;
  const isVerbose = level?.text.toLowerCase() === 'debug';
  const log: AccessLog = {
    question,
    emitted: isVerbose ? 'on' : 'off',
    why: isVerbose
      ? 'at debug it writes each domain that it looks up and each answer'
      : 'it writes its starts and its errors, not the domains that it answers for',
    because: level?.because ?? place,
    ...(isVerbose
      ? { sink: unit }
      : {
          remedy: `${atEnd(`/etc/systemd/system/${resolver.units[0]}.service.d/verbose.conf`)}\n[Service]\nExecStart=\nExecStart=${daemon.binary ?? '/usr/bin/mta-sts-daemon'} \\\n  --config ${path} --verbosity debug`,
        }),
  };
  const { component, listeners } = daemonComponent(packages, {
    id: 'postfix-mta-sts-resolver',
    name: 'postfix-mta-sts-resolver',
    platform: 'postfix-mta-sts-resolver',
    kind: 'policy-service',
    daemon,
    packages: resolver.packages,
    supplier: 'postfix-mta-sts-resolver project',
    foundAt: [place],
    listening: resolverListening(settings, place),
    reach: [],
    logs: [log],
  });
  return { components: [component], listeners };
};

/** `SOCKET`: a path, or an address and a port. */
const limiterListening = (settings: Settings, place: Place): readonly Listening[] => {
  const socket = settings.get('SOCKET');
  const value = socket?.value ?? '/var/spool/postfix/ratelimit/policy';
  const because = socket?.because ?? place;
  if (Array.isArray(value)) {
    const [host, port] = (value as readonly YamlValue[]).map(textOf);
    return host === undefined || port === undefined
      ? []
      : unixOrTcp(undefined, host, port, because);
  }
  return unixOrTcp(textOf(value), '', '', because);
};

const backends = [
  undefined,
  { key: 'mysql_config', name: 'mysql', database: 'db', password: 'passwd' },
  { key: 'pgsql_config', name: 'pgsql', database: 'database', password: 'password' },
] as const;

/** Where it counts: who sent how much, by login name or address. */
const limiterStore = (settings: Settings, place: Place): readonly Component[] => {
  const backend = backends[Number(textOf(settings.get('backend')?.value) ?? '0')];
  if (backend === undefined) return [];
  const own = settings.get(backend.key);
  const because = own?.because ?? place;
  const host = textOf(fieldOf(own?.value, 'host')) ?? 'localhost';
  const database = textOf(fieldOf(own?.value, backend.database)) ?? '(unnamed)';
  const password: readonly Reach[] =
    fieldOf(own?.value, backend.password) === undefined
      ? []
      : [
          {
            resource: 'credentials',
            mode: 'read',
            extent: `a database password, in ${because.path}`,
            because,
          },
        ];
  return [
    {
      id: componentId(`policyd-rate-limit/${backend.name}:${host}`),
      name: `${backend.name}:${host}`,
      kind: 'database-link',
      platform: 'policyd-rate-limit',
      partOf: componentId('policyd-rate-limit'),
      enabled: true,
      version: { unknown: 'it is a database that policyd-rate-limit talks to' },
      origin: 'unknown',
      thirdParty: true,
      foundAt: [because],
      reach: [
        {
          resource: 'customer-records',
          mode: 'write',
          extent: `login name or address of each message, in database ${database.slice(0, 100)} at ${host.slice(0, 100)}`,
          because,
        },
        ...password,
      ],
      logs: [],
    },
  ];
};

const readLimiter = (files: FileView, packages: PackageIndex): PlatformReading => {
  const daemon = findDaemon(files, packages, limiter);
  if (daemon === undefined) return { components: [] };
  const path = optionOf(daemon.words, '--file', '-f')?.text ?? limiterConfig;
  const isConfigured = files.stat(path)?.kind === 'file';
  if (!isConfigured && daemon.binary === undefined) return { components: [] };
  const settings: Settings = isConfigured ? readYamlSettings(files, path) : new Map();
  const place: Place = { path: isConfigured ? path : (daemon.binary ?? path) };
  const user = settings.get('user');
  const debug = settings.get('debug');
  // `debug` is on unless the file says otherwise.
  const isOn = debug?.value !== false;
  const log: AccessLog = {
    question,
    emitted: isOn ? 'on' : 'off',
    why: isOn
      ? 'with debug it writes every request of Postfix and its answer'
      : 'debug is off: it writes errors alone',
    because: debug?.because ?? place,
    ...(isOn
      ? { sink: { to: 'journal', unit: 'policyd-rate-limit.service' } as const }
      : { remedy: `${setIn(path, debug?.because)}\ndebug: True` }),
  };
  const credentials = settings.get('smtp_credentials');
  const { component, listeners } = daemonComponent(packages, {
    id: 'policyd-rate-limit',
    name: 'policyd-rate-limit',
    platform: 'policyd-rate-limit',
    kind: 'policy-service',
    daemon,
    packages: limiter.packages,
    supplier: 'policyd-rate-limit project',
    foundAt: [place],
    listening: limiterListening(settings, place),
    user: {
      user: textOf(user?.value) ?? 'policyd-rate-limit',
      because: user?.because ?? place,
    },
    reach: Array.isArray(credentials?.value)
      ? [
          {
            resource: 'credentials',
            mode: 'read',
            extent: `a password for the mail server that sends its reports, in ${credentials.because.path}`,
            because: credentials.because,
          },
        ]
      : [],
    logs: [log],
  });
  return { components: [component, ...limiterStore(settings, place)], listeners };
};

/** postfix-mta-sts-resolver and policyd-rate-limit, whose settings are YAML. */
export const readYamlServices = (files: FileView, packages: PackageIndex): PlatformReading => {
  const readings = [readResolver(files, packages), readLimiter(files, packages)];
  return {
    components: readings.flatMap(({ components }) => components),
    listeners: readings.flatMap(({ listeners }) => listeners ?? []),
  };
};
