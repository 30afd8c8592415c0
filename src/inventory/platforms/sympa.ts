import type { AccessLog } from '../../core/access-log.ts';
import { type Component, componentId, type Reach } from '../../core/component.ts';
import type { FileView } from '../../core/files.ts';
import { readUnit, switchedOn, unitValue } from '../../core/formats/systemd.ts';
import { type PackageIndex, tellsInstalled } from '../../core/packages.ts';
import { baseOf } from '../../core/paths.ts';
import type { Place } from '../../core/place.ts';
import { identify } from '../identify.ts';
import type { Platform } from '../platform.ts';
import { mailProgram } from '../programs/mail-programs.ts';
import { type DatabaseUrl, showDatabase } from '../syntax/database-url.ts';
import { type Directive, lastDirective, readDirectives } from '../syntax/directives.ts';
import { exposureOfServed } from '../syntax/web-server.ts';
import { mailRoutes } from '../webmail/mail-routes.ts';
import { authLinks, type SympaLink, subscriberLinks } from './sympa/sources.ts';

const id = componentId('sympa');
const supplier = 'The Sympa Community';
const configs = [
  '/etc/sympa/sympa/sympa.conf',
  '/etc/sympa/sympa.conf',
  '/etc/sympa.conf',
  '/usr/local/sympa/etc/sympa.conf',
  '/home/sympa/etc/sympa.conf',
] as const;
const binaries = [
  '/usr/lib/sympa/bin/sympa.pl',
  '/usr/lib/sympa/bin/sympa_msg.pl',
  '/usr/lib/sympa/bin/sympa',
  '/usr/sbin/sympa.pl',
  '/usr/libexec/sympa/sympa.pl',
  '/usr/local/sympa/bin/sympa.pl',
  '/home/sympa/bin/sympa.pl',
] as const;
const webPrograms = [
  '/usr/lib/cgi-bin/sympa/wwsympa.fcgi',
  '/usr/libexec/sympa/wwsympa.fcgi',
  '/usr/local/sympa/bin/wwsympa.fcgi',
  '/home/sympa/bin/wwsympa.fcgi',
  '/var/www/cgi-bin/wwsympa.fcgi',
] as const;
const constants = [
  '/home/sympa/bin/Sympa/Constants.pm',
  '/usr/local/sympa/bin/Sympa/Constants.pm',
  '/usr/local/share/sympa/lib/Sympa/Constants.pm',
  '/usr/share/sympa/lib/Sympa/Constants.pm',
] as const;

interface Settings {
  readonly path: string;
  readonly directives: readonly Directive[];
}

const readSettings = (files: FileView): Settings | undefined => {
  const path = configs.find(each => files.stat(each)?.kind === 'file');
  const text = path === undefined ? undefined : files.text(path);
  return path === undefined || text === undefined
    ? undefined
    : { path, directives: readDirectives(text) };
};

const get = (settings: Settings | undefined, name: string): Directive | undefined =>
  lastDirective(settings?.directives ?? [], name);

const placeOf = (settings: Settings | undefined, directive: Directive | undefined): Place => ({
  path: settings?.path ?? configs[0],
  ...(directive === undefined ? {} : { line: directive.line }),
});

const schemes: Readonly<Record<string, string>> = {
  mysql: 'mysql',
  pg: 'postgresql',
  postgresql: 'postgresql',
  sqlite: 'sqlite',
  oracle: 'oracle',
  odbc: 'odbc',
};

const databaseOf = (
  settings: Settings | undefined,
): { url: DatabaseUrl; because: Place } | undefined => {
  const type = get(settings, 'db_type');
  const name = get(settings, 'db_name');
  if (type === undefined || type.value === '') return undefined;
  const port = get(settings, 'db_port')?.value;
  const host = get(settings, 'db_host')?.value ?? 'localhost';
  const scheme = schemes[type.value.toLowerCase()] ?? type.value.toLowerCase();
  return {
    because: placeOf(settings, name ?? type),
    url: {
      scheme,
      host: scheme === 'sqlite' ? '' : port === undefined ? host : `${host}:${port}`,
      database: name?.value ?? 'sympa',
      hasPassword: (get(settings, 'db_passwd')?.value ?? '') !== '',
    },
  };
};

const databaseReach = (settings: Settings | undefined): readonly Reach[] => {
  const database = databaseOf(settings);
  if (database === undefined) return [];
  const secret = get(settings, 'db_passwd');
  return [
    {
      resource: 'customer-records',
      mode: 'write',
      extent: `addresses, names, password hashes and memberships of every subscriber, in ${showDatabase(database.url)}`,
      because: database.because,
    },
    ...(secret === undefined || secret.value === ''
      ? []
      : [
          {
            resource: 'credentials',
            mode: 'read',
            extent: `the password of its database account, in ${settings?.path ?? ''}`,
            because: placeOf(settings, secret),
          } as const,
        ]),
  ];
};

const reachOf = (settings: Settings | undefined): readonly Reach[] => {
  const listmaster = get(settings, 'listmaster');
  const count = (listmaster?.value ?? '').split(',').filter(each => each.trim() !== '').length;
  const archive = get(settings, 'arc_path');
  const because = placeOf(settings, undefined);
  return [
    {
      resource: 'mail-in-transit',
      mode: 'write',
      extent: 'every message that is posted to a list',
      because,
    },
    {
      resource: 'mail-in-transit',
      mode: 'send',
      extent: 'mail to the subscribers of every list',
      because: placeOf(settings, get(settings, 'sendmail')),
    },
    {
      resource: 'stored-mail',
      mode: 'write',
      extent: `every archived message of every list, below ${archive?.value ?? '/var/lib/sympa/arc'}`,
      because: placeOf(settings, archive),
    },
    ...databaseReach(settings),
    ...(listmaster === undefined || count === 0
      ? []
      : [
          {
            resource: 'customer-records',
            mode: 'admin',
            extent: `all lists and subscribers, for ${count === 1 ? 'one listmaster' : `${count} listmasters`}`,
            because: placeOf(settings, listmaster),
          } as const,
        ]),
  ];
};

const logsOf = (settings: Settings | undefined, hasWeb: boolean): readonly AccessLog[] => {
  const stated = get(settings, 'syslog');
  const facility = (stated?.value ?? 'LOCAL1').toLowerCase();
  const because = placeOf(settings, stated);
  const web = {
    emitted: 'on',
    because,
    sink: { to: 'syslog', facility, program: 'wwsympa' },
  } as const;
  return [
    ...(hasWeb
      ? ([
          {
            question: 'who logged in',
            why: 'each login is logged with address and client, whatever log_level is',
            ...web,
          },
          {
            question: 'who read what',
            why: 'each page of an archive that is opened is logged with list, message, user and client',
            ...web,
          },
        ] as const)
      : []),
    {
      question: 'what was sent',
      emitted: 'on',
      why: 'each message that is distributed is logged with its Message-ID and list',
      because,
      sink: { to: 'syslog', facility, program: 'sympa_msg' },
    },
    ...(hasWeb
      ? [
          {
            question: 'what was changed',
            why: 'each change made through the web interface is logged with user and client',
            ...web,
          } as const,
        ]
      : []),
  ];
};

const exposureOf = (files: FileView, packages: PackageIndex): NonNullable<Component['exposure']> =>
  exposureOfServed(
    mailRoutes(files, packages)
      .filter(({ software }) => software.name === 'Sympa')
      .map(({ route }) => route),
  ) ?? {
    internet: 'no',
    why: 'no web server on this host hands it requests; it is started by the mail server',
  };

const userOf = (files: FileView): Component['runsAs'] => {
  const unit = readUnit(files, 'sympa.service');
  const user = unit === undefined ? undefined : unitValue(unit, 'Service', 'User');
  return user === undefined ? undefined : { user: user.value, because: user.because };
};

const identityOf = (files: FileView, packages: PackageIndex): ReturnType<typeof identify> => {
  const program = [...binaries, ...webPrograms].find(path => files.stat(path) !== undefined);
  const owner = program === undefined ? packages.named('sympa') : packages.ownerOf(program);
  const source =
    owner === undefined ? constants.find(path => files.stat(path) !== undefined) : undefined;
  const version =
    source === undefined
      ? undefined
      : /\bVERSION\s*=>\s*'([^']{1,60})'/.exec(files.text(source) ?? '')?.[1];
  return identify(packages, {
    files: program === undefined ? [] : [program],
    names: ['sympa'],
    ...(version === undefined ? {} : { ownVersion: { value: version } }),
    otherwise: { origin: 'upstream', supplier },
  });
};

const partOf = (
  identity: ReturnType<typeof identify>,
  { name, kind, because, reach }: SympaLink,
): Component => ({
  id: componentId(`sympa/${name}`),
  name,
  kind,
  platform: 'sympa',
  partOf: id,
  enabled: true,
  ...identity,
  foundAt: [because],
  reach,
  logs: [],
});

/** `antivirus_path`: a program that every message is handed to. */
const antivirus = (
  settings: Settings | undefined,
  packages: PackageIndex,
): readonly Component[] => {
  const path = get(settings, 'antivirus_path');
  if (path === undefined || !path.value.startsWith('/')) return [];
  const program = path.value.split(/\s+/)[0] ?? path.value;
  const because = placeOf(settings, path);
  const software = mailProgram(program);
  return [
    {
      id: componentId(software?.id ?? `sympa/${baseOf(program)}`),
      name: software?.name ?? baseOf(program),
      kind: software?.kind ?? 'content-filter',
      platform: software?.platform ?? 'sympa',
      partOf: id,
      enabled: true,
      ...identify(packages, { files: [program], names: software?.packages ?? [] }),
      foundAt: [because],
      reach: [
        {
          resource: 'mail-in-transit',
          mode: 'read',
          extent: 'every message that is posted to a list',
          because,
        },
      ],
      logs: [],
    },
  ];
};

const isInstalled = (
  files: FileView,
  packages: PackageIndex,
  settings: Settings | undefined,
): boolean => {
  if ([...binaries, ...webPrograms].some(path => files.stat(path) !== undefined)) return true;
  if (packages.named('sympa') !== undefined) return true;
  return settings !== undefined && !tellsInstalled(packages);
};

const uniqueById = (components: readonly Component[]): readonly Component[] =>
  components.map((component, i) => {
    const before = components.slice(0, i).filter(({ id: other }) => other === component.id).length;
    return before === 0
      ? component
      : { ...component, id: componentId(`${component.id}#${before + 1}`) };
  });

/** Sympa: sympa.conf(5), auth.conf(5), list_config(5). */
export const sympa: Platform = {
  id: 'sympa',
  title: 'Sympa',
  reads: [
    ...configs,
    ...binaries,
    ...webPrograms,
    '/etc/sympa/auth.conf',
    '/etc/sympa/*/auth.conf',
    '/etc/sympa/data_sources/*.incl',
    '/var/lib/sympa/list_data/*/config',
    '/var/lib/sympa/list_data/*/*/config',
  ],
  read: (files, packages) => {
    const settings = readSettings(files);
    if (!isInstalled(files, packages, settings)) return { components: [] };
    const hasWeb = webPrograms.some(path => files.stat(path) !== undefined);
    const identity = identityOf(files, packages);
    const user = userOf(files);
    const database = databaseOf(settings);
    const program = [...binaries, ...webPrograms].find(path => files.stat(path) !== undefined);
    const main: Component = {
      id,
      name: 'sympa',
      kind: 'list-manager',
      platform: 'sympa',
      enabled: switchedOn(files, ['sympa', 'wwsympa']),
      ...identity,
      foundAt: [{ path: settings?.path ?? program ?? configs[0] }],
      ...(user === undefined ? {} : { runsAs: user }),
      exposure: exposureOf(files, packages),
      reach: reachOf(settings),
      logs: logsOf(settings, hasWeb),
    };
    const link: readonly SympaLink[] =
      database === undefined || database.url.scheme === 'sqlite'
        ? []
        : [
            {
              name: `${database.url.scheme}:${settings?.path ?? ''}`,
              kind: 'database-link',
              because: database.because,
              reach: databaseReach(settings),
            },
          ];
    const links = [...link, ...authLinks(files), ...subscriberLinks(files)].map(each =>
      partOf(identity, each),
    );
    return { components: [main, ...uniqueById([...links, ...antivirus(settings, packages)])] };
  },
};
