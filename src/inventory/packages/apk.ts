import type { FileView } from '../../core/files.ts';
import { type ApkEntry, apkEntries } from '../../core/formats/apk-db.ts';
import type { Distribution, InstalledPackage } from '../../core/packages.ts';
import { purlOf } from '../../core/purl.ts';
import type { PackageReading, PackageSource } from '../package-source.ts';

const databases = ['/lib/apk/db/installed', '/usr/lib/apk/db/installed'];
const databaseBytesMax = 64 << 20;

const packageOf = (
  { fields }: ApkEntry,
  name: string,
  version: string,
  distribution: Distribution,
): InstalledPackage => {
  const alpine = distribution.id === 'alpine' || distribution.idLike.includes('alpine');
  const maintainer = (fields.get('m') ?? '').replace(/<[^>]*>/, '').trim();
  // Alpine builds every package of its own from its aports tree, whose commit is recorded.
  const ours = alpine && /^[0-9a-f]{40}/.test(fields.get('c') ?? '');
  const source = fields.get('o') ?? name;
  const arch = fields.get('A');
  const built = Number(fields.get('t') ?? '');
  return {
    ecosystem: 'apk',
    name,
    version,
    ...(source === name ? {} : { source: { name: source, version } }),
    ...(arch === undefined ? {} : { arch }),
    supplier: ours
      ? distribution.prettyName.split(' v')[0] || 'Alpine Linux'
      : maintainer || 'somebody unnamed',
    origin: ours ? 'distribution' : 'unknown',
    originWhy: ours
      ? 'built from the distribution’s own tree, whose commit is recorded'
      : 'no commit of the distribution’s tree is recorded, so who built it is not known',
    purl: purlOf({
      type: 'apk',
      ...(ours ? { namespace: distribution.id } : {}),
      name,
      version,
      qualifiers: {
        arch,
        distro: distribution.versionId === '' ? '' : `${distribution.id}-${distribution.versionId}`,
      },
    }),
    ...(fields.has('T') ? { description: fields.get('T') ?? '' } : {}),
    ...(Number.isFinite(built) && built > 0 && built < 1e11
      ? { built: new Date(built * 1000).toISOString() }
      : {}),
  };
};

const read = (files: FileView, distribution: Distribution): PackageReading => {
  const packages: InstalledPackage[] = [];
  const lists = new Map<string, readonly string[]>();
  const path = databases.find(each => files.stat(each) !== undefined);
  const text = path === undefined ? undefined : files.text(path, { bytesMax: databaseBytesMax });
  if (path === undefined || text === undefined) return { packages };
  for (const entry of apkEntries(text)) {
    const name = entry.fields.get('P');
    const version = entry.fields.get('V');
    if (name === undefined || version === undefined || name === '' || version === '') {
      files.note({
        what: path,
        why: `line ${entry.line}: an entry is broken (${(name ?? 'it names no package').slice(0, 60)})`,
        how: 'Run apk fix, then Postern again.',
      });
      continue;
    }
    packages.push(packageOf(entry, name, version, distribution));
    lists.set(name, entry.files);
  }
  let owners: Map<string, string> | undefined;
  return {
    packages,
    filesOf: name => lists.get(name) ?? [],
    ownerOf: asked => {
      if (owners === undefined) {
        owners = new Map();
        for (const [name, paths] of lists) for (const owned of paths) owners.set(owned, name);
      }
      return owners.get(asked);
    },
  };
};

/** Alpine's package database (apk-tools, apk(5)). */
export const apk: PackageSource = {
  id: 'apk',
  title: 'apk',
  scope: 'system',
  reads: databases,
  read,
};
