import {
  type Component,
  type ComponentId,
  componentId,
  type Reach,
} from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import { cronJobs, crontabReads } from '../../../core/formats/crontab.ts';
import type { PackageIndex } from '../../../core/packages.ts';
import { baseOf } from '../../../core/paths.ts';
import type { Place } from '../../../core/place.ts';
import { programPaths } from '../../daemons/daemon.ts';
import { identify } from '../../identify.ts';
import { readAssignments } from '../../syntax/shell-defaults.ts';
import { type Config, type Setting, settingOf } from './config.ts';

export const channelReads: readonly string[] = [
  '/etc/mail/spamassassin/channel.d/*.conf',
  '/var/lib/spamassassin/*/*.cf',
  ...crontabReads,
];

const part = (
  id: ComponentId,
  name: string,
  place: Place,
  rest: Pick<Component, 'kind' | 'reach'> & Partial<Component>,
): Component => ({
  id: componentId(`${id}/${name}`),
  name,
  platform: 'spamassassin',
  partOf: id,
  enabled: true,
  version: { unknown: 'it is a service that SpamAssassin talks to' },
  origin: 'unknown',
  thirdParty: true,
  foundAt: [place],
  logs: [],
  ...rest,
});

const channelName = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9-]+)+$/i;

/** Channels of sa-update(1): what was fetched, what rpm's channel files and cron jobs name. */
export const channelsOf = (
  files: FileView,
  id: ComponentId,
  siteFolder: string,
): readonly Component[] => {
  const found = new Map<string, { places: Place[]; version?: string }>();
  const add = (name: string, place: Place, version?: string): void => {
    if (!channelName.test(name) || found.size > 200) return;
    const known = found.get(name.toLowerCase()) ?? { places: [] };
    known.places.push(place);
    found.set(name.toLowerCase(), { ...known, ...(version === undefined ? {} : { version }) });
  };
  for (const folder of files.glob('/var/lib/spamassassin/[0-9]*.[0-9]*')) {
    for (const path of files.glob(`${folder}/*.cf`)) {
      const text = files.text(path, { bytesMax: 1 << 16 }) ?? '';
      const version = /^# UPDATE version (\d{1,12})$/m.exec(text)?.[1];
      // sa-update writes a dot as an underscore, which no host name holds.
      add(baseOf(path).slice(0, -'.cf'.length).replaceAll('_', '.'), { path }, version);
    }
  }
  for (const path of files.glob(`${siteFolder}/channel.d/*.conf`)) {
    for (const { name, value, because } of readAssignments(files, path)) {
      if (name === 'CHANNELURL') add(value, because);
    }
  }
  for (const { command, because } of cronJobs(files)) {
    if (!command.includes('sa-update')) continue;
    for (const match of command.matchAll(/--channel[ =]([\w.-]{3,200})/g)) {
      add(match[1] ?? '', because);
    }
  }
  return [...found].map(([name, { places, version }]) => {
    const [place = { path: '/var/lib/spamassassin' }] = places;
    const official = name === 'updates.spamassassin.org';
    return part(id, name, place, {
      kind: 'connector',
      foundAt: places,
      version:
        version === undefined
          ? { unknown: 'nothing fetched from it states a version' }
          : { value: version },
      ...(official ? { origin: 'upstream', supplier: 'Apache SpamAssassin' } : {}),
      reach: [
        {
          resource: 'mail-in-transit',
          mode: 'write',
          extent: 'its rules decide how every scanned message is judged',
          because: place,
        },
      ],
    });
  });
};

interface Program {
  readonly name: string;
  readonly plugin: string;
  readonly switch: string;
  readonly programs: readonly string[];
  readonly extra: readonly string[];
  readonly packages: readonly string[];
  readonly extent: string;
}

const programs: readonly Program[] = [
  {
    name: 'pyzor',
    plugin: 'Mail::SpamAssassin::Plugin::Pyzor',
    switch: 'use_pyzor',
    programs: ['pyzor'],
    extra: [],
    packages: ['pyzor'],
    extent: 'every message that SpamAssassin scans; digests go to the Pyzor servers',
  },
  {
    name: 'razor',
    plugin: 'Mail::SpamAssassin::Plugin::Razor2',
    switch: 'use_razor2',
    programs: ['razor-check'],
    extra: [],
    packages: ['razor', 'perl-Razor-Agent'],
    extent: 'every message that SpamAssassin scans; digests go to the Razor network',
  },
  {
    name: 'dcc',
    plugin: 'Mail::SpamAssassin::Plugin::DCC',
    switch: 'use_dcc',
    programs: ['dccproc'],
    extra: ['/var/dcc/libexec/dccifd', '/usr/libexec/dcc/dccifd', '/usr/local/bin/dccproc'],
    packages: ['dcc-client', 'dcc'],
    extent: 'every message that SpamAssassin scans; checksums go to the DCC network',
  },
];

export const programReads: readonly string[] = programs.flatMap(each => [
  ...programPaths(each.programs),
  ...each.extra,
]);

/** Programs that a loaded plug-in runs or asks, where they are installed. */
export const programsOf = (
  files: FileView,
  packages: PackageIndex,
  plugins: readonly Component[],
  config: Config,
): readonly Component[] =>
  programs.flatMap((each): readonly Component[] => {
    const plugin = plugins.find(({ name }) => name === each.plugin);
    const off = settingOf(config, each.switch)?.value === '0';
    const binary = [...programPaths(each.programs), ...each.extra].find(
      path => files.stat(path)?.kind === 'file',
    );
    const packaged = each.packages.some(name => packages.named(name) !== undefined);
    if (plugin === undefined || (binary === undefined && !packaged)) return [];
    if (plugin.enabled === false && binary === undefined) return [];
    const place = settingOf(config, each.switch)?.place ??
      plugin.foundAt[0] ?? { path: binary ?? '' };
    const enabled = off ? false : plugin.enabled;
    const { version: _, ...shape } = part(plugin.id, each.name, place, {
      kind: 'content-filter',
      enabled,
      foundAt: [place, ...(binary === undefined ? [] : [{ path: binary }])],
      reach:
        enabled === false
          ? []
          : [{ resource: 'mail-in-transit', mode: 'read', extent: each.extent, because: place }],
    });
    return [
      {
        ...shape,
        ...identify(packages, {
          files: binary === undefined ? [] : [binary],
          names: each.packages,
          otherwise: { origin: 'upstream' },
        }),
      },
    ];
  });

interface Store {
  readonly setting: string;
  readonly what: string;
  readonly secret: string;
}

/** Where SpamAssassin keeps things in databases: setting of the DSN, what lies there, its password. */
const stores: readonly Store[] = [
  { setting: 'bayes_sql_dsn', what: 'Bayes tokens of each user', secret: 'bayes_sql_password' },
  {
    setting: 'user_awl_dsn',
    what: 'sender addresses and their scores',
    secret: 'user_awl_sql_password',
  },
  {
    setting: 'user_scores_dsn',
    what: 'preferences of each user',
    secret: 'user_scores_sql_password',
  },
];

/** `DBI:mysql:database:host`, `DBI:Pg:dbname=x;host=y`, `server=127.0.0.1:6379;password=…`. */
const describe = (dsn: string): { readonly kind: string; readonly where: string } => {
  const dbi = /^dbi:(\w+)(?:\([^)]*\))?:(.*)$/i.exec(dsn);
  const rest = (dbi?.[2] ?? dsn).replace(/(?:password|passwd|pwd)=[^;]*/gi, '');
  const kind = (dbi?.[1] ?? (dsn.startsWith('ldap') ? 'ldap' : 'redis')).toLowerCase();
  const names = new Map<string, string>();
  for (const pair of rest.split(';')) {
    const equals = pair.indexOf('=');
    if (equals > 0)
      names.set(pair.slice(0, equals).trim().toLowerCase(), pair.slice(equals + 1).trim());
  }
  const [plainDatabase = '', plainHost = ''] = names.size === 0 ? rest.split(':') : [];
  const database = names.get('dbname') ?? names.get('database') ?? plainDatabase;
  const host = names.get('host') ?? names.get('server') ?? plainHost;
  return {
    kind: kind === 'pg' ? 'pgsql' : kind,
    where: [database === '' ? '' : `database ${database}`, host === '' ? '' : `on ${host}`]
      .filter(text => text !== '')
      .join(' ')
      .slice(0, 300),
  };
};

export const storesOf = (
  id: ComponentId,
  config: Config,
): { readonly components: readonly Component[]; readonly secrets: readonly Reach[] } => {
  const found = stores.flatMap(store => {
    const dsn = settingOf(config, store.setting);
    return dsn === undefined || dsn.value === '' ? [] : [{ store, dsn, ...describe(dsn.value) }];
  });
  const byName = new Map<string, Component>();
  for (const { store, dsn, kind, where } of found) {
    const name = `${kind}:${dsn.place.path}`;
    const reach: Reach = {
      resource: 'customer-records',
      mode: 'write',
      extent: `${store.what}, ${where === '' ? 'in a database' : where}`,
      because: dsn.place,
    };
    const known = byName.get(name);
    byName.set(
      name,
      known === undefined
        ? part(id, name, dsn.place, {
            kind: 'database-link',
            version: { unknown: 'it is a database that SpamAssassin talks to' },
            reach: [reach],
          })
        : { ...known, foundAt: [...known.foundAt, dsn.place], reach: [...known.reach, reach] },
    );
  }
  const secretSettings = found
    .map(({ store, dsn }): Setting | undefined =>
      /(?:password|passwd|pwd)=/i.test(dsn.value) ? dsn : settingOf(config, store.secret),
    )
    .filter(setting => setting !== undefined);
  return {
    components: [...byName.values()],
    secrets: secretSettings.map(({ place }) => ({
      resource: 'credentials',
      mode: 'read',
      extent: `a database password, in ${place.path}`,
      because: place,
    })),
  };
};
