import { describe, expect, test } from 'vitest';
import type { Finding } from '../../core/finding.ts';
import { defaultPolicy } from '../../core/policy.ts';
import { deadlineOf } from './deadline.ts';

const now = new Date('2026-06-29T06:00:00Z');
const outside = { internet: true, why: 'it faces the internet' };
const inside = { internet: false, why: 'it does not face the internet' };

const flaw = (more: Partial<Finding> = {}): Finding => ({
  id: 'CVE-2026-0001',
  aliases: [],
  title: '',
  outcome: 'affected',
  why: '',
  evidence: [],
  references: [],
  clock: { started: '2026-06-01T18:00:00Z', sign: 'advisory', basis: 'it' },
  ...more,
});

const used = (on: string): Partial<Finding> => ({
  exploited: { flaw: 'CVE-2026-0001', by: 'CISA KEV', on },
});
const mild: Partial<Finding> = { ssvc: { automatable: false, impact: 'partial' } };

describe('days by exposure, exploitation, automation and impact', () => {
  test.each([
    ['exploited, outside', flaw(used('2026-06-01')), outside, 3, '2026-06-04', 25, true],
    ['exploited, inside', flaw(used('2026-06-01')), inside, 14, '2026-06-15', 14, true],
    ['outside, nobody says how bad', flaw(), outside, 14, '2026-06-15', 14, false],
    ['outside, mild', flaw(mild), outside, 60, '2026-07-31', -32, false],
    ['inside, nobody says how bad', flaw(), inside, 60, '2026-07-31', -32, false],
    ['inside, mild', flaw(mild), inside, undefined, undefined, undefined, false],
  ] as const)('%s', (_, finding, exposed, days, on, overdueDays, triage) => {
    const { why: __, ...deadline } = deadlineOf(finding, exposed, defaultPolicy, now);
    expect(deadline).toEqual({
      triage,
      ...(days === undefined ? {} : { days, on, overdueDays }),
    });
  });

  test('known to be used only after the fix: the days run from then, but end no later than without', () => {
    const at = (on: string): string | undefined =>
      deadlineOf(flaw(used(on)), outside, defaultPolicy, now).on;
    expect(at('2026-06-05')).toBe('2026-06-08');
    expect(at('2026-06-20')).toBe('2026-06-15');
    expect(at('2025-01-01')).toBe('2026-06-04');
  });

  test('on its last day it is not late', () => {
    const last = new Date('2026-06-15T23:00:00Z');
    expect(deadlineOf(flaw(), outside, defaultPolicy, last).overdueDays).toBe(0);
  });

  test('what the distribution lets wait may wait, until somebody uses it', () => {
    const minor = { unmended: 'no-dsa: minor issue' };
    expect(deadlineOf(flaw(minor), outside, defaultPolicy, now).days).toBeUndefined();
    expect(
      deadlineOf(flaw({ ...minor, ...used('2026-06-02') }), outside, defaultPolicy, now).on,
    ).toBe('2026-06-05');
  });

  test('what nothing will mend does not wait', () => {
    for (const unmended of ['end-of-life', 'no fix planned', 'Replace the appliance.']) {
      expect(deadlineOf(flaw({ unmended }), outside, defaultPolicy, now).days).toBe(14);
    }
    const release = { unmended: 'not planned for this release' };
    expect(deadlineOf(flaw(release), outside, defaultPolicy, now).days).toBeUndefined();
  });

  test('what is used, and nobody is known to mend, has its days from when that was known', () => {
    const { clock: __, ...undated } = flaw(used('2026-06-10'));
    expect(deadlineOf(undated, outside, defaultPolicy, now)).toMatchObject({
      days: 3,
      on: '2026-06-13',
      overdueDays: 16,
      triage: true,
    });
  });

  test('a day of exploitation that is yet to come postpones nothing', () => {
    const wrong = flaw({ ...used('2099-01-01'), ...mild });
    expect(deadlineOf(wrong, inside, defaultPolicy, now).on).toBe('2026-06-15');
    const { clock: __, ...undated } = wrong;
    expect(deadlineOf(undated, inside, defaultPolicy, now).on).toBeUndefined();
  });

  test('a rule of the organisation comes first', () => {
    const policy = {
      ...defaultPolicy,
      deadlines: [{ exposure: 'internet', exploited: true, days: 1, triage: false }] as const,
    };
    expect(deadlineOf(flaw(used('2026-06-01')), outside, policy, now)).toMatchObject({
      days: 1,
      on: '2026-06-02',
      triage: false,
    });
  });

  test('without a sign of a fix there is no day', () => {
    const { clock: __, ...undated } = flaw();
    expect(deadlineOf(undated, outside, defaultPolicy, now)).toMatchObject({ days: 14 });
    expect(deadlineOf(undated, outside, defaultPolicy, now).on).toBeUndefined();
  });
});
