import type { DatabaseSync } from 'node:sqlite';
import type {
  ControlState,
  DayOfSource,
  EvidenceChange,
  EvidenceHead,
  EvidenceState,
  GapState,
  RowsState,
  SealState,
  SegmentState,
  SourceState,
} from '../core/evidence-state.ts';
import { RecordTable, recordTable } from './record-table.ts';
import { openToKeep } from './sqlite.ts';

const tables = `
  CREATE TABLE IF NOT EXISTS head (
    one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL, root BLOB NOT NULL, checkpoint TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS staged (leaf INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
  CREATE TABLE IF NOT EXISTS source (
    id TEXT PRIMARY KEY, added_day TEXT NOT NULL, seq INTEGER NOT NULL, segment TEXT, position TEXT, retired INTEGER NOT NULL,
    read_to_end INTEGER) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS note (
    source TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (source, key)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS segment (
    source TEXT NOT NULL, seq INTEGER NOT NULL, day TEXT NOT NULL, leaf INTEGER NOT NULL,
    lines INTEGER NOT NULL, bytes INTEGER NOT NULL, stored_bytes INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0, first_ms INTEGER, last_ms INTEGER, has_rows INTEGER NOT NULL,
    PRIMARY KEY (source, seq)) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS segment_day ON segment (day, source);
  CREATE TABLE IF NOT EXISTS gap (
    leaf INTEGER PRIMARY KEY, source TEXT NOT NULL, from_day TEXT NOT NULL, to_day TEXT NOT NULL, why TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS control (
    leaf INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, source TEXT, keep_days INTEGER,
    from_day TEXT, to_day TEXT);
  CREATE TABLE IF NOT EXISTS rows (
    source TEXT NOT NULL, seq INTEGER NOT NULL, day TEXT NOT NULL, generation INTEGER NOT NULL, placed INTEGER NOT NULL,
    PRIMARY KEY (source, seq)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS seal (day TEXT PRIMARY KEY, hash TEXT NOT NULL) WITHOUT ROWID;
`;

/** Another number: a state of another shape, which is left alone. */
const shape = 2;

interface SourceRow {
  readonly id: string;
  readonly added_day: string;
  readonly seq: number;
  readonly segment: string | null;
  readonly position: string | null;
  readonly retired: number;
  readonly read_to_end: number | null;
}

interface ControlRow {
  readonly leaf: number;
  readonly kind: ControlState['kind'];
  readonly id: string;
  readonly source: string | null;
  readonly keep_days: number | null;
  readonly from_day: string | null;
  readonly to_day: string | null;
}

const sourceOf = (row: SourceRow): SourceState => ({
  id: row.id,
  addedDay: row.added_day,
  seq: row.seq,
  ...(row.segment === null ? {} : { segment: row.segment }),
  ...(row.position === null ? {} : { position: row.position }),
  ...(row.retired === 0 ? {} : { retired: true }),
  ...(row.read_to_end === null ? {} : { readToEndMs: row.read_to_end }),
});

/** The commit point of a store, in SQLite with `synchronous=FULL`. */
export class SqliteEvidenceState implements EvidenceState {
  private readonly database: DatabaseSync;
  private readonly records: RecordTable;

  constructor(path: string) {
    this.database = openToKeep(path);
    this.records = new RecordTable(this.database);
    try {
      const found = Number(this.database.prepare('PRAGMA user_version').get()?.['user_version']);
      if (found !== 0 && found !== shape) {
        throw new Error(`${path} was written by another version of Postern`);
      }
      this.database.exec(`${tables} ${recordTable} PRAGMA user_version = ${shape}`);
    } catch (thrown) {
      this.database.close();
      throw thrown;
    }
  }

  head(): EvidenceHead | undefined {
    const [row] = this.all<{ size: number; root: Uint8Array; checkpoint: string }>(
      'SELECT size, root, checkpoint FROM head',
    );
    return row && { size: row.size, root: Buffer.from(row.root), checkpoint: row.checkpoint };
  }

  commit(change: EvidenceChange): void {
    const { expected, head, leaves } = change;
    this.database.exec('BEGIN IMMEDIATE');
    try {
      const now = this.head();
      if (
        (now?.size ?? 0) !== expected.size ||
        (now !== undefined && Buffer.compare(now.root, expected.root) !== 0)
      ) {
        throw new Error(
          `the log has ${now?.size ?? 0} leaves where ${expected.size} were expected: somebody else wrote`,
        );
      }
      this.run('INSERT OR REPLACE INTO head VALUES (1, ?, ?, ?)', [
        head.size,
        head.root,
        head.checkpoint,
      ]);
      for (const [i, bytes] of leaves.entries()) {
        this.run('INSERT INTO staged VALUES (?, ?)', [expected.size + i, bytes]);
      }
      for (const source of change.sources ?? []) this.putSource(source);
      for (const each of change.segments ?? []) {
        this.run('INSERT INTO segment VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?)', [
          each.source,
          each.seq,
          each.day,
          each.leaf,
          each.lines,
          each.bytes,
          each.storedBytes,
          each.firstMs ?? null,
          each.lastMs ?? null,
          each.hasRows === true ? 1 : 0,
        ]);
      }
      for (const each of change.gaps ?? []) {
        this.run('INSERT INTO gap VALUES (?, ?, ?, ?, ?)', [
          each.leaf,
          each.source,
          each.fromDay,
          each.toDay,
          each.why,
        ]);
      }
      for (const each of change.controls ?? []) {
        this.run('INSERT INTO control VALUES (?, ?, ?, ?, ?, ?, ?)', [
          each.leaf,
          each.kind,
          each.id,
          each.source ?? null,
          each.keepDays ?? null,
          each.fromDay ?? null,
          each.toDay ?? null,
        ]);
      }
      if (change.records !== undefined) this.records.add(change.records.leaf, change.records.keys);
      for (const { source, first, last } of change.deletes ?? []) {
        this.records.drop(source, first, last);
        this.run('UPDATE segment SET deleted = 1 WHERE source = ? AND seq BETWEEN ? AND ?', [
          source,
          first,
          last,
        ]);
      }
      for (const { source, seq, day, generation } of change.rows ?? []) {
        this.run('INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?, 0)', [
          source,
          seq,
          day,
          generation,
        ]);
      }
      if (change.seal !== undefined) {
        this.run('INSERT INTO seal VALUES (?, ?)', [change.seal.day, change.seal.hash]);
      }
      this.database.exec('COMMIT');
    } catch (thrown) {
      // SQLite ends the transaction itself when the disk fails.
      if (this.database.isTransaction) this.database.exec('ROLLBACK');
      throw thrown;
    }
  }

  staged(): { readonly first: number; readonly leaves: readonly Buffer[] } {
    const rows = this.all<{ leaf: number; bytes: Uint8Array }>(
      'SELECT leaf, bytes FROM staged ORDER BY leaf',
    );
    return {
      first: rows[0]?.leaf ?? this.head()?.size ?? 0,
      leaves: rows.map(({ bytes }) => Buffer.from(bytes)),
    };
  }

  applied(size: number): void {
    this.run('DELETE FROM staged WHERE leaf < ?', [size]);
  }

  sources(): readonly SourceState[] {
    return this.all<SourceRow>('SELECT * FROM source ORDER BY id').map(sourceOf);
  }

  putSources(sources: readonly SourceState[]): void {
    this.database.exec('BEGIN IMMEDIATE');
    try {
      for (const source of sources) this.putSource(source);
      this.database.exec('COMMIT');
    } catch (thrown) {
      if (this.database.isTransaction) this.database.exec('ROLLBACK');
      throw thrown;
    }
  }

  private putSource(source: SourceState): void {
    this.run('INSERT OR REPLACE INTO source VALUES (?, ?, ?, ?, ?, ?, ?)', [
      source.id,
      source.addedDay,
      source.seq,
      source.segment ?? null,
      source.position ?? null,
      source.retired === true ? 1 : 0,
      source.readToEndMs ?? null,
    ]);
  }

  hasRecord(key: Uint8Array): boolean {
    return this.records.has(key);
  }

  notes(source: string): ReadonlyMap<string, string> {
    const rows = this.all<{ key: string; value: string }>(
      'SELECT key, value FROM note WHERE source = ?',
      source,
    );
    return new Map(rows.map(({ key, value }) => [key, value]));
  }

  note(source: string, key: string, value: string): void {
    this.run('INSERT OR REPLACE INTO note VALUES (?, ?, ?)', [source, key, value]);
  }

  days(from = '', to = '9999-12-31'): readonly DayOfSource[] {
    return this.all<DayOfSource>(
      `SELECT source, day, min(seq) AS first, max(seq) AS last, count(*) AS segments,
         sum(lines) AS lines, sum(bytes) AS bytes
       FROM segment WHERE day BETWEEN ? AND ? GROUP BY day, source ORDER BY day, source`,
      from,
      to,
    ).map(each => ({ ...each }));
  }

  segments(source: string): readonly SegmentState[] {
    return this.all<SegmentState>(
      `SELECT source, seq, day, leaf, lines, bytes, stored_bytes AS storedBytes
       FROM segment WHERE source = ? AND deleted = 0 ORDER BY seq`,
      source,
    ).map(each => ({ ...each }));
  }

  gaps(): readonly GapState[] {
    return this.all<GapState>(
      'SELECT source, leaf, from_day AS fromDay, to_day AS toDay, why FROM gap ORDER BY leaf',
    ).map(each => ({ ...each }));
  }

  controls(): readonly ControlState[] {
    return this.all<ControlRow>('SELECT * FROM control ORDER BY leaf').map(row => ({
      kind: row.kind,
      id: row.id,
      leaf: row.leaf,
      ...(row.source === null ? {} : { source: row.source }),
      ...(row.keep_days === null ? {} : { keepDays: row.keep_days }),
      ...(row.from_day === null ? {} : { fromDay: row.from_day }),
      ...(row.to_day === null ? {} : { toDay: row.to_day }),
    }));
  }

  leaving(): readonly SegmentState[] {
    return this.all<SegmentState>(
      `SELECT source, seq, day, leaf, lines, bytes, stored_bytes AS storedBytes
       FROM segment WHERE deleted = 1 ORDER BY source, seq`,
    ).map(each => ({ ...each }));
  }

  left({ source, seq }: SegmentState): void {
    this.run('UPDATE segment SET deleted = 2 WHERE source = ? AND seq = ?', [source, seq]);
  }

  rowsGeneration(source: string, seq: number): number {
    const row = this.database
      .prepare('SELECT generation FROM rows WHERE source = ? AND seq = ?')
      .get(source, seq);
    return Number(row?.['generation'] ?? 1);
  }

  unplacedRows(): readonly RowsState[] {
    return this.all<RowsState>(
      'SELECT source, seq, day, generation FROM rows WHERE placed = 0 ORDER BY source, seq',
    ).map(each => ({ ...each }));
  }

  placedRows({ source, seq, generation }: RowsState): void {
    this.run('UPDATE rows SET placed = 1 WHERE source = ? AND seq = ? AND generation = ?', [
      source,
      seq,
      generation,
    ]);
  }

  lastSeal(): SealState | undefined {
    const [row] = this.all<SealState>('SELECT day, hash FROM seal ORDER BY day DESC LIMIT 1');
    return row && { day: row.day, hash: row.hash };
  }

  close(): void {
    this.database.close();
  }

  private run(sql: string, values: readonly (string | number | null | Uint8Array)[]): void {
    this.database.prepare(sql).run(...values);
  }

  private all<Row>(sql: string, ...values: readonly string[]): Row[] {
    return this.database.prepare(sql).all(...values) as unknown as Row[];
  }
}
