import { type Component, componentId, type Reach } from '../../core/component.ts';
import type { FileView } from '../../core/files.ts';
import { readUnit, switchedOn, unitValue } from '../../core/formats/systemd.ts';
import { type PackageIndex, tellsInstalled } from '../../core/packages.ts';
import type { Place } from '../../core/place.ts';
import { identify } from '../identify.ts';
import { exposureOf, parseHostPort, showEndpoint } from '../joining/endpoint.ts';
import type { Endpoint, Platform } from '../platform.ts';
import { showDatabase } from '../syntax/database-url.ts';
import { plistText } from '../syntax/plist.ts';
import { exposureOfServed } from '../syntax/web-server.ts';
import { mailRoutes } from '../webmail/mail-routes.ts';
import { logFileOf, sogoLogs } from './sogo/logs.ts';
import { type SogoTable, sogoReach, sourcesOf, tablesOf, type UserSource } from './sogo/reach.ts';
import { type SogoScope, sogoConfigs, sogoScopes } from './sogo/settings.ts';

const id = componentId('sogo');
const binaries = ['/usr/sbin/sogod', '/usr/local/sbin/sogod'] as const;
const bundleFolders = [
  '/usr/lib/GNUstep/SOGo',
  '/usr/lib64/GNUstep/SOGo',
  '/usr/local/lib/GNUstep/SOGo',
] as const;
const supplier = 'Alinto';

/** `127.0.0.1:20000` unless WOPort says otherwise. */
const listenerOf = (scope: SogoScope | undefined): { endpoint: Endpoint; because?: Place } => {
  const stated = plistText(scope?.values, 'WOPort');
  const endpoint = stated === undefined ? undefined : parseHostPort(stated.text);
  if (scope === undefined || stated === undefined || endpoint === undefined) {
    return { endpoint: { net: 'tcp', host: '127.0.0.1', port: 20_000 } };
  }
  return { endpoint, because: { path: scope.path, line: stated.line } };
};

const exposure = (
  files: FileView,
  packages: PackageIndex,
  at: ReturnType<typeof listenerOf>,
  settingsRead: boolean,
): Component['exposure'] => {
  if (!settingsRead) {
    return { internet: 'unknown', why: 'its settings could not be read' };
  }
  const place = at.because === undefined ? {} : { because: at.because };
  if (exposureOf(at.endpoint) === 'yes') {
    return { internet: 'yes', why: `it listens on ${showEndpoint(at.endpoint)}`, ...place };
  }
  const routes = mailRoutes(files, packages).filter(({ software }) => software.name === 'SOGo');
  return (
    exposureOfServed(routes.map(({ route }) => route)) ?? {
      internet: 'no',
      why: `it listens on ${showEndpoint(at.endpoint)} alone, and no web server hands it requests`,
      ...place,
    }
  );
};

const runsAs = (files: FileView): Component['runsAs'] => {
  const defaults =
    files.stat('/etc/default/sogo') === undefined ? '' : (files.text('/etc/default/sogo') ?? '');
  const unit = ['sogo.service', 'sogod.service']
    .map(name => readUnit(files, name))
    .find(found => found !== undefined);
  const user = unit === undefined ? undefined : unitValue(unit, 'Service', 'User');
  if (user !== undefined) return { user: user.value, because: user.because };
  const lines = defaults.split('\n');
  const at = lines.findLastIndex(line => /^\s*USER=/.test(line));
  const named = /^\s*USER=["']?([\w-]+)/.exec(lines[at] ?? '')?.[1];
  return named === undefined
    ? undefined
    : { user: named, because: { path: '/etc/default/sogo', line: at + 1 } };
};

type Identity = ReturnType<typeof identify>;

const programOf = (files: FileView): string | undefined =>
  binaries.find(path => files.stat(path) !== undefined);

const sogoIdentity = (files: FileView, packages: PackageIndex): Identity => {
  const binary = programOf(files);
  return identify(packages, {
    files: binary === undefined ? [] : [binary],
    names: ['sogo'],
    otherwise: { origin: 'upstream', supplier },
  });
};

const part = (name: string, partId: string, rest: Partial<Component>): Component => ({
  id: componentId(`sogo/${partId}`),
  name,
  kind: 'connector',
  platform: 'sogo',
  partOf: id,
  version: { unknown: 'it runs elsewhere, where it states its version' },
  origin: 'unknown',
  thirdParty: true,
  enabled: true,
  foundAt: [],
  reach: [],
  logs: [],
  ...rest,
});

/** One link for each database, with every table that is named in it. */
const databaseLinks = (tables: readonly SogoTable[], identity: Identity): readonly Component[] => {
  const byDatabase = new Map<string, readonly SogoTable[]>();
  for (const table of tables) {
    const shown = showDatabase(table.url);
    byDatabase.set(shown, [...(byDatabase.get(shown) ?? []), table]);
  }
  return [...byDatabase].map(([shown, own], i) => {
    const [first] = own;
    const path = first?.because.path ?? sogoConfigs[0];
    const name = `${first?.url.scheme ?? 'sql'}:${path}`;
    const secret = own.find(({ url }) => url.hasPassword);
    return part(name, i === 0 ? name : `${name}#${i + 1}`, {
      ...identity,
      kind: 'database-link',
      foundAt: own.map(({ because }) => because),
      reach: [
        ...own.map(
          ({ url, holds, because }): Reach => ({
            resource: 'customer-records',
            mode: 'write',
            extent: `table ${url.table ?? '(unnamed)'} of ${shown}: ${holds}`,
            because,
          }),
        ),
        ...(secret === undefined
          ? []
          : [
              {
                resource: 'credentials',
                mode: 'read',
                extent: `the password of its database account, in ${path}`,
                because: secret.because,
              } as const,
            ]),
      ],
    });
  });
};

const sourceParts = (sources: readonly UserSource[], identity: Identity): readonly Component[] =>
  sources.map((source, i) => {
    const name = `${source.type}:${source.id}`;
    const again = sources.slice(0, i).some(each => `${each.type}:${each.id}` === name);
    return part(name, again ? `${name}#${i + 1}` : name, {
      ...identity,
      kind: source.authenticates ? 'auth-backend' : 'database-link',
      foundAt: [source.because],
      reach: source.reach,
    });
  });

/** Bundles beside those of the package: ActiveSync, and whatever else was put there. */
const bundles = (files: FileView, packages: PackageIndex): readonly Component[] =>
  bundleFolders.flatMap(folder =>
    files
      .list(folder)
      .filter(({ name, kind }) => name.endsWith('.SOGo') && kind === 'folder')
      .flatMap(({ name }): readonly Component[] => {
        const path = `${folder}/${name}`;
        const plain = name.slice(0, -'.SOGo'.length);
        const program = `${path}/${plain}`;
        const owner = packages.ownerOf(program) ?? packages.ownerOf(path);
        const isKnown =
          owner === undefined
            ? packages.named('sogo') === undefined
            : /^sogo(?:-common)?$/.test(owner.name);
        if (plain !== 'ActiveSync' && isKnown) return [];
        return [
          part(plain, plain, {
            kind: 'add-on',
            ...identify(packages, {
              files: [program],
              ...(plain === 'ActiveSync'
                ? { otherwise: { origin: 'upstream', supplier } as const }
                : {}),
            }),
            foundAt: [{ path }],
            reach:
              plain === 'ActiveSync'
                ? [
                    {
                      resource: 'stored-mail',
                      mode: 'write',
                      extent:
                        'mail, calendar and contacts of everybody whose telephone synchronises',
                      because: { path },
                    },
                  ]
                : [
                    {
                      resource: 'stored-mail',
                      mode: 'write',
                      extent: 'all that SOGo itself can reach: it runs inside of it',
                      because: { path },
                    },
                  ],
          }),
        ];
      }),
  );

const memcached = (scope: SogoScope | undefined, packages: PackageIndex): readonly Component[] => {
  const host = plistText(scope?.values, 'SOGoMemcachedHost');
  if (scope === undefined || host === undefined) return [];
  const because = { path: scope.path, line: host.line };
  const isLocal = /^(?:localhost|127\.|::1|\/)/.test(host.text);
  return [
    part('memcached', 'memcached', {
      ...(isLocal && packages.named('memcached') !== undefined
        ? identify(packages, { names: ['memcached'] })
        : {}),
      foundAt: [because],
      reach: [
        {
          resource: 'customer-records',
          mode: 'write',
          extent: `names, addresses and settings of users that SOGo keeps in memory at ${host.text}`,
          because,
        },
      ],
    }),
  ];
};

const isInstalled = (files: FileView, packages: PackageIndex): boolean => {
  if (binaries.some(path => files.stat(path) !== undefined) || packages.named('sogo') !== undefined)
    return true;
  return !tellsInstalled(packages) && sogoConfigs.some(path => files.stat(path) !== undefined);
};

const childrenOf = (
  files: FileView,
  packages: PackageIndex,
  scopes: readonly SogoScope[],
): readonly Component[] => [
  // The code that connects is SOGo's own.
  ...databaseLinks(tablesOf(scopes), sogoIdentity(files, packages)),
  ...sourceParts(sourcesOf(scopes), sogoIdentity(files, packages)),
  ...bundles(files, packages),
  ...memcached(scopes[0], packages),
];

/** SOGo: Installation Guide, and GNUstep's property lists. */
export const sogo: Platform = {
  id: 'sogo',
  title: 'SOGo',
  reads: [
    ...sogoConfigs,
    ...binaries,
    ...bundleFolders.map(folder => `${folder}/*.SOGo`),
    '/etc/default/sogo',
    '/etc/cron.d/sogo',
  ],
  read: (files, packages) => {
    if (!isInstalled(files, packages)) return { components: [] };
    const scopes = sogoScopes(files);
    const [main] = scopes;
    const binary = programOf(files);
    const at = listenerOf(main);
    const user = runsAs(files);
    const config = main?.path ?? sogoConfigs[0];
    const logFile = plistText(main?.values, 'WOLogFile');
    const log = logFileOf(
      files,
      logFile === undefined
        ? undefined
        : { text: logFile.text, because: { path: config, line: logFile.line } },
    );
    const shown = exposure(files, packages, at, main !== undefined);
    const component: Component = {
      id,
      name: 'sogo',
      kind: 'webmail',
      platform: 'sogo',
      enabled: switchedOn(files, ['sogo', 'sogod']),
      ...sogoIdentity(files, packages),
      foundAt: [{ path: main === undefined ? (binary ?? config) : config }],
      ...(user === undefined ? {} : { runsAs: user }),
      ...(shown === undefined ? {} : { exposure: shown }),
      reach: sogoReach(files, scopes),
      logs: sogoLogs(log, config),
    };
    const because = at.because ?? { path: config };

    return {
      components: [component, ...childrenOf(files, packages, scopes)],
      listeners: [{ component: id, endpoint: at.endpoint, because }],
    };
  },
};
