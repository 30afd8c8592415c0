/** What `dovecot.index` and its log say of each message: numbers in the byte order of the machine, which is little. */

export interface IndexHeader {
  readonly headerBytes: number;
  readonly recordBytes: number;
  readonly indexId: number;
  readonly messages: number;
  /** Everything in the log up to here is in the index already. */
  readonly logSequence: number;
  readonly logOffset: number;
}

const headerBytesMin = 120;
const corrupted = 1;

/** Of version 7, which Dovecot 2.0 to 2.4 write (mail-index.h). */
export const readIndexHeader = (bytes: Buffer): IndexHeader | undefined => {
  if (bytes.length < headerBytesMin || bytes[0] !== 7 || ((bytes[12] ?? 0) & 1) === 0)
    return undefined;
  if ((bytes.readUInt32LE(20) & corrupted) !== 0) return undefined;
  const headerBytes = bytes.readUInt32LE(4);
  const recordBytes = bytes.readUInt32LE(8);
  const messages = bytes.readUInt32LE(32);
  if (headerBytes < headerBytesMin || recordBytes < 8) return undefined;
  if (headerBytes + messages * recordBytes > bytes.length) return undefined;
  return {
    headerBytes,
    recordBytes,
    indexId: bytes.readUInt32LE(16),
    messages,
    logSequence: bytes.readUInt32LE(60),
    logOffset: bytes.readUInt32LE(68),
  };
};

export interface Extension {
  readonly name: string;
  /** In a record of the index; of those that only the log knows, nothing. */
  readonly offset?: number;
  readonly bytes: number;
}

const aligned = (length: number, to: number): number => Math.ceil(length / to) * to;

/** Extensions stand behind the base header, each at eight bytes. */
export const readExtensions = (
  bytes: Buffer,
  { headerBytes }: IndexHeader,
): readonly Extension[] | undefined => {
  const extensions: Extension[] = [];
  for (let at = aligned(bytes.readUInt16LE(2), 8); at + 16 <= headerBytes; ) {
    const dataBytes = bytes.readUInt32LE(at);
    const offset = bytes.readUInt16LE(at + 8);
    const size = bytes.readUInt16LE(at + 10);
    const nameBytes = bytes.readUInt16LE(at + 14);
    const nameAt = at + 16;
    if (nameAt + nameBytes > headerBytes || dataBytes > headerBytes) return undefined;
    const name = bytes.toString('latin1', nameAt, nameAt + nameBytes);
    extensions.push({ name, offset, bytes: size });
    at = aligned(aligned(nameAt + nameBytes, 8) + dataBytes, 8);
  }
  return extensions;
};

export interface LogHeader {
  readonly headerBytes: number;
  readonly indexId: number;
  readonly sequence: number;
  /** 0 where the log is the first one that there was. */
  readonly before: number;
}

export const readLogHeader = (bytes: Buffer): LogHeader | undefined => {
  if (bytes.length < 24 || bytes[0] !== 1) return undefined;
  const headerBytes = bytes.readUInt16LE(2);
  if (headerBytes < 24 || headerBytes > bytes.length) return undefined;
  return {
    headerBytes,
    indexId: bytes.readUInt32LE(4),
    sequence: bytes.readUInt32LE(8),
    before: bytes.readUInt32LE(12),
  };
};

/** Kinds of entries in the log that say which messages there are, and what of them (mail-transaction-log.h). */
export const logKinds = {
  expunge: 0x1,
  append: 0x2,
  extensionIntro: 0x40,
  extensionReset: 0x80,
  extensionRecords: 0x200,
  expungeWithGuid: 0x2000,
} as const;

const external = 0x10000000;
const protection = 0xcd90;

export interface LogEntry {
  readonly kind: number;
  /** It has happened; an expunge that is not so is a wish only. */
  readonly isDone: boolean;
  readonly data: Buffer;
}

/** The size of an entry is written last, seven bits in each byte, so that half an entry is seen as such. */
const entryBytes = (bytes: Buffer, at: number): number => {
  const raw = bytes.readUInt32BE(at);
  if ((raw & 0x80808080) >>> 0 !== 0x80808080) return 0;
  const size =
    (raw & 0x7f) | ((raw & 0x7f00) >>> 1) | ((raw & 0x7f0000) >>> 2) | ((raw & 0x7f000000) >>> 3);
  return size * 4;
};

/** Entries from an offset on, up to the first that is not whole yet. */
export function* logEntries(bytes: Buffer, from: number): Generator<LogEntry> {
  for (let at = from; at + 8 <= bytes.length; ) {
    const size = entryBytes(bytes, at);
    if (size < 8 || at + size > bytes.length) return;
    const type = bytes.readUInt32LE(at + 4);
    const isExpunge = (type & 0xffff & protection) === protection;
    const kind = (isExpunge ? type & ~protection : type) & 0x0fffffff;
    yield { kind, isDone: (type & external) !== 0, data: bytes.subarray(at + 8, at + size) };
    at += size;
  }
}
