import type { FileView } from '../../../core/files.ts';
import { baseOf, dirOf, joinPath, resolveFrom } from '../../../core/paths.ts';
import type { Place } from '../../../core/place.ts';
import { withoutPhpComments } from '../../syntax/php-comments.ts';
import { phpVariable, readPhpConfig } from '../../syntax/php-config.ts';
import { phpAt, phpText } from '../../syntax/php-values.ts';

/** SnappyMail, and RainLoop, of which it is the living fork. */
export interface Product {
  readonly id: 'snappymail' | 'rainloop';
  readonly name: string;
  readonly supplier: string;
  /** Package URL without the version. */
  readonly purl: string;
  /** Folder of its data within a Nextcloud's. */
  readonly cloudFolder: string;
}

/** One unpacked copy. */
export interface Copy {
  /** Folder of `index.php`. */
  readonly folder: string;
  /** The version that `index.php` starts, or why that is not known. */
  readonly version:
    | { readonly value: string; readonly because?: Place }
    | { readonly unknown: string };
  /** The version folders beside it that nothing starts. */
  readonly others: readonly string[];
  /** `index.php` starts a version whose folder is there. */
  readonly starts: boolean | null;
  /** Folders of data, one for each host name when several are served; the default one first. */
  readonly privates: readonly string[];
}

/** Absolute, for what lies where the one walk does not go, or below a package's folder. */
const knownFolders: Readonly<Record<Product['id'], readonly string[]>> = {
  snappymail: [
    '/usr/share/snappymail',
    '/usr/share/webapps/snappymail',
    '/usr/local/cpanel/base/3rdparty/snappymail',
  ],
  rainloop: ['/usr/share/rainloop', '/usr/share/webapps/rainloop'],
};

const markerOf = (id: Product['id']): string => `${id}/v/*/include.php`;

export const copyReads = (id: Product['id']): readonly string[] => [
  `**/${markerOf(id)}`,
  ...knownFolders[id].map(folder => `${folder}/${markerOf(id)}`),
];

/** What `index.php` says, and the `VERSION` that some of them ask. */
const startedVersion = (
  files: FileView,
  folder: string,
  have: readonly string[],
): Copy['version'] => {
  const path = `${folder}/index.php`;
  const source =
    files.stat(path)?.kind === 'file' ? withoutPhpComments(files.text(path) ?? '') : '';
  const lines = source.split('\n');
  const at = lines.findIndex(line => /define\(\s*['"]APP_VERSION['"]/.test(line));
  const stated = /define\(\s*['"]APP_VERSION['"]\s*,\s*['"]([\w.+-]{1,60})['"]/.exec(
    lines[at] ?? '',
  )?.[1];
  if (stated !== undefined) return { value: stated, because: { path, line: at + 1 } };
  const asked = /file_get_contents\(\s*['"]([^'"]{1,300})['"]/.exec(source)?.[1];
  if (asked !== undefined) {
    const file = resolveFrom(folder, asked);
    const own = files.stat(file)?.kind === 'file' ? (files.text(file) ?? '').trim() : '';
    if (/^[\w.+-]{1,60}$/.test(own)) return { value: own, because: { path: file, line: 1 } };
  }
  const [only] = have;
  if (only !== undefined && have.length === 1) return { value: only };
  return { unknown: `index.php names none of the versions that lie in ${folder}` };
};

/** `return '/var/lib/x';` of the function that names the data folder. */
const returnedPath = (source: string): string | undefined => {
  const at = source.indexOf('function __get_custom_data_full_path');
  if (at < 0) return undefined;
  const found = /\breturn\s+['"]([^'"]{0,1000})['"]/.exec(source.slice(at, at + 4_000))?.[1];
  return found === undefined || found === '' ? undefined : found;
};

/** The folder of a Nextcloud whose app this is: `<cloud>/apps/snappymail/app`. */
const cloudData = (files: FileView, product: Product, folder: string): string | undefined => {
  const app = baseOf(folder) === 'app' ? dirOf(folder) : folder;
  const cloud = dirOf(dirOf(app));
  const config = readPhpConfig(files, `${cloud}/config/config.php`);
  if (config === undefined) return undefined;
  const data = phpText(phpAt(phpVariable(config, 'CONFIG'), 'datadirectory'));
  return `${data ?? `${cloud}/data`}/${product.cloudFolder}`;
};

/** Where its data lies: `include.php` may say so, else `data` beside it. */
const dataFolder = (files: FileView, product: Product, folder: string): string => {
  const path = `${folder}/include.php`;
  if (files.stat(path)?.kind === 'file') {
    const config = readPhpConfig(files, path);
    const defined = phpText(config?.constants.get('APP_DATA_FOLDER_PATH'));
    const named = defined ?? returnedPath(withoutPhpComments(files.text(path) ?? ''));
    if (named?.startsWith('/') === true) return joinPath(named);
  }
  const cloud = cloudData(files, product, folder);
  return cloud !== undefined && files.stat(cloud) !== undefined ? cloud : `${folder}/data`;
};

const privatesOf = (files: FileView, data: string): readonly string[] => {
  const found = files
    .glob(`${data}/_data_*/*/configs/application.ini`)
    .map(path => dirOf(dirOf(path)))
    .slice(0, 200);
  const isDefault = (path: string): boolean => baseOf(path) === '_default_';
  return [...found.filter(isDefault), ...found.filter(path => !isDefault(path))];
};

/** Every copy on the host, each once; links to the same folder are one. */
export const copiesOf = (files: FileView, product: Product): readonly Copy[] => {
  const byFolder = new Map<string, { folder: string; versions: Set<string> }>();
  for (const pattern of copyReads(product.id).toReversed()) {
    for (const path of files.glob(pattern)) {
      const version = dirOf(path);
      const folder = dirOf(dirOf(dirOf(version)));
      const key = files.real(folder) ?? folder;
      const known = byFolder.get(key) ?? { folder, versions: new Set<string>() };
      known.versions.add(baseOf(version));
      byFolder.set(key, known);
    }
  }
  return [...byFolder.values()].slice(0, 100).map(({ folder, versions }): Copy => {
    const have = [...versions].sort().slice(0, 100);
    const version = startedVersion(files, folder, have);
    const current = 'value' in version ? version.value : undefined;
    if (current !== undefined && !have.includes(current)) {
      files.note({
        what: `${folder}/index.php`,
        why: `starts version ${current}, whose folder is missing: the webmail does not run`,
        how: 'Unpack that version, or remove the rest of it.',
      });
    }
    return {
      folder,
      version,
      others: have.filter(each => each !== current),
      starts: current === undefined ? null : have.includes(current),
      privates: privatesOf(files, dataFolder(files, product, folder)),
    };
  });
};
