import type { FileView } from '../../../core/files.ts';
import { baseOf, dirOf } from '../../../core/paths.ts';
import { readPhpConfig } from '../../syntax/php-config.ts';
import { type PhpValue, phpUnknown } from '../../syntax/php-values.ts';

/** One unpacked Horde: the folder that holds `index.php` and `rampage.php`. */
export interface Copy {
  readonly folder: string;
  /** Where Composer keeps configuration apart from code: `<project>/var/config`. */
  readonly configsApart?: string;
}

/** What has no `rampage.php` (Horde 3) or lies where a package put it. */
const knownFolders = ['/usr/share/horde', '/usr/share/horde3', '/usr/share/webapps/horde'] as const;

/** `rampage.php` is the router of Horde 4 and newer; no other software has a file of that name. */
export const copyReads: readonly string[] = [
  '**/rampage.php',
  '**/horde/lib/version.php',
  ...knownFolders.flatMap(folder => [`${folder}/rampage.php`, `${folder}/lib/version.php`]),
];

const isFile = (files: FileView, path: string): boolean => files.stat(path)?.kind === 'file';

const isHorde = (files: FileView, folder: string): boolean =>
  ['lib/core.php', 'lib/base.php', 'lib/version.php'].some(name =>
    isFile(files, `${folder}/${name}`),
  ) && ['config', 'services'].some(name => files.stat(`${folder}/${name}`)?.kind === 'folder');

/** Every copy on the host, each once, packaged ones first. */
export const copiesOf = (files: FileView): readonly Copy[] => {
  const folders = [
    ...knownFolders,
    ...files.glob('**/rampage.php').map(dirOf),
    ...files.glob('**/horde/lib/version.php').map(path => dirOf(dirOf(path))),
  ].filter(folder => isHorde(files, folder));
  const byReal = new Map<string, Copy>();
  for (const folder of folders.slice(0, 200)) {
    const real = files.real(folder) ?? folder;
    if (byReal.has(real)) continue;
    const vendor = /^(.*)\/vendor\/horde\/[^/]+$/.exec(folder)?.[1];
    const apart = vendor === undefined ? undefined : `${vendor}/var/config`;
    byReal.set(real, {
      folder,
      ...(apart !== undefined && files.stat(apart)?.kind === 'folder'
        ? { configsApart: apart }
        : {}),
    });
  }
  return [...byReal.values()].slice(0, 50);
};

/** Where an application of the copy lies, if it is there. */
export const applicationFolder = (
  files: FileView,
  copy: Copy,
  name: string,
  stated: string | undefined,
): string | undefined =>
  [
    ...(stated?.startsWith('/') === true ? [stated.replace(/(?<!\/)\/+$/, '')] : []),
    ...(name === 'horde' ? [copy.folder] : [`${copy.folder}/${name}`]),
    ...(copy.configsApart === undefined ? [] : [`${dirOf(copy.folder)}/${name}`]),
  ].find(folder => files.stat(folder)?.kind === 'folder');

/** The folder of an application's configuration, links followed: `/etc/horde/imp` in Debian. */
export const configFolder = (files: FileView, copy: Copy, name: string, folder: string): string => {
  const path =
    copy.configsApart === undefined ? `${folder}/config` : `${copy.configsApart}/${name}`;
  return files.stat(path) === undefined ? path : (files.real(path) ?? path);
};

/** Reads `$this->applications` as `$applications`: the files are run within an object of Horde's. */
const withoutThis = (files: FileView): FileView => ({
  ...files,
  text: (path, limits) =>
    files.text(path, limits)?.replace(/\$this->applications\b/g, '$applications'),
  get unseen() {
    return files.unseen;
  },
});

/**
 * One variable after a file and what changes it: `x.php`, `x.d/*.php`, `x.local.php`, in that order
 * (Horde_Registry_Loadconfig). A virtual host's own file is noted, for it counts for its name alone.
 */
export const readLayers = (
  files: FileView,
  folder: string,
  stem: string,
  variable: string,
  given: ReadonlyMap<string, PhpValue> = new Map(),
): PhpValue | undefined => {
  const view = stem === 'registry' ? withoutThis(files) : files;
  const paths = [
    `${folder}/${stem}.php`,
    ...files.glob(`${folder}/${stem}.d/*.php`).slice(0, 200),
    `${folder}/${stem}.local.php`,
  ].filter(path => isFile(files, path));
  let variables = given;
  let open: { readonly why: string; readonly path: string } | undefined;
  for (const path of paths) {
    const config = readPhpConfig(view, path, { variables, workingFolder: folder });
    if (config === undefined) continue;
    variables = config.variables;
    if (config.open !== undefined) open = { why: config.open, path };
  }
  for (const path of files.glob(`${folder}/${stem}-*.php`).slice(0, 50)) {
    if (baseOf(path).endsWith('.local.php')) continue;
    files.note({
      what: path,
      why: 'changes settings for one host name alone, if $conf[vhosts] is on; it was not read',
      how: 'Compare it with the settings that are read.',
    });
  }
  const value = variables.get(variable);
  if (value !== undefined || open === undefined) return value;
  return phpUnknown(open.why, { path: open.path });
};
