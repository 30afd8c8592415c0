import { createHash } from 'node:crypto';
import type { FileView } from '../../../core/files.ts';
import { type ApkEntry, apkEntries } from '../../../core/formats/apk-db.ts';
import { unpacked } from '../../../core/formats/unpack.ts';
import { baseOf } from '../../../core/paths.ts';
import { withoutAccounts } from '../../../core/url-text.ts';

export const indexPatterns: readonly string[] = [
  '/var/cache/apk/APKINDEX.*.tar.gz',
  '/etc/apk/cache/APKINDEX.*.tar.gz',
];
export const repositoryPatterns: readonly string[] = [
  '/etc/apk/repositories',
  '/etc/apk/repositories.d/*.list',
];
const indexBytesMax = 128 << 20;

/** One repository's cached index. */
interface ApkIndex {
  readonly path: string;
  /** RFC 3339, UTC: when it was made, at the earliest. */
  readonly asOf?: string;
}

export interface ApkOffer {
  readonly name: string;
  readonly version: string;
  /** RFC 3339, UTC: when it was built, shortly before it was published. */
  readonly built?: string;
  readonly index: ApkIndex;
}

export interface ApkIndexes {
  readonly all: readonly ApkIndex[];
  readonly offers: ReadonlyMap<string, readonly ApkOffer[]>;
  readonly unread: readonly string[];
  /** Repositories that are named and of which there is no index here. */
  readonly missing: readonly string[];
}

interface TarFile {
  readonly bytes: Buffer;
  /** Seconds since 1970. */
  readonly modified: number;
}

/** The content of one file in a tar archive (POSIX ustar); nothing when it is not there, or cut off. */
const fileInTar = (tar: Buffer, wanted: string): TarFile | undefined => {
  const octal = (from: number, to: number): number =>
    Number.parseInt(tar.toString('latin1', from, to), 8);
  for (let at = 0; at + 512 <= tar.length; ) {
    const name = tar.toString('latin1', at, at + 100).split('\0')[0] ?? '';
    const size = octal(at + 124, at + 136);
    if (name === wanted && size >= 0 && at + 512 + size <= tar.length) {
      return {
        bytes: tar.subarray(at + 512, at + 512 + size),
        modified: octal(at + 136, at + 148),
      };
    }
    at += 512 + (size > 0 ? Math.ceil(size / 512) * 512 : 0);
  }
  return undefined;
};

const stampOf = (seconds: number): string | undefined =>
  seconds > 0 && seconds < 1e11 ? new Date(seconds * 1000).toISOString() : undefined;

const builtAt = ({ fields }: ApkEntry): string | undefined =>
  stampOf(Number(fields.get('t') ?? ''));

/** Addresses of the repositories that apk uses; an `@tag` in front keeps one for what asks for it. */
const addressesIn = (files: FileView): readonly string[] =>
  repositoryPatterns
    .flatMap(pattern => files.glob(pattern))
    .flatMap(path => (files.text(path) ?? '').split('\n'))
    .map(line => line.trim().replace(/^@\S+\s+/, ''))
    .filter(line => /^https?:\/\//.test(line))
    .map(line => (line.split(/\s/)[0] ?? '').replace(/(?<!\/)\/+$/, ''));

/** apk 2 names the cached index after the first bytes of SHA-1 of the repository's address. */
const cacheName = (address: string): string =>
  `APKINDEX.${createHash('sha1').update(address).digest('hex').slice(0, 8)}.tar.gz`;

/** Reads the cached indexes for the packages asked about. */
export const readIndexes = (files: FileView, names: ReadonlySet<string>): ApkIndexes => {
  const all: ApkIndex[] = [];
  const offers = new Map<string, ApkOffer[]>();
  const unread: string[] = [];
  const seen = new Set<string>();
  const addresses = addressesIn(files);
  const cached = indexPatterns.flatMap(pattern => files.glob(pattern));
  const present = new Set(cached.map(baseOf));
  const expected = new Set(addresses.map(cacheName));
  // Other versions of apk name them otherwise: the names say something only where some of them fit.
  const named = [...present].some(name => expected.has(name));
  for (const path of cached) {
    const real = files.real(path) ?? path;
    if (seen.has(real) || (named && !expected.has(baseOf(path)))) continue;
    seen.add(real);
    const notedBefore = files.unseen.length;
    const tar = Buffer.concat([...unpacked(files, real, { bytesMax: indexBytesMax })]);
    const file = fileInTar(tar, 'APKINDEX');
    if (file === undefined) {
      unread.push(real);
      if (files.unseen.length === notedBefore) {
        files.note({
          what: real,
          why: 'holds no index of packages',
          how: 'Run apk update, then Postern again.',
        });
      }
      continue;
    }
    const mine: Omit<ApkOffer, 'index'>[] = [];
    let asOf = stampOf(file.modified);
    for (const entry of apkEntries(file.bytes.toString('utf8'))) {
      const built = builtAt(entry);
      if (built !== undefined && (asOf === undefined || built > asOf)) asOf = built;
      const name = entry.fields.get('P') ?? '';
      const version = entry.fields.get('V');
      if (!names.has(name) || version === undefined) continue;
      mine.push({ name, version, ...(built === undefined ? {} : { built }) });
    }
    const index: ApkIndex = { path: real, ...(asOf === undefined ? {} : { asOf }) };
    all.push(index);
    for (const offer of mine) {
      offers.set(offer.name, [...(offers.get(offer.name) ?? []), { ...offer, index }]);
    }
  }
  const missing = named
    ? addresses.filter(address => !present.has(cacheName(address))).map(withoutAccounts)
    : [];
  return { all, offers, unread, missing };
};
