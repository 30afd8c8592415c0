import type { VersionClaim } from '../core/advisory.ts';
import { judge, type RangeAnswer } from './range.ts';

/** `0` and `*` are words of ranges, not versions. */
const boundsOf = ({ spans, versions = [] }: VersionClaim): readonly string[] =>
  [...spans.flatMap(({ from, before, through }) => [from, before, through]), ...versions]
    .filter(bound => bound !== undefined)
    .filter(bound => bound !== '0' && bound !== '*');

const bare = (bound: string): string => bound.replace(/^\d+:/, '');

const withoutEpochs = (claim: VersionClaim): VersionClaim => ({
  ...claim,
  spans: claim.spans.map(({ from, before, through, standing }) => ({
    ...(from === undefined ? {} : { from: bare(from) }),
    ...(before === undefined ? {} : { before: bare(before) }),
    ...(through === undefined ? {} : { through: bare(through) }),
    standing,
  })),
  ...(claim.versions === undefined ? {} : { versions: claim.versions.map(bare) }),
});

/**
 * What a claim says of what is installed. rpm reads a version without an epoch as of epoch 0; but a source
 * that writes none of a package that has one may have left it out, and then the answer would be another.
 * `epochKnown`: whether the version would bear its epoch; that of a source rpm, known by its file's name, does not.
 */
export const judgeInstalled = (
  claim: VersionClaim,
  version: string,
  epochKnown = true,
): RangeAnswer => {
  const answer = judge(claim, version);
  if (claim.scheme !== 'rpm') return answer;
  const epoch = /^0*[1-9]\d*:/.exec(version)?.[0];
  const theirs = boundsOf(claim).some(bound => /^0*[1-9]\d*:/.test(bound));
  if (epoch === undefined) {
    if (epochKnown || !theirs) return answer;
    const without = judge(withoutEpochs(claim), version);
    return without.standing === answer.standing
      ? answer
      : {
          standing: 'undetermined',
          why: `the source writes versions with an epoch, and that of ${version.slice(0, 60)} is not known; ${without.why}, if it is the same`,
        };
  }
  if (boundsOf(claim).some(bound => bound.includes(':'))) return answer;
  const without = judge(claim, version.slice(epoch.length));
  return without.standing === answer.standing
    ? answer
    : {
        standing: 'undetermined',
        why: `the source writes versions without the epoch that ${version.slice(0, 60)} has; ${without.why}, if it left it out`,
      };
};
