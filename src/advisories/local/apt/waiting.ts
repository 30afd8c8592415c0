import type { FileView } from '../../../core/files.ts';
import {
  type AptListed,
  type AptLists,
  isSecuritySuite,
  needsSubscription,
} from '../../../core/formats/apt-lists.ts';
import type { Waiting } from '../../../core/patch.ts';
import type { WantedPackage } from '../../local-source.ts';
import { deb } from '../../versions/deb.ts';
import { candidateOf, type Preferences, whatHolds } from './candidate.ts';
import type { Changelog } from './changelog.ts';
import {
  baseRelease,
  isCovered,
  isHouse,
  isUnattended,
  securityLine,
  securitySuitesFor,
} from './coverage.ts';
import type { Installations } from './log.ts';
import { waitingSince } from './since.ts';

/** Everything about the host that the question needs. */
export interface AptHost {
  readonly files: FileView;
  readonly now: Date;
  readonly lists: AptLists;
  readonly preferences: Preferences;
  readonly installations: Installations;
  readonly held: ReadonlySet<string>;
  readonly changelogOf: (wanted: WantedPackage) => Changelog | undefined;
}

const refresh = '# Refresh the package index, then run Postern again:\napt update';

const unknown = (why: string, how: string): Waiting => ({ state: 'unknown', why, how });

const newestOf = (offers: readonly AptListed[]): AptListed | undefined =>
  offers.reduce<AptListed | undefined>(
    (best, offer) =>
      best === undefined || deb.compare(offer.version, best.version) === 1 ? offer : best,
    undefined,
  );

/** What of the index keeps its silence from meaning anything. */
const whySilent = (
  { lists }: AptHost,
  { name, version, source, origin }: WantedPackage,
  offers: readonly AptListed[],
): Waiting | undefined => {
  if (lists.lists.length === 0) return unknown('there is no package index on this host', refresh);
  const [unread] = lists.unread;
  if (unread !== undefined) {
    return unknown(`the package index ${unread} could not be read`, refresh);
  }
  if (offers.length === 0) {
    return unknown(
      `no repository in the package index offers ${name}: it came from a file, or from a repository that is gone`,
      `# See where it came from, and add that repository again or replace the package:\napt-cache policy ${name}`,
    );
  }
  if (offers.some(offer => deb.compare(offer.version, version) === 'incomparable')) {
    return unknown(
      `version ${version} cannot be compared with every one on offer`,
      `apt-cache policy ${name}`,
    );
  }
  const exact = offers.filter(offer => offer.version === version);
  if (exact.length === 0) {
    return unknown(
      `no repository in the package index offers the installed build ${version} (the newest on offer is ${newestOf(offers)?.version ?? 'none'}): it was built here, came from a file, or from a repository that is gone`,
      `# See where it came from; replace it, or ask whoever built it:\napt-cache policy ${name}`,
    );
  }
  const ours = exact.filter(({ release }) => isHouse(release));
  if (ours.length === 0) {
    if (origin !== 'distribution') return undefined;
    const { release } = exact[0] ?? {};
    return unknown(
      `it is a build of the distribution, but only ${release?.label || release?.origin || release?.site || 'a repository'} offers it, which does not name the distribution as its origin: whether security updates come through it cannot be told`,
      `# Add the distribution's own security suite beside it, or let the mirror keep Origin, Label and\n# Codename of what it mirrors, then:\napt update`,
    );
  }
  if (ours.every(({ release }) => isUnattended(release))) {
    const release = ours[0]?.release;
    return unknown(
      `it comes from ${release?.codename || release?.suite || 'a suite'}, which no security team looks after: a flaw may stay open there without a word in the index`,
      `# Compare with the security tracker, or go back to the release's own build:\n# https://security-tracker.debian.org/tracker/source-package/${source?.name ?? name}\napt-cache policy ${name}`,
    );
  }
  const bare = ours.find(({ release }) => !isUnattended(release));
  if (bare !== undefined && !ours.some(offer => isCovered(lists, offer))) {
    return unknown(
      `the package index holds nothing of the security suite of ${baseRelease(bare.release) || 'its release'}${bare.component === '' ? '' : ` (${bare.component})`}, so a security update would not show`,
      `# in /etc/apt/sources.list:\n${securityLine(bare)}\n# then:\napt update`,
    );
  }
  return undefined;
};

const nothingWaits = (
  host: AptHost,
  wanted: WantedPackage,
  offers: readonly AptListed[],
): Waiting => {
  const silent = whySilent(host, wanted, offers);
  if (silent !== undefined) return silent;
  const exact = offers.filter(({ version }) => version === wanted.version);
  const own = exact.find(({ release }) => isHouse(release)) ?? exact[0];
  const [suite] = (own === undefined ? null : securitySuitesFor(host.lists, own)) ?? [];
  return {
    state: 'none',
    why: `${wanted.version} is the newest build on offer${suite === undefined ? '' : `, ${suite.codename || suite.suite} included`}`,
    ...(own === undefined ? {} : { because: { path: own.path } }),
  };
};

/** True: a security suite has a newer build. False: it has not, and would. Null: nobody can tell. */
const securityOf = (
  { lists }: AptHost,
  wanted: WantedPackage,
  newer: readonly AptListed[],
): boolean | null => {
  if (newer.some(({ release }) => isSecuritySuite(release))) return true;
  // Ubuntu publishes every security fix in -security as well as in -updates.
  const told =
    wanted.origin === 'distribution' &&
    lists.unread.length === 0 &&
    newer.every(offer => offer.release.origin === 'Ubuntu' && isCovered(lists, offer));
  return told ? false : null;
};

/** What dates a waiting security fix: its own suite, and those of its release with it or a later one. */
const datingOf = (newer: readonly AptListed[]): readonly AptListed[] => {
  const fixes = newer.filter(({ release }) => isSecuritySuite(release));
  return newer.filter(offer =>
    fixes.some(
      fix =>
        fix === offer ||
        (offer.release.origin === fix.release.origin &&
          baseRelease(offer.release) === baseRelease(fix.release) &&
          !isUnattended(offer.release) &&
          deb.compare(offer.version, fix.version) !== -1),
    ),
  );
};

const whyNull = (newer: readonly AptListed[]): string => {
  if (newer.some(({ release }) => isHouse(release) && isUnattended(release))) {
    return 'it comes from a suite that no security team looks after, which does not say what mends a flaw';
  }
  return newer.some(({ release }) => release.origin === 'Debian')
    ? 'it comes with a point release, which may carry security fixes too small for an advisory'
    : 'its repository does not say which of its updates mend flaws';
};

const remedyOf = (
  name: string,
  version: string,
  held: boolean,
  hold: string | undefined,
  isPreferred: boolean,
): string =>
  [
    ...(hold === undefined ? [] : [`# ${hold}`]),
    ...(held ? [`apt-mark unhold ${name}`] : []),
    `apt update && apt install --only-upgrade ${name}${isPreferred ? '' : `=${version}`}`,
  ].join('\n');

type Update = Extract<Waiting, { state: 'update' }>;

/** The update that these offers hold, and since when; nothing when they hold none. */
const updateIn = (
  host: AptHost,
  wanted: WantedPackage,
  offers: readonly AptListed[],
): Update | undefined => {
  const { files, preferences, held, installations, now } = host;
  const { name, version } = wanted;
  const preferred = candidateOf(name, version, offers, preferences);
  const usual = candidateOf(name, version, offers);
  const choice =
    preferred !== undefined && deb.compare(preferred.version, version) === 1 ? preferred : usual;
  const newer = offers.filter(
    offer =>
      deb.compare(offer.version, version) === 1 &&
      // A security fix counts even where apt is told to prefer something older.
      (isSecuritySuite(offer.release) ||
        (choice !== undefined && deb.compare(offer.version, choice.version) !== 1)),
  );
  const aim = choice?.version ?? newestOf(newer)?.version;
  if (aim === undefined || newer.length === 0) return undefined;
  const security = securityOf(host, wanted, newer);
  const dating = security === true ? datingOf(newer) : newer;
  const since = waitingSince(
    files,
    wanted,
    { offers: dating, security },
    host.changelogOf(wanted),
    installations,
    now,
  );
  const [first] = dating;
  const isPreferred = preferred?.version === aim;
  const hold = held.has(name)
    ? 'it is on hold (apt-mark hold)'
    : isPreferred
      ? undefined
      : whatHolds(name, version, offers, preferences, aim);
  return {
    state: 'update',
    version: aim,
    security,
    since: security === null ? { ...since, basis: `${since.basis}; ${whyNull(newer)}` } : since,
    ...(first === undefined ? {} : { because: { path: first.path } }),
    ...(hold === undefined ? {} : { held: hold }),
    remedy: remedyOf(name, aim, held.has(name), hold, isPreferred),
  };
};

/** Whether a newer build of a package is waiting in apt's lists, and since when. */
export const waitingFor = (
  host: AptHost,
  wanted: WantedPackage,
  offers: readonly AptListed[],
): Waiting => {
  const free = offers.filter(offer => !needsSubscription(offer));
  const update = updateIn(host, wanted, free);
  if (update !== undefined) return update;
  const paid = updateIn(host, wanted, offers);
  if (paid === undefined) return nothingWaits(host, wanted, free);
  const held = 'it comes with Ubuntu Pro, to which this host is not attached';
  return {
    ...paid,
    held,
    remedy: `# ${held}\npro attach\napt update && apt install --only-upgrade ${wanted.name}`,
  };
};
