import type { FileView } from '../../core/files.ts';
import { resolveFrom } from '../../core/paths.ts';
import type { Place } from '../../core/place.ts';
import { isAnyAddress, parseHostPort } from '../joining/endpoint.ts';
import { type ApacheDirective, apacheAll, apacheLast } from './apache.ts';
import { audienceOf, audiencesBelow, phpIsOff } from './apache-access.ts';
import { type ApacheFormats, apacheFormats, apacheLogs } from './apache-logs.ts';
import { apachePass, balancersOf } from './apache-pass.ts';
import { userFolders } from './apache-userdir.ts';
import type { Audience, Served, WebListen, WebPass, WebServer } from './served.ts';
import { constantFolder, isWithin, literalPrefix } from './web-paths.ts';

type Block = readonly ApacheDirective[];

const placeOf = (directive: ApacheDirective): Place => ({
  path: directive.path,
  line: directive.line,
});
const routesMax = 20_000;
/** Of virtual hosts, and of lines that they look through together. */
const hostsMax = 5_000;
const looksMax = 10_000_000;
const listensMax = 200;
/** Of folders that are served, each with the sections that may speak of it. */
const pairsMax = 400_000;

/** One thing that a virtual host does with a URL, before access and logs are settled. */
interface Route {
  readonly url: string;
  readonly folder?: string;
  readonly runs?: true;
  readonly to: readonly WebPass[];
  readonly because: Place;
}

const sections: ReadonlySet<string> = new Set([
  'directory',
  'directorymatch',
  'location',
  'locationmatch',
  'files',
  'filesmatch',
  'if',
  'elseif',
  'else',
  'proxymatch',
  'limit',
]);

const inside = (each: ApacheDirective): Block => each.block ?? [];

/** Handlers for scripts: `SetHandler proxy:…` in Files, in Directory, or in the server itself. */
const handlersIn = (
  block: Block,
  folder: string | undefined,
  balancers: ReadonlyMap<string, Block>,
  depth: number,
): readonly { readonly below?: string; readonly pass: readonly WebPass[] }[] =>
  block.flatMap(each => {
    if (each.name === 'sethandler' && each.args[0]?.startsWith('proxy:')) {
      const pass = apachePass(each.args[0].slice('proxy:'.length), placeOf(each), balancers);
      return [folder === undefined ? { pass } : { below: folder, pass }];
    }
    if (!sections.has(each.name) || each.name.startsWith('location') || depth > 10) return [];
    const below = each.name === 'directory' ? (each.args[0] ?? folder) : folder;
    return handlersIn(inside(each), below, balancers, depth + 1);
  });

/** `ProxyPass`, `SetHandler` and `Alias` within a Location take their URL from it. */
const locationRoutes = (
  location: ApacheDirective,
  balancers: ReadonlyMap<string, Block>,
): readonly Route[] => {
  const regex = location.name === 'locationmatch' || location.args[0] === '~';
  const written = (location.args[0] === '~' ? location.args[1] : location.args[0]) ?? '/';
  const url = regex ? `~ ${written}` : written;
  return inside(location).flatMap((each): readonly Route[] => {
    const [first = ''] = each.args;
    const because = placeOf(each);
    if (each.name === 'proxypass' || each.name === 'proxypassmatch') {
      return [{ url, to: apachePass(first, because, balancers), because }];
    }
    if (each.name === 'sethandler' && first.startsWith('proxy:')) {
      return [{ url, to: apachePass(first.slice('proxy:'.length), because, balancers), because }];
    }
    if (each.name === 'alias' || each.name === 'scriptalias') {
      const folder = constantFolder(first);
      return folder === undefined ? [] : [{ url, folder, to: [], because }];
    }
    return [];
  });
};

const flagsOf = (rule: ApacheDirective): readonly string[] =>
  (rule.args[2] ?? '')
    .replace(/^\[|\]$/g, '')
    .split(',')
    .map(flag => flag.trim().toLowerCase());

const rewriteRoutes = (
  rule: ApacheDirective,
  balancers: ReadonlyMap<string, Block>,
): readonly Route[] => {
  const flags = flagsOf(rule);
  if (!flags.includes('p') && !flags.includes('proxy')) return [];
  const because = placeOf(rule);
  const prefix = literalPrefix(rule.args[0] ?? '');
  return [{ url: prefix, to: apachePass(rule.args[1] ?? '', because, balancers), because }];
};

/** `ProxyPass /url target`; a target of `!` takes the URL out again. */
const proxyRoutes = (
  directive: ApacheDirective,
  balancers: ReadonlyMap<string, Block>,
): readonly Route[] => {
  const [url = '', target = ''] = directive.args;
  if (target === '!' || target === '') return [];
  const because = placeOf(directive);
  const to = apachePass(target, because, balancers);
  const shown = directive.name === 'proxypassmatch' ? `~ ${url}` : url;
  // fcgi://host/path/$1 names the folder of the scripts.
  const scripts = to.find(each => each.protocol === 'fastcgi' && each.path.length > 1);
  const folder = scripts === undefined ? undefined : constantFolder(scripts.path);
  return [{ url: shown, to, because, ...(folder === undefined ? {} : { folder }) }];
};

const aliasNames: ReadonlySet<string> = new Set([
  'alias',
  'aliasmatch',
  'scriptalias',
  'scriptaliasmatch',
  'wsgiscriptalias',
  'wsgiscriptaliasmatch',
]);
const rootNames: ReadonlySet<string> = new Set([
  'documentroot',
  'virtualdocumentroot',
  'virtualdocumentrootip',
]);

const routesIn = (
  block: Block,
  balancers: ReadonlyMap<string, Block>,
  serverRoot: string,
): readonly Route[] =>
  block.flatMap((each): readonly Route[] => {
    const [first = '', second = ''] = each.args;
    const because = placeOf(each);
    if (aliasNames.has(each.name)) {
      const folder = constantFolder(resolveFrom(serverRoot, second));
      const url = each.name.endsWith('match') ? `~ ${first}` : first;
      const runs = each.name.includes('script') ? ({ runs: true } as const) : {};
      return folder === undefined ? [] : [{ url, folder, ...runs, to: [], because }];
    }
    if (rootNames.has(each.name)) {
      const folder = constantFolder(resolveFrom(serverRoot, first));
      return folder === undefined ? [] : [{ url: '/', folder, to: [], because }];
    }
    if (each.name === 'proxypass' || each.name === 'proxypassmatch')
      return proxyRoutes(each, balancers);
    if (each.name === 'rewriterule') return rewriteRoutes(each, balancers);
    if (each.name === 'location' || each.name === 'locationmatch')
      return locationRoutes(each, balancers);
    return [];
  });

const everything = /^(?:\^?(?:\(?\.[*?+]\??\)?)?\$?|\^\/?\(?\.\*\)?\$?|\/)$/;

/** Whether the host does nothing but send everybody to another address. */
const redirectsAll = (block: Block): boolean =>
  block.some(each => {
    if (each.name === 'redirect' || each.name === 'redirectpermanent') {
      return each.args.includes('/') && each.args.at(-1) !== '/';
    }
    if (each.name !== 'rewriterule' || !everything.test(each.args[0] ?? '')) return false;
    const flags = flagsOf(each);
    return (
      /^https?:/i.test(each.args[1] ?? '') &&
      flags.some(flag => flag === 'r' || flag.startsWith('r=') || flag.startsWith('redirect'))
    );
  }) && !isOn(block, 'sslengine');

const isOn = (block: Block, name: string): boolean =>
  /^(?:on|optional)$/i.test(apacheLast(block, name)?.args[0] ?? '');

/** Each address once: httpd does not start with one twice. */
const listenersOf = (main: Block): readonly WebListen[] => {
  const seen = new Map(apacheAll(main, 'listen').map(each => [each.args[0] ?? '', each]));
  return [...seen.values()].slice(0, listensMax).flatMap(each => {
    const endpoint = parseHostPort(each.args[0] ?? '');
    const tls =
      each.args[1]?.toLowerCase() === 'https' || (endpoint?.net === 'tcp' && endpoint.port === 443);
    return endpoint === undefined ? [] : [{ endpoint, tls, because: placeOf(each) }];
  });
};

const hostPort = (address: string): { host: string; port: number | undefined } => {
  const match = /^(.*):(\d+|\*)$/.exec(address);
  const host = (match?.[1] ?? address).replace(/^\[(.*)\]$/, '$1');
  const port = match?.[2];
  return {
    host: /^(?:_default_|\*)$/.test(host) ? '*' : host,
    port: port === undefined || port === '*' ? undefined : Number(port),
  };
};

/** Where a virtual host really answers: its own addresses, as far as a `Listen` opens them. */
const listensOf = (
  addresses: readonly string[],
  listeners: readonly WebListen[],
  tls: boolean,
): readonly WebListen[] =>
  addresses.flatMap(address => {
    const wanted = hostPort(address);
    return listeners.flatMap((listener): readonly WebListen[] => {
      if (listener.endpoint.net !== 'tcp') return [];
      if (wanted.port !== undefined && wanted.port !== listener.endpoint.port) return [];
      const any = isAnyAddress(listener.endpoint.host);
      if (wanted.host === '*' || wanted.host === listener.endpoint.host)
        return [{ ...listener, tls }];
      return any
        ? [{ ...listener, tls, endpoint: { ...listener.endpoint, host: wanted.host } }]
        : [];
    });
  });

interface Host {
  readonly block?: Block;
  readonly listens: readonly WebListen[];
  readonly names: readonly string[];
}

const hostsOf = (main: Block): readonly Host[] => {
  const listeners = listenersOf(main);
  const virtual = apacheAll(main, 'virtualhost').map(each => {
    const block = inside(each);
    const names = apacheAll(block, 'servername', 'serveralias').flatMap(name => name.args);
    return {
      block,
      names,
      listens: listensOf(each.args.slice(0, listensMax), listeners, isOn(block, 'sslengine')),
    };
  });
  // The main server answers only where no virtual host does.
  const left = listeners.filter(
    listener =>
      !virtual.some(({ listens }) =>
        listens.some(
          taken =>
            taken.because.line === listener.because.line &&
            taken.because.path === listener.because.path,
        ),
      ),
  );
  const names = apacheAll(main, 'servername').flatMap(each => each.args);
  return left.length === 0 && virtual.length > 0 ? virtual : [...virtual, { listens: left, names }];
};

type Handler = ReturnType<typeof handlersIn>[number];

/** The main server's part of every virtual host, taken apart once. */
interface Whole {
  readonly server: WebServer;
  readonly serverRoot: string;
  readonly main: Block;
  readonly formats: ApacheFormats;
  readonly routes: readonly Route[];
  readonly sections: Block;
  readonly handlers: readonly Handler[];
}

const accessSections = (block: Block): Block =>
  block.filter(({ name }) => name === 'directory' || name === 'location');

const wholeOf = (server: WebServer, serverRoot: string, main: Block): Whole => {
  const balancers = balancersOf(main);
  // Rewrite rules of the main server are not inherited (RewriteOptions Inherit is rare).
  const inherited = main.filter(({ name }) => name !== 'rewriterule');
  return {
    server,
    serverRoot,
    // What every virtual host looks through must not hold the virtual hosts.
    main: main.filter(({ name }) => name !== 'virtualhost'),
    formats: apacheFormats(main),
    routes: routesIn(inherited, balancers, serverRoot),
    sections: accessSections(main),
    handlers: handlersIn(main, undefined, balancers, 0),
  };
};

/** A virtual host's routes and those it inherits; its own DocumentRoot replaces the main one. */
const ofHost = (files: FileView, host: Host, whole: Whole): readonly Served[] => {
  const { server, serverRoot, main, formats } = whole;
  const block = host.block ?? main.filter(({ name }) => name === 'rewriterule');
  const balancers = balancersOf(main, block);
  const own = routesIn(block, balancers, serverRoot);
  const hasRoot = block.some(each => rootNames.has(each.name));
  const redirected = redirectsAll(host.block ?? main);
  const routes = [
    ...own,
    ...whole.routes.filter(each => !(hasRoot && each.url === '/' && each.to.length === 0)),
    ...userFolders(files, [...main, ...(host.block ?? [])]).map(each => ({ ...each, to: [] })),
  ];
  const sections = [...whole.sections, ...accessSections(host.block ?? [])];
  const handlers = [...whole.handlers, ...handlersIn(host.block ?? [], undefined, balancers, 0)];
  const logging = apacheLogs(main, host.block, formats, serverRoot);
  const enough = Math.ceil(pairsMax / (sections.length + handlers.length + 1));
  if (routes.length > enough) {
    files.note({
      what: server.config,
      why: `has a virtual host of more than ${enough} folders and targets, each with ${sections.length} sections over it; the rest was not looked at`,
      how: 'Run Postern with the sites that serve mail software alone.',
    });
  }
  return routes.slice(0, enough).flatMap((route): readonly Served[] => {
    if (redirected && route.to.length === 0) return [];
    const audience: Audience = audienceOf(sections, route);
    if ('nobody' in audience) return [];
    const { listens, names } = host;
    const to = [...route.to, ...scriptsOf(route, handlers)];
    // mod_php hands out what it is told not to run; nobody uses software that way.
    if (server.php !== undefined && to.length === 0 && phpIsOff(sections, route.folder)) return [];
    const below = audiencesBelow(sections, route);
    return [
      {
        server,
        ...route,
        to,
        listens,
        names,
        ...logging,
        ...audience,
        ...(below.length === 0 ? {} : { below }),
      },
    ];
  });
};

/** Where scripts in the route's folder are handed to. */
const scriptsOf = ({ folder, to }: Route, handlers: readonly Handler[]): readonly WebPass[] =>
  folder === undefined || to.length > 0
    ? []
    : handlers
        .filter(
          ({ below }) =>
            below === undefined || isWithin(below.replace(/(?<=[^/])\/+$/, ''), folder),
        )
        .flatMap(({ pass }) => pass);

/** What Apache httpd serves by its whole configuration. */
export const apacheServed = (
  files: FileView,
  server: WebServer,
  serverRoot: string,
  main: Block,
): readonly Served[] => {
  const whole = wholeOf(server, serverRoot, main);
  const out: Served[] = [];
  const hosts = hostsOf(main);
  const enough = Math.min(hostsMax, Math.ceil(looksMax / Math.max(1, whole.main.length)));
  for (const host of hosts.slice(0, enough)) {
    out.push(...ofHost(files, host, whole));
    if (out.length > routesMax || (host === hosts[enough - 1] && hosts.length > enough)) {
      files.note({
        what: server.config,
        why: `serves more than ${routesMax} folders and targets, or more than ${enough} virtual hosts; the rest was not looked at`,
        how: 'Run Postern with the sites that serve mail software alone.',
      });
      break;
    }
  }
  return out.slice(0, routesMax);
};
