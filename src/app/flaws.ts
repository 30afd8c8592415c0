import { openMatching } from '../advisories/matching/match.ts';
import { clockFor } from '../advisories/urgency/dating.ts';
import { deadlineOf } from '../advisories/urgency/deadline.ts';
import { remedyOf } from '../advisories/urgency/remedy.ts';
import type { AdvisoryIndex } from '../core/advisory-index.ts';
import { exposedTo, type Placed } from '../core/exposed.ts';
import type { Finding, FlawFacts } from '../core/finding.ts';
import type { Past } from '../core/memory.ts';
import type { Distribution } from '../core/packages.ts';
import type { PatchFacts } from '../core/patch.ts';
import type { Configuration } from '../core/policy.ts';
import { maxAgeHoursOf } from './advisories/sources.ts';
import { earlierDeadlines, rememberedFlaws } from './remembered.ts';

/** What the flaws of every component are asked with. */
export interface FlawSetting {
  readonly index: AdvisoryIndex;
  readonly distribution: Distribution;
  readonly configuration: Configuration;
  readonly now: Date;
}

/** What the host and earlier runs know of a component, beside the database. */
export interface Known {
  readonly patch?: PatchFacts;
  readonly past?: Past;
}

/** Asks the advisory database about one component after another, and sets each flaw its deadline. */
export const openFlawFacts = (
  setting: FlawSetting,
): ((placed: Placed, known: Known) => FlawFacts) => {
  const { index, distribution, configuration, now } = setting;
  const match = openMatching({
    index,
    distribution,
    now,
    maxAgeHours: holding => maxAgeHoursOf(configuration.advisories, holding),
  });
  return (placed, { patch, past }) => {
    const { component, ancestors } = placed;
    const facts = rememberedFlaws(match(component, ancestors), component.id, past, now);
    const exposed = exposedTo(placed);
    const withDeadline = (finding: Finding): Finding => {
      const clock = clockFor(finding, {
        ...(component.package === undefined ? {} : { owner: component.package }),
        ...(patch === undefined ? {} : { patch }),
        ...(finding.firstSeen === undefined ? {} : { firstSeen: finding.firstSeen }),
      });
      const dated = clock === undefined ? finding : { ...finding, clock };
      const remedy = remedyOf(finding, component, patch, facts.moveTo?.software);
      const deadline = deadlineOf(dated, exposed, configuration.policy, now);
      return {
        ...dated,
        deadline,
        ...earlierDeadlines({ component: component.id, flaw: finding.id }, deadline, past),
        ...(remedy === undefined ? {} : { remedy }),
      };
    };
    return {
      ...facts,
      findings: facts.findings.map(finding =>
        finding.outcome === 'not-affected' ? finding : withDeadline(finding),
      ),
    };
  };
};

/** Several databases asked as one: the notes that ship with Postern, and the store. */
export const joinIndexes = (indexes: readonly AdvisoryIndex[]): AdvisoryIndex => ({
  // A holding that breaks while it is asked is none any more.
  get holdings() {
    return indexes.flatMap(({ holdings }) => holdings);
  },
  about: key => indexes.flatMap(index => index.about(key)),
  vexAbout: key => indexes.flatMap(index => index.vexAbout(key)),
  named: id => indexes.flatMap(index => index.named(id)),
  exploited: id => indexes.flatMap(index => index.exploited(id)),
  likelihood: id => indexes.map(index => index.likelihood(id)).find(found => found !== undefined),
});
