import type { FileView } from '../files.ts';
import { baseOf } from '../paths.ts';
import { stanzas } from './deb822.ts';
import { unpacked } from './unpack.ts';

const aptListsFolder = '/var/lib/apt/lists';
/**
 * What Ubuntu's `pro` client fetches on hosts without a subscription, to tell what they miss: apt does
 * not install from there.
 */
const esmListsFolder = '/var/lib/ubuntu-advantage/apt-esm/var/lib/apt/lists';

export const aptListPatterns: readonly string[] = [`${aptListsFolder}/*`, `${esmListsFolder}/*`];

/** Whether only a subscription that this host does not have would install it. */
export const needsSubscription = ({ path }: { readonly path: string }): boolean =>
  path.startsWith(`${esmListsFolder}/`);

/** One suite of a repository, as its Release file describes it. */
export interface AptRelease {
  /** The `InRelease` or `Release` file. */
  readonly path: string;
  readonly origin: string;
  readonly label: string;
  readonly suite: string;
  readonly codename: string;
  readonly version: string;
  /** RFC 3339, UTC: when the repository was generated, and until when it may be trusted. */
  readonly date?: string;
  readonly validUntil?: string;
  /** Not installed from unless asked; with `butAutomatic`, updated from once asked. */
  readonly notAutomatic: boolean;
  readonly butAutomatic: boolean;
  /** Host part of its address, for `Pin: origin`. */
  readonly site: string;
}

/** One version of one package, as one list offers it. */
export interface AptListed {
  readonly name: string;
  readonly version: string;
  readonly arch: string;
  readonly section: string;
  /** `main`, `universe`; empty for a flat repository. */
  readonly component: string;
  readonly release: AptRelease;
  /** The list. */
  readonly path: string;
}

export interface AptLists {
  /** Every list of packages that there is, with the suite that it belongs to. */
  readonly lists: readonly { readonly path: string; readonly release: AptRelease }[];
  readonly listed: ReadonlyMap<string, readonly AptListed[]>;
  /** Lists that exist and could not be read whole: what they offer is not known. */
  readonly unread: readonly string[];
}

const listsMax = 300;
/** Of one list. Debian has a hundred thousand packages, of which a host installs a few thousand. */
const offersMax = 250_000;
const listBytesMax = 512 << 20;
const totalBytesMax = 768 << 20;
const stanzaBytesMax = 1 << 20;
const releaseFields: ReadonlySet<string> = new Set([
  'origin',
  'label',
  'suite',
  'codename',
  'version',
  'date',
  'valid-until',
  'notautomatic',
  'butautomaticupgrades',
]);

const stamp = (text: string | undefined): string | undefined => {
  const ms = Date.parse(text ?? '');
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
};

/** Only the head of a Release file is read: behind it come thousands of checksums. */
const readRelease = (files: FileView, path: string): AptRelease => {
  const bytes = files.slice(path, 0, 8 << 10) ?? new Uint8Array();
  const head = Buffer.from(bytes)
    .toString('utf8')
    .replace(/^-----BEGIN[^\n]*\n(?:[^\n]+\n)*\n/, '');
  const [first] = [...stanzas(head.replace(/^(?:MD5Sum|SHA\d+):[\s\S]*/m, ''), releaseFields)];
  const field = (name: string): string => first?.fields.get(name) ?? '';
  const date = stamp(field('date'));
  const validUntil = stamp(field('valid-until'));
  return {
    path,
    origin: field('origin'),
    label: field('label'),
    suite: field('suite'),
    codename: field('codename'),
    version: field('version'),
    ...(date === undefined ? {} : { date }),
    ...(validUntil === undefined ? {} : { validUntil }),
    notAutomatic: field('notautomatic') === 'yes',
    butAutomatic: field('butautomaticupgrades') === 'yes',
    site: baseOf(path).split('_')[0] ?? '',
  };
};

const unknownRelease = (path: string): AptRelease => ({
  path,
  origin: '',
  label: '',
  suite: '',
  codename: '',
  version: '',
  notAutomatic: false,
  butAutomatic: false,
  site: baseOf(path).split('_')[0] ?? '',
});

const needle = Buffer.from('\nPackage: ');
const gap = Buffer.from('\n\n');

/**
 * The paragraphs of the wanted packages, found in the bytes as they come by: a main list of 50 MB is
 * never one string, and what nobody asked about is never decoded.
 */
export function* pickStanzas(
  pieces: Iterable<Uint8Array>,
  names: ReadonlySet<string>,
): Iterable<string> {
  // One buffer for all pieces: what begins in one piece and ends in the next is moved to its front.
  let work = Buffer.alloc(2 << 20);
  work[0] = 10;
  let kept = 1;
  const take = (from: number, to: number): string =>
    work.toString('utf8', from, Math.min(to, from + stanzaBytesMax));
  for (const piece of pieces) {
    const length = kept + piece.length;
    if (length > work.length) work = Buffer.concat([work], length * 2);
    work.set(piece, kept);
    const bytes = work.subarray(0, length);
    let from = 0;
    for (let at = 0; ; ) {
      const hit = bytes.indexOf(needle, at);
      if (hit < 0) break;
      const eol = bytes.indexOf(10, hit + needle.length);
      if (eol < 0) break;
      at = eol;
      if (!names.has(bytes.toString('latin1', hit + needle.length, eol).trimEnd())) continue;
      const before = bytes.lastIndexOf(gap, hit);
      const start = before < from ? from : before + 1;
      const end = bytes.indexOf(gap, eol);
      if (end < 0) break;
      yield take(start, end);
      from = end + 1;
      at = end;
    }
    const last = bytes.lastIndexOf(gap);
    const cut = Math.max(from, last < 0 ? 0 : last + 1);
    // A paragraph that does not end is none.
    kept = length - cut > stanzaBytesMax ? 0 : length - cut;
    work.copyWithin(0, length - kept, length);
  }
  const rest = work.subarray(0, kept);
  for (let at = rest.indexOf(needle); at >= 0; at = rest.indexOf(needle, at + 1)) {
    const eol = rest.indexOf(10, at + needle.length);
    const end = eol < 0 ? kept : eol;
    if (!names.has(rest.toString('latin1', at + needle.length, end).trimEnd())) continue;
    yield take(0, kept);
    return;
  }
}

const listedFields: ReadonlySet<string> = new Set([
  'package',
  'version',
  'architecture',
  'section',
]);

const scan = (files: FileView, names: ReadonlySet<string>): AptLists => {
  const paths = [aptListsFolder, esmListsFolder].flatMap(folder =>
    files
      .list(folder)
      .filter(({ kind }) => kind === 'file' || kind === 'link')
      .map(({ name }) => `${folder}/${name}`),
  );
  const present = new Set(paths);
  const releases = paths
    .filter(path => /_(?:In)?Release$/.test(path))
    .filter(
      path => path.endsWith('InRelease') || !present.has(path.replace(/_Release$/, '_InRelease')),
    )
    .slice(0, listsMax)
    .map(path => ({
      prefix: path.replace(/(?:In)?Release$/, ''),
      release: readRelease(files, path),
    }))
    .sort((a, b) => b.prefix.length - a.prefix.length);
  const listed = new Map<string, AptListed[]>();
  const unread: string[] = [];
  const lists: { path: string; release: AptRelease }[] = [];
  const packed = paths.filter(path => /_Packages(?:\.(?:lz4|gz|xz|zst|bz2))?$/.test(path));
  const beyond = packed.slice(listsMax);
  if (beyond.length > 0) {
    unread.push(...beyond.slice(0, 1));
    files.note({
      what: aptListsFolder,
      why: `holds more than ${listsMax} lists of packages; the rest was not read`,
      how: 'Remove the lists of repositories that are no longer used: apt update.',
    });
  }
  let total = 0;
  const counted = function* (pieces: Iterable<Uint8Array>): Iterable<Uint8Array> {
    for (const piece of pieces) {
      total += piece.length;
      yield piece;
    }
  };
  for (const path of packed.slice(0, listsMax)) {
    if (total > totalBytesMax) {
      unread.push(path);
      files.note({
        what: path,
        why: `was not read: the lists before it hold more than ${totalBytesMax} bytes`,
        how: 'Remove the lists of repositories that are no longer used: apt update.',
      });
      break;
    }
    const own = releases.find(({ prefix }) => path.startsWith(prefix));
    const release = own?.release ?? unknownRelease(path);
    lists.push({ path, release });
    const component = /^(.*?)_binary-/.exec(path.slice(own?.prefix.length ?? 0))?.[1] ?? '';
    const notedBefore = files.unseen.length;
    let taken = 0;
    for (const text of pickStanzas(
      counted(unpacked(files, path, { bytesMax: listBytesMax })),
      names,
    )) {
      taken += 1;
      if (taken > offersMax) {
        files.note({
          what: path,
          why: `offers the same packages more than ${offersMax} times; the rest was not read`,
          how: 'Fetch it again: apt update.',
        });
        break;
      }
      for (const { fields } of stanzas(text, listedFields)) {
        const name = fields.get('package') ?? '';
        const version = fields.get('version') ?? '';
        if (!names.has(name) || version === '') continue;
        const known = listed.get(name) ?? [];
        listed.set(name, known);
        known.push({
          name,
          version,
          arch: fields.get('architecture') ?? '',
          section: fields.get('section') ?? '',
          component: component.slice(component.lastIndexOf('_') + 1),
          release,
          path,
        });
      }
    }
    if (files.unseen.slice(notedBefore).some(({ what }) => what === path)) {
      unread.push(path);
      // What could not be unpacked has cost as much as what could.
      total += listBytesMax / 4;
    }
  }
  return { lists, listed, unread };
};

const scanned = new WeakMap<FileView, { names: ReadonlySet<string>; lists: AptLists }>();

/**
 * What the package lists on this host offer of these packages: one pass over the lists, however many
 * packages are asked about, and none at all when an earlier question already covered them.
 */
export const readAptLists = (files: FileView, names: Iterable<string>): AptLists => {
  const wanted = new Set(names);
  const known = scanned.get(files);
  if (known !== undefined && [...wanted].every(name => known.names.has(name))) return known.lists;
  const all = new Set([...wanted, ...(known?.names ?? [])]);
  const lists = scan(files, all);
  scanned.set(files, { names: all, lists });
  return lists;
};

/** Whether a suite carries security updates only: Debian's and Ubuntu's, and vendors' that say so. */
export const isSecuritySuite = ({ label, suite, codename }: AptRelease): boolean =>
  [suite, codename, label].some(name => /[-/]security$/i.test(name));

/**
 * Whether a version looks like one of Debian's or Ubuntu's own builds: a plain revision, or the suffix
 * of one of their updates or rebuilds. Whoever else builds a package adds a mark of their own.
 */
export const isHouseVersion = (version: string): boolean =>
  /(?:[+~]deb\d+u\d+|ubuntu[\d.]+|build\d+|-[\d.]+)(?:\+b\d+)?$/.test(version);
