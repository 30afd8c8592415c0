import type {
  Advisory,
  AffectedProduct,
  FeedEntry,
  ProductKey,
  Severity,
} from '../../core/advisory.ts';
import { debianRelease } from '../distro-release.ts';
import type { Feed } from '../feed.ts';
import { unimportantInDebian } from '../harmless.ts';
import { isObject, type JsonObject, objectIn, oneLine, sentenceIn, textIn } from '../json-value.ts';
import { keyOfPackage } from '../product-key.ts';
import { deb } from '../versions/deb.ts';

/** More than any source package has: the kernel has some ten thousand. */
const flawsPerPackageMax = 60_000;
const releasesMax = 30;

/** What the tracker says of one flaw in one release. */
interface ReleaseSays {
  readonly status: string;
  readonly fixed: string | undefined;
  readonly urgency: string;
  readonly unmended: string | undefined;
  /** The newest version that the release's archives hold. */
  readonly held: readonly string[];
}

const unmendedOf = (release: JsonObject, urgency: string): string | undefined => {
  const reason = textIn(release, 'nodsa_reason', 60);
  const note = sentenceIn(release, 'nodsa', 200);
  if (note !== undefined || reason !== undefined) {
    const word = reason === undefined ? 'no-dsa' : oneLine(reason, 60);
    return note === undefined ? word : `${word}: ${note}`;
  }
  return urgency === 'end-of-life' ? 'end-of-life' : undefined;
};

const saysOf = (release: JsonObject): ReleaseSays => {
  // Asterisks mark a word that was taken over from NVD.
  const urgency = (textIn(release, 'urgency', 60) ?? '').replaceAll('*', '').toLowerCase();
  const repositories = objectIn(release, 'repositories') ?? {};
  return {
    status: textIn(release, 'status', 60) ?? '',
    fixed: textIn(release, 'fixed_version', 256),
    urgency,
    unmended: unmendedOf(release, urgency),
    held: Object.values(repositories)
      .slice(0, 10)
      .filter((version): version is string => typeof version === 'string'),
  };
};

type Claim = Pick<AffectedProduct, 'scheme' | 'spans' | 'rest' | 'fixed'>;

const always = (rest: AffectedProduct['rest']): Claim => ({
  scheme: 'deb',
  spans: [],
  rest,
  fixed: [],
});

const fixedFrom = (version: string): Claim => ({
  scheme: 'deb',
  spans: [{ before: version, standing: 'affected' }],
  rest: 'not-affected',
  fixed: [version],
});

/** The lowest version of every upstream release after a version's: `1.6.5+dfsg.-0~` after 1.6.5+dfsg-1. */
const nextUpstream = (version: string): string => `${version.replace(/-[^-]*$/, '')}.-0~`;

/**
 * A release mends its own upstream version by a patch. One that came from backports or testing is newer by
 * number and need not have that patch: it is mended where unstable's number says so.
 */
const withLaterUpstreams = (
  claim: Claim,
  fixed: string,
  held: readonly string[],
  unstable: string | undefined,
  sid: ReleaseSays | undefined,
): Claim => {
  if (unstable === undefined && sid?.status !== 'open') return claim;
  const from = [fixed, ...held]
    .map(nextUpstream)
    .reduce((a, b) => (deb.compare(a, b) === -1 ? b : a));
  if (unstable !== undefined && deb.compare(from, unstable) !== -1) return claim;
  return {
    ...claim,
    spans: [
      ...claim.spans,
      { from, ...(unstable === undefined ? {} : { before: unstable }), standing: 'unknown' },
    ],
  };
};

/**
 * `unstable`: the version that mended it there. The tracker holds every release to it that nothing else is
 * noted for, and so does debsecan: a package from backports that is as new is mended, though the release
 * itself is not. Only where the release's own packages are older; else the two do not speak of the same.
 */
const claimOf = (
  says: ReleaseSays,
  unstable: string | undefined,
  sid: ReleaseSays | undefined,
): Claim => {
  switch (says.status) {
    case 'resolved':
      // Debian's way to write that no version was ever affected.
      if (says.fixed === '0') return always('not-affected');
      return says.fixed === undefined
        ? always('unknown')
        : withLaterUpstreams(fixedFrom(says.fixed), says.fixed, says.held, unstable, sid);
    case 'open':
      return unstable !== undefined &&
        says.held.length > 0 &&
        says.held.every(version => deb.compare(version, unstable) === -1)
        ? { ...fixedFrom(unstable), fixed: [] }
        : always('affected');
    default:
      return always('unknown');
  }
};

const silentUrgencies: ReadonlySet<string> = new Set(['', 'not yet assigned', 'end-of-life']);

const advisoryOf = (
  key: ProductKey,
  name: string,
  flaw: string,
  told: JsonObject,
): Advisory | undefined => {
  const releases = objectIn(told, 'releases');
  if (releases === undefined) return undefined;
  const sid = objectIn(releases, 'sid');
  const inSid = sid === undefined ? undefined : saysOf(sid);
  const unstable = inSid?.status === 'resolved' && inSid.fixed !== '0' ? inSid.fixed : undefined;
  const words = new Set<string>();
  const affected: AffectedProduct[] = [];
  for (const codename of Object.keys(releases).slice(0, releasesMax)) {
    const release = objectIn(releases, codename);
    if (release === undefined) continue;
    const says = saysOf(release);
    if (!silentUrgencies.has(says.urgency)) words.add(says.urgency);
    const number = debianRelease(codename);
    affected.push({
      key,
      product: `Debian:${number} ${name}`,
      release: number,
      ...claimOf(says, unstable, inSid),
      ...(says.unmended === undefined ? {} : { unmended: says.unmended }),
      ...(says.urgency === 'unimportant' ? { harmless: unimportantInDebian } : {}),
    });
  }
  return {
    feed: 'debian-tracker',
    id: `${name}/${flaw}`,
    aliases: [flaw],
    covers: [],
    title: sentenceIn(told, 'description') ?? `${flaw} in ${name}`,
    severities: [...words].map((word): Severity => ({ by: 'Debian', word })),
    affected,
    references: [`https://security-tracker.debian.org/tracker/${flaw}`],
  };
};

/**
 * Debian's security tracker: for each source package its flaws, for each flaw what is so in each release.
 * Source: https://security-tracker.debian.org/tracker/data/json and the tracker's own documentation in
 * https://salsa.debian.org/security-tracker-team/security-tracker (doc/security-team.d.o).
 */
export const debianTracker: Feed = {
  id: 'debian-tracker',
  title: 'Debian security tracker',
  // The tracker itself knows tens of thousands.
  wholeMin: 1_000,
  addresses: [
    { part: '', url: 'https://security-tracker.debian.org/tracker/data/json', byDefault: true },
  ],
  // It changes several times a day.
  maxAgeHours: 72,
  sniff: (_name, head) =>
    /^\uFEFF?\s*\{\s*"[A-Za-z0-9][A-Za-z0-9+._-]*"\s*:\s*\{\s*"(?:CVE-\d{4}-|TEMP-)[^"]*"\s*:\s*\{/.test(
      head,
    )
      ? 0.95
      : 0,
  cut: () => ({ by: 'members' }),
  read: ({ key: name, value }) => {
    if (name === undefined || !/^[A-Za-z0-9][A-Za-z0-9+._-]{0,199}$/.test(name)) {
      return { refused: 'its name is not that of a source package' };
    }
    if (!isObject(value)) return { refused: 'it is no object' };
    const flaws = Object.keys(value);
    if (flaws.length > flawsPerPackageMax)
      return { refused: `more than ${flawsPerPackageMax} flaws` };
    const key = keyOfPackage('Debian', name);
    const entries: FeedEntry[] = [];
    const strange: string[] = [];
    for (const flaw of flaws) {
      const told = objectIn(value, flaw);
      const advisory =
        told === undefined || !/^(?:CVE|TEMP|DSA|DLA)-[A-Za-z0-9-]{1,60}$/.test(flaw)
          ? undefined
          : advisoryOf(key, name, flaw, told);
      if (advisory === undefined) strange.push(flaw);
      else entries.push({ kind: 'advisory', advisory });
    }
    // A package of which nothing was understood must not count as one without flaws.
    return entries.length === 0 && strange.length > 0
      ? { refused: `none of its ${strange.length} flaws could be read` }
      : { entries };
  },
};
