import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { daysAgo, setting, unpackagedMilter } from '../../test/support/patched-subject.ts';
import { type Component, componentId } from '../core/component.ts';
import type { Ecosystem } from '../core/packages.ts';
import type { PatchFacts, Support, Waiting } from '../core/patch.ts';
import { defaultPolicy } from '../core/policy.ts';
import type { Verdict } from '../core/verdict.ts';
import { patched } from './patched.ts';

const component = (
  ecosystem: Ecosystem | undefined,
  differently: Partial<Component> = {},
): Component => ({
  ...unpackagedMilter,
  ...(ecosystem === undefined
    ? {}
    : { package: { ecosystem, name: 'opendkim', version: '2.11.0-1' } }),
  ...differently,
});

const supported: Support = { state: 'supported', until: '2028-06-30', why: 'supported until then' };
const unsure: Support = { state: 'unknown', why: 'nobody promised it', how: 'Ask its maker.' };
const none: Waiting = { state: 'none', why: '2.11.0-1 is the newest build on offer' };
const security = (notBefore: number | undefined, notAfter: number | undefined): Waiting => ({
  state: 'update',
  version: '2.11.0-1+deb12u1',
  security: true,
  since: {
    ...(notBefore === undefined ? {} : { notBefore: daysAgo(notBefore) }),
    ...(notAfter === undefined ? {} : { notAfter: daysAgo(notAfter) }),
    basis: 'the index offers it',
  },
  remedy: 'apt update && apt install --only-upgrade opendkim',
});

const facts = (differently: Partial<PatchFacts> = {}): PatchFacts => ({
  indexAsOf: daysAgo(1),
  waiting: none,
  history: [],
  support: supported,
  ...differently,
});

const ask = (
  patch: PatchFacts | undefined,
  ecosystem: Ecosystem | undefined = 'deb',
  differently: Partial<Component> = {},
): Verdict =>
  patched(
    {
      component: component(ecosystem, differently),
      ancestors: [],
      ...(patch === undefined ? {} : { patch }),
    },
    setting,
  );

describe('passes', () => {
  test('when nothing waits in a fresh index of what is supported', () => {
    expect(ask(facts())).toMatchObject({
      state: 'pass',
      why: 'no security update is waiting in the package index of 2026-03-09',
    });
  });

  test('when the security update is younger than the deadline, and says how long is left', () => {
    expect(ask(facts({ waiting: security(40, 3) }))).toMatchObject({
      state: 'pass',
      why: expect.stringContaining('20 days left'),
    });
  });

  test('with a vendor’s newest build, though how long it is supported is not recorded', () => {
    expect(ask(facts({ support: unsure }), 'deb', { origin: 'vendor' }).state).toBe('pass');
  });
});

describe('fails', () => {
  test('when the security update has waited longer than the deadline, at the least', () => {
    expect(ask(facts({ waiting: security(200, 70) }))).toMatchObject({
      state: 'fail',
      why: expect.stringContaining('overdue by at least 10 days'),
      remedy: 'apt update && apt install --only-upgrade opendkim',
    });
  });

  test.each([
    ['deb', 'apt purge opendkim'],
    ['rpm', 'dnf remove opendkim'],
    ['apk', 'apk del opendkim'],
  ] as const)(
    'when support has ended, with the command of its package manager: %s',
    (ecosystem, command) => {
      const verdict = ask(
        facts({ support: { state: 'ended', since: '2025-03-22', why: 'its makers gave up' } }),
        ecosystem,
      );
      expect(verdict).toMatchObject({ state: 'fail' });
      expect(verdict.remedy).toContain(command);
    },
  );
});

describe('is unknown', () => {
  test.each<[string, PatchFacts, string]>([
    ['when the index is old', facts({ indexAsOf: daysAgo(9) }), '9 days old'],
    [
      'when the index does not say how old it is',
      { waiting: none, history: [], support: supported },
      'nothing of its own age',
    ],
    ['when the index is of tomorrow', facts({ indexAsOf: daysAgo(-2) }), 'yet to come'],
    ['when nobody promised updates', facts({ support: unsure }), 'nobody promised it'],
    [
      'when the index could not tell',
      facts({
        waiting: {
          state: 'unknown',
          why: 'there is no package index on this host',
          how: 'apt update',
        },
      }),
      'there is no package index on this host',
    ],
    [
      'when the bounds lie around the deadline',
      facts({ waiting: security(200, 3) }),
      'cannot be told',
    ],
    [
      'when nothing dates the update',
      facts({ waiting: security(undefined, undefined) }),
      'cannot be told',
    ],
    [
      'when the update may or may not mend a flaw',
      facts({ waiting: { ...security(3, 1), security: null } as Waiting }),
      'perhaps a security one',
    ],
  ])('%s', (_, patch, why) => {
    const verdict = ask(patch);
    expect(verdict.state).toBe('unknown');
    expect(verdict.why).toContain(why);
    expect(verdict.remedy).not.toBe('');
  });

  test.each([
    ['deb', 'apt update'],
    ['rpm', 'dnf makecache'],
    ['apk', 'apk update'],
  ] as const)('with the command that refreshes the index of %s', (ecosystem, command) => {
    expect(ask(facts({ indexAsOf: daysAgo(9) }), ecosystem).remedy).toContain(command);
  });

  test('when nobody updates it, and says whom to ask', () => {
    expect(ask(undefined, undefined)).toMatchObject({ state: 'unknown' });
    expect(ask(undefined, 'composer').remedy).toContain('composer audit');
    expect(ask(undefined, 'pypi').remedy).toContain('pip-audit');
  });

  test('never hands a sentence to a shell', () => {
    const remedy = ask(facts({ support: unsure })).remedy ?? '';
    expect(remedy).toBe('# Ask its maker.');
  });
});

const stamp = fc.integer({ min: -30, max: 900 }).map(daysAgo);
const anyFacts: fc.Arbitrary<PatchFacts> = fc
  .record({
    indexAsOf: fc.option(stamp, { nil: undefined }),
    waiting: fc.oneof(
      fc.constant(none),
      fc.constant<Waiting>({ state: 'unknown', why: 'no index', how: 'apt update' }),
      fc
        .record({
          security: fc.constantFrom(true, false, null),
          notBefore: fc.option(fc.nat(400), { nil: undefined }),
          notAfter: fc.option(fc.nat(400), { nil: undefined }),
        })
        .map(
          ({ security: mends, notBefore, notAfter }): Waiting => ({
            ...(security(notBefore, notAfter) as Extract<Waiting, { state: 'update' }>),
            security: mends,
          }),
        ),
    ),
    support: fc.constantFrom<Support>(supported, unsure, {
      state: 'ended',
      since: '2025-01-01',
      why: 'over',
    }),
  })
  .map(({ indexAsOf, ...rest }) => ({
    ...rest,
    history: [],
    ...(indexAsOf === undefined ? {} : { indexAsOf }),
  }));

test.each<[string, Partial<Component>, string, string]>([
  [
    'a gateway on another host',
    { kind: 'gateway', version: { unknown: 'it runs on another host, smtp.example.jp:587' } },
    'it runs on another host (smtp.example.jp:587)',
    'Run Postern on the host behind smtp.example.jp:587',
  ],
  [
    'a database server',
    { kind: 'database-link', version: { unknown: 'it is a database that Postfix asks' } },
    'a connection to a server',
    'On this host: its own package gets the updates',
  ],
  [
    'a service on the network',
    { kind: 'connector', name: 'maps.example.jp', id: componentId('rspamd/maps.example.jp') },
    'a service on the network',
    'Ask whoever runs it',
  ],
  [
    'a service on this host',
    { kind: 'connector', id: componentId('rspamd/redis:127.0.0.1:6379') },
    'asked over a socket',
    'Find out which program listens there',
  ],
  [
    'a socket that nobody here listens on',
    {
      version: {
        unknown: 'nothing that was read on this host says that it listens on 127.0.0.1:4001',
      },
    },
    'which software answers there',
    'Find out which program listens there',
  ],
])('%s has no package of this host, and it says who must be asked', (_, what, why, remedy) => {
  const verdict = patched({ component: component(undefined, what), ancestors: [] }, setting);
  expect(verdict.state).toBe('unknown');
  expect(verdict.why).toContain(why);
  expect(verdict.remedy).toContain(remedy);
  expect(verdict.remedy).not.toContain('distribution');
});

test('passes only on a fresh index of something supported, or on a fix younger than its deadline', () => {
  fc.assert(
    fc.property(anyFacts, patch => {
      const verdict = ask(patch);
      const { waiting, support, indexAsOf } = patch;
      if (verdict.state !== 'pass') {
        expect(verdict.state === 'not-applicable' || (verdict.remedy ?? '') !== '').toBe(true);
        return;
      }
      if (waiting.state === 'update' && waiting.security === true) {
        const days =
          (setting.now.getTime() - Date.parse(waiting.since.notBefore ?? '')) / 86_400_000;
        expect(days).toBeLessThanOrEqual(60);
        expect(support.state).not.toBe('ended');
        return;
      }
      expect(
        waiting.state === 'none' || (waiting.state === 'update' && waiting.security === false),
      ).toBe(true);
      expect(support.state).toBe('supported');
      const hours = (setting.now.getTime() - Date.parse(indexAsOf ?? '')) / 3_600_000;
      expect(hours).toBeLessThanOrEqual(defaultPolicy.indexAgeHoursMax);
      expect(hours).toBeGreaterThanOrEqual(-24);
    }),
    { numRuns: 2_000 },
  );
});

test('what nobody may own is not said to be nobody’s where the package database is damaged', () => {
  const packagesDoubt = 'the rpm database /var/lib/rpm/Packages could not be read whole';
  const verdict = patched(
    { component: component(undefined), ancestors: [] },
    { ...setting, packagesDoubt },
  );
  expect(verdict).toMatchObject({
    state: 'unknown',
    why: `whether a package manager looks after it cannot be told: ${packagesDoubt}`,
  });
});
