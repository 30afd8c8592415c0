import type { FileView } from '../../../core/files.ts';
import type { AptListed, AptLists, AptRelease } from '../../../core/formats/apt-lists.ts';
import { baseRelease, isHouse, securitySuitesFor } from './coverage.ts';

const stampPath = '/var/lib/apt/periodic/update-success-stamp';
/** A security suite is published anew every few days at the latest. */
const silenceMs = 4 * 86_400_000;

/**
 * The suites whose age is the age of the answer. The distribution's main suite stands still for months
 * and its neighbours move on their own: for what it built, only the security suite counts.
 */
const deciding = (lists: AptLists, offers: readonly AptListed[]): readonly AptRelease[] => {
  const ours = offers.filter(({ release }) => isHouse(release));
  if (ours.length === 0) return offers.map(({ release }) => release);
  return ours.flatMap(offer => {
    const suites = securitySuitesFor(lists, offer);
    if (suites !== null) return suites;
    return lists.lists
      .map(({ release }) => release)
      .filter(
        release =>
          release.origin === offer.release.origin &&
          baseRelease(release) === baseRelease(offer.release),
      );
  });
};

/**
 * As of when the lists speak of these offers, at the least. apt does not record which repository it
 * reached when: each one's own date counts, and the stamp of apt's timer (left when any repository was
 * reached) only where the suite was young then and may still be trusted.
 */
export const indexAsOf = (
  files: FileView,
  lists: AptLists,
  offers: readonly AptListed[],
  now: Date,
): string | undefined => {
  const releases = deciding(lists, offers);
  const dates = releases.flatMap(({ date }) => date ?? []);
  const stampMs = files.stat(stampPath)?.mtimeMs;
  if (stampMs !== undefined && stampMs <= now.getTime()) {
    const stamp = new Date(stampMs).toISOString();
    for (const { date, validUntil } of releases) {
      const fresh = date !== undefined && stampMs - Date.parse(date) <= silenceMs;
      if (fresh && validUntil !== undefined && stamp <= validUntil) dates.push(stamp);
    }
  }
  return dates.sort().at(-1);
};
