import {
  type ComponentKind,
  componentId,
  type Reach,
  type ReachMode,
  type Resource,
} from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import type { Place } from '../../../core/place.ts';
import { showEndpoint } from '../../joining/endpoint.ts';
import type { Endpoint, Link } from '../../platform.ts';
import { spamcTarget } from '../../programs/spamc.ts';
import { cut } from '../../syntax/postfix-list.ts';
import { type Instance, type Item, running, type Service } from './instance.ts';
import type { ProgramUse } from './programs.ts';
import {
  commandOf,
  type Destination,
  destinationsOf,
  parseHost,
  parseRoute,
  parseSocket,
  type Route,
  serverOf,
} from './routes.ts';

/** One place where Postfix hands something to a socket; those of one endpoint and line are joined. */
export interface Call {
  readonly to: Endpoint;
  readonly as: ComponentKind;
  readonly resource: Resource;
  readonly mode: ReachMode;
  /** What is handed over, with the parameter: `every message that comes in through … (x)`. */
  readonly extent: (services: readonly string[]) => string;
  readonly service: string;
  readonly at: Place;
  /** It checks the logins of every service that takes any. */
  readonly asksLogins?: boolean;
}

/** What was found to be plugged into one Postfix. */
export interface Plugs {
  readonly calls: Call[];
  readonly programs: ProgramUse[];
  /** Names of transports that something uses, or may use. */
  readonly transportsUsed: Set<string>;
}

export const newPlugs = (): Plugs => ({ calls: [], programs: [], transportsUsed: new Set() });

const callsMax = 5_000;

export const addCall = (plugs: Plugs, call: Call): void => {
  const { to } = call;
  // One listener, however its address is spelled.
  const isLocal = to.net === 'tcp' && /^localhost(?:\.localdomain)?$/i.test(to.host);
  const known = isLocal ? { ...call, to: { ...to, host: '127.0.0.1' } } : call;
  if (plugs.calls.length < callsMax) plugs.calls.push(known);
};

const names = (services: readonly string[]): string => {
  const unique = [...new Set(services)];
  const shown = unique.slice(0, 6).join(', ');
  return unique.length > 6 ? `${shown} and ${unique.length - 6} more` : shown;
};

/** Calls as links: one for each endpoint, kind and line. */
export const linksOf = (instance: Instance, calls: readonly Call[]): readonly Link[] => {
  const groups = new Map<string, Call[]>();
  for (const call of calls) {
    const key = [
      showEndpoint(call.to),
      call.as,
      call.resource,
      call.at.path,
      call.at.line ?? 0,
      call.extent(['']),
    ].join('\0');
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [call]);
    else known.push(call);
  }
  return [...groups.values()].flatMap((group): readonly Link[] => {
    const [first] = group;
    if (first === undefined) return [];
    const reach: Reach = {
      resource: first.resource,
      mode: first.mode,
      extent: first.extent(group.map(({ service }) => service)).slice(0, 1_000),
      because: first.at,
    };
    return [
      {
        from: componentId(instance.id),
        to: first.to,
        as: first.as,
        reach: [reach],
        because: first.at,
        ...(first.asksLogins === true ? { asksLogins: true } : {}),
      },
    ];
  });
};

const noteServer = (files: FileView, at: Place, parameter: string): void =>
  files.note({
    what: `${at.path}${at.line === undefined ? '' : `, line ${at.line}`}`,
    why: `${parameter} names a server in a form that is not understood`,
    how: 'Look up what it leads to.',
  });

const milterCalls = (
  files: FileView,
  instance: Instance,
  plugs: Plugs,
  service: Service,
  items: readonly Item[],
  parameter: string,
): void => {
  for (const { text, at } of items.slice(0, 100)) {
    const server = serverOf(text);
    if (/^DISABLE$/i.test(server)) continue;
    const to = parseSocket(files, instance, service.chrooted, server);
    if (to === undefined) {
      noteServer(files, at, parameter);
      continue;
    }
    addCall(plugs, {
      to,
      as: 'milter',
      resource: 'mail-in-transit',
      mode: 'write',
      extent: services =>
        parameter === 'non_smtpd_milters'
          ? 'every message that comes in without SMTP: from programs on this host and from bounces (non_smtpd_milters)'
          : parameter === 'smtpd_milter_maps'
            ? 'every message of the clients that smtpd_milter_maps sends to it'
            : `every message that comes in through ${names(services)} (${parameter})`,
      service: service.label,
      at,
    });
  }
};

/** `smtpd_milters` of each smtpd, `non_smtpd_milters` of cleanup (MILTER_README). */
const milters = (files: FileView, instance: Instance, plugs: Plugs): void => {
  for (const service of running(instance, 'smtpd')) {
    const { params } = service;
    const isOff = params
      .get('receive_override_options')
      .items.some(({ text }) => text === 'no_milters');
    if (isOff) continue;
    milterCalls(
      files,
      instance,
      plugs,
      service,
      params.get('smtpd_milters').items,
      'smtpd_milters',
    );
  }
  for (const service of running(instance, 'cleanup')) {
    const { items } = service.params.get('non_smtpd_milters');
    milterCalls(files, instance, plugs, service, items, 'non_smtpd_milters');
  }
};

/** Milters that `smtpd_milter_maps` names for some clients (postconf(5)). */
export const collectMilterMaps = (
  files: FileView,
  instance: Instance,
  plugs: Plugs,
  entries: readonly { readonly value: string; readonly at: Place }[],
): void => {
  const [service] = running(instance, 'smtpd');
  if (service === undefined) return;
  for (const { value, at } of entries.slice(0, 200)) {
    const items = cut(value).map(({ text }) => ({ text, at }));
    milterCalls(files, instance, plugs, service, items, 'smtpd_milter_maps');
  }
};

/** What a program behind a transport gets; spamc(1) only carries it to spamd. */
export const addProgram = (
  instance: Instance,
  plugs: Plugs,
  service: Service,
  use: Pick<ProgramUse, 'kind' | 'reach' | 'enabled'> & {
    readonly at?: Place;
    /** For programs that several services of Postfix lead to. */
    readonly from?: Pick<Call, 'extent' | 'service'>;
  },
): void => {
  const command = commandOf(instance, service);
  if (command === undefined) return;
  const { words, user } = command;
  const spamd = spamcTarget(words);
  const [granted] = use.reach;
  if (spamd !== undefined && granted !== undefined && use.enabled !== false) {
    addCall(plugs, {
      to: spamd,
      as: 'spam-filter',
      resource: granted.resource,
      mode: granted.mode,
      extent: use.from?.extent ?? (() => granted.extent),
      service: use.from?.service ?? service.label,
      at: granted.because ?? command.at,
    });
    return;
  }
  plugs.programs.push({
    words,
    kind: use.kind,
    ...(user === undefined ? {} : { user }),
    places: use.at === undefined ? [command.at] : [use.at, command.at],
    reach: use.reach,
    enabled: use.enabled,
  });
};

/** A `content_filter` or FILTER action: `transport:nexthop`. */
export const addFilter = (
  files: FileView,
  instance: Instance,
  plugs: Plugs,
  route: Route,
  found: { readonly extent: Call['extent']; readonly service: string; readonly at: Place },
): void => {
  plugs.transportsUsed.add(route.transport);
  for (const end of destinationsOf(files, instance, route)) {
    addFilterAt(files, instance, plugs, route, end, found);
  }
};

const addFilterAt = (
  files: FileView,
  instance: Instance,
  plugs: Plugs,
  route: Route,
  end: Destination,
  found: { readonly extent: Call['extent']; readonly service: string; readonly at: Place },
): void => {
  switch (end.is) {
    case 'socket':
      addCall(plugs, {
        to: end.to,
        as: 'content-filter',
        resource: 'mail-in-transit',
        mode: 'write',
        ...found,
      });
      return;
    case 'program':
      addProgram(instance, plugs, end.service, {
        kind: 'content-filter',
        enabled: true,
        at: found.at,
        from: found,
        reach: [
          {
            resource: 'mail-in-transit',
            mode: 'write',
            extent: found.extent([found.service]),
            because: found.at,
          },
        ],
      });
      return;
    case 'open':
      files.note({
        what: `${found.at.path}, line ${found.at.line ?? 1}`,
        why: `hands mail to the filter "${route.transport.slice(0, 80)}" without saying where it listens`,
        how: 'Name it: transport:[host]:port.',
      });
      return;
    case 'missing':
      files.note({
        what: `${found.at.path}, line ${found.at.line ?? 1}`,
        why: `names the transport "${route.transport.slice(0, 80)}", which ${instance.masterPath} does not have`,
        how: `Look for it with \`postconf -c ${instance.folder} -M\`.`,
      });
      return;
    case 'own':
      return;
  }
};

/** `content_filter` of every daemon that takes mail in (FILTER_README). */
const contentFilters = (files: FileView, instance: Instance, plugs: Plugs): void => {
  for (const service of running(instance, 'smtpd', 'pickup', 'qmqpd')) {
    const value = service.params.get('content_filter');
    if (value.text === '') continue;
    addFilter(files, instance, plugs, parseRoute(value.text), {
      extent: services => `every message that comes in through ${names(services)} (content_filter)`,
      service: service.label,
      at: value.at,
    });
  }
  for (const service of running(instance, 'smtpd')) {
    const value = service.params.get('smtpd_proxy_filter');
    if (value.text === '') continue;
    const to =
      parseSocket(files, instance, service.chrooted, value.text) ?? parseHost(value.text, 25);
    if (to === undefined) {
      noteServer(files, value.at, 'smtpd_proxy_filter');
      continue;
    }
    addCall(plugs, {
      to: to.net === 'tcp' ? { net: 'tcp', host: to.host, port: to.port } : to,
      as: 'content-filter',
      resource: 'mail-in-transit',
      mode: 'write',
      extent: services =>
        `every message that comes in through ${names(services)} (smtpd_proxy_filter)`,
      service: service.label,
      at: value.at,
    });
  }
};

/** Where Dovecot's SASL is asked for every password (SASL_README). */
const authSocket = (
  files: FileView,
  instance: Instance,
  { params, chrooted }: Service,
): Endpoint | undefined => {
  const { text } = params.get('smtpd_sasl_path');
  const spelled = /^(?:inet|unix|local):/i.test(text) ? text : `unix:${text}`;
  return parseSocket(files, instance, chrooted, spelled);
};

const logins = (files: FileView, instance: Instance, plugs: Plugs): void => {
  const asking = running(instance, 'smtpd')
    .filter(({ params }) => params.isOn('smtpd_sasl_auth_enable'))
    .map(service => {
      const isDovecot = service.params.get('smtpd_sasl_type').text === 'dovecot';
      const to = isDovecot ? authSocket(files, instance, service) : undefined;
      return { service, isDovecot, to };
    });
  const sockets = new Set(asking.map(({ to }) => (to === undefined ? '' : showEndpoint(to))));
  for (const { service, isDovecot, to } of asking) {
    if (!isDovecot) continue;
    const { at } = service.params.get('smtpd_sasl_path');
    if (to === undefined) {
      noteServer(files, at, 'smtpd_sasl_path');
      continue;
    }
    addCall(plugs, {
      to,
      as: 'auth-backend',
      resource: 'credentials',
      mode: 'read',
      extent: services =>
        `the name and password of everybody who logs in at ${names(services)} (smtpd_sasl_type dovecot)`,
      service: service.label,
      at,
      asksLogins: sockets.size === 1,
    });
  }
};

/** Milters, content filters, proxies and login servers. */
export const collectCalls = (files: FileView, instance: Instance, plugs: Plugs): void => {
  milters(files, instance, plugs);
  contentFilters(files, instance, plugs);
  logins(files, instance, plugs);
};

export { names as serviceNames };
