import { describe, expect, test } from 'vitest';
import type { Sensitivity } from '../core/personal.ts';
import type { Affected, BreachFacts } from './regime.ts';
import { businessDaysAfter } from './regime.ts';
import { appi } from './regimes/appi.ts';
import { gdpr } from './regimes/gdpr.ts';
import { sec } from './regimes/sec.ts';
import { usStates } from './regimes/us-states.ts';
import { regimes } from './regimes.generated.ts';

const aware = Date.parse('2026-06-17T09:00:00Z');

const affected = (people: number, some: Partial<Record<Sensitivity, number>> = {}): Affected => ({
  people,
  bySensitivity: {
    ordinary: people,
    identity: 0,
    financial: 0,
    credential: 0,
    special: 0,
    ...some,
  },
});

const facts = (
  evidenced: Affected,
  withinReach: Affected,
  more: Partial<BreachFacts> = {},
): BreachFacts => ({
  aware,
  malicious: false,
  evidenced,
  withinReach,
  ...more,
});

const dueOf = (due: number | undefined): string | undefined =>
  due === undefined ? undefined : new Date(due).toISOString();

describe('Japan: APPI', () => {
  test('by mistake, ordinary data: only more than 1,000 people make it a duty', () => {
    const applies = (people: number, reach: number): string | undefined =>
      appi.duties(facts(affected(people), affected(reach)))[0]?.applies;
    expect(applies(1_000, 1_000)).toBe('no');
    expect(applies(1_000, 1_001)).toBe('possible');
    expect(applies(1_001, 1_001)).toBe('yes');
  });

  test('one person is enough where the data is special or somebody meant it', () => {
    expect(
      appi.duties(facts(affected(1, { special: 1 }), affected(1, { special: 1 })))[0]?.applies,
    ).toBe('yes');
    expect(appi.duties(facts(affected(0), affected(1), { malicious: true }))[0]?.applies).toBe(
      'possible',
    );
  });

  test('three days for the first report; 30 for the last, 60 where it was meant', () => {
    const days = (malicious: boolean): readonly (string | undefined)[] =>
      appi
        .duties(facts(affected(2_000), affected(2_000), { malicious }))
        .map(({ due }) => dueOf(due));
    expect(days(false)).toEqual([
      '2026-06-20T09:00:00.000Z',
      '2026-07-17T09:00:00.000Z',
      undefined,
    ]);
    expect(days(true)[1]).toBe('2026-08-16T09:00:00.000Z');
  });
});

test('GDPR: 72 hours, and the people themselves where identity, money, passwords or health are among it', () => {
  const [authority, , people] = gdpr.duties(facts(affected(3), affected(9, { credential: 2 })));
  expect(dueOf(authority?.due)).toBe('2026-06-20T09:00:00.000Z');
  expect(authority?.applies).toBe('yes');
  expect(people?.applies).toBe('possible');
});

test('SEC: nothing is due before it was found to be material; then four business days', () => {
  expect(sec.duties(facts(affected(5), affected(5)))[0]).toMatchObject({ applies: 'ask' });
  expect(sec.duties(facts(affected(5), affected(5)))[0]?.due).toBeUndefined();
  // A Thursday: Friday, Monday, Tuesday, Wednesday.
  const material = Date.parse('2026-06-18T12:00:00Z');
  expect(dueOf(sec.duties(facts(affected(5), affected(5), { material }))[0]?.due)).toBe(
    '2026-06-24T12:00:00.000Z',
  );
});

test('business days: from any day of the week, never a Saturday or Sunday', () => {
  for (let day = 0; day < 14; day++) {
    const end = businessDaysAfter(aware + day * 86_400_000, 4);
    expect([0, 6]).not.toContain(new Date(end).getUTCDay());
    expect(end - aware - day * 86_400_000).toBeGreaterThanOrEqual(4 * 86_400_000);
    expect(end - aware - day * 86_400_000).toBeLessThanOrEqual(6 * 86_400_000);
  }
});

test('states: too few people in all are too few in any of them', () => {
  const attorneys = usStates
    .duties(facts(affected(100), affected(400)))
    .filter(({ to }) => to === 'authority')
    .map(({ applies }) => applies);
  expect(attorneys).toEqual(['no', 'ask', 'ask']);
});

describe.each(regimes.map(regime => [regime.id, regime] as const))('%s', (_, regime) => {
  test('asks nothing certain of nobody, and no deadline lies before the moment of awareness', () => {
    const nobody = regime.duties(facts(affected(0), affected(0)));
    expect(nobody.map(({ applies }) => applies)).not.toContain('possible');
    expect(nobody.filter(({ applies }) => applies === 'yes')).toEqual([]);
    for (const { due } of regime.duties(facts(affected(9e6), affected(9e6)))) {
      if (due !== undefined) expect(due).toBeGreaterThan(aware);
    }
  });
});
