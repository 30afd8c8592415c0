import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { LineRef } from '../core/watched-event.ts';
import type { RanOver, WatchedPart } from '../core/watching.ts';
import { alertTables } from './hunt-alerts.ts';
import { letterTables } from './hunt-letters.ts';
import { openToKeep, openToRead } from './sqlite.ts';

const tables = `
  CREATE TABLE IF NOT EXISTS cursor (source TEXT PRIMARY KEY, seq INTEGER NOT NULL, line INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS ran (
    source TEXT PRIMARY KEY, ran_ms INTEGER NOT NULL, seen_to_ms INTEGER,
    events INTEGER NOT NULL, not_understood INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS ran_part (
    source TEXT NOT NULL, component TEXT NOT NULL, rules TEXT NOT NULL, baselines TEXT NOT NULL, no_baseline TEXT,
    PRIMARY KEY (source, component)) WITHOUT ROWID;
`;

/** Another number: a state of another shape, which is left alone. */
const shape = 1;

/** How many events the share of those that nobody understands is about, twice at most. */
const recentEvents = 100_000;

interface RanRow {
  readonly source: string;
  readonly ran_ms: number;
  readonly seen_to_ms: number | null;
  readonly events: number;
  readonly not_understood: number;
}

interface PartRow {
  readonly source: string;
  readonly component: string;
  readonly rules: string;
  readonly baselines: string;
  readonly no_baseline: string | null;
}

const partOf = (row: PartRow): WatchedPart => ({
  component: row.component,
  rules: JSON.parse(row.rules) as string[],
  baselines: JSON.parse(row.baselines) as string[],
  ...(row.no_baseline === null ? {} : { noBaseline: row.no_baseline }),
});

/**
 * What hunting remembers, in one SQLite file with `synchronous=FULL`: how far each source was seen, which rules ran
 * over it, alerts and who was told of them (`hunt-alerts.ts`, `hunt-letters.ts`), what correlations hold in hand
 * (`hunt-correlations.ts`).
 * What a pass learnt is one transaction.
 */
export class HuntState {
  readonly database: DatabaseSync;
  private depth = 0;

  /** @param mayWrite without it nothing is made or changed, and the file must be there. */
  constructor(store: string, mayWrite = true) {
    const path = HuntState.pathIn(store);
    if (mayWrite) mkdirSync(store, { recursive: true, mode: 0o755 });
    this.database = mayWrite ? openToKeep(path) : openToRead(path);
    try {
      const found = Number(this.database.prepare('PRAGMA user_version').get()?.['user_version']);
      if (found !== shape && (found !== 0 || !mayWrite)) {
        throw new Error(`${path} was written by another version of Postern`);
      }
      if (mayWrite) {
        this.database.exec(
          `${tables} ${alertTables} ${letterTables} PRAGMA user_version = ${shape}`,
        );
      }
    } catch (thrown) {
      this.database.close();
      throw thrown;
    }
  }

  static pathIn(store: string): string {
    return join(store, 'hunt.sqlite');
  }

  static exists(store: string): boolean {
    return existsSync(HuntState.pathIn(store));
  }

  close(): void {
    this.database.close();
  }

  /** All of it or nothing, on the disk when it returns; one within another is part of it. */
  transaction<T>(act: () => T): T {
    if (this.depth > 0) return act();
    this.database.exec('BEGIN IMMEDIATE');
    this.depth += 1;
    try {
      const done = act();
      this.database.exec('COMMIT');
      return done;
    } catch (thrown) {
      // SQLite ends the transaction itself when the disk fails.
      if (this.database.isTransaction) this.database.exec('ROLLBACK');
      throw thrown;
    } finally {
      this.depth -= 1;
    }
  }

  /** Up to which line of a source everything was seen, that line included. */
  cursors(): ReadonlyMap<string, Omit<LineRef, 'source'>> {
    const rows = this.database.prepare('SELECT source, seq, line FROM cursor').all();
    return new Map(
      rows.map(row => [
        String(row['source']),
        { seq: Number(row['seq']), line: Number(row['line']) },
      ]),
    );
  }

  putCursors(cursors: ReadonlyMap<string, Omit<LineRef, 'source'>>): void {
    const put = this.database.prepare('INSERT OR REPLACE INTO cursor VALUES (?, ?, ?)');
    for (const [source, { seq, line }] of cursors) put.run(source, seq, line);
  }

  /** Writes down which rules and baselines ran over which sources: together with the cursors of the same pass. */
  putRan(passes: readonly RanOver[]): void {
    const before = new Map(this.ranRows().map(row => [row.source, row]));
    const put = this.database.prepare('INSERT OR REPLACE INTO ran VALUES (?, ?, ?, ?, ?)');
    const putPart = this.database.prepare('INSERT OR REPLACE INTO ran_part VALUES (?, ?, ?, ?, ?)');
    for (const pass of passes) {
      const known = before.get(pass.source);
      const fade = (known?.events ?? 0) > recentEvents ? 0.5 : 1;
      const seen = Math.max(known?.seen_to_ms ?? -Infinity, pass.seenToMs ?? -Infinity);
      put.run(
        pass.source,
        pass.ranMs,
        Number.isFinite(seen) ? seen : null,
        Math.round((known?.events ?? 0) * fade) + pass.events,
        Math.round((known?.not_understood ?? 0) * fade) + pass.notUnderstood,
      );
      for (const part of pass.parts) {
        putPart.run(
          pass.source,
          part.component,
          JSON.stringify(part.rules),
          JSON.stringify(part.baselines),
          part.noBaseline ?? null,
        );
      }
    }
  }

  /** Rules that run no more run over nothing, wherever they did: also where no line came since. */
  keepRules(running: ReadonlySet<string>): void {
    const put = this.database.prepare(
      'UPDATE ran_part SET rules = ? WHERE source = ? AND component = ?',
    );
    for (const { source, parts } of this.ran()) {
      for (const { component, rules } of parts) {
        const kept = rules.filter(rule => running.has(rule));
        if (kept.length < rules.length) put.run(JSON.stringify(kept), source, component);
      }
    }
  }

  /** Of every source that a pass was ever made over; `events` are those seen lately. */
  ran(): readonly RanOver[] {
    const rows = this.database
      .prepare('SELECT * FROM ran_part ORDER BY source, component')
      .all() as unknown as PartRow[];
    const parts = new Map<string, WatchedPart[]>();
    for (const row of rows) {
      const list = parts.get(row.source) ?? [];
      list.push(partOf(row));
      parts.set(row.source, list);
    }
    return this.ranRows().map(row => ({
      source: row.source,
      ranMs: row.ran_ms,
      ...(row.seen_to_ms === null ? {} : { seenToMs: row.seen_to_ms }),
      events: row.events,
      notUnderstood: row.not_understood,
      parts: parts.get(row.source) ?? [],
    }));
  }

  private ranRows(): readonly RanRow[] {
    return this.database.prepare('SELECT * FROM ran ORDER BY source').all() as unknown as RanRow[];
  }
}
