import { type ComponentId, componentId, type Reach } from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import { baseOf, joinPath } from '../../../core/paths.ts';
import type { Place } from '../../../core/place.ts';
import { parseHostPort } from '../../joining/endpoint.ts';
import type { Endpoint, Link } from '../../platform.ts';
import type { ProgramUse } from '../../programs/piped-programs.ts';
import { readAliases, readForward } from '../../syntax/aliases.ts';
import { commandProgram } from '../../syntax/command-program.ts';
import { behind, type SmtpdAction, type SmtpdSettings, tableName } from './settings.ts';

/** Where builds keep the programs that a bare name means. */
const libexec = [
  '/usr/libexec/opensmtpd',
  '/usr/libexec/smtpd',
  '/usr/local/libexec/opensmtpd',
  '/usr/lib/smtpd/opensmtpd',
  '/usr/lib/opensmtpd',
] as const;

const programPath = (files: FileView, path: string): string =>
  path.startsWith('/')
    ? path
    : (libexec.map(folder => `${folder}/${path}`).find(each => files.stat(each)?.kind === 'file') ??
      path);

const passing = (extent: string, because: Place, mode: Reach['mode'] = 'read'): Reach => ({
  resource: 'mail-in-transit',
  mode,
  extent,
  because,
});

/** Filters that a listener names, itself or through a chain. */
const activeFilters = ({
  listeners,
  socketFilter,
  filters,
}: SmtpdSettings): ReadonlySet<string> => {
  const named = [...listeners.map(({ filter }) => filter), socketFilter].filter(
    name => name !== undefined,
  );
  const chains = new Map(filters.map(({ name, chain }) => [name, chain]));
  return new Set(named.flatMap(name => [name, ...(chains.get(name) ?? [])]));
};

const filterUses = (files: FileView, settings: SmtpdSettings): readonly ProgramUse[] => {
  const active = activeFilters(settings);
  return settings.filters.flatMap(({ name, command, user, because }): readonly ProgramUse[] => {
    const program = command === undefined ? undefined : commandProgram(command);
    if (program === undefined) return [];
    return [
      {
        path: programPath(files, program.path),
        args: program.args,
        kind: 'content-filter',
        because,
        idle: !active.has(name),
        reach: [
          passing(`every message that comes in where filter ${name} is named`, because, 'write'),
          ...keyOf(program, because),
        ],
        ...(user === undefined ? {} : { user: { user, because } }),
      },
    ];
  });
};

/** `filter-dkimsign -k FILE`. */
const keyOf = (
  { path, args }: { readonly path: string; readonly args: readonly string[] },
  because: Place,
): readonly Reach[] => {
  const key = baseOf(path) === 'filter-dkimsign' ? behind(args, '-k') : undefined;
  return key === undefined
    ? []
    : [
        {
          resource: 'credentials',
          mode: 'read',
          extent: `DKIM signing key ${key.slice(0, 300)}`,
          because,
        },
      ];
};

/** filter-rspamd asks Rspamd's worker, at http://localhost:11333 unless `-url` says otherwise. */
export const rspamdLinks = (from: ComponentId, uses: readonly ProgramUse[]): readonly Link[] =>
  uses.flatMap(({ path, args = [], because, reach, idle = false }): readonly Link[] => {
    if (baseOf(path) !== 'filter-rspamd' || idle === true) return [];
    const url = behind(args, '-url') ?? 'http://localhost:11333';
    const match = /^https?:\/\/([\w.-]{1,255})(?::(\d{1,5}))?(?:\/|$)/i.exec(url);
    const port = Number(match?.[2] ?? 80);
    if (match === null || port < 1 || port > 65_535) return [];
    const to: Endpoint = { net: 'tcp', host: match[1] ?? '', port };
    const id = componentId(`${from}/filter-rspamd`);
    return [{ from: id, to, as: 'spam-filter', name: 'rspamd', reach, because }];
  });

const mdaUses = (files: FileView, { actions, used }: SmtpdSettings): readonly ProgramUse[] =>
  actions.flatMap(({ name, method, words, because }): readonly ProgramUse[] => {
    const program = method === 'mda' ? commandProgram(words[0] ?? '') : undefined;
    if (program === undefined) return [];
    const user = behind(words, 'user');
    return [
      {
        path: programPath(files, program.path),
        args: program.args,
        kind: 'content-filter',
        because,
        idle: !used.has(name),
        reach: [passing(`every message of action ${name}`, because)],
        ...(user === undefined ? {} : { user: { user, because } }),
      },
    ];
  });

const pipe = (command: string, because: Place, whose: string): readonly ProgramUse[] => {
  const program = commandProgram(command);
  return program === undefined
    ? []
    : [
        {
          path: program.path,
          args: program.args,
          kind: 'content-filter',
          because,
          reach: [passing(`every message to ${whose}`, because)],
        },
      ];
};

const isLocal = ({ method }: SmtpdAction): boolean => method !== 'relay';

/** Local deliveries look through aliases first, then through each user's own list. */
const aliasUses = (
  files: FileView,
  { actions, used, tables }: SmtpdSettings,
): readonly ProgramUse[] => {
  const local = actions.filter(action => used.has(action.name) && isLocal(action));
  const paths = local.flatMap(({ words }) =>
    ['alias', 'virtual'].flatMap(option => {
      const table = tables.get(tableName(behind(words, option)) ?? '');
      return table === undefined || (table.type !== 'file' && table.type !== 'db')
        ? []
        : [table.type === 'db' ? table.path.replace(/\.db$/, '') : table.path];
    }),
  );
  const homes = local.length === 0 ? [] : [...files.glob('/home/*/.forward'), '/root/.forward'];
  return [
    ...[...new Set(paths)]
      .filter(path => files.stat(path)?.kind === 'file')
      .flatMap(path =>
        readAliases(files, path).flatMap(({ name, targets }) =>
          targets
            .filter(({ to }) => to === 'program')
            .flatMap(({ text, because }) => pipe(text, because, `the alias ${name}`)),
        ),
      ),
    ...homes
      .filter(path => files.stat(path)?.kind === 'file')
      .flatMap(path =>
        readForward(files, path)
          .filter(({ to }) => to === 'program')
          .flatMap(({ text, because }) => pipe(text, because, `the owner of ${path}`)),
      ),
  ];
};

/** Every program that smtpd starts by its configuration. */
export const programUses = (files: FileView, settings: SmtpdSettings): readonly ProgramUse[] => [
  ...filterUses(files, settings),
  ...mdaUses(files, settings),
  ...aliasUses(files, settings),
];

const lmtpEndpoint = (text: string): Endpoint | undefined =>
  text.startsWith('/') ? { net: 'unix', path: joinPath(text) } : parseHostPort(text);

/** `smtp+tls://label@relay.example.jp:587`. */
const relayEndpoint = (url: string): Endpoint | undefined => {
  const match =
    /^(?:([a-z+]{1,20}):\/\/)?(?:[^@\s]{1,200}@)?(\[[0-9a-f:]{2,45}\]|[\w.-]{1,255})(?::(\d{1,5}))?$/i.exec(
      url,
    );
  if (match === null) return undefined;
  const port = Number(match[3] ?? (match[1] === 'smtps' ? 465 : 25));
  const host = (match[2] ?? '').replace(/^\[(.*)\]$/, '$1');
  return port > 0 && port < 65_536 ? { net: 'tcp', host, port } : undefined;
};

/** Servers that mail is handed to by name. */
export const deliveryLinks = (id: ComponentId, { actions, used }: SmtpdSettings): readonly Link[] =>
  actions.flatMap(({ name, method, words, because }): readonly Link[] => {
    if (!used.has(name)) return [];
    const reach = [passing(`every message of action ${name}`, because, 'write')];
    if (method === 'lmtp') {
      const to = lmtpEndpoint(words[0] ?? '');
      return to === undefined ? [] : [{ from: id, to, as: 'imap', reach, because }];
    }
    const host = method === 'relay' ? behind(words, 'host') : undefined;
    const to = host === undefined ? undefined : relayEndpoint(host);
    return to === undefined ? [] : [{ from: id, to, as: 'gateway', reach, because }];
  });
