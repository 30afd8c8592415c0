import type { DatabaseSync, SQLInputValue } from 'node:sqlite';

/** Days are numbers since 1970; `voice` is empty for the log as a whole. */
const tables = `
  CREATE TABLE IF NOT EXISTS silence (
    one INTEGER PRIMARY KEY CHECK (one = 1), shape INTEGER NOT NULL, missing_leaf INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS silence_source (source TEXT PRIMARY KEY, content TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS silence_voice (
    source TEXT NOT NULL, voice TEXT NOT NULL, content TEXT NOT NULL, PRIMARY KEY (source, voice)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS silence_day (
    source TEXT NOT NULL, voice TEXT NOT NULL, day INTEGER NOT NULL, counts BLOB NOT NULL,
    PRIMARY KEY (source, voice, day)) WITHOUT ROWID;
`;

/** Another number: what was learnt is of another shape, and is learnt anew. */
const shape = 1;

interface SilenceRow {
  readonly source: string;
  /** JSON, whose shape whoever puts it there knows. */
  readonly content: string;
}

export interface VoiceRow extends SilenceRow {
  readonly voice: string;
}

export interface VoiceDayRow {
  readonly source: string;
  readonly voice: string;
  readonly day: number;
  readonly counts: Uint8Array;
}

/** What is known of when logs speak, in `hunt.sqlite`; whoever writes does so within a transaction of his. */
export class HuntSilences {
  private readonly database: DatabaseSync;
  private readonly statements = new Map<string, ReturnType<DatabaseSync['prepare']>>();

  /** @param mayWrite without it nothing is made, and what was never learnt is empty */
  constructor(database: DatabaseSync, mayWrite = true) {
    this.database = database;
    if (!mayWrite) return;
    database.exec(tables);
    if (this.head()?.shape !== shape) {
      for (const name of ['silence', 'silence_source', 'silence_voice', 'silence_day'])
        database.exec(`DELETE FROM ${name}`);
    }
  }

  private get isThere(): boolean {
    const found = this.database.prepare(
      "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'silence'",
    );
    return found.get() !== undefined;
  }

  private head(): { readonly shape: number; readonly leaf: number } | undefined {
    const row = this.database.prepare('SELECT shape, missing_leaf FROM silence').get();
    return row && { shape: Number(row['shape']), leaf: Number(row['missing_leaf']) };
  }

  /** The last leaf of the evidence that was told to say that lines are missing; -1: none was. */
  get missingLeaf(): number {
    return this.isThere ? (this.head()?.leaf ?? -1) : -1;
  }

  putHead(missingLeaf: number): void {
    this.run('INSERT OR REPLACE INTO silence VALUES (1, ?, ?)', [shape, missingLeaf]);
  }

  sources(): readonly SilenceRow[] {
    return this.all('SELECT * FROM silence_source') as readonly SilenceRow[];
  }

  putSource({ source, content }: SilenceRow): void {
    this.run('INSERT OR REPLACE INTO silence_source VALUES (?, ?)', [source, content]);
  }

  voices(): readonly VoiceRow[] {
    return this.all('SELECT * FROM silence_voice') as readonly VoiceRow[];
  }

  putVoice({ source, voice, content }: VoiceRow): void {
    this.run('INSERT OR REPLACE INTO silence_voice VALUES (?, ?, ?)', [source, voice, content]);
  }

  dropVoice(source: string, voice: string): void {
    this.run('DELETE FROM silence_voice WHERE source = ? AND voice = ?', [source, voice]);
    this.run('DELETE FROM silence_day WHERE source = ? AND voice = ?', [source, voice]);
  }

  days(): readonly VoiceDayRow[] {
    return this.all(
      'SELECT * FROM silence_day ORDER BY source, voice, day',
    ) as readonly VoiceDayRow[];
  }

  putDay({ source, voice, day, counts }: VoiceDayRow): void {
    this.run('INSERT OR REPLACE INTO silence_day VALUES (?, ?, ?, ?)', [
      source,
      voice,
      day,
      counts,
    ]);
  }

  /** Forgets what is older than is remembered. */
  dropDays(source: string, upToDay: number): void {
    this.run('DELETE FROM silence_day WHERE source = ? AND day <= ?', [source, upToDay]);
  }

  private run(sql: string, values: readonly SQLInputValue[]): void {
    const known = this.statements.get(sql) ?? this.database.prepare(sql);
    this.statements.set(sql, known);
    known.run(...values);
  }

  private all(sql: string): readonly unknown[] {
    return this.isThere ? this.database.prepare(sql).all() : [];
  }
}
