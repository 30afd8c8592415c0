import type { FileView } from '../../../core/files.ts';
import type { PackageIndex } from '../../../core/packages.ts';
import { baseOf, dirOf, joinPath } from '../../../core/paths.ts';

export const marker = '**/program/include/iniset.php';
const inside = 'program/include/iniset.php';

/** Where packages put it, and where each keeps its configuration. */
export const packagedFolders: readonly (readonly [folder: string, config: string])[] = [
  ['/usr/share/roundcube', '/etc/roundcube'],
  ['/usr/share/roundcubemail', '/etc/roundcubemail'],
  ['/usr/share/webapps/roundcubemail', '/etc/webapps/roundcubemail/config'],
  ['/usr/share/webapps/roundcube', '/etc/roundcube'],
  ['/srv/www/roundcubemail', '/etc/roundcubemail'],
  ['/usr/local/www/roundcube', '/usr/local/www/roundcube/config'],
];

/** One copy of Roundcube on the host. */
export interface Copy {
  /** Where its code lies, links followed. */
  readonly folder: string;
  /** `iniset.php`, which sets it up. */
  readonly iniset: string;
  /** What `INSTALL_PATH` is: Debian keeps links to code, configuration and plug-ins elsewhere. */
  readonly installPath: string;
  readonly configFolder: string;
  /** Folders with plug-ins: the one that is used, then another whose plug-ins cannot be loaded. */
  readonly pluginFolders: readonly string[];
  /** `RCMAIL_VERSION` */
  readonly version?: string;
  readonly isPackaged: boolean;
}

const isFolder = (files: FileView, path: string): boolean => files.stat(path)?.kind === 'folder';

/** `define('NAME', '/literal')` */
const literalPath = (text: string, name: string): string | undefined => {
  const match = new RegExp(
    `define\\(\\s*['"]${name}['"]\\s*,\\s*['"](/[^'"]{1,300})['"]\\s*\\)`,
  ).exec(text);
  return match?.[1] === undefined ? undefined : joinPath(match[1]);
};

const ownConfig = (files: FileView, folder: string): boolean =>
  ['config.inc.php', 'main.inc.php'].some(
    name => files.stat(`${folder}/config/${name}`) !== undefined,
  );

/** Code that was copied from a package still names the package's folders. */
const installPathOf = (
  files: FileView,
  folder: string,
  text: string,
  packaged: boolean,
): string => {
  const stated = literalPath(text, 'INSTALL_PATH');
  if (stated === undefined || !isFolder(files, stated)) return folder;
  if (packaged || !ownConfig(files, folder)) return stated;
  if ((files.real(stated) ?? stated) !== folder) {
    files.note({
      what: `${folder}/${inside}`,
      why: `says that Roundcube lies in ${stated}, and ${folder} has a configuration of its own; that one was taken`,
      how: `Remove the copy, or set INSTALL_PATH in ${folder}/${inside}.`,
    });
  }
  return folder;
};

const configFolderOf = (
  files: FileView,
  folder: string,
  installPath: string,
  text: string,
): string => {
  const stated = literalPath(text, 'RCMAIL_CONFIG_DIR') ?? literalPath(text, 'RCUBE_CONFIG_DIR');
  const inText = /RCMAIL_CONFIG_DIR['"]\s*,[^;]{0,200}?['"](\/etc\/[^'"]{1,200})['"]/.exec(
    text,
  )?.[1];
  const candidates = [
    ...(stated === undefined ? [] : [stated]),
    ...(inText === undefined ? [] : [joinPath(inText)]),
    `${installPath}/config`,
    ...packagedFolders.filter(([known]) => known === folder).map(([, config]) => config),
  ];
  const found = candidates.find(path => isFolder(files, path)) ?? `${installPath}/config`;
  return files.real(found) ?? found;
};

const looksLikeRoundcube = (files: FileView, folder: string, text: string): boolean =>
  text.includes('RCMAIL_VERSION') ||
  ['program/include/rcmail.php', 'program/lib/Roundcube', 'program/include/main.inc'].some(
    path => files.stat(`${folder}/${path}`) !== undefined,
  );

const copyAt = (files: FileView, packages: PackageIndex, iniset: string): Copy | undefined => {
  const folder = dirOf(dirOf(dirOf(iniset)));
  const text = files.text(iniset) ?? '';
  if (!looksLikeRoundcube(files, folder, text)) return undefined;
  const version = /define\(\s*['"]RCMAIL_VERSION['"]\s*,\s*['"]([\w.+~-]{1,60})['"]/.exec(
    text,
  )?.[1];
  const isPackaged = packages.ownerOf(iniset) !== undefined;
  const known = packagedFolders.some(([each]) => each === folder);
  const installPath = installPathOf(files, folder, text, isPackaged || known);
  const plugins = [`${installPath}/plugins`, `${folder}/plugins`].filter(path =>
    isFolder(files, path),
  );
  return {
    folder,
    iniset,
    installPath,
    configFolder: configFolderOf(files, folder, installPath, text),
    pluginFolders: plugins.filter(
      (path, i) => plugins.findIndex(each => files.real(each) === files.real(path)) === i,
    ),
    ...(version === undefined ? {} : { version }),
    isPackaged,
  };
};

const copiesMax = 200;

/** Every copy: the packaged one first, else in the order of their folders. */
export const copiesOf = (files: FileView, packages: PackageIndex): readonly Copy[] => {
  const found = [...packagedFolders.map(([folder]) => `${folder}/${inside}`), ...files.glob(marker)]
    .filter(path => files.stat(path)?.kind === 'file')
    .map(path => files.real(path) ?? path)
    .filter(path => path.endsWith(`/${inside}`) && baseOf(path) === 'iniset.php');
  const unique = [...new Set(found)];
  if (unique.length > copiesMax) {
    files.note({
      what: '/',
      why: `holds more than ${copiesMax} copies of Roundcube; the rest was not read`,
      how: 'Run Postern with --root on the part that holds them.',
    });
  }
  const copies = unique
    .slice(0, copiesMax)
    .map(path => copyAt(files, packages, path))
    .filter(copy => copy !== undefined);
  return [...copies.filter(copy => copy.isPackaged), ...copies.filter(copy => !copy.isPackaged)];
};

/** Whether the copy is of this release or a later one; undefined when its release is not known. */
export const isAtLeast = ({ version }: Copy, major: number, minor: number): boolean | undefined => {
  const match = /^(\d{1,4})\.(\d{1,4})/.exec(version ?? '');
  if (match === null) return undefined;
  const own = [Number(match[1]), Number(match[2])] as const;
  return own[0] > major || (own[0] === major && own[1] >= minor);
};
