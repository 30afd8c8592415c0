import { joinPath } from '../../core/paths.ts';
import type { Place } from '../../core/place.ts';
import { withoutAccounts } from '../../core/url-text.ts';
import { parseHostPort } from '../joining/endpoint.ts';
import type { Endpoint } from '../platform.ts';
import type { ApacheDirective } from './apache.ts';
import type { WebPass } from './served.ts';

const schemes: Readonly<Record<string, readonly [WebPass['protocol'], number]>> = {
  http: ['http', 80],
  https: ['https', 443],
  h2: ['https', 443],
  h2c: ['http', 80],
  ws: ['http', 80],
  wss: ['https', 443],
  fcgi: ['fastcgi', 8000],
  scgi: ['scgi', 4000],
  uwsgi: ['uwsgi', 3031],
  ajp: ['ajp', 8009],
};

const endpointOf = (host: string, port: number): Endpoint | undefined =>
  /[$%]/.test(host) || host === ''
    ? undefined
    : parseHostPort(/:\d+$/.test(host) ? host : `${host}:${port}`);

const parseUrl = (text: string, because: Place): WebPass | undefined => {
  const bar = text.startsWith('unix:') ? text.indexOf('|') : -1;
  const socket = bar < 0 ? undefined : text.slice('unix:'.length, bar);
  const url = bar < 0 ? text : text.slice(bar + 1);
  const match = /^([a-z0-9]+):\/\/([^/]*)(.*)$/is.exec(url) ?? /^([a-z0-9]+):()()$/is.exec(url);
  const scheme = schemes[(match?.[1] ?? '').toLowerCase()];
  if (
    match === null ||
    scheme === undefined ||
    !Object.hasOwn(schemes, (match[1] ?? '').toLowerCase())
  ) {
    return undefined;
  }
  const [protocol, port] = scheme;
  const host = (match[2] ?? '').replace(/^.*@/s, '');
  const path = match[3] ?? '';
  const endpoint: Endpoint | undefined =
    socket === undefined ? endpointOf(host, port) : { net: 'unix', path: joinPath(socket) };
  return {
    protocol,
    as: socket === undefined ? `${protocol}://${host}${path}` : `unix:${socket}`,
    path,
    because,
    ...(endpoint === undefined ? {} : { endpoint }),
  };
};

/**
 * The target of `ProxyPass`, of `SetHandler proxy:…` or of a `RewriteRule` with `[P]`; the members
 * of a `balancer://` group each.
 */
export const apachePass = (
  target: string,
  because: Place,
  balancers: ReadonlyMap<string, readonly ApacheDirective[]>,
): readonly WebPass[] => {
  const balancer = /^balancer:\/\/([^/]+)/i.exec(target)?.[1];
  if (balancer !== undefined) {
    return (balancers.get(balancer.toLowerCase()) ?? [])
      .filter(each => each.name === 'balancermember')
      .map(each => parseUrl(each.args[0] ?? '', { path: each.path, line: each.line }))
      .filter(each => each !== undefined)
      .map(each => ({ ...each, because }));
  }
  const pass = parseUrl(target, because);
  return pass === undefined ? [] : [{ ...pass, as: withoutAccounts(pass.as) }];
};

/** `<Proxy balancer://name>` sections by their name, with their members. */
export const balancersOf = (
  ...blocks: readonly (readonly ApacheDirective[])[]
): ReadonlyMap<string, readonly ApacheDirective[]> =>
  new Map(
    blocks.flat().flatMap(each => {
      const name =
        each.name === 'proxy' ? /^balancer:\/\/([^/]+)/i.exec(each.args[0] ?? '')?.[1] : undefined;
      return name === undefined ? [] : [[name.toLowerCase(), each.block ?? []] as const];
    }),
  );
