import { describe, expect, test } from 'vitest';
import { allPass, answerWith, component } from '../../test/support/answers.ts';
import type { Answer } from '../core/answer.ts';
import type { Finding } from '../core/finding.ts';
import type { Verdict } from '../core/verdict.ts';
import type { Invocation } from './arguments.ts';
import { exitOf, thresholdOf } from './threshold.ts';
import { verbs } from './verbs.ts';

const [confirmVerb] = verbs;
if (confirmVerb === undefined) throw new Error('no verbs');

const failOn = (what: string): Invocation => ({
  verb: confirmVerb,
  values: new Map([['fail-on', what]]),
  switches: new Set(),
  sources: new Map(),
});

const flaw: Finding = {
  id: 'CVE-2026-10001',
  aliases: [],
  title: 'A flaw',
  outcome: 'affected',
  why: '1.2.3 lies before 1.2.4',
  evidence: [],
  references: [],
};
const overdue: Finding = {
  ...flaw,
  deadline: { days: 14, on: '2026-11-01', why: 'x', overdueDays: 24, triage: false },
};
const used: Finding = {
  ...flaw,
  exploited: { flaw: flaw.id, by: 'CISA KEV', on: '2026-11-20' },
};

const advisories: Answer['advisories'] = [
  {
    source: 'kev',
    asOf: '2026-11-25T00:00:00Z',
    ageHours: 9,
    maxAgeHours: 336,
    stale: false,
    entries: 1,
    refused: 0,
  },
];
const changes: Answer['changes'] = {
  since: '2026-11-24T09:00:00Z',
  componentsNew: [],
  componentsGone: [],
  flawsNew: [],
  flawsMended: [],
  deadlines: [],
  verdicts: [],
};

const answer = (
  findings: readonly Finding[],
  patched: Verdict = allPass.patched,
  differently: Partial<Answer> = {},
): Answer =>
  answerWith(
    [
      component('example', {
        flaws: { findings, judges: [], exploitation: 'current' },
        checks: { ...allPass, patched },
      }),
    ],
    { advisories, changes, ...differently },
  );

const exit = (what: string, given: Answer): number => exitOf(given, thresholdOf(failOn(what)));

const failing: Verdict = { state: 'fail', why: 'open', evidence: [], remedy: 'mend' };
const accepted: Verdict = {
  ...failing,
  exception: { reason: 'moves', until: '2027-01-31', expired: false },
};

describe('--fail-on of known flaws', () => {
  test('overdue is past the deadline, and nothing else is', () => {
    expect(exit('overdue', answer([overdue]))).toBe(2);
    expect(exit('overdue', answer([used]))).toBe(0);
    expect(exit('overdue', answer([{ ...overdue, outcome: 'undetermined' }]))).toBe(0);
    expect(exit('overdue', answer([], failing))).toBe(0);
  });

  test('exploited is what applies and is known to be used, though its deadline is yet to come', () => {
    expect(exit('exploited', answer([used]))).toBe(2);
    expect(exit('exploited', answer([overdue]))).toBe(0);
    expect(exit('exploited', answer([{ ...used, outcome: 'not-affected' }]))).toBe(0);
  });

  test('new is a flaw that the run before did not know, or an answer that turned to fail', () => {
    expect(exit('new', answer([{ ...flaw, isNew: true }]))).toBe(2);
    expect(exit('new', answer([{ ...flaw, isNew: false }]))).toBe(0);
    const turned = {
      ...changes,
      verdicts: [{ component: 'example', check: 'patched', from: 'pass', to: 'fail' } as const],
    };
    expect(exit('new', answer([], failing, { changes: turned }))).toBe(2);
    expect(exit('new', answer([], accepted, { changes: turned }))).toBe(0);
  });

  test('an accepted risk crosses nothing', () => {
    for (const word of ['overdue', 'exploited', 'new', 'patched']) {
      expect(exit(word, answer([{ ...overdue, ...used, isNew: true }], accepted)), word).toBe(0);
    }
  });

  test('words and checks are one list', () => {
    expect(exit('logged, overdue', answer([overdue]))).toBe(2);
    expect(exit('patched,exploited', answer([], failing))).toBe(2);
  });

  test('what cannot be told is no success', () => {
    const { advisories: _, ...withoutDatabase } = answer([]);
    expect(exit('overdue', withoutDatabase)).toBe(3);
    expect(exit('exploited', withoutDatabase)).toBe(3);
    const { changes: __, ...firstRun } = answer([]);
    expect(exit('new', firstRun)).toBe(3);
    expect(exit('patched', firstRun)).toBe(0);
  });

  test('another word is refused, with all that there are', () => {
    expect(() => thresholdOf(failOn('overdue,often'))).toThrow(
      /"often" is neither fail, unknown, never nor one of inventoried, .*, overdue, exploited, new/,
    );
  });
});
