import { describe, expect, test } from 'vitest';
import { checks } from '../../src/core/verdict.ts';
import { oscal } from '../../src/report/oscal.ts';
import { answerWith, component } from '../support/answers.ts';
import { judgedSample, manyAnswers } from './answers.ts';

interface Results {
  readonly uuid: string;
  readonly results: readonly [
    {
      readonly 'local-definitions'?: { readonly components: readonly { readonly uuid: string }[] };
      readonly observations?: readonly {
        readonly uuid: string;
        readonly subjects: readonly { readonly 'subject-uuid': string }[];
      }[];
      readonly risks?: readonly {
        readonly uuid: string;
        readonly title: string;
        readonly status: string;
        readonly deadline?: string;
        readonly remediations?: readonly { readonly title: string }[];
        readonly 'related-observations': readonly { readonly 'observation-uuid': string }[];
      }[];
      readonly findings?: readonly {
        readonly uuid: string;
        readonly title: string;
        readonly target: {
          readonly 'target-id': string;
          readonly status: { readonly state: string; readonly reason: string };
        };
        readonly 'related-observations': readonly { readonly 'observation-uuid': string }[];
        readonly 'related-risks'?: readonly { readonly 'risk-uuid': string }[];
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
    const risks = (result.risks ?? []).map(each => each.uuid);
    const all = [own, ...components, ...observations, ...findings, ...risks];
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
      for (const related of finding['related-risks'] ?? []) {
        expect(risks).toContain(related['risk-uuid']);
      }
    }
    for (const risk of result.risks ?? []) {
      for (const related of risk['related-observations']) {
        expect(observations).toContain(related['observation-uuid']);
      }
    }
    // An empty list is no list in OSCAL.
    expect(oscal(answer)).not.toMatch(/": \[\]/);
  });

  test('an open flaw is one risk with its deadline, however many parts share it', () => {
    const { results } = resultsOf(judgedSample());
    const risks = results[0].risks ?? [];
    const named = (start: string): (typeof risks)[number] | undefined =>
      risks.find(({ title }) => title.startsWith(start));
    const used = named('CVE-2025-49113 in roundcube@');
    expect(used).toMatchObject({
      status: 'open',
      deadline: '2025-06-15T23:59:59Z',
      remediations: [{ title: 'Move to 1.5.10' }],
    });
    expect(used?.['related-observations'].length).toBeGreaterThan(3);
    expect(named('CVE-1900-10007 in rspamd')).toMatchObject({ status: 'investigating' });
    // Debian's own Roundcube has the fix, and Dovecot's flaw was decided by VEX.
    expect(named('CVE-2025-49113 in roundcube 1.6.5')).toBeUndefined();
    expect(named('CVE-1900-10004')).toBeUndefined();
    expect(new Set(risks.map(({ title }) => title)).size).toBe(risks.length);
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
