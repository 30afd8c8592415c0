import type { FileView } from '../../core/files.ts';
import { type ApkEntry, apkEntries } from '../../core/formats/apk-db.ts';
import type { Distribution, InstalledPackage } from '../../core/packages.ts';
import { purlOf } from '../../core/purl.ts';
import type { PackageReading, PackageSource } from '../package-source.ts';

const databases = ['/lib/apk/db/installed', '/usr/lib/apk/db/installed'];
const databaseBytesMax = 64 << 20;

const keyFolder = '/etc/apk/keys';

interface Trust {
  readonly alpineOnly: boolean;
  readonly why: string;
}

/** apk installs what is signed by a key of this folder, unless told otherwise (apk-keys(5)). */
const trustOf = (files: FileView): Trust => {
  const keys = files.list(keyFolder).map(({ name }) => name);
  const strange = keys.find(name => !name.startsWith('alpine-devel@lists.alpinelinux.org-'));
  if (keys.length === 0) return { alpineOnly: false, why: `${keyFolder} holds no key` };
  return strange === undefined
    ? { alpineOnly: true, why: `${keyFolder} trusts Alpine’s keys only` }
    : { alpineOnly: false, why: `${keyFolder} also trusts ${strange.slice(0, 100)}` };
};

const packageOf = (
  { fields }: ApkEntry,
  name: string,
  version: string,
  distribution: Distribution,
  trust: Trust,
): InstalledPackage => {
  const alpine = distribution.id === 'alpine' || distribution.idLike.includes('alpine');
  const contact = fields.get('m') ?? '';
  const maintainer = contact.replace(/<[^<>]*>/, '').trim();
  // Whoever builds with abuild in a git tree records a commit: alone it does not show whose tree.
  const commit = /^[0-9a-f]{40}/.test(fields.get('c') ?? '');
  const ours = alpine && commit && (trust.alpineOnly || /@alpinelinux\.org>?\s*$/.test(contact));
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
      ? trust.alpineOnly
        ? `the commit that it was built from is recorded, and ${trust.why}`
        : `maintained by ${maintainer} of Alpine`
      : commit
        ? `who built it is not recorded, and ${trust.why}`
        : 'it does not record the commit that it was built from, so who built it is not known',
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

/** Names and versions hold no spaces; what does is damage. */
const isWord = (text: string | undefined): text is string =>
  text !== undefined && /^[\w.+~:-]{1,200}$/.test(text);

/**
 * The line of the last entry where the database ends within it. apk ends each entry with an empty line, and gives
 * each package a checksum; who writes one by hand may do neither.
 */
const cutOff = (text: string, entries: readonly ApkEntry[]): number | undefined =>
  !text.endsWith('\n\n') &&
  entries.length > 1 &&
  entries.slice(0, -1).every(each => each.fields.has('C'))
    ? entries.at(-1)?.line
    : undefined;

const read = (files: FileView, distribution: Distribution): PackageReading => {
  const packages: InstalledPackage[] = [];
  const lists = new Map<string, readonly string[]>();
  const path = databases.find(each => files.stat(each) !== undefined);
  const text = path === undefined ? undefined : files.text(path, { bytesMax: databaseBytesMax });
  if (path === undefined || text === undefined) return { packages };
  const trust = trustOf(files);
  const entries = [...apkEntries(text)];
  const cut = cutOff(text, entries);
  let doubt: string | undefined;
  if (cut !== undefined) {
    // Half a version would be another one.
    if (!text.endsWith('\n')) entries.pop();
    doubt = `${path} is cut off in its entry of line ${cut}, and lost the packages after it`;
    files.note({
      what: path,
      why: `is cut off in the entry that begins in line ${cut}: packages that came after it are missing`,
      how: 'Run apk fix, then Postern again.',
    });
  }
  for (const entry of entries) {
    const name = entry.fields.get('P');
    const version = entry.fields.get('V');
    if (!isWord(name) || !isWord(version)) {
      files.note({
        what: path,
        why: `line ${entry.line}: an entry is broken (${(name ?? 'it names no package').slice(0, 60)})`,
        how: 'Run apk fix, then Postern again.',
      });
      doubt ??= `${path} is damaged at line ${entry.line}, and may have lost packages`;
      continue;
    }
    packages.push(packageOf(entry, name, version, distribution, trust));
    lists.set(name, entry.files);
  }
  let owners: Map<string, string> | undefined;
  return {
    packages,
    ...(doubt === undefined ? {} : { doubt }),
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
  reads: [...databases, `${keyFolder}/*`],
  read,
};
