import { type Component, componentId, type Reach } from '../../core/component.ts';
import type { FileView } from '../../core/files.ts';
import { switchedOn } from '../../core/formats/systemd.ts';
import type { PackageIndex } from '../../core/packages.ts';
import { identify } from '../identify.ts';
import { distinctPlaces } from '../joining/distinct.ts';
import { exposureOf, showEndpoint } from '../joining/endpoint.ts';
import type { Platform, PlatformReading } from '../platform.ts';
import { type PhpPool, phpPoolPaths } from '../syntax/php-fpm.ts';
import {
  exposureOfServed,
  poolsOf,
  type WebServerFound,
  webServerReads,
  webServers,
} from '../syntax/web-server.ts';
import { type MailRoute, mailRoutes } from '../webmail/mail-routes.ts';
import { mailSoftware, walkMarkers } from '../webmail/mail-software.ts';
import { readingLog } from '../webmail/reading-log.ts';
import { type MailProxy, mailProxiesOf, proxyLoginLog } from './web-front/mail-proxy.ts';

/** One route of each software, the first that goes on to a program: the rest would say it again. */
const firstOfEach = (routes: readonly MailRoute[]): readonly MailRoute[] => {
  const first = new Map<string, MailRoute>();
  for (const each of routes) {
    const known = first.get(each.software.name);
    const better = known !== undefined && known.route.to.length === 0 && each.route.to.length > 0;
    if (known === undefined || better) first.set(each.software.name, each);
  }
  return [...first.values()];
};

/** Whatever ends TLS, or runs the code, sees what its users type and open. */
const reachThrough = (routes: readonly MailRoute[]): readonly Reach[] =>
  firstOfEach(routes).flatMap(({ route, software }): readonly Reach[] => {
    const because = route.because;
    const credentials: Reach = {
      resource: 'credentials',
      mode: 'read',
      extent: `names, passwords and session cookies of everybody who logs in to ${software.name} through it`,
      because,
    };
    if (software.mail === undefined) return [credentials];
    return [
      credentials,
      {
        resource: 'stored-mail',
        mode: 'read',
        extent: `${software.mail} in ${software.name}`,
        because,
      },
    ];
  });

const reachOfProxies = (proxies: readonly MailProxy[]): readonly Reach[] =>
  proxies
    .filter(({ seesInside }) => seesInside)
    .filter((each, i, all) => all.findIndex(({ protocol }) => protocol === each.protocol) === i)
    .flatMap(({ protocol, because }): readonly Reach[] => [
      {
        resource: 'credentials',
        mode: 'read',
        extent: `names and passwords of everybody who logs in by ${protocol} through it`,
        because,
      },
      {
        resource: 'mail-in-transit',
        mode: 'read',
        extent: `every message that is fetched or sent by ${protocol} through it`,
        because,
      },
    ]);

const names = { nginx: 'nginx', apache2: 'apache2', httpd: 'httpd' } as const;

/** Debian calls Apache's daemon apache2, everybody else httpd. */
const nameOf = ({ server, binary }: WebServerFound): keyof typeof names => {
  if (server.id === 'nginx') return names.nginx;
  if (binary !== undefined) return binary.endsWith('/apache2') ? names.apache2 : names.httpd;
  return server.config.startsWith('/etc/apache2') ? names.apache2 : names.httpd;
};

const suppliers = {
  nginx: { origin: 'upstream', supplier: 'F5, Inc.' },
  apache: { origin: 'upstream', supplier: 'The Apache Software Foundation' },
} as const;

interface Front {
  readonly found: WebServerFound;
  readonly routes: readonly MailRoute[];
  readonly proxies: readonly MailProxy[];
  readonly loginLog: Component['logs'];
}

const frontOf = (found: WebServerFound, all: readonly MailRoute[]): Front => {
  const routes = all.filter(({ route }) => route.server.config === found.server.config);
  if (found.server.id !== 'nginx') return { found, routes, proxies: [], loginLog: [] };
  const directives = found.nginx;
  const proxies = mailProxiesOf(directives);
  return {
    found,
    routes,
    proxies,
    loginLog: proxyLoginLog(directives, found.server.config, proxies),
  };
};

const exposureOfFront = ({ routes, proxies }: Front): Component['exposure'] => {
  const open = proxies
    .flatMap(({ listens }) => listens)
    .find(({ endpoint }) => exposureOf(endpoint) === 'yes');
  const web = exposureOfServed(routes.map(({ route }) => route));
  if (open === undefined || web?.internet === 'yes') return web;
  return {
    internet: 'yes',
    why: `it listens on ${showEndpoint(open.endpoint)}`,
    because: open.because,
  };
};

const componentOf = (
  front: Front,
  files: FileView,
  packages: PackageIndex,
  first: boolean,
): Component => {
  const { found, routes, proxies, loginLog } = front;
  const { server, binary, unit, packageNames } = found;
  const name = nameOf(found);
  const exposure = exposureOfFront(front);
  const { user } = server;
  return {
    id: componentId(
      first ? name : `${name}@${server.config.slice(0, server.config.lastIndexOf('/'))}`,
    ),
    name,
    kind: 'web-front',
    platform: 'web-front',
    // SUSE's unit is apache2, its program httpd-prefork.
    enabled: switchedOn(
      files,
      unit !== undefined
        ? [unit]
        : server.config.startsWith('/etc/apache2/')
          ? [name, 'apache2']
          : [name],
    ),
    ...identify(packages, {
      files: binary === undefined ? [] : [binary],
      names: packageNames,
      otherwise: suppliers[server.id],
    }),
    foundAt: distinctPlaces([
      { path: server.config },
      ...routes.map(({ route }) => route.because).slice(0, 50),
      ...proxies.map(({ because }) => because),
    ]).slice(0, 50),
    ...(user === undefined
      ? {}
      : {
          runsAs: {
            user: user.name,
            ...(user.because === undefined ? {} : { because: user.because }),
          },
        }),
    ...(exposure === undefined ? {} : { exposure }),
    reach: [...reachThrough(routes), ...reachOfProxies(proxies)],
    logs: [...loginLog, ...readingLog(routes)],
  };
};

/** `/etc/php/8.2/fpm/pool.d/www.conf` belongs to PHP 8.2; elsewhere the folder stands for it. */
const familyOf = ({
  path,
}: PhpPool): {
  folder: string;
  version?: string;
  binaries: readonly string[];
  packages: readonly string[];
} => {
  const debian = /^\/etc\/php\/(\d+\.\d+)\/fpm\//.exec(path)?.[1];
  if (debian !== undefined) {
    return {
      folder: `/etc/php/${debian}/fpm`,
      version: debian,
      binaries: [`/usr/sbin/php-fpm${debian}`],
      packages: [`php${debian}-fpm`],
    };
  }
  const remi = /^\/etc\/opt\/remi\/(php\d+)\//.exec(path)?.[1];
  if (remi !== undefined) {
    return {
      folder: `/etc/opt/remi/${remi}`,
      binaries: [`/opt/remi/${remi}/root/usr/sbin/php-fpm`],
      packages: [`${remi}-php-fpm`],
    };
  }
  const alpine = /^\/etc\/(php\d+)\//.exec(path)?.[1];
  if (alpine !== undefined) {
    return {
      folder: `/etc/${alpine}`,
      binaries: [`/usr/sbin/php-fpm${alpine.slice(3)}`],
      packages: [`${alpine}-fpm`],
    };
  }
  return {
    folder: path.split('/').slice(0, -2).join('/') || '/',
    binaries: ['/usr/sbin/php-fpm', '/usr/local/sbin/php-fpm'],
    packages: ['php-fpm'],
  };
};

interface PhpFront {
  readonly family: ReturnType<typeof familyOf>;
  readonly pools: readonly PhpPool[];
  readonly routes: readonly MailRoute[];
}

interface Gathered {
  readonly family: ReturnType<typeof familyOf>;
  readonly pools: Set<PhpPool>;
  readonly routes: MailRoute[];
}

const phpFronts = (files: FileView, routes: readonly MailRoute[]): readonly PhpFront[] => {
  const out = new Map<string, Gathered>();
  for (const mail of routes.filter(({ software }) => software.php === true)) {
    for (const pool of poolsOf(files, [mail.route])) {
      const family = familyOf(pool);
      const known = out.get(family.folder) ?? { family, pools: new Set(), routes: [] };
      known.pools.add(pool);
      known.routes.push(mail);
      out.set(family.folder, known);
    }
  }
  return [...out.values()].map(each => ({ ...each, pools: [...each.pools] }));
};

const phpComponent = (
  { family, pools, routes }: PhpFront,
  files: FileView,
  packages: PackageIndex,
  first: boolean,
): Component => {
  const user = pools.find(pool => pool.user !== undefined)?.user;
  const open = pools
    .map(({ listen }) => listen)
    .find(listen => listen !== undefined && exposureOf(listen.endpoint) === 'yes');
  const binary = family.binaries.find(path => files.stat(path) !== undefined);
  const service = family.version === undefined ? 'php-fpm' : `php${family.version}-fpm`;
  return {
    id: componentId(first ? 'php-fpm' : `php-fpm@${family.folder}`),
    name: 'php-fpm',
    kind: 'web-front',
    platform: 'web-front',
    enabled: switchedOn(files, [service, ...family.packages]),
    ...identify(packages, {
      files: binary === undefined ? [] : [binary],
      names: family.packages,
      otherwise: { origin: 'upstream', supplier: 'The PHP Group' },
    }),
    foundAt: distinctPlaces(pools.map(({ path, line }) => ({ path, line }))).slice(0, 50),
    ...(user === undefined ? {} : { runsAs: { user: user.name, because: user.because } }),
    exposure:
      open === undefined
        ? { internet: 'no', why: 'its pools listen on Unix sockets or loopback alone' }
        : {
            internet: 'yes',
            why: `a pool listens on ${showEndpoint(open.endpoint)}`,
            because: open.because,
          },
    reach: firstOfEach(routes).flatMap(({ software, route }): readonly Reach[] => [
      {
        resource: 'credentials',
        mode: 'read',
        extent: `every password that is typed into ${software.name}, and those in its configuration: its code runs here`,
        because: route.to[0]?.because ?? route.because,
      },
    ]),
    logs: [],
  };
};

/** The web server that hands it the requests, in whose log they show. */
const callerOf = (
  { routes }: PhpFront,
  fronts: readonly Front[],
  components: readonly Component[],
): Pick<Component, 'partOf'> => {
  const at = fronts.findIndex(front => front.routes.some(each => routes.includes(each)));
  const caller = components[at];
  return caller === undefined ? {} : { partOf: caller.id };
};

/** nginx, Apache httpd and PHP-FPM, where they stand before mail software. */
export const webFront: Platform = {
  id: 'web-front',
  title: 'Web servers in front of mail software',
  reads: [
    ...webServerReads,
    ...phpPoolPaths,
    ...walkMarkers,
    ...mailSoftware.flatMap(({ folders }) => folders),
  ],
  read: (files, packages): PlatformReading => {
    const servers = webServers(files, packages);
    if (servers.length === 0) return { components: [] };
    const routes = mailRoutes(files, packages);
    const fronts = servers
      .map(found => frontOf(found, routes))
      .filter(front => front.routes.length > 0 || front.proxies.length > 0);
    const web = fronts.map((front, i) =>
      componentOf(
        front,
        files,
        packages,
        fronts.findIndex(({ found }) => nameOf(found) === nameOf(front.found)) === i,
      ),
    );
    const php = phpFronts(files, routes).map((front, i) => ({
      ...phpComponent(front, files, packages, i === 0),
      ...callerOf(front, fronts, web),
    }));
    return { components: [...web, ...php] };
  },
};
