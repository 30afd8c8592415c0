import type { FileView } from '../../core/files.ts';
import type { Distribution } from '../../core/packages.ts';
import type { PatchFacts, Since, Waiting } from '../../core/patch.ts';
import { idMatches } from '../../core/policy.ts';
import type { LocalSource, WantedPackage } from '../local-source.ts';
import { supportOf } from '../support.ts';
import { rpm } from '../versions/rpm.ts';
import { pastUpdates, type RpmUpgrade, readUpgrades } from './dnf/history.ts';
import {
  type Repositories,
  type RpmAdvisory,
  type RpmOffer,
  readRepositories,
  repomdPatterns,
} from './dnf/repositories.ts';

interface Lock {
  readonly glob: string;
  readonly path: string;
  readonly line: number;
}

interface Host {
  readonly files: FileView;
  readonly now: Date;
  readonly distribution: Distribution;
  readonly repositories: Repositories;
  readonly upgrades: ReadonlyMap<string, readonly RpmUpgrade[]>;
  readonly locks: readonly Lock[];
}

const configurations = ['/etc/dnf/dnf.conf', '/etc/yum.conf'];
const lockLists = ['/etc/dnf/plugins/versionlock.list', '/etc/yum/pluginconf.d/versionlock.list'];

/** What dnf is told to leave alone: `excludepkgs` and the version lock. */
const readLocks = (files: FileView): readonly Lock[] => {
  const locks: Lock[] = [];
  for (const path of configurations) {
    for (const [i, line] of (files.text(path) ?? '').split('\n').entries()) {
      const names = /^\s*(?:exclude|excludepkgs)\s*=(.*)$/.exec(line)?.[1] ?? '';
      for (const glob of names.split(/[\s,]+/).filter(each => each !== '')) {
        locks.push({ glob, path, line: i + 1 });
      }
    }
  }
  for (const path of lockLists) {
    for (const [i, line] of (files.text(path) ?? '').split('\n').entries()) {
      const spec = line.trim();
      if (spec === '' || /^[#!]/.test(spec)) continue;
      // `postfix-2:3.5.9-24.el9.*`, or with the epoch in front: the name is all but the last two parts.
      const name = spec.replace(/^\d+:/, '').replace(/-[^-]+-[^-]+$/, '');
      locks.push({ glob: name, path, line: i + 1 });
    }
  }
  return locks;
};

const refresh = '# Refresh the package index, then run Postern again:\ndnf makecache';

/** Builds of other streams of a module do not follow this one, whatever their numbers say. */
const isModular = (version: string): boolean => version.includes('.module');

const fits =
  ({ arch, version }: WantedPackage) =>
  (offer: RpmOffer): boolean =>
    (arch === undefined || offer.arch === arch || offer.arch === 'noarch' || arch === 'noarch') &&
    isModular(offer.version) === isModular(version);

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
  return {
    ...(wanted.built === undefined ? {} : { notBefore: wanted.built }),
    ...(generated === undefined ? {} : { notAfter: generated }),
    basis:
      [
        wanted.built === undefined ? '' : `the installed build is of ${wanted.built.slice(0, 10)}`,
        generated === undefined
          ? ''
          : `the index of ${id} of ${generated.slice(0, 10)} offers ${offer.version}`,
      ]
        .filter(part => part !== '')
        .join('; ') || 'nothing on this host dates it',
  };
};

const nothingWaits = (
  { repositories }: Host,
  { name, version }: WantedPackage,
  offers: readonly RpmOffer[],
): Waiting => {
  if (repositories.all.length === 0) {
    return {
      state: 'unknown',
      why: 'there is no package index in the cache on this host',
      how: refresh,
    };
  }
  const [unread] = repositories.unread;
  if (unread !== undefined) {
    return { state: 'unknown', why: `a package index could not be read: ${unread}`, how: refresh };
  }
  const [offer] = offers;
  if (offer === undefined) {
    return {
      state: 'unknown',
      why: isModular(version)
        ? `no stream of its module in the package index has ${name}`
        : `no repository in the package index offers ${name}: it came from a file, or from a repository that is gone or disabled`,
      how: `dnf list --showduplicates ${name}`,
    };
  }
  if (isModular(version)) {
    return {
      state: 'unknown',
      why: `${name} comes from a module, and which of its streams is enabled decides what may follow it`,
      how: `dnf check-update ${name}`,
    };
  }
  return {
    state: 'none',
    why: `${version} is the newest build on offer`,
    because: { path: offer.repository.path },
  };
};

const waitingFor = (host: Host, wanted: WantedPackage): Waiting => {
  const { name, version } = wanted;
  const { repositories, locks } = host;
  const offers = (repositories.offers.get(name) ?? []).filter(fits(wanted));
  const advisories = (repositories.advisories.get(name) ?? []).filter(fits(wanted));
  const newer = (offer: RpmOffer): boolean => rpm.compare(offer.version, version) === 1;
  const choice = newest([...offers, ...advisories].filter(newer));
  if (choice === undefined || isModular(version)) return nothingWaits(host, wanted, offers);
  const fixes = advisories.filter(advisory => advisory.security && newer(advisory));
  const told = [...offers, ...advisories]
    .filter(newer)
    .every(each => each.repository.hasAdvisories);
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
      `dnf upgrade ${name}`,
    ].join('\n'),
  };
};

const factsOf = (host: Host, wanted: WantedPackage): PatchFacts => {
  const { files, now, distribution, repositories, upgrades } = host;
  const offers = (repositories.offers.get(wanted.name) ?? []).filter(fits(wanted));
  // dnf refreshes its repositories together: the youngest says when that was at the earliest.
  const asOf = repositories.all
    .flatMap(({ generated }) => generated ?? [])
    .sort()
    .at(-1);
  const own = offers.find(({ version }) => version === wanted.version);
  return {
    ...(asOf === undefined ? {} : { indexAsOf: asOf }),
    waiting: waitingFor(host, wanted),
    history: pastUpdates(
      upgrades.get(wanted.name) ?? [],
      (repositories.advisories.get(wanted.name) ?? []).filter(fits(wanted)),
      repositories.all.some(({ hasAdvisories }) => hasAdvisories),
    ),
    support: supportOf(
      files,
      wanted,
      distribution,
      {
        byDistribution:
          wanted.origin === undefined ? offers.length > 0 : wanted.origin === 'distribution',
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
    '/var/lib/dnf/history.sqlite',
    '/var/log/dnf.rpm.log*',
    ...configurations,
    ...lockLists,
  ],
  facts: (files, wanted, distribution, now) => {
    const names = new Set(wanted.map(({ name }) => name));
    const host: Host = {
      files,
      now,
      distribution,
      repositories: readRepositories(files, names),
      upgrades: readUpgrades(files, names),
      locks: readLocks(files),
    };
    return new Map(wanted.map(each => [each.name, factsOf(host, each)]));
  },
};
