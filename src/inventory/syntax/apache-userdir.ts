import type { FileView } from '../../core/files.ts';
import { joinPath } from '../../core/paths.ts';
import type { Place } from '../../core/place.ts';
import type { ApacheDirective } from './apache.ts';

/** A folder of one user that mod_userdir hands out at `/~user`. */
export interface UserFolder {
  readonly url: string;
  readonly folder: string;
  readonly because: Place;
}

const usersMax = 2_000;

/** What the `UserDir` lines of a server, then of its virtual host, add up to. */
interface UserDirs {
  readonly paths: readonly { readonly path: string; readonly because: Place }[];
  readonly allDisabled: boolean;
  readonly enabled: ReadonlySet<string>;
  readonly disabled: ReadonlySet<string>;
}

const settle = (directives: readonly ApacheDirective[]): UserDirs => {
  let paths: UserDirs['paths'] = [];
  let allDisabled = false;
  const enabled = new Set<string>();
  const disabled = new Set<string>();
  for (const { name, args, path, line } of directives) {
    if (name !== 'userdir') continue;
    const [first = '', ...rest] = args;
    const word = first.toLowerCase();
    if (word === 'disabled' && rest.length === 0) allDisabled = true;
    else if (word === 'disabled') for (const user of rest) disabled.add(user);
    else if (word === 'enabled') for (const user of rest) enabled.add(user);
    else paths = args.map(each => ({ path: each, because: { path, line } }));
  }
  return { paths, allDisabled, enabled, disabled };
};

const knownHomes = new WeakMap<FileView, ReadonlyMap<string, string>>();

/** Users of passwd(5) with their homes, and those whose folder below /home shows them. */
const homesOf = (files: FileView): ReadonlyMap<string, string> => {
  const known = knownHomes.get(files);
  if (known !== undefined) return known;
  const homes = new Map<string, string>();
  knownHomes.set(files, homes);
  const lines = files.stat('/etc/passwd') === undefined ? '' : (files.text('/etc/passwd') ?? '');
  for (const line of lines.split('\n')) {
    const [user = '', , , , , home = ''] = line.split(':');
    if (user !== '' && home.startsWith('/')) homes.set(user, home);
  }
  // A directory service knows users that passwd(5) does not.
  for (const { name, kind } of files.list('/home')) {
    if (kind === 'folder' && !homes.has(name)) homes.set(name, `/home/${name}`);
  }
  return homes;
};

/** One `UserDir` path for each user: `public_html`, `/srv/users`, `/srv/users/*` + `/web`. */
const foldersFor = (files: FileView, path: string): readonly (readonly [string, string])[] => {
  if (/^https?:/i.test(path)) return [];
  if (!path.startsWith('/')) {
    return [...homesOf(files)].map(([user, home]) => [user, joinPath(home, path)]);
  }
  const star = path.indexOf('*');
  const before = star < 0 ? path : path.slice(0, star);
  const after = star < 0 ? '' : path.slice(star + 1);
  return files
    .list(joinPath(before))
    .filter(({ kind }) => kind === 'folder' || kind === 'link')
    .map(({ name }) => [name, joinPath(before, `${name}${after}`)]);
};

/** Where every user's own pages lie (mod_userdir); only folders that are there. */
export const userFolders = (
  files: FileView,
  directives: readonly ApacheDirective[],
): readonly UserFolder[] => {
  const { paths, allDisabled, enabled, disabled } = settle(directives);
  const out: UserFolder[] = [];
  for (const { path, because } of paths) {
    for (const [user, folder] of foldersFor(files, path)) {
      if (disabled.has(user) || (allDisabled && !enabled.has(user))) continue;
      if (files.stat(folder)?.kind !== 'folder') continue;
      if (out.length === usersMax) {
        files.note({
          what: `${because.path}, line ${because.line ?? 1}`,
          why: `serves the pages of more than ${usersMax} users; the rest was not looked at`,
          how: 'Look through their folders by hand.',
        });
        return out;
      }
      out.push({ url: `/~${user}`, folder, because });
    }
  }
  return out;
};
