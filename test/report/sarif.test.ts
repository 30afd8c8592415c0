import { describe, expect, test } from 'vitest';
import { checks } from '../../src/core/verdict.ts';
import { docsOf } from '../../src/report/findings.ts';
import { sarif } from '../../src/report/sarif.ts';
import { allPass, answerWith, component, hostileAnswer } from '../support/answers.ts';
import { manyAnswers } from './answers.ts';

interface Sarif {
  readonly version: string;
  readonly runs: readonly [
    {
      readonly tool: {
        readonly driver: { readonly name: string; readonly rules: readonly Rule[] };
      };
      readonly originalUriBaseIds: Readonly<Record<string, object>>;
      readonly invocations: readonly [
        {
          readonly executionSuccessful: boolean;
          readonly toolExecutionNotifications: readonly { readonly message: { text: string } }[];
        },
      ];
      readonly results: readonly Result[];
    },
  ];
}

interface Rule {
  readonly id: string;
  readonly name: string;
  readonly help: { readonly text: string };
}

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly kind: string;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly {
    readonly physicalLocation: {
      readonly artifactLocation: { readonly uri: string; readonly uriBaseId?: string };
      readonly region?: { readonly startLine: number };
    };
  }[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly suppressions?: readonly object[];
}

const runOf = (answer: Parameters<typeof sarif>[0]): Sarif['runs'][0] =>
  (JSON.parse(sarif(answer)) as Sarif).runs[0];

const failing = component('example', {
  checks: {
    ...allPass,
    patched: {
      state: 'fail',
      why: 'a security update is waiting',
      evidence: [{ what: 'the index', path: '/var/lib/apt/lists/a b%c_Packages', line: 44 }],
      remedy: 'apt install --only-upgrade example',
      weight: 85,
    },
    logged: {
      state: 'unknown',
      why: 'no log is known',
      evidence: [{ what: 'said', path: 'postern.yaml', line: 3 }],
      remedy: '# look',
    },
  },
});

describe('SARIF 2.1.0', () => {
  test.each(manyAnswers())('%s: every result names its rule, its place and itself', (_, answer) => {
    const { tool, results, originalUriBaseIds } = runOf(answer);
    const flaws = answer.components.flatMap(each =>
      (each.flaws?.findings ?? []).filter(({ outcome }) => outcome !== 'not-affected'),
    );
    expect(tool.driver.rules.map(({ id }) => id)).toEqual([
      ...checks,
      // Half a pair of surrogates is no text.
      ...new Set(flaws.map(({ id }) => id.replace(/[\ud800-\udfff]/gu, '\ufffd'))),
    ]);
    const fingerprints = new Set<string>();
    for (const result of results) {
      expect(tool.driver.rules[result.ruleIndex]?.id).toBe(result.ruleId);
      // Section 3.27.10: a level other than none belongs to kind fail.
      expect(result.kind === 'fail').toBe(result.level !== 'none');
      expect(['fail', 'open']).toContain(result.kind);
      expect(result.message.text).not.toBe('');
      expect(result.locations.length).toBeGreaterThan(0);
      for (const { physicalLocation } of result.locations) {
        const { uri, uriBaseId } = physicalLocation.artifactLocation;
        expect(uri).toMatch(/^[A-Za-z0-9\-._~%!$&'()*+,;=:@/]*$/);
        if (uriBaseId !== undefined) expect(originalUriBaseIds).toHaveProperty(uriBaseId);
        const line = physicalLocation.region?.startLine ?? 1;
        expect(Number.isInteger(line) && line >= 1).toBe(true);
      }
      fingerprints.add(result.partialFingerprints['postern/v1'] ?? '');
    }
    expect(fingerprints.size).toBe(results.length);
    const wanted = answer.components.flatMap(each =>
      checks.filter(check => ['fail', 'unknown'].includes(each.checks[check].state)),
    );
    expect(results.length).toBe(wanted.length + flaws.length);
  });

  test('what fails is an error, what is unknown is open, and each says where', () => {
    const [patched, logged, ...others] = runOf(answerWith([failing])).results;
    expect(others).toEqual([]);
    expect(patched).toMatchObject({
      ruleId: 'patched',
      kind: 'fail',
      level: 'error',
      message: { text: expect.stringContaining('apt install --only-upgrade example') },
    });
    expect(patched?.locations[0]?.physicalLocation).toEqual({
      artifactLocation: { uri: 'var/lib/apt/lists/a%20b%25c_Packages', uriBaseId: 'ROOT' },
      region: { startLine: 44 },
    });
    expect(logged).toMatchObject({ ruleId: 'logged', kind: 'open', level: 'none' });
    expect(logged?.locations[0]?.physicalLocation.artifactLocation).toEqual({
      uri: 'postern.yaml',
    });
  });

  test('a fingerprint outlives a new reason, a new line and a new day', () => {
    const later = component('example', {
      foundAt: [{ path: '/elsewhere', line: 90 }],
      checks: {
        ...failing.checks,
        patched: { ...failing.checks.patched, why: 'it is waiting still' },
      },
    });
    const one = runOf(answerWith([failing]));
    const two = runOf(answerWith([later], { generated: '2026-12-25T00:00:00.000Z' }));
    expect(two.results.map(each => each.partialFingerprints)).toEqual(
      one.results.map(each => each.partialFingerprints),
    );
  });

  test('an accepted risk is suppressed, one whose time is over is not', () => {
    const { results } = runOf(hostileAnswer());
    expect(results.find(({ ruleId }) => ruleId === 'patched')?.suppressions).toHaveLength(1);
    expect(results.find(({ ruleId }) => ruleId === 'logged')?.suppressions).toBeUndefined();
  });

  test('rules lead to their documentation; what was unseen is a notification', () => {
    const { tool, invocations } = runOf(
      answerWith([failing], {
        unseen: [{ what: '/etc/x', why: 'no right to read', how: 'be root' }],
      }),
    );
    for (const { id, help } of tool.driver.rules) {
      const check = checks.find(each => each === id);
      expect(check).toBeDefined();
      if (check !== undefined) expect(help.text).toContain(docsOf(check));
    }
    expect(invocations[0].toolExecutionNotifications[0]?.message.text).toBe(
      '/etc/x: no right to read. be root',
    );
  });
});
