import type { Reach } from '../../../core/component.ts';
import type { Place } from '../../../core/place.ts';
import type { Endpoint, Link } from '../../platform.ts';
import type { DovecotBlock, DovecotSetting } from '../../syntax/dovecot.ts';
import {
  dovecotBlocks,
  dovecotPluginSetting,
  dovecotSetting,
  effectiveDovecot,
} from '../../syntax/dovecot-lookup.ts';
import { urlEndpoint } from './databases.ts';
import { exportersOf, exportsWhat } from './exporters.ts';
import { type Found, type Instance, speaks } from './instance.ts';
import { outside } from './outside.ts';
import { loadedPlugins } from './plugins.ts';

const stored = (extent: string, because: Place): readonly Reach[] => [
  { resource: 'stored-mail', mode: 'read', extent, because },
];

const found = (founds: readonly Found[]): Found => ({
  components: founds.flatMap(each => each.components),
  links: founds.flatMap(each => each.links ?? []),
});

/** One setting that holds the address of something Dovecot talks to. */
interface Address {
  readonly prefix: string;
  readonly kind: Link['as'];
  readonly setting: DovecotSetting | undefined;
  readonly text?: string;
  readonly reach: (because: Place) => readonly Reach[];
  readonly from?: string;
}

const talk = (instance: Instance, address: Address): Found => {
  const { setting } = address;
  if (setting === undefined || setting.value === '') return { components: [] };
  const text = address.text ?? setting.value;
  const to = urlEndpoint(text);
  if (to === undefined) {
    instance.files.note({
      what: `${setting.place.path}:${setting.place.line ?? 1}`,
      why: `${setting.key} holds an address that is not plain: what Dovecot talks to there is not listed`,
      how: 'Look at the line.',
    });
    return { components: [] };
  }
  return outside(instance, {
    prefix: address.prefix,
    kind: address.kind,
    to,
    reach: address.reach(setting.place),
    because: setting.place,
    ...(address.from === undefined ? {} : { from: address.from }),
  });
};

const policy = (instance: Instance): Found => {
  const setting = effectiveDovecot(instance.config, 'auth_policy_server_url');
  return talk(instance, {
    prefix: 'auth_policy',
    kind: 'policy-service',
    setting,
    reach: because => [
      {
        resource: 'credentials',
        mode: 'read',
        extent: 'name, address and a short hash of the password of every login; it may refuse any',
        because,
      },
    ],
  });
};

const urlIn = (text: string): string => /(?:^|\s)url=(\S+)/.exec(text)?.[1] ?? '';

/** Full-text engines and text extractors get the text of all mail. */
const search = (instance: Instance): Found => {
  const { config } = instance;
  const loaded = loadedPlugins(instance);
  const all: Address[] = [];
  const text = (because: Place): readonly Reach[] =>
    stored('headers and text of every message that is indexed', because);
  const add = (
    prefix: string,
    setting: DovecotSetting | undefined,
    from: string,
    url?: string,
  ): void => {
    if (!loaded.has(from)) return;
    all.push({
      prefix,
      kind: 'connector',
      setting,
      reach: text,
      from,
      ...(url === undefined ? {} : { text: url }),
    });
  };
  if (config.syntax === '2.4') {
    for (const block of [config.root, ...dovecotBlocks(config.root, 'fts')]) {
      add('solr', dovecotSetting(block, 'fts_solr_url'), 'fts_solr');
    }
    add('tika', effectiveDovecot(config, 'fts_decoder_tika_url'), 'fts');
  } else {
    for (const [key, plugin] of [
      ['fts_solr', 'fts_solr'],
      ['fts_elastic', 'fts_elastic'],
      ['fts_elasticsearch', 'fts_elasticsearch'],
    ] as const) {
      const setting = dovecotPluginSetting(config, key);
      if (setting === undefined) continue;
      add(key.replace('fts_', ''), setting, plugin, urlIn(setting.value));
    }
    add('tika', dovecotPluginSetting(config, 'fts_tika'), 'fts');
  }
  return found(all.map(each => talk(instance, each)));
};

/** `push_notification_driver = ox:url=http://…` (2.3), `push_notification ox { }` (2.4). */
const push = (instance: Instance): Found => {
  const { config } = instance;
  if (!loadedPlugins(instance).has('push_notification')) return { components: [] };
  const reach = (because: Place): readonly Reach[] =>
    stored('sender, subject and the first words of every message that is delivered', because);
  const settings: (readonly [DovecotSetting, string])[] = [];
  if (config.syntax === '2.4') {
    for (const block of [config.root, ...dovecotBlocks(config.root, 'push_notification')]) {
      const url = dovecotSetting(block, 'push_notification_ox_url');
      if (url !== undefined) settings.push([url, url.value]);
    }
  } else {
    for (let i = 1; i < 20; i++) {
      const key = `push_notification_driver${i === 1 ? '' : i}`;
      const setting = dovecotPluginSetting(config, key);
      const url = /url=(\S+)/.exec(setting?.value ?? '')?.[1];
      if (setting !== undefined && url !== undefined) settings.push([setting, url]);
    }
  }
  return found(
    settings.map(([setting, text]) =>
      talk(instance, {
        prefix: 'push_notification',
        kind: 'connector',
        setting,
        text,
        reach,
        from: 'push_notification',
      }),
    ),
  );
};

const portOf = (setting: DovecotSetting | undefined, otherwise: number): number => {
  const port = Number(setting?.value ?? otherwise);
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : otherwise;
};

const plainHost = (setting: DovecotSetting | undefined): string | undefined =>
  setting === undefined || setting.value === '' || /[\s%$]/.test(setting.value)
    ? undefined
    : setting.value.replace(/^\[(.*)\]$/, '$1').slice(0, 200);

/** Mailboxes that lie on another server: `mail_location = imapc:`, `mail_driver = imapc`. */
const remoteMail = (instance: Instance): Found => {
  const { config } = instance;
  const locations: DovecotSetting[] = [];
  const visit = (block: DovecotBlock): void => {
    for (const key of ['mail_location', 'mail_driver', 'location']) {
      const setting = dovecotSetting(block, key);
      if (setting !== undefined && /^(?:imapc|pop3c)\b/.test(setting.value))
        locations.push(setting);
    }
  };
  visit(config.root);
  for (const block of config.root.blocks) {
    if (block.key === 'namespace' || block.key === 'protocol') visit(block);
  }
  const drivers = [...new Set(locations.map(({ value }) => /^\w+/.exec(value)?.[0] ?? ''))];
  return found(
    drivers.map(driver => {
      const setting = effectiveDovecot(config, `${driver}_host`);
      const host = plainHost(setting);
      const because = setting?.place ?? locations[0]?.place;
      if (host === undefined || because === undefined) return { components: [] };
      const port = portOf(
        effectiveDovecot(config, `${driver}_port`),
        driver === 'imapc' ? 143 : 110,
      );
      return outside(instance, {
        prefix: driver,
        kind: 'gateway',
        to: { net: 'tcp', host, port },
        reach: stored('all mail: it is kept there', because),
        because,
      });
    }),
  );
};

/** Where mail is handed to for sending: the submission service's relay, Sieve's `submission_host`. */
const sending = (instance: Instance): Found => {
  const { config } = instance;
  const out: Found[] = [];
  const relay = effectiveDovecot(config, 'submission_relay_host');
  const host = plainHost(relay);
  if (speaks(instance, 'submission') && relay !== undefined && host !== undefined) {
    out.push(
      outside(instance, {
        prefix: 'submission_relay',
        kind: 'gateway',
        to: {
          net: 'tcp',
          host,
          port: portOf(effectiveDovecot(config, 'submission_relay_port'), 25),
        },
        reach: [
          {
            resource: 'mail-in-transit',
            mode: 'read',
            extent: 'every message that users send through the submission service',
            because: relay.place,
          },
        ],
        because: relay.place,
      }),
    );
  }
  const direct = effectiveDovecot(config, 'submission_host');
  const match = /^(\[[^\]]+\]|[^:\s%$]+)(?::(\d{1,5}))?$/.exec(direct?.value ?? '');
  if (direct !== undefined && match !== null) {
    const to: Endpoint = {
      net: 'tcp',
      host: (match[1] ?? '').replace(/^\[(.*)\]$/, '$1').slice(0, 200),
      port: Number(match[2] ?? 25),
    };
    out.push(
      outside(instance, {
        prefix: 'submission_host',
        kind: 'gateway',
        to,
        reach: [
          {
            resource: 'mail-in-transit',
            mode: 'read',
            extent: 'messages that Sieve scripts redirect, answers and rejections',
            because: direct.place,
          },
        ],
        because: direct.place,
      }),
    );
  }
  return found(out);
};

/** The other half of a replicated pair: `mail_replica = tcp:mx2.example.jp:12345`, `remote:vmail@host`. */
const replica = (instance: Instance): Found => {
  const { config } = instance;
  const setting =
    dovecotPluginSetting(config, 'mail_replica') ?? effectiveDovecot(config, 'mail_replica');
  if (setting === undefined || !loadedPlugins(instance).has('replication'))
    return { components: [] };
  const match = /^(?:tcps?|remote|remoteprefix):(?:[^@\s]*@)?([^:\s%$]+)(?::(\d{1,5}))?/.exec(
    setting.value,
  );
  if (match === null) return { components: [] };
  const overSsh = setting.value.startsWith('remote');
  const port = overSsh
    ? 22
    : Number(match[2] ?? portOf(effectiveDovecot(config, 'doveadm_port'), 12_345));
  const reach = (['read', 'write'] as const).map(
    (mode): Reach => ({
      resource: 'stored-mail',
      mode,
      extent: 'every mailbox: both servers are kept alike',
      because: setting.place,
    }),
  );
  return outside(instance, {
    prefix: 'mail_replica',
    kind: 'connector',
    to: { net: 'tcp', host: (match[1] ?? '').slice(0, 200), port },
    reach,
    because: setting.place,
    from: 'replication',
  });
};

/** Exporters send events, which hold names, addresses and commands, to a web server or socket. */
const exported = (instance: Instance): Found =>
  found(
    exportersOf(instance).map(exporter => {
      if (exporter.users.length === 0) return { components: [] };
      const because = exporter.place;
      const reach: readonly Reach[] = [
        {
          resource: 'customer-records',
          mode: 'read',
          extent: `events of Dovecot (${exportsWhat(exporter)}): users, their addresses, what they do`,
          because,
        },
      ];
      const to =
        exporter.transport === 'http-post' || exporter.transport === 'opentelemetry'
          ? urlEndpoint(exporter.target?.value ?? '')
          : exporter.transport === 'unix' && exporter.target?.value.startsWith('/') === true
            ? ({ net: 'unix', path: exporter.target.value } as const)
            : undefined;
      if (to === undefined) return { components: [] };
      return outside(instance, { prefix: 'event_exporter', kind: 'connector', to, reach, because });
    }),
  );

/** Everything that Dovecot talks to beyond its databases. */
export const connectionsOf = (instance: Instance): Found =>
  instance.hasConfig
    ? found([
        policy(instance),
        search(instance),
        push(instance),
        remoteMail(instance),
        sending(instance),
        replica(instance),
        exported(instance),
      ])
    : { components: [] };
