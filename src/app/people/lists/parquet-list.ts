import { createHash } from 'node:crypto';
import { closeSync, createReadStream, fstatSync, openSync } from 'node:fs';
import { open } from 'node:fs/promises';
import {
  type AsyncBuffer,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
} from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { messageOf, UsageError } from '../../../core/errors.ts';
import type { Cell, CustomerRows, RowBatch } from './rows.ts';

/** Rows that are unpacked at once: a group of rows may be the whole file. */
const rowsAtOnce = 200_000;
const columnsMax = 2_000;

/** `2024-05-01` of a date at midnight UTC, which is how Parquet's dates come. */
const dateText = (date: Date): string => {
  if (Number.isNaN(date.getTime())) return '';
  const iso = date.toISOString();
  return iso.endsWith('T00:00:00.000Z') ? iso.slice(0, 10) : iso.slice(0, 19).replace('T', ' ');
};

const listItems = (value: unknown): readonly unknown[] => {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'object' || value === null) return [];
  // Writers wrap the items of a list in a group of their own.
  return Object.values(value).flatMap(each => (Array.isArray(each) ? each : []));
};

/** A value as a list in CSV would have it; several of one cell are cut by `;`. */
const cellOf = (value: unknown): Cell => {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'string') return value;
  if (value instanceof Date) return dateText(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (typeof value === 'object') {
    return listItems(value)
      .map(item => cellOf(item) ?? '')
      .join(';');
  }
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
    ? String(value)
    : undefined;
};

class ParquetList implements CustomerRows {
  readonly head: readonly string[];
  private readonly name: string;
  private readonly file: AsyncBuffer;
  private readonly metadata: FileMetaData;
  private readonly end: () => Promise<void>;
  private readonly sha256: string;

  constructor(
    name: string,
    file: AsyncBuffer,
    metadata: FileMetaData,
    sha256: string,
    end: () => Promise<void>,
  ) {
    this.name = name;
    this.file = file;
    this.metadata = metadata;
    this.sha256 = sha256;
    this.end = end;
    this.head = parquetSchema(metadata).children.map(({ element }) => element.name);
    if (this.head.length > columnsMax) {
      throw new UsageError(`${name}: ${this.head.length} columns; at most ${columnsMax} are read`);
    }
  }

  async *batches(): AsyncGenerator<RowBatch, undefined> {
    const { metadata, head } = this;
    const total = Number(metadata.num_rows);
    let start = 0;
    for (const group of metadata.row_groups) {
      const groupEnd = start + Number(group.num_rows);
      for (; start < groupEnd; start += rowsAtOnce) {
        const rowStart = start;
        const rowEnd = Math.min(groupEnd, start + rowsAtOnce);
        const objects = await this.read(rowStart, rowEnd);
        yield {
          rows: objects.map(row => head.map(column => cellOf(row[column]))),
          lines: objects.map((_, i) => rowStart + i + 1),
          share: rowEnd / Math.max(1, total),
        };
      }
      start = groupEnd;
    }
    return undefined;
  }

  private async read(rowStart: number, rowEnd: number): Promise<Record<string, unknown>[]> {
    const { file, metadata } = this;
    try {
      return await parquetReadObjects({ file, metadata, compressors, rowStart, rowEnd });
    } catch (thrown) {
      throw new UsageError(
        `${this.name}: cannot be read as Parquet: rows ${rowStart + 1} to ${rowEnd}: ${messageOf(thrown)}`,
      );
    }
  }

  place(line: number, column: number): string {
    return `${this.name}: row ${line}, column ${this.head[column] ?? column + 1}`;
  }

  digest(): string {
    return this.sha256;
  }

  unreadable(): number {
    return 0;
  }

  close(): Promise<void> {
    return this.end();
  }
}

const digestOf = async (path: string): Promise<string> => {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    hash.update(chunk as Uint8Array);
  }
  return hash.digest('hex');
};

export const isParquet = (start: Uint8Array): boolean =>
  Buffer.from(start.buffer, start.byteOffset, Math.min(4, start.length)).toString() === 'PAR1';

/** A Parquet file of whatever writer, packed with whatever of Parquet's codecs. */
export const openParquet = async (name: string, path: string): Promise<CustomerRows> => {
  const size = ((): number => {
    const file = openSync(path, 'r');
    try {
      return fstatSync(file).size;
    } finally {
      closeSync(file);
    }
  })();
  const handle = await open(path, 'r');
  const file: AsyncBuffer = {
    byteLength: size,
    slice: async (start, end = size) => {
      const bytes = new Uint8Array(Math.max(0, end - start));
      let at = 0;
      while (at < bytes.length) {
        const { bytesRead } = await handle.read(bytes, at, bytes.length - at, start + at);
        if (bytesRead === 0) throw new RangeError('it ends too early');
        at += bytesRead;
      }
      return bytes.buffer;
    },
  };
  try {
    const metadata = await parquetMetadataAsync(file);
    return new ParquetList(name, file, metadata, await digestOf(path), () => handle.close());
  } catch (thrown) {
    await handle.close();
    if (thrown instanceof UsageError) throw thrown;
    throw new UsageError(`${name}: cannot be read as Parquet: ${messageOf(thrown)}`);
  }
};
