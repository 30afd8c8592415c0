import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { daysAgo, setting, unpackagedMilter } from '../../test/support/patched-subject.ts';
import type { Component } from '../core/component.ts';
import type { Deadline, Finding, FlawFacts, Judge, MendingStep } from '../core/finding.ts';
import type { PatchFacts } from '../core/patch.ts';
import type { Verdict } from '../core/verdict.ts';
import { patched } from './patched.ts';
import type { Subject } from './question.ts';

const component: Component = {
  ...unpackagedMilter,
  package: { ecosystem: 'deb', name: 'opendkim', version: '2.11.0-1' },
};

const judges = {
  current: {
    holding: 'debian-tracker',
    asOf: daysAgo(1),
    stale: false,
    whole: true,
    statements: 3,
  },
  stale: { holding: 'osv/Debian', asOf: daysAgo(90), stale: true, whole: true, statements: 3 },
  partial: { holding: 'osv/imported', asOf: daysAgo(1), stale: false, whole: false, statements: 1 },
  'stale and partial': {
    holding: 'csaf',
    asOf: daysAgo(90),
    stale: true,
    whole: false,
    statements: 1,
  },
} as const satisfies Record<string, Judge>;

const deadline = (overdueDays: number | undefined): Deadline => ({
  days: 14,
  why: 'faces the internet',
  triage: false,
  ...(overdueDays === undefined ? {} : { on: daysAgo(overdueDays).slice(0, 10), overdueDays }),
});

const step = (state: MendingStep['state'], by: string): MendingStep => ({
  state,
  by,
  on: daysAgo(1),
  why: 'said so',
});

const finding = (id: string, more: Partial<Finding>): Finding => ({
  id,
  aliases: [],
  title: id,
  outcome: 'affected',
  why: 'it lies before 2.11.1',
  evidence: [],
  references: [],
  ...more,
});

const findings = {
  overdue: finding('CVE-1', { deadline: deadline(5) }),
  'overdue, mitigated': finding('CVE-2', {
    deadline: deadline(5),
    steps: [step('mitigated', 'Team')],
  }),
  'overdue, called patched by somebody': finding('CVE-3', {
    deadline: deadline(5),
    steps: [step('patched', 'Team')],
  }),
  'overdue, not to be mended': finding('CVE-4', { deadline: deadline(5), unmended: 'no-dsa' }),
  'overdue, exploited': finding('CVE-5', {
    deadline: deadline(5),
    exploited: { flaw: 'CVE-5', by: 'CISA KEV', on: '2026-01-01' },
  }),
  'within its deadline': finding('CVE-6', { deadline: deadline(-5) }),
  'on its last day': finding('CVE-7', { deadline: deadline(0) }),
  'within its deadline, exploited': finding('CVE-8', {
    deadline: deadline(-5),
    exploited: { flaw: 'CVE-8', by: 'CISA KEV', on: '2026-01-01' },
  }),
  'without a clock': finding('CVE-9', { deadline: deadline(undefined) }),
  'given up, without a clock': finding('CVE-16', {
    deadline: deadline(undefined),
    unmended: 'end-of-life',
  }),
  'left for later, without a deadline': finding('CVE-17', {
    deadline: { why: 'minor', triage: false },
    unmended: 'no-dsa: Minor issue',
  }),
  'used on a day that nobody tells': finding('CVE-18', {
    deadline: deadline(undefined),
    ssvc: { exploitation: 'active' },
  }),
  undetermined: finding('CVE-10', { outcome: 'undetermined', deadline: deadline(5) }),
  'undetermined, by a name alone': finding('CVE-11', { outcome: 'undetermined', byCpe: true }),
  'undetermined, closed by somebody': finding('CVE-12', {
    outcome: 'undetermined',
    steps: [step('triaged-clean', 'Team')],
  }),
  'undetermined, called patched by Postern': finding('CVE-13', {
    outcome: 'undetermined',
    steps: [step('patched', 'postern')],
  }),
  'undetermined, mitigated': finding('CVE-14', {
    outcome: 'undetermined',
    steps: [step('mitigated', 'Team')],
  }),
  'not affected': finding('CVE-15', { outcome: 'not-affected' }),
} as const satisfies Record<string, Finding>;

const facts = (more: Partial<PatchFacts>): PatchFacts => ({
  indexAsOf: daysAgo(1),
  waiting: { state: 'none', why: '2.11.0-1 is the newest build on offer' },
  history: [],
  support: { state: 'supported', until: '2028-06-30', why: 'supported until then' },
  ...more,
});

const waiting = (notBefore: number | undefined, notAfter: number | undefined): PatchFacts =>
  facts({
    waiting: {
      state: 'update',
      version: '2.11.0-1+deb12u1',
      security: true,
      since: {
        ...(notBefore === undefined ? {} : { notBefore: daysAgo(notBefore) }),
        ...(notAfter === undefined ? {} : { notAfter: daysAgo(notAfter) }),
        basis: 'the index offers it',
      },
      remedy: 'apt install --only-upgrade opendkim',
    },
  });

const hosts = {
  'nothing waits': facts({}),
  'an update waits, overdue': waiting(400, 300),
  'an update waits, in time': waiting(1, 0),
  'an update waits since nobody knows when': waiting(undefined, undefined),
  'the index is old': facts({ indexAsOf: daysAgo(60) }),
  'support ended': facts({ support: { state: 'ended', since: '2025-01-01', why: 'it ended' } }),
  'support is not known': facts({
    support: { state: 'unknown', why: 'nobody promised it', how: 'Ask its maker.' },
  }),
  'the index cannot be read': facts({
    waiting: { state: 'unknown', why: 'there is no index', how: 'Refresh it.' },
  }),
} as const satisfies Record<string, PatchFacts>;

const { package: _package, ...byHand } = component;

type Named<T extends object> = keyof T & string;
interface Case {
  readonly judges: readonly Named<typeof judges>[];
  readonly findings: readonly Named<typeof findings>[];
  readonly host: Named<typeof hosts> | 'no package';
  readonly exploitation: FlawFacts['exploitation'];
}

const keysOf = <T extends object>(value: T): readonly Named<T>[] =>
  Object.keys(value) as Named<T>[];

const subjectOf = (each: Case): Subject => ({
  component: each.host === 'no package' ? { ...byHand, origin: 'upstream' } : component,
  ancestors: [],
  ...(each.host === 'no package' ? {} : { patch: hosts[each.host] }),
  flaws: {
    judges: each.judges.map(name => judges[name]),
    findings: each.findings.map(name => findings[name]),
    exploitation: each.exploitation,
    ...(each.judges.length === 0 ? { silence: 'no source speaks of it', how: 'Fetch one.' } : {}),
  },
});

const ask = (each: Case): Verdict => patched(subjectOf(each), setting);
/** What the host alone says: the same without a database. */
const alone = (each: Case): Verdict => {
  const { flaws: _, ...subject } = subjectOf(each);
  return patched(subject, setting);
};

const cases: fc.Arbitrary<Case> = fc.record({
  judges: fc.subarray([...keysOf(judges)]),
  findings: fc.subarray([...keysOf(findings)]),
  host: fc.constantFrom<Case['host']>(...keysOf(hosts), 'no package'),
  exploitation: fc.constantFrom('current' as const, 'stale' as const, 'missing' as const),
});

const holds = (what: (each: Case, verdict: Verdict) => boolean): void =>
  fc.assert(
    fc.property(cases, each => what(each, ask(each))),
    { numRuns: 4_000 },
  );

const isOverdue = (name: string): boolean => name.startsWith('overdue');
const isOpenQuestion = (name: string): boolean =>
  name.startsWith('undetermined') && name !== 'undetermined, closed by somebody';
const isOpen = (name: string): boolean =>
  isOverdue(name) || /^(?:within|on its|without)/.test(name);

describe('what must never be', () => {
  test('a pass past a deadline, whatever anybody said of the flaw', () => {
    holds(({ findings: found }, { state }) => state !== 'pass' || !found.some(isOverdue));
  });

  test('anything but a failure past a deadline', () => {
    holds(({ findings: found }, { state }) => state === 'fail' || !found.some(isOverdue));
  });

  test('a pass while nobody can tell whether a flaw applies', () => {
    holds(({ findings: found }, { state }) => state !== 'pass' || !found.some(isOpenQuestion));
  });

  test('a pass by the word of judges that are too old or know a part only', () => {
    holds(
      ({ judges: heard }, { state }) =>
        state !== 'pass' || heard.length === 0 || heard.includes('current'),
    );
  });

  test('a pass within a deadline while nobody knows whether the flaw is used', () => {
    holds(
      ({ findings: found, exploitation }, { state }) =>
        state !== 'pass' ||
        exploitation === 'current' ||
        !found.some(name => isOpen(name) && !name.endsWith('exploited')),
    );
  });

  test('a pass where the host itself says that it fails', () => {
    holds((each, { state }) => state === 'fail' || alone(each).state !== 'fail');
  });

  test('a failure without a flaw past its deadline or a reason of the host', () => {
    holds(
      (each, { state }) =>
        state !== 'fail' ||
        each.findings.some(isOverdue) ||
        each.findings.includes('given up, without a clock') ||
        alone(each).state === 'fail',
    );
  });

  test('a pass that nobody current vouches for, host or judge', () => {
    holds(
      (each, { state }) =>
        state !== 'pass' || alone(each).state === 'pass' || each.judges.includes('current'),
    );
  });

  test('a verdict without a remedy where one is wanted, or without a reason', () => {
    holds(
      (_, verdict) =>
        verdict.why !== '' && (verdict.state !== 'fail' || (verdict.remedy ?? '') !== ''),
    );
  });

  test('a better verdict for one more flaw, or for a judge that grew old', () => {
    const order = { pass: 2, 'not-applicable': 2, unknown: 1, fail: 0 } as const;
    fc.assert(
      fc.property(cases, fc.constantFrom(...keysOf(findings)), (each, more) => {
        fc.pre(more !== 'not affected' && more !== 'undetermined, closed by somebody');
        // Flaws within their deadlines tell what a waiting update is about: see the test below.
        fc.pre(each.host !== 'an update waits since nobody knows when');
        const worse = { ...each, findings: [...new Set([...each.findings, more])] };
        return order[ask(worse).state] <= order[ask(each).state];
      }),
      { numRuns: 4_000 },
    );
    holds(
      (each, { state }) =>
        !each.judges.includes('current') ||
        order[
          ask({ ...each, judges: [...each.judges.filter(name => name !== 'current'), 'stale'] })
            .state
        ] <= order[state],
    );
  });
});

test('an update that holds the fix of no overdue flaw is not its remedy', () => {
  const remedyFor = (remedy: string): string =>
    patched(
      {
        component,
        ancestors: [],
        patch: waiting(1, 0),
        flaws: {
          findings: [finding('CVE-1', { deadline: deadline(5), remedy })],
          judges: [judges.current],
          exploitation: 'current',
        },
      },
      setting,
    ).remedy ?? '';
  const offered = waiting(1, 0).waiting;
  if (offered.state !== 'update') throw new Error('an update waits');
  expect(remedyFor(offered.remedy)).toBe(offered.remedy);
  expect(remedyFor('# Move x to 3 or later.')).not.toContain(offered.remedy);
});

const plain: Case = {
  judges: ['current'],
  findings: [],
  host: 'nothing waits',
  exploitation: 'current',
};

test.each<readonly [string, Partial<Case>, Verdict['state']]>([
  ['both say that all is well', {}, 'pass'],
  ['nobody judges it, the host says that all is well', { judges: [] }, 'pass'],
  ['nobody judges it, and no package either', { judges: [], host: 'no package' }, 'unknown'],
  ['only a judge speaks', { host: 'no package' }, 'pass'],
  ['only a judge speaks, of the past', { host: 'no package', judges: ['stale'] }, 'unknown'],
  ['an old judge beside a current one', { judges: ['stale', 'current'] }, 'pass'],
  ['a part beside a current whole', { judges: ['partial', 'current'] }, 'pass'],
  ['a part alone', { judges: ['partial'] }, 'unknown'],
  ['a part beside an old whole', { judges: ['partial', 'stale'] }, 'unknown'],
  [
    'a flaw by a name alone, and no judge',
    { judges: [], findings: ['undetermined, by a name alone'] },
    'unknown',
  ],
  ['a flaw that somebody closed', { findings: ['undetermined, closed by somebody'] }, 'pass'],
  ['a flaw that nothing will mend', { findings: ['given up, without a clock'] }, 'fail'],
  ['a flaw that may wait', { findings: ['left for later, without a deadline'] }, 'pass'],
  [
    'a flaw in use since nobody knows when',
    { findings: ['used on a day that nobody tells'] },
    'unknown',
  ],
  ['a flaw on its last day', { findings: ['on its last day'] }, 'pass'],
  [
    'an exploited flaw in time needs no catalogue',
    { findings: ['within its deadline, exploited'], exploitation: 'missing' },
    'pass',
  ],
  [
    'flaws tell the day of the update that mends them',
    { host: 'an update waits since nobody knows when', findings: ['within its deadline'] },
    'pass',
  ],
  ['no flaw tells it', { host: 'an update waits since nobody knows when' }, 'unknown'],
  [
    'a flaw without a clock does not',
    {
      host: 'an update waits since nobody knows when',
      findings: ['within its deadline', 'without a clock'],
    },
    'unknown',
  ],
])('%s', (_, more, state) => {
  expect(ask({ ...plain, ...more })).toMatchObject({ state });
});
