import type { FileView } from '../../../core/files.ts';
import { dirOf, joinPath, resolveFrom } from '../../../core/paths.ts';
import type { Place } from '../../../core/place.ts';
import type { Invocation } from '../../programs/invocations.ts';
import type { Home } from './homes.ts';
import type { MailReader, ReaderUse, Started } from './reader.ts';

/** One configured use of a mail reader: a configuration file, or a command line that is one. */
export interface FoundUse {
  readonly reader: MailReader;
  /** The file that configures it. */
  readonly path: string;
  readonly use: ReaderUse;
  readonly places: readonly Place[];
  readonly started: Started;
  /** Null: nothing starts it, but a person may. */
  readonly enabled: boolean | null;
  readonly user?: { readonly name: string; readonly because: Place };
  readonly program?: string;
}

const noUse: ReaderUse = { accounts: [], settings: new Map() };
const notStarted: Started = { by: 'nothing', args: [] };

/** `-f file`, `-ffile`, `--fetchmailrc file`, `--fetchmailrc=file`. */
const optionValues = (args: readonly string[], names: readonly string[]): readonly string[] =>
  args.flatMap((arg, i): readonly string[] => {
    for (const name of names) {
      if (arg === name) return args[i + 1] === undefined ? [] : [args[i + 1] ?? ''];
      if (name.startsWith('--') && arg.startsWith(`${name}=`)) return [arg.slice(name.length + 1)];
      if (/^-\w$/.test(name) && arg.startsWith(name) && !arg.startsWith('--'))
        return [arg.slice(2)];
    }
    return [];
  });

const below = (home: string, path: string): string =>
  path.replace(/^(?:~|\$HOME|\$\{HOME\})(?=\/|$)/, home).replace(/^%h(?=\/)/, home);

const configGlobs = (reader: MailReader, home: string): readonly string[] =>
  reader.home.map(pattern => joinPath(home, pattern));

/** The files that a command reads: those it names, else the user's own. */
const configsOf = (
  files: FileView,
  reader: MailReader,
  { args }: Invocation,
  home: string,
): readonly string[] => {
  const named = optionValues(args, reader.fileOptions).map(each => below(home, each));
  if (named.length === 0) {
    return configGlobs(reader, home)
      .flatMap(pattern => files.glob(pattern))
      .filter(path => files.stat(path)?.kind === 'file');
  }
  const stated =
    reader.folderOption === undefined ? [] : optionValues(args, [reader.folderOption, '-g']);
  const folder = below(home, stated[0] ?? joinPath(home, dirOf(reader.home[0] ?? '')));
  return named.map(path => resolveFrom(resolveFrom(home, folder), path));
};

const readUse = (files: FileView, reader: MailReader, path: string): ReaderUse | undefined => {
  if (files.stat(path)?.kind !== 'file') return undefined;
  const text = files.text(path, { bytesMax: 1 << 20 });
  return text === undefined ? undefined : reader.read(text);
};

const startedBy = ({ by, unit, args }: Invocation): Started => ({
  by,
  args,
  ...(unit === undefined ? {} : { unit }),
});

const scheduled = (
  files: FileView,
  reader: MailReader,
  invocation: Invocation,
  home: string,
): readonly FoundUse[] => {
  const { because, user, program, active, args } = invocation;
  const shared = {
    reader,
    started: startedBy(invocation),
    enabled: active,
    program,
    ...(user === undefined ? {} : { user: { name: user, because } }),
  };
  const own = reader.readArguments?.(args, because.line ?? 1);
  if (own !== undefined) return [{ ...shared, path: because.path, use: own, places: [because] }];
  const configs = configsOf(files, reader, invocation, home);
  if (configs.length === 0 || reader.readArguments !== undefined) {
    return [{ ...shared, path: because.path, use: noUse, places: [because] }];
  }
  return configs.map(path => {
    const use = readUse(files, reader, path);
    if (use === undefined) {
      files.note({
        what: path,
        why: `is named at ${because.path}:${because.line ?? 1} as the configuration of ${reader.tool} and could not be read as one`,
        how: `Check the file, or run Postern as a user who may read it.`,
      });
    }
    return {
      ...shared,
      path,
      use: use ?? noUse,
      places: use === undefined ? [because] : [{ path }, because],
    };
  });
};

/** Debian starts fetchmail for the whole host from its init script, unless told not to. */
const systemWide = (files: FileView, reader: MailReader): readonly FoundUse[] =>
  reader.system
    .flatMap(pattern => files.glob(pattern))
    .flatMap((path): readonly FoundUse[] => {
      const use = readUse(files, reader, path);
      if (use === undefined) return [];
      const defaults = '/etc/default/fetchmail';
      const hasInit =
        reader.tool === 'fetchmail' && files.stat('/etc/init.d/fetchmail') !== undefined;
      if (!hasInit)
        return [{ reader, path, use, places: [{ path }], started: notStarted, enabled: null }];
      const text = files.stat(defaults) === undefined ? '' : (files.text(defaults) ?? '');
      const on = /^[ \t]*START_DAEMON=["']?yes/m.test(text);
      const because = { path: '/etc/init.d/fetchmail' };
      return [
        {
          reader,
          path,
          use,
          places: [{ path }],
          started: on ? { by: 'init', args: [] } : notStarted,
          enabled: on,
          ...(on ? { user: { name: 'fetchmail', because } } : {}),
        },
      ];
    });

const inHomes = (
  files: FileView,
  reader: MailReader,
  homes: readonly Home[],
): readonly FoundUse[] =>
  homes.flatMap(({ folder, user }) => {
    const names = new Set(files.list(folder).map(({ name }) => name));
    return reader.home
      .filter(pattern => names.has(pattern.split('/')[0] ?? ''))
      .flatMap(pattern => files.glob(joinPath(folder, pattern)))
      .flatMap((path): readonly FoundUse[] => {
        const use = readUse(files, reader, path);
        if (use === undefined) return [];
        return [
          {
            reader,
            path,
            use,
            places: [{ path }],
            started: notStarted,
            enabled: null,
            user: { name: user, because: { path } },
          },
        ];
      });
  });

const placesMax = 50;

const joinUses = (a: FoundUse, b: FoundUse): FoundUse => {
  const running = a.started.by === 'nothing' ? b : a;
  const user = running.user ?? a.user ?? b.user;
  return {
    ...running,
    use: a.use.accounts.length > 0 ? a.use : b.use,
    enabled: a.enabled === true || b.enabled === true ? true : (a.enabled ?? b.enabled),
    places: [
      ...a.places,
      // A crontab of a million lines: the first ones are enough to find it by.
      ...b.places.filter(
        place =>
          a.places.length < placesMax &&
          !a.places.some(each => each.path === place.path && each.line === place.line),
      ),
    ],
    ...(user === undefined ? {} : { user }),
  };
};

/** Every configured use of one reader; what names the same file is one. */
export const usesOf = (
  files: FileView,
  reader: MailReader,
  invocations: readonly Invocation[],
  homes: readonly Home[],
  installed: boolean,
): readonly FoundUse[] => {
  const folders = new Map(homes.map(each => [each.user, each.folder]));
  const homeOf = (user: string | undefined): string =>
    folders.get(user ?? '') ?? (user === undefined ? '/root' : `/home/${user}`);
  const found = [
    // Configuration alone shows nothing when the program is gone.
    ...(installed ? [...systemWide(files, reader), ...inHomes(files, reader, homes)] : []),
    ...invocations
      .filter(({ tool }) => tool === reader.tool)
      .flatMap(each => scheduled(files, reader, each, homeOf(each.user))),
  ];
  const byPath = new Map<string, FoundUse>();
  for (const each of found) {
    const key =
      each.reader.readArguments === undefined
        ? each.path
        : `${each.path}:${each.places[0]?.line ?? 0}`;
    const known = byPath.get(key);
    byPath.set(key, known === undefined ? each : joinUses(known, each));
  }
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
};
