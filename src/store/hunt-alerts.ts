import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Alert, Suppression } from '../core/alert.ts';
import type { HuntState } from './hunt-state.ts';

export const alertTables: string = `
  CREATE TABLE IF NOT EXISTS alert (
    id TEXT PRIMARY KEY, rule TEXT NOT NULL, component TEXT NOT NULL, who TEXT NOT NULL,
    first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL, muted INTEGER NOT NULL,
    known_to_ms INTEGER, content TEXT NOT NULL) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS alert_about ON alert (rule, component, who, last_ms);
  CREATE INDEX IF NOT EXISTS alert_last ON alert (last_ms);
  CREATE TABLE IF NOT EXISTS sighting (
    key BLOB PRIMARY KEY, alert TEXT NOT NULL, time_ms INTEGER NOT NULL) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS sighting_alert ON sighting (alert, time_ms);
  CREATE TABLE IF NOT EXISTS suppression (
    n INTEGER PRIMARY KEY, alert TEXT NOT NULL, rule TEXT NOT NULL, component TEXT NOT NULL, who TEXT NOT NULL,
    until TEXT NOT NULL, why TEXT NOT NULL, by TEXT NOT NULL, made_ms INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS allowed (entry TEXT PRIMARY KEY, sightings INTEGER NOT NULL, last_ms INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS finding (n INTEGER PRIMARY KEY AUTOINCREMENT, day TEXT NOT NULL, content TEXT NOT NULL);
`;

/** Sightings of one alert that are remembered one by one; older ones are known by their time. */
const sightingsKept = 2_000;

/** An alert, and how many of its sightings nobody was to be told of. */
export interface KeptAlert {
  readonly alert: Alert;
  readonly muted: number;
}

interface AlertRow {
  readonly muted: number;
  readonly content: string;
}

interface SuppressionRow {
  readonly alert: string;
  readonly rule: string;
  readonly component: string;
  readonly who: string;
  readonly until: string;
  readonly why: string;
  readonly by: string;
  readonly made_ms: number;
}

const keptOf = ({ muted, content }: AlertRow): KeptAlert => ({
  alert: JSON.parse(content) as Alert,
  muted,
});

/** What alerts are about: the same three make them the same. */
export interface About {
  readonly rule: string;
  readonly component: string;
  readonly who: string;
}

/** Alerts, which of their sightings are known, and what somebody decided about them. */
export class HuntAlerts {
  private readonly database: DatabaseSync;

  /** Made when first needed; asked for each sighting. */
  private knows: StatementSync | undefined;
  private remembers: StatementSync | undefined;

  constructor(state: HuntState) {
    this.database = state.database;
  }

  /** The alert of these three that a sighting within the bounds goes on with, the newest first. */
  near({ rule, component, who }: About, fromMs: number, toMs: number): KeptAlert | undefined {
    const row = this.database
      .prepare(
        `SELECT muted, content FROM alert WHERE rule = ? AND component = ? AND who = ?
           AND last_ms >= ? AND first_ms <= ? ORDER BY last_ms DESC LIMIT 1`,
      )
      .get(rule, component, who, fromMs, toMs) as unknown as AlertRow | undefined;
    return row && keptOf(row);
  }

  get(id: string): KeptAlert | undefined {
    const row = this.database.prepare('SELECT muted, content FROM alert WHERE id = ?').get(id);
    return row && keptOf(row as unknown as AlertRow);
  }

  /** Two at most. */
  beginning(id: string): readonly KeptAlert[] {
    const rows = this.database
      .prepare('SELECT muted, content FROM alert WHERE id >= ? AND id < ? LIMIT 2')
      .all(id, `${id}g`) as unknown as AlertRow[];
    return rows.map(keptOf);
  }

  /** Whose last sighting is not older, the newest first. */
  since(fromMs: number, countMax: number): readonly KeptAlert[] {
    const rows = this.database
      .prepare(
        'SELECT muted, content FROM alert WHERE last_ms >= ? ORDER BY last_ms DESC, id LIMIT ?',
      )
      .all(fromMs, countMax) as unknown as AlertRow[];
    return rows.map(keptOf);
  }

  count(): number {
    return Number(this.database.prepare('SELECT count(*) AS n FROM alert').get()?.['n'] ?? 0);
  }

  put({ alert, muted }: KeptAlert): void {
    this.database
      .prepare(
        `INSERT INTO alert (id, rule, component, who, first_ms, last_ms, muted, content)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET first_ms = excluded.first_ms, last_ms = excluded.last_ms,
           muted = excluded.muted, content = excluded.content`,
      )
      .run(
        alert.id,
        alert.rule,
        alert.component,
        alert.who,
        alert.firstMs,
        alert.lastMs,
        muted,
        JSON.stringify(alert),
      );
  }

  /** Whether this very sighting was taken before. @param key 16 bytes made of all that tells two apart */
  isKnown(key: Uint8Array): boolean {
    this.knows ??= this.database.prepare('SELECT 1 FROM sighting WHERE key = ?');
    return this.knows.get(key) !== undefined;
  }

  /** Whether an alert has forgotten which sightings of that time it had: they count as known. */
  isForgotten(id: string, timeMs: number): boolean {
    const row = this.database.prepare('SELECT known_to_ms FROM alert WHERE id = ?').get(id);
    const to = row?.['known_to_ms'];
    return typeof to === 'number' && timeMs <= to;
  }

  know(key: Uint8Array, alert: string, timeMs: number): void {
    this.remembers ??= this.database.prepare('INSERT OR IGNORE INTO sighting VALUES (?, ?, ?)');
    this.remembers.run(key, alert, timeMs);
  }

  /** Keeps what is remembered of one alert bounded, however often it is seen. */
  forget(alert: string): void {
    const count = Number(
      this.database.prepare('SELECT count(*) AS n FROM sighting WHERE alert = ?').get(alert)?.['n'],
    );
    if (count <= sightingsKept * 2) return;
    const to = this.database
      .prepare('SELECT time_ms FROM sighting WHERE alert = ? ORDER BY time_ms LIMIT 1 OFFSET ?')
      .get(alert, count - sightingsKept - 1)?.['time_ms'];
    if (typeof to !== 'number') return;
    this.database.prepare('DELETE FROM sighting WHERE alert = ? AND time_ms <= ?').run(alert, to);
    this.database
      .prepare('UPDATE alert SET known_to_ms = max(coalesce(known_to_ms, ?), ?) WHERE id = ?')
      .run(to, to, alert);
  }

  /**
   * Forgets alerts that were written down, and seen last, before a time, but for those that somebody is still to hear
   * of, and decisions that ended before it.
   *
   * @returns how many alerts
   */
  prune(beforeMs: number, beforeDay: string): number {
    const { changes } = this.database
      .prepare(
        `DELETE FROM alert AS a WHERE last_ms < ?1 AND json_extract(content, '$.openedMs') < ?1
           AND NOT EXISTS (
             SELECT 1 FROM news n LEFT JOIN letter l ON l.id = n.letter
             WHERE n.alert = a.id AND (n.letter IS NULL OR coalesce(l.state, 'sent') <> 'sent'
               OR json_extract(a.content, '$.sightings') - a.muted > n.sightings))`,
      )
      .run(beforeMs);
    if (Number(changes) > 0) {
      for (const table of ['sighting', 'news']) {
        this.database.exec(`DELETE FROM ${table} WHERE alert NOT IN (SELECT id FROM alert)`);
      }
    }
    this.database.prepare('DELETE FROM suppression WHERE until < ?').run(beforeDay);
    return Number(changes);
  }

  suppress(decided: Suppression): void {
    const { alert, rule, component, who, until, why, by, madeMs } = decided;
    this.database
      .prepare('INSERT INTO suppression VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)')
      .run(alert, rule, component, who, until, why, by, madeMs);
  }

  /** Alerts of these three that no letter holds yet are not told. */
  unqueue({ rule, component, who }: About): void {
    this.database
      .prepare(
        `DELETE FROM news WHERE letter IS NULL AND alert IN
           (SELECT id FROM alert WHERE rule = ? AND component = ? AND who = ?)`,
      )
      .run(rule, component, who);
  }

  /** All that were ever decided, the newest first: of the same three the newest holds. */
  suppressions(): readonly Suppression[] {
    const rows = this.database
      .prepare('SELECT * FROM suppression ORDER BY n DESC')
      .all() as unknown as SuppressionRow[];
    return rows.map(({ made_ms: madeMs, alert, rule, component, who, until, why, by }) => ({
      alert,
      rule,
      component,
      who,
      until,
      why,
      by,
      madeMs,
    }));
  }

  /** Counts what an entry of the allow-list kept back. @param entry its text, which tells it from others */
  countAllowed(entry: string, sightings: number, lastMs: number): void {
    this.database
      .prepare(
        `INSERT INTO allowed VALUES (?, ?, ?) ON CONFLICT (entry) DO UPDATE SET
           sightings = sightings + excluded.sightings, last_ms = max(last_ms, excluded.last_ms)`,
      )
      .run(entry, sightings, lastMs);
  }

  allowed(): ReadonlyMap<string, { readonly sightings: number; readonly lastMs: number }> {
    const rows = this.database.prepare('SELECT * FROM allowed').all();
    return new Map(
      rows.map(row => [
        String(row['entry']),
        { sightings: Number(row['sightings']), lastMs: Number(row['last_ms']) },
      ]),
    );
  }

  /** A finding that is to be written to the store's file of that day. */
  putFinding(day: string, content: string): void {
    this.database.prepare('INSERT INTO finding (day, content) VALUES (?, ?)').run(day, content);
  }

  findings(countMax: number): readonly {
    readonly n: number;
    readonly day: string;
    readonly content: string;
  }[] {
    return this.database
      .prepare('SELECT n, day, content FROM finding ORDER BY n LIMIT ?')
      .all(countMax)
      .map(row => ({
        n: Number(row['n']),
        day: String(row['day']),
        content: String(row['content']),
      }));
  }

  /** They are in their files, on the disk. */
  wroteFindings(lastN: number): void {
    this.database.prepare('DELETE FROM finding WHERE n <= ?').run(lastN);
  }
}
