import type { FileView } from '../../core/files.ts';
import type { InstalledPackage } from '../../core/packages.ts';
import { dirOf } from '../../core/paths.ts';
import { purlOf } from '../../core/purl.ts';
import type { PackageReading, PackageSource } from '../package-source.ts';

/** Where Python looks for packages: the system's own, `pip install`'s, and virtual environments. */
const folders = [
  '/usr/lib/python[23]*/{dist,site}-packages',
  '/usr/lib64/python[23]*/site-packages',
  '/usr/local/lib/python[23]*/{dist,site}-packages',
  '/usr/local/lib64/python[23]*/site-packages',
  '/opt/*/lib/python[23]*/site-packages',
  '/opt/*/*/lib/python[23]*/site-packages',
  '/root/.local/lib/python[23]*/site-packages',
  '/home/*/.local/lib/python[23]*/site-packages',
];
const environmentPattern = '**/pyvenv.cfg';
const environmentsMax = 100;

/** PEP 503: how PyPI spells a name. */
const normalizedName = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, '-');

/**
 * `mailman-3.3.8.dist-info`, `spf_engine-3.0.4.egg-info`, `getmail6-6.18.11-py3.11.egg-info`: the
 * folder's own name says it all (PEP 376, PEP 427), so that hundreds of files need not be opened.
 */
const parseMetadataName = (
  name: string,
): { readonly name: string; readonly version: string } | undefined => {
  const stem = /^(.{1,200})\.(?:dist|egg)-info$/.exec(name)?.[1];
  if (stem === undefined) return undefined;
  const [project = '', version = ''] = stem.replace(/-py\d(?:\.\d+)?(?:-[\w.]+)?$/, '').split('-');
  return project === '' || !/^v?\d/.test(version) ? undefined : { name: project, version };
};

const isName = (name: string): boolean => /^[A-Za-z0-9][\w.-]{0,199}$/.test(name);
const isVersion = (version: string): boolean => /^v?\d[\w.!+-]{0,99}$/.test(version);

/**
 * What the metadata inside says (core metadata, RFC 822 headers), for a folder whose name does not:
 * `pip install --editable` and old setuptools leave `name.egg-info`.
 */
const readMetadata = (
  files: FileView,
  path: string,
): { readonly name: string; readonly version: string } | undefined => {
  const inside = [`${path}/METADATA`, `${path}/PKG-INFO`, path].find(
    each => files.stat(each)?.kind === 'file',
  );
  const bytes = inside === undefined ? undefined : files.slice(inside, 0, 4_096);
  const head = Buffer.from(bytes ?? []).toString('utf8');
  const name = /^Name:[ \t]*(\S{1,200})/m.exec(head)?.[1] ?? '';
  const version = /^Version:[ \t]*(\S{1,100})/m.exec(head)?.[1] ?? '';
  return isName(name) && isVersion(version) ? { name, version } : undefined;
};

/** One entry of a folder of packages; what describes a package and cannot be understood is unseen. */
const describedBy = (
  files: FileView,
  folder: string,
  entry: string,
): { readonly name: string; readonly version: string } | undefined => {
  if (!/\.(?:dist|egg)-info$/.test(entry)) return undefined;
  const path = `${folder}/${entry}`;
  const broken = (why: string, how: string): undefined => {
    files.note({ what: path, why, how });
  };
  if (entry.startsWith('~')) {
    return broken('is what an interrupted pip left behind, so it was not read', 'Remove it.');
  }
  const found = parseMetadataName(entry) ?? readMetadata(files, path);
  if (found !== undefined && isName(found.name) && isVersion(found.version)) return found;
  return broken(
    'does not say which package it describes, or in which version',
    `Reinstall the package, or see what pip list --path ${folder} says.`,
  );
};

const isSystem = (folder: string): boolean => /^\/usr\/lib(?:64)?\//.test(folder);

const read = (files: FileView): PackageReading => {
  const packages: InstalledPackage[] = [];
  const environments = files.glob(environmentPattern);
  if (environments.length > environmentsMax) {
    files.note({
      what: '/',
      why: `holds more than ${environmentsMax} Python environments; the rest was not read`,
      how: 'Run Postern with --root on the part that holds mail software.',
    });
  }
  const places = new Set<string>();
  const patterns = [
    ...folders,
    ...environments
      .slice(0, environmentsMax)
      .map(path => `${dirOf(path)}/lib*/python[23]*/site-packages`),
  ];
  for (const pattern of patterns) {
    for (const folder of files.glob(pattern)) {
      // lib64 is often a link to lib: each real folder once.
      const real = files.real(folder) ?? folder;
      if (places.has(real)) continue;
      places.add(real);
      for (const { name } of files.list(real)) {
        const found = describedBy(files, real, name);
        if (found === undefined) continue;
        const project = normalizedName(found.name);
        packages.push({
          ecosystem: 'pypi',
          name: project,
          version: found.version,
          origin: 'upstream',
          originWhy: isSystem(real)
            ? `described in ${real}, where distribution packages put theirs`
            : `described in ${real}, where no distribution package puts any`,
          purl: purlOf({ type: 'pypi', name: project, version: found.version }),
          folder: `${real}/${name}`,
        });
      }
    }
  }
  return { packages };
};

/** Python packages, by the names of their `dist-info` and `egg-info`. */
export const python: PackageSource = {
  id: 'python',
  title: 'Python',
  scope: 'language',
  reads: [...folders.map(folder => `${folder}/*-info`), environmentPattern],
  read,
};
