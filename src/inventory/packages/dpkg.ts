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
import { besideGaps, cutOff, dpkgRemedy, lostPackages, openCommonFields } from './dpkg/damage.ts';
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

/** The others that there are. */
const absent: ReadonlySet<string> = new Set(['not-installed', 'config-files', 'half-installed']);

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
  'installed-size',
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

/** What was found of a status, one stanza after another. */
interface Found {
  readonly installed: Installed[];
  /** Every name that has a stanza. */
  readonly known: Set<string>;
  doubt?: string;
}

/** Takes in the package that a stanza says is installed; says what is wrong with it. */
const takeStanza = (
  { fields, line, broken }: Stanza,
  path: string,
  distribution: Distribution,
  files: FileView,
  found: Found,
): void => {
  const name = fields.get('package');
  const [, , state = path === statusPath ? '' : 'installed'] = (fields.get('status') ?? '').split(
    /\s+/,
  );
  const complain = (why: string): void =>
    files.note({ what: path, why: `line ${line}: ${why}`, how: dpkgRemedy });
  /** dpkg writes no such stanza: others may have gone with what is missing of it. */
  const damaged = (why: string): void => {
    complain(why);
    found.doubt ??= `${path} is damaged at line ${line}, and may have lost packages`;
  };
  if (broken !== undefined || name === undefined || !/^[\w+.-]{1,200}$/.test(name)) {
    damaged(`a stanza is broken (${(name ?? broken ?? 'it names no package').slice(0, 60)})`);
  }
  if (name === undefined || !/^[\w+.-]{1,200}$/.test(name)) return;
  found.known.add(copyOf(name));
  if (state === 'half-installed') {
    complain(`${name} is half installed: what of it is on disk is not known`);
  }
  if (absent.has(state)) return;
  if (state === '') {
    damaged(`${name} has no state, so whether it is installed is not known`);
    return;
  }
  if (!present.has(state)) {
    damaged(`${name} is in no state that there is, so whether it is installed is not known`);
    return;
  }
  const version = fields.get('version');
  if (version === undefined || version === '') {
    damaged(`${name} is installed but its stanza names no version`);
    return;
  }
  if (!/^(?:\d{1,9}:)?[A-Za-z0-9.+~:-]{1,200}$/.test(version)) {
    damaged(`${name} has a version that is none`);
    return;
  }
  const source = sourceOf(fields.get('source'), name, version);
  const arch = fields.get('architecture');
  const [description = ''] = (fields.get('description') ?? '').split('\n', 1);
  const own = debOrigin(fields, distribution);
  found.installed.push({
    name: copyOf(name),
    version: copyOf(version),
    ...(source === undefined
      ? {}
      : { source: { name: copyOf(source.name), version: copyOf(source.version) } }),
    ...(arch === undefined ? {} : { arch: copyOf(arch) }),
    ...(description === '' ? {} : { description: copyOf(description) }),
    own: { origin: own.origin, supplier: copyOf(own.supplier), why: copyOf(own.why) },
    path,
  });
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
const noteInterruption = (files: FileView, found: Found): void => {
  if (!files.list(journalFolder).some(({ name }) => /^\d+$/.test(name))) return;
  found.doubt ??= `${journalFolder} holds changes that dpkg did not finish`;
  files.note({
    what: journalFolder,
    why: 'holds changes that dpkg did not finish: what is installed may differ from what was read',
    how: 'dpkg --configure -a',
  });
};

const readStatus = (
  files: FileView,
  path: string,
  distribution: Distribution,
  found: Found,
): void => {
  if ((files.stat(path)?.sizeBytes ?? 0) > statusBytesMax) {
    found.doubt ??= `${path} is longer than the ${statusBytesMax} bytes that are read`;
  }
  const common = openCommonFields();
  let last: Stanza | undefined;
  for (const stanza of stanzasIn(files, path, statusBytesMax, wantedFields)) {
    if (found.installed.length >= packagesMax) {
      const why = `lists more than ${packagesMax} installed packages`;
      files.note({
        what: path,
        why: `${why}; the rest was not read`,
        how: 'Check it: Debian has fewer.',
      });
      found.doubt ??= `${path} ${why}`;
      return;
    }
    if (last !== undefined) {
      takeStanza(last, path, distribution, files, found);
      common.add(last);
    }
    last = stanza;
  }
  if (last === undefined) return;
  const cut = path === statusPath ? cutOff(files, path, last, common) : undefined;
  if (cut !== undefined) {
    files.note({
      what: path,
      why: `is cut off in the stanza that begins in line ${last.line}: packages that came after it are missing`,
      how: dpkgRemedy,
    });
    found.doubt ??= `${path} is cut off in its stanza of line ${last.line}, and lost the packages after it`;
  }
  // Half a version would be another one.
  if (cut !== 'within a line') takeStanza(last, path, distribution, files, found);
};

/** What is installed for certain, where lists of files show that the status lost packages. */
const withoutLost = (files: FileView, found: Found): readonly Installed[] => {
  const lost = lostPackages(files, found.known);
  if (lost.length === 0) return found.installed;
  const names = lost.slice(0, 3).join(', ');
  files.note({
    what: statusPath,
    why: `does not name packages whose files are installed, such as ${names}: it is damaged or not all there`,
    how: dpkgRemedy,
  });
  found.doubt ??= `${statusPath} lost packages, such as ${names}`;
  const mixed = besideGaps(found.known, lost);
  return found.installed.filter(({ name }) => !mixed.has(name));
};

const read = (files: FileView, distribution: Distribution): PackageReading => {
  const found: Found = { installed: [], known: new Set() };
  noteInterruption(files, found);
  const parts = files.list(statusFolder).map(({ name }) => `${statusFolder}/${name}`);
  const sums = new Set(parts.filter(part => part.endsWith('.md5sums')));
  for (const path of [statusPath, ...parts.filter(part => !sums.has(part))]) {
    readStatus(files, path, distribution, found);
  }
  const installed = withoutLost(files, found);
  const { doubt } = found;
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
