import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Changes, DeadlineChange, FlawAt, VerdictChange } from '../core/changes.ts';
import type { EarlierDeadline, MendingState, MendingStep } from '../core/finding.ts';
import type { Memory, Past, Run } from '../core/memory.ts';
import type { State } from '../core/verdict.ts';
import { openToKeep } from './sqlite.ts';

const tables = `
  CREATE TABLE IF NOT EXISTS run (
    n INTEGER PRIMARY KEY, estate TEXT NOT NULL, at TEXT NOT NULL, asked INTEGER NOT NULL DEFAULT 1);
  CREATE INDEX IF NOT EXISTS run_estate ON run (estate, n);
  CREATE TABLE IF NOT EXISTS component (
    estate TEXT NOT NULL, id TEXT NOT NULL, first_seen TEXT NOT NULL, last_run INTEGER NOT NULL,
    PRIMARY KEY (estate, id)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS finding (
    estate TEXT NOT NULL, component TEXT NOT NULL, flaw TEXT NOT NULL, first_seen TEXT NOT NULL,
    last_run INTEGER NOT NULL, due TEXT, open INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (estate, component, flaw)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS undecided (
    estate TEXT NOT NULL, component TEXT NOT NULL, flaw TEXT NOT NULL,
    PRIMARY KEY (estate, component, flaw)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS deadline (
    n INTEGER PRIMARY KEY, estate TEXT NOT NULL, component TEXT NOT NULL, flaw TEXT NOT NULL,
    at TEXT NOT NULL, due TEXT, why TEXT NOT NULL);
  CREATE INDEX IF NOT EXISTS deadline_flaw ON deadline (estate, component, flaw);
  CREATE TABLE IF NOT EXISTS step (
    n INTEGER PRIMARY KEY, estate TEXT NOT NULL, component TEXT NOT NULL, flaw TEXT NOT NULL,
    state TEXT NOT NULL, at TEXT NOT NULL, by TEXT NOT NULL, why TEXT NOT NULL);
  CREATE INDEX IF NOT EXISTS step_flaw ON step (estate, component, flaw, n);
  CREATE TABLE IF NOT EXISTS waiting (
    estate TEXT NOT NULL, package TEXT NOT NULL, version TEXT NOT NULL, first_seen TEXT NOT NULL,
    PRIMARY KEY (estate, package, version)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS verdict (
    estate TEXT NOT NULL, component TEXT NOT NULL, "check" TEXT NOT NULL, state TEXT NOT NULL,
    PRIMARY KEY (estate, component, "check")) WITHOUT ROWID;
`;

/** Another number: a ledger of another shape, which is left alone. */
const shape = 1;

/** Of one flaw, as a run tells them: a policy that is tried out moves all of them. */
const deadlinesMax = 20;

const keyOf = (...parts: readonly string[]): string => parts.join('\0');

/**
 * What earlier runs found, kept in the store: since when a flaw is known here, what was done about it, by
 * whom and why, and how its deadline moved. Nothing in it is ever rewritten but "last seen".
 */
export class Ledger implements Memory {
  private readonly database: DatabaseSync;

  /** @param store a folder that may be written. */
  constructor(store: string) {
    mkdirSync(store, { recursive: true, mode: 0o755 });
    this.database = openToKeep(Ledger.pathIn(store));
    try {
      const found = Number(this.database.prepare('PRAGMA user_version').get()?.['user_version']);
      if (found !== 0 && found !== shape) {
        throw new Error('it was written by another version of Postern');
      }
      if (found !== shape) {
        this.database.exec(`BEGIN IMMEDIATE; ${tables} PRAGMA user_version = ${shape}; COMMIT`);
      }
    } catch (thrown) {
      this.database.close();
      throw thrown;
    }
  }

  static pathIn(store: string): string {
    return join(store, 'ledger.sqlite');
  }

  static exists(store: string): boolean {
    return existsSync(Ledger.pathIn(store));
  }

  close(): void {
    this.database.close();
  }

  past(estate: string): Past {
    const lastRun = this.database
      .prepare('SELECT at FROM run WHERE estate = ? ORDER BY n DESC LIMIT 1')
      .get(estate)?.['at'];
    const asked = this.lastAsked(estate) > 0;
    const firsts = new Map<string, string>();
    const open = new Set<string>();
    for (const row of this.all('SELECT * FROM finding WHERE estate = ?', estate)) {
      const key = keyOf(row.component, row.flaw);
      firsts.set(key, row.first_seen);
      if (row.open === 1) open.add(key);
    }
    const steps = new Map<string, MendingStep[]>();
    for (const row of this.all('SELECT * FROM step WHERE estate = ? ORDER BY n DESC', estate)) {
      const key = keyOf(row.component, row.flaw);
      const list = steps.get(key) ?? [];
      list.push({ state: row.state as MendingState, on: row.at, by: row.by, why: row.why });
      steps.set(key, list);
    }
    const deadlines = new Map<string, EarlierDeadline[]>();
    for (const row of this.all('SELECT * FROM deadline WHERE estate = ? ORDER BY n DESC', estate)) {
      const key = keyOf(row.component, row.flaw);
      const list = deadlines.get(key) ?? [];
      if (list.length < deadlinesMax) {
        list.push({
          ...(row.due === null ? {} : { on: row.due }),
          why: row.why,
          computed: row.at,
        });
      }
      deadlines.set(key, list);
    }
    const waiting = new Map<string, string>();
    for (const row of this.all('SELECT * FROM waiting WHERE estate = ?', estate)) {
      waiting.set(keyOf(row.package, row.version), row.first_seen);
    }
    return {
      ...(typeof lastRun === 'string' ? { lastRun } : {}),
      firstSeen: ({ component, flaw }) => firsts.get(keyOf(component, flaw)),
      isNew: ({ component, flaw }) => asked && !open.has(keyOf(component, flaw)),
      steps: ({ component, flaw }) => steps.get(keyOf(component, flaw)) ?? [],
      deadlines: ({ component, flaw }) => deadlines.get(keyOf(component, flaw)) ?? [],
      waitingSince: (package_, version) => waiting.get(keyOf(package_, version)),
    };
  }

  /** Records a step that a person took. */
  mark(estate: string, { component, flaw }: FlawAt, { state, on, by, why }: MendingStep): void {
    this.database
      .prepare(
        'INSERT INTO step (estate, component, flaw, state, at, by, why) VALUES (?, ?, ?, ?, ?, ?, ?)',
      )
      .run(estate, component, flaw, state, on, by, why);
  }

  /** Components of an estate in which a flaw was seen, or could not be ruled out. */
  componentsWith(estate: string, flaw: string): readonly string[] {
    return this.all(
      `SELECT component FROM finding WHERE estate = ? AND flaw = ?
       UNION SELECT component FROM undecided WHERE estate = ? AND flaw = ? ORDER BY component`,
      estate,
      flaw,
      estate,
      flaw,
    ).map(row => row.component);
  }

  estates(): readonly string[] {
    return this.all('SELECT DISTINCT estate FROM run ORDER BY estate').map(row => row.estate);
  }

  /** Writes a run down, all of it or nothing. @returns what is different since the one before. */
  record(run: Run): Changes | undefined {
    this.database.exec('BEGIN IMMEDIATE');
    try {
      const changes = this.recorded(run);
      this.database.exec('COMMIT');
      return changes;
    } catch (thrown) {
      // A full disk ends the transaction by itself.
      if (this.database.isTransaction) this.database.exec('ROLLBACK');
      throw thrown;
    }
  }

  private recorded(run: Run): Changes | undefined {
    const { estate, at } = run;
    const before = this.database
      .prepare('SELECT n, at FROM run WHERE estate = ? ORDER BY n DESC LIMIT 1')
      .get(estate);
    const lastAsked = this.lastAsked(estate);
    const n = Number(
      this.database
        .prepare('INSERT INTO run (estate, at, asked) VALUES (?, ?, ?)')
        .run(estate, at, run.flawsAsked ? 1 : 0).lastInsertRowid,
    );
    const components = this.recordComponents(run, n, Number(before?.['n'] ?? 0));
    const flaws = run.flawsAsked
      ? this.recordFlaws(run, n, lastAsked > 0)
      : { flawsNew: [], flawsMended: [], deadlines: [] };
    const waiting = this.database.prepare('INSERT OR IGNORE INTO waiting VALUES (?, ?, ?, ?)');
    for (const each of run.waiting) waiting.run(estate, each.package, each.version, at);
    const verdicts = this.recordVerdicts(run, components.componentsGone);
    return before === undefined
      ? undefined
      : { since: String(before['at']), ...components, ...flaws, verdicts };
  }

  private recordComponents(
    { estate, at, components }: Run,
    n: number,
    previous: number,
  ): Pick<Changes, 'componentsNew' | 'componentsGone'> {
    const known = new Map(
      this.all('SELECT * FROM component WHERE estate = ?', estate).map(row => [
        row.id,
        row.last_run,
      ]),
    );
    const put = this.database.prepare(
      `INSERT INTO component VALUES (?, ?, ?, ?)
       ON CONFLICT (estate, id) DO UPDATE SET last_run = excluded.last_run`,
    );
    for (const id of components) put.run(estate, id, at, n);
    const here = new Set(components);
    return {
      componentsNew: components.filter(id => known.get(id) !== previous),
      componentsGone: [...known]
        .filter(([id, last]) => last === previous && !here.has(id))
        .map(([id]) => id),
    };
  }

  /** The last run that asked the advisory database; 0 where none did. */
  private lastAsked(estate: string): number {
    const row = this.database
      .prepare('SELECT max(n) AS n FROM run WHERE estate = ? AND asked = 1')
      .get(estate);
    return Number(row?.['n'] ?? 0);
  }

  /** @param askedBefore else everything is found for the first time, and nothing of it is new. */
  private recordFlaws(
    { estate, at, flaws }: Run,
    n: number,
    askedBefore: boolean,
  ): Pick<Changes, 'flawsNew' | 'flawsMended' | 'deadlines'> {
    const known = new Map(
      this.all('SELECT * FROM finding WHERE estate = ?', estate).map(row => [
        keyOf(row.component, row.flaw),
        { isOpen: row.open === 1, due: row.due },
      ]),
    );
    const put = this.database.prepare(
      `INSERT INTO finding (estate, component, flaw, first_seen, last_run, due) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (estate, component, flaw)
       DO UPDATE SET last_run = excluded.last_run, due = excluded.due, open = 1`,
    );
    const close = this.database.prepare(
      'UPDATE finding SET open = 0 WHERE estate = ? AND component = ? AND flaw = ?',
    );
    const deadline = this.database.prepare(
      'INSERT INTO deadline (estate, component, flaw, at, due, why) VALUES (?, ?, ?, ?, ?, ?)',
    );
    const flawsNew: FlawAt[] = [];
    const flawsMended: FlawAt[] = [];
    const deadlines: DeadlineChange[] = [];
    this.recordUndecided(estate, flaws);
    for (const flaw of flaws) {
      const { component, flaw: id, outcome, due, dueWhy = '', why } = flaw;
      const past = known.get(keyOf(component, id));
      if (outcome === 'not-affected') {
        // Only what applied before is mended now; what is undetermined, or not told of any more, is not.
        if (past?.isOpen !== true) continue;
        close.run(estate, component, id);
        flawsMended.push({ component, flaw: id });
        this.mark(estate, flaw, { state: 'patched', on: at, by: 'postern', why });
        continue;
      }
      if (outcome !== 'affected') continue;
      put.run(estate, component, id, at, n, due ?? null);
      if (past?.isOpen !== true) {
        if (askedBefore) flawsNew.push({ component, flaw: id });
        this.mark(estate, flaw, { state: 'vulnerable', on: at, by: 'postern', why });
      }
      if (past === undefined || past.due !== (due ?? null)) {
        deadline.run(estate, component, id, at, due ?? null, dueWhy);
        if (past !== undefined) {
          deadlines.push({
            component,
            flaw: id,
            ...(past.due === null ? {} : { from: past.due }),
            ...(due === undefined ? {} : { to: due }),
            why: dueWhy,
          });
        }
      }
    }
    return { flawsNew, flawsMended, deadlines };
  }

  /** What a person may decide: `advisories mark` asks whether a run saw it. */
  private recordUndecided(estate: string, flaws: Run['flaws']): void {
    const put = this.database.prepare('INSERT OR IGNORE INTO undecided VALUES (?, ?, ?)');
    for (const { component, flaw, outcome } of flaws) {
      if (outcome === 'undetermined') put.run(estate, component, flaw);
    }
  }

  private recordVerdicts(
    { estate, verdicts }: Run,
    gone: readonly string[],
  ): readonly VerdictChange[] {
    // What comes back one day is compared with nothing.
    const forget = this.database.prepare('DELETE FROM verdict WHERE estate = ? AND component = ?');
    for (const component of gone) forget.run(estate, component);
    const known = new Map(
      this.all('SELECT * FROM verdict WHERE estate = ?', estate).map(row => [
        keyOf(row.component, row.check),
        row.state as State,
      ]),
    );
    const put = this.database.prepare(
      `INSERT INTO verdict VALUES (?, ?, ?, ?)
       ON CONFLICT (estate, component, "check") DO UPDATE SET state = excluded.state`,
    );
    const out: VerdictChange[] = [];
    for (const { component, check, state } of verdicts) {
      const from = known.get(keyOf(component, check));
      if (from === state) continue;
      put.run(estate, component, check, state);
      if (from !== undefined) out.push({ component, check, from, to: state });
    }
    return out;
  }

  private all(sql: string, ...values: readonly string[]): Row[] {
    return this.database.prepare(sql).all(...values) as unknown as Row[];
  }
}

/** Columns of every table: each statement reads those of its own. */
interface Row {
  readonly estate: string;
  readonly id: string;
  readonly component: string;
  readonly flaw: string;
  readonly first_seen: string;
  readonly last_run: number;
  readonly due: string | null;
  readonly open: number;
  readonly state: string;
  readonly at: string;
  readonly by: string;
  readonly why: string;
  readonly package: string;
  readonly version: string;
  readonly check: string;
}
