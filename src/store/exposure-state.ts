import type { DatabaseSync } from 'node:sqlite';
import type { ExposureTypes } from '../core/exposure-index.ts';
import type {
  ExposureChange,
  ExposureFolder,
  ExposureMailbox,
  ExposureSegment,
  ExposureSource,
  ExposureState,
  ExposureUnseen,
  KnownKeys,
  TypeCounts,
} from '../core/exposure-state.ts';
import { joinedKeys, keysFromBytes, keysToBytes } from './exposure-keys.ts';
import { openToKeep, openToRead } from './sqlite.ts';

/** Of the tables. Another number: another version of Postern wrote them. */
const shape = 1;

const tables = `
  CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS type (bit INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);
  CREATE TABLE IF NOT EXISTS source (
    number INTEGER PRIMARY KEY, high INTEGER NOT NULL, low INTEGER NOT NULL, scanned_ms INTEGER);
  CREATE TABLE IF NOT EXISTS mailbox (
    number INTEGER PRIMARY KEY, high INTEGER NOT NULL, low INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS folder (
    number INTEGER PRIMARY KEY, source INTEGER NOT NULL, mailbox INTEGER NOT NULL,
    high INTEGER NOT NULL, low INTEGER NOT NULL,
    key_high INTEGER NOT NULL, key_low INTEGER NOT NULL, listing TEXT);
  CREATE TABLE IF NOT EXISTS segment (
    number INTEGER PRIMARY KEY, digest TEXT NOT NULL, messages INTEGER NOT NULL,
    mentions INTEGER NOT NULL, identifiers INTEGER NOT NULL, bytes INTEGER NOT NULL,
    first INTEGER NOT NULL, last INTEGER NOT NULL, detector TEXT NOT NULL,
    scanned_ms INTEGER NOT NULL, types TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS keys (
    folder INTEGER NOT NULL, segment INTEGER NOT NULL, content BLOB NOT NULL,
    PRIMARY KEY (folder, segment)) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS keys_of_segment ON keys (segment);
  CREATE TABLE IF NOT EXISTS unseen (
    segment INTEGER NOT NULL, source INTEGER NOT NULL, folder INTEGER NOT NULL, why TEXT NOT NULL,
    count INTEGER NOT NULL, PRIMARY KEY (segment, source, folder, why)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS dropped (message INTEGER PRIMARY KEY);
  CREATE TABLE IF NOT EXISTS gone (message INTEGER PRIMARY KEY, seen_ms INTEGER NOT NULL);
`;

/** Of folders and sources themselves. */
const noSegment = 0;

type Value = string | number | null | Uint8Array;

interface NamedRow {
  readonly number: number;
  readonly high: number;
  readonly low: number;
}

interface FolderRow extends NamedRow {
  readonly source: number;
  readonly mailbox: number;
  readonly key_high: number;
  readonly key_low: number;
  readonly listing: string | null;
}

interface SegmentRow extends Omit<ExposureSegment, 'types' | 'scannedMs'> {
  readonly scanned_ms: number;
  readonly types: string;
}

const nameOf = ({ high, low }: NamedRow): { readonly high: number; readonly low: number } => ({
  high,
  low,
});

/** The commit point of the index of exposure, in SQLite with `synchronous=FULL`. */
export class SqliteExposureState implements ExposureState {
  private readonly database: DatabaseSync;
  private droppedNow: Set<number> | undefined;

  /** @param mayWrite without it nothing is made or changed, and the file must be there. */
  constructor(path: string, mayWrite = true) {
    this.database = mayWrite ? openToKeep(path) : openToRead(path);
    try {
      const found = Number(this.database.prepare('PRAGMA user_version').get()?.['user_version']);
      if (found !== shape && (found !== 0 || !mayWrite)) {
        throw new Error(`${path} was written by another version of Postern`);
      }
      if (mayWrite) this.database.exec(`${tables} PRAGMA user_version = ${shape}`);
    } catch (thrown) {
      this.database.close();
      throw thrown;
    }
  }

  fingerprint(): string | undefined {
    return this.about('fingerprint');
  }

  setFingerprint(fingerprint: string): void {
    this.run('INSERT INTO about VALUES (?, ?)', ['fingerprint', fingerprint]);
  }

  version(): number {
    return Number(this.about('version') ?? 0);
  }

  types(): ExposureTypes {
    return this.all<{ id: string }>('SELECT id FROM type ORDER BY bit').map(({ id }) => id);
  }

  sources(): readonly ExposureSource[] {
    return this.all<NamedRow & { scanned_ms: number | null }>('SELECT * FROM source').map(row => ({
      number: row.number,
      name: nameOf(row),
      ...(row.scanned_ms === null ? {} : { scannedMs: row.scanned_ms }),
    }));
  }

  mailboxes(): readonly ExposureMailbox[] {
    return this.all<NamedRow>('SELECT * FROM mailbox ORDER BY number').map(row => ({
      number: row.number,
      name: nameOf(row),
    }));
  }

  folders(): readonly ExposureFolder[] {
    return this.all<FolderRow>('SELECT * FROM folder ORDER BY number').map(row => ({
      number: row.number,
      source: row.source,
      mailbox: row.mailbox,
      name: nameOf(row),
      key: { high: row.key_high, low: row.key_low },
      ...(row.listing === null ? {} : { listing: row.listing }),
    }));
  }

  segments(): readonly ExposureSegment[] {
    return this.all<SegmentRow>('SELECT * FROM segment ORDER BY number').map(
      ({ types, scanned_ms, ...row }) => ({
        ...row,
        scannedMs: scanned_ms,
        // Written by whoever has the store, which is Postern.
        types: JSON.parse(types) as TypeCounts,
      }),
    );
  }

  keys(folder: number): KnownKeys {
    const rows = this.all<{ segment: number; content: Uint8Array }>(
      'SELECT segment, content FROM keys WHERE folder = ?',
      folder,
    );
    const parts = rows.map(({ segment, content }) => ({ segment, keys: keysFromBytes(content) }));
    return joinedKeys(parts, this.droppedSet());
  }

  foldersIn(segments: readonly number[]): readonly number[] {
    const folders = new Set<number>();
    for (const segment of segments) {
      const rows = this.all<{ folder: number }>(
        'SELECT folder FROM keys WHERE segment = ?',
        segment,
      );
      for (const { folder } of rows) folders.add(folder);
    }
    return [...folders];
  }

  dropped(): Uint32Array {
    return Uint32Array.from(this.droppedSet()).sort();
  }

  gone(): { readonly message: Uint32Array; readonly seenMs: Float64Array } {
    const rows = this.all<{ message: number; seen_ms: number }>(
      'SELECT message, seen_ms FROM gone ORDER BY message',
    );
    return {
      message: Uint32Array.from(rows, row => row.message),
      seenMs: Float64Array.from(rows, row => row.seen_ms),
    };
  }

  unseen(): readonly ExposureUnseen[] {
    return this.all<ExposureUnseen>(
      'SELECT folder, why, sum(count) AS count FROM unseen GROUP BY folder, why ORDER BY folder, why',
    ).map(each => ({ ...each }));
  }

  nextMessage(): number {
    return Number(this.about('next-message') ?? 0);
  }

  nextSegment(): number {
    return Number(this.about('next-segment') ?? 1);
  }

  commit(change: ExposureChange): void {
    this.database.exec('BEGIN IMMEDIATE');
    try {
      this.apply(change);
      this.put('version', String(this.version() + 1));
      this.database.exec('COMMIT');
    } catch (thrown) {
      // SQLite ends the transaction itself when the disk fails.
      if (this.database.isTransaction) this.database.exec('ROLLBACK');
      throw thrown;
    } finally {
      this.droppedNow = undefined;
    }
  }

  note(name: string): string | undefined {
    return this.about(`note ${name}`);
  }

  setNote(name: string, value: string): void {
    this.put(`note ${name}`, value);
  }

  close(): void {
    this.database.close();
  }

  private apply(change: ExposureChange): void {
    const { segment, places } = change;
    for (const [bit, id] of (change.types ?? []).entries()) {
      this.run('INSERT OR IGNORE INTO type VALUES (?, ?)', [bit, id]);
    }
    for (const { number, name, scannedMs } of change.sources ?? []) {
      const values = [number, name.high, name.low, scannedMs ?? null];
      this.run('INSERT OR REPLACE INTO source VALUES (?, ?, ?, ?)', values);
    }
    for (const { number, name } of change.mailboxes ?? []) {
      this.run('INSERT OR REPLACE INTO mailbox VALUES (?, ?, ?)', [number, name.high, name.low]);
    }
    for (const { number, source, mailbox, name, key, listing } of change.folders ?? []) {
      const names = [name.high, name.low, key.high, key.low];
      const values = [number, source, mailbox, ...names, listing ?? null];
      this.run('INSERT OR REPLACE INTO folder VALUES (?, ?, ?, ?, ?, ?, ?, ?)', values);
    }
    for (const message of change.dropped ?? []) {
      this.run('INSERT OR IGNORE INTO dropped VALUES (?)', [message]);
    }
    for (const message of change.back ?? []) {
      this.run('DELETE FROM gone WHERE message = ?', [message]);
    }
    for (const message of change.gone?.messages ?? []) {
      this.run('INSERT OR IGNORE INTO gone VALUES (?, ?)', [message, change.gone?.seenMs ?? 0]);
    }
    for (const number of change.superseded ?? []) this.supersede(number);
    if (segment !== undefined) this.putSegment(segment, change);
    if (places !== undefined) {
      this.run('DELETE FROM unseen WHERE segment = ? AND source = ?', [noSegment, places.source]);
      this.putUnseen(noSegment, places.source, places.unseen);
    }
  }

  private putSegment(segment: ExposureSegment, { keys, unseen }: ExposureChange): void {
    this.run('INSERT INTO segment VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)', [
      segment.number,
      segment.digest,
      segment.messages,
      segment.mentions,
      segment.identifiers,
      segment.bytes,
      segment.first,
      segment.last,
      segment.detector,
      segment.scannedMs,
      JSON.stringify(segment.types),
    ]);
    for (const [folder, each] of keys ?? []) {
      this.run('INSERT INTO keys VALUES (?, ?, ?)', [folder, segment.number, keysToBytes(each)]);
    }
    this.putUnseen(segment.number, 0, unseen ?? []);
    this.put('next-segment', String(Math.max(this.nextSegment(), segment.number + 1)));
    this.put('next-message', String(Math.max(this.nextMessage(), segment.last + 1)));
  }

  private putUnseen(segment: number, source: number, unseen: readonly ExposureUnseen[]): void {
    for (const { folder, why, count } of unseen) {
      const values = [segment, source, folder, why, count];
      this.run('INSERT OR REPLACE INTO unseen VALUES (?, ?, ?, ?, ?)', values);
    }
  }

  /** What was said of its messages goes with a segment, save what still counts by their numbers. */
  private supersede(segment: number): void {
    const rows = this.all<{ content: Uint8Array }>(
      'SELECT content FROM keys WHERE segment = ?',
      segment,
    );
    for (const { content } of rows) {
      for (const message of keysFromBytes(content).message) {
        const { changes } = this.run('DELETE FROM dropped WHERE message = ?', [message]);
        if (Number(changes) > 0) this.run('DELETE FROM gone WHERE message = ?', [message]);
      }
    }
    for (const table of ['keys', 'unseen']) {
      this.run(`DELETE FROM ${table} WHERE segment = ?`, [segment]);
    }
    this.run('DELETE FROM segment WHERE number = ?', [segment]);
  }

  private droppedSet(): ReadonlySet<number> {
    this.droppedNow ??= new Set(
      this.all<{ message: number }>('SELECT message FROM dropped').map(({ message }) => message),
    );
    return this.droppedNow;
  }

  private about(name: string): string | undefined {
    const value = this.database.prepare('SELECT value FROM about WHERE name = ?').get(name)?.[
      'value'
    ];
    return typeof value === 'string' ? value : undefined;
  }

  private put(name: string, value: string): void {
    this.run('INSERT OR REPLACE INTO about VALUES (?, ?)', [name, value]);
  }

  private run(sql: string, values: readonly Value[]): { readonly changes: number | bigint } {
    return this.database.prepare(sql).run(...values);
  }

  private all<Row>(sql: string, ...values: readonly number[]): Row[] {
    return this.database.prepare(sql).all(...values) as unknown as Row[];
  }
}
