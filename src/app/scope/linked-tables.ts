import { closeSync, openSync, writeSync } from 'node:fs';
import type { DenseColumnData } from '../../store/parquet/dense-column.ts';
import { ParquetWriter } from '../../store/parquet/write.ts';
import { toolVersion } from '../version.ts';

/** Rows that lie together: what does not concern a question is passed over so many at a time. */
export const groupRows: number = 1 << 17;
const level = 1;

type Shape = readonly (readonly [
  name: string,
  dense: DenseColumnData['dense'],
  as: DenseColumnData['as'],
  packed?: false,
])[];

export type LinkedTable =
  | 'mentions'
  | 'messages'
  | 'mailboxes'
  | 'folders'
  | 'gone'
  | 'dropped'
  | 'memberships';

/**
 * Columns of the linked tables. `message` ascends in a file. Persons below the number of customers are those of the
 * customer list, others have identifiers that are on no list. Masks: bits by `types` of `link.json`; each of own,
 * shared and weak is within the next.
 */
const linkedShapes: Readonly<Record<LinkedTable, Shape>> = {
  mentions: [
    ['message', 'uint32', 'deltas'],
    ['mailbox', 'uint32', 'few'],
    // Like dice, and what is read most: lies there as it is.
    ['person', 'uint32', 'plain', false],
    ['roles', 'uint32', 'few'],
    ['sure', 'uint32', 'few'],
    ['own', 'int64', 'few'],
    ['shared', 'int64', 'few'],
    ['weak', 'int64', 'few'],
  ],
  messages: [
    ['message', 'uint32', 'deltas'],
    ['mailbox', 'uint32', 'few'],
    ['folder', 'uint32', 'few'],
    ['received', 'int64', 'plain'],
    ['uid', 'uint32', 'deltas'],
    ['id1', 'uint32', 'plain'],
    ['id2', 'uint32', 'plain'],
    ['id3', 'uint32', 'plain'],
    ['flags', 'uint32', 'few'],
    ['types', 'int64', 'few'],
  ],
  mailboxes: [
    ['mailbox', 'uint32', 'deltas'],
    ['name1', 'uint32', 'plain'],
    ['name2', 'uint32', 'plain'],
    ['name3', 'uint32', 'plain'],
    // A person plus 1, 0 where nobody knows.
    ['owner', 'uint32', 'plain'],
  ],
  folders: [
    ['folder', 'uint32', 'deltas'],
    ['mailbox', 'uint32', 'deltas'],
    ['name1', 'uint32', 'plain'],
    ['name2', 'uint32', 'plain'],
    ['name3', 'uint32', 'plain'],
  ],
  gone: [
    ['message', 'uint32', 'deltas'],
    ['seen', 'int64', 'deltas'],
  ],
  dropped: [['message', 'uint32', 'deltas']],
  memberships: [
    ['person', 'uint32', 'deltas'],
    ['row', 'uint32', 'deltas'],
    ['tenant', 'uint32', 'few'],
    ['status', 'uint32', 'few'],
    ['deletable', 'uint32', 'few'],
  ],
};

/** Writes one table, a group of rows at a time. Whoever needs it on the disk syncs it. */
export class LinkedTableWriter {
  private readonly fd: number;
  private readonly writer: ParquetWriter;
  private readonly shape: Shape;
  private columns: readonly (Uint32Array | Float64Array)[];
  private room = 1 << 9;
  private held = 0;
  rows = 0;

  constructor(path: string, table: LinkedTable) {
    this.shape = linkedShapes[table];
    this.columns = this.shape.map(([, dense]) =>
      dense === 'uint32' ? new Uint32Array(this.room) : new Float64Array(this.room),
    );
    this.fd = openSync(path, 'w', 0o600);
    this.writer = new ParquetWriter({
      metadata: { 'postern.linked': table },
      createdBy: `postern ${toolVersion}`,
      level,
    });
  }

  /** @param values in the order of the columns. */
  add(...values: readonly number[]): void {
    if (this.held === groupRows) this.flush();
    else if (this.held === this.room) this.grow();
    for (let i = 0; i < values.length; i += 1) {
      const column = this.columns[i];
      if (column !== undefined) column[this.held] = values[i] ?? 0;
    }
    this.held += 1;
    this.rows += 1;
  }

  /** Whole groups, for whoever has columns. */
  group(rows: number, columns: readonly (Uint32Array | Float64Array)[]): void {
    this.flush();
    this.write(rows, columns);
    this.rows += rows;
  }

  close(): void {
    this.flush();
    if (this.rows === 0) this.write(0, this.columns);
    this.put(this.writer.end());
    closeSync(this.fd);
  }

  private grow(): void {
    this.room *= 4;
    this.columns = this.columns.map(old => {
      const grown =
        old instanceof Uint32Array ? new Uint32Array(this.room) : new Float64Array(this.room);
      grown.set(old);
      return grown;
    });
  }

  private flush(): void {
    if (this.held === 0) return;
    this.write(this.held, this.columns);
    this.held = 0;
  }

  private write(rows: number, columns: readonly (Uint32Array | Float64Array)[]): void {
    const dense = this.shape.map(
      ([name, kind, as, packed], i): DenseColumnData => ({
        name,
        dense: kind,
        as,
        values: (columns[i] ?? new Uint32Array(0)).subarray(0, rows),
        ...(packed === undefined ? {} : { packed }),
      }),
    );
    this.put(this.writer.group(rows, dense));
  }

  private put(bytes: Buffer): void {
    for (let done = 0; done < bytes.length; ) done += writeSync(this.fd, bytes, done);
  }
}
