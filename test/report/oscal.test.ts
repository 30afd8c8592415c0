import { describe, expect, test } from 'vitest';
import { checks } from '../../src/core/verdict.ts';
import { oscal } from '../../src/report/oscal.ts';
import { answerWith, component } from '../support/answers.ts';
import { manyAnswers } from './answers.ts';

interface Results {
  readonly uuid: string;
  readonly results: readonly [
    {
      readonly 'local-definitions'?: { readonly components: readonly { readonly uuid: string }[] };
      readonly observations?: readonly {
        readonly uuid: string;
        readonly subjects: readonly { readonly 'subject-uuid': string }[];
      }[];
      readonly findings?: readonly {
        readonly uuid: string;
        readonly title: string;
        readonly target: {
          readonly 'target-id': string;
          readonly status: { readonly state: string; readonly reason: string };
        };
        readonly 'related-observations': readonly { readonly 'observation-uuid': string }[];
      }[];
    },
  ];
}

const resultsOf = (answer: Parameters<typeof oscal>[0]): Results =>
  (JSON.parse(oscal(answer)) as { 'assessment-results': Results })['assessment-results'];

/** The pattern of OSCAL's uuid data type: versions 4 and 5 only. */
const uuid =
  /^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[45][0-9A-Fa-f]{3}-[89ABab][0-9A-Fa-f]{3}-[0-9A-Fa-f]{12}$/;

describe('OSCAL assessment results', () => {
  test.each(manyAnswers())('%s: every reference leads somewhere', (_, answer) => {
    const { uuid: own, results } = resultsOf(answer);
    const [result] = results;
    const components = (result['local-definitions']?.components ?? []).map(each => each.uuid);
    const observations = (result.observations ?? []).map(each => each.uuid);
    const findings = (result.findings ?? []).map(each => each.uuid);
    const all = [own, ...components, ...observations, ...findings];
    expect(new Set(all).size).toBe(all.length);
    for (const each of all) expect(each).toMatch(uuid);
    expect(observations.length).toBe(answer.components.length * checks.length);
    for (const { subjects } of result.observations ?? []) {
      for (const subject of subjects) expect(components).toContain(subject['subject-uuid']);
    }
    for (const finding of result.findings ?? []) {
      expect(finding.target['target-id']).toMatch(/^postern-[a-z]+$/);
      for (const related of finding['related-observations']) {
        expect(observations).toContain(related['observation-uuid']);
      }
    }
    // An empty list is no list in OSCAL.
    expect(oscal(answer)).not.toMatch(/": \[\]/);
  });

  test('unknown is not satisfied for another reason than failing; what does not apply is no finding', () => {
    const base = component('example').checks;
    const { results } = resultsOf(
      answerWith([
        component('example', {
          checks: {
            ...base,
            logged: { state: 'unknown', why: 'no log is known', evidence: [], remedy: '# look' },
            patched: { state: 'fail', why: 'overdue', evidence: [], remedy: 'apt' },
            contained: { state: 'not-applicable', why: 'it is off', evidence: [] },
          },
        }),
      ]),
    );
    const statusOf = (check: string): object | undefined =>
      results[0].findings?.find(({ target }) => target['target-id'] === `postern-${check}`)?.target
        .status;
    expect(statusOf('logged')).toMatchObject({ state: 'not-satisfied', reason: 'other' });
    expect(statusOf('patched')).toMatchObject({ state: 'not-satisfied', reason: 'fail' });
    expect(statusOf('retained')).toMatchObject({ state: 'satisfied', reason: 'pass' });
    expect(statusOf('contained')).toBeUndefined();
    expect(results[0].observations).toHaveLength(6);
  });
});
