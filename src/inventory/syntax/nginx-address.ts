import { joinPath } from '../../core/paths.ts';
import type { Place } from '../../core/place.ts';
import { parseHostPort } from '../joining/endpoint.ts';
import type { Endpoint } from '../platform.ts';
import type { NginxDirective } from './nginx.ts';
import type { WebListen, WebPass } from './served.ts';

/** The values that `set` and `map` give to a variable, as far as they are constant. */
export type NginxVariables = ReadonlyMap<string, readonly string[]>;

const valuesMax = 50;
const name = /\$(?:\{(\w+)\}|(\w+))/;

/** Every text that the variables make of this one; what is not known stays as written. */
export const substitute = (text: string, variables: NginxVariables): readonly string[] => {
  let open = [text];
  const done: string[] = [];
  for (let round = 0; round < 8 && open.length > 0; round++) {
    const next: string[] = [];
    for (const each of open) {
      const match = name.exec(each);
      const values = match === null ? undefined : variables.get(match[1] ?? match[2] ?? '');
      if (match === null || values === undefined) done.push(each);
      else next.push(...values.map(value => each.replace(match[0], () => value).slice(0, 4_096)));
    }
    open = next.slice(0, valuesMax);
  }
  return [...done, ...open].slice(0, valuesMax);
};

/** `unix:/path`, `host:port`, `[v6]:port`, `host` with the protocol's own port. */
export const parseNginxAddress = (text: string, port: number): Endpoint | undefined => {
  if (text.includes('$')) return undefined;
  if (text.startsWith('unix:')) {
    const path = text.slice('unix:'.length).split(':')[0] ?? '';
    return path.startsWith('/') ? { net: 'unix', path: joinPath(path) } : undefined;
  }
  const bare = /^\[[0-9a-fA-F:.]+\]$/.test(text) || !text.includes(':');
  return parseHostPort(bare ? `${text}:${port}` : text);
};

/** `listen` of a server block; without an address, any one, without a port, 80. */
export const parseListen = (directive: NginxDirective, sslOn: boolean): WebListen | undefined => {
  const [address = '', ...parameters] = directive.args;
  const place: Place = { path: directive.path, line: directive.line };
  const endpoint = /^\d+$/.test(address) ? parseHostPort(address) : parseNginxAddress(address, 80);
  if (endpoint === undefined) return undefined;
  const tls = sslOn || parameters.includes('ssl') || parameters.includes('quic');
  return { endpoint, tls, because: place };
};

const passes: Readonly<Record<string, WebPass['protocol']>> = {
  proxy_pass: 'http',
  fastcgi_pass: 'fastcgi',
  uwsgi_pass: 'uwsgi',
  scgi_pass: 'scgi',
  grpc_pass: 'grpc',
};

export const isPass = (directive: NginxDirective): boolean => Object.hasOwn(passes, directive.name);

const schemes: Readonly<Record<string, WebPass['protocol'] | undefined>> = {
  https: 'https',
  http: 'http',
  grpc: 'grpc',
  grpcs: 'grpc',
  suwsgi: 'uwsgi',
  uwsgi: 'uwsgi',
};

interface Target {
  readonly protocol: WebPass['protocol'];
  readonly address: string;
  readonly path: string;
}

const parseTarget = (value: string, protocol: WebPass['protocol']): Target => {
  const match = /^([a-z]+):\/\/(.*)$/s.exec(value);
  const scheme = match === null ? undefined : schemes[match[1] ?? ''];
  const rest = scheme === undefined ? value : (match?.[2] ?? '');
  if (rest.startsWith('unix:')) {
    const colon = rest.indexOf(':', 'unix:'.length);
    return {
      protocol: scheme ?? protocol,
      address: colon < 0 ? rest : rest.slice(0, colon),
      path: colon < 0 ? '' : rest.slice(colon + 1),
    };
  }
  const slash = rest.indexOf('/');
  return {
    protocol: scheme ?? protocol,
    address: (slash < 0 ? rest : rest.slice(0, slash)).replace(/^.*@/s, ''),
    path: slash < 0 ? '' : rest.slice(slash),
  };
};

export interface Upstreams {
  readonly get: (name: string) => readonly NginxDirective[] | undefined;
}

/** Everything that a `*_pass` may reach: each member of an upstream group, each value of a variable. */
export const parsePass = (
  directive: NginxDirective,
  variables: NginxVariables,
  upstreams: Upstreams,
): readonly WebPass[] => {
  const because: Place = { path: directive.path, line: directive.line };
  const own = passes[directive.name] ?? 'http';
  return substitute(directive.args[0] ?? '', variables).flatMap((value): readonly WebPass[] => {
    const { protocol, address, path } = parseTarget(value, own);
    const port = protocol === 'https' ? 443 : 80;
    const show = (each: string): string => `${protocol}://${each}${path}`;
    const members = upstreams.get(address);
    const addresses =
      members === undefined
        ? [{ text: address, because }]
        : members
            .filter(member => member.name === 'server')
            .map(member => ({
              text: member.args[0] ?? '',
              because: { path: member.path, line: member.line },
            }));
    return addresses.map(({ text }) => {
      const endpoint = parseNginxAddress(text, port);
      return {
        protocol,
        as: show(text),
        path,
        because,
        ...(endpoint === undefined ? {} : { endpoint }),
      };
    });
  });
};
