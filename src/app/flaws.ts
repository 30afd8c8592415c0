import { openMatching } from '../advisories/matching/match.ts';
import { deadlineOf } from '../advisories/urgency/deadline.ts';
import type { AdvisoryIndex } from '../core/advisory-index.ts';
import { exposedTo, type Placed } from '../core/exposed.ts';
import type { FlawFacts } from '../core/finding.ts';
import type { Distribution } from '../core/packages.ts';
import type { Configuration } from '../core/policy.ts';
import { maxAgeHoursOf } from './advisories/sources.ts';

/** What the flaws of every component are asked with. */
export interface FlawSetting {
  readonly index: AdvisoryIndex;
  readonly distribution: Distribution;
  readonly configuration: Configuration;
  readonly now: Date;
}

/** Asks the advisory database about one component after another, and sets each flaw its deadline. */
export const openFlawFacts = (setting: FlawSetting): ((placed: Placed) => FlawFacts) => {
  const { index, distribution, configuration, now } = setting;
  const match = openMatching({
    index,
    distribution,
    now,
    maxAgeHours: holding => maxAgeHoursOf(configuration.advisories, holding),
  });
  return placed => {
    const facts = match(placed.component, placed.ancestors);
    const exposed = exposedTo(placed);
    return {
      ...facts,
      findings: facts.findings.map(finding =>
        finding.outcome === 'not-affected'
          ? finding
          : { ...finding, deadline: deadlineOf(finding, exposed, configuration.policy, now) },
      ),
    };
  };
};

/** Several databases asked as one: the notes that ship with Postern, and the store. */
export const joinIndexes = (indexes: readonly AdvisoryIndex[]): AdvisoryIndex => ({
  holdings: indexes.flatMap(({ holdings }) => holdings),
  about: key => indexes.flatMap(index => index.about(key)),
  vexAbout: key => indexes.flatMap(index => index.vexAbout(key)),
  named: id => indexes.flatMap(index => index.named(id)),
  exploited: id => indexes.flatMap(index => index.exploited(id)),
  likelihood: id => indexes.map(index => index.likelihood(id)).find(found => found !== undefined),
});
