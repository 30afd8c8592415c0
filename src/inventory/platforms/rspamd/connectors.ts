import {
  type Component,
  type ComponentId,
  type ComponentKind,
  componentId,
  type Reach,
} from '../../../core/component.ts';
import type { Place } from '../../../core/place.ts';
import { isAnyAddress, isLoopback, parseHostPort } from '../../joining/endpoint.ts';
import type { Endpoint, Link } from '../../platform.ts';
import { isUclTrue, type UclValue, uclAll, uclGet, uclTexts } from '../../syntax/ucl.ts';
import { redisModules } from './module-needs.ts';
import type { Module } from './modules.ts';
import { type Settings, withoutMethod } from './settings.ts';
import type { Worker } from './workers.ts';

/** Something outside that Rspamd talks to. */
interface Connection {
  readonly name: string;
  readonly kind: ComponentKind;
  /** The module that talks to it; undefined: Rspamd itself. */
  readonly module?: string;
  readonly place: Place;
  readonly reach: readonly Reach[];
  /** Set when it listens on this host, where its own platform may claim it. */
  readonly local?: Endpoint;
}

const connectionsMax = 500;

const mail = (mode: Reach['mode'], extent: string, because: Place): Reach => ({
  resource: 'mail-in-transit',
  mode,
  extent,
  because,
});

const endpointOf = (text: string, port: number): Endpoint | undefined => {
  const bare = withoutMethod(text).replace(/:\d+$/, whole => (/:\d+:\d+$/.test(text) ? '' : whole));
  if (bare.startsWith('/')) return { net: 'unix', path: bare };
  if (/^[^:]+$/.test(bare)) return { net: 'tcp', host: bare, port };
  return parseHostPort(bare);
};

const isLocal = (endpoint: Endpoint | undefined): endpoint is Endpoint =>
  endpoint !== undefined &&
  (endpoint.net === 'unix' || isLoopback(endpoint.host) || isAnyAddress(endpoint.host));

const hostOf = (url: string): string | undefined =>
  /^https?:\/\/(?:[^/@\s]*@)?([^/:?#\s]+(?::\d+)?)/i.exec(url)?.[1]?.toLowerCase();

/** Whether a module keeps anything in Redis with these settings. */
const usesRedis = ({ name, section }: Module): boolean => {
  if (name === 'dmarc') return isUclTrue(uclGet(section, 'reporting', 'enabled')) === true;
  const texts = [...(section?.keys.values() ?? [])].flat();
  if (name === 'multimap') {
    return texts.some(rule => uclAll(rule, 'map').some(({ text }) => text.startsWith('redis')));
  }
  if (name === 'metadata_exporter') {
    return uclAll(section, 'rules')
      .flatMap(rules => [...rules.keys.values()].flat())
      .some(rule => uclGet(rule, 'backend')?.text === 'redis_pubsub');
  }
  if (name === 'bayes_expiry') return false;
  return redisModules.includes(name);
};

const bayesServers = (settings: Settings) =>
  uclAll(settings.config, 'classifier')
    .flatMap(block => [block, ...(block.keys.get('bayes') ?? [])])
    .filter(classifier => uclGet(classifier, 'backend')?.text === 'redis')
    .flatMap(classifier => {
      const own = ['read_servers', 'servers', 'server'].flatMap(key => uclTexts(classifier, key));
      return own.length > 0 ? own : settings.redisFor('statistic');
    });

const redis = (modules: readonly Module[], settings: Settings): readonly Connection[] => {
  const users = new Map<string, { place: Place; names: string[] }>();
  const add = (server: { text: string; place: Place }, name: string): void => {
    const endpoint = endpointOf(server.text, 6_379);
    const key =
      endpoint === undefined
        ? server.text
        : endpoint.net === 'unix'
          ? endpoint.path
          : `${endpoint.host}:${endpoint.port}`;
    const known = users.get(key) ?? { place: server.place, names: [] };
    if (!known.names.includes(name)) known.names.push(name);
    users.set(key, known);
  };
  for (const module of modules.filter(each => each.enabled === true && usesRedis(each))) {
    for (const server of settings.redisFor(module.name)) add(server, module.name);
  }
  for (const server of bayesServers(settings)) add(server, 'the Bayes classifier');
  return [...users].map(([key, { place, names }]) => ({
    name: `redis:${key}`,
    kind: 'connector',
    place,
    reach: [mail('read', `what these keep of each message: ${names.join(', ')}`, place)],
  }));
};

/** Engines that have a platform of their own when they listen on this host. */
const ownPlatforms: Readonly<
  Record<string, { readonly kind: ComponentKind; readonly port: number }>
> = {
  clamav: { kind: 'antivirus', port: 3_310 },
  spamassassin: { kind: 'spam-filter', port: 783 },
};

const engines = (module: Module): readonly Connection[] =>
  [...(module.section?.keys ?? [])].flatMap(([key, values]) =>
    values
      .filter(value => value.kind === 'object')
      .flatMap((value): readonly Connection[] => {
        const type = uclGet(value, 'type')?.text ?? key;
        const servers = uclTexts(value, 'servers');
        const byKey = uclGet(value, 'apikey');
        const place = servers[0]?.place ?? byKey?.place;
        if (place === undefined) return [];
        const known = Object.hasOwn(ownPlatforms, type) ? ownPlatforms[type] : undefined;
        const local = servers
          .map(({ text }) => endpointOf(text, known?.port ?? 0))
          .find(endpoint => isLocal(endpoint));
        const what =
          module.name === 'antivirus'
            ? 'every message that Rspamd scans'
            : 'messages that Rspamd scans, as far as the service asks for them';
        return [
          {
            name: type,
            kind: module.name === 'antivirus' ? 'antivirus' : 'connector',
            module: module.name,
            place,
            reach: [mail('read', what, place)],
            ...(known === undefined || local === undefined ? {} : { local, kind: known.kind }),
          },
        ];
      }),
  );

const dcc = (module: Module): readonly Connection[] => {
  const place = uclGet(module.section, 'servers')?.place ?? uclGet(module.section, 'socket')?.place;
  return place === undefined
    ? []
    : [
        {
          name: 'dccifd',
          kind: 'connector',
          module: 'dcc',
          place,
          reach: [
            mail('read', 'every message that Rspamd scans; checksums go to the DCC network', place),
          ],
        },
      ];
};

const fuzzy = (module: Module): readonly Connection[] =>
  uclAll(module.section, 'rule')
    .flatMap(block => (block.keys.has('servers') ? [['rule', block] as const] : named(block)))
    .filter(([, rule]) => isUclTrue(uclGet(rule, 'enabled')) !== false)
    .flatMap(([name, rule]) => {
      const [server] = uclTexts(rule, 'servers');
      if (server === undefined) return [];
      const servers = [
        ...new Set(uclTexts(rule, 'servers').map(({ text }) => withoutMethod(text))),
      ];
      return [
        {
          name: `fuzzy:${name}`,
          kind: 'connector' as const,
          module: 'fuzzy_check',
          place: server.place,
          reach: [
            mail(
              'read',
              `fuzzy hashes of each message, sent to ${servers.join(', ')}`,
              server.place,
            ),
          ],
        },
      ];
    });

const named = (block: UclValue): readonly (readonly [string, UclValue])[] =>
  [...block.keys].flatMap(([key, values]) =>
    values.filter(({ kind }) => kind === 'object').map(value => [key, value] as const),
  );

const exporter = (module: Module): readonly Connection[] =>
  uclAll(module.section, 'rules')
    .flatMap(rules => named(rules))
    .flatMap(([, rule]) => {
      const backend = uclGet(rule, 'backend')?.text;
      const target = uclGet(rule, 'url') ?? uclGet(rule, 'smtp');
      if (target === undefined || (backend !== 'http' && backend !== 'send_mail')) return [];
      const whole = /default|multipart|email_alert/.test(
        uclGet(rule, 'formatter')?.text ?? 'default',
      );
      const host = hostOf(target.text) ?? target.text.slice(0, 200);
      return [
        {
          name: `${backend === 'http' ? 'http' : 'smtp'}:${host}`,
          kind: 'connector' as const,
          module: 'metadata_exporter',
          place: target.place,
          reach: [
            mail(
              'read',
              `${whole ? 'the whole text' : 'envelope, subject and symbols'} of each message that its rule selects`,
              target.place,
            ),
          ],
        },
      ];
    });

/** Modules that hand something to a server named in one setting. */
const simple: Readonly<
  Record<string, readonly [keys: readonly string[], prefix: string, extent: string]>
> = {
  clickhouse: [
    ['server', 'servers'],
    'clickhouse',
    'addresses, subjects and symbols of every message',
  ],
  elastic: [['server', 'servers'], 'elastic', 'addresses, subjects and symbols of every message'],
  gpt: [['url'], 'gpt', 'subject, sender and text of messages that are not decided yet'],
  aws_s3: [['s3_bucket'], 's3', 'a copy of every message'],
  contextal: [['base_url'], 'contextal', 'every message that Rspamd scans'],
  bimi: [['helper_url'], 'bimi', 'domains of messages that carry a BIMI record'],
  metric_exporter: [['host'], 'graphite', ''],
};

const simples = (module: Module): readonly Connection[] => {
  const row = Object.hasOwn(simple, module.name) ? simple[module.name] : undefined;
  if (row === undefined) return [];
  const [keys, prefix, extent] = row;
  const preset = module.name === 'gpt' ? 'api.openai.com' : undefined;
  const values = keys.flatMap(key => uclTexts(module.section, key));
  const targets =
    values.length === 0 && preset !== undefined && module.section !== undefined
      ? [{ text: preset, place: module.section.place }]
      : values;
  return targets.map(({ text, place }) => ({
    name: `${prefix}:${hostOf(text) ?? withoutMethod(text).slice(0, 200)}`,
    kind: 'connector',
    module: module.name,
    place,
    reach: extent === '' ? [] : [mail('read', extent, place)],
  }));
};

/** Lists that are fetched over HTTP decide how messages are judged. */
const maps = (modules: readonly Module[], settings: Settings): readonly Connection[] => {
  const off = new Set(modules.filter(({ enabled }) => enabled === false).map(({ name }) => name));
  const skip = new Set(['metadata_exporter', 'gpt', 'elastic', 'clickhouse', 'bimi', 'contextal']);
  const isOff = (key: string): boolean => off.has(key) || skip.has(key) || key === 'surbl';
  const hosts = new Map<string, { place: Place; users: Set<string> }>();
  const visit = (value: UclValue, owner: string, depth: number): void => {
    if (depth > 20 || hosts.size > 200) return;
    if (value.kind === 'string' || value.kind === 'bare') {
      const url = value.text
        .replace(/^(?:glob|regexp|set|map|radix|hash);/, '')
        .replace(/^sign\+/, '');
      const host = /^\S+$/.test(url) ? hostOf(url) : undefined;
      if (host === undefined) return;
      const known = hosts.get(host) ?? { place: value.place, users: new Set<string>() };
      known.users.add(owner);
      hosts.set(host, known);
      return;
    }
    for (const item of value.items) visit(item, owner, depth + 1);
    for (const [key, values] of value.keys) {
      const switchKey = key.replace(/_(?:map|url)$/, '_enabled');
      if (switchKey !== key && isUclTrue(uclGet(value, switchKey)) === false) continue;
      if (/_url$|^description$|^vault/.test(key) && !/whitelist|domains/.test(key)) continue;
      for (const each of values) visit(each, owner, depth + 1);
    }
  };
  for (const [key, values] of settings.config.keys) {
    if (isOff(key)) continue;
    for (const value of values) if (value.kind === 'object') visit(value, key, 0);
  }
  return [...hosts].map(([host, { place, users }]) => ({
    name: host,
    kind: 'connector',
    place,
    reach: [
      mail('write', `its lists decide how messages are judged: ${[...users].join(', ')}`, place),
    ],
  }));
};

/** Where the proxy hands messages for scanning, and where it sends copies. */
const proxied = (workers: readonly Worker[]): readonly Connection[] =>
  workers
    .filter(({ type }) => type === 'rspamd_proxy')
    .flatMap(({ section }) =>
      (['upstream', 'mirror'] as const).flatMap(key =>
        uclAll(section, key)
          .flatMap(block => (block.keys.has('hosts') ? [['', block] as const] : named(block)))
          .filter(([, block]) => isUclTrue(uclGet(block, 'self_scan')) !== true)
          .flatMap(([, block]) => uclTexts(block, 'hosts'))
          .filter(({ text }) => !isLocal(endpointOf(text, 11_333)))
          .map(({ text, place }) => ({
            name: `rspamd:${withoutMethod(text)}`,
            kind: 'connector' as const,
            place,
            reach: [
              mail(
                'read',
                key === 'mirror'
                  ? 'a copy of messages, for comparison'
                  : 'every message, to scan it',
                place,
              ),
            ],
          })),
      ),
    );

const ofModule: Readonly<Record<string, (module: Module) => readonly Connection[]>> = {
  antivirus: engines,
  external_services: engines,
  dcc,
  fuzzy_check: fuzzy,
  metadata_exporter: exporter,
};

/** Everything outside that Rspamd talks to, as components, and links to what listens on this host. */
export const connectorsOf = (
  id: ComponentId,
  modules: readonly Module[],
  workers: readonly Worker[],
  settings: Settings,
): { readonly components: readonly Component[]; readonly links: readonly Link[] } => {
  const active = modules.filter(({ enabled }) => enabled === true);
  const all = [
    ...redis(modules, settings),
    ...active.flatMap(module => [
      ...(Object.hasOwn(ofModule, module.name) ? (ofModule[module.name]?.(module) ?? []) : []),
      ...simples(module),
    ]),
    ...maps(modules, settings),
    ...proxied(workers),
  ].slice(0, connectionsMax);
  const from = (module: string | undefined): ComponentId =>
    module === undefined ? id : componentId(`${id}/${module}`);
  const components = all
    .filter(({ local }) => local === undefined)
    .map(
      (each): Component => ({
        id: componentId(`${from(each.module)}/${each.name}`),
        name: each.name,
        version: { unknown: 'it is a service that Rspamd talks to over the network' },
        kind: each.kind,
        origin: 'unknown',
        thirdParty: true,
        enabled: true,
        platform: 'rspamd',
        partOf: from(each.module),
        foundAt: [each.place],
        reach: each.reach,
        logs: [],
      }),
    );
  const links = all.flatMap(({ local, module, kind, name, reach, place }): readonly Link[] =>
    local === undefined
      ? []
      : [{ from: from(module), to: local, as: kind, name, reach, because: place }],
  );
  return { components, links };
};
