import type { FileView } from '../../core/files.ts';
import {
  type AptLists,
  aptListPatterns,
  isHouseVersion,
  readAptLists,
} from '../../core/formats/apt-lists.ts';
import { type Stanza, stanzasIn } from '../../core/formats/deb822.ts';
import type { Distribution, InstalledPackage } from '../../core/packages.ts';
import { purlOf } from '../../core/purl.ts';
import type { PackageReading, PackageSource } from '../package-source.ts';
import { debOrigin, listedMaker, type Maker } from './dpkg/origin.ts';
import { type Owner, openOwnership } from './dpkg/ownership.ts';

const statusPath = '/var/lib/dpkg/status';
const statusFolder = '/var/lib/dpkg/status.d';
const journalFolder = '/var/lib/dpkg/updates';
const statusBytesMax = 64 << 20;
/** More than any distribution has to offer. */
const packagesMax = 100_000;

/** States in which a package's files are on disk (dpkg(1), "Package states"). */
const present: ReadonlySet<string> = new Set([
  'installed',
  'unpacked',
  'half-configured',
  'triggers-awaited',
  'triggers-pending',
]);

const wantedFields: ReadonlySet<string> = new Set([
  'package',
  'status',
  'version',
  'architecture',
  'maintainer',
  'source',
  'origin',
  'vendor',
  'bugs',
  'description',
]);

/** `dovecot (1:2.3.19)` or `dovecot`: the source's name, and its version where it differs. */
const sourceOf = (
  field: string | undefined,
  name: string,
  version: string,
): { name: string; version: string } | undefined => {
  const match = /^(\S+)(?:\s+\(([^)]+)\))?$/.exec(field ?? '');
  if (match === null) return undefined;
  const source = { name: match[1] ?? name, version: match[2] ?? version };
  return source.name === name && source.version === version ? undefined : source;
};

const purlOfDeb = (
  name: string,
  version: string,
  arch: string | undefined,
  maker: Maker,
  { id, codename, versionId }: Distribution,
): string =>
  purlOf({
    type: 'deb',
    ...(maker.origin === 'distribution' ? { namespace: id || 'debian' } : {}),
    name,
    version,
    qualifiers: { arch, distro: codename || (versionId === '' ? '' : `${id}-${versionId}`) },
  });

/** What is needed of a stanza: a status of hundreds of thousands is not held. */
interface Installed {
  readonly name: string;
  readonly version: string;
  readonly arch?: string;
  readonly source?: { readonly name: string; readonly version: string };
  readonly description?: string;
  /** Who made it, by its own fields. */
  readonly own: Maker;
  readonly path: string;
}

/** A copy: a piece of a longer text would keep all of it in memory. */
const copyOf = (text: string): string => ` ${text}`.slice(1);

/** The package that a stanza says is installed; says what is wrong with it in `note`. */
const installedIn = (
  { fields, line, broken }: Stanza,
  path: string,
  distribution: Distribution,
  files: FileView,
): Installed | undefined => {
  const name = fields.get('package');
  const [, , state = path === statusPath ? '' : 'installed'] = (fields.get('status') ?? '').split(
    /\s+/,
  );
  const complain = (why: string): undefined => {
    files.note({
      what: path,
      why: `line ${line}: ${why}`,
      how: 'Compare with /var/lib/dpkg/status-old and /var/backups/dpkg.status.0, then run dpkg --audit.',
    });
  };
  if (broken !== undefined || name === undefined || !/^[\w+.-]{1,200}$/.test(name)) {
    complain(`a stanza is broken (${(name ?? broken ?? 'it names no package').slice(0, 60)})`);
  }
  if (name === undefined || !/^[\w+.-]{1,200}$/.test(name)) return undefined;
  if (state === 'half-installed') {
    return complain(`${name} is half installed: what of it is on disk is not known`);
  }
  if (state === '')
    return complain(`${name} has no state, so whether it is installed is not known`);
  if (!present.has(state)) return undefined;
  const version = fields.get('version');
  if (version === undefined || version === '') {
    return complain(`${name} is installed but its stanza names no version`);
  }
  const source = sourceOf(fields.get('source'), name, version);
  const arch = fields.get('architecture');
  const [description = ''] = (fields.get('description') ?? '').split('\n', 1);
  const own = debOrigin(fields, distribution);
  return {
    name: copyOf(name),
    version: copyOf(version),
    ...(source === undefined
      ? {}
      : { source: { name: copyOf(source.name), version: copyOf(source.version) } }),
    ...(arch === undefined ? {} : { arch: copyOf(arch) }),
    ...(description === '' ? {} : { description: copyOf(description) }),
    own: { origin: own.origin, supplier: copyOf(own.supplier), why: copyOf(own.why) },
    path,
  };
};

const packageOf = (
  { name, version, arch, source, description, own }: Installed,
  distribution: Distribution,
  askLists: (name: string, version: string) => Maker | undefined,
): InstalledPackage => {
  const listed = own.origin === 'vendor' ? undefined : askLists(name, version);
  // A vendor's rebuild keeps Debian's maintainer, and a mirror of Debian may call itself otherwise:
  // who offers exactly this build knows better, unless its version is one of Debian's own row.
  const foreign = listed?.origin === 'vendor' && !isHouseVersion(version);
  const maker = foreign || own.origin === 'unknown' ? (listed ?? own) : own;
  return {
    ecosystem: 'deb',
    name,
    version,
    ...(source === undefined ? {} : { source }),
    ...(arch === undefined ? {} : { arch }),
    supplier: maker.supplier,
    origin: maker.origin,
    originWhy: maker.why,
    purl: purlOfDeb(name, version, arch, maker, distribution),
    ...(description === undefined ? {} : { description }),
  };
};

/** dpkg writes changes beside the status first, and leaves them there when it is interrupted. */
const noteInterruption = (files: FileView): void => {
  if (!files.list(journalFolder).some(({ name }) => /^\d+$/.test(name))) return;
  files.note({
    what: journalFolder,
    why: 'holds changes that dpkg did not finish: what is installed may differ from what was read',
    how: 'dpkg --configure -a',
  });
};

interface Status {
  readonly installed: readonly Installed[];
  readonly doubt?: string;
}

const readStatus = (
  files: FileView,
  paths: readonly string[],
  distribution: Distribution,
): Status => {
  const installed: Installed[] = [];
  let doubt: string | undefined;
  for (const path of paths) {
    if ((files.stat(path)?.sizeBytes ?? 0) > statusBytesMax) {
      doubt = `${path} is longer than the ${statusBytesMax} bytes that are read`;
    }
    for (const stanza of stanzasIn(files, path, statusBytesMax, wantedFields)) {
      const one = installedIn(stanza, path, distribution, files);
      if (one === undefined) continue;
      if (installed.length >= packagesMax) {
        const why = `lists more than ${packagesMax} installed packages`;
        files.note({
          what: path,
          why: `${why}; the rest was not read`,
          how: 'Check it: Debian has fewer.',
        });
        return { installed, doubt: `${path} ${why}` };
      }
      installed.push(one);
    }
  }
  return { installed, ...(doubt === undefined ? {} : { doubt }) };
};

const read = (files: FileView, distribution: Distribution): PackageReading => {
  noteInterruption(files);
  const parts = files.list(statusFolder).map(({ name }) => `${statusFolder}/${name}`);
  const sums = new Set(parts.filter(part => part.endsWith('.md5sums')));
  const paths = [statusPath, ...parts.filter(part => !sums.has(part))];
  const { installed, doubt } = readStatus(files, paths, distribution);
  // The lists are read once, for all packages, and not at all when every package names its vendor.
  let lists: AptLists | undefined;
  const askLists = (name: string, version: string): Maker | undefined => {
    lists ??= readAptLists(
      files,
      installed.map(each => each.name),
    );
    return listedMaker(lists, name, version);
  };
  const packages = installed.map(each => packageOf(each, distribution, askLists));
  const owners = installed.map(
    ({ name, arch, path }): Owner => ({
      name,
      ...(arch === undefined ? {} : { arch }),
      ...(sums.has(`${path}.md5sums`) ? { sums: `${path}.md5sums` } : {}),
    }),
  );
  const { ownerOf, filesOf } = openOwnership(files, owners);
  return { packages, ...(doubt === undefined ? {} : { doubt }), ownerOf, filesOf };
};

/** Debian's package database: dpkg(1), deb822(5). */
export const dpkg: PackageSource = {
  id: 'dpkg',
  title: 'dpkg',
  scope: 'system',
  reads: [
    '/var/lib/dpkg/status',
    '/var/lib/dpkg/status.d/*',
    '/var/lib/dpkg/updates/*',
    '/var/lib/dpkg/info/*.list',
    '/var/lib/dpkg/diversions',
    ...aptListPatterns,
  ],
  read,
};
