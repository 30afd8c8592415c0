import type { FileView } from '../../../core/files.ts';
import { between, pickBlocks } from '../../../core/formats/pick.ts';
import { unpacked } from '../../../core/formats/unpack.ts';
import { baseOf, dirOf } from '../../../core/paths.ts';
import { enabledRepositories } from './configured.ts';
import { followedStreams, readStreams, type Streams } from './modules.ts';

/** One build of one package, as a repository's index or one of its advisories names it. */
export interface RpmOffer {
  readonly name: string;
  readonly version: string;
  readonly arch: string;
  readonly repository: Repository;
}

/** A build that an advisory (`updateinfo.xml`) released. */
export interface RpmAdvisory extends RpmOffer {
  readonly id: string;
  readonly security: boolean;
  /** RFC 3339, UTC. */
  readonly issued?: string;
}

export interface Repository {
  /** As in the file below `/etc/yum.repos.d`: `baseos`, `epel`. */
  readonly id: string;
  /** Its `repomd.xml`. */
  readonly path: string;
  /** RFC 3339, UTC: when it was generated. */
  readonly generated?: string;
  /** RFC 3339, UTC: when dnf last saw that this is still what the repository has. */
  readonly checked?: string;
  /** Whether it says which updates mend flaws. */
  readonly hasAdvisories: boolean;
}

export interface Repositories {
  readonly all: readonly Repository[];
  readonly offers: ReadonlyMap<string, readonly RpmOffer[]>;
  readonly advisories: ReadonlyMap<string, readonly RpmAdvisory[]>;
  /** The module stream of each build that is a module's. */
  readonly streams: Streams;
  /** Indexes that exist and could not be read. */
  readonly unread: readonly string[];
  /** Repositories that are switched on and of which there is no index here. */
  readonly missing: readonly string[];
}

/** Where dnf 4, dnf 5, yum and zypper keep what they downloaded. */
export const repomdPatterns: readonly string[] = [
  '/var/cache/dnf/*/repodata/repomd.xml',
  '/var/cache/libdnf5/*/repodata/repomd.xml',
  '/var/cache/yum/*/*/*/repomd.xml',
  '/var/cache/zypp/raw/*/repodata/repomd.xml',
];

const repositoriesMax = 100;
const indexBytesMax = 384 << 20;
const hourMs = 3_600_000;

const stampOf = (text: string | undefined): string | undefined => {
  const trimmed = (text ?? '').trim();
  const seconds = /^\d{9,11}(?:\.\d+)?$/.test(trimmed) ? Number(trimmed) : undefined;
  const iso = /^\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2})?)?/.exec(trimmed)?.[0];
  const ms =
    seconds === undefined
      ? Date.parse(iso === undefined ? '' : `${iso.replace(' ', 'T')}${iso.length > 10 ? 'Z' : ''}`)
      : seconds * 1000;
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
};

const attributesOf = (tag: string): ReadonlyMap<string, string> =>
  new Map(
    [...tag.slice(0, 4_000).matchAll(/([a-z]{1,40})="([^"<]{0,1000})"/g)].map(match => [
      match[1] ?? '',
      match[2] ?? '',
    ]),
  );

const versionFrom = (
  attributes: ReadonlyMap<string, string>,
  number: string,
  release: string,
): string => {
  const epoch = attributes.get('epoch') ?? '0';
  return `${/^[1-9]\d*$/.test(epoch) ? `${epoch}:` : ''}${number}-${release}`;
};

/** Which files a repository's `repomd.xml` names, by kind. */
const readRepomd = (files: FileView, path: string) => {
  const text = files.text(path) ?? '';
  const hrefs = new Map<string, string>();
  const stamps = [stampOf(/<revision>([^<]{1,40})</.exec(text)?.[1])];
  for (const part of text.split('<data ').slice(1, 60)) {
    const kind = /^type="([a-z_]{1,40})"/.exec(part)?.[1] ?? '';
    const href = /<location [^<>]{0,400}?href="([^"<]{1,400})"/.exec(part)?.[1];
    if (href !== undefined) hrefs.set(kind, href);
    stamps.push(stampOf(/<timestamp>([^<]{1,40})</.exec(part)?.[1]));
  }
  return {
    hrefs,
    generated: stamps
      .flatMap(stamp => stamp ?? [])
      .sort()
      .at(-1),
  };
};

/** `baseos-0123456789abcdef` is the cache of `baseos`. */
const idOf = (path: string): string => {
  const folder = dirOf(path);
  const base = baseOf(folder) === 'repodata' ? baseOf(dirOf(folder)) : baseOf(folder);
  return base.replace(/-[0-9a-f]{16}$/, '');
};

const nameIn =
  (names: ReadonlySet<string>) =>
  (bytes: Buffer, from: number, to: number): boolean =>
    names.has(between(bytes, '<name>', '</name>', from, to)?.text ?? '');

const namesAny =
  (names: ReadonlySet<string>) =>
  (bytes: Buffer, from: number, to: number): boolean => {
    for (let at = from; at < to; ) {
      const tag = between(bytes, '<package ', '>', at, to);
      if (tag === undefined) return false;
      const name = / ?name="([^"]{1,200})"/.exec(tag.text)?.[1];
      if (name !== undefined && names.has(name)) return true;
      at = tag.end;
    }
    return false;
  };

const offersIn = (
  pieces: Iterable<Uint8Array>,
  names: ReadonlySet<string>,
  repository: Repository,
): readonly RpmOffer[] => {
  const out: RpmOffer[] = [];
  const marks = { open: '<package type="rpm"', close: '</package>' };
  for (const block of pickBlocks(pieces, marks, nameIn(names))) {
    const name = /<name>([^<]{1,200})</.exec(block)?.[1] ?? '';
    const arch = /<arch>([^<]{1,40})</.exec(block)?.[1] ?? '';
    const tag = attributesOf(/<version ([^<>]{1,600})>/.exec(block)?.[1] ?? '');
    const number = tag.get('ver');
    const release = tag.get('rel');
    if (number === undefined || release === undefined || arch === 'src') continue;
    out.push({ name, version: versionFrom(tag, number, release), arch, repository });
  }
  return out;
};

const advisoriesIn = (
  pieces: Iterable<Uint8Array>,
  names: ReadonlySet<string>,
  repository: Repository,
): readonly RpmAdvisory[] => {
  const out: RpmAdvisory[] = [];
  const marks = { open: '<update ', close: '</update>' };
  for (const block of pickBlocks(pieces, marks, namesAny(names))) {
    const head = attributesOf(block.slice(0, block.indexOf('>')));
    const id = /<id>([^<]{1,100})</.exec(block)?.[1] ?? 'an advisory without a name';
    const issued = stampOf(/<issued [^<>]{0,100}?date="([^"<]{1,40})"/.exec(block)?.[1]);
    for (const part of block.split('<package ').slice(1, 20_000)) {
      const tag = attributesOf(part.slice(0, Math.max(0, part.indexOf('>'))));
      const name = tag.get('name') ?? '';
      const number = tag.get('version');
      const release = tag.get('release');
      if (!names.has(name) || number === undefined || release === undefined) continue;
      out.push({
        name,
        version: versionFrom(tag, number, release),
        arch: tag.get('arch') ?? '',
        repository,
        id,
        security: head.get('type') === 'security',
        ...(issued === undefined ? {} : { issued }),
      });
    }
  }
  return out;
};

const group = <T extends { readonly name: string }>(
  all: readonly T[],
): ReadonlyMap<string, readonly T[]> => {
  const out = new Map<string, T[]>();
  for (const each of all) out.set(each.name, [...(out.get(each.name) ?? []), each]);
  return out;
};

/**
 * dnf touches its copy of `primary` whenever it finds it to be what the repository still has. A tree
 * that was copied without its times has one and the same time everywhere, which says nothing.
 */
const checkedAt = (
  files: FileView,
  primary: string | undefined,
  generated: string | undefined,
  now: Date,
): string | undefined => {
  const mtimeMs = primary === undefined ? undefined : files.stat(primary)?.mtimeMs;
  const systemMs = files.stat('/etc/os-release')?.mtimeMs;
  if (mtimeMs === undefined || systemMs === undefined || generated === undefined) return undefined;
  const plausible =
    mtimeMs <= now.getTime() &&
    mtimeMs >= Date.parse(generated) &&
    Math.abs(mtimeMs - systemMs) > hourMs;
  return plausible ? new Date(mtimeMs).toISOString() : undefined;
};

/** Reads the cached indexes and advisories of every repository, for the packages asked about. */
export const readRepositories = (
  files: FileView,
  names: ReadonlySet<string>,
  now: Date,
): Repositories => {
  const all: Repository[] = [];
  const offers: RpmOffer[] = [];
  const advisories: RpmAdvisory[] = [];
  const unread: string[] = [];
  const streams = new Map<string, string>();
  const followed = followedStreams(files);
  const paths = repomdPatterns.flatMap(pattern => files.glob(pattern)).slice(0, repositoriesMax);
  const enabled = enabledRepositories(files);
  for (const path of paths) {
    // The cache keeps what was switched off or removed since: dnf installs nothing from there.
    if (enabled !== undefined && !enabled.has(idOf(path))) continue;
    const { hrefs, generated } = readRepomd(files, path);
    const base = baseOf(dirOf(path)) === 'repodata' ? dirOf(dirOf(path)) : dirOf(path);
    /** yum puts the files beside `repomd.xml`, and unpacked ones into `gen`. */
    const fileOf = (kind: string): string | undefined =>
      // Fedora offers each list twice, and dnf fetches the one that it can fetch in parts.
      [kind, `${kind}_zck`]
        .flatMap(each => {
          const href = hrefs.get(each);
          if (href === undefined || href.includes('..')) return [];
          return [`${base}/${href}`, `${base}/${baseOf(href)}`, `${base}/gen/${kind}.xml`];
        })
        .find(each => files.stat(each)?.kind === 'file');
    const updateinfo = fileOf('updateinfo');
    const primary = fileOf('primary');
    const checked = checkedAt(files, primary, generated, now);
    const repository: Repository = {
      id: idOf(path),
      path,
      ...(generated === undefined ? {} : { generated }),
      ...(checked === undefined ? {} : { checked }),
      hasAdvisories: updateinfo !== undefined,
    };
    all.push(repository);
    const notedBefore = files.unseen.length;
    const limits = { bytesMax: indexBytesMax };
    if (hrefs.size === 0) unread.push(`${path} (it names no list of packages)`);
    else if (primary === undefined)
      unread.push(`${base} (its list of packages is not in the cache)`);
    if (primary !== undefined)
      offers.push(...offersIn(unpacked(files, primary, limits), names, repository));
    if (updateinfo !== undefined) {
      advisories.push(...advisoriesIn(unpacked(files, updateinfo, limits), names, repository));
    }
    const modules = fileOf('modules');
    if (modules !== undefined) readStreams(files, modules, names, followed, streams);
    for (const { what } of files.unseen.slice(notedBefore)) {
      if (what === primary || what === updateinfo) unread.push(what);
    }
  }
  const cached = new Set(all.map(({ id }) => id));
  const missing = [...(enabled ?? [])].filter(id => !cached.has(id));
  return { all, offers: group(offers), advisories: group(advisories), streams, unread, missing };
};
