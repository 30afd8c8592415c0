import type { FileView } from '../files.ts';
import { type FileBytes, openBytes } from './file-bytes.ts';
import { committedPages } from './sqlite-wal.ts';

/**
 * Reads the tables of an SQLite database (sqlite.org/fileformat2.html) through a `FileView`. Neither
 * SQLite nor `node:sqlite` will do: they open the file by its path, beside the root's guard, write
 * `-shm` next to it, and hand a file that anybody may have written to a C library.
 */
export interface SqliteDatabase {
  /** Each row of a table, as a record by column name; rowid columns hold the rowid. */
  rows(table: string): Iterable<ReadonlyMap<string, SqliteValue>>;
  readonly tables: readonly string[];
}

export type SqliteValue = number | string | Buffer | null;

/** The file is not what an SQLite database looks like, or is damaged. */
export class SqliteError extends Error {
  override readonly name = 'SqliteError';
}

const payloadBytesMax = 64 << 20;
const depthMax = 24;

const fail = (why: string): never => {
  throw new SqliteError(why);
};

interface Pager {
  readonly usable: number;
  page(number: number): Buffer;
}

const openPager = (main: FileBytes, wal: FileBytes | undefined): Pager => {
  const header = main.at(0, 100) ?? fail('it is shorter than a header');
  if (header.toString('latin1', 0, 16) !== 'SQLite format 3\0') fail('it is no SQLite database');
  const written = header.readUInt16BE(16);
  const pageBytes = written === 1 ? 65_536 : written;
  if (pageBytes < 512 || (pageBytes & (pageBytes - 1)) !== 0) fail('its page size is impossible');
  if (header.readUInt32BE(56) > 1) fail('its texts are not UTF-8');
  const newer: ReadonlyMap<number, number> =
    wal === undefined ? new Map() : committedPages(wal, pageBytes);
  return {
    usable: pageBytes - header.readUInt8(20),
    page: number => {
      const at = newer.get(number);
      const bytes =
        at === undefined ? main.at((number - 1) * pageBytes, pageBytes) : wal?.at(at, pageBytes);
      return bytes ?? fail(`page ${number} lies outside the file`);
    },
  };
};

/** SQLite's variable-length integer, signed; beyond 2^53 it loses precision, which no length may need. */
const varint = (bytes: Buffer, from: number): readonly [value: number, end: number] => {
  let value = 0;
  for (let i = 0; i < 8; i++) {
    const byte = bytes[from + i] ?? fail('a number is cut off');
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return [value, from + i + 1];
  }
  let whole = 0n;
  for (let i = 0; i < 8; i++) whole = (whole << 7n) | BigInt((bytes[from + i] ?? 0) & 0x7f);
  whole = (whole << 8n) | BigInt(bytes[from + 8] ?? fail('a number is cut off'));
  return [Number(BigInt.asIntN(64, whole)), from + 9];
};

/** The payload of a table leaf cell, its overflow pages joined. */
const payloadAt = (pager: Pager, page: Buffer, at: number, length: number): Buffer => {
  if (length < 0 || length > payloadBytesMax) fail('a row is larger than any row may be');
  const { usable } = pager;
  const most = usable - 35;
  if (length <= most) return page.subarray(at, at + length);
  const least = Math.floor(((usable - 12) * 32) / 255) - 23;
  const spill = least + ((length - least) % (usable - 4));
  const local = spill <= most ? spill : least;
  const pieces = [page.subarray(at, at + local)];
  let have = local;
  let next = page.readUInt32BE(at + local);
  while (have < length && next !== 0) {
    const overflow = pager.page(next);
    const piece = overflow.subarray(4, Math.min(usable, 4 + length - have));
    pieces.push(Buffer.from(piece));
    have += piece.length;
    next = overflow.readUInt32BE(0);
  }
  return have === length ? Buffer.concat(pieces, length) : fail('a row is cut off');
};

const integer = (bytes: Buffer, at: number, width: number): number =>
  width === 8 ? Number(bytes.readBigInt64BE(at)) : bytes.readIntBE(at, width);

const widths = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0];

const record = (payload: Buffer): readonly SqliteValue[] => {
  const [headerBytes, first] = varint(payload, 0);
  const values: SqliteValue[] = [];
  let body = headerBytes;
  for (let at = first; at < headerBytes; ) {
    const [serial, end] = varint(payload, at);
    at = end;
    const width =
      serial >= 12 ? (serial - (serial % 2 === 0 ? 12 : 13)) / 2 : (widths[serial] ?? 0);
    if (body + width > payload.length || values.length > 2_000) fail('a record is cut off');
    if (serial === 0) values.push(null);
    else if (serial >= 12) {
      const bytes = payload.subarray(body, body + width);
      values.push(serial % 2 === 0 ? bytes : bytes.toString('utf8'));
    } else if (serial === 7) values.push(payload.readDoubleBE(body));
    else values.push(serial >= 8 ? serial - 8 : integer(payload, body, width));
    body += width;
  }
  return values;
};

interface Row {
  readonly id: number;
  readonly values: readonly SqliteValue[];
}

/** A table's B-tree in key order. A page that comes up twice is a loop that somebody built. */
function* leaves(pager: Pager, number: number, seen: Set<number>, depth: number): Iterable<Row> {
  if (depth > depthMax || seen.has(number)) fail('its tree of pages loops');
  seen.add(number);
  const page = pager.page(number);
  const at = number === 1 ? 100 : 0;
  const kind = page.readUInt8(at);
  const cells = page.readUInt16BE(at + 3);
  const pointers = at + (kind === 5 ? 12 : 8);
  if (kind !== 5 && kind !== 13) fail(`page ${number} is not of a table`);
  if (pointers + cells * 2 > page.length) fail(`page ${number} holds too many cells`);
  // A deeper page may take this one's window away: what is needed of it is copied out first.
  const own = Buffer.from(page);
  for (let i = 0; i < cells; i++) {
    const cell = own.readUInt16BE(pointers + i * 2);
    if (cell + 4 > own.length) fail(`page ${number} points outside itself`);
    if (kind === 5) {
      yield* leaves(pager, own.readUInt32BE(cell), seen, depth + 1);
      continue;
    }
    const [length, afterLength] = varint(own, cell);
    const [id, start] = varint(own, afterLength);
    yield { id, values: record(payloadAt(pager, own, start, length)) };
  }
  if (kind === 5) yield* leaves(pager, own.readUInt32BE(at + 8), seen, depth + 1);
}

/** Where a comment that begins at `at` ends; `at` itself when none begins there. */
const afterComment = (sql: string, at: number): number => {
  const mark = sql.slice(at, at + 2);
  if (mark !== '/*' && mark !== '--') return at;
  const end = sql.indexOf(mark === '/*' ? '*/' : '\n', at + 2);
  return end < 0 ? sql.length : end + (mark === '/*' ? 2 : 1);
};

/**
 * The definitions in a `CREATE TABLE` statement, cut at the commas between them. SQLite keeps the
 * statement as it was written, comments (with commas in them) included.
 */
const definitionsIn = (sql: string): readonly string[] => {
  const parts: string[] = [''];
  let depth = 0;
  let quote = '';
  const end = Math.min(sql.length, 40_000);
  for (let at = sql.indexOf('(') + 1; at > 0 && at < end && depth >= 0; at++) {
    if (quote === '') at = afterComment(sql, at);
    const c = sql[at] ?? '';
    if (quote !== '') {
      if (c === quote) quote = '';
    } else if (c === "'" || c === '"' || c === '`') quote = c;
    else if (c === '(') depth += 1;
    else if (c === ')') depth -= 1;
    if (depth < 0) break;
    if (c === ',' && depth === 0 && quote === '') parts.push('');
    else parts[parts.length - 1] += c;
  }
  return parts.map(part => part.trim()).filter(part => part !== '');
};

const unquoted = (name: string): string => name.replace(/^["'`[]|["'`\]]$/g, '');

/**
 * Column names in a `CREATE TABLE` statement; `rowid` is the one that is an integer primary key,
 * whether its own definition says so or a `PRIMARY KEY (id)` behind all columns does.
 */
const columnsOf = (sql: string): { readonly names: readonly string[]; readonly rowid?: number } => {
  const definitions = definitionsIn(sql);
  const constraint = /^(?:PRIMARY|UNIQUE|FOREIGN|CHECK|CONSTRAINT)\b/i;
  const columns = definitions.filter(part => !constraint.test(part));
  const names = columns.map(part => unquoted(part.split(/\s/)[0] ?? ''));
  const key = definitions
    .filter(part => constraint.test(part))
    .map(part => /\bPRIMARY\s+KEY\s*\(\s*([^\s,()]{1,200})[^,()]*\)/i.exec(part)?.[1])
    .find(name => name !== undefined);
  const rowid = columns.findIndex(
    (part, i) =>
      /^\S+\s+INTEGER\b/i.test(part) &&
      (/\bPRIMARY\s+KEY\b/i.test(part) || (key !== undefined && names[i] === unquoted(key))),
  );
  return { names, ...(rowid < 0 ? {} : { rowid }) };
};

const journalMagic = Buffer.from('d9d505f920a163d7', 'hex');

/** A rollback journal that was neither deleted nor wiped: the change that it guards is not complete. */
const isHot = (files: FileView, journal: string): boolean =>
  (files.stat(journal)?.sizeBytes ?? 0) > 0 &&
  Buffer.from(files.slice(journal, 0, 8) ?? []).equals(journalMagic);

/**
 * Opens a database with its write-ahead log. Nothing when there is no such file.
 *
 * @throws SqliteError when it is not a database or is damaged; `rows` does too, at the damaged page.
 */
export const openSqlite = (files: FileView, path: string): SqliteDatabase | undefined => {
  const main = openBytes(files, path);
  if (main === undefined) return undefined;
  if (isHot(files, `${path}-journal`)) {
    files.note({
      what: path,
      why: 'was being written to, or its writer crashed: its rollback journal is there, so what was read may be half of a change',
      how: 'Wait until the package manager is done, or let it open the database once; then run Postern again.',
    });
  }
  const log = `${path}-wal`;
  const wal = (files.stat(log)?.sizeBytes ?? 0) > 0 ? openBytes(files, log) : undefined;
  const guarded = <T>(read: () => T): T => {
    try {
      return read();
    } catch (thrown) {
      // A read past a page's end is damage, too.
      if (thrown instanceof RangeError) throw new SqliteError('it is damaged', { cause: thrown });
      throw thrown;
    }
  };
  const pager = guarded(() => openPager(main, wal));
  const schema = guarded(() => [...leaves(pager, 1, new Set(), 0)]);
  const tables = new Map<string, { readonly root: number; readonly sql: string }>();
  for (const { values } of schema) {
    const [type, name, , root, sql] = values;
    if (type !== 'table' || typeof name !== 'string' || typeof root !== 'number') continue;
    tables.set(name, { root, sql: typeof sql === 'string' ? sql : '' });
  }
  function* rows(table: string): Iterable<ReadonlyMap<string, SqliteValue>> {
    const found = tables.get(table);
    if (found === undefined) return;
    const { names, rowid } = columnsOf(found.sql);
    const walk = leaves(pager, found.root, new Set(), 0)[Symbol.iterator]();
    for (;;) {
      const step = guarded(() => walk.next());
      if (step.done === true) return;
      const { id, values } = step.value;
      yield new Map(names.map((name, i) => [name, i === rowid ? id : (values[i] ?? null)]));
    }
  }
  return { rows, tables: [...tables.keys()] };
};
