import type { DatabaseSync, SQLInputValue } from 'node:sqlite';

/** Names of people and addresses are pseudonyms of 53 bits; days and hours are numbers since 1970. */
const tables = `
  CREATE TABLE IF NOT EXISTS baseline (
    one INTEGER PRIMARY KEY CHECK (one = 1), shape INTEGER NOT NULL, key TEXT NOT NULL, strayed INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS baseline_component (
    component TEXT PRIMARY KEY, closed INTEGER, told TEXT NOT NULL, late INTEGER NOT NULL, crowded INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS baseline_source (
    component TEXT NOT NULL, source TEXT NOT NULL, last_ms INTEGER NOT NULL, PRIMARY KEY (component, source)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS baseline_subject (
    component TEXT NOT NULL, kind TEXT NOT NULL, id INTEGER NOT NULL, label TEXT,
    first_day INTEGER NOT NULL, last_day INTEGER NOT NULL, new_address_day INTEGER NOT NULL,
    PRIMARY KEY (component, kind, id)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS baseline_day (
    component TEXT NOT NULL, kind TEXT NOT NULL, id INTEGER NOT NULL, day INTEGER NOT NULL, counts BLOB NOT NULL,
    PRIMARY KEY (component, kind, id, day)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS baseline_met (
    component TEXT NOT NULL, kind TEXT NOT NULL, id INTEGER NOT NULL, what TEXT NOT NULL, other INTEGER NOT NULL,
    days INTEGER NOT NULL, PRIMARY KEY (component, kind, id, what, other)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS baseline_kept (day INTEGER PRIMARY KEY);
  CREATE TABLE IF NOT EXISTS baseline_piece (id INTEGER PRIMARY KEY, last_hour INTEGER NOT NULL, piece BLOB NOT NULL);
`;

/** Another number: what was learnt is of another shape, and is learnt anew. */
const shape = 1;

export interface BaselineComponentRow {
  readonly component: string;
  /** Last ten minutes that were judged; null: none. */
  readonly closed: number | null;
  /** JSON: who was told of in the hour in hand. */
  readonly told: string;
  readonly late: number;
  readonly crowded: number;
}

export interface BaselineSubjectRow {
  readonly component: string;
  /** `component` and `peers` with the id 0, else what it is. */
  readonly kind: string;
  readonly id: number;
}

export interface BaselineSubjectState extends BaselineSubjectRow {
  /** Name of an application; of nobody else. */
  readonly label: string | null;
  readonly firstDay: number;
  readonly lastDay: number;
  readonly newAddressDay: number;
}

export interface BaselineDayRow extends BaselineSubjectRow {
  readonly day: number;
  readonly counts: Uint8Array;
}

export interface BaselineMetRow extends BaselineSubjectRow {
  readonly what: 'mailbox' | 'address';
  readonly other: number;
  /** First day times 65,536, and the last day. */
  readonly days: number;
}

export interface BaselineSourceRow {
  readonly component: string;
  readonly source: string;
  readonly lastMs: number;
}

const tableNames = ['component', 'source', 'subject', 'day', 'met', 'kept', 'piece'] as const;

/** What baselines learnt, in `hunt.sqlite`; whoever writes does so within a transaction of his. */
export class HuntBaselines {
  private readonly database: DatabaseSync;
  private readonly statements = new Map<string, ReturnType<DatabaseSync['prepare']>>();

  /** @param mayWrite without it nothing is made, and what was never learnt is empty */
  constructor(database: DatabaseSync, mayWrite = true) {
    this.database = database;
    if (mayWrite) this.database.exec(tables);
  }

  private get isThere(): boolean {
    const found = this.database.prepare(
      "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'baseline'",
    );
    return found.get() !== undefined;
  }

  /** Fingerprint of the key that the pseudonyms were made with; undefined where nothing of this shape was learnt. */
  head(): { readonly key: string; readonly strayed: number } | undefined {
    if (!this.isThere) return undefined;
    const row = this.database.prepare('SELECT shape, key, strayed FROM baseline').get();
    if (row === undefined || Number(row['shape']) !== shape) return undefined;
    return { key: String(row['key']), strayed: Number(row['strayed']) };
  }

  putHead(key: string, strayed: number): void {
    this.run('INSERT OR REPLACE INTO baseline VALUES (1, ?, ?, ?)', [shape, key, strayed]);
  }

  /** Forgets all that was learnt. */
  clear(): void {
    this.database.exec('DELETE FROM baseline');
    for (const name of tableNames) this.database.exec(`DELETE FROM baseline_${name}`);
  }

  components(): readonly BaselineComponentRow[] {
    return this.all(
      'SELECT * FROM baseline_component ORDER BY component',
    ) as readonly BaselineComponentRow[];
  }

  putComponent({ component, closed, told, late, crowded }: BaselineComponentRow): void {
    this.run('INSERT OR REPLACE INTO baseline_component VALUES (?, ?, ?, ?, ?)', [
      component,
      closed,
      told,
      late,
      crowded,
    ]);
  }

  sources(): readonly BaselineSourceRow[] {
    return this.all(
      'SELECT component, source, last_ms AS lastMs FROM baseline_source',
    ) as readonly BaselineSourceRow[];
  }

  putSource({ component, source, lastMs }: BaselineSourceRow): void {
    this.run('INSERT OR REPLACE INTO baseline_source VALUES (?, ?, ?)', [
      component,
      source,
      lastMs,
    ]);
  }

  subjects(): readonly BaselineSubjectState[] {
    return this.all(
      `SELECT component, kind, id, label, first_day AS firstDay, last_day AS lastDay,
         new_address_day AS newAddressDay FROM baseline_subject`,
    ) as readonly BaselineSubjectState[];
  }

  putSubject(subject: BaselineSubjectState): void {
    const { component, kind, id, label, firstDay, lastDay, newAddressDay } = subject;
    this.run(
      `INSERT INTO baseline_subject VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO UPDATE SET
         label = coalesce(?4, label), first_day = ?5, last_day = ?6, new_address_day = ?7`,
      [component, kind, id, label, firstDay, lastDay, newAddressDay],
    );
  }

  days(): IterableIterator<BaselineDayRow> {
    return this.each(
      'SELECT * FROM baseline_day ORDER BY component, kind, id, day',
    ) as IterableIterator<BaselineDayRow>;
  }

  putDay({ component, kind, id, day, counts }: BaselineDayRow): void {
    this.run('INSERT OR REPLACE INTO baseline_day VALUES (?, ?, ?, ?, ?)', [
      component,
      kind,
      id,
      day,
      counts,
    ]);
  }

  /** One row after the other: there are many. */
  met(): IterableIterator<BaselineMetRow> {
    return this.each('SELECT * FROM baseline_met') as IterableIterator<BaselineMetRow>;
  }

  putMet({ component, kind, id, what, other, days }: BaselineMetRow): void {
    this.run('INSERT OR REPLACE INTO baseline_met VALUES (?, ?, ?, ?, ?, ?)', [
      component,
      kind,
      id,
      what,
      other,
      days,
    ]);
  }

  /** Days of which the store had lines. */
  keptDays(): readonly number[] {
    const rows = this.all('SELECT day FROM baseline_kept') as readonly { day: number }[];
    return rows.map(({ day }) => day);
  }

  putKeptDay(day: number): void {
    this.run('INSERT OR IGNORE INTO baseline_kept VALUES (?)', [day]);
  }

  /** Sealed by whoever puts them here: what is not over yet names people. */
  pieces(): readonly Uint8Array[] {
    const rows = this.all('SELECT piece FROM baseline_piece ORDER BY id');
    return (rows as readonly { piece: Uint8Array }[]).map(({ piece }) => piece);
  }

  putPiece(lastHour: number, piece: Uint8Array): void {
    this.run('INSERT INTO baseline_piece (last_hour, piece) VALUES (?, ?)', [lastHour, piece]);
  }

  /** Forgets pieces of hours that are over. */
  dropPieces(beforeHour: number): void {
    this.run('DELETE FROM baseline_piece WHERE last_hour < ?', [beforeHour]);
  }

  /** Forgets what is older than is remembered. */
  dropDays(upToDay: number): void {
    this.run('DELETE FROM baseline_day WHERE day <= ?', [upToDay]);
    this.run('DELETE FROM baseline_kept WHERE day <= ?', [upToDay]);
    this.run('DELETE FROM baseline_met WHERE days % 65536 <= ?', [upToDay]);
    this.run('DELETE FROM baseline_subject WHERE last_day <= ?', [upToDay]);
  }

  private statement(sql: string): ReturnType<DatabaseSync['prepare']> {
    const known = this.statements.get(sql) ?? this.database.prepare(sql);
    this.statements.set(sql, known);
    return known;
  }

  private run(sql: string, values: readonly SQLInputValue[]): void {
    this.statement(sql).run(...values);
  }

  private all(sql: string): readonly unknown[] {
    return this.isThere ? this.database.prepare(sql).all() : [];
  }

  private each(sql: string): IterableIterator<unknown> {
    return this.isThere ? this.database.prepare(sql).iterate() : [][Symbol.iterator]();
  }
}
