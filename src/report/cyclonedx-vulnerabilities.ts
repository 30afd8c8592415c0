import type { AnsweredComponent } from '../core/answer.ts';
import { isClosed } from '../core/closed.ts';
import type { Finding, Outcome } from '../core/finding.ts';
import { severityWord } from './severity.ts';

/** One flaw with the components in which it has the same outcome, for the same reason of state. */
interface Group {
  readonly finding: Finding;
  readonly state: string;
  readonly components: AnsweredComponent[];
}

/** CycloneDX's words for what Postern found; what somebody decided comes first. */
const stateOf = (finding: Finding): string => {
  if (isClosed(finding)) return 'resolved';
  const states: Readonly<Record<Outcome, string>> = {
    affected: 'exploitable',
    undetermined: 'in_triage',
    'not-affected': 'not_affected',
  };
  return states[finding.outcome];
};

const methodOf = (vector: string | undefined): string => {
  if (vector === undefined) return 'other';
  if (vector.startsWith('CVSS:4')) return 'CVSSv4';
  if (vector.startsWith('CVSS:3.1')) return 'CVSSv31';
  return vector.startsWith('CVSS:3') ? 'CVSSv3' : 'CVSSv2';
};

const sourceOf = (name: string): object => ({
  name: name.startsWith('CVE-') ? 'CVE' : name.startsWith('GHSA-') ? 'GitHub' : 'advisory',
});

const ratings = ({ severity }: Finding): readonly object[] =>
  severity === undefined
    ? []
    : [
        {
          source: { name: severity.by },
          ...(severity.score === undefined ? {} : { score: severity.score }),
          severity: severityWord(severity),
          method: methodOf(severity.vector),
          ...(severity.vector === undefined ? {} : { vector: severity.vector }),
        },
      ];

const responseOf = (finding: Finding): readonly string[] => {
  if (finding.outcome !== 'affected') return [];
  if (finding.steps?.[0]?.state === 'mitigated') return ['workaround_available'];
  if (finding.fixedIn !== undefined) return ['update'];
  return finding.unmended === undefined ? [] : ['will_not_fix'];
};

const properties = ({ exploited, likelihood, clock, deadline }: Finding): readonly object[] =>
  [
    ['exploited', exploited === undefined ? undefined : `${exploited.by}, ${exploited.on}`],
    ['epss', likelihood === undefined ? undefined : String(likelihood.score)],
    ['clock', clock === undefined ? undefined : `${clock.started} (${clock.sign}: ${clock.basis})`],
    ['deadline', deadline === undefined ? undefined : (deadline.on ?? 'next upgrade')],
    ['deadlineWhy', deadline?.why],
    ['overdueDays', deadline?.overdueDays === undefined ? undefined : String(deadline.overdueDays)],
  ].flatMap(([name, value]) =>
    value === undefined ? [] : [{ name: `postern:${name ?? ''}`, value }],
  );

const versionOf = ({ version }: AnsweredComponent): string | undefined =>
  'value' in version ? version.value : undefined;

const statuses: Readonly<Record<Outcome, string>> = {
  affected: 'affected',
  undetermined: 'unknown',
  'not-affected': 'unaffected',
};

const vulnerability = ({ finding, state, components }: Group): object => {
  const { id, aliases, title, outcome, why, fixedIn, references } = finding;
  const response = responseOf(finding);
  return {
    'bom-ref': `postern:flaw:${id}:${state}`,
    id,
    source: sourceOf(id),
    references: aliases.map(alias => ({ id: alias, source: sourceOf(alias) })),
    ratings: ratings(finding),
    description: title,
    ...(fixedIn === undefined ? {} : { recommendation: `Move to ${fixedIn} or later.` }),
    advisories: references.map(url => ({ url })),
    analysis: {
      state,
      ...(response.length === 0 ? {} : { response }),
      detail: why,
    },
    affects: components.map(component => {
      const version = versionOf(component);
      return {
        ref: component.id,
        ...(version === undefined ? {} : { versions: [{ version, status: statuses[outcome] }] }),
      };
    }),
    properties: properties(finding),
  };
};

/**
 * Every flaw that was asked about, those that do not apply included: with `analysis` each is a statement of
 * VEX, and the bill a vulnerability disclosure report.
 */
export const vulnerabilities = (components: readonly AnsweredComponent[]): readonly object[] => {
  const groups = new Map<string, Group>();
  for (const component of components) {
    for (const finding of component.flaws?.findings ?? []) {
      const state = stateOf(finding);
      const key = JSON.stringify([finding.id, state, finding.why]);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { finding, state, components: [component] });
      else group.components.push(component);
    }
  }
  const seen = new Map<string, number>();
  return [...groups.values()].map(group => {
    const object = vulnerability(group) as { 'bom-ref': string };
    const times = seen.get(object['bom-ref']) ?? 0;
    seen.set(object['bom-ref'], times + 1);
    return times === 0 ? object : { ...object, 'bom-ref': `${object['bom-ref']}:${times + 1}` };
  });
};
