import type { FileView } from '../../../core/files.ts';
import type { PackageIndex } from '../../../core/packages.ts';

/** A folder of Python modules that holds part of the Mailman suite. */
export interface Site {
  readonly folder: string;
  /** A distribution's package owns it. */
  readonly packaged: boolean;
}

/** Part of the suite, as its module and its distribution are called. */
export interface SuitePart {
  readonly name: string;
  readonly module: string;
  readonly debs: readonly string[];
}

export const suite: Readonly<
  Record<'core' | 'hyperkitty' | 'postorius' | 'archiver' | 'web', SuitePart>
> = {
  core: { name: 'mailman', module: 'mailman', debs: ['mailman3'] },
  hyperkitty: {
    name: 'hyperkitty',
    module: 'hyperkitty',
    debs: ['python3-django-hyperkitty', 'python3-hyperkitty'],
  },
  postorius: {
    name: 'postorius',
    module: 'postorius',
    debs: ['python3-django-postorius', 'python3-postorius'],
  },
  archiver: {
    name: 'mailman-hyperkitty',
    module: 'mailman_hyperkitty',
    debs: ['python3-mailman-hyperkitty', 'mailman3-hyperkitty'],
  },
  web: { name: 'mailman-web', module: 'mailman_web', debs: ['mailman3-web', 'mailman-web'] },
};

/** Where packages put modules; virtual environments are found by the walk. */
const packagedFolders = [
  '/usr/lib/python3/dist-packages',
  '/usr/lib/python3*/site-packages',
  '/usr/lib64/python3*/site-packages',
  '/usr/local/lib/python3*/dist-packages',
  '/usr/local/lib/python3*/site-packages',
  '/opt/mailman/venv/lib/python3*/site-packages',
  '/opt/mailman/lib/python3*/site-packages',
] as const;

/** A file that each module has and no other module of that name. */
const markers = ['mailman/config/schema.cfg', 'hyperkitty/urls.py', 'postorius/urls.py'] as const;

export const siteReads: readonly string[] = [
  ...packagedFolders.flatMap(folder => markers.map(marker => `${folder}/${marker}`)),
  ...markers.flatMap(marker => [`**/site-packages/${marker}`, `**/dist-packages/${marker}`]),
];

/** Every folder that holds Mailman 3, HyperKitty or Postorius; packaged ones first. */
export const sitesOf = (files: FileView, packages: PackageIndex): readonly Site[] => {
  const found = siteReads.flatMap(pattern =>
    files
      .glob(pattern)
      .map(path =>
        path.replace(
          /\/(?:mailman\/config\/schema\.cfg|hyperkitty\/urls\.py|postorius\/urls\.py)$/,
          '',
        ),
      ),
  );
  const folders = [...new Set(found.map(folder => files.real(folder) ?? folder))];
  const sites = folders.map(folder => ({
    folder,
    packaged: Object.values(suite).some(
      ({ module }) => packages.ownerOf(`${folder}/${module}/__init__.py`) !== undefined,
    ),
  }));
  return sites.sort(
    (a, b) => Number(b.packaged) - Number(a.packaged) || (a.folder < b.folder ? -1 : 1),
  );
};

export interface Installed {
  readonly site: Site;
  /** The module's own folder. */
  readonly folder: string;
  readonly init: string;
  /** `HyperKitty-1.3.7.egg-info`, `postorius-1.3.13.dist-info`. */
  readonly metadata?: { readonly path: string; readonly version: string };
}

const normal = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, '-');

/** The part as it lies in that folder, with the version that its metadata states. */
export const installedIn = (
  files: FileView,
  site: Site,
  { name, module }: SuitePart,
): Installed | undefined => {
  const folder = `${site.folder}/${module}`;
  if (files.stat(folder)?.kind !== 'folder') return undefined;
  const metadata = files
    .list(site.folder)
    .map(entry => ({
      entry,
      match: /^(.+?)-(\d[^-]*)(?:-py[\d.]+)?\.(?:dist|egg)-info$/.exec(entry.name),
    }))
    .find(({ match }) => match !== null && normal(match[1] ?? '') === name);
  const version = metadata?.match?.[2];
  return {
    site,
    folder,
    init: `${folder}/__init__.py`,
    ...(metadata === undefined || version === undefined
      ? {}
      : { metadata: { path: `${site.folder}/${metadata.entry.name}`, version } }),
  };
};
