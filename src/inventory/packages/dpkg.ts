import type { FileView } from '../../core/files.ts';
import {
  type AptLists,
  aptListPatterns,
  isHouseVersion,
  readAptLists,
} from '../../core/formats/apt-lists.ts';
import { type Stanza, stanzas } from '../../core/formats/deb822.ts';
import type { Distribution, InstalledPackage } from '../../core/packages.ts';
import { purlOf } from '../../core/purl.ts';
import type { PackageReading, PackageSource } from '../package-source.ts';
import { debOrigin, listedMaker, type Maker } from './dpkg/origin.ts';
import { type Owner, openOwnership } from './dpkg/ownership.ts';

const statusPath = '/var/lib/dpkg/status';
const statusFolder = '/var/lib/dpkg/status.d';
const journalFolder = '/var/lib/dpkg/updates';
const statusBytesMax = 64 << 20;

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

/** Turns an installed stanza into a package; says what is wrong with it in `note`. */
const packageOf = (
  { fields, line, broken }: Stanza,
  path: string,
  distribution: Distribution,
  files: FileView,
  askLists: (name: string, version: string) => Maker | undefined,
): InstalledPackage | undefined => {
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
  const own = debOrigin(fields, distribution);
  const listed = own.origin === 'vendor' ? undefined : askLists(name, version);
  // A vendor's rebuild keeps Debian's maintainer, and a mirror of Debian may call itself otherwise:
  // who offers exactly this build knows better, unless its version is one of Debian's own row.
  const foreign = listed?.origin === 'vendor' && !isHouseVersion(version);
  const maker = foreign || own.origin === 'unknown' ? (listed ?? own) : own;
  const source = sourceOf(fields.get('source'), name, version);
  const arch = fields.get('architecture');
  const [description] = (fields.get('description') ?? '').split('\n');
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
    ...(description === undefined || description === '' ? {} : { description }),
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

const read = (files: FileView, distribution: Distribution): PackageReading => {
  noteInterruption(files);
  const parts = files.list(statusFolder).map(({ name }) => `${statusFolder}/${name}`);
  const sums = new Set(parts.filter(part => part.endsWith('.md5sums')));
  const paths = [statusPath, ...parts.filter(part => !sums.has(part))];
  const found: { readonly stanza: Stanza; readonly path: string }[] = [];
  for (const path of paths) {
    const text = files.text(path, { bytesMax: statusBytesMax });
    if (text === undefined) continue;
    for (const stanza of stanzas(text, wantedFields)) found.push({ stanza, path });
  }
  // The lists are read once, for all packages, and not at all when every package names its vendor.
  let lists: AptLists | undefined;
  const askLists = (name: string, version: string): Maker | undefined => {
    lists ??= readAptLists(
      files,
      found.flatMap(({ stanza }) => stanza.fields.get('package') ?? []),
    );
    return listedMaker(lists, name, version);
  };
  const packages: InstalledPackage[] = [];
  const owners: Owner[] = [];
  for (const { stanza, path } of found) {
    const one = packageOf(stanza, path, distribution, files, askLists);
    if (one === undefined) continue;
    packages.push(one);
    owners.push({
      name: one.name,
      ...(one.arch === undefined ? {} : { arch: one.arch }),
      ...(sums.has(`${path}.md5sums`) ? { sums: `${path}.md5sums` } : {}),
    });
  }
  const { ownerOf, filesOf } = openOwnership(files, owners);
  return { packages, ownerOf, filesOf };
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
