import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, test } from 'vitest';
import type { Changes } from '../core/changes.ts';
import type { Outcome } from '../core/finding.ts';
import type { Run } from '../core/memory.ts';
import { Ledger } from './ledger.ts';

const base = mkdtempSync(join(tmpdir(), 'postern-ledger-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

let stores = 0;
const newFolder = (): string => {
  stores += 1;
  return join(base, String(stores));
};

const on = (day: number): string => `2026-06-${String(day).padStart(2, '0')}T00:00:00.000Z`;
const at = { component: 'roundcube', flaw: 'CVE-2026-1' };

type Told = Readonly<Record<string, Outcome>>;

const run = (day: number, told: Told | undefined, more: Partial<Run> = {}): Run => ({
  estate: 'mail01',
  at: on(day),
  components: ['postfix', 'roundcube'],
  flawsAsked: told !== undefined,
  flaws: Object.entries(told ?? {}).map(([flaw, outcome]) => ({
    component: 'roundcube',
    flaw,
    outcome,
    why: `${flaw} is ${outcome}`,
    due: '2026-06-20',
    dueWhy: 'faces the internet',
  })),
  waiting: [],
  verdicts: [],
  ...more,
});

interface Story {
  readonly ledger: Ledger;
  readonly changes: readonly (Changes | undefined)[];
}

/** Runs on days 1, 2, 3 …, in each of which CVE-2026-1 is as told; a dash: the database was not asked. */
const story = (...told: readonly (Outcome | 'gone' | '-')[]): Story => {
  const ledger = new Ledger(newFolder());
  const changes = told.map((outcome, i) =>
    ledger.record(
      run(i + 1, outcome === '-' ? undefined : outcome === 'gone' ? {} : { 'CVE-2026-1': outcome }),
    ),
  );
  return { ledger, changes };
};

const told = ({ changes }: Story): readonly string[] =>
  changes.map(each =>
    each === undefined
      ? 'first'
      : [...each.flawsNew.map(() => 'new'), ...each.flawsMended.map(() => 'mended')].join(' '),
  );

const states = ({ ledger }: Story): readonly string[] =>
  ledger
    .past('mail01')
    .steps(at)
    .map(({ state, on: day, by }) => `${state} ${day.slice(8, 10)} ${by}`);

describe('what becomes of a flaw', () => {
  test.each<
    readonly [string, readonly (Outcome | 'gone' | '-')[], readonly string[], readonly string[]]
  >([
    ['found in the first asking', ['affected'], ['first'], ['vulnerable 01 postern']],
    [
      'there from the first asking on, in a later run',
      ['-', 'affected', 'affected'],
      ['first', '', ''],
      ['vulnerable 02 postern'],
    ],
    ['new', ['gone', 'affected'], ['first', 'new'], ['vulnerable 02 postern']],
    [
      'mended once, and told so once',
      ['affected', 'not-affected', 'not-affected', 'not-affected'],
      ['first', 'mended', '', ''],
      ['patched 02 postern', 'vulnerable 01 postern'],
    ],
    [
      'back',
      ['affected', 'not-affected', 'affected', 'affected'],
      ['first', 'mended', 'new', ''],
      ['vulnerable 03 postern', 'patched 02 postern', 'vulnerable 01 postern'],
    ],
    [
      'undecided for a while, and there still',
      ['affected', 'undetermined', 'affected'],
      ['first', '', ''],
      ['vulnerable 01 postern'],
    ],
    [
      'undecided for a while, and mended',
      ['affected', 'undetermined', 'not-affected'],
      ['first', '', 'mended'],
      ['patched 03 postern', 'vulnerable 01 postern'],
    ],
    [
      'not told of any more, which is not mended',
      ['affected', 'gone', 'affected'],
      ['first', '', ''],
      ['vulnerable 01 postern'],
    ],
    [
      'not asked about in between',
      ['affected', '-', 'affected'],
      ['first', '', ''],
      ['vulnerable 01 postern'],
    ],
    [
      'mended while nobody asked',
      ['affected', '-', '-', 'not-affected'],
      ['first', '', '', 'mended'],
      ['patched 04 postern', 'vulnerable 01 postern'],
    ],
    ['never there', ['not-affected', 'not-affected'], ['first', ''], []],
    [
      'new when the last asking found nothing at all',
      ['affected', 'not-affected', 'gone', 'affected'],
      ['first', 'mended', '', 'new'],
      ['vulnerable 04 postern', 'patched 02 postern', 'vulnerable 01 postern'],
    ],
  ])('%s', (_, outcomes, expected, steps) => {
    const each = story(...outcomes);
    expect(told(each)).toEqual(expected);
    expect(states(each)).toEqual(steps);
    each.ledger.close();
  });

  test('it is new to a reader exactly where the changes will say so', () => {
    const { ledger } = story('gone', 'affected', 'not-affected');
    const past = ledger.past('mail01');
    expect([past.isNew(at), past.firstSeen(at), past.lastRun]).toEqual([true, on(2), on(3)]);
    expect(past.isNew({ component: 'roundcube', flaw: 'CVE-2026-2' })).toBe(true);
    const first = new Ledger(newFolder());
    expect(first.past('mail01').isNew(at)).toBe(false);
    first.record(run(1, undefined));
    expect(first.past('mail01').isNew(at)).toBe(false);
  });
});

test('steps of people stand among those of Postern, the last first', () => {
  const { ledger } = story('affected');
  ledger.mark('mail01', at, {
    state: 'mitigated',
    on: on(2),
    by: 'Mail Team',
    why: 'switched off',
  });
  ledger.record(run(3, { 'CVE-2026-1': 'affected' }));
  ledger.record(run(4, { 'CVE-2026-1': 'not-affected' }));
  expect(ledger.past('mail01').steps(at)).toMatchObject([
    { state: 'patched', by: 'postern', why: 'CVE-2026-1 is not-affected' },
    { state: 'mitigated', by: 'Mail Team', why: 'switched off' },
    { state: 'vulnerable', by: 'postern' },
  ]);
});

test('what nobody could decide can be marked, too', () => {
  const { ledger } = story('undetermined');
  expect(ledger.componentsWith('mail01', 'CVE-2026-1')).toEqual(['roundcube']);
  expect(ledger.componentsWith('mail01', 'CVE-2026-2')).toEqual([]);
});

test('a deadline keeps its history, and a change of it is told with its reason', () => {
  const ledger = new Ledger(newFolder());
  const due = (day: number, deadline: string | undefined, dueWhy: string): Changes | undefined =>
    ledger.record(
      run(day, undefined, {
        flawsAsked: true,
        flaws: [
          {
            ...at,
            outcome: 'affected',
            why: 'it applies',
            ...(deadline === undefined ? {} : { due: deadline }),
            dueWhy,
          },
        ],
      }),
    );
  due(1, undefined, 'no fix is public');
  expect(due(2, '2026-06-20', 'a fix is public')?.deadlines).toEqual([
    { ...at, to: '2026-06-20', why: 'a fix is public' },
  ]);
  expect(due(3, '2026-06-20', 'a fix is public')?.deadlines).toEqual([]);
  expect(due(4, '2026-06-05', 'exploited')?.deadlines).toEqual([
    { ...at, from: '2026-06-20', to: '2026-06-05', why: 'exploited' },
  ]);
  expect(ledger.past('mail01').deadlines(at)).toEqual([
    { on: '2026-06-05', why: 'exploited', computed: on(4) },
    { on: '2026-06-20', why: 'a fix is public', computed: on(2) },
    { why: 'no fix is public', computed: on(1) },
  ]);
});

test('components and verdicts that come, go and change are told once', () => {
  const ledger = new Ledger(newFolder());
  const seen = (day: number, state: 'pass' | 'fail', ...components: readonly string[]) =>
    ledger.record(
      run(
        day,
        {},
        {
          components,
          verdicts: components.map(component => ({ component, check: 'patched' as const, state })),
        },
      ),
    );
  expect(seen(1, 'pass', 'postfix', 'roundcube')).toBeUndefined();
  expect(seen(2, 'fail', 'postfix')).toMatchObject({
    since: on(1),
    componentsNew: [],
    componentsGone: ['roundcube'],
    verdicts: [{ component: 'postfix', check: 'patched', from: 'pass', to: 'fail' }],
  });
  // What is back is new; how it stood long ago is no change.
  expect(seen(3, 'fail', 'postfix', 'roundcube')).toMatchObject({
    componentsNew: ['roundcube'],
    componentsGone: [],
    verdicts: [],
  });
});

test('two estates in one store do not see each other', () => {
  const { ledger } = story('affected');
  expect(ledger.record(run(2, { 'CVE-2026-1': 'affected' }, { estate: 'mail02' }))).toBeUndefined();
  ledger.mark('mail02', at, { state: 'mitigated', on: on(2), by: 'Mail Team', why: 'x' });
  expect(ledger.record(run(3, { 'CVE-2026-1': 'affected' }))).toMatchObject({
    since: on(1),
    flawsNew: [],
  });
  expect(ledger.past('mail01').steps(at)).toHaveLength(1);
  expect(ledger.past('mail02').steps(at)).toHaveLength(2);
  expect(ledger.estates()).toEqual(['mail01', 'mail02']);
});

test('an update is remembered since the first run that saw it waiting', () => {
  const { ledger } = story('gone');
  const waiting = [{ package: 'deb:roundcube', version: '2' }];
  ledger.record(run(2, undefined, { waiting }));
  ledger.record(run(3, undefined, { waiting }));
  const past = ledger.past('mail01');
  expect(past.waitingSince('deb:roundcube', '2')).toBe(on(2));
  expect(past.waitingSince('deb:roundcube', '3')).toBeUndefined();
});

test('a run is written down whole or not at all', () => {
  const { ledger } = story('affected');
  const broken = run(
    2,
    { 'CVE-2026-1': 'not-affected' },
    {
      // No such check: SQLite refuses what is null.
      verdicts: [{ component: 'postfix', check: null as never, state: 'pass' }],
    },
  );
  expect(() => ledger.record(broken)).toThrow();
  expect(ledger.past('mail01').lastRun).toBe(on(1));
  expect(ledger.record(run(3, { 'CVE-2026-1': 'not-affected' }))).toMatchObject({
    since: on(1),
    flawsMended: [at],
  });
});

test('two processes at once both write down what they found', () => {
  const folder = newFolder();
  const [one, other] = [new Ledger(folder), new Ledger(folder)];
  one.record(run(1, { 'CVE-2026-1': 'affected' }));
  expect(other.record(run(2, { 'CVE-2026-1': 'affected' }))).toMatchObject({ since: on(1) });
  expect(one.past('mail01').lastRun).toBe(on(2));
  one.close();
  other.close();
});

test('thousands of flaws are no trouble', () => {
  const many: Told = Object.fromEntries(
    Array.from({ length: 20_000 }, (_, i) => [`CVE-2026-${i}`, 'affected'] as const),
  );
  const ledger = new Ledger(newFolder());
  ledger.record(run(1, {}));
  expect(ledger.record(run(2, many))?.flawsNew).toHaveLength(20_000);
});

test('nobody else may read it', () => {
  const folder = newFolder();
  new Ledger(folder).close();
  expect(statSync(Ledger.pathIn(folder)).mode & 0o077).toBe(0);
});

test.each([
  ['damaged', (path: string) => writeFileSync(path, 'no database at all'.repeat(100))],
  [
    'of another shape',
    (path: string) => {
      const database = new DatabaseSync(path);
      database.exec('PRAGMA user_version = 99');
      database.close();
    },
  ],
])('one that is %s is refused, and left as it is', (_, damage) => {
  const folder = newFolder();
  mkdirSync(folder);
  damage(Ledger.pathIn(folder));
  const before = statSync(Ledger.pathIn(folder)).size;
  expect(() => new Ledger(folder)).toThrow();
  expect(statSync(Ledger.pathIn(folder)).size).toBe(before);
});
