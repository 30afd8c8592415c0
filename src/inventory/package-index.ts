import { messageOf } from '../core/errors.ts';
import type { FileView } from '../core/files.ts';
import type { Distribution, InstalledPackage, PackageIndex } from '../core/packages.ts';
import type { PackageReading, PackageSource } from './package-source.ts';

const unquote = (value: string): string =>
  value
    .trim()
    .replace(/^(["'])(.*)\1$/, '$2')
    .replace(/\\(.)/g, '$1');

/** Fields that os-release(5) confines to these characters: they go into package URLs and advice. */
const plainWord = /^[A-Za-z0-9._-]{1,60}$/;

/** Reads os-release(5). */
const readDistribution = (files: FileView): Distribution => {
  const path = ['/etc/os-release', '/usr/lib/os-release'].find(
    each => files.stat(each) !== undefined,
  );
  const text = path === undefined ? '' : (files.text(path) ?? '');
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^([A-Z_][A-Z0-9_]*)=(.*)$/.exec(line.trim());
    if (match !== null) fields.set(match[1] ?? '', unquote(match[2] ?? ''));
  }
  const word = (field: string): string => {
    const value = fields.get(field) ?? '';
    if (value === '' || plainWord.test(value)) return value;
    files.note({
      what: path ?? '/etc/os-release',
      why: `${field} is not one plain word, so it was not used`,
      how: `Mend ${field} (see os-release(5)).`,
    });
    return '';
  };
  return {
    id: word('ID'),
    idLike: (fields.get('ID_LIKE') ?? '').split(/\s+/).filter(id => plainWord.test(id)),
    versionId: word('VERSION_ID'),
    codename: word('VERSION_CODENAME'),
    prettyName: (fields.get('PRETTY_NAME') ?? '').slice(0, 200),
    ...(/^\d{4}-\d{2}-\d{2}$/.test(fields.get('SUPPORT_END') ?? '')
      ? { supportEnd: fields.get('SUPPORT_END') ?? '' }
      : {}),
  };
};

/**
 * On hosts with merged /usr, `/lib/x` and `/usr/lib/x` are one file, and a package database may list
 * either.
 */
const spellings = (path: string): readonly string[] =>
  path.startsWith('/usr/') ? [path, path.slice('/usr'.length)] : [path, `/usr${path}`];

/** A source must not throw. One that does has met something that nobody thought of: it says so. */
const readOne = (
  files: FileView,
  source: PackageSource,
  distribution: Distribution,
): PackageReading => {
  try {
    return source.read(files, distribution);
  } catch (thrown) {
    files.note({
      what: `the ${source.title} packages`,
      why: `their database could not be read: ${messageOf(thrown)}`,
      how: 'Report it, with the database if it may be shown.',
    });
    return { packages: [], doubt: `the ${source.title} database could not be read` };
  }
};

/** Where each family of distributions keeps its database, by `ID` and `ID_LIKE`. */
const families: readonly {
  readonly source: string;
  readonly ids: readonly string[];
  readonly where: string;
}[] = [
  { source: 'dpkg', ids: ['debian', 'ubuntu'], where: '/var/lib/dpkg/status' },
  {
    source: 'rpm',
    ids: ['rhel', 'fedora', 'centos', 'suse', 'sles', 'amzn', 'ol'],
    where: '/var/lib/rpm',
  },
  { source: 'apk', ids: ['alpine'], where: '/lib/apk/db/installed' },
];

/** Systems that keep a record of packages in a form of their own. */
const strangers = new Set(
  'nixos guix arch gentoo void slackware solus freebsd openbsd netbsd dragonfly openwrt solaris illumos omnios'.split(
    ' ',
  ),
);

/** A distribution without a package database is a copy that lacks it. */
const absence = (
  files: FileView,
  { id, idLike, prettyName }: Distribution,
  sources: readonly PackageSource[],
  readings: readonly PackageReading[],
): string | undefined => {
  if (readings.some(({ packages, doubt }) => packages.length > 0 || doubt !== undefined)) {
    return undefined;
  }
  const family = families.find(({ ids }) => ids.some(each => each === id || idLike.includes(each)));
  if (family === undefined) {
    if (![id, ...idLike].some(each => strangers.has(each))) return undefined;
    files.note({
      what: '/etc/os-release',
      why: `this is ${prettyName || id}, whose record of packages Postern does not read: what looks unpacked by hand may be a package`,
      how: 'Ask the package manager of that system for versions and updates.',
    });
    return `Postern does not read the record of packages of ${prettyName || id}`;
  }
  if (!sources.some(source => source.id === family.source)) return undefined;
  files.note({
    what: family.where,
    why: `there is no package database, though this is ${prettyName || id}: which packages are installed cannot be told`,
    how: 'Collect it too, and run Postern again.',
  });
  return 'there is no package database';
};

/** The architecture that most packages have; of two builds of one package, that one is meant. */
const nativeArch = (packages: readonly InstalledPackage[]): string | undefined => {
  const counts = new Map<string, number>();
  for (const { arch } of packages) {
    if (arch !== undefined) counts.set(arch, (counts.get(arch) ?? 0) + 1);
  }
  return [...counts]
    .filter(([arch]) => arch !== 'all' && arch !== 'noarch')
    .sort(([, a], [, b]) => b - a)[0]?.[0];
};

const nameAll = (readings: readonly PackageReading[]): ReadonlyMap<string, InstalledPackage> => {
  const byName = new Map<string, InstalledPackage>();
  for (const { packages } of readings) {
    const native = nativeArch(packages);
    for (const found of packages) {
      const known = byName.get(found.name);
      const better = known?.arch !== native && found.arch === native;
      if (known === undefined || (better && known.ecosystem === found.ecosystem)) {
        byName.set(found.name, found);
      }
    }
  }
  return byName;
};

/** Joins the package databases; a broken one leaves the others standing. */
export const readPackages = (files: FileView, sources: readonly PackageSource[]): PackageIndex => {
  const distribution = readDistribution(files);
  const system = sources.filter(source => source.scope === 'system');
  const language = sources.filter(source => source.scope === 'language');
  const readings = [...system, ...language].map(source => readOne(files, source, distribution));
  const systemReadings = readings.slice(0, system.length);
  const byName = nameAll(systemReadings);
  const doubt =
    systemReadings.find(reading => reading.doubt !== undefined)?.doubt ??
    files.cut?.why ??
    absence(files, distribution, system, systemReadings);

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
    ...(doubt === undefined ? {} : { doubt }),
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
