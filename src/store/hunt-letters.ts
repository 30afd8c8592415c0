import type { DatabaseSync } from 'node:sqlite';
import type { HuntState } from './hunt-state.ts';

export const letterTables: string = `
  CREATE TABLE IF NOT EXISTS channel (
    name TEXT PRIMARY KEY, first_ms INTEGER NOT NULL, worked_ms INTEGER, failed_ms INTEGER, failed_why TEXT,
    digest_ms INTEGER) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS channel_place (name TEXT PRIMARY KEY, place TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS news (
    channel TEXT NOT NULL, alert TEXT NOT NULL, at_once INTEGER NOT NULL, queued_ms INTEGER NOT NULL, letter TEXT,
    sightings INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (channel, alert)) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS news_letter ON news (letter);
  CREATE TABLE IF NOT EXISTS letter (
    id TEXT PRIMARY KEY, channel TEXT NOT NULL, kind TEXT NOT NULL, made_ms INTEGER NOT NULL, due_ms INTEGER NOT NULL,
    attempts INTEGER NOT NULL, state TEXT NOT NULL, last_why TEXT) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS letter_due ON letter (state, due_ms);
`;

/** How often an alert was seen, suppressed sightings left out. */
const toldSightings = "(json_extract(a.content, '$.sightings') - a.muted)";

export type LetterKind = 'alert' | 'digest' | 'alive';

/** A message to one channel: one that waits, or one that could not be delivered. */
export interface Letter {
  /** Stays the same over all attempts: whoever gets it twice can tell. */
  readonly id: string;
  readonly channel: string;
  readonly kind: LetterKind;
  readonly madeMs: number;
  readonly dueMs: number;
  readonly attempts: number;
  readonly state: 'waiting' | 'dead';
  readonly lastWhy?: string;
}

export interface ChannelState {
  readonly name: string;
  /** When it was first to be used. */
  readonly firstMs: number;
  readonly workedMs?: number;
  readonly failedMs?: number;
  readonly failedWhy?: string;
  readonly digestMs?: number;
}

interface LetterRow {
  readonly id: string;
  readonly channel: string;
  readonly kind: LetterKind;
  readonly made_ms: number;
  readonly due_ms: number;
  readonly attempts: number;
  readonly state: 'waiting' | 'dead';
  readonly last_why: string | null;
}

interface ChannelRow {
  readonly name: string;
  readonly first_ms: number;
  readonly worked_ms: number | null;
  readonly failed_ms: number | null;
  readonly failed_why: string | null;
  readonly digest_ms: number | null;
}

const letterOf = (row: LetterRow): Letter => ({
  id: row.id,
  channel: row.channel,
  kind: row.kind,
  madeMs: row.made_ms,
  dueMs: row.due_ms,
  attempts: row.attempts,
  state: row.state,
  ...(row.last_why === null ? {} : { lastWhy: row.last_why }),
});

const channelOf = (row: ChannelRow): ChannelState => ({
  name: row.name,
  firstMs: row.first_ms,
  ...(row.worked_ms === null ? {} : { workedMs: row.worked_ms }),
  ...(row.failed_ms === null ? {} : { failedMs: row.failed_ms }),
  ...(row.failed_why === null ? {} : { failedWhy: row.failed_why }),
  ...(row.digest_ms === null ? {} : { digestMs: row.digest_ms }),
});

/** Who is to be told of what, what is on its way, and what could not be delivered. */
export class HuntLetters {
  private readonly database: DatabaseSync;

  constructor(state: HuntState) {
    this.database = state.database;
  }

  channels(): readonly ChannelState[] {
    const rows = this.database.prepare('SELECT * FROM channel ORDER BY name').all();
    return (rows as unknown as ChannelRow[]).map(channelOf);
  }

  channel(name: string, nowMs: number): ChannelState {
    this.database
      .prepare('INSERT OR IGNORE INTO channel (name, first_ms) VALUES (?, ?)')
      .run(name, nowMs);
    const row = this.database.prepare('SELECT * FROM channel WHERE name = ?').get(name);
    return channelOf(row as unknown as ChannelRow);
  }

  /** @param place says which address it was that took the message, without being it */
  worked(name: string, atMs: number, place?: string): void {
    this.channel(name, atMs);
    if (place !== undefined) {
      this.database.prepare('INSERT OR REPLACE INTO channel_place VALUES (?, ?)').run(name, place);
    }
    this.database.prepare('UPDATE channel SET worked_ms = ? WHERE name = ?').run(atMs, name);
  }

  /** By the channel's name, which place last took a message; none of a state that is older than that. */
  places(): ReadonlyMap<string, string> {
    const isThere = this.database
      .prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'channel_place'")
      .get();
    if (isThere === undefined) return new Map();
    const rows = this.database.prepare('SELECT name, place FROM channel_place').all();
    return new Map(rows.map(row => [String(row['name']), String(row['place'])]));
  }

  failed(name: string, atMs: number, why: string): void {
    this.channel(name, atMs);
    this.database
      .prepare('UPDATE channel SET failed_ms = ?, failed_why = ? WHERE name = ?')
      .run(atMs, why.slice(0, 500), name);
  }

  madeDigest(name: string, atMs: number): void {
    this.database.prepare('UPDATE channel SET digest_ms = ? WHERE name = ?').run(atMs, name);
  }

  /** Whoever was told of an alert, or will be, is not told again, unless it grew worse. */
  queue(channel: string, alert: string, atOnce: boolean, nowMs: number, again = false): void {
    this.database
      .prepare(
        `INSERT INTO news VALUES (?, ?, ?, ?, NULL, 0) ON CONFLICT (channel, alert) DO ${
          again
            ? 'UPDATE SET at_once = max(at_once, excluded.at_once), queued_ms = excluded.queued_ms, letter = NULL'
            : 'NOTHING'
        }`,
      )
      .run(channel, alert, atOnce ? 1 : 0, nowMs);
  }

  /** Alerts that no letter to this channel holds yet. */
  queued(channel: string, atOnceOnly: boolean): readonly string[] {
    return this.database
      .prepare(
        'SELECT alert FROM news WHERE channel = ? AND letter IS NULL AND at_once >= ? ORDER BY queued_ms, alert',
      )
      .all(channel, atOnceOnly ? 1 : 0)
      .map(row => String(row['alert']));
  }

  /** Alerts that the channel was told of and that were seen again since, the newest first. */
  goingOn(channel: string, countMax: number): readonly string[] {
    return this.database
      .prepare(
        `SELECT n.alert FROM news n JOIN alert a ON a.id = n.alert LEFT JOIN letter l ON l.id = n.letter
         WHERE n.channel = ? AND n.letter IS NOT NULL AND coalesce(l.state, 'sent') = 'sent'
           AND ${toldSightings} > n.sightings ORDER BY a.last_ms DESC LIMIT ?`,
      )
      .all(channel, countMax)
      .map(row => String(row['alert']));
  }

  /** What is queued for the channel goes into this letter. */
  make(letter: Letter, alerts: readonly string[]): void {
    const { id, channel, kind, madeMs, dueMs } = letter;
    this.database
      .prepare("INSERT INTO letter VALUES (?, ?, ?, ?, ?, 0, 'waiting', NULL)")
      .run(id, channel, kind, madeMs, dueMs);
    const put = this.database.prepare(
      `UPDATE news SET letter = ?, sightings = coalesce((SELECT ${toldSightings} FROM alert a WHERE a.id = news.alert), 0)
       WHERE channel = ? AND alert = ?`,
    );
    for (const alert of alerts) put.run(id, channel, alert);
  }

  alertsIn(letter: string): readonly string[] {
    return this.database
      .prepare('SELECT alert FROM news WHERE letter = ? ORDER BY queued_ms, alert')
      .all(letter)
      .map(row => String(row['alert']));
  }

  due(nowMs: number): readonly Letter[] {
    return this.all(
      "SELECT * FROM letter WHERE state = 'waiting' AND due_ms <= ? ORDER BY due_ms, id",
      nowMs,
    );
  }

  /** Waiting and dead ones. */
  undelivered(): readonly Letter[] {
    return this.all("SELECT * FROM letter WHERE state <> 'sent' ORDER BY made_ms, id");
  }

  sent(id: string): void {
    this.database.prepare("UPDATE letter SET state = 'sent' WHERE id = ?").run(id);
  }

  /** @param dueMs when it is tried again; undefined: never by itself */
  notSent(id: string, why: string, dueMs: number | undefined): void {
    this.database
      .prepare(
        'UPDATE letter SET attempts = attempts + 1, last_why = ?, state = ?, due_ms = coalesce(?, due_ms) WHERE id = ?',
      )
      .run(why.slice(0, 500), dueMs === undefined ? 'dead' : 'waiting', dueMs ?? null, id);
  }

  /** Dead ones are tried anew. @param channel all unless given. @returns how many */
  revive(nowMs: number, channel?: string): number {
    const { changes } = this.database
      .prepare(
        "UPDATE letter SET state = 'waiting', attempts = 0, due_ms = ? WHERE state = 'dead' AND channel = coalesce(?, channel)",
      )
      .run(nowMs, channel ?? null);
    return Number(changes);
  }

  /** Lets go of what is addressed to channels that there are no more. @returns how many letters */
  dropOthers(names: readonly string[]): number {
    const marks = names.map(() => '?').join(', ');
    const { changes } = this.database
      .prepare(`DELETE FROM letter WHERE state <> 'sent' AND channel NOT IN (${marks})`)
      .run(...names);
    this.database
      .prepare(`DELETE FROM news WHERE letter IS NULL AND channel NOT IN (${marks})`)
      .run(...names);
    this.database.prepare(`DELETE FROM channel WHERE name NOT IN (${marks})`).run(...names);
    return Number(changes);
  }

  /** Forgets letters that were delivered long ago. */
  prune(beforeMs: number): void {
    this.database.prepare("DELETE FROM letter WHERE state = 'sent' AND made_ms < ?").run(beforeMs);
  }

  private all(sql: string, ...values: readonly number[]): readonly Letter[] {
    return (this.database.prepare(sql).all(...values) as unknown as LetterRow[]).map(letterOf);
  }
}
