import type { FileView } from '../../../core/files.ts';
import { dirOf, joinPath } from '../../../core/paths.ts';
import type { Place } from '../../../core/place.ts';
import type { Endpoint } from '../../platform.ts';
import { unbrace } from '../../syntax/postfix-list.ts';
import type { Instance, Service } from './instance.ts';

/** Ports that people write by name (services(5)). */
const portNames: Readonly<Record<string, number>> = {
  smtp: 25,
  mail: 25,
  lmtp: 24,
  qmqp: 628,
  smtps: 465,
  submissions: 465,
  urd: 465,
  submission: 587,
};

export const portOf = (text: string): number | undefined => {
  const name = text.toLowerCase();
  if (Object.hasOwn(portNames, name)) return portNames[name];
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port > 0 && port < 65_536 ? port : undefined;
};

const bareHost = (text: string): string => text.replace(/^\[(.*)\]$/, '$1').replace(/^ipv6:/i, '');

/**
 * Where smtp(8) and lmtp(8) connect: `[host]:port`, `host:port`, `host`, `[host]`, each perhaps
 * after `inet:`. A host without brackets is asked for its MX.
 */
export const parseHost = (
  text: string,
  portOtherwise: number,
): (Endpoint & { readonly net: 'tcp'; readonly byMx: boolean }) | undefined => {
  const value = text.trim().replace(/^inet:/i, '');
  if (value === '' || value.length > 300) return undefined;
  const match = /^(\[[^\]]{1,255}\]|[^:[\]\s]{1,255})(?::([\w-]{1,32}))?$/.exec(value);
  if (match === null) return undefined;
  const port = match[2] === undefined ? portOtherwise : portOf(match[2]);
  const host = bareHost(match[1] ?? '');
  if (port === undefined || host === '') return undefined;
  const byMx = !value.startsWith('[') && !/^[\d.]+$/.test(host);
  return { net: 'tcp', host, port, byMx };
};

/**
 * A Unix path as the service sees it: below its chroot, which is the queue directory. A path that
 * only exists outside is taken as such: folders can be mounted into a chroot.
 */
const unixPath = (files: FileView, instance: Instance, chrooted: boolean, path: string): string => {
  if (!path.startsWith('/')) return joinPath(instance.queue, path);
  const plain = joinPath(path);
  if (!chrooted) return plain;
  const inside = joinPath(instance.queue, path);
  if (files.stat(inside) !== undefined) return inside;
  if (files.stat(plain) !== undefined) return plain;
  if (files.stat(dirOf(inside)) !== undefined) return inside;
  return /^\/(?:run|var\/run|tmp)\//.test(plain) || plain.startsWith(`${instance.queue}/`)
    ? plain
    : inside;
};

/**
 * A socket that Postfix talks to: `inet:host:port`, `unix:path`, `local:path`, `host:port`; unix
 * paths are below the queue directory unless absolute (postconf(5), smtpd_milters).
 */
export const parseSocket = (
  files: FileView,
  instance: Instance,
  chrooted: boolean,
  text: string,
): Endpoint | undefined => {
  const value = text.trim();
  const match = /^(inet|unix|local):(.*)$/is.exec(value);
  if (match !== null && (match[1] ?? '').toLowerCase() !== 'inet') {
    const path = (match[2] ?? '').trim();
    return path === '' || path.length > 1_000
      ? undefined
      : { net: 'unix', path: unixPath(files, instance, chrooted, path) };
  }
  const rest = match === null ? value : (match[2] ?? '').trim();
  // Sendmail's own spelling, which Postfix does not know, but people copy.
  const swapped = /^(\d{1,5})@(.{1,255})$/.exec(rest);
  const at = parseHost(
    swapped === null
      ? rest.replace(/^:/, '127.0.0.1:')
      : `[${bareHost(swapped[2] ?? '')}]:${swapped[1] ?? ''}`,
    0,
  );
  if (at === undefined) {
    const v6 = /^([0-9a-f:]{2,45}):(\d{1,5})$/i.exec(rest);
    const port = v6 === null ? undefined : portOf(v6[2] ?? '');
    return v6 === null || port === undefined ? undefined : { net: 'tcp', host: v6[1] ?? '', port };
  }
  return at.port === 0 ? undefined : { net: 'tcp', host: at.host, port: at.port };
};

/** The server of `{ server, name=value … }`, or the text itself. */
export const serverOf = (text: string): string => {
  const inner = unbrace({ text, offset: 0 });
  if (inner === undefined) return text;
  return /^[^,\s]*/.exec(inner.text)?.[0] ?? '';
};

/** `transport:nexthop`; either may be empty (transport(5)). */
export interface Route {
  readonly transport: string;
  readonly nexthop: string;
}

export const parseRoute = (text: string): Route => {
  const value = text.trim().slice(0, 1_000);
  const colon = value.indexOf(':');
  return colon < 0
    ? { transport: value, nexthop: '' }
    : { transport: value.slice(0, colon).trim(), nexthop: value.slice(colon + 1).trim() };
};

/** What a route ends in. */
export type Destination =
  | { readonly is: 'socket'; readonly to: Endpoint; readonly lmtp: boolean; readonly byMx: boolean }
  | { readonly is: 'program'; readonly service: Service }
  /** smtp(8) without a next hop: wherever DNS says. */
  | { readonly is: 'open' }
  /** Delivered by Postfix itself, refused or thrown away. */
  | { readonly is: 'own'; readonly command: string }
  /** master.cf has no such transport. */
  | { readonly is: 'missing' };

const baseName = (command: string): string => command.slice(command.lastIndexOf('/') + 1);

const transportOf = (instance: Instance, name: string): Service | undefined =>
  instance.services.find(service => service.type === 'unix' && service.name === name);

/** What smtp(8) and lmtp(8) connect to: from Postfix 3.5 on a list, in order of preference. */
const socketsOf = (
  files: FileView,
  instance: Instance,
  service: Service | undefined,
  isLmtp: boolean,
  nexthop: string,
): readonly Destination[] => {
  const asked = service?.params.own.has('smtp_tcp_port') === true;
  const port = asked ? portOf(service.params.get('smtp_tcp_port').text) : undefined;
  return nexthop
    .split(/[\s,]+/)
    .filter(each => each !== '')
    .slice(0, 20)
    .map((each): Destination => {
      if (/^(?:unix|local):/i.test(each)) {
        const to = parseSocket(files, instance, service?.chrooted ?? false, each);
        return to === undefined ? { is: 'open' } : { is: 'socket', to, lmtp: isLmtp, byMx: false };
      }
      const at = parseHost(each, port ?? (isLmtp ? 24 : 25));
      return at === undefined
        ? { is: 'open' }
        : {
            is: 'socket',
            to: { net: 'tcp', host: at.host, port: at.port },
            lmtp: isLmtp,
            byMx: at.byMx && !isLmtp,
          };
    });
};

export const destinationsOf = (
  files: FileView,
  instance: Instance,
  { transport, nexthop }: Route,
): readonly Destination[] => {
  const service = transportOf(instance, transport);
  const command = service === undefined ? '' : baseName(service.command);
  if (service !== undefined && command === 'pipe') return [{ is: 'program', service }];
  const speaks =
    command === 'smtp' || command === 'lmtp'
      ? command
      : service === undefined && /^(?:smtp|relay|lmtp)/.test(transport)
        ? transport.startsWith('lmtp')
          ? 'lmtp'
          : 'smtp'
        : undefined;
  if (speaks === undefined) {
    if (service !== undefined) return [{ is: 'own', command }];
    const known = /^(?:local|virtual|error|retry|discard|)$/.test(transport);
    return [known ? { is: 'own', command: transport } : { is: 'missing' }];
  }
  const found = socketsOf(files, instance, service, speaks === 'lmtp', nexthop);
  return found.length === 0 ? [{ is: 'open' }] : found;
};

/** Words of `pipe` and `spawn` entries: attributes up to `argv=`, then the command. */
export interface Command {
  readonly words: readonly string[];
  readonly user?: { readonly user: string; readonly because: Place };
  readonly at: Place;
}

export const commandOf = (instance: Instance, service: Service): Command | undefined => {
  const place = (line: number): Place => ({ path: instance.masterPath, line });
  const start = service.words.findIndex(({ text }) => text.startsWith('argv='));
  const first = service.words[start];
  if (first === undefined) return undefined;
  const user = service.words.slice(0, start).findLast(({ text }) => text.startsWith('user='));
  return {
    words: [first.text.slice('argv='.length), ...service.words.slice(start + 1).map(w => w.text)],
    ...(user === undefined
      ? {}
      : {
          user: {
            user: user.text.slice('user='.length).split(':')[0] ?? '',
            because: place(user.line),
          },
        }),
    at: place(first.line),
  };
};
