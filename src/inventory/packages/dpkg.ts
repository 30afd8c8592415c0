import type { FileView } from '../../core/files.ts';
import type { Distribution, InstalledPackage } from '../../core/packages.ts';
import type { PackageReading, PackageSource } from '../package-source.ts';
import { debOrigin } from './dpkg/origin.ts';

const statusPath = '/var/lib/dpkg/status';
const statusBytesMax = 64 << 20;

/** States in which a package's files are on disk (dpkg(1), "Package states"). */
const present: ReadonlySet<string> = new Set([
  'installed',
  'unpacked',
  'half-configured',
  'triggers-awaited',
  'triggers-pending',
]);

interface Stanza {
  readonly fields: ReadonlyMap<string, string>;
  readonly line: number;
}

/** Splits deb822 text into stanzas; continuation lines are joined to their field. */
export function* stanzas(text: string): Iterable<Stanza> {
  let fields = new Map<string, string>();
  let first = 1;
  let last = '';
  let line = 0;
  for (const raw of text.split('\n')) {
    line += 1;
    if (raw.trim() === '') {
      if (fields.size > 0) yield { fields, line: first };
      fields = new Map();
      first = line + 1;
      last = '';
      continue;
    }
    if (raw.startsWith(' ') || raw.startsWith('\t')) {
      if (last !== '') fields.set(last, `${fields.get(last) ?? ''}\n${raw.trim()}`);
      continue;
    }
    const colon = raw.indexOf(':');
    if (colon <= 0) {
      fields.set('\0broken', raw.slice(0, 80));
      continue;
    }
    last = raw.slice(0, colon).toLowerCase();
    fields.set(last, raw.slice(colon + 1).trim());
  }
  if (fields.size > 0) yield { fields, line: first };
}

/** `dovecot (1:2.3.19)` or `dovecot`: the source's name, and its version where it differs. */
const sourceOf = (
  field: string | undefined,
  name: string,
  version: string,
): { name: string; version: string } | undefined => {
  if (field === undefined) return undefined;
  const match = /^(\S+)(?:\s+\(([^)]+)\))?$/.exec(field);
  if (match === null) return undefined;
  const source = { name: match[1] ?? name, version: match[2] ?? version };
  return source.name === name && source.version === version ? undefined : source;
};

const packageOf = (
  { fields, line }: Stanza,
  distribution: Distribution,
  files: FileView,
): InstalledPackage | undefined => {
  const name = fields.get('package');
  const version = fields.get('version');
  const state = (fields.get('status') ?? '').split(/\s+/)[2] ?? '';
  if (name === undefined || fields.has('\0broken')) {
    files.note({
      what: statusPath,
      why: `line ${line}: a stanza is broken (${name ?? 'it names no package'})`,
      how: 'Restore it from /var/lib/dpkg/status-old or /var/backups/dpkg.status.0.',
    });
    if (name === undefined) return undefined;
  }
  if (!present.has(state)) return undefined;
  if (version === undefined) {
    files.note({
      what: statusPath,
      why: `line ${line}: ${name} is installed but its stanza names no version`,
      how: `Reinstall it: apt install --reinstall ${name}`,
    });
    return undefined;
  }
  const { origin, supplier, why } = debOrigin(fields, distribution);
  const source = sourceOf(fields.get('source'), name, version);
  const arch = fields.get('architecture');
  const namespace = origin === 'distribution' ? distribution.id || 'debian' : 'unknown';
  const qualifiers = [
    arch === undefined ? '' : `arch=${encodeURIComponent(arch)}`,
    distribution.codename === '' ? '' : `distro=${distribution.codename}`,
  ].filter(part => part !== '');
  return {
    ecosystem: 'deb',
    name,
    version,
    ...(source === undefined ? {} : { source }),
    ...(arch === undefined ? {} : { arch }),
    supplier,
    origin,
    originWhy: why,
    purl: `pkg:deb/${origin === 'distribution' ? `${namespace}/` : ''}${encodeURIComponent(name)}@${encodeURIComponent(version).replaceAll('%3A', ':')}${
      qualifiers.length > 0 ? `?${qualifiers.join('&')}` : ''
    }`,
    ...(fields.has('description')
      ? { description: (fields.get('description') ?? '').split('\n')[0] ?? '' }
      : {}),
  };
};

const infoFolder = '/var/lib/dpkg/info';

const read = (files: FileView, distribution: Distribution): PackageReading => {
  const packages: InstalledPackage[] = [];
  const parts = ['/var/lib/dpkg/status.d'].flatMap(folder =>
    files.list(folder).map(entry => `${folder}/${entry.name}`),
  );
  for (const path of [statusPath, ...parts.filter(part => !part.endsWith('.md5sums'))]) {
    const text = files.text(path, { bytesMax: statusBytesMax });
    if (text === undefined) continue;
    for (const stanza of stanzas(text)) {
      const status = stanza.fields.get('status');
      const settled =
        status === undefined && path !== statusPath
          ? { ...stanza, fields: new Map([...stanza.fields, ['status', 'install ok installed']]) }
          : stanza;
      const found = packageOf(settled, distribution, files);
      if (found !== undefined) packages.push(found);
    }
  }
  const lists = new Map<string, readonly string[]>();
  const filesOf = (name: string): readonly string[] => {
    const known = lists.get(name);
    if (known !== undefined) return known;
    const arch = packages.find(entry => entry.name === name)?.arch ?? 'amd64';
    const path = [`${infoFolder}/${name}.list`, `${infoFolder}/${name}:${arch}.list`].find(
      candidate => files.stat(candidate) !== undefined,
    );
    const text = path === undefined ? undefined : files.text(path, { bytesMax: 16 << 20 });
    const paths = text === undefined ? [] : text.split('\n').filter(line => line !== '');
    lists.set(name, paths);
    return paths;
  };

  let owners: Map<string, string> | undefined;
  const ownerIn = (path: string, names: readonly string[]): string | undefined =>
    names.find(name => filesOf(name).includes(path));
  const ownerOf = (path: string): string | undefined => {
    if (owners === undefined) {
      // Most questions are about files whose path holds the package's name: those lists are read
      // first, and all of the others only when that did not answer.
      const near = packages.filter(entry => {
        const stem = entry.name.split(/[-.]/)[0] ?? entry.name;
        return stem.length > 2 && path.includes(stem);
      });
      const owner = ownerIn(
        path,
        near.map(entry => entry.name),
      );
      if (owner !== undefined) return owner;
      owners = new Map();
      for (const { name } of packages) {
        for (const owned of filesOf(name)) if (!owners.has(owned)) owners.set(owned, name);
      }
    }
    return owners.get(path);
  };
  return { packages, ownerOf, filesOf };
};

/** Debian's package database: dpkg(1), deb822(5). */
export const dpkg: PackageSource = {
  id: 'dpkg',
  title: 'dpkg',
  scope: 'system',
  reads: ['/var/lib/dpkg/status', '/var/lib/dpkg/status.d/*', '/var/lib/dpkg/info/*.list'],
  read,
};
