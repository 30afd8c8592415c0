import type { FileView } from '../../core/files.ts';
import { type ApkEntry, apkEntries } from '../../core/formats/apk-db.ts';
import { unpacked } from '../../core/formats/unpack.ts';
import type { Distribution } from '../../core/packages.ts';
import type { PatchFacts, Waiting } from '../../core/patch.ts';
import type { LocalSource, WantedPackage } from '../local-source.ts';
import { supportOf } from '../support.ts';
import { apk as scheme } from '../versions/apk.ts';

const indexPatterns = ['/var/cache/apk/APKINDEX.*.tar.gz', '/etc/apk/cache/APKINDEX.*.tar.gz'];
const indexBytesMax = 128 << 20;

interface Offer {
  readonly name: string;
  readonly version: string;
  /** RFC 3339, UTC: when it was built, shortly before it was published. */
  readonly built?: string;
  readonly path: string;
}

interface Index {
  readonly paths: readonly string[];
  readonly offers: ReadonlyMap<string, readonly Offer[]>;
  /** When the youngest package in any index was built: the indexes are at least that young. */
  readonly asOf?: string;
  readonly unread: readonly string[];
}

/** The content of one file in a tar archive (POSIX ustar); nothing when it is not there. */
const fileInTar = (tar: Buffer, wanted: string): Buffer | undefined => {
  for (let at = 0; at + 512 <= tar.length; ) {
    const name = tar.toString('latin1', at, at + 100).split('\0')[0] ?? '';
    const size = Number.parseInt(tar.toString('latin1', at + 124, at + 136), 8);
    if (name === wanted && size >= 0) return tar.subarray(at + 512, at + 512 + size);
    at += 512 + (size > 0 ? Math.ceil(size / 512) * 512 : 0);
  }
  return undefined;
};

const builtAt = ({ fields }: ApkEntry): string | undefined => {
  const seconds = Number(fields.get('t') ?? '');
  return seconds > 0 && seconds < 1e11 ? new Date(seconds * 1000).toISOString() : undefined;
};

const readIndexes = (files: FileView, names: ReadonlySet<string>): Index => {
  const offers = new Map<string, Offer[]>();
  const unread: string[] = [];
  const seen = new Set<string>();
  let asOf: string | undefined;
  for (const path of indexPatterns.flatMap(pattern => files.glob(pattern))) {
    const real = files.real(path) ?? path;
    if (seen.has(real)) continue;
    seen.add(real);
    const tar = Buffer.concat([...unpacked(files, real, { bytesMax: indexBytesMax })]);
    const text = fileInTar(tar, 'APKINDEX')?.toString('utf8');
    if (text === undefined) {
      unread.push(real);
      files.note({
        what: real,
        why: 'holds no index of packages',
        how: 'Run apk update, then Postern again.',
      });
      continue;
    }
    for (const entry of apkEntries(text)) {
      const built = builtAt(entry);
      if (built !== undefined && (asOf === undefined || built > asOf)) asOf = built;
      const name = entry.fields.get('P') ?? '';
      const version = entry.fields.get('V');
      if (!names.has(name) || version === undefined) continue;
      const offer = { name, version, path: real, ...(built === undefined ? {} : { built }) };
      offers.set(name, [...(offers.get(name) ?? []), offer]);
    }
  }
  return { paths: [...seen], offers, unread, ...(asOf === undefined ? {} : { asOf }) };
};

const refresh = '# Refresh the package index, then run Postern again:\napk update';

const waitingFor = (index: Index, { name, version, built }: WantedPackage): Waiting => {
  const offers = index.offers.get(name) ?? [];
  const newer = offers
    .filter(offer => scheme.compare(offer.version, version) === 1)
    .sort((a, b) => (scheme.compare(a.version, b.version) === 1 ? -1 : 1));
  const [choice] = newer;
  if (choice !== undefined) {
    const first = newer.flatMap(offer => offer.built ?? []).sort()[0];
    return {
      state: 'update',
      version: choice.version,
      security: null,
      since: {
        ...((first ?? built) === undefined ? {} : { notBefore: first ?? built ?? '' }),
        ...(index.asOf === undefined ? {} : { notAfter: index.asOf }),
        basis: `${first === undefined ? 'the index offers it' : `it was built on ${first.slice(0, 10)}`}; Alpine’s index does not say which updates mend flaws`,
      },
      because: { path: choice.path },
      remedy: `apk upgrade ${name}`,
    };
  }
  if (index.paths.length === 0) {
    return {
      state: 'unknown',
      why: 'there is no package index in the cache on this host',
      how: `# Let apk keep its index, then run Postern again:\nsetup-apkcache /var/cache/apk\napk update`,
    };
  }
  const [unread] = index.unread;
  if (unread !== undefined) {
    return { state: 'unknown', why: `the package index ${unread} could not be read`, how: refresh };
  }
  if (offers.length === 0) {
    return {
      state: 'unknown',
      why: `no repository in the package index offers ${name}`,
      how: `apk policy ${name}`,
    };
  }
  if (offers.every(offer => scheme.compare(offer.version, version) === 'incomparable')) {
    return {
      state: 'unknown',
      why: `version ${version} cannot be compared with those on offer`,
      how: `apk policy ${name}`,
    };
  }
  const [first] = offers;
  return {
    state: 'none',
    why: `${version} is the newest build on offer`,
    ...(first === undefined ? {} : { because: { path: first.path } }),
  };
};

const factsOf = (
  files: FileView,
  index: Index,
  wanted: WantedPackage,
  distribution: Distribution,
  now: Date,
): PatchFacts => ({
  ...(index.asOf === undefined ? {} : { indexAsOf: index.asOf }),
  waiting: waitingFor(index, wanted),
  // apk keeps no record of what it installed when.
  history: [],
  support: supportOf(
    files,
    wanted,
    distribution,
    { byDistribution: wanted.origin === undefined || wanted.origin === 'distribution' },
    now,
  ),
});

/** What apk left on the host: its cached indexes. */
export const apk: LocalSource = {
  id: 'apk',
  title: 'apk',
  ecosystem: 'apk',
  reads: indexPatterns,
  facts: (files, wanted, distribution, now) => {
    const index = readIndexes(files, new Set(wanted.map(({ name }) => name)));
    return new Map(wanted.map(each => [each.name, factsOf(files, index, each, distribution, now)]));
  },
};
