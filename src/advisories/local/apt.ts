import type { FileView } from '../../core/files.ts';
import {
  type AptListed,
  type AptLists,
  aptListPatterns,
  isSecuritySuite,
  needsSubscription,
  readAptLists,
} from '../../core/formats/apt-lists.ts';
import { stanzasIn } from '../../core/formats/deb822.ts';
import type { Distribution } from '../../core/packages.ts';
import type { PatchFacts } from '../../core/patch.ts';
import { baseOf } from '../../core/paths.ts';
import type { LocalSource, WantedPackage } from '../local-source.ts';
import { type SupportTerms, supportOf } from '../support.ts';
import { indexAsOf } from './apt/age.ts';
import { readPreferences } from './apt/candidate.ts';
import { type Changelog, readChangelog } from './apt/changelog.ts';
import { isHouse, isUnattended } from './apt/coverage.ts';
import { pastUpdates } from './apt/history.ts';
import { readInstallations } from './apt/log.ts';
import { type AptHost, waitingFor } from './apt/waiting.ts';

const heldFields: ReadonlySet<string> = new Set(['package', 'status']);

/** Names on hold: `apt-mark hold` writes it into dpkg's status. */
const readHeld = (files: FileView): ReadonlySet<string> => {
  const held = new Set<string>();
  for (const { fields } of stanzasIn(files, '/var/lib/dpkg/status', 64 << 20, heldFields)) {
    const name = fields.get('package');
    if (name !== undefined && /^hold\s/.test(fields.get('status') ?? '')) held.add(name);
  }
  return held;
};

const offersOf = ({ lists }: AptHost, { name, arch }: WantedPackage): readonly AptListed[] =>
  (lists.listed.get(name) ?? []).filter(
    offer => arch === undefined || offer.arch === arch || offer.arch === 'all' || arch === 'all',
  );

/** Whether the distribution itself made the build, by its database or by who offers exactly this one. */
const isOurs = ({ origin, version }: WantedPackage, offers: readonly AptListed[]): boolean =>
  origin === 'distribution' ||
  ((origin === undefined || origin === 'unknown') &&
    offers.some(offer => offer.version === version && isHouse(offer.release)));

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

/** Subscriptions of which there is a sign: their own repositories are among the lists. */
const subscriptionsOf = ({ lists }: AptLists): readonly string[] => {
  const origins = new Set(
    lists.filter(list => !needsSubscription(list)).map(({ release }) => release.origin),
  );
  return [
    ...(origins.has('UbuntuESM') ? ['Ubuntu Pro'] : []),
    ...(origins.has('UbuntuESMApps') ? ['Ubuntu Pro (esm-apps)'] : []),
  ];
};

const termsOf = (
  { lists }: AptHost,
  wanted: WantedPackage,
  offers: readonly AptListed[],
): SupportTerms => {
  const exact = offers.filter(({ version }) => version === wanted.version);
  const ours = exact.filter(({ release }) => isHouse(release));
  const [unattended] = ours.every(({ release }) => isUnattended(release)) ? ours : [];
  // The suffix that backports carry, where their repository is gone.
  const suite =
    unattended === undefined
      ? /~bpo\d+\+\d+/.test(wanted.version) && ours.length === 0
        ? 'backports'
        : undefined
      : unattended.release.codename || unattended.release.suite;
  const component = (ours[0] ?? offers.find(({ release }) => isHouse(release)))?.component;
  return {
    byDistribution: isOurs(wanted, offers),
    ...(suite === undefined ? {} : { unattended: suite }),
    ...(component === undefined ? {} : { component }),
    subscriptions: subscriptionsOf(lists),
  };
};

const factsOf = (host: AptHost, wanted: WantedPackage, distribution: Distribution): PatchFacts => {
  const { files, now, installations, lists } = host;
  const offers = offersOf(host, wanted);
  const exact = offers.filter(({ version }) => version === wanted.version);
  const upgrades = installations.upgrades.get(wanted.name) ?? [];
  const asOf = indexAsOf(files, lists, exact.length > 0 ? exact : offers, now);
  const repository = repositoryOf(offers, wanted.version);
  return {
    ...(asOf === undefined ? {} : { indexAsOf: asOf }),
    waiting: waitingFor(host, wanted, offers),
    history: upgrades.length === 0 ? [] : pastUpdates(upgrades, host.changelogOf(wanted)),
    support: supportOf(files, wanted, distribution, termsOf(host, wanted, offers), now),
    ...(repository === undefined ? {} : { repository }),
  };
};

/** What apt and dpkg left on the host: lists, preferences, logs, changelogs. */
export const apt: LocalSource = {
  id: 'apt',
  title: 'apt',
  ecosystem: 'deb',
  reads: [
    ...aptListPatterns,
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
    const host: AptHost = {
      files,
      now,
      lists: readAptLists(files, names),
      preferences: readPreferences(files),
      installations: readInstallations(files, names),
      held: readHeld(files),
      changelogOf: ({ name, arch }) => {
        if (!changelogs.has(name)) changelogs.set(name, readChangelog(files, name, arch));
        return changelogs.get(name);
      },
    };
    return new Map(wanted.map(each => [each.name, factsOf(host, each, distribution)]));
  },
};
