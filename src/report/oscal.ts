import type { Answer, AnsweredComponent } from '../core/answer.ts';
import { type Check, checks, type State } from '../core/verdict.ts';
import { checkTitles } from './check-titles.ts';
import { oscalRisks, type Risks } from './oscal-risks.ts';
import { oneLine, safeJson } from './plain.ts';
import { sourceAges } from './source-ages.ts';
import { uuidOf } from './uuid.ts';

/**
 * OSCAL knows satisfied and not-satisfied. Unknown is not-satisfied for another reason than failing:
 * NIST SP 800-53A counts so whatever could not be determined. What does not apply has no finding.
 */
const statusOf = (
  state: Exclude<State, 'not-applicable'>,
): {
  readonly state: 'satisfied' | 'not-satisfied';
  readonly reason: 'pass' | 'fail' | 'other';
} => {
  switch (state) {
    case 'pass':
      return { state: 'satisfied', reason: 'pass' };
    case 'fail':
      return { state: 'not-satisfied', reason: 'fail' };
    case 'unknown':
      return { state: 'not-satisfied', reason: 'other' };
  }
};

const property = (name: string, value: string): object => ({
  name,
  ns: 'https://postern.example/ns/oscal',
  value: oneLine(value) || 'unknown',
});

const observation = (answer: Answer, component: AnsweredComponent, check: Check): object => {
  const { state, why, evidence } = component.checks[check];
  return {
    uuid: uuidOf('observation', answer.generated, component.id, check),
    title: oneLine(`${component.id}: ${check}`),
    description: why,
    props: [property('state', state), property('component', component.id)],
    methods: ['EXAMINE'],
    types: ['finding'],
    subjects: [
      {
        'subject-uuid': uuidOf('component', component.id),
        type: 'component',
        title: oneLine(component.name) || 'unnamed',
      },
    ],
    collected: answer.generated,
    ...(evidence.length === 0
      ? {}
      : {
          'relevant-evidence': evidence.map(({ what, path, line }) => ({
            description: `${what}${path === undefined ? '' : ` (${path}${line === undefined ? '' : `:${line}`})`}`,
          })),
        }),
  };
};

const findings = (
  answer: Answer,
  component: AnsweredComponent,
  check: Check,
  { ofComponent }: Risks,
): object[] => {
  const { state, why, remedy } = component.checks[check];
  const risks = check === 'patched' ? (ofComponent.get(component.id) ?? []) : [];
  if (state === 'not-applicable') return [];
  const finding = {
    uuid: uuidOf('finding', answer.generated, component.id, check),
    title: oneLine(`${checkTitles[check].title}: ${component.id}`),
    description: why,
    target: {
      type: 'objective-id',
      'target-id': `postern-${check}`,
      status: {
        ...statusOf(state),
        remarks: `${state}: ${why}`,
      },
    },
    'related-observations': [
      { 'observation-uuid': uuidOf('observation', answer.generated, component.id, check) },
    ],
    ...(risks.length === 0 ? {} : { 'related-risks': risks.map(uuid => ({ 'risk-uuid': uuid })) }),
    ...(remedy === undefined ? {} : { remarks: remedy }),
  };
  return [finding];
};

const localComponent = (component: AnsweredComponent): object => ({
  uuid: uuidOf('component', component.id),
  type: 'software',
  title: oneLine(component.name) || 'unnamed',
  description: `${component.kind} of ${component.platform}`,
  ...('value' in component.version
    ? { props: [{ name: 'version', value: oneLine(component.version.value) || 'unknown' }] }
    : {}),
  status: { state: component.enabled === false ? 'disposition' : 'operational' },
});

/**
 * OSCAL 1.1 assessment results (NIST), one result with a finding for each component and check, and a risk
 * for each known flaw that is open.
 */
export const oscal = (answer: Answer): string => {
  const pairs = answer.components.flatMap(component =>
    checks.map(check => [component, check] as const),
  );
  const ages = sourceAges(answer);
  const risks = oscalRisks(answer);
  const found = pairs.flatMap(([component, check]) => findings(answer, component, check, risks));
  return `${safeJson(
    {
      'assessment-results': {
        uuid: uuidOf('assessment-results', answer.generated, answer.sentence),
        metadata: {
          title: oneLine(
            `Postern: mail platform${answer.organisation === undefined ? '' : ` of ${answer.organisation}`}`,
          ),
          'last-modified': answer.generated,
          version: answer.tool.version,
          'oscal-version': '1.1.2',
        },
        'import-ap': {
          href: '#',
          remarks: 'Postern asks the same six questions of every component.',
        },
        results: [
          {
            uuid: uuidOf('result', answer.generated),
            title: 'postern confirm',
            description: answer.sentence,
            start: answer.generated,
            end: answer.generated,
            ...(ages.length === 0 ? {} : { props: ages.map(age => property('advisories', age)) }),
            ...(answer.components.length === 0
              ? {}
              : { 'local-definitions': { components: answer.components.map(localComponent) } }),
            'reviewed-controls': { 'control-selections': [{ 'include-all': {} }] },
            ...(pairs.length === 0
              ? {}
              : {
                  observations: pairs.map(([component, check]) =>
                    observation(answer, component, check),
                  ),
                  ...(risks.risks.length === 0 ? {} : { risks: risks.risks }),
                  ...(found.length === 0 ? {} : { findings: found }),
                }),
          },
        ],
      },
    },
    2,
  )}\n`;
};
