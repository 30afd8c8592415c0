import type { Exposure } from '../../core/component.ts';
import type { FileView } from '../../core/files.ts';
import { type PackageIndex, tellsInstalled } from '../../core/packages.ts';
import { dirOf, joinPath } from '../../core/paths.ts';
import type { Place } from '../../core/place.ts';
import { exposureOf, reaches, reachKey, showEndpoint } from '../joining/endpoint.ts';
import type { Endpoint } from '../platform.ts';
import { type ApacheDirective, apacheAll, readApache } from './apache.ts';
import { readEnvironment } from './apache-lines.ts';
import { apacheUser } from './apache-logs.ts';
import { apacheServed } from './apache-served.ts';
import { type NginxDirective, nginxLast, readNginx } from './nginx.ts';
import { type NginxPlace, nginxServed } from './nginx-served.ts';
import { type PhpPool, phpPools } from './php-fpm.ts';
import type { Served, WebServer } from './served.ts';
import { firstUnreadIn, settingsFolder, unreadPaths } from './unread-paths.ts';
import { frontsOf } from './web-fronts.ts';
import {
  apacheInstallations,
  type Installation,
  type NginxInstallation,
  nginxInstallations,
  startedElsewhere,
} from './web-installations.ts';
import { isWithin } from './web-paths.ts';

export type { Served } from './served.ts';

/** Every file that is read here, for a platform's `reads`. */
export const webServerReads: readonly string[] = [
  ...nginxInstallations.flatMap(each => [each.config, ...each.binaries]),
  ...apacheInstallations.flatMap(each => [each.config, ...each.binaries]),
  '/etc/nginx/{conf.d,sites-enabled,snippets,modules-enabled}/*',
  '/etc/apache2/{conf-enabled,sites-enabled,mods-enabled,conf.d,vhosts.d,sysconfig.d}/*',
  '/etc/apache2/{envvars,ports.conf}',
  '/etc/httpd/{conf,conf.d,conf.modules.d}/*',
  '/etc/sysconfig/{httpd,apache2}',
];

/** A server with its whole configuration, read once for each host. */
export interface WebServerFound {
  readonly server: WebServer;
  readonly binary?: string;
  /** The unit that starts it, where that goes by a name of its own. */
  readonly unit?: string;
  readonly packageNames: readonly string[];
  readonly served: readonly Served[];
  /** Of nginx: its whole configuration, for what is not HTTP. */
  readonly nginx: readonly NginxDirective[];
}

/** Configuration outlives a removed package: then neither binary nor package is left. */
const isThere = (files: FileView, packages: PackageIndex, each: Installation): boolean => {
  if (files.stat(each.config) === undefined) return false;
  if (each.binaries.some(path => files.stat(path) !== undefined)) return true;
  if (each.packages.some(name => packages.named(name) !== undefined)) return true;
  return !tellsInstalled(packages);
};

const binaryOf = (files: FileView, each: Installation): { binary?: string; unit?: string } => {
  const binary = each.binaries.find(path => files.stat(path) !== undefined);
  return {
    ...(binary === undefined ? {} : { binary }),
    ...(each.unit === undefined ? {} : { unit: each.unit }),
  };
};

const nginxFound = (files: FileView, each: NginxInstallation): WebServerFound => {
  const directives = readNginx(files, each.config);
  const user = nginxLast(directives, 'user');
  const name = user?.args[0];
  const server: WebServer = {
    id: 'nginx',
    config: each.config,
    ...(user === undefined || name === undefined
      ? {}
      : { user: { name, because: { path: user.path, line: user.line } } }),
  };
  const place: NginxPlace = { config: each.config, prefix: each.root, accessLog: each.accessLog };
  return {
    server,
    ...binaryOf(files, each),
    packageNames: each.packages,
    nginx: directives,
    served: nginxServed(files, server, place, directives),
  };
};

const environmentPaths = ['/etc/sysconfig/httpd', '/etc/sysconfig/apache2', '/etc/conf.d/apache2'];

const apacheStart = (files: FileView, packages: PackageIndex, each: Installation) => {
  const folder = each.config.slice(0, each.config.lastIndexOf('/'));
  const instance = /^\/etc\/apache2(-[^/]+)$/.exec(folder)?.[1] ?? '';
  const given = new Map([
    ['SUFFIX', instance],
    ['APACHE_CONFDIR', folder],
  ]);
  const texts = [`${folder}/envvars`, ...environmentPaths]
    .filter(path => files.stat(path) !== undefined)
    .map(path => files.text(path) ?? '');
  const environment = texts.reduce<ReadonlyMap<string, string>>(
    (known, text) => readEnvironment(text, known),
    given,
  );
  const defines = texts.flatMap(text =>
    [...text.matchAll(/^[^#\n]*$/gm)].flatMap(([line]) =>
      [...line.matchAll(/-D\s?(\w+)/g)].map(match => match[1] ?? ''),
    ),
  );
  const installed = each.packages
    .map(name => packages.named(name))
    .find(found => found !== undefined);
  const version = /^(?:\d+:)?(\d+\.\d+\.\d+)/.exec(installed?.version ?? '')?.[1] ?? '2.4.57';
  return { config: each.config, serverRoot: each.root, environment, defines, version };
};

const statedRoot = (main: readonly ApacheDirective[], otherwise: string): string =>
  apacheAll(main, 'serverroot').at(-1)?.args[0] ?? otherwise;

const apacheFound = (
  files: FileView,
  packages: PackageIndex,
  each: Installation,
): WebServerFound => {
  const main = readApache(files, apacheStart(files, packages, each));
  const user = apacheUser(main);
  const php = apacheAll(main, 'loadmodule').find(({ args }) =>
    /^php\d?_module$/.test(args[0] ?? ''),
  );
  const server: WebServer = {
    id: 'apache',
    config: each.config,
    ...(user === undefined ? {} : { user }),
    ...(php === undefined ? {} : { php: { path: php.path, line: php.line } }),
  };
  return {
    server,
    ...binaryOf(files, each),
    packageNames: each.packages,
    nginx: [],
    served: apacheServed(files, server, statedRoot(main, each.root), main),
  };
};

const known = new WeakMap<FileView, readonly WebServerFound[]>();
const unreadOf = new WeakMap<FileView, string>();

/** The web servers of this host with what each serves. */
export const webServers = (files: FileView, packages: PackageIndex): readonly WebServerFound[] => {
  const cached = known.get(files);
  if (cached !== undefined) return cached;
  const before = new Set(unreadPaths(files).all);
  const instances = files.glob('/etc/apache2-*/apache2.conf').map(config => ({
    config,
    root: config.slice(0, config.lastIndexOf('/')),
    binaries: ['/usr/sbin/apache2'],
    packages: ['apache2-bin', 'apache2'],
  }));
  const nginxElsewhere = startedElsewhere(files, ['nginx'], '-c', nginxInstallations).map(each => ({
    ...each,
    accessLog: `${each.root}/logs/access.log`,
  }));
  const apacheElsewhere = startedElsewhere(files, ['httpd', 'apache2'], '-f', [
    ...apacheInstallations,
    ...instances,
  ]);
  const found = [
    ...[...nginxInstallations, ...nginxElsewhere]
      .filter(each => isThere(files, packages, each))
      .map(each => nginxFound(files, each)),
    ...[...apacheInstallations, ...instances, ...apacheElsewhere]
      .filter(each => isThere(files, packages, each))
      .map(each => apacheFound(files, packages, each)),
  ];
  known.set(files, found);
  const configs = [
    ...[...nginxInstallations, ...apacheInstallations].map(({ config }) => config),
    ...found.map(({ server }) => server.config),
  ];
  // What they include may lie anywhere: whatever was met first while they were read.
  const unread =
    firstUnreadIn(files, [...new Set(configs.map(path => settingsFolder(path) ?? dirOf(path)))]) ??
    unreadPaths(files).all.find(path => !before.has(path));
  if (unread !== undefined) unreadOf.set(files, unread);
  return found;
};

/** A file or folder of the web servers' configuration that could not be read: it may serve anything. */
export const unreadWebSettings = (files: FileView, packages: PackageIndex): string | undefined => {
  webServers(files, packages);
  return unreadOf.get(files);
};

/**
 * Every route of every enabled virtual host of nginx and Apache on this host: folders and proxy
 * targets, with addresses, access logs and the line that serves each. Read once for each view.
 */
export const servedFolders = (files: FileView, packages: PackageIndex): readonly Served[] =>
  webServers(files, packages).flatMap(({ served }) => served);

const linksMax = 2_000;

const behind = new WeakMap<FileView, Map<string, readonly string[]>>();

/** The folders that a route hands out: its own, and those that links directly in it lead to. */
const foldersBehind = (files: FileView, folder: string): readonly string[] => {
  const known = behind.get(files) ?? new Map<string, readonly string[]>();
  behind.set(files, known);
  const found = known.get(folder) ?? lookBehind(files, folder);
  known.set(folder, found);
  return found;
};

const lookBehind = (files: FileView, folder: string): readonly string[] => [
  folder,
  files.real(folder) ?? folder,
  ...files
    .list(folder)
    .filter(({ kind }) => kind === 'link')
    .slice(0, linksMax)
    .map(({ name }) => files.real(joinPath(folder, name)))
    .filter(path => path !== undefined),
];

/**
 * The routes that serve something in `folder`: its own folder or one around or below it, links
 * followed, then those of other servers that hand requests on to them. Give the folder that browsers
 * are to see (`…/public_html`) where there is one.
 */
export const servedAt = (
  files: FileView,
  packages: PackageIndex,
  folder: string,
): readonly Served[] => {
  const wanted = [...new Set([joinPath(folder), files.real(folder) ?? joinPath(folder)])];
  const all = servedFolders(files, packages);
  const routes = all.filter(
    ({ folder: served }) =>
      served !== undefined &&
      foldersBehind(files, served).some(outer =>
        wanted.some(inner => isWithin(outer, inner) || isWithin(inner, outer)),
      ),
  );
  const seen = routes.flatMap(route => asSeenAt(route, wanted));
  return seen.length === 0 ? [] : [...seen, ...frontsOf(all, routes)];
};

/** A route as it answers for a folder below its own, for which narrower rules may stand. */
const asSeenAt = (route: Served, wanted: readonly string[]): readonly Served[] => {
  const [nearest] = (route.below ?? [])
    .filter(({ folder }) => wanted.some(inner => isWithin(folder, inner)))
    .toSorted((a, b) => b.folder.length - a.folder.length);
  if (nearest === undefined) return [route];
  const { audience } = nearest;
  if ('nobody' in audience) return [];
  const { onlyFrom: _, ...open } = route;
  return [{ ...open, ...audience }];
};

const privateAddress =
  /^(?:localhost|local|127\.|10\.|192\.168|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|::1|fe80:|f[cd][0-9a-f]{2}:)/i;

/** Whether somebody on the internet can talk to what these routes serve; absent when there is none. */
export const exposureOfServed = (routes: readonly Served[]): Exposure | undefined => {
  const open = routes.flatMap(route => route.listens.map(listen => ({ route, listen })));
  const first = routes[0];
  if (first === undefined) return undefined;
  const isOpen = ({ route }: { route: Served }): boolean =>
    route.onlyFrom === undefined || !route.onlyFrom.who.every(who => privateAddress.test(who));
  const beyond = open.filter(({ listen }) => exposureOf(listen.endpoint) === 'yes');
  const reachable = beyond.find(isOpen);
  if (reachable !== undefined) {
    const { route, listen } = reachable;
    return {
      internet: 'yes',
      why: `${route.server.id} serves it at ${route.url} on ${showEndpoint(listen.endpoint)}`,
      because: route.because,
    };
  }
  const [limited] = beyond;
  if (limited?.route.onlyFrom !== undefined) {
    return {
      internet: 'no',
      why: `${limited.route.server.id} answers only ${limited.route.onlyFrom.who.slice(0, 5).join(', ')}`,
      because: limited.route.onlyFrom.because,
    };
  }
  const [inner] = open;
  return {
    internet: 'no',
    why:
      inner === undefined
        ? `${first.server.id} listens on no address for it`
        : `${inner.route.server.id} serves it on ${showEndpoint(inner.listen.endpoint)} alone`,
    because: inner?.listen.because ?? first.because,
  };
};

/** The PHP-FPM pools that run the scripts of these routes. */
export const poolsOf = (files: FileView, routes: readonly Served[]): readonly PhpPool[] => {
  const sockets = routes
    .flatMap(({ to }) => to)
    .filter(({ protocol }) => protocol === 'fastcgi')
    .map(({ endpoint }) => endpoint)
    .filter(endpoint => endpoint !== undefined);
  const listening = listeningPools(files);
  // By what reaches them: very many sockets are not held against very many pools.
  const byKey = new Map<string, Map<string, Endpoint>>();
  for (const socket of sockets) {
    const key = reachKey(socket);
    const same = byKey.get(key) ?? new Map<string, Endpoint>();
    byKey.set(key, same.set(JSON.stringify(socket), socket));
  }
  const reached = [...byKey].flatMap(([key, same]) =>
    (listening.get(key) ?? []).filter(
      ({ listen }) =>
        listen !== undefined && [...same.values()].some(each => reaches(each, listen.endpoint)),
    ),
  );
  if (reached.length < 2) return reached;
  const all = new Set(reached);
  return phpPools(files).filter(pool => all.has(pool));
};

const poolsByKey = new WeakMap<FileView, ReadonlyMap<string, readonly PhpPool[]>>();

/** All pools by what reaches them: thousands of routes go to thousands of pools, one each. */
const listeningPools = (files: FileView): ReadonlyMap<string, readonly PhpPool[]> => {
  const known = poolsByKey.get(files);
  if (known !== undefined) return known;
  const byKey = new Map<string, PhpPool[]>();
  for (const pool of phpPools(files)) {
    if (pool.listen === undefined) continue;
    const key = reachKey(pool.listen.endpoint);
    const same = byKey.get(key);
    if (same === undefined) byKey.set(key, [pool]);
    else same.push(pool);
  }
  poolsByKey.set(files, byKey);
  return byKey;
};

/**
 * The user that runs the scripts of these routes: the pool's where they go to PHP-FPM, else Apache's
 * own (mod_php). Absent when it cannot be told.
 */
export const runsAsOf = (
  files: FileView,
  routes: readonly Served[],
): { readonly user: string; readonly because?: Place } | undefined => {
  const pool = poolsOf(files, routes).find(({ user }) => user !== undefined)?.user;
  if (pool !== undefined) return { user: pool.name, because: pool.because };
  const own = routes.find(({ server, to }) => server.php !== undefined && to.length === 0)?.server
    .user;
  if (own === undefined) return undefined;
  return { user: own.name, ...(own.because === undefined ? {} : { because: own.because }) };
};
