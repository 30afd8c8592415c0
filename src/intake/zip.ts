import { BadArchive } from './ledger.ts';
import type { Source } from './source.ts';

/** An entry as the central directory of a zip file tells it. */
export interface ZipEntry {
  readonly rawName: Buffer;
  /** 0 stored, 8 deflate, 93 zstd; others are not read. */
  readonly method: number;
  readonly encrypted: boolean;
  readonly kind: 'file' | 'folder' | 'link' | 'special';
  readonly crc32: number;
  readonly packedBytes: number;
  readonly bytes: number;
  /** Of the local header, from the beginning of the source. */
  readonly offset: number;
}

const endMark = 0x06_05_4b_50;
const end64Mark = 0x06_06_4b_50;
const locator64Mark = 0x07_06_4b_50;
const entryMark = 0x02_01_4b_50;
const localMark = 0x04_03_4b_50;
const endBytes = 22;
const commentBytesMax = 65_535;

const big = (bytes: Buffer, at: number): number => {
  const value = bytes.readBigUInt64LE(at);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new BadArchive('damaged', 'it states a size that no file has');
  }
  return Number(value);
};

interface Directory {
  readonly from: number;
  readonly bytes: number;
  readonly entries: number;
  /** Bytes in front of the archive, which its offsets do not count. */
  readonly shift: number;
  readonly zip64: boolean;
}

/** Offset of the end record; its comment must reach to the end of the file, or the file is not whole. */
const endOf = (source: Source): number => {
  const length = Math.min(source.sizeBytes, endBytes + commentBytesMax);
  const from = source.sizeBytes - length;
  const tail = source.read(from, length);
  for (let at = tail.length - endBytes; at >= 0; at--) {
    if (tail[at] !== 0x50 || tail.readUInt32LE(at) !== endMark) continue;
    if (at + endBytes + tail.readUInt16LE(at + 20) === tail.length) return from + at;
  }
  throw new BadArchive('truncated', 'the zip file is cut off: it has no directory at its end');
};

const directory64 = (source: Source, end: number): Directory | undefined => {
  if (end < 20) return undefined;
  const locator = source.read(end - 20, 20);
  if (locator.readUInt32LE(0) !== locator64Mark) return undefined;
  // Right in front of the locator, unless it says more of itself; then where the locator points.
  for (const at of [end - 76, big(locator, 8)]) {
    if (at < 0 || at + 56 > end) continue;
    const record = source.read(at, 56);
    if (record.readUInt32LE(0) !== end64Mark) continue;
    const bytes = big(record, 40);
    const from = big(record, 48);
    return { from, bytes, entries: big(record, 32), shift: at - bytes - from, zip64: true };
  }
  throw new BadArchive('damaged', 'its zip64 directory is not where it should be');
};

const directoryOf = (source: Source): Directory => {
  const end = endOf(source);
  const record = source.read(end, endBytes);
  if (record.readUInt16LE(4) !== 0 && record.readUInt16LE(4) !== 0xff_ff) {
    throw new BadArchive('truncated', 'it is one of several parts');
  }
  const bytes = record.readUInt32LE(12);
  const from = record.readUInt32LE(16);
  const entries = record.readUInt16LE(10);
  return (
    directory64(source, end) ?? { from, bytes, entries, shift: end - bytes - from, zip64: false }
  );
};

/** Sizes and offset that did not fit into 32 bits stand in an extra field, in this order. */
const widened = (
  extra: Buffer,
  narrow: readonly [bytes: number, packedBytes: number, offset: number],
): readonly number[] => {
  if (!narrow.includes(0xff_ff_ff_ff)) return narrow;
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue;
    const stop = Math.min(extra.length, at + 4 + extra.readUInt16LE(at + 2));
    let from = at + 4;
    return narrow.map(value => {
      if (value !== 0xff_ff_ff_ff) return value;
      if (from + 8 > stop) throw new BadArchive('damaged', 'a zip64 size is missing');
      from += 8;
      return big(extra, from - 8);
    });
  }
  return narrow;
};

const kindOf = (madeBy: number, attributes: number, rawName: Buffer): ZipEntry['kind'] => {
  const last = rawName.at(-1);
  if (last === 0x2f || last === 0x5c) return 'folder';
  const type = madeBy >> 8 === 3 ? (attributes >>> 16) & 0o170_000 : 0;
  if (type === 0 || type === 0o100_000) return 'file';
  if (type === 0o120_000) return 'link';
  return type === 0o040_000 ? 'folder' : 'special';
};

const entryAt = (source: Source, at: number, stop: number, shift: number): [ZipEntry, number] => {
  const head = source.read(at, 46);
  if (head.length < 46 || at + 46 > stop || head.readUInt32LE(0) !== entryMark) {
    throw new BadArchive('damaged', 'its directory is damaged');
  }
  const nameBytes = head.readUInt16LE(28);
  const extraBytes = head.readUInt16LE(30);
  const length = 46 + nameBytes + extraBytes + head.readUInt16LE(32);
  if (at + length > stop) throw new BadArchive('damaged', 'its directory is damaged');
  const rest = source.read(at + 46, nameBytes + extraBytes);
  const rawName = rest.subarray(0, nameBytes);
  const [bytes = 0, packedBytes = 0, offset = 0] = widened(rest.subarray(nameBytes), [
    head.readUInt32LE(24),
    head.readUInt32LE(20),
    head.readUInt32LE(42),
  ]);
  const entry = {
    rawName,
    method: head.readUInt16LE(10),
    // Bit 0: encrypted; 6: strongly so; 13: the directory hides what the entry is.
    encrypted: (head.readUInt16LE(8) & 0x20_41) !== 0,
    kind: kindOf(head.readUInt16LE(4), head.readUInt32LE(38), rawName),
    crc32: head.readUInt32LE(16),
    packedBytes,
    bytes,
    offset: offset + shift,
  };
  return [entry, at + length];
};

/**
 * The entries of a zip file (PKWARE APPNOTE 6.3.10) in the order of its directory, read a window at a
 * time. Only the directory counts: what lies between the entries is not looked for.
 *
 * @throws BadArchive when the directory is missing, damaged or of another number of entries than it says,
 * and when entries overlap, which only a bomb does.
 */
export function* zipEntries(source: Source): Generator<ZipEntry> {
  const directory = directoryOf(source);
  const { shift } = directory;
  const from = directory.from + shift;
  const stop = from + directory.bytes;
  if (shift < 0 || from < 0 || stop > source.sizeBytes) {
    throw new BadArchive('damaged', 'its directory is not where it should be');
  }
  const window = source.fork();
  let packedBytes = 0;
  let entries = 0;
  for (let at = from; at < stop; ) {
    const [entry, next] = entryAt(window, at, stop, shift);
    at = next;
    entries += 1;
    packedBytes += 30 + entry.rawName.length + entry.packedBytes;
    if (packedBytes > source.sizeBytes) throw new BadArchive('damaged', 'its entries overlap');
    yield entry;
  }
  const stated = directory.entries;
  // Old programs let the 16-bit count run over.
  if (directory.zip64 ? entries !== stated : (entries & 0xff_ff) !== stated) {
    throw new BadArchive('damaged', `its directory holds ${entries} entries and states ${stated}`);
  }
}

/**
 * Where the bytes of an entry begin.
 *
 * @throws BadArchive when its local header is not there, or is of another entry.
 */
export const dataOffset = (source: Source, entry: ZipEntry): number => {
  const head = source.read(entry.offset, 30 + entry.rawName.length);
  const present = head.length === 30 + entry.rawName.length;
  if (!present || head.readUInt32LE(0) !== localMark) {
    throw new BadArchive('damaged', 'its directory points to where no entry begins');
  }
  if (
    head.readUInt16LE(26) !== entry.rawName.length ||
    head.compare(entry.rawName, 0, entry.rawName.length, 30) !== 0
  ) {
    throw new BadArchive('damaged', 'its directory and its entry have different names');
  }
  const from = entry.offset + 30 + entry.rawName.length + head.readUInt16LE(28);
  if (from + entry.packedBytes > source.sizeBytes) {
    throw new BadArchive('truncated', 'an entry reaches beyond the end of the file');
  }
  return from;
};
