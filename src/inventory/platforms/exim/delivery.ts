import type { ComponentKind, Reach } from '../../../core/component.ts';
import type { Place } from '../../../core/place.ts';
import { isLoopback } from '../../joining/endpoint.ts';
import type { Endpoint, Link } from '../../platform.ts';
import type { Driver } from '../../syntax/exim.ts';
import { splitEximList } from '../../syntax/exim-lists.ts';
import { type Exim, isDynamic, valueOf } from './context.ts';

/** Names of /etc/services that configurations use for ports. */
const services: Readonly<Record<string, number>> = {
  smtp: 25,
  lmtp: 24,
  submission: 587,
  smtps: 465,
  submissions: 465,
};

const portOf = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  const port = services[text.trim()] ?? (/^\d{1,5}$/.test(text.trim()) ? Number(text) : 0);
  return port > 0 && port < 65_536 ? port : undefined;
};

/** `host`, `host:port`, `[address]:port`, `host/MX`, as a host list's item (spec 20.5). */
const hostOf = (item: string, port: number): Endpoint | undefined => {
  const text = item.trim().replace(/\/MX(?::\w+)?$/i, '');
  const bracketed = /^\[([\da-f.:]+)\](?::(\d{1,5}))?$/i.exec(text);
  if (bracketed !== null) {
    return { net: 'tcp', host: bracketed[1] ?? '', port: portOf(bracketed[2]) ?? port };
  }
  if (/^[\da-f:]{1,40}:[\da-f:.]{0,40}$/i.test(text) && text.split(':').length > 2) {
    return { net: 'tcp', host: text, port };
  }
  const named = /^([\w.-]+)(?::(\d{1,5}))?$/.exec(text);
  return named === null || named[1] === ''
    ? undefined
    : { net: 'tcp', host: named[1] ?? '', port: portOf(named[2]) ?? port };
};

/** One rule of `route_list`: which domains, and to which hosts. */
interface Route {
  readonly domains: string;
  readonly hosts: string;
  readonly options: readonly string[];
}

/** Words, the second perhaps in quotes. */
const routeOf = (rule: string): Route => {
  const match = /^\s*(\S+)\s*(?:"([^"]*)"|'([^']*)'|(<\S\s+\S+|\S+))?\s*(.*)$/s.exec(rule);
  return {
    domains: match?.[1] ?? '',
    hosts: match?.[2] ?? match?.[3] ?? match?.[4] ?? '',
    options: (match?.[5] ?? '').split(/\s+/).filter(Boolean),
  };
};

const routesOf = (router: Driver): readonly Route[] => {
  const list = valueOf(router, 'route_list');
  if (list !== undefined) return splitEximList(list.value, ';').map(routeOf);
  const data = valueOf(router, 'route_data');
  if (data === undefined) return [];
  const domains = valueOf(router, 'domains')?.value ?? '*';
  const { hosts } = routeOf(`* ${data.value}`);
  return [{ domains, hosts: isDynamic(data.value) ? data.value : hosts, options: [] }];
};

const kindOf = (protocol: string, to: Endpoint): ComponentKind => {
  if (protocol === 'lmtp') return 'imap';
  return to.net === 'unix' || isLoopback(to.host) ? 'content-filter' : 'gateway';
};

const domainsIn = (text: string): string =>
  text === '*' ? 'every domain' : `domains ${text.slice(0, 200)}`;

const handed = (extent: string, because: Place): Reach => ({
  resource: 'mail-in-transit',
  mode: 'write',
  extent,
  because,
});

const noteDynamic = (exim: Exim, place: Place, what: string): void => {
  exim.files.note({
    what: `${place.path}:${place.line ?? 1}`,
    why: `${what} is computed for each message: to which hosts mail is handed cannot be told`,
    how: 'Name the hosts in postern.yaml.',
  });
};

/** Hosts of a table that a `route_data` looks up: `domain: host`. */
const tableHosts = (
  exim: Exim,
  text: string,
):
  | readonly { readonly hosts: string; readonly domains: string; readonly at: Place }[]
  | undefined => {
  const path = /lsearch\*?\s*\{\s*(\/[\w./-]{1,300})\s*\}/.exec(text)?.[1];
  if (path === undefined) return undefined;
  if (exim.files.stat(path)?.kind !== 'file') return [];
  return (exim.files.text(path) ?? '')
    .split('\n')
    .slice(0, 20_000)
    .flatMap((raw, i) => {
      const match = /^([^\s#:]+)(?:\s*:\s*|\s+)(\S.*)$/s.exec(raw);
      return match === null
        ? []
        : [
            {
              hosts: routeOf(`* ${match[2] ?? ''}`).hosts,
              domains: match[1] ?? '',
              at: { path, line: i + 1 },
            },
          ];
    });
};

const transportPort = (exim: Exim, transport: Driver | undefined, protocol: string): number => {
  const setting = transport === undefined ? undefined : valueOf(transport, 'port');
  const port = portOf(setting?.value);
  if (setting !== undefined && port === undefined) noteDynamic(exim, setting.at, 'its port');
  return port ?? (protocol === 'lmtp' ? 24 : protocol === 'smtps' ? 465 : 25);
};

const routed = (exim: Exim, router: Driver): readonly Link[] => {
  const place = (valueOf(router, 'route_list') ?? valueOf(router, 'route_data'))?.at ?? router.at;
  const target = valueOf(router, 'transport')?.value ?? '';
  return routesOf(router).flatMap(({ domains, hosts, options }): readonly Link[] => {
    const named = exim.setup.config.transports.find(
      ({ name }) => name === target || options.includes(name),
    );
    const protocol = named === undefined ? '' : (valueOf(named, 'protocol')?.value ?? '');
    const driver = named === undefined ? undefined : valueOf(named, 'driver')?.value;
    if (named !== undefined && driver !== 'smtp') return [];
    const port = transportPort(exim, named, protocol);
    const own = valueOf(router, 'domains')?.value;
    const taken = domains === '*' && own !== undefined ? own : domains;
    const dynamic = isDynamic(hosts);
    const rows = dynamic ? tableHosts(exim, hosts) : [{ hosts, domains: taken, at: place }];
    if (rows === undefined) {
      if (!/^\$(?:domain|\{domain\})$/.test(hosts)) noteDynamic(exim, place, 'a route');
      return [];
    }
    return rows.flatMap(row =>
      splitEximList(row.hosts).flatMap((item): readonly Link[] => {
        const to = hostOf(item, port);
        if (to === undefined) {
          if (item !== '+') noteDynamic(exim, row.at, 'a host of a route');
          return [];
        }
        return [
          {
            from: exim.id,
            to,
            as: kindOf(protocol, to),
            reach: [handed(`mail for ${domainsIn(row.domains)} (router ${router.name})`, row.at)],
            because: row.at,
          },
        ];
      }),
    );
  });
};

/** Hosts and sockets that a transport itself names. */
const fixed = (exim: Exim, transport: Driver): readonly Link[] => {
  const driver = valueOf(transport, 'driver')?.value;
  const extent = `every message of transport ${transport.name}`;
  const socket = valueOf(transport, 'socket');
  if (driver === 'lmtp' && socket !== undefined) {
    if (isDynamic(socket.value)) {
      noteDynamic(exim, socket.at, 'its socket');
      return [];
    }
    const to: Endpoint = { net: 'unix', path: socket.value };
    return [
      {
        from: exim.id,
        to,
        as: 'imap',
        reach: [handed(extent, socket.at)],
        because: socket.at,
      },
    ];
  }
  if (driver !== 'smtp') return [];
  const protocol = valueOf(transport, 'protocol')?.value ?? '';
  const port = transportPort(exim, transport, protocol);
  return ['hosts', 'fallback_hosts'].flatMap((name): readonly Link[] => {
    const setting = valueOf(transport, name);
    if (setting === undefined) return [];
    return splitEximList(setting.value).flatMap((item): readonly Link[] => {
      const to = hostOf(item, port);
      if (to === undefined) {
        noteDynamic(exim, setting.at, name);
        return [];
      }
      return [
        {
          from: exim.id,
          to,
          as: kindOf(protocol, to),
          reach: [handed(extent, setting.at)],
          because: setting.at,
        },
      ];
    });
  });
};

/** Servers that mail is handed to by name: relays, filters, mail stores (spec chapters 20, 28, 30). */
export const deliveryLinks = (exim: Exim): readonly Link[] => {
  const links = [
    ...exim.setup.config.routers
      .filter(router => valueOf(router, 'driver')?.value === 'manualroute')
      .flatMap(router => routed(exim, router)),
    ...exim.transports.flatMap(transport => fixed(exim, transport)),
  ];
  return links.slice(0, 2_000);
};
