import type { Answer, AnsweredComponent } from '../core/answer.ts';
import { type Check, checks, type State } from '../core/verdict.ts';
import { checkTitles } from './check-titles.ts';
import { uuidOf } from './uuid.ts';

/** OSCAL knows satisfied and not-satisfied; unknown is not-satisfied with that as its reason. */
const objectiveState = (state: State): 'satisfied' | 'not-satisfied' =>
  state === 'pass' || state === 'not-applicable' ? 'satisfied' : 'not-satisfied';

const reasonOf = (state: State): string => {
  switch (state) {
    case 'pass':
    case 'fail':
      return state;
    case 'unknown':
    case 'not-applicable':
      return 'other';
  }
};

const observation = (answer: Answer, component: AnsweredComponent, check: Check): object => {
  const { why, evidence } = component.checks[check];
  return {
    uuid: uuidOf('observation', answer.generated, component.id, check),
    title: `${component.id}: ${check}`,
    description: why,
    methods: ['EXAMINE'],
    types: ['finding'],
    subjects: [
      {
        'subject-uuid': uuidOf('component', component.id),
        type: 'component',
        title: component.name,
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

const finding = (answer: Answer, component: AnsweredComponent, check: Check): object => {
  const { state, why, remedy } = component.checks[check];
  return {
    uuid: uuidOf('finding', answer.generated, component.id, check),
    title: `${checkTitles[check].title}: ${component.id}`,
    description: why,
    target: {
      type: 'objective-id',
      'target-id': `postern-${check}`,
      status: {
        state: objectiveState(state),
        reason: reasonOf(state),
        remarks: `${state}: ${why}`,
      },
    },
    'related-observations': [
      { 'observation-uuid': uuidOf('observation', answer.generated, component.id, check) },
    ],
    ...(remedy === undefined ? {} : { remarks: remedy }),
  };
};

const localComponent = (component: AnsweredComponent): object => ({
  uuid: uuidOf('component', component.id),
  type: 'software',
  title: component.name,
  description: `${component.kind} of ${component.platform}`,
  ...('value' in component.version
    ? { props: [{ name: 'version', value: component.version.value }] }
    : {}),
  status: { state: component.enabled === false ? 'disposition' : 'operational' },
});

/** OSCAL 1.1 assessment results (NIST), one result with a finding for each component and check. */
export const oscal = (answer: Answer): string => {
  const pairs = answer.components.flatMap(component =>
    checks.map(check => [component, check] as const),
  );
  return `${JSON.stringify(
    {
      'assessment-results': {
        uuid: uuidOf('assessment-results', answer.generated, answer.sentence),
        metadata: {
          title: `Postern: mail platform${answer.organisation === undefined ? '' : ` of ${answer.organisation}`}`,
          'last-modified': answer.generated,
          version: answer.tool.version,
          'oscal-version': '1.1.2',
        },
        'import-ap': {
          href: '#',
          remarks: 'Postern asks the same six questions of every component.',
        },
        ...(answer.components.length === 0
          ? {}
          : { 'local-definitions': { components: answer.components.map(localComponent) } }),
        results: [
          {
            uuid: uuidOf('result', answer.generated),
            title: 'postern confirm',
            description: answer.sentence,
            start: answer.generated,
            end: answer.generated,
            'reviewed-controls': { 'control-selections': [{ 'include-all': {} }] },
            ...(pairs.length === 0
              ? {}
              : {
                  observations: pairs.map(([component, check]) =>
                    observation(answer, component, check),
                  ),
                  findings: pairs.map(([component, check]) => finding(answer, component, check)),
                }),
          },
        ],
      },
    },
    null,
    2,
  )}\n`;
};
