import { describe, expect, test } from 'vitest';
import { type Component, componentId } from '../core/component.ts';
import type { Finding, FlawFacts } from '../core/finding.ts';
import type { PatchFacts } from '../core/patch.ts';
import { defaultPolicy, emptyConfiguration } from '../core/policy.ts';
import { parityFor, prioritiesFor, type UrgencyPart } from './urgency.ts';

const now = new Date('2026-11-25T09:00:00Z');

const component = (id: string, more: Partial<Component> = {}): Component => ({
  id: componentId(id),
  name: id,
  version: { value: '1.0' },
  kind: 'mta',
  origin: 'distribution',
  thirdParty: true,
  enabled: true,
  platform: id,
  foundAt: [],
  exposure: { internet: 'no', why: 'it listens on loopback' },
  reach: [],
  logs: [],
  package: { ecosystem: 'deb', name: id, version: '1.0-1' },
  ...more,
});

const waiting: PatchFacts = {
  waiting: {
    state: 'update',
    version: '1.0-2',
    security: true,
    since: { notAfter: '2026-09-01T10:00:00Z', basis: '' },
    remedy: 'apt install postfix',
  },
  history: [],
  support: { state: 'unknown', why: '', how: '' },
};

const finding: Finding = {
  id: 'CVE-2026-1',
  aliases: [],
  title: '',
  outcome: 'affected',
  why: '',
  evidence: [],
  references: [],
  fixedIn: '1.0-2',
  clock: { started: '2026-11-01', sign: 'advisory', basis: '' },
  deadline: { days: 14, on: '2026-11-15', overdueDays: 10, why: '', triage: false },
};

const flaws: FlawFacts = { findings: [finding], judges: [], exploitation: 'current' };

describe('joining', () => {
  test('where no customer-facing application is named, nothing is compared', () => {
    expect(parityFor([], emptyConfiguration, undefined, now)).toBeUndefined();
  });

  test('without a readable application and a database the written deadlines count', () => {
    const parts: readonly UrgencyPart[] = [
      { component: component('postfix'), ancestors: [], patch: waiting },
      { component: component('dovecot'), ancestors: [], flaws },
      { component: component('horde', { enabled: false }), ancestors: [], flaws },
    ];
    const parity = parityFor(
      parts,
      {
        ...emptyConfiguration,
        policy: {
          ...defaultPolicy,
          customerFacing: [{ name: 'Shop', sbom: '/nowhere/shop.json' }],
        },
      },
      undefined,
      now,
    );
    expect(parity?.customerFacing.applications).toMatchObject([
      { name: 'Shop', doubts: ['/nowhere/shop.json: no such file'] },
    ]);
    // Open for 85 days, 60 allowed; and for 24, 14 allowed. What is switched off is left out.
    expect(
      parity?.slower.map(({ group, days, allowedDays }) => [group, days, allowedDays]),
    ).toEqual([
      ['deb:postfix', 85, 60],
      ['deb:dovecot', 24, 14],
    ]);
    expect(parity?.mailPlatform).toMatchObject({ open: 2, overdue: 2 });
  });

  test('what waits without an advisory has a deadline by its exposure alone', () => {
    const [first, second] = prioritiesFor(
      [
        { component: component('postfix'), ancestors: [], patch: waiting },
        { component: component('dovecot'), ancestors: [], flaws },
        { component: component('horde', { enabled: false }), ancestors: [], flaws },
      ],
      emptyConfiguration,
      now,
    );
    expect(first).toMatchObject({
      what: 'postfix 1.0-1 → 1.0-2',
      flaws: [],
      deadline: { days: 60, on: '2026-10-31', overdueDays: 25 },
      remedy: 'apt install postfix',
    });
    expect(second).toMatchObject({ components: ['dovecot'], overdueDays: 10 });
  });
});
