import type { VersionClaim } from '../core/advisory.ts';
import { judge, type RangeAnswer } from './range.ts';

/** `0` and `*` are words of ranges, not versions. */
const boundsOf = ({ spans, versions = [] }: VersionClaim): readonly string[] =>
  [...spans.flatMap(({ from, before, through }) => [from, before, through]), ...versions]
    .filter(bound => bound !== undefined)
    .filter(bound => bound !== '0' && bound !== '*');

/**
 * What a claim says of what is installed. rpm reads a version without an epoch as of epoch 0; but a source
 * that writes none of a package that has one may have left it out, and then the answer would be another.
 */
export const judgeInstalled = (claim: VersionClaim, version: string): RangeAnswer => {
  const answer = judge(claim, version);
  const epoch = claim.scheme === 'rpm' ? /^0*[1-9]\d*:/.exec(version)?.[0] : undefined;
  if (epoch === undefined || boundsOf(claim).some(bound => bound.includes(':'))) return answer;
  const without = judge(claim, version.slice(epoch.length));
  return without.standing === answer.standing
    ? answer
    : {
        standing: 'undetermined',
        why: `the source writes versions without the epoch that ${version.slice(0, 60)} has; ${without.why}, if it left it out`,
      };
};
