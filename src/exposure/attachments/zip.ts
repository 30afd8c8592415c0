import { isUtf8 } from 'node:buffer';
import { decodeText } from '../mail/charsets/decode.ts';
import { type Inflated, inflate } from './inflate.ts';

/**
 * Zip files as people send them. The reader of downloaded feeds (src/intake/zip.ts) refuses an archive that is
 * damaged in the least; this one takes out of it what there is, and says what there is not.
 */
export interface ZipEntry {
  readonly name: string;
  readonly isFolder: boolean;
  readonly isEncrypted: boolean;
  /** 0 stored, 8 deflate; others are not read. */
  readonly method: number;
  readonly packed: Buffer;
}

export interface Zip {
  readonly entries: readonly ZipEntry[];
  readonly isDamaged: boolean;
  /** There are more entries than `entriesMax`. */
  readonly isOver: boolean;
}

const endMark = 0x06054b50;
const entryMark = 0x02014b50;
const localMark = 0x04034b50;
const endBytes = 22;
const commentMax = 65_535;
const unicodePath = 0x7075;

const endOf = (bytes: Buffer): number => {
  const stop = Math.max(0, bytes.length - endBytes - commentMax);
  for (let at = bytes.length - endBytes; at >= stop; at--) {
    if (bytes[at] === 0x50 && bytes.readUInt32LE(at) === endMark) return at;
  }
  return -1;
};

/** Info-ZIP's extra field with the name in UTF-8, which wins over a name in the sender's code page. */
const unicodeName = (extra: Buffer): string | undefined => {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    const length = extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === unicodePath && length > 5 && at + 4 + length <= extra.length) {
      return extra.toString('utf8', at + 9, at + 4 + length);
    }
  }
  return undefined;
};

/** A name without a mark of its charset: UTF-8 where it is valid, else what Windows in Japan writes, or what fits better. */
const nameOf = (raw: Buffer, flags: number, extra: Buffer): string => {
  const said = unicodeName(extra);
  if (said !== undefined) return said;
  if ((flags & 0x800) !== 0 || isUtf8(raw)) return raw.toString('utf8');
  return decodeText(raw, 'shift_jis').text;
};

interface Fields {
  readonly flags: number;
  readonly method: number;
  readonly packedBytes: number;
  readonly rawName: Buffer;
  readonly extra: Buffer;
}

const entryOf = (bytes: Buffer, from: number, fields: Fields): ZipEntry => {
  const { flags, method, packedBytes, rawName, extra } = fields;
  const name = nameOf(rawName, flags, extra);
  return {
    name,
    isFolder: name.endsWith('/') || name.endsWith('\\'),
    // Bit 0: encrypted; 6: strongly so; method 99: AES of WinZip.
    isEncrypted: (flags & 0x41) !== 0 || method === 99,
    method,
    packed: bytes.subarray(from, from + packedBytes),
  };
};

/** Behind a local header its data begins; undefined where there is no such header. */
const dataFrom = (bytes: Buffer, at: number): number | undefined => {
  if (at < 0 || at + 30 > bytes.length || bytes.readUInt32LE(at) !== localMark) return undefined;
  return at + 30 + bytes.readUInt16LE(at + 26) + bytes.readUInt16LE(at + 28);
};

const readDirectory = (bytes: Buffer, end: number, entriesMax: number): Zip => {
  const size = bytes.readUInt32LE(end + 12);
  const stated = bytes.readUInt32LE(end + 16);
  // Bytes before the archive (a program that unpacks itself) are not counted in its offsets.
  const shift = size <= end && stated !== 0xffffffff ? Math.max(0, end - size - stated) : 0;
  const entries: ZipEntry[] = [];
  let at = stated === 0xffffffff ? end : stated + shift;
  while (at + 46 <= end && bytes.readUInt32LE(at) === entryMark) {
    if (entries.length >= entriesMax) return { entries, isDamaged: false, isOver: true };
    const nameBytes = bytes.readUInt16LE(at + 28);
    const extraBytes = bytes.readUInt16LE(at + 30);
    const from = dataFrom(bytes, bytes.readUInt32LE(at + 42) + shift);
    if (from === undefined) return { entries, isDamaged: true, isOver: false };
    const nameFrom = at + 46;
    entries.push(
      entryOf(bytes, from, {
        flags: bytes.readUInt16LE(at + 8),
        method: bytes.readUInt16LE(at + 10),
        packedBytes: bytes.readUInt32LE(at + 20),
        rawName: bytes.subarray(nameFrom, nameFrom + nameBytes),
        extra: bytes.subarray(nameFrom + nameBytes, nameFrom + nameBytes + extraBytes),
      }),
    );
    at = nameFrom + nameBytes + extraBytes + bytes.readUInt16LE(at + 32);
  }
  return { entries, isDamaged: false, isOver: false };
};

/** Entries of an archive whose directory is gone, as of one that was cut off: by their own headers. */
const readLocal = (bytes: Buffer, entriesMax: number): Zip => {
  const entries: ZipEntry[] = [];
  const mark = Buffer.from('PK\x03\x04', 'latin1');
  let at = bytes.indexOf(mark);
  while (at >= 0 && at + 30 <= bytes.length) {
    if (entries.length >= entriesMax) return { entries, isDamaged: true, isOver: true };
    const flags = bytes.readUInt16LE(at + 6);
    const nameBytes = bytes.readUInt16LE(at + 26);
    const from = at + 30 + nameBytes + bytes.readUInt16LE(at + 28);
    const next = bytes.indexOf(mark, Math.max(from, at + 4));
    // Sizes may stand behind the data, where only its end tells them.
    const said = (flags & 8) !== 0 ? 0 : bytes.readUInt32LE(at + 18);
    const rest = (next < 0 ? bytes.length : next) - from;
    entries.push(
      entryOf(bytes, from, {
        flags,
        method: bytes.readUInt16LE(at + 8),
        packedBytes: said > 0 && said <= rest ? said : Math.max(0, rest),
        rawName: bytes.subarray(at + 30, at + 30 + nameBytes),
        extra: bytes.subarray(at + 30 + nameBytes, Math.max(at + 30 + nameBytes, from)),
      }),
    );
    at = next;
  }
  return { entries, isDamaged: true, isOver: false };
};

/** The entries of a zip file, at most `entriesMax`. Never throws; nothing is unpacked. */
export const readZip = (bytes: Buffer, entriesMax: number): Zip => {
  const end = endOf(bytes);
  if (end < 0) return readLocal(bytes, entriesMax);
  const zip = readDirectory(bytes, end, entriesMax);
  return zip.entries.length === 0 && bytes.length > endBytes ? readLocal(bytes, entriesMax) : zip;
};

/** Content of an entry, at most `bytesMax`; undefined where its method is not read. */
export const unpackEntry = async (
  entry: ZipEntry,
  bytesMax: number,
): Promise<Inflated | undefined> => {
  if (entry.method === 0) {
    const bytes = entry.packed.subarray(0, bytesMax);
    return { bytes, isCut: bytes.length < entry.packed.length, isDamaged: false };
  }
  return entry.method === 8 ? inflate(entry.packed, 'deflate', bytesMax) : undefined;
};
