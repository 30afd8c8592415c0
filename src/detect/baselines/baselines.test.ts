import { describe, expect, test } from 'vitest';
import {
  firstDay,
  type MonthOptions,
  quietDay,
  tallyOf,
  type Visit,
} from '../../../test/support/baseline-month.ts';
import type { Sighting } from '../../core/alert.ts';
import { hourMs } from './calendar.ts';
import { BaselineLearner } from './learner.ts';
import type { SegmentTally } from './tally.ts';

const dayMs = 24 * hourMs;
const mailboxes = 250;

interface Planted {
  readonly day: number;
  readonly hour: number;
  readonly minutes: number;
  readonly count: number;
  readonly rest: Omit<Visit, 'ms' | 'component' | 'user'>;
}

const visitsOf = ({ day, hour, minutes, count, rest }: Planted): readonly Visit[] =>
  Array.from({ length: count }, (_, i) => ({
    ms: (firstDay + day) * dayMs + hour * hourMs + Math.floor((i * minutes * 60_000) / count),
    component: 'dovecot',
    user: `user${(i * 7) % mailboxes}@example.jp`,
    ...rest,
  }));

const known = new Map<string, SegmentTally>();

/** Most days are the same in many tests. */
const tallyOfDay = (day: number, planted: readonly Planted[], options: MonthOptions) => {
  const more = planted.filter(each => each.day === day).flatMap(visitsOf);
  const name = `${day} ${options.seed ?? 1} ${options.without?.has(firstDay + day) ?? false}`;
  const found = more.length === 0 ? known.get(name) : undefined;
  if (found !== undefined) return found;
  const visits = [...quietDay(firstDay + day, { mailboxes, ...options }), ...more];
  const tally = tallyOf(
    visits.toSorted((a, b) => a.ms - b.ms),
    { seq: day + 1 },
  );
  if (more.length === 0) known.set(name, tally);
  return tally;
};

/** What is told of some quiet days with something planted in them. */
const told = (
  days: number,
  planted: readonly Planted[],
  options: MonthOptions = {},
): readonly Sighting[] => {
  const learner = new BaselineLearner({ components: [], keptDays: [] });
  const sightings: Sighting[] = [];
  for (let day = 0; day < days; day += 1) {
    learner.take(tallyOfDay(day, planted, options), (firstDay + day) * dayMs);
    sightings.push(...learner.end());
  }
  return [...sightings, ...learner.end(Infinity)];
};

const one = (planted: Planted, options?: MonthOptions): Sighting => {
  const [sighting, ...others] = told(planted.day + 1, [planted], options);
  expect(others).toEqual([]);
  if (sighting === undefined) throw new Error('nothing was told');
  return sighting;
};

describe('baselines', () => {
  test.each([1, 2])('tell nothing of quiet weeks (%i)', seed => {
    expect(told(45, [], { seed })).toEqual([]);
  });

  test('tell of a webmail that reads everybody by night', () => {
    const rest = { address: '192.0.2.20', reads: 5 };
    const found = one({ day: 30, hour: 18, minutes: 9, count: 250, rest });
    expect(found).toMatchObject({
      rule: 'baseline/mailboxes-per-10-minutes',
      component: 'dovecot',
      who: '192.0.2.20',
      address: '192.0.2.20',
    });
    expect(found.sentence).toMatch(
      /^`192\.0\.2\.20` entered 250 mailboxes \(1,250 reads\) through `dovecot` between 18:00 and 18:10 on 2026-04-01 \(UTC\); its usual (?:at this \S+ of the \S+ )?is [\d.]+, never above \d+(?: at this hour of the day)? in 30 days$/,
    );
    expect(found.lines).toHaveLength(2);
    expect(found.timeMs - found.sinceMs).toBeLessThan(600_000);
  });

  test('tell of a master user who goes through all mailboxes', () => {
    const rest = { actor: 'helpdesk', address: '192.0.2.41' };
    const found = one({ day: 32, hour: 5, minutes: 20, count: 200, rest });
    expect(found).toMatchObject({ who: 'helpdesk', level: 'high' });
    expect(found.sentence).toMatch(/^`helpdesk` entered 10\d mailboxes through/);
  });

  test('tell of an application that was silent for weeks', () => {
    const rest = { app: 'old-crm', address: '192.0.2.99', reads: 40 };
    const at = { hour: 3, minutes: 5, count: 2, rest };
    const found = told(41, [
      { ...at, day: 10 },
      { ...at, day: 40 },
    ]);
    expect(found).toMatchObject([{ rule: 'baseline/woke', who: 'old-crm', app: 'old-crm' }]);
    expect(found[0]?.sentence).toBe(
      '`old-crm` was silent since 2026-03-12 and entered 2 mailboxes (80 reads) through `dovecot` between 03:00 and 03:10 on 2026-04-11 (UTC); there are lines of 29 days in between, on which it entered no mailbox',
    );
  });

  test('count days without lines for no silence, and say of how many there are none', () => {
    const rest = { app: 'old-crm', address: '192.0.2.99' };
    const at = { hour: 3, minutes: 5, count: 2, rest };
    const without = new Set(Array.from({ length: 15 }, (_, i) => firstDay + 15 + i));
    const plants = [
      { ...at, day: 10 },
      { ...at, day: 40 },
    ];
    expect(told(41, plants, { without })).toEqual([]);
    const sweep = { actor: 'helpdesk', address: '192.0.2.41' };
    const plant = { day: 44, hour: 5, minutes: 9, count: 100, rest: sweep };
    expect(one(plant, { without }).sentence).toMatch(/ in 44 days, 15 of them without lines$/);
  });

  test('tell of an address that nobody ever came from', () => {
    const rest = { address: '203.0.113.201', reads: 20 };
    const found = one({ day: 33, hour: 3, minutes: 50, count: 120, rest });
    expect(found).toMatchObject({ rule: 'baseline/first-seen', who: '203.0.113.201' });
    expect(found.sentence).toContain(
      'an address not seen in the 33 days before, entered 24 mailboxes',
    );
  });

  test('tell of an account that comes from elsewhere, and of one at an hour of its own', () => {
    const far = { actor: 'helpdesk', address: '203.0.113.77' };
    expect(one({ day: 43, hour: 1, minutes: 9, count: 3, rest: far })).toMatchObject({
      rule: 'baseline/new-address',
      address: '203.0.113.77',
    });
    const late = { actor: 'backup', address: '192.0.2.30' };
    expect(one({ day: 43, hour: 11, minutes: 9, count: 4, rest: late })).toMatchObject({
      rule: 'baseline/unusual-hour',
    });
  });

  test('say nothing before there are two weeks of lines', () => {
    const rest = { actor: 'helpdesk', address: '192.0.2.41' };
    expect(told(13, [{ day: 12, hour: 5, minutes: 20, count: 200, rest }])).toEqual([]);
  });

  test('take what goes on for days for how it is', () => {
    const rest = { actor: 'helpdesk', address: '192.0.2.41' };
    const plants = Array.from({ length: 14 }, (_, i) => {
      return { day: 25 + i, hour: 5, minutes: 20, count: 200, rest };
    });
    const days = told(40, plants).map(({ timeMs }) => Math.floor(timeMs / dayMs) - firstDay);
    expect(days).toEqual([25, 26, 27, 28, 29]);
  });

  test('do not let what was told of count for what is usual', () => {
    const rest = { actor: 'helpdesk', address: '192.0.2.41' };
    const at = { hour: 5, minutes: 9, count: 200, rest };
    const found = told(37, [
      { ...at, day: 30 },
      { ...at, day: 36 },
    ]);
    expect(found).toHaveLength(2);
    expect(found[1]?.sentence).toMatch(/, but for what was out of the usual before \(up to 200\)$/);
  });
});
