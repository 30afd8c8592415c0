import { type Component, componentId, type Reach } from '../../../core/component.ts';
import { baseOf } from '../../../core/paths.ts';
import type { Place } from '../../../core/place.ts';
import { isAnyAddress, isLoopback } from '../../joining/endpoint.ts';
import type { Endpoint, Link } from '../../platform.ts';
import { type CyrusOption, cyrusOption, cyrusWords } from '../../syntax/cyrus-imapd.ts';
import { type Found, type Instance, joinAll, makePart } from './instance.ts';
import { cyrusUser, portOf, runningIn, servicesIn, settingsOf } from './running.ts';

interface Target {
  readonly prefix: string;
  readonly kind: Link['as'];
  readonly host: string;
  readonly port: number;
  readonly reach: readonly Reach[];
  readonly because: Place;
  readonly foundAt?: readonly Place[];
  readonly enabled?: boolean | null;
}

/** What Cyrus talks to: on this host a link to whatever listens there, elsewhere a component. */
const outside = (instance: Instance, target: Target): Found => {
  const { host, port, because, reach, kind } = target;
  if (isLoopback(host) || isAnyAddress(host)) {
    const to: Endpoint = { net: 'tcp', host, port };
    return target.enabled === null
      ? { components: [] }
      : {
          components: [],
          links: [{ from: componentId(instance.id), to, as: kind, reach, because }],
        };
  }
  const name = `${target.prefix}:${host}`;
  return {
    components: [
      makePart(instance, {
        part: name,
        name,
        kind,
        enabled: target.enabled ?? (target.enabled === null ? null : true),
        claim: { unknown: `it runs on another host, ${host}` },
        foundAt: [because, ...(target.foundAt ?? [])],
        reach,
      }),
    ],
  };
};

const password = (what: string, option: CyrusOption | undefined): readonly Reach[] =>
  option === undefined
    ? []
    : [
        {
          resource: 'credentials',
          mode: 'read',
          extent: `the password for ${what}, in ${option.place.path}`,
          because: option.place,
        },
      ];

const plainHost = (text: string): string => text.replace(/^\[(.*)\]$/, '$1').slice(0, 200);

/** Replicas: `sync_host` and, for channels, `<channel>_sync_host`. */
const replicas = (instance: Instance): readonly Found[] => {
  const { config } = instance;
  const clients = runningIn(instance).filter(
    ({ own, program }) => own && program === 'sync_client',
  );
  const configs = new Set([config, ...clients.map(each => each.config)]);
  return [...configs].flatMap(each =>
    each.options
      .filter(({ key }) => key === 'sync_host' || key.endsWith('_sync_host'))
      .slice(0, 50)
      .map(option => {
        const channel = option.key.replace(/_?sync_host$/, '');
        const find = (name: string): CyrusOption | undefined =>
          cyrusOption(each, name, channel === '' ? undefined : channel);
        const used = clients.filter(
          ({ config: own, args }) =>
            own === each && (channel === '' || args.join(' ').includes(channel)),
        );
        const port = portOf(instance, find('sync_port')?.value ?? 'csync') ?? 2_005;
        const host = plainHost(option.value);
        const reach = (['read', 'write'] as const).map(
          (mode): Reach => ({
            resource: 'stored-mail',
            mode,
            extent: 'every mailbox: it is kept like this one',
            because: option.place,
          }),
        );
        return outside(instance, {
          prefix: channel === '' ? 'sync' : `sync-${channel.slice(0, 60)}`,
          kind: 'connector',
          host,
          port,
          reach: [...reach, ...password(`the replica ${host}`, find('sync_password'))],
          because: option.place,
          foundAt: used.map(({ entry }) => entry.place),
          // No entry runs sync_client: a person or cron may.
          enabled: used.length > 0 ? true : null,
        });
      }),
  );
};

/** A Murder: the server with the list of mailboxes, and back ends that are logged in to. */
const murder = (instance: Instance): readonly Found[] => {
  const { config } = instance;
  const server = cyrusOption(config, 'mupdate_server');
  const out: Found[] = [];
  if (server !== undefined) {
    const host = plainHost(server.value);
    out.push(
      outside(instance, {
        prefix: 'mupdate',
        kind: 'connector',
        host,
        port: portOf(instance, cyrusOption(config, 'mupdate_port')?.value ?? 'mupdate') ?? 3_905,
        reach: [
          {
            resource: 'directory',
            mode: 'read',
            extent: 'the list of all mailboxes, with who may what',
            because: server.place,
          },
          ...password(host, cyrusOption(config, 'mupdate_password')),
        ],
        because: server.place,
      }),
    );
  }
  const listed = cyrusOption(config, 'serverlist');
  const secret = cyrusOption(config, 'proxy_password');
  for (const word of cyrusWords(listed).slice(0, 100)) {
    const host = plainHost(word.replace(/\/.*$/s, ''));
    const short = host.split('.')[0] ?? host;
    if (listed === undefined || host === '') continue;
    out.push(
      outside(instance, {
        prefix: 'backend',
        kind: 'gateway',
        host,
        port: 143,
        reach: [
          {
            resource: 'stored-mail',
            mode: 'admin',
            extent: 'every mailbox there: this server logs in for its users',
            because: listed.place,
          },
          ...password(host, cyrusOption(config, `${short}_password`) ?? secret),
        ],
        because: listed.place,
      }),
    );
  }
  return out;
};

/** `smtp_backend: host`: Sieve and JMAP send through a server instead of the sendmail program. */
const sending = (instance: Instance): readonly Found[] => {
  const { config } = instance;
  const backend = cyrusOption(config, 'smtp_backend');
  if (backend?.value !== 'host') return [];
  const server = cyrusOption(config, 'smtp_host');
  const match = /^(\[[^\]]+\]|[^:/\s]+)(?::([\w-]+))?(?:\/.*)?$/.exec(
    server?.value ?? 'localhost:587',
  );
  if (match === null) return [];
  const because = server?.place ?? backend.place;
  return [
    outside(instance, {
      prefix: 'smtp',
      kind: 'gateway',
      host: plainHost(match[1] ?? ''),
      port: portOf(instance, match[2] ?? '587') ?? 587,
      reach: [
        {
          resource: 'mail-in-transit',
          mode: 'read',
          extent: 'messages that Sieve scripts forward, answers, rejections, and what JMAP sends',
          because,
        },
        ...password(match[1] ?? '', cyrusOption(config, 'smtp_auth_password')),
      ],
      because,
    }),
  ];
};

/** `search_attachment_extractor_url` (3.4 and newer): attachments go there for their text. */
const extractor = (instance: Instance): readonly Found[] => {
  const setting = cyrusOption(instance.config, 'search_attachment_extractor_url');
  const match = /^(https?):\/\/(?:[^/@]*@)?(\[[^\]]+\]|[^:/?#\s]+)(?::(\d{1,5}))?/i.exec(
    setting?.value ?? '',
  );
  if (setting === undefined) return [];
  if (match === null) {
    instance.files.note({
      what: `${setting.place.path}:${setting.place.line ?? 1}`,
      why: `${setting.key} holds no plain address: where attachments are sent is not listed`,
      how: 'Look at the line.',
    });
    return [];
  }
  const port = Number(match[3] ?? ((match[1] ?? '').toLowerCase() === 'https' ? 443 : 80));
  return [
    outside(instance, {
      prefix: 'attachment_extractor',
      kind: 'connector',
      host: plainHost(match[2] ?? ''),
      port: port > 0 && port < 65_536 ? port : 80,
      reach: [
        {
          resource: 'stored-mail',
          mode: 'read',
          extent: 'attachments of every message that is indexed',
          because: setting.place,
        },
      ],
      because: setting.place,
    }),
  ];
};

const notifiers = ['mailnotifier', 'sievenotifier', 'event_notifier', 'imipnotifier'] as const;

/** `notify_external`: a program that notifyd hands every notification of method `external`. */
const external = (instance: Instance): readonly Component[] => {
  const program = cyrusOption(instance.config, 'notify_external');
  if (program === undefined || !program.value.startsWith('/')) return [];
  const path = program.value.split(/\s/)[0] ?? '';
  const uses = notifiers
    .flatMap(name => settingsOf(instance, name))
    .filter(({ value }) => value === 'external');
  const notifyd = servicesIn(instance).some(({ program: name }) => name === 'notifyd');
  const on = notifyd && uses.length > 0;
  return [
    makePart(instance, {
      part: path,
      name: baseOf(path),
      kind: 'connector',
      // Scripts of users may name the method themselves.
      enabled: on ? true : notifyd ? null : false,
      claim: { files: [path] },
      foundAt: [
        program.place,
        ...uses.map(({ place }) => place),
        ...(instance.files.stat(path) === undefined ? [] : [{ path }]),
      ],
      runsAs: cyrusUser(instance),
      ...(notifyd ? { partOf: 'notifyd' } : {}),
      reach: notifyd
        ? [
            {
              resource: 'customer-records',
              mode: 'read',
              extent: 'every notification: who gets which mail, and what happens to it',
              because: uses[0]?.place ?? program.place,
            },
          ]
        : [],
    }),
  ];
};

/** Everything that Cyrus talks to beyond its databases. */
export const connectionsOf = (instance: Instance): Found => {
  if (!instance.hasConfig) return { components: [] };
  const founds = [
    ...replicas(instance),
    ...murder(instance),
    ...sending(instance),
    ...extractor(instance),
  ];
  return {
    components: joinAll([...founds.flatMap(each => each.components), ...external(instance)]),
    links: founds.flatMap(each => each.links ?? []),
  };
};
