import type { FileView } from '../../core/files.ts';
import { joinPath, resolveFrom } from '../../core/paths.ts';
import type { Place } from '../../core/place.ts';
import { type NginxDirective, nginxAll, nginxLast } from './nginx.ts';
import {
  isPass,
  type NginxVariables,
  parseListen,
  parsePass,
  substitute,
  type Upstreams,
} from './nginx-address.ts';
import { type NginxLogging, nginxLogging } from './nginx-logs.ts';
import type { Audience, Served, WebListen, WebServer } from './served.ts';
import { constantFolder, isWithin, literalPrefix } from './web-paths.ts';

/** What a block passes on to the blocks in it. */
interface Scope {
  readonly server: WebServer;
  readonly prefix: string;
  /** Several where a variable made by `map` names them. */
  readonly roots: readonly { readonly folder: string; readonly because: Place }[];
  readonly logging: NginxLogging;
  readonly access: readonly NginxDirective[];
  readonly satisfyAny: boolean;
  readonly script?: NginxDirective;
  readonly variables: NginxVariables;
  readonly upstreams: Upstreams;
  readonly sslOn: boolean;
}

const placeOf = (directive: NginxDirective): Place => ({
  path: directive.path,
  line: directive.line,
});
const routesMax = 20_000;

const foldersOf = (
  directive: NginxDirective | undefined,
  scope: Pick<Scope, 'variables' | 'prefix'>,
): readonly { folder: string; because: Place }[] =>
  directive === undefined
    ? []
    : substitute(directive.args[0] ?? '', scope.variables)
        .map(text => constantFolder(text.startsWith('$') ? text : resolveFrom(scope.prefix, text)))
        .filter(folder => folder !== undefined)
        .map(folder => ({ folder, because: placeOf(directive) }));

const withSets = (block: readonly NginxDirective[], known: NginxVariables): NginxVariables => {
  const sets = nginxAll(block, 'set');
  if (sets.length === 0) return known;
  const out = new Map(known);
  for (const set of sets) {
    const [name = '', value = ''] = set.args;
    out.set(name.replace(/^\$/, ''), substitute(value, out));
  }
  return out;
};

/** Enters a block: what it states replaces what it inherits, directive by directive. */
const enter = (block: readonly NginxDirective[], outer: Scope): Scope => {
  const variables = withSets(block, outer.variables);
  const roots = foldersOf(nginxLast(block, 'root'), { variables, prefix: outer.prefix });
  const access = block.filter(each => each.name === 'allow' || each.name === 'deny');
  const script = block.findLast(
    each => each.name.endsWith('_param') && each.args[0] === 'SCRIPT_FILENAME',
  );
  const ssl = nginxLast(block, 'ssl')?.args[0];
  return {
    ...outer,
    variables,
    logging: outer.logging.within(block),
    access: access.length > 0 ? access : outer.access,
    satisfyAny: outer.satisfyAny || nginxLast(block, 'satisfy')?.args[0] === 'any',
    sslOn: ssl === undefined ? outer.sslOn : ssl === 'on',
    ...(roots.length === 0 ? {} : { roots }),
    ...(script === undefined ? {} : { script }),
  };
};

/** The first rule that matches an address decides (ngx_http_access_module). */
const audienceOf = ({ access, satisfyAny }: Scope): Audience => {
  if (satisfyAny) return {};
  const allowed: string[] = [];
  for (const rule of access) {
    const who = rule.args[0] ?? '';
    if (who === 'all') {
      if (rule.name === 'allow') return {};
      if (allowed.length === 0) return { nobody: true };
      return { onlyFrom: { who: allowed, because: placeOf(rule) } };
    }
    if (rule.name === 'allow') allowed.push(who);
  }
  return {};
};

interface VirtualHost {
  readonly listens: readonly WebListen[];
  readonly names: readonly string[];
}

const defaultListen = (server: NginxDirective): WebListen => ({
  endpoint: { net: 'tcp', host: '*', port: 80 },
  tls: false,
  because: placeOf(server),
});

const hostOf = (server: NginxDirective, scope: Scope): VirtualHost => {
  const block = server.block ?? [];
  const stated = nginxAll(block, 'listen');
  return {
    listens:
      stated.length === 0
        ? [defaultListen(server)]
        : stated.map(each => parseListen(each, scope.sslOn)).filter(each => each !== undefined),
    names: nginxAll(block, 'server_name')
      .flatMap(each => each.args)
      .filter(each => each !== '_' && each !== ''),
  };
};

/** `location` of any form as URL text, and the literal beginning of the paths that it takes. */
const urlOf = (location: NginxDirective): { url: string; prefix: string } => {
  const [first = '/', second = ''] = location.args;
  if (first === '~' || first === '~*') {
    return { url: `${first} ${second}`, prefix: literalPrefix(second) };
  }
  const path = first === '=' || first === '^~' ? second : first.replace(/^(?:=|\^~)/, '');
  return { url: path, prefix: path.startsWith('@') ? '/' : path };
};

/** A script's folder: the constant part of SCRIPT_FILENAME, where it names one. */
const scriptFolder = (scope: Scope): { folder: string; because: Place } | undefined => {
  const { script } = scope;
  const value = script?.args[1];
  if (script === undefined || value === undefined || !value.startsWith('/')) return undefined;
  const constant = value.includes('$') ? value : value.slice(0, value.lastIndexOf('/'));
  const folder = constantFolder(constant);
  return folder === undefined ? undefined : { folder, because: placeOf(script) };
};

const routesOf = (
  block: readonly NginxDirective[],
  where: { readonly url: string; readonly prefix: string },
  scope: Scope,
  host: VirtualHost,
): readonly Served[] => {
  const audience = audienceOf(scope);
  if ('nobody' in audience) return [];
  const pass = block.find(isPass);
  const to = pass === undefined ? [] : parsePass(pass, scope.variables, scope.upstreams);
  const base = {
    server: scope.server,
    url: where.url,
    to,
    ...host,
    ...scope.logging.answer(),
    ...audience,
  };
  const aliases = foldersOf(nginxLast(block, 'alias'), scope);
  const runsScripts = to.some(each => each.protocol === 'fastcgi' || each.protocol === 'scgi');
  const script = runsScripts ? scriptFolder(scope) : undefined;
  const below = scope.roots.map(each => ({ ...each, folder: joinPath(each.folder, where.prefix) }));
  const folders = script ? [script] : aliases.length > 0 ? aliases : below;
  if (pass !== undefined && !runsScripts) return [{ ...base, because: placeOf(pass) }];
  if (folders.length > 0) return folders.map(each => ({ ...base, ...each }));
  return pass === undefined ? [] : [{ ...base, because: placeOf(pass) }];
};

/** Blocks in which a condition may choose another handler for the same URL. */
const conditionals: ReadonlySet<string> = new Set(['if', 'limit_except']);

const ofLocation = (
  location: NginxDirective,
  outer: Scope,
  host: VirtualHost,
): readonly Served[] => {
  const block = location.block ?? [];
  if (nginxLast(block, 'internal') !== undefined) return [];
  const scope = enter(block, outer);
  const where = urlOf(location);
  const answered = nginxLast(block, 'return') !== undefined;
  return [
    ...(answered ? [] : routesOf(block, where, scope, host)),
    ...block
      .filter(each => conditionals.has(each.name) && (each.block ?? []).some(isPass))
      .flatMap(each => routesOf(each.block ?? [], where, enter(each.block ?? [], scope), host)),
    ...nginxAll(block, 'location').flatMap(each => ofLocation(each, scope, host)),
  ];
};

const ofServer = (server: NginxDirective, outer: Scope): readonly Served[] => {
  const block = server.block ?? [];
  const scope = enter(block, outer);
  // `return` at this level comes before every location.
  if (nginxLast(block, 'return') !== undefined) return [];
  const host = hostOf(server, scope);
  const locations = nginxAll(block, 'location');
  const whole = locations.some(each => {
    const [first, second] = each.args;
    return first === '/' || (first === '^~' && second === '/');
  });
  const below = closedBelow(locations, scope);
  return [
    ...(whole ? [] : routesOf(block, { url: '/', prefix: '/' }, scope, host)),
    ...locations.flatMap(each => ofLocation(each, scope, host)),
  ].map(route => {
    const { folder } = route;
    const within = below.filter(
      each => folder !== undefined && each.folder !== folder && isWithin(folder, each.folder),
    );
    return within.length === 0 ? route : { ...route, below: within };
  });
};

const isRegex = ({ args: [first = ''] }: NginxDirective): boolean => /^~\*?$/.test(first);

/**
 * Folders that a location of their own refuses to everybody. Without `^~` any regular expression,
 * such as the one for scripts, comes before it.
 */
const closedBelow = (
  locations: readonly NginxDirective[],
  scope: Scope,
): NonNullable<Served['below']> => {
  const hasRegex = locations.some(isRegex);
  return locations
    .filter(each => !isRegex(each) && !(each.args[0]?.startsWith('=') ?? true))
    .filter(each => !hasRegex || each.args[0]?.startsWith('^~') === true)
    .flatMap(each => {
      const block = each.block ?? [];
      const inner = enter(block, scope);
      const answer = nginxLast(block, 'return')?.args[0] ?? '';
      if (!('nobody' in audienceOf(inner)) && !/^4\d\d$/.test(answer)) return [];
      return inner.roots.map(root => ({
        folder: joinPath(root.folder, urlOf(each).prefix),
        audience: { nobody: true } as const,
      }));
    });
};

const mapsOf = (http: readonly NginxDirective[]): NginxVariables =>
  new Map(
    nginxAll(http, 'map').map(map => [
      (map.args[1] ?? '').replace(/^\$/, ''),
      [...new Set((map.block ?? []).map(each => each.args[0] ?? ''))].slice(0, 50),
    ]),
  );

export interface NginxPlace {
  readonly config: string;
  readonly prefix: string;
  readonly accessLog: string;
}

/** What nginx serves by its whole configuration, included files in their place. */
export const nginxServed = (
  files: FileView,
  server: WebServer,
  place: NginxPlace,
  directives: readonly NginxDirective[],
): readonly Served[] => {
  const out: Served[] = [];
  for (const http of nginxAll(directives, 'http')) {
    const block = http.block ?? [];
    const upstreams = new Map(
      nginxAll(block, 'upstream').map(each => [each.args[0] ?? '', each.block ?? []]),
    );
    const scope = enter(block, {
      server: {
        ...server,
        http: placeOf(http),
        formats: nginxAll(block, 'log_format').map(({ args }) => args[0] ?? ''),
      },
      prefix: place.prefix,
      logging: nginxLogging(block, place),
      roots: [],
      access: [],
      satisfyAny: false,
      variables: mapsOf(block),
      upstreams,
      sslOn: false,
    });
    for (const each of nginxAll(block, 'server')) {
      out.push(...ofServer(each, scope));
      if (out.length > routesMax) {
        files.note({
          what: place.config,
          why: `has more than ${routesMax} locations; the rest was not looked at`,
          how: 'Run Postern with the sites that serve mail software alone.',
        });
        return out.slice(0, routesMax);
      }
    }
  }
  return out;
};
