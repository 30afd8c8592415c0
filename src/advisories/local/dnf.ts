import type { FileView } from '../../core/files.ts';
import type { Distribution } from '../../core/packages.ts';
import type { PatchFacts, Since, Waiting } from '../../core/patch.ts';
import { idMatches } from '../../core/policy.ts';
import type { LocalSource, WantedPackage } from '../local-source.ts';
import { supportOf } from '../support.ts';
import { rpm } from '../versions/rpm.ts';
import { historyPaths, pastUpdates, type RpmUpgrade, readUpgrades } from './dnf/history.ts';
import { type Lock, lockPatterns, readLocks } from './dnf/locks.ts';
import { moduleStatePattern, streamKey } from './dnf/modules.ts';
import {
  type Repositories,
  type Repository,
  type RpmAdvisory,
  type RpmOffer,
  readRepositories,
  repomdPatterns,
} from './dnf/repositories.ts';

interface Host {
  readonly files: FileView;
  readonly now: Date;
  readonly distribution: Distribution;
  readonly repositories: Repositories;
  readonly upgrades: ReadonlyMap<string, readonly RpmUpgrade[]>;
  readonly locks: readonly Lock[];
}

const refreshing: Readonly<Record<string, string>> = {
  sles: 'zypper refresh',
  sled: 'zypper refresh',
  'opensuse-leap': 'zypper refresh',
  'opensuse-tumbleweed': 'zypper refresh',
};

const refresh = ({ distribution: { id, versionId } }: Host): string =>
  `# Refresh the package index, then run Postern again:\n${refreshing[id] ?? (isOld(id, versionId) ? 'yum makecache' : 'dnf makecache')}`;

const upgrade = ({ distribution: { id, versionId } }: Host, name: string): string =>
  refreshing[id] === undefined
    ? `${isOld(id, versionId) ? 'yum update' : 'dnf upgrade'} ${name}`
    : `zypper refresh && zypper update ${name}`;

/** Enterprise Linux 7 and older have yum only. */
const isOld = (id: string, versionId: string): boolean =>
  ['centos', 'rhel', 'ol'].includes(id) && Number.parseInt(versionId, 10) < 8;

/** Releases whose main repository stands still and whose updates come in another one. */
const updateRepositories: Readonly<Record<string, RegExp>> = {
  fedora: /^updates$/,
  centos: /^(?:updates|appstream|baseos)$/i,
  'opensuse-leap': /update/i,
  sles: /update/i,
};

const updatesIn = ({ distribution, repositories }: Host): readonly Repository[] | undefined => {
  const pattern = updateRepositories[distribution.id];
  return pattern === undefined ? undefined : repositories.all.filter(({ id }) => pattern.test(id));
};

const isModular = (version: string): boolean => version.includes('.module');

const streamOf = ({ repositories }: Host, name: string, version: string): string | undefined =>
  repositories.streams.get(streamKey(name, version));

/** Whether nothing tells which builds may follow a module's. */
const hasNoStream = (host: Host, { name, version }: WantedPackage): boolean =>
  isModular(version) && streamOf(host, name, version) === undefined;

/** Builds of other streams of a module do not follow this one, whatever their numbers say. */
const fits = (
  host: Host,
  { name, arch, version }: WantedPackage,
): ((offer: RpmOffer) => boolean) => {
  const stream = isModular(version) ? streamOf(host, name, version) : undefined;
  return offer =>
    (arch === undefined || offer.arch === arch || offer.arch === 'noarch' || arch === 'noarch') &&
    isModular(offer.version) === isModular(version) &&
    (stream === undefined || streamOf(host, name, offer.version) === stream);
};

const newest = (offers: readonly RpmOffer[]): RpmOffer | undefined => {
  let best: RpmOffer | undefined;
  for (const offer of offers) {
    if (best === undefined || rpm.compare(offer.version, best.version) === 1) best = offer;
  }
  return best;
};

/** An advisory's day of issue is exact; without one, only the index and the builds bound it. */
const sinceOf = (wanted: WantedPackage, fixes: readonly RpmAdvisory[], offer: RpmOffer): Since => {
  const [first] = fixes
    .filter(({ issued }) => issued !== undefined)
    .sort((a, b) => ((a.issued ?? '') < (b.issued ?? '') ? -1 : 1));
  if (first?.issued !== undefined) {
    return {
      notBefore: first.issued,
      notAfter: first.issued,
      basis: `${first.id} was issued on ${first.issued.slice(0, 10)}`,
    };
  }
  const { generated, id } = offer.repository;
  // A rebuild made here may be younger than what it lacks.
  const built = wanted.origin === 'distribution' ? wanted.built : undefined;
  return {
    ...(built === undefined ? {} : { notBefore: built }),
    ...(generated === undefined ? {} : { notAfter: generated }),
    basis:
      [
        built === undefined ? '' : `the installed build is of ${built.slice(0, 10)}`,
        generated === undefined
          ? ''
          : `the index of ${id} of ${generated.slice(0, 10)} offers ${offer.version}`,
      ]
        .filter(part => part !== '')
        .join('; ') || 'nothing on this host dates it',
  };
};

const unknown = (why: string, how: string): Waiting => ({ state: 'unknown', why, how });

/** What of the index keeps its silence from meaning anything. */
const whySilent = (
  host: Host,
  wanted: WantedPackage,
  offers: readonly RpmOffer[],
): Waiting | undefined => {
  const { name, version, origin } = wanted;
  const { all, unread, missing } = host.repositories;
  if (all.length === 0) {
    return unknown('there is no package index in the cache on this host', refresh(host));
  }
  if (unread[0] !== undefined) {
    return unknown(`a package index could not be read: ${unread[0]}`, refresh(host));
  }
  if (missing[0] !== undefined) {
    return unknown(
      `the repository ${missing[0]} is switched on, but there is no index of it in the cache`,
      refresh(host),
    );
  }
  if (offers.length === 0) {
    return unknown(
      isModular(version)
        ? `no stream of its module in the package index has ${name}`
        : `no repository in the package index offers ${name}: it came from a file, or from a repository that is gone or disabled`,
      `dnf list --showduplicates ${name}`,
    );
  }
  if (hasNoStream(host, wanted)) {
    return unknown(
      `${name} comes from a module, and which of its streams is enabled decides what may follow it`,
      `dnf check-update ${name}`,
    );
  }
  if (!offers.some(offer => rpm.compare(offer.version, version) === 0)) {
    return unknown(
      `no repository in the package index offers the installed build ${version} (the newest on offer is ${newest(offers)?.version ?? 'none'}): it was built here, came from a file, or from a repository that is gone or disabled`,
      `dnf list --showduplicates ${name}`,
    );
  }
  if (origin !== 'vendor' && updatesIn(host)?.length === 0) {
    return unknown(
      'the package index holds nothing of the repository in which this release gets its updates',
      `# Switch the updates repository on (/etc/yum.repos.d), then:\n${refresh(host)}`,
    );
  }
  return undefined;
};

const nothingWaits = (host: Host, wanted: WantedPackage, offers: readonly RpmOffer[]): Waiting => {
  const silent = whySilent(host, wanted, offers);
  if (silent !== undefined) return silent;
  const own = offers.find(({ version }) => rpm.compare(version, wanted.version) === 0);
  return {
    state: 'none',
    why: `${wanted.version} is the newest build on offer`,
    ...(own === undefined ? {} : { because: { path: own.repository.path } }),
  };
};

const waitingFor = (host: Host, wanted: WantedPackage): Waiting => {
  const { name, version } = wanted;
  const { repositories, locks } = host;
  const offers = (repositories.offers.get(name) ?? []).filter(fits(host, wanted));
  const advisories = (repositories.advisories.get(name) ?? []).filter(fits(host, wanted));
  const newer = (offer: RpmOffer): boolean => rpm.compare(offer.version, version) === 1;
  const choice = newest([...offers, ...advisories].filter(newer));
  if (choice === undefined || hasNoStream(host, wanted)) return nothingWaits(host, wanted, offers);
  const fixes = advisories.filter(advisory => advisory.security && newer(advisory));
  // Silence about flaws means something only where every index is there, and of the distribution's builds.
  const told =
    wanted.origin === 'distribution' &&
    repositories.unread.length === 0 &&
    repositories.missing.length === 0 &&
    [...offers, ...advisories].filter(newer).every(each => each.repository.hasAdvisories);
  const security = fixes.length > 0 ? true : told ? false : null;
  const since = sinceOf(wanted, fixes, choice);
  const lock = locks.find(({ glob }) => idMatches(glob, name));
  return {
    state: 'update',
    version: choice.version,
    security,
    since:
      security === null
        ? {
            ...since,
            basis: `${since.basis}; ${choice.repository.id} does not say which of its updates mend flaws`,
          }
        : since,
    because: { path: choice.repository.path },
    ...(lock === undefined
      ? {}
      : { held: `dnf is told to leave it alone (${lock.path}:${lock.line})` }),
    remedy: [
      ...(lock === undefined ? [] : [`# remove line ${lock.line} of ${lock.path} first`]),
      upgrade(host, name),
    ].join('\n'),
  };
};

const frozenMs = 45 * 86_400_000;

/**
 * A distribution's repository that nobody publishes to any more, such as that of a former minor release:
 * dnf finds it unchanged every day, and no fix will ever come through it.
 */
const isFrozen = ({ origin }: WantedPackage, { generated, checked }: Repository): boolean =>
  origin !== 'vendor' &&
  generated !== undefined &&
  checked !== undefined &&
  Date.parse(checked) - Date.parse(generated) > frozenMs;

/**
 * As of when the index speaks of this package, at the least: the repositories that offer the installed
 * build, or, where updates come in one of their own, that one. Each has its own date.
 */
const indexAsOf = (
  host: Host,
  wanted: WantedPackage,
  offers: readonly RpmOffer[],
): string | undefined => {
  const exact = offers.filter(({ version }) => rpm.compare(version, wanted.version) === 0);
  const own = (exact.length > 0 ? exact : offers).map(({ repository }) => repository);
  const updates = wanted.origin === 'vendor' ? [] : (updatesIn(host) ?? []);
  const deciding = updates.length > 0 ? updates : own;
  const dates = deciding.flatMap(
    repository =>
      (isFrozen(wanted, repository) ? undefined : repository.checked) ?? repository.generated ?? [],
  );
  return dates.length < deciding.length ? undefined : dates.sort()[0];
};

const factsOf = (host: Host, wanted: WantedPackage): PatchFacts => {
  const { files, now, distribution, repositories, upgrades } = host;
  const offers = (repositories.offers.get(wanted.name) ?? []).filter(fits(host, wanted));
  const asOf = indexAsOf(host, wanted, offers);
  const own = offers.find(({ version }) => version === wanted.version);
  return {
    ...(asOf === undefined ? {} : { indexAsOf: asOf }),
    waiting: waitingFor(host, wanted),
    history: pastUpdates(
      upgrades.get(wanted.name) ?? [],
      (repositories.advisories.get(wanted.name) ?? []).filter(fits(host, wanted)),
      repositories.all.some(({ hasAdvisories }) => hasAdvisories),
    ),
    support: supportOf(
      files,
      wanted,
      distribution,
      {
        byDistribution: wanted.origin === 'distribution',
        ...(wanted.supplier === 'Fedora EPEL' ? { project: 'EPEL' } : {}),
      },
      now,
    ),
    ...(own === undefined ? {} : { repository: { origin: own.repository.id } }),
  };
};

/** What dnf, yum or zypper left on the host: cached indexes and advisories, history, logs. */
export const dnf: LocalSource = {
  id: 'dnf',
  title: 'dnf',
  ecosystem: 'rpm',
  reads: [
    ...repomdPatterns,
    ...repomdPatterns.map(pattern => pattern.replace('repomd.xml', '*-{primary,updateinfo}.xml*')),
    ...repomdPatterns.map(pattern => pattern.replace('repomd.xml', '*-modules.yaml*')),
    moduleStatePattern,
    ...lockPatterns,
    ...historyPaths.flatMap(path => [path, `${path}-wal`]),
    '/var/log/dnf.rpm.log*',
  ],
  facts: (files, wanted, distribution, now) => {
    const names = new Set(wanted.map(({ name }) => name));
    const host: Host = {
      files,
      now,
      distribution,
      repositories: readRepositories(files, names, now),
      upgrades: readUpgrades(files, names),
      locks: readLocks(files),
    };
    return new Map(wanted.map(each => [each.name, factsOf(host, each)]));
  },
};
