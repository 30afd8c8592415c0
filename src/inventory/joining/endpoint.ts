import { joinPath, resolveFrom } from '../../core/paths.ts';
import type { Endpoint } from '../platform.ts';

const portOf = (text: string): number | undefined => {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  return port > 0 && port < 65_536 ? port : undefined;
};

const stripBrackets = (host: string): string => host.replace(/^\[(.*)\]$/, '$1');

/**
 * A milter library's socket (`smfi_setconn(3)`): `inet:8891@127.0.0.1`, `inet6:8891@[::1]`,
 * `local:/run/opendkim.sock`, `unix:/run/x.sock`, or a bare path.
 */
export const parseMilterSocket = (text: string, base = '/'): Endpoint | undefined => {
  const value = text.trim();
  const match = /^(inet6?|local|unix):(.*)$/is.exec(value);
  if (match === null) {
    return value.startsWith('/') ? { net: 'unix', path: joinPath(value) } : undefined;
  }
  const rest = match[2] ?? '';
  if (!(match[1] ?? '').toLowerCase().startsWith('inet')) {
    return rest === '' ? undefined : { net: 'unix', path: resolveFrom(base, rest) };
  }
  const at = rest.indexOf('@');
  const port = portOf(at < 0 ? rest : rest.slice(0, at));
  if (port === undefined) return undefined;
  return { net: 'tcp', host: at < 0 ? '*' : stripBrackets(rest.slice(at + 1)), port };
};

/**
 * `host:port`, `[v6]:port`, `*:port` or a bare port, as most daemons write their listening address.
 */
export const parseHostPort = (text: string): Endpoint | undefined => {
  const value = text.trim();
  const bare = portOf(value);
  if (bare !== undefined) return { net: 'tcp', host: '*', port: bare };
  const colon = value.lastIndexOf(':');
  if (colon < 0) return undefined;
  const port = portOf(value.slice(colon + 1));
  const host = stripBrackets(value.slice(0, colon));
  return port === undefined ? undefined : { net: 'tcp', host: host === '' ? '*' : host, port };
};

const loopback = /^(?:localhost(?:\.localdomain)?|ip6-localhost|127(?:\.\d{1,3}){3}|::1)$/i;
const anyAddress = /^(?:\*|0\.0\.0\.0|::|any|)$/i;

export const isLoopback = (host: string): boolean => loopback.test(host);
export const isAnyAddress = (host: string): boolean => anyAddress.test(host);

/** Whether a caller that talks to `to` reaches what listens on `at`, both on this host. */
export const reaches = (to: Endpoint, at: Endpoint): boolean => {
  if (to.net === 'unix') return at.net === 'unix' && samePath(to.path, at.path);
  if (at.net === 'unix' || to.port !== at.port) return false;
  if (to.host.toLowerCase() === at.host.toLowerCase()) return true;
  return (
    (isLoopback(to.host) || isAnyAddress(to.host)) && (isAnyAddress(at.host) || isLoopback(at.host))
  );
};

/** `/var/run` has been a link to `/run` for a decade; both spellings are in use. */
const samePath = (a: string, b: string): boolean => a === b || bare(a) === bare(b);

const bare = (path: string): string => {
  // Most are in order already, and many are compared with many.
  const inOrder = path.startsWith('/') && !/\/[/.]|\/$/.test(path);
  return (inOrder ? path : joinPath(path)).replace(/^\/var\/run\//, '/run/');
};

/** Equal for all endpoints that may reach one another: to find them among very many. */
export const reachKey = (endpoint: Endpoint): string =>
  endpoint.net === 'unix' ? bare(endpoint.path) : String(endpoint.port);

/** As people write it: `unix:/run/x.sock`, `127.0.0.1:8891`. */
export const showEndpoint = (endpoint: Endpoint): string =>
  endpoint.net === 'unix'
    ? `unix:${endpoint.path}`
    : `${endpoint.host.includes(':') ? `[${endpoint.host}]` : endpoint.host}:${endpoint.port}`;

/** Whether a listening address lets the internet in, as far as the address tells. */
export const exposureOf = (endpoint: Endpoint): 'yes' | 'no' =>
  endpoint.net === 'unix' || isLoopback(endpoint.host) ? 'no' : 'yes';
