import type { Clock, Finding } from '../../core/finding.ts';
import type { PackageRef } from '../../core/packages.ts';
import type { PatchFacts } from '../../core/patch.ts';
import { holdsFix } from './holds-fix.ts';

/** What the host and earlier runs know of the day of a fix that no source dates. */
export interface DatingWitnesses {
  readonly owner?: PackageRef;
  readonly patch?: PatchFacts;
  /** When an earlier run first saw the flaw listed here. RFC 3339. */
  readonly firstSeen?: string;
}

const byIndex = ({ owner, patch }: DatingWitnesses, fixedIn: string): Clock | undefined => {
  const waiting = patch?.waiting;
  if (owner === undefined || waiting?.state !== 'update') return undefined;
  if (!holdsFix(owner, waiting.version, fixedIn)) return undefined;
  const { notBefore, notAfter, basis } = waiting.since;
  if (notAfter === undefined) return undefined;
  return {
    started: notAfter,
    sign: 'distribution update',
    basis: `${waiting.version} of ${owner.name}, ${basis}`,
    ...(notBefore === notAfter ? {} : { atLatest: true }),
  };
};

const byEarlierRun = ({ firstSeen }: DatingWitnesses, fixedIn: string): Clock | undefined =>
  firstSeen === undefined
    ? undefined
    : {
        started: firstSeen,
        sign: 'advisory',
        basis: `Postern saw ${fixedIn} listed as mended on ${firstSeen.slice(0, 10)}`,
        atLatest: true,
      };

/**
 * The clock of a finding: what sources date, or else the earliest day by which its fix was public for
 * certain. A day that is only the latest possible one can prove that a deadline has passed, never that it
 * has not.
 */
export const clockFor = (finding: Finding, witnesses: DatingWitnesses): Clock | undefined => {
  const { clock, fixedIn } = finding;
  if (clock !== undefined || fixedIn === undefined) return clock;
  const candidates = [byIndex(witnesses, fixedIn), byEarlierRun(witnesses, fixedIn)].filter(
    (each): each is Clock => each !== undefined,
  );
  return candidates.sort((a, b) => Date.parse(a.started) - Date.parse(b.started))[0];
};
