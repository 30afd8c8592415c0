import type { PastUpdate } from '../../../core/patch.ts';
import { deb } from '../../versions/deb.ts';
import { type Changelog, type ChangelogEntry, securityOf } from './changelog.ts';
import type { Upgrade } from './log.ts';

const dayMs = 86_400_000;

const daysBetween = (from: string, to: string): number =>
  Math.max(0, Math.floor((Date.parse(to) - Date.parse(from)) / dayMs));

const past = (
  { from, at, because }: Upgrade,
  to: string,
  released: string | undefined,
  security: boolean | null,
): PastUpdate => ({
  from,
  to,
  installed: at,
  security,
  because,
  ...(released === undefined ? {} : { released, days: daysBetween(released, at) }),
});

/** A rebuild (`+b1`) has the changelog entry of what it rebuilt. */
const isEntry = (entry: ChangelogEntry, version: string): boolean =>
  entry.version === version || entry.version === version.replace(/\+b\d+$/, '');

/**
 * How long each past update took: the package's own changelog says when each version was made and for
 * which suite. An upgrade that passed several security updates is one entry for each of them.
 */
export const pastUpdates = (
  upgrades: readonly Upgrade[],
  changelog: Changelog | undefined,
): readonly PastUpdate[] =>
  upgrades.flatMap(upgrade => {
    const passed = (changelog?.entries ?? []).filter(
      ({ version }) =>
        deb.compare(version, upgrade.from) === 1 && deb.compare(version, upgrade.to) !== 1,
    );
    const security = passed.filter(entry => securityOf(entry) === true);
    if (security.length > 0) {
      return security
        .map(entry => past(upgrade, entry.version, entry.date, true))
        .sort((a, b) => ((a.released ?? '') < (b.released ?? '') ? -1 : 1));
    }
    const own = changelog?.entries.find(entry => isEntry(entry, upgrade.to));
    const known = own !== undefined && passed.every(entry => securityOf(entry) === false);
    return [past(upgrade, upgrade.to, own?.date, known ? false : null)];
  });
