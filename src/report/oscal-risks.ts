import type { Answer } from '../core/answer.ts';
import type { Finding } from '../core/finding.ts';
import { type FlawGroup, flawGroups, type GroupedFlaw, overdueOf } from './flaw-groups.ts';
import { oneLine } from './plain.ts';
import { severityWord } from './severity.ts';
import { uuidOf } from './uuid.ts';

/** Open flaws as OSCAL's risks, and which of them each part has. */
export interface Risks {
  readonly risks: readonly object[];
  readonly ofComponent: ReadonlyMap<string, readonly string[]>;
}

const property = (name: string, value: string): object => ({
  name,
  ns: 'https://postern.example/ns/oscal',
  value: oneLine(value) || 'unknown',
});

const isAccepted = ({ components }: GroupedFlaw): boolean =>
  components.every(({ checks: { patched } }) => patched.exception?.expired === false);

/** OSCAL's own words; accepting a risk for a time is what it calls a deviation. */
const statusOf = (flaw: GroupedFlaw): string => {
  if (isAccepted(flaw)) return 'deviation-approved';
  if (flaw.finding.outcome === 'undetermined') return 'investigating';
  return flaw.finding.steps?.[0]?.state === 'mitigated' ? 'remediating' : 'open';
};

const properties = (finding: Finding): readonly object[] => {
  const { id, severity, exploited, fixedIn, clock, deadline } = finding;
  return [
    property('flaw', id),
    property('outcome', finding.outcome),
    property('severity', severityWord(severity)),
    ...(exploited === undefined
      ? []
      : [property('exploited', `${exploited.by}, ${exploited.on.slice(0, 10)}`)]),
    ...(fixedIn === undefined ? [] : [property('mended-in', fixedIn)]),
    ...(clock === undefined
      ? []
      : [property('fix-public-since', `${clock.started.slice(0, 10)}, ${clock.sign}`)]),
    ...(deadline === undefined ? [] : [property('deadline-basis', deadline.why)]),
    ...(overdueOf(finding) === 0 ? [] : [property('days-overdue', String(overdueOf(finding)))]),
  ];
};

const riskOf = (group: FlawGroup, flaw: GroupedFlaw, uuid: string, generated: string): object => {
  const { finding, components } = flaw;
  const { id, title, why, fixedIn, deadline, remedy } = finding;
  return {
    uuid,
    title: oneLine(`${id} in ${group.name} ${group.version}`),
    description: oneLine(title) || id,
    statement: oneLine(why) || id,
    props: properties(finding),
    status: statusOf(flaw),
    ...(deadline?.on === undefined ? {} : { deadline: `${deadline.on}T23:59:59Z` }),
    ...(fixedIn === undefined
      ? {}
      : {
          remediations: [
            {
              uuid: uuidOf('remediation', generated, uuid),
              lifecycle: 'recommendation',
              title: oneLine(`Move to ${fixedIn}`),
              description: remedy ?? `${fixedIn} mends ${id}.`,
            },
          ],
        }),
    'related-observations': components.map(component => ({
      'observation-uuid': uuidOf('observation', generated, component.id, 'patched'),
    })),
  };
};

/** One risk for each flaw that applies to a piece of software, or may, with its deadline. */
export const oscalRisks = (answer: Answer): Risks => {
  const risks: object[] = [];
  const ofComponent = new Map<string, string[]>();
  for (const group of flawGroups(answer)) {
    for (const flaw of [...group.open, ...group.undetermined]) {
      const [first] = group.components;
      const uuid = uuidOf('risk', answer.generated, first?.id ?? group.name, flaw.finding.id);
      risks.push(riskOf(group, flaw, uuid, answer.generated));
      for (const { id } of flaw.components) {
        ofComponent.set(id, [...(ofComponent.get(id) ?? []), uuid]);
      }
    }
  }
  return { risks, ofComponent };
};
