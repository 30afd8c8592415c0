import {
  type Component,
  type ComponentId,
  componentId,
  type Reach,
} from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import type { PackageIndex } from '../../../core/packages.ts';
import type { Place } from '../../../core/place.ts';
import { programPaths } from '../../daemons/daemon.ts';
import {
  checkRuns,
  itemsOf,
  lastSet,
  placeOf,
  type Settings,
} from '../../filters/amavis-settings.ts';
import { identify } from '../../identify.ts';
import { isLoopback, parseHostPort } from '../../joining/endpoint.ts';
import type { Endpoint, Link } from '../../platform.ts';
import { mailProgram } from '../../programs/mail-programs.ts';
import { type PerlValue, textsIn } from '../../syntax/perl-config.ts';
import { findModule } from '../../syntax/perl-modules.ts';

/** Perl modules that Amavis takes mail apart with, and the one that takes connections. */
const libraries = [
  'Archive::Zip',
  'Convert::TNEF',
  'Convert::UUlib',
  'Mail::DKIM',
  'Mail::Internet',
  'MIME::Tools',
  'Net::Server',
  'OLE::Storage_Lite',
  'Spreadsheet::ParseExcel',
  'Spreadsheet::ParseXLSX',
] as const;

/** Programs that unpack what the sender attached; what every system has is not listed. */
const unpackers: readonly (readonly [name: string, variable: string | undefined])[] = [
  ['7z', undefined],
  ['7za', undefined],
  ['7zr', undefined],
  ['7zz', undefined],
  ['altermime', '$altermime'],
  ['arc', '$arc'],
  ['arj', '$unarj'],
  ['unarj', '$unarj'],
  ['cabextract', '$cabextract'],
  ['lha', '$lha'],
  ['lrzip', undefined],
  ['nomarch', '$arc'],
  ['pax', '$pax'],
  ['ripole', '$ripole'],
  ['rpm2cpio', '$rpm2cpio'],
  ['tnef', '$tnef'],
  ['unfreeze', '$unfreeze'],
  ['unrar', '$unrar'],
  ['unrar-free', '$unrar'],
  ['unrar-nonfree', '$unrar'],
  ['unzoo', '$zoo'],
  ['zoo', '$zoo'],
];

export const partReads: readonly string[] = programPaths(unpackers.map(([name]) => name));

const part = (
  id: ComponentId,
  name: string,
  place: Place,
  rest: Pick<Component, 'kind' | 'reach'> & Partial<Component>,
): Component => ({
  id: componentId(`${id}/${name}`),
  name,
  platform: 'amavis',
  partOf: id,
  enabled: true,
  version: { unknown: 'it is a service that Amavis talks to' },
  origin: 'unknown',
  thirdParty: true,
  foundAt: [place],
  logs: [],
  ...rest,
});

/** Compiled modules lie beside Perl's architecture, not in its shared folders. */
const compiledFolders = [
  '/usr/lib/*/perl5/5.*',
  '/usr/lib64/perl5/vendor_perl',
  '/usr/lib/x86_64-linux-gnu/perl5/5.*',
] as const;

const libraryFile = (files: FileView, module: string): string | undefined =>
  findModule(files, module) ??
  compiledFolders
    .flatMap(folder => files.glob(`${folder}/${module.replaceAll('::', '/')}.pm`))
    .find(path => files.stat(path)?.kind === 'file');

export const librariesOf = (
  files: FileView,
  packages: PackageIndex,
  id: ComponentId,
): readonly Component[] =>
  libraries.flatMap((module): readonly Component[] => {
    const path = libraryFile(files, module);
    if (path === undefined) return [];
    const { version: _, ...shape } = part(id, module, { path }, { kind: 'library', reach: [] });
    return [
      { ...shape, ...identify(packages, { files: [path], otherwise: { origin: 'upstream' } }) },
    ];
  });

export const unpackersOf = (
  files: FileView,
  packages: PackageIndex,
  id: ComponentId,
  settings: Settings,
): readonly Component[] =>
  unpackers.flatMap(([name, variable]): readonly Component[] => {
    const set = variable === undefined ? undefined : lastSet(settings, variable);
    // A variable that names other programs, or none, leaves this one unused.
    if (set !== undefined) {
      const words = textsIn(set.value).map(text => text.split(/\s+/)[0] ?? '');
      if (set.certain && !words.some(word => word === name || word.endsWith(`/${name}`))) return [];
    } else if (variable === '$unrar' && name !== 'unrar') return [];
    const path = programPaths([name]).find(each => files.stat(each)?.kind === 'file');
    if (path === undefined) return [];
    const places = [...(set === undefined ? [] : [placeOf(set)]), { path }];
    const { version: _, ...shape } = part(id, name, { path }, { kind: 'library', reach: [] });
    return [
      {
        ...shape,
        foundAt: places,
        ...identify(packages, { files: [path], otherwise: { origin: 'upstream' } }),
      },
    ];
  });

/** `/run/clamav/clamd.ctl`, `127.0.0.1:3310`, `tcp:…`, `{}`-less. */
const scannerEndpoint = (text: string): Endpoint | undefined => {
  const bare = text.replace(/^(?:tcp|unix|local|inet):/i, '');
  if (bare.startsWith('/')) return { net: 'unix', path: bare };
  return /^[^\s/]+:\d+$/.test(bare) ? parseHostPort(bare) : undefined;
};

const scannerItems = (value: PerlValue): readonly PerlValue[] =>
  value.is === 'list' ? value.items : [];

/** Virus scanners that the lists name: daemons as links, programs where they are installed. */
export const scannersOf = (
  files: FileView,
  packages: PackageIndex,
  id: ComponentId,
  settings: Settings,
): { readonly components: readonly Component[]; readonly links: readonly Link[] } => {
  const { runs } = checkRuns(settings, 'virus');
  if (runs === false) return { components: [], links: [] };
  const links: Link[] = [];
  const components = new Map<string, Component>();
  const reachAt = (because: Place, program?: string): readonly Reach[] => [
    {
      resource: 'mail-in-transit',
      mode: 'read',
      extent: `every message that Amavis checks for viruses${program === undefined ? '' : `, by ${program.slice(0, 100)}`}`,
      because,
    },
  ];
  for (const { value, place } of [
    ...itemsOf(settings, '@av_scanners'),
    ...itemsOf(settings, '@av_scanners_backup'),
  ].slice(0, 300)) {
    const [name, how, asked] = scannerItems(value);
    if (name?.is !== 'text' || how === undefined) continue;
    if (how.is === 'text' && how.text.startsWith('&')) {
      const endpoint = (asked === undefined ? [] : textsIn(asked))
        .map(text => scannerEndpoint(text.trim()))
        .find(each => each !== undefined);
      if (endpoint !== undefined) {
        links.push({
          from: id,
          to: endpoint,
          as: 'antivirus',
          name: name.text.slice(0, 80),
          reach: reachAt(place),
          ...(runs === true ? {} : { isCertain: false }),
          because: place,
        });
      }
      continue;
    }
    const path = textsIn(how)
      .flatMap(text => (text.startsWith('/') ? [text] : programPaths([text])))
      .find(each => files.stat(each)?.kind === 'file');
    if (path === undefined) continue;
    const program = path.slice(path.lastIndexOf('/') + 1);
    const { version: _, ...shape } = part(id, program, place, {
      kind: 'antivirus',
      foundAt: [place, { path }],
      reach: reachAt(place, program),
    });
    // clamscan comes with clamd: one software in two places.
    const software = mailProgram(path);
    components.set(software?.id ?? program, {
      ...shape,
      ...(software === undefined
        ? {}
        : { id: componentId(software.id), name: software.name, platform: software.platform }),
      ...identify(packages, { files: [path], otherwise: { origin: 'unknown' } }),
    });
  }
  return { components: [...components.values()], links };
};

/** `DBI:mysql:database=mail;host=db.example`: what and where, never the password. */
const describeDsn = (dsn: string): { readonly kind: string; readonly where: string } => {
  const match = /^dbi:(\w+)(?:\([^)]*\))?:(.*)$/i.exec(dsn);
  const rest = match?.[2] ?? '';
  const field = (name: string): string =>
    new RegExp(`(?:^|;)\\s*${name}=([^;]{1,200})`, 'i').exec(rest)?.[1] ?? '';
  const database =
    field('database') || field('dbname') || (rest.includes('=') ? '' : (rest.split(':')[0] ?? ''));
  const kind = (match?.[1] ?? 'sql').toLowerCase();
  return {
    kind: kind === 'pg' ? 'pgsql' : kind,
    where: [
      database === '' ? '' : `database ${database}`,
      field('host') === '' ? '' : `on ${field('host')}`,
    ]
      .filter(text => text !== '')
      .join(' '),
  };
};

interface Found {
  readonly components: readonly Component[];
  readonly secrets: readonly Reach[];
}

const databases = [
  ['@lookup_sql_dsn', 'users, policies and sender lists of each recipient', 'read'],
  ['@storage_sql_dsn', 'addresses and results of every message, and quarantined messages', 'write'],
] as const;

const sqlOf = (id: ComponentId, settings: Settings): Found => {
  const components = new Map<string, Component>();
  const secrets: Reach[] = [];
  for (const [target, what, mode] of databases) {
    for (const { value, place } of itemsOf(settings, target).slice(0, 20)) {
      const texts = textsIn(value);
      const dsn = texts.find(text => /^dbi:/i.test(text));
      if (dsn === undefined) continue;
      const { kind, where } = describeDsn(dsn);
      const name = `${kind}:${place.path}`;
      const reach: Reach = {
        resource: 'customer-records',
        mode,
        extent: `${what}, in ${where === '' ? 'a database' : where}`,
        because: place,
      };
      const known = components.get(name);
      components.set(
        name,
        known === undefined
          ? part(id, name, place, { kind: 'database-link', reach: [reach] })
          : { ...known, foundAt: [...known.foundAt, place], reach: [...known.reach, reach] },
      );
      if (texts.length > 2 || /password=/i.test(dsn)) secrets.push(secretAt(place));
    }
  }
  return { components: [...components.values()], secrets };
};

const secretAt = (place: Place): Reach => ({
  resource: 'credentials',
  mode: 'read',
  extent: `a database password, in ${place.path}`,
  because: place,
});

const ldapOf = (id: ComponentId, settings: Settings): Found => {
  const enabled = lastSet(settings, '$enable_ldap');
  const defaults = lastSet(settings, '$default_ldap');
  if (enabled?.value.is !== 'text' || enabled.value.text !== '1' || defaults?.value.is !== 'hash') {
    return { components: [], secrets: [] };
  }
  const pairs = new Map(defaults.value.pairs.map(([key, value]) => [key, textsIn(value)]));
  const place = placeOf(defaults);
  const hosts = (pairs.get('hostname') ?? []).join(', ');
  const base = pairs.get('base')?.[0] ?? '';
  return {
    components: [
      part(id, `ldap:${place.path}`, place, {
        kind: 'database-link',
        reach: [
          {
            resource: 'directory',
            mode: 'read',
            extent: `entries below ${base === '' ? 'its search base' : base}${hosts === '' ? '' : ` on ${hosts}`}`,
            because: place,
          },
        ],
      }),
    ],
    secrets: pairs.has('bind_password') ? [secretAt(place)] : [],
  };
};

const redisOf = (id: ComponentId, settings: Settings): Found => {
  const [item] = itemsOf(settings, '@storage_redis_dsn');
  if (item === undefined) return { components: [], secrets: [] };
  const dsn = textsIn(item.value)[0] ?? '';
  const server = /(?:^|;)\s*server=([^;]{1,200})/.exec(dsn)?.[1] ?? '127.0.0.1:6379';
  return {
    components: [
      part(id, `redis:${server}`, item.place, {
        kind: 'connector',
        reach: [
          {
            resource: 'mail-in-transit',
            mode: 'read',
            extent: 'addresses and results of messages that Amavis handled',
            because: item.place,
          },
        ],
      }),
    ],
    secrets: /password=/.test(dsn) ? [secretAt(item.place)] : [],
  };
};

/** Databases and directories that Amavis looks things up in or writes to. */
export const storesOf = (id: ComponentId, settings: Settings): Found => {
  const all = [sqlOf(id, settings), ldapOf(id, settings), redisOf(id, settings)];
  return {
    components: all.flatMap(({ components }) => components),
    secrets: all.flatMap(({ secrets }) => secrets),
  };
};

/** Where it hands mail on, when that is not this host. */
export const gatewaysOf = (id: ComponentId, settings: Settings): readonly Link[] => {
  const forward = lastSet(settings, '$forward_method');
  if (forward?.value.is !== 'text') return [];
  const match = /^(?:smtp|lmtp):\[?([^\]\s*]{1,200}?)\]?:(\d{1,5})$/.exec(forward.value.text);
  const host = match?.[1] ?? '';
  if (match === null || isLoopback(host)) return [];
  return [
    {
      from: id,
      to: { net: 'tcp', host, port: Number(match[2]) },
      as: 'gateway',
      reach: [
        {
          resource: 'mail-in-transit',
          mode: 'read',
          extent: 'every message that Amavis passes on',
          because: placeOf(forward),
        },
      ],
      because: placeOf(forward),
    },
  ];
};

/** Reads `dkim_key('example.jp', 'selector', '/path')`. */
export const keysOf = (settings: Settings): readonly Reach[] =>
  settings.statements
    .filter(({ how, target }) => how === 'call' && target === 'dkim_key')
    .slice(0, 200)
    .flatMap((statement): readonly Reach[] => {
      const path = textsIn(statement.value)[2];
      return path === undefined || !path.startsWith('/')
        ? []
        : [
            {
              resource: 'credentials',
              mode: 'read',
              extent: `DKIM signing key ${path}`,
              because: placeOf(statement),
            },
          ];
    });
