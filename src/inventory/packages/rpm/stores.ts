import type { FileView } from '../../../core/files.ts';
import { type FileBytes, openBytes } from '../../../core/formats/file-bytes.ts';
import { openSqlite } from '../../../core/formats/sqlite.ts';

/** The three forms of an rpm database. Each gives the packages' headers, in any order. */
export interface HeaderStore {
  readonly path: string;
  readonly headers: () => Iterable<Buffer>;
}

class StoreError extends Error {
  override readonly name = 'StoreError';
}

const fail = (why: string): never => {
  throw new StoreError(why);
};

const headerBytesMax = 64 << 20;

function* sqliteHeaders(files: FileView, path: string): Iterable<Buffer> {
  for (const row of openSqlite(files, path)?.rows('Packages') ?? []) {
    const blob = row.get('blob');
    if (Buffer.isBuffer(blob)) yield blob;
  }
}

/** SUSE's `Packages.db` (rpm's lib/backend/ndb/rpmpkg.c): slots of 16 bytes that point to blobs. */
function* ndbHeaders(bytes: FileBytes): Iterable<Buffer> {
  const head = bytes.at(0, 32) ?? fail('it is shorter than a header');
  if (head.toString('latin1', 0, 4) !== 'RpmP') fail('it is no rpm database');
  const slots = head.readUInt32LE(12) * 256 - 2;
  for (let i = 0; i < slots; i++) {
    const slot = bytes.at(32 + i * 16, 16) ?? fail('its table of packages is cut off');
    if (slot.toString('latin1', 0, 4) !== 'Slot') fail('its table of packages is damaged');
    const index = slot.readUInt32LE(4);
    if (index === 0) continue;
    const at = slot.readUInt32LE(8) * 16;
    const blob = bytes.at(at, 16);
    const length = blob?.readUInt32LE(12) ?? 0;
    const wrong =
      blob === undefined ||
      blob.toString('latin1', 0, 4) !== 'BlbS' ||
      blob.readUInt32LE(4) !== index ||
      length > headerBytesMax;
    const header = wrong ? undefined : bytes.at(at + 16, length);
    yield header ?? fail(`package ${index} is damaged`);
  }
}

/** Kinds of page and of item in a Berkeley DB hash (db_page.h). */
const bdb = { hashMagic: 0x06_15_61, unsorted: 2, sorted: 13, overflow: 7, onPage: 1, offPage: 3 };

/** Reads a Berkeley DB file's pages in the byte order that it was written in. */
const openPages = (bytes: FileBytes) => {
  const meta = bytes.at(0, 72) ?? fail('it is shorter than a header');
  const little = meta.readUInt32LE(12) === bdb.hashMagic;
  if (!little && meta.readUInt32BE(12) !== bdb.hashMagic) fail('it is no Berkeley DB hash');
  const u32 = (from: Buffer, at: number): number =>
    little ? from.readUInt32LE(at) : from.readUInt32BE(at);
  const u16 = (from: Buffer, at: number): number =>
    little ? from.readUInt16LE(at) : from.readUInt16BE(at);
  const pageBytes = u32(meta, 20);
  if (pageBytes < 512 || pageBytes > 65_536) fail('its page size is impossible');
  if (meta.readUInt8(24) !== 0) fail('it is encrypted');
  const lastPage = u32(meta, 32);
  const page = (number: number): Buffer =>
    bytes.at(number * pageBytes, pageBytes) ?? fail(`page ${number} lies outside the file`);
  return { u32, u16, pageBytes, lastPage, page };
};

/** `Packages` of RHEL 8 and older: a hash whose values are headers, mostly on chains of pages. */
function* bdbHeaders(bytes: FileBytes): Iterable<Buffer> {
  const { u32, u16, pageBytes, lastPage, page } = openPages(bytes);

  const chain = (first: number, length: number): Buffer => {
    if (length > headerBytesMax) fail('a header is larger than any may be');
    const pieces: Buffer[] = [];
    let have = 0;
    for (let next = first; next !== 0 && have < length; ) {
      const overflow = page(next);
      if (overflow.readUInt8(25) !== bdb.overflow) fail(`page ${next} is of the wrong kind`);
      const used = Math.min(u16(overflow, 22), pageBytes - 26);
      if (used === 0) fail('a chain of pages has no end');
      pieces.push(Buffer.from(overflow.subarray(26, 26 + used)));
      have += used;
      next = u32(overflow, 16);
    }
    return have < length ? fail('a header is cut off') : Buffer.concat(pieces, length);
  };

  for (let number = 1; number <= lastPage; number++) {
    const held = page(number);
    const kind = held.readUInt8(25);
    if (kind !== bdb.sorted && kind !== bdb.unsorted) continue;
    const own = Buffer.from(held);
    const items = Math.min(u16(own, 20), (pageBytes - 26) / 2);
    // Keys and values take turns; an item ends where the one before it begins.
    for (let i = 1; i < items; i += 2) {
      const at = u16(own, 26 + i * 2);
      const end = u16(own, 26 + (i - 1) * 2);
      if (at + 12 > pageBytes) continue;
      const type = own.readUInt8(at);
      if (type === bdb.offPage) yield chain(u32(own, at + 4), u32(own, at + 8));
      // A value of four bytes is the counter of packages.
      else if (type === bdb.onPage && end - at > 32) yield own.subarray(at + 1, end);
    }
  }
}

const folders = ['/var/lib/rpm', '/usr/lib/sysimage/rpm', '/usr/share/rpm'];

/** A folder that holds something of rpm's, for when `findStore` knows none of it. */
export const strangeStore = (files: FileView): string | undefined =>
  folders.find(folder =>
    files.list(folder).some(({ name, kind }) => kind === 'file' && !/^(?:\.|__db)/.test(name)),
  );

/** The database that this host's rpm uses: newest form first, each real file once. */
export const findStore = (files: FileView): HeaderStore | undefined => {
  for (const folder of folders) {
    const sqlite = `${folder}/rpmdb.sqlite`;
    if (files.stat(sqlite) !== undefined) {
      return { path: sqlite, headers: () => sqliteHeaders(files, sqlite) };
    }
    for (const [name, read] of [
      ['Packages.db', ndbHeaders],
      ['Packages', bdbHeaders],
    ] as const) {
      const path = `${folder}/${name}`;
      if (files.stat(path) === undefined) continue;
      return {
        path,
        headers: () => read(openBytes(files, path) ?? fail('it could not be opened')),
      };
    }
  }
  return undefined;
};
