import type { FileView } from '../../../core/files.ts';
import { type AptListed, isHouseVersion } from '../../../core/formats/apt-lists.ts';
import type { Since } from '../../../core/patch.ts';
import { baseOf } from '../../../core/paths.ts';
import type { WantedPackage } from '../../local-source.ts';
import { deb } from '../../versions/deb.ts';
import type { Changelog, ChangelogEntry } from './changelog.ts';
import type { Installations } from './log.ts';

interface Bound {
  readonly at: string;
  readonly basis: string;
}

/** What is on offer that is newer, and whether it is known to mend a flaw. */
export interface Newer {
  readonly offers: readonly AptListed[];
  readonly security: boolean | null;
}

const archives = '/var/cache/apt/archives';

/**
 * Downloaded builds between the installed one and the newest on offer: the file's time is the
 * server's, so what it mends was out by then.
 */
const downloads = (
  files: FileView,
  { name, version: installed }: WantedPackage,
  { offers }: Newer,
  now: Date,
): readonly Bound[] =>
  files.list(archives).flatMap(entry => {
    if (!entry.name.startsWith(`${name}_`) || !entry.name.endsWith('.deb')) return [];
    const version = (entry.name.split('_')[1] ?? '').replace(/%3a/gi, ':');
    const between =
      deb.compare(version, installed) === 1 &&
      offers.some(offer => [-1, 0].some(order => deb.compare(version, offer.version) === order));
    const mtimeMs = files.stat(`${archives}/${entry.name}`)?.mtimeMs ?? Number.POSITIVE_INFINITY;
    return between && mtimeMs <= now.getTime()
      ? [{ at: new Date(mtimeMs).toISOString(), basis: `${entry.name} was downloaded` }]
      : [];
  });

/** `bookworm-security`, `unstable`; not `UNRELEASED`, not backports. */
const houseSuite = /^[a-z]+(?:-(?:security|updates|proposed-updates|proposed))?$/;

/**
 * The day before which no newer build can have been out: when the installed one was made, if it is one
 * in the distribution's own row of updates. A rebuild made here says nothing about what was out then.
 */
const madeOn = (
  { origin, version }: WantedPackage,
  changelog: Changelog | undefined,
): string | undefined => {
  if (origin !== 'distribution' || !isHouseVersion(version)) return undefined;
  const own = (entry: ChangelogEntry): boolean =>
    entry.version === version || entry.version === version.replace(/\+b\d+$/, '');
  const entry = changelog?.entries.find(each => own(each) && houseSuite.test(each.distributions));
  return entry?.date;
};

/** Since when something newer than the installed version has been on offer, as far as the host tells. */
export const waitingSince = (
  files: FileView,
  wanted: WantedPackage,
  newer: Newer,
  changelog: Changelog | undefined,
  { installed: installedAt, seenWaiting }: Installations,
  now: Date,
): Since => {
  const { name, version: installed } = wanted;
  const later: Bound[] = [
    ...newer.offers.flatMap(({ release, version }) =>
      release.date === undefined || Date.parse(release.date) > now.getTime()
        ? []
        : [{ at: release.date, basis: `${baseOf(release.path)} offers ${version}` }],
    ),
    ...downloads(files, wanted, newer, now),
  ];
  const putThere = installedAt.get(`${name} ${installed}`);
  const seen = (seenWaiting.get(name) ?? []).find(
    ({ at }) => putThere !== undefined && at > putThere,
  );
  // What unattended-upgrades saw first need not have been the security fix that waits now.
  if (seen !== undefined && newer.security !== true) {
    later.push({ at: seen.at, basis: 'unattended-upgrades saw it waiting' });
  }
  const [last] = later.sort((a, b) => (a.at < b.at ? -1 : 1));
  const made = madeOn(wanted, changelog);
  const first = made !== undefined && (last === undefined || made <= last.at) ? made : undefined;
  const basis = [
    first === undefined ? '' : `the installed build’s changelog is of ${first.slice(0, 10)}`,
    last === undefined ? '' : `${last.basis} (${last.at.slice(0, 10)})`,
  ].filter(part => part !== '');
  return {
    ...(first === undefined ? {} : { notBefore: first }),
    ...(last === undefined ? {} : { notAfter: last.at }),
    basis: basis.length === 0 ? 'nothing on this host dates it' : basis.join('; '),
  };
};
