import { describe, expect, test } from 'vitest';
import {
  atHour,
  byChance,
  type Course,
  firstDay,
  heardOf,
  type Spoken,
  spoken,
} from '../../../test/support/heard-log.ts';
import { numbersFrom } from '../../../test/support/simulated-disk.ts';
import type { Sighting } from '../../core/alert.ts';
import type { Uncollected } from './heard-source.ts';
import { SilenceLearner } from './learner.ts';

const known: Uncollected = {
  isMissing: () => false,
  isFound: () => false,
  nameOf: source => `/var/log/${source}`,
  isWhole: () => true,
};

/** By night a tenth of what is by day. */
const course =
  (most: number): Course =>
  (_, hour, random) =>
    byChance(most * (hour < 6 ? 0.3 : 1), random);

/** Nobody is there by night and on Saturdays and Sundays. */
const office: Course = (day, hour, random) =>
  day % 7 < 5 && hour >= 8 && hour < 18 ? byChance(60, random) : 0;

const days = 36;
const mixed = { postfix: course(24), dovecot: course(40) };

const without = (
  events: readonly Spoken[],
  from: number,
  to: number,
  isGone: (each: Spoken) => boolean = () => true,
): readonly Spoken[] => events.filter(each => each.ms < from || each.ms >= to || !isGone(each));

/** All at once, day by day. */
const told = (
  events: readonly Spoken[],
  more: Partial<Uncollected> = {},
  upTo = days,
): readonly Sighting[] => {
  const learner = new SilenceLearner([], { ...known, ...more });
  let from = 0;
  for (let day = 0; day <= upTo; day += 1) {
    let to = from;
    while ((events[to]?.ms ?? Infinity) < atHour(day + 1, 0)) to += 1;
    if (to > from) learner.take(heardOf(events.slice(from, to), { seq: day + 1 }));
    from = to;
  }
  return learner.end();
};

const busy = spoken(days, mixed, numbersFrom(1), 'mail01');

describe('silence of a log', () => {
  test('is told with what there always was, and again when it is over', () => {
    const found = told(without(busy, atHour(30, 2) + 300_000, atHour(30, 5) + 720_000));
    expect(found).toMatchObject([
      { rule: 'baseline/silence', component: 'mail.log', who: undefined, level: 'medium' },
      { rule: 'baseline/silence', component: 'mail.log', who: undefined },
    ]);
    expect(found[0]?.sentence).toMatch(
      /^`\/var\/log\/mail\.log` of `mail01` had no event between 0[12]:\d\d and 04:00 on 2026-04-01 \(UTC\); in 29 days its quietest such hour had \d\d events$/,
    );
    expect(found[1]?.sentence).toMatch(
      /^`\/var\/log\/mail\.log` of `mail01` had no event for 3 hours \d+ minutes, between 0[12]:\d\d and 05:1\d on 2026-04-01 \(UTC\), and has some again; in 29 days /,
    );
    const [first, second] = found.map(({ lines }) => lines);
    expect(first).toEqual(second?.slice(0, 1));
    expect(second?.[1]?.line).toBe((second?.[0]?.line ?? 0) + 1);
  });

  test('is told of a component that stops, or a host, while the others go on', () => {
    const other = spoken(days, { postfix: course(60) }, numbersFrom(2), 'mail02');
    const of = (is: (each: Spoken) => boolean): readonly unknown[] =>
      told(
        without(
          [...busy, ...other].toSorted((a, b) => a.ms - b.ms),
          atHour(30, 10),
          atHour(30, 14),
          is,
        ),
      ).map(({ component, who, log, sentence }) => [component, who, log, sentence.slice(0, 50)]);
    const dovecot = ['dovecot', 'mail.log', 'mail.log'];
    expect(of(({ component }) => component === 'dovecot')).toEqual([
      [...dovecot, '`dovecot` in `/var/log/mail.log` had no event betw'],
      [...dovecot, '`dovecot` in `/var/log/mail.log` had no event for '],
    ]);
    expect(
      of(({ host }) => host === 'mail01').map(each => (each as unknown[]).slice(0, 3)),
    ).toEqual([
      ['mail.log', 'mail01', 'mail01'],
      ['mail.log', 'mail01', 'mail01'],
    ]);
  });

  test('is none where lines may be missing, or nobody knows whether all of them come', () => {
    const events = without(busy, atHour(30, 2), atHour(30, 8));
    expect(told(events)).toHaveLength(2);
    const isMissing = (_: string, hour: number): boolean => Math.floor(hour / 24) === firstDay + 30;
    expect(told(events, { isMissing })).toEqual([]);
    expect(told(events, { isWhole: () => false })).toEqual([]);
    // A file that lay between two may have been taken away before anybody read the log.
    const files = (cut: number): readonly Spoken[] =>
      events.map(each => ({ ...each, file: each.ms < cut ? 'mail.log.1' : 'mail.log' }));
    expect(told(files(atHour(30, 5)), { isFound: () => true })).toEqual([]);
    expect(told(files(atHour(30, 5)))).toHaveLength(2);
    expect(told(files(atHour(30, 12)), { isFound: () => true })).toHaveLength(2);
  });

  test('is told only when there are two weeks to tell it by', () => {
    expect(told(without(busy, atHour(13, 2), atHour(13, 8)))).toEqual([]);
    expect(told(without(busy, atHour(17, 2), atHour(17, 8)))).toHaveLength(2);
  });

  test('is told of an office log in the middle of a weekday, once there are six such', () => {
    const events = spoken(60, { sogo: office }, numbersFrom(3));
    // A Wednesday; a public holiday is silent from the evening before.
    const holiday = without(events, atHour(52, 0), atHour(53, 0));
    expect(told(without(holiday, atHour(51, 10), atHour(51, 13)), {}, 60)).toMatchObject([
      { sentence: expect.stringMatching(/between 09:5\d and 12:00 .* in 7 weeks its quietest/) },
      { sentence: expect.stringContaining('3 hours') },
    ]);
  });

  test('of a log that never says much is told when it is longer than ever', () => {
    const events = spoken(60, { amavis: course(3) }, numbersFrom(4));
    const found = told(without(events, atHour(40, 0), atHour(50, 0)), {}, 60);
    expect(found).toHaveLength(2);
    expect(found[0]?.sentence).toMatch(
      /between 2\d:\d\d on 2026-04-10 and \d\d:00 on 2026-04-1[12] \(UTC\); in 40 days it was never silent for longer than \d+ hours$/,
    );
  });

  const quiet: Readonly<Record<string, Readonly<Record<string, Course>>>> = {
    'that is busy day and night': mixed,
    'of an office': { sogo: office },
    'that never says much': {
      amavis: course(1),
      rspamd: (day, _, random) => byChance(day % 3, random),
    },
    'that is written in bursts': {
      cron: (_, hour, random) => (hour % 2 === 0 && random() < 0.97 ? 50 : 0),
      backup: (day, hour) => (hour === 3 && day % 7 === 6 ? 400 : 0),
    },
    'whose night moves by an hour': {
      web: (day, hour, random) => byChance((hour + (day > 25 ? 1 : 0)) % 24 < 7 ? 0 : 80, random),
    },
    'that is off for an hour now and then': {
      postfix: (day, hour, random) => (day % 6 === 5 && hour === 4 ? 0 : byChance(50, random)),
    },
  };
  test.each(Object.entries(quiet))('is none in weeks of a log %s', (_, courses) => {
    for (const seed of [1, 2, 3]) {
      expect(told(spoken(days, courses, numbersFrom(seed)))).toEqual([]);
    }
  });

  test('of what is taken down bit by bit is told once', () => {
    const left = (day: number): number => Math.max(0, Math.min(1, (32 - day) / 7));
    const old: Course = (day, hour, random) =>
      byChance(course(40)(day, hour, random) * left(day), random);
    for (const seed of [1, 2, 3]) {
      const events = spoken(days, { old, postfix: course(40) }, numbersFrom(seed));
      expect(told(events).length).toBeLessThanOrEqual(1);
    }
  });

  test('is the same whether the clock told it, or the lines that came later', () => {
    const gone = without(
      without(busy, atHour(22, 20), atHour(23, 3)),
      atHour(30, 2),
      atHour(30, 9),
      ({ component }) => component === 'dovecot',
    );
    const bare = ({ lines, ...rest }: Sighting): unknown => ({ ...rest, lines: lines.length });
    const whole = told(gone);
    expect(whole).toHaveLength(4);
    for (const seed of [1, 2, 3, 4]) {
      const random = numbersFrom(seed);
      const learner = new SilenceLearner([], known);
      const found: Sighting[] = [];
      let from = 0;
      for (
        let ms = atHour(0, 0);
        ms < atHour(days, 0);
        ms += Math.ceil(random() ** 3 * 30) * 600_000
      ) {
        let to = from;
        while ((gone[to]?.ms ?? Infinity) < ms) to += 1;
        if (to > from) learner.take(heardOf(gone.slice(from, to), { seq: 1 + from }));
        from = to;
        if (random() < 0.7) learner.over('mail.log', ms);
        if (random() < 0.5) found.push(...learner.end());
      }
      learner.take(heardOf(gone.slice(from)));
      found.push(...learner.end());
      expect(found.map(bare)).toEqual(whole.map(bare));
    }
  });

  test('is not made of one line that is dated wrongly', () => {
    const wrong = { ...busy[5_000], ms: atHour(31, 0) } as Spoken;
    const cut = busy.findIndex(({ ms }) => ms >= atHour(30, 3));
    const learner = new SilenceLearner([], known);
    learner.take(heardOf(busy.slice(0, cut)));
    learner.take(heardOf([wrong], { seq: 2 }));
    learner.take(heardOf(busy.slice(cut), { seq: 3 }));
    expect(learner.end()).toEqual([]);
    expect(learner.sources.get('mail.log')?.late).toBe(0);
  });
});
