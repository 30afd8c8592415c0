import type { AccessLog } from '../../core/access-log.ts';
import {
  type Component,
  type ComponentKind,
  componentId,
  type Reach,
} from '../../core/component.ts';
import type { FileView } from '../../core/files.ts';
import { unitValues } from '../../core/formats/systemd.ts';
import type { PackageIndex } from '../../core/packages.ts';
import type { Place } from '../../core/place.ts';
import {
  type Daemon,
  type DaemonNames,
  findDaemon,
  optionOf,
  programPaths,
  type Word,
} from '../daemons/daemon.ts';
import { daemonComponent, type Listening } from '../daemons/daemon-component.ts';
import { readFilterCalls } from '../filters/mimedefang-filter.ts';
import { parseHostPort, parseMilterSocket } from '../joining/endpoint.ts';
import type { Link, Platform, PlatformReading } from '../platform.ts';
import { setIn } from '../remedy.ts';
import { readDirectives } from '../syntax/directives.ts';
import { readAssignments, shellWords } from '../syntax/shell-defaults.ts';
import { postsrsdReads, readPostsrsd } from './small-filters/postsrsd.ts';
import { readSpampd, spampdReads } from './small-filters/spampd.ts';
import { type Filter, filters } from './small-filters/table.ts';
import { readYamlServices, yamlServiceReads } from './small-filters/yaml-services.ts';

/** A setting of the daemon, wherever it is written. */
interface Setting {
  readonly name: string;
  readonly value: string;
  readonly because: Place;
}

const namesOf = ({ id, programs, configs, defaults }: Filter): DaemonNames => ({
  programs,
  packages: [id],
  units: [id],
  configuration: [...configs, ...defaults],
});

const unquoted = (text: string): string => text.trim().replace(/^(["'])(.*)\1$/, '$2');

/** Settings of its own files and of its defaults; later ones override. */
const settingsOf = (
  files: FileView,
  filter: Filter,
  { unit }: Daemon,
  path: string | undefined,
): readonly Setting[] => {
  // What a file of defaults sets wins over the unit's own Environment= (systemd.exec(5)).
  const fromUnit = (unit === undefined ? [] : unitValues(unit, 'Service', 'Environment')).flatMap(
    ({ value, because }) =>
      shellWords(value).flatMap((word): readonly Setting[] => {
        const equals = word.indexOf('=');
        const name = word.slice(0, Math.max(equals, 0));
        return equals < 1 ? [] : [{ name, value: word.slice(equals + 1), because }];
      }),
  );
  const fromDefaults = [
    ...fromUnit,
    ...filter.defaults.flatMap(each =>
      readAssignments(files, each).map(({ name, value, because }) => ({ name, value, because })),
    ),
  ];
  if (path === undefined) return fromDefaults;
  const text = files.text(path) ?? '';
  const own = readDirectives(text).flatMap(({ name, value, line }): readonly Setting[] => {
    const because = { path, line };
    switch (filter.style) {
      case 'words': {
        const hash = value.search(/\s#/);
        return [{ name, value: unquoted(hash < 0 ? value : value.slice(0, hash)), because }];
      }
      case 'colon':
        return name.endsWith(':')
          ? [{ name: name.slice(0, -1), value: unquoted(value), because }]
          : [];
      case 'perl':
        return [{ name, value: unquoted(value.replace(/;.*$/s, '')), because }];
    }
  });
  return [...fromDefaults, ...own];
};

const find = (settings: readonly Setting[], wanted: readonly string[]): Setting | undefined =>
  settings.findLast(
    ({ name, value }) =>
      value !== '' && wanted.some(each => each.toLowerCase() === name.toLowerCase()),
  );

/** Milters write `local:` and `inet:port@host`, policy servers `host:port` or a port of loopback. */
const endpointOf = (text: string, kind: ComponentKind) => {
  const value = unquoted(text.split(/\s+/)[0] ?? '');
  const milter = parseMilterSocket(value);
  if (milter !== undefined) return milter;
  if (kind === 'policy-service' && /^\d+$/.test(value)) return parseHostPort(`127.0.0.1:${value}`);
  return parseHostPort(value);
};

const listeningOf = (
  files: FileView,
  filter: Filter,
  settings: readonly Setting[],
  words: readonly Word[],
  place: Place,
): readonly Listening[] => {
  if (filter.id === 'policyd-weight') {
    const host = find(settings, ['$BIND_ADDRESS'])?.value ?? '127.0.0.1';
    const port = find(settings, ['$TCP_PORT']);
    const endpoint = parseHostPort(`${/^all$/i.test(host) ? '*' : host}:${port?.value ?? '12525'}`);
    return endpoint === undefined ? [] : [{ endpoint, because: port?.because ?? place }];
  }
  const asked =
    filter.socketOptions.length === 0 ? undefined : optionOf(words, ...filter.socketOptions);
  const set = find(settings, filter.socket);
  const preset =
    filter.socketWithPostfix !== undefined && files.stat('/usr/sbin/postfix') !== undefined
      ? filter.socketWithPostfix
      : filter.socketOtherwise;
  const text = asked?.text ?? set?.value ?? preset;
  const endpoint = text === undefined ? undefined : endpointOf(text, filter.kind);
  return endpoint === undefined
    ? []
    : [{ endpoint, because: asked?.because ?? set?.because ?? place }];
};

const logOf = (
  filter: Filter,
  settings: readonly Setting[],
  words: readonly Word[],
  place: Place,
  source: string,
): AccessLog => {
  const { program, writes, needs } = filter.log;
  const sink = { to: 'syslog', facility: 'mail', program } as const;
  const question = 'what was changed' as const;
  if (needs === 'never') {
    return {
      question,
      emitted: 'off',
      why: 'it writes no line for a message; the spamd that it asks does',
      because: place,
      remedy: '# See the log of spamd: its "result:" line names the message.',
    };
  }
  const setting = needs === undefined ? undefined : find(settings, [needs]);
  const isOn =
    needs === undefined ||
    (setting !== undefined && /^(?:yes|true|on|1)$/i.test(setting.value)) ||
    (needs.startsWith('-') && words.some(({ text }) => text === needs)) ||
    new RegExp(`^[ \\t]*${needs}\\b`, 'm').test(needs.startsWith('md_') ? source : '');
  const because = setting?.because ?? place;
  return isOn
    ? { question, emitted: 'on', why: `a line for ${writes}`, because, sink }
    : {
        question,
        emitted: 'off',
        why: `${needs} is not set: messages leave no line`,
        because,
        remedy: needs?.startsWith('md_')
          ? "# Call md_graphdefang_log('mail_in'); within sub filter_begin of the filter."
          : needs?.startsWith('-')
            ? `# Add ${needs} to the options that it is started with, in ${place.path}.`
            : `${setIn(place.path, setting?.because)}\n${needs} yes`,
      };
};

const linksOf = (filter: Filter, settings: readonly Setting[], place: Place): readonly Link[] =>
  (filter.calls ?? []).flatMap(({ setting, as, otherwise }): readonly Link[] => {
    const set = setting === '' ? undefined : find(settings, [setting]);
    const text = set?.value ?? otherwise;
    const to = text === undefined ? undefined : endpointOf(text, filter.kind);
    if (to === undefined) return [];
    const because = set?.because ?? place;
    const reach: readonly Reach[] = [
      {
        resource: 'mail-in-transit',
        mode: 'read',
        extent: `every message that ${filter.id} is handed`,
        because,
      },
    ];
    return [{ from: componentId(filter.id), to, as, reach, because }];
  });

/** The clamd that the Perl of MIMEDefang's filter hands each message to. */
const clamdOfFilter = (
  files: FileView,
  filter: Filter,
  path: string | undefined,
): readonly Link[] =>
  filter.id !== 'mimedefang' || path === undefined
    ? []
    : readFilterCalls(files, path).clamd.map(({ socket, because }) => ({
        from: componentId(filter.id),
        to: { net: 'unix', path: socket },
        as: 'antivirus',
        reach: [
          {
            resource: 'mail-in-transit',
            mode: 'read',
            extent: 'every message that MIMEDefang checks for viruses',
            because,
          },
        ],
        because,
      }));

/** SQLgrey keeps who writes to whom in a database (sqlgrey.conf). */
const sqlgreyStore = (
  filter: Filter,
  settings: readonly Setting[],
  place: Place,
): readonly Component[] => {
  if (filter.id !== 'sqlgrey') return [];
  const dsn = find(settings, ['db_dsn'])?.value ?? '';
  const type = (
    /^dbi:(\w+)/i.exec(dsn)?.[1] ??
    find(settings, ['db_type'])?.value ??
    'Pg'
  ).toLowerCase();
  if (type === 'sqlite') return [];
  const name = `${type === 'pg' ? 'pgsql' : type}:${place.path}`;
  const because = find(settings, ['db_dsn', 'db_name', 'db_type'])?.because ?? place;
  const password = find(settings, ['db_pass']);
  return [
    {
      id: componentId(`sqlgrey/${name}`),
      name,
      kind: 'database-link',
      platform: 'sqlgrey',
      partOf: componentId('sqlgrey'),
      enabled: true,
      version: { unknown: 'it is a database that SQLgrey talks to' },
      origin: 'unknown',
      thirdParty: true,
      foundAt: [because],
      reach: [
        {
          resource: 'customer-records',
          mode: 'write',
          extent: `sender and recipient addresses and client of each message, in database ${(find(settings, ['db_name'])?.value ?? 'sqlgrey').slice(0, 100)}`,
          because,
        },
        ...(password === undefined
          ? []
          : [
              {
                resource: 'credentials' as const,
                mode: 'read' as const,
                extent: `a database password, in ${password.because.path}`,
                because: password.because,
              },
            ]),
      ],
      logs: [],
    },
  ];
};

const keysOf = (filter: Filter, settings: readonly Setting[]): readonly Reach[] =>
  (filter.keys ?? [])
    .map(name => find(settings, [name]))
    .filter(setting => setting !== undefined)
    .map(({ value, because }) => ({
      resource: 'credentials',
      mode: 'read',
      extent: `signing keys: ${value.slice(0, 300)}`,
      because,
    }));

/** Words of the unit, or those of the defaults' options. */
const wordsOf = (daemon: Daemon, settings: readonly Setting[]): readonly Word[] =>
  daemon.unit !== undefined
    ? daemon.words
    : settings
        .filter(({ name }) => /^(?:OPTIONS|DAEMON_OPTS|EXTRA_FLAGS)$/.test(name))
        .flatMap(({ value, because }) => shellWords(value).map(text => ({ text, because })));

const readFilter = (files: FileView, packages: PackageIndex, filter: Filter): PlatformReading => {
  const daemon = findDaemon(files, packages, namesOf(filter));
  if (daemon === undefined) return { components: [] };
  const { binary } = daemon;
  const path = filter.configs.find(each => files.stat(each)?.kind === 'file');
  const defaults = filter.defaults.find(each => files.stat(each)?.kind === 'file');
  if (binary === undefined && path === undefined && defaults === undefined)
    return { components: [] };
  const settings = settingsOf(files, filter, daemon, path);
  const words = wordsOf(daemon, settings);
  const place: Place = { path: path ?? defaults ?? binary ?? '/' };
  const user = find(settings, filter.user) ?? undefined;
  const source =
    filter.log.needs?.startsWith('md_') === true && path !== undefined
      ? (files.text(path) ?? '')
      : '';
  const { component, listeners } = daemonComponent(packages, {
    id: filter.id,
    name: filter.id,
    platform: filter.id,
    kind: filter.kind,
    daemon,
    packages: [filter.id],
    supplier: filter.supplier,
    foundAt: [place],
    listening: listeningOf(files, filter, settings, words, place),
    ...(user === undefined
      ? {}
      : { user: { user: user.value.split(/[\s:]/)[0] ?? '', because: user.because } }),
    reach: keysOf(filter, settings),
    logs: [logOf(filter, settings, words, place, source)],
  });
  return {
    components: [component, ...sqlgreyStore(filter, settings, place)],
    listeners,
    links: [...linksOf(filter, settings, place), ...clamdOfFilter(files, filter, path)],
  };
};

const others = [readSpampd, readPostsrsd, readYamlServices] as const;

/** Filters and policy servers that one table row describes, and a few that need more than a row. */
export const smallFilters: Platform = {
  id: 'small-filters',
  title: 'Small milters and policy servers',
  reads: [
    ...filters.flatMap(({ programs, configs, defaults }) => [
      ...programPaths(programs),
      ...configs,
      ...defaults,
    ]),
    ...spampdReads,
    ...postsrsdReads,
    ...yamlServiceReads,
  ],
  read: (files, packages) => {
    const readings = [
      ...filters.map(filter => readFilter(files, packages, filter)),
      ...others.map(read => read(files, packages)),
    ];
    return {
      components: readings.flatMap(({ components }) => components),
      listeners: readings.flatMap(({ listeners }) => listeners ?? []),
      links: readings.flatMap(({ links }) => links ?? []),
    };
  },
};
