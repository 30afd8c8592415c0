import type { FileView } from '../core/files.ts';
import type { Distribution, InstalledPackage, PackageIndex } from '../core/packages.ts';
import type { PackageSource } from './package-source.ts';

const unquote = (value: string): string =>
  value
    .trim()
    .replace(/^(["'])(.*)\1$/, '$2')
    .replace(/\\(.)/g, '$1');

/** Reads os-release(5). */
export const readDistribution = (files: FileView): Distribution => {
  const text = files.text('/etc/os-release') ?? files.text('/usr/lib/os-release') ?? '';
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^([A-Z_][A-Z0-9_]*)=(.*)$/.exec(line.trim());
    if (match !== null) fields.set(match[1] ?? '', unquote(match[2] ?? ''));
  }
  return {
    id: fields.get('ID') ?? '',
    idLike: (fields.get('ID_LIKE') ?? '').split(/\s+/).filter(id => id !== ''),
    versionId: fields.get('VERSION_ID') ?? '',
    codename: fields.get('VERSION_CODENAME') ?? '',
    prettyName: fields.get('PRETTY_NAME') ?? '',
  };
};

/**
 * On hosts with merged /usr, `/lib/x` and `/usr/lib/x` are one file, and a package database may list
 * either.
 */
const spellings = (path: string): readonly string[] =>
  path.startsWith('/usr/') ? [path, path.slice('/usr'.length)] : [path, `/usr${path}`];

/** Joins the package databases; a broken one leaves the others standing. */
export const readPackages = (files: FileView, sources: readonly PackageSource[]): PackageIndex => {
  const distribution = readDistribution(files);
  const system = sources.filter(source => source.scope === 'system');
  const language = sources.filter(source => source.scope === 'language');
  const readings = [...system, ...language].map(source => source.read(files, distribution));
  const systemReadings = readings.slice(0, system.length);
  const byName = new Map<string, InstalledPackage>();
  for (const { packages } of systemReadings) {
    for (const found of packages) if (!byName.has(found.name)) byName.set(found.name, found);
  }

  const ownerAt = (path: string): InstalledPackage | undefined => {
    for (const spelling of spellings(path)) {
      for (const { ownerOf } of systemReadings) {
        const name = ownerOf?.(spelling);
        if (name !== undefined) return byName.get(name);
      }
    }
    return undefined;
  };

  return {
    all: readings.flatMap(({ packages }) => packages),
    distribution,
    named: name => byName.get(name),
    ownerOf: path => {
      const direct = ownerAt(path);
      if (direct !== undefined || systemReadings.every(({ packages }) => packages.length === 0)) {
        return direct;
      }
      const real = files.real(path);
      return real === undefined || real === path ? undefined : ownerAt(real);
    },
    filesOf: name => {
      for (const { filesOf } of systemReadings) {
        const paths = filesOf?.(name) ?? [];
        if (paths.length > 0) return paths;
      }
      return [];
    },
  };
};
