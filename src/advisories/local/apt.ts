import type { FileView } from '../../core/files.ts';
import {
  type AptListed,
  type AptLists,
  type AptRelease,
  isSecuritySuite,
  readAptLists,
} from '../../core/formats/apt-lists.ts';
import type { Distribution } from '../../core/packages.ts';
import type { PatchFacts, Waiting } from '../../core/patch.ts';
import { baseOf } from '../../core/paths.ts';
import type { LocalSource, WantedPackage } from '../local-source.ts';
import { supportOf } from '../support.ts';
import { deb } from '../versions/deb.ts';
import { candidateOf, type Preferences, readPreferences, whatHolds } from './apt/candidate.ts';
import { type Changelog, readChangelog } from './apt/changelog.ts';
import { pastUpdates } from './apt/history.ts';
import { type Installations, readInstallations } from './apt/log.ts';
import { waitingSince } from './apt/since.ts';

const stampPath = '/var/lib/apt/periodic/update-success-stamp';

/** Everything about the host that is the same for all packages. */
interface Host {
  readonly files: FileView;
  readonly now: Date;
  readonly distribution: Distribution;
  readonly lists: AptLists;
  readonly preferences: Preferences;
  readonly installations: Installations;
  readonly held: ReadonlySet<string>;
  readonly changelogOf: (wanted: WantedPackage) => Changelog | undefined;
}

const houses = ['Debian', 'Ubuntu', 'Raspbian', 'Devuan', 'Kali'];

const isHouse = ({ origin }: AptRelease): boolean => houses.includes(origin);

/** Names on hold: `apt-mark hold` writes it into dpkg's status. */
const readHeld = (files: FileView): ReadonlySet<string> => {
  const text = files.text('/var/lib/dpkg/status', { bytesMax: 64 << 20 }) ?? '';
  const held = new Set<string>();
  const mark = '\nStatus: hold ';
  for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + 1)) {
    const start = text.lastIndexOf('\n\n', at) + 1;
    const name = /(?:^|\n)Package: *(\S+)/.exec(text.slice(start, at))?.[1];
    if (name !== undefined) held.add(name);
  }
  return held;
};

/** Suites without which silence means nothing: the security suite of the host's own release. */
const securityLists = ({ lists, distribution }: Host): readonly AptRelease[] =>
  lists.lists
    .map(({ release }) => release)
    .filter(release => isHouse(release) && isSecuritySuite(release))
    .filter(
      ({ codename, suite, label }) =>
        distribution.codename === '' ||
        codename.startsWith(distribution.codename) ||
        suite.startsWith(distribution.codename) ||
        (codename === '' && label !== ''),
    );

/** Unstable has no security suite: fixes come with everything else. */
const needsSecuritySuite = ({ distribution }: Host): boolean =>
  (distribution.id === 'debian' || distribution.id === 'ubuntu') &&
  distribution.versionId !== '' &&
  !['sid', 'unstable'].includes(distribution.codename);

const securityLine = ({ id, codename }: Distribution): string =>
  id === 'ubuntu'
    ? `deb http://security.ubuntu.com/ubuntu ${codename}-security main restricted universe multiverse`
    : `deb http://security.debian.org/debian-security ${codename}-security main`;

const refresh = '# Refresh the package index, then run Postern again:\napt update';

const offersOf = ({ lists }: Host, { name, arch }: WantedPackage): readonly AptListed[] =>
  (lists.listed.get(name) ?? []).filter(
    offer => arch === undefined || offer.arch === arch || offer.arch === 'all' || arch === 'all',
  );

/** Whether the distribution itself stands behind the package, by who offers it or by its database. */
const isOurs = (wanted: WantedPackage, offers: readonly AptListed[]): boolean =>
  wanted.origin === 'distribution' ||
  (wanted.origin !== 'vendor' &&
    wanted.origin !== 'in-house' &&
    offers.some(({ release }) => isHouse(release)));

const newerThan = (installed: string, offers: readonly AptListed[]): readonly AptListed[] =>
  offers.filter(({ version }) => deb.compare(version, installed) === 1);

/** True: a security suite has a newer build. False: it has not, and would. Null: nobody can tell. */
const securityOf = (host: Host, newer: readonly AptListed[]): boolean | null => {
  if (newer.some(({ release }) => isSecuritySuite(release))) return true;
  // Ubuntu publishes every security fix in -security as well as in -updates.
  const ubuntu = newer.every(({ release }) => release.origin === 'Ubuntu');
  return ubuntu && securityLists(host).length > 0 ? false : null;
};

/** What dates a waiting security fix: its own suite, and every suite that has it or something newer. */
const datingOf = (newer: readonly AptListed[]): readonly AptListed[] => {
  const fixes = newer.filter(({ release }) => isSecuritySuite(release));
  return newer.filter(offer =>
    fixes.some(
      fix =>
        fix === offer ||
        (!offer.release.notAutomatic && deb.compare(offer.version, fix.version) !== -1),
    ),
  );
};

const whyNull = (newer: readonly AptListed[]): string =>
  newer.some(({ release }) => release.origin === 'Debian')
    ? 'it comes with a point release, which may carry security fixes too small for an advisory'
    : 'its repository does not say which of its updates mend flaws';

const nothingWaits = (host: Host, wanted: WantedPackage, offers: readonly AptListed[]): Waiting => {
  const { name, version } = wanted;
  const { lists, distribution } = host;
  if (lists.lists.length === 0) {
    return {
      state: 'unknown',
      why: 'there is no package index on this host',
      how: refresh,
    };
  }
  const [unread] = lists.unread;
  if (unread !== undefined) {
    return {
      state: 'unknown',
      why: `the package index ${unread} could not be read`,
      how: refresh,
    };
  }
  if (offers.length === 0) {
    return {
      state: 'unknown',
      why: `no repository in the package index offers ${name}: it came from a file, or from a repository that is gone`,
      how: `# See where it came from, and add that repository again or replace the package:\napt-cache policy ${name}`,
    };
  }
  if (isOurs(wanted, offers) && needsSecuritySuite(host) && securityLists(host).length === 0) {
    return {
      state: 'unknown',
      why: 'the package index holds nothing of the security suite, so a security update would not show',
      how: `# in /etc/apt/sources.list:\n${securityLine(distribution)}\n# then:\napt update`,
    };
  }
  if (offers.every(offer => deb.compare(offer.version, version) === 'incomparable')) {
    return {
      state: 'unknown',
      why: `version ${version} cannot be compared with those on offer`,
      how: `apt-cache policy ${name}`,
    };
  }
  const [first] = offers;
  return {
    state: 'none',
    why: `${version} is the newest build on offer`,
    ...(first === undefined ? {} : { because: { path: first.path } }),
  };
};

const waitingFor = (host: Host, wanted: WantedPackage, offers: readonly AptListed[]): Waiting => {
  const { files, preferences, held, installations, now } = host;
  const { name, version } = wanted;
  const preferred = candidateOf(name, version, offers, preferences);
  const usual = candidateOf(name, version, offers);
  const choice =
    preferred !== undefined && deb.compare(preferred.version, version) === 1 ? preferred : usual;
  if (choice === undefined) return nothingWaits(host, wanted, offers);
  const newer = newerThan(version, offers).filter(
    offer => deb.compare(offer.version, choice.version) !== 1,
  );
  const security = securityOf(host, newer);
  const dating = security === true ? datingOf(newer) : newer;
  const since = waitingSince(
    files,
    name,
    version,
    dating,
    host.changelogOf(wanted),
    installations,
    now,
  );
  const [first] = dating;
  const hold = held.has(name)
    ? 'it is on hold (apt-mark hold)'
    : preferred?.version === choice.version
      ? undefined
      : whatHolds(name, version, offers, preferences, choice.version);
  return {
    state: 'update',
    version: choice.version,
    security,
    since: security === null ? { ...since, basis: `${since.basis}; ${whyNull(newer)}` } : since,
    ...(first === undefined ? {} : { because: { path: first.path } }),
    ...(hold === undefined ? {} : { held: hold }),
    remedy: [
      ...(hold === undefined ? [] : [`# ${hold}`]),
      ...(held.has(name) ? [`apt-mark unhold ${name}`] : []),
      `apt update && apt install --only-upgrade ${name}${preferred?.version === choice.version ? '' : `=${choice.version}`}`,
    ].join('\n'),
  };
};

/**
 * When the index was refreshed: the repositories' own dates, and the stamp that apt's timer leaves,
 * which says nothing beyond the day until which the index may be trusted.
 */
const indexAsOf = (host: Host, offers: readonly AptListed[]): string | undefined => {
  const { lists, files, now } = host;
  const origins = new Set(offers.map(({ release }) => release.origin));
  const mine = lists.lists
    .map(({ release }) => release)
    .filter(({ origin }) => origins.has(origin));
  const dates = mine.flatMap(({ date }) => date ?? []);
  const trusted = mine.flatMap(({ validUntil }) => validUntil ?? []).sort()[0];
  const stamp = files.stat(stampPath)?.mtimeMs;
  if (stamp !== undefined && trusted !== undefined && stamp <= now.getTime()) {
    const refreshed = new Date(stamp).toISOString();
    dates.push(refreshed < trusted ? refreshed : trusted);
  }
  return dates.sort().at(-1);
};

const repositoryOf = (
  offers: readonly AptListed[],
  version: string,
): PatchFacts['repository'] | undefined => {
  const exact = offers.filter(offer => offer.version === version);
  const best = exact.find(({ release }) => isSecuritySuite(release)) ?? exact[0];
  if (best === undefined) return undefined;
  const { origin, label, suite, codename, path } = best.release;
  return {
    origin: origin || baseOf(path).split('_')[0] || 'unnamed',
    ...(label === '' ? {} : { label }),
    ...((codename || suite) === '' ? {} : { suite: codename || suite }),
  };
};

const componentOf = (offers: readonly AptListed[]): string | undefined =>
  offers.find(({ release }) => isHouse(release))?.component;

const factsOf = (host: Host, wanted: WantedPackage): PatchFacts => {
  const { files, distribution, now, installations, lists } = host;
  const offers = offersOf(host, wanted);
  const upgrades = installations.upgrades.get(wanted.name) ?? [];
  const asOf = indexAsOf(host, offers);
  const repository = repositoryOf(offers, wanted.version);
  const component = componentOf(offers);
  return {
    ...(asOf === undefined ? {} : { indexAsOf: asOf }),
    waiting: waitingFor(host, wanted, offers),
    history: upgrades.length === 0 ? [] : pastUpdates(upgrades, host.changelogOf(wanted)),
    support: supportOf(
      files,
      wanted,
      distribution,
      {
        byDistribution: isOurs(wanted, offers),
        ...(component === undefined ? {} : { component }),
        subscriptions: lists.lists.some(({ release }) => release.origin.startsWith('UbuntuESM'))
          ? ['Ubuntu Pro']
          : [],
      },
      now,
    ),
    ...(repository === undefined ? {} : { repository }),
  };
};

/** What apt and dpkg left on the host: lists, preferences, logs, changelogs. */
export const apt: LocalSource = {
  id: 'apt',
  title: 'apt',
  ecosystem: 'deb',
  reads: [
    '/var/lib/apt/lists/*',
    '/var/lib/apt/periodic/update-success-stamp',
    '/etc/apt/preferences',
    '/etc/apt/preferences.d/*',
    '/etc/apt/apt.conf',
    '/etc/apt/apt.conf.d/*',
    '/var/lib/dpkg/status',
    '/var/log/dpkg.log*',
    '/var/log/apt/history.log*',
    '/var/log/unattended-upgrades/unattended-upgrades.log*',
    '/var/cache/apt/archives/*.deb',
    '/usr/share/doc/*/changelog*',
    '/usr/share/distro-info/*.csv',
    '/usr/share/debian-security-support/*',
  ],
  facts: (files, wanted, distribution, now) => {
    const names = new Set(wanted.map(({ name }) => name));
    const changelogs = new Map<string, Changelog | undefined>();
    const host: Host = {
      files,
      now,
      distribution,
      lists: readAptLists(files, names),
      preferences: readPreferences(files),
      installations: readInstallations(files, names),
      held: readHeld(files),
      changelogOf: ({ name, arch }) => {
        if (!changelogs.has(name)) changelogs.set(name, readChangelog(files, name, arch));
        return changelogs.get(name);
      },
    };
    return new Map(wanted.map(each => [each.name, factsOf(host, each)]));
  },
};
