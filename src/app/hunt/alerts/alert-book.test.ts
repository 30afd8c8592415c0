import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ocsfFaults } from '../../../../test/support/ocsf.ts';
import type { Sighting } from '../../../core/alert.ts';
import { emptyWatch, type WatchChannel, type WatchPolicy } from '../../../core/watch-policy.ts';
import { Pseudonyms } from '../../../exposure/people/pseudonyms.ts';
import { HuntAlerts } from '../../../store/hunt-alerts.ts';
import { HuntLetters } from '../../../store/hunt-letters.ts';
import { HuntState } from '../../../store/hunt-state.ts';
import { AlertBook } from './alert-book.ts';
import { suppressAlert } from './decide.ts';
import { findingsPath, writeFindings } from './findings-file.ts';
import { labelsUnder } from './labels.ts';

const at = Date.parse('2026-06-29T02:00:00Z');
const hourMs = 3_600_000;

let store: string;
let state: HuntState;
let nowMs: number;

beforeEach(() => {
  store = mkdtempSync(join(tmpdir(), 'postern-alerts-'));
  state = new HuntState(store);
  nowMs = at + hourMs;
});

afterEach(() => {
  state.close();
  rmSync(store, { recursive: true, force: true });
});

const labelOf = labelsUnder(new Pseudonyms(Buffer.alloc(32, 7)));

const bookWith = (policy: Partial<WatchPolicy> = {}): AlertBook =>
  new AlertBook({ state, policy: { ...emptyWatch, ...policy }, labelOf, now: () => nowMs });

let line = 0;
const sighting = (given: Partial<Sighting> = {}): Sighting => {
  line += 1;
  return {
    rule: 'master-user',
    title: 'A master user read a mailbox',
    level: 'medium',
    component: 'dovecot',
    who: 'aiko@example.jp',
    timeMs: at,
    sinceMs: at,
    sentence: 'aiko@example.jp opened ren@example.jp',
    tags: [],
    lines: [{ source: 'mail.log', seq: 1, line }],
    events: 1,
    ...given,
  };
};

const take = (book: AlertBook, ...sightings: readonly Sighting[]) =>
  book.take(sightings, { names: false });

describe('alerts', () => {
  test('of one rule, component and person are one; of another person another', () => {
    const { fresh, repeated } = take(
      bookWith(),
      sighting(),
      sighting({ timeMs: at + 1 }),
      sighting({ timeMs: at + 2, who: 'mei' }),
      sighting({ timeMs: at + 3, who: 'AIKO@example.jp' }),
    );
    expect(fresh.map(({ sightings }) => sightings)).toEqual([3, 1]);
    expect(repeated).toBe(2);
  });

  test('are the same after a restart, and what was taken once is not taken again', () => {
    const first = sighting();
    const [alert] = take(bookWith(), first).fresh;
    state.close();
    state = new HuntState(store);
    expect(take(bookWith(), first)).toEqual({ fresh: [], repeated: 0, suppressed: 0 });
    expect(take(bookWith(), sighting({ timeMs: at + 9 }))).toMatchObject({
      fresh: [],
      repeated: 1,
    });
    expect(new HuntAlerts(state).get(alert?.id ?? '')?.alert.sightings).toBe(2);
  });

  test('begin anew when it was quiet for long', () => {
    const book = bookWith({ quietHours: 2 });
    const { fresh } = take(book, sighting(), sighting({ timeMs: at + 2 * hourMs + 1 }));
    expect(new Set(fresh.map(({ id }) => id)).size).toBe(2);
  });

  test('are not there when the pass that made them was undone', () => {
    expect(() =>
      state.transaction(() => {
        take(bookWith(), sighting());
        throw new Error('the disk is full');
      }),
    ).toThrow('the disk is full');
    expect(new HuntAlerts(state).count()).toBe(0);
  });

  test('name nobody in the store, and whoever asks', () => {
    const given = sighting();
    const named = bookWith().take([given], { names: true }).fresh[0];
    expect(named?.who).toBe('aiko@example.jp');
    expect(named?.sentence).toBe('aiko@example.jp opened ren@example.jp');
    writeFindings(store, state);
    state.database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    for (const path of [HuntState.pathIn(store), findingsPath(store, '2026-06-29')]) {
      expect(readFileSync(path, 'latin1')).not.toMatch(/aiko|ren@/);
    }
  });

  test('of thousands of sightings remember few, and take none twice', () => {
    const book = bookWith();
    const many = Array.from({ length: 5_000 }, (_, i) => sighting({ timeMs: at + i }));
    take(book, ...many);
    const count = state.database.prepare('SELECT count(*) AS n FROM sighting').get()?.['n'];
    expect(Number(count)).toBeLessThan(4_500);
    expect(take(book, ...many)).toEqual({ fresh: [], repeated: 0, suppressed: 0 });
  });

  test('group what is about the same person, the worst first', () => {
    const { fresh } = take(
      bookWith(),
      sighting({ who: 'mei', level: 'high' }),
      sighting({ rule: 'other', level: 'low' }),
      sighting({ rule: 'worst', level: 'critical' }),
    );
    expect(fresh.map(({ rule }) => rule)).toEqual(['worst', 'other', 'master-user']);
  });

  test('have the level that the organisation gives them, and none of rules that it switched off', () => {
    const book = bookWith({
      without: ['noisy*'],
      levels: [{ rule: 'master-*', level: 'critical' }],
    });
    const { fresh } = take(book, sighting(), sighting({ rule: 'noisy-one' }));
    expect(fresh.map(({ level }) => level)).toEqual(['critical']);
  });
});

describe('what is not told', () => {
  test('an allow-list keeps sightings back and counts them', () => {
    const allow = [{ rule: 'master-user', who: 'aiko@*', reason: 'the archive', line: 7 }];
    expect(take(bookWith({ allow }), sighting(), sighting({ who: 'mei' }))).toMatchObject({
      suppressed: 1,
      fresh: [{ component: 'dovecot' }],
    });
    expect([...new HuntAlerts(state).allowed().values()]).toEqual([{ sightings: 1, lastMs: at }]);
  });

  test('a suppression holds for its rule, component and person until its day is over', () => {
    const [alert] = take(bookWith(), sighting()).fresh;
    suppressAlert({
      store,
      alert: alert?.id ?? '',
      until: '2026-06-30',
      why: 'migration',
      by: 'root',
      nowMs,
    });
    const book = bookWith({ quietHours: 1 });
    const day = 24 * hourMs;
    expect(take(book, sighting({ timeMs: at + day }))).toMatchObject({ fresh: [], suppressed: 1 });
    expect(take(book, sighting({ timeMs: at + day, who: 'mei' })).fresh).toHaveLength(1);
    expect(take(book, sighting({ timeMs: at + 2 * day })).fresh).toHaveLength(1);
  });

  test('what was only suppressed is fresh when the suppression is over', () => {
    const [alert] = take(bookWith(), sighting()).fresh;
    const decided = { store, alert: alert?.id ?? '', why: 'x', by: 'root', nowMs };
    suppressAlert({ ...decided, until: '2026-06-29' });
    const book = bookWith({ quietHours: 12 });
    expect(take(book, sighting({ timeMs: at + 13 * hourMs })).fresh).toEqual([]);
    expect(take(book, sighting({ timeMs: at + 23 * hourMs })).fresh).toHaveLength(1);
  });

  test('a later decision takes an earlier one back', () => {
    const [alert] = take(bookWith(), sighting()).fresh;
    const decided = { store, alert: alert?.id ?? '', why: 'x', by: 'root', nowMs };
    suppressAlert({ ...decided, until: '2026-12-31' });
    suppressAlert({ ...decided, until: '2026-06-01' });
    expect(take(bookWith(), sighting({ timeMs: at + 48 * hourMs })).fresh).toHaveLength(1);
  });

  test.each([
    ['2026-13-01', 'expected a day'],
    ['2028-01-01', 'at most a year'],
  ])('until %s is refused: %s', (until, why) => {
    expect(() => suppressAlert({ store, alert: 'a0', until, why: 'x', by: 'root', nowMs })).toThrow(
      why,
    );
  });

  test('an alert that there is none of is named', () => {
    const decided = { store, until: '2026-07-01', why: 'x', by: 'root', nowMs };
    expect(() => suppressAlert({ ...decided, alert: "a0' OR 1" })).toThrow('no such alert');
  });
});

describe('who is to be told', () => {
  const channel: WatchChannel = {
    kind: 'syslog',
    name: 'siem',
    server: 'udp://127.0.0.1',
    facility: 13,
    from: 'medium',
    atOnce: 'critical',
    names: false,
  };

  test('are forgotten when they are over for long, and nobody is still to hear of them', () => {
    const policy = { alertDays: 31, channels: [channel] };
    const days = (n: number): number => at + n * 24 * hourMs;
    const ids = (): readonly string[] =>
      new HuntAlerts(state).since(0, 10).map(({ alert: { sentence } }) => sentence);
    const said = (sentence: string, timeMs: number): Sighting =>
      sighting({ sentence, timeMs, sinceMs: timeMs, rule: sentence });
    take(bookWith(policy), said('told', at), said('goes on', at), said('owed', at));
    const letters = new HuntLetters(state);
    const alertsOf = (sentence: string): readonly string[] =>
      new HuntAlerts(state)
        .since(0, 10)
        .flatMap(({ alert }) => (alert.sentence === sentence ? [alert.id] : []));
    const letter = { channel: channel.name, kind: 'digest', madeMs: at, dueMs: at } as const;
    letters.make({ ...letter, id: 'one', attempts: 0, state: 'waiting' }, [
      ...alertsOf('told'),
      ...alertsOf('goes on'),
    ]);
    nowMs = days(40);
    take(bookWith(policy));
    expect(ids()).toHaveLength(3);
    letters.sent('one');
    nowMs = days(20);
    take(bookWith(policy), said('goes on', at + hourMs));
    nowMs = days(40);
    take(bookWith(policy));
    expect(ids().toSorted()).toEqual(['goes on', 'owed']);
    // What is old, and was found now, is new.
    take(bookWith(policy), said('found late', at));
    take(bookWith(policy));
    expect(ids()).toContain('found late');
    const rows = state.database.prepare('SELECT count(*) AS n FROM sighting').get();
    expect(Number(rows?.['n'])).toBe(4);
  });
  const queued = (atOnce: boolean): number => new HuntLetters(state).queued('siem', atOnce).length;

  test('the digest waits, what is critical does not, and what is mild is not told', () => {
    take(
      bookWith({ channels: [channel] }),
      sighting({ level: 'low', who: 'mei' }),
      sighting(),
      sighting({ level: 'critical', who: 'rin' }),
    );
    expect([queued(true), queued(false)]).toEqual([1, 2]);
  });

  test('what grew worse is told at once, and once', () => {
    const book = bookWith({ channels: [channel] });
    take(book, sighting());
    expect(queued(true)).toBe(0);
    take(book, sighting({ level: 'critical', timeMs: at + 1 }));
    take(book, sighting({ level: 'critical', timeMs: at + 2 }));
    expect([queued(true), queued(false)]).toEqual([1, 1]);
  });

  test('of what is suppressed before it was told nobody hears', () => {
    const [alert] = take(bookWith({ channels: [channel] }), sighting()).fresh;
    const decided = { store, until: '2026-07-01', why: 'x', by: 'root', nowMs };
    suppressAlert({ ...decided, alert: alert?.id ?? '' });
    expect(queued(false)).toBe(0);
  });
});

describe('findings in the store', () => {
  const written = (): readonly Record<string, unknown>[] =>
    readFileSync(findingsPath(store, '2026-06-29'), 'utf8')
      .split('\n')
      .filter(text => text !== '')
      .map(text => JSON.parse(text) as Record<string, unknown>);

  test('are events of OCSF, more rarely the more often something is seen', () => {
    const book = bookWith();
    for (let i = 0; i < 40; i += 1) take(book, sighting({ timeMs: at + i }));
    writeFindings(store, state);
    expect(written().flatMap(ocsfFaults)).toEqual([]);
    expect(written().map(each => each['activity_name'])).toEqual([
      'Create',
      ...Array.from({ length: 5 }, () => 'Update'),
    ]);
  });

  test('are each there once, whoever was killed between writing and noting it, even within a line', () => {
    const book = bookWith();
    take(book, sighting(), sighting({ who: 'mei' }), sighting({ who: 'rin' }));
    const waiting = new HuntAlerts(state).findings(10);
    writeFindings(store, state);
    const path = findingsPath(store, '2026-06-29');
    const whole = readFileSync(path, 'utf8');
    // As if nobody had noted it, and the third line had come to the disk in half.
    const half = whole.slice(0, -60);
    writeFileSync(path, half);
    const put = state.database.prepare('INSERT INTO finding VALUES (?, ?, ?)');
    for (const { n, day, content } of waiting) put.run(n, day, content);
    writeFindings(store, state);
    expect(readFileSync(path, 'utf8')).toBe(whole);
    appendFileSync(path, 'half a line of somebody else');
    take(book, sighting({ who: 'yui' }));
    writeFindings(store, state);
    expect(written()).toHaveLength(4);
  });
});
