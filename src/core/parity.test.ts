import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Finding } from './finding.ts';
import {
  daysBetween,
  isRecent,
  nearestRank,
  type PatchRecord,
  parityWindowDays,
  patchRecordOf,
  sideOf,
  slowerThanParity,
} from './parity.ts';
import type { PatchFacts } from './patch.ts';

const now = new Date('2026-11-25T09:00:00Z');

describe('percentiles by nearest rank', () => {
  test.each([
    [[15, 20, 35, 40, 50], 5, 15],
    [[15, 20, 35, 40, 50], 30, 20],
    [[15, 20, 35, 40, 50], 40, 20],
    [[15, 20, 35, 40, 50], 50, 35],
    [[50, 15, 40, 20, 35], 100, 50],
    [[3, 6, 7, 8, 8, 10, 13, 15, 16, 20], 50, 8],
    [[3, 6, 7, 8, 8, 10, 13, 15, 16, 20], 90, 16],
    [[4], 90, 4],
    [[1, 9], 50, 1],
  ])('of %j, %i %% is %i', (values, percent, expected) => {
    expect(nearestRank(values, percent)).toBe(expected);
  });

  test('of nothing there is none', () => {
    expect(nearestRank([], 90)).toBeUndefined();
  });

  test('it is one of the values; at least so many reach no further, and fewer stay below it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(1000), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 100 }),
        (values, percent) => {
          const found = nearestRank(values, percent) ?? -1;
          expect(values).toContain(found);
          const share = (count: number): number => (100 * count) / values.length;
          expect(share(values.filter(each => each <= found).length)).toBeGreaterThanOrEqual(
            percent - 1e-9,
          );
          expect(share(values.filter(each => each < found).length)).toBeLessThan(percent);
        },
      ),
    );
  });

  test('the order of the values is of no account, and more percent never gives less', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { minLength: 1, maxLength: 60 }), values => {
        expect(nearestRank(values, 50)).toBe(nearestRank(values.toReversed(), 50));
        expect(nearestRank(values, 90) ?? 0).toBeGreaterThanOrEqual(nearestRank(values, 50) ?? 0);
      }),
    );
  });
});

describe('days', () => {
  test.each([
    ['2026-03-01', '2026-03-01T23:59:00Z', 0],
    ['2026-03-01T23:59:00Z', '2026-03-02T00:01:00Z', 1],
    ['2024-02-28', '2024-03-01', 2],
    ['2026-03-02', '2026-03-01', -1],
  ])('from %s to %s are %i', (from, to, days) => {
    expect(daysBetween(from, to)).toBe(days);
  });

  test('of what is no day there are none', () => {
    expect(daysBetween('soon', '2026-03-01')).toBeUndefined();
    expect(daysBetween(undefined, '2026-03-01')).toBeUndefined();
  });

  test('what is older than the window, or yet to come, is not compared', () => {
    expect(isRecent('2026-11-25', now)).toBe(true);
    expect(isRecent('2026-11-26', now)).toBe(false);
    const edge = new Date(now.getTime() - parityWindowDays * 86_400_000).toISOString();
    expect(isRecent(edge, now)).toBe(true);
    expect(isRecent(new Date(Date.parse(edge) - 86_400_000).toISOString(), now)).toBe(false);
  });
});

const finding = (id: string, more: Partial<Finding> = {}): Finding => ({
  id,
  aliases: [],
  title: '',
  outcome: 'affected',
  why: '',
  evidence: [],
  references: [],
  ...more,
});

const patch = (more: Partial<PatchFacts> = {}): PatchFacts => ({
  waiting: { state: 'none', why: 'nothing is newer' },
  history: [],
  support: { state: 'unknown', why: '', how: '' },
  ...more,
});

const past = (released: string, installed: string, days: number) => ({
  from: '1',
  to: '2',
  released,
  installed,
  days,
  security: true,
});

describe('the record of a component', () => {
  test('its past security updates are those of the package manager, with known days, in the window', () => {
    const { mended } = patchRecordOf({
      patch: patch({
        history: [
          past('2026-03-01', '2026-03-05', 4),
          past('2023-03-01', '2023-03-05', 4),
          { ...past('2026-04-01', '2026-04-02', 1), security: false },
          { ...past('2026-05-01', '2026-05-02', 1), security: null },
          { from: '1', to: '2', installed: '2026-06-02', security: true },
        ],
      }),
      findings: [],
      now,
    });
    expect(mended).toEqual([{ flaws: [], since: '2026-03-01', mended: '2026-03-05', days: 4 }]);
  });

  test('what the ledger saw mended counts only where the package manager tells nothing', () => {
    const seen = { flaws: ['CVE-2026-1'], since: '2026-03-01', mended: '2026-03-09', days: 8 };
    expect(patchRecordOf({ findings: [], mended: [seen], now }).mended).toEqual([seen]);
    expect(
      patchRecordOf({
        patch: patch({ history: [past('2026-03-01', '2026-03-05', 4)] }),
        findings: [],
        mended: [seen],
        now,
      }).mended.map(({ days }) => days),
    ).toEqual([4]);
  });

  test('open is what certainly affects it; a flaw that waits for the next upgrade says so', () => {
    const { open } = patchRecordOf({
      findings: [
        finding('CVE-2026-1', {
          clock: { started: '2026-11-01', sign: 'advisory', basis: '' },
          deadline: { days: 14, on: '2026-11-15', overdueDays: 10, why: '', triage: false },
        }),
        finding('CVE-2026-2', { deadline: { why: '', triage: false } }),
        finding('CVE-2026-3', { outcome: 'undetermined' }),
        finding('CVE-2026-4', { outcome: 'not-affected' }),
      ],
      now,
    });
    expect(open).toEqual([
      { id: 'CVE-2026-1', since: '2026-11-01', days: 24, deadlineDays: 14, overdueDays: 10 },
      { id: 'CVE-2026-2', waits: true },
    ]);
  });

  test('a waiting security update is an open flaw only where no finding has a clock', () => {
    const waiting = patch({
      waiting: {
        state: 'update',
        version: '1.2',
        security: true,
        since: { notAfter: '2026-11-05', basis: '' },
        remedy: 'apt install x',
      },
    });
    expect(patchRecordOf({ patch: waiting, findings: [], waitingDays: 14, now }).open).toEqual([
      {
        id: 'security update 1.2',
        since: '2026-11-05',
        days: 20,
        deadlineDays: 14,
        overdueDays: 6,
      },
    ]);
    const dated = finding('CVE-2026-1', {
      clock: { started: '2026-11-01', sign: 'advisory', basis: '' },
    });
    expect(
      patchRecordOf({ patch: waiting, findings: [dated], waitingDays: 14, now }).open,
    ).toHaveLength(1);
  });
});

const record = (days: readonly number[], open: PatchRecord['open'] = []): PatchRecord => ({
  mended: days.map(each => ({
    flaws: [],
    since: '2026-01-01',
    mended: '2026-02-01',
    days: each,
  })),
  open,
});

test('one side counts, and an open flaw is overdue only past its day', () => {
  expect(
    sideOf(
      record(
        [1, 2, 3],
        [
          { id: 'a', days: 5, deadlineDays: 14, overdueDays: -9 },
          { id: 'b', days: 14, deadlineDays: 14, overdueDays: 0 },
          { id: 'c', days: 15, deadlineDays: 14, overdueDays: 1 },
          { id: 'd' },
        ],
      ),
      'x',
    ),
  ).toEqual({ mended: 3, median: 2, percentile90: 3, open: 4, overdue: 1, restsOn: 'x' });
  expect(sideOf(record([]), 'x')).toEqual({ mended: 0, open: 0, overdue: 0, restsOn: 'x' });
});

describe('slower than parity', () => {
  const open = (days: number, more = {}) => [
    { id: 'CVE-2026-1', days, deadlineDays: 60, overdueDays: days - 60, ...more },
  ];

  test('what has been open for longer than nine in ten customer-facing updates took', () => {
    expect(slowerThanParity(record([], open(11)), { allowedDays: 10 })).toMatchObject({
      basis: 'customer-facing history',
      kind: 'open',
      days: 11,
      allowedDays: 10,
      what: 'CVE-2026-1',
    });
    expect(slowerThanParity(record([], open(10)), { allowedDays: 10 })).toBeUndefined();
  });

  test('what took longer in the past, once there are five updates to tell it by', () => {
    expect(slowerThanParity(record([20, 20, 20, 20]), { allowedDays: 10 })).toBeUndefined();
    expect(slowerThanParity(record([1, 1, 1, 1, 20]), { allowedDays: 10 })).toMatchObject({
      kind: 'past',
      days: 20,
      allowedDays: 10,
    });
    expect(slowerThanParity(record([1, 1, 1, 1, 10]), { allowedDays: 10 })).toBeUndefined();
  });

  test('of several open ones the slowest is named', () => {
    const both = [...open(11), { id: 'CVE-2026-2', days: 30 }];
    expect(slowerThanParity(record([], both), { allowedDays: 10 })?.what).toBe('CVE-2026-2');
  });

  test('without customer-facing history the written deadline counts, and the past does not', () => {
    expect(slowerThanParity(record([400, 400, 400, 400, 400]), {})).toBeUndefined();
    expect(slowerThanParity(record([], open(60)), {})).toBeUndefined();
    expect(slowerThanParity(record([], open(61)), {})).toMatchObject({
      basis: 'written deadlines',
      days: 61,
      allowedDays: 60,
    });
  });

  test('what the policy lets wait, and what has no fix yet, is compared with nothing', () => {
    expect(
      slowerThanParity(record([], open(400, { waits: true })), { allowedDays: 1 }),
    ).toBeUndefined();
    expect(
      slowerThanParity(record([], [{ id: 'CVE-2026-3' }]), { allowedDays: 1 }),
    ).toBeUndefined();
    expect(slowerThanParity(record([], [{ id: 'CVE-2026-3' }]), {})).toBeUndefined();
  });
});
