import type { MailFiles } from '../../mail-store.ts';
import {
  type Extension,
  type LogEntry,
  logEntries,
  logKinds,
  readExtensions,
  readIndexHeader,
  readLogHeader,
} from './index-layout.ts';

/** Data of one extension by UID; those messages that it says nothing of are absent. */
export type IndexRecords = ReadonlyMap<number, Buffer>;

const recordsMax = 8_000_000;
const noData = Buffer.alloc(0);

const wholeFile = async (files: MailFiles, path: string): Promise<Buffer | undefined> => {
  const piece = await files.read(path);
  if (piece === undefined || piece.entry.sizeBytes > piece.bytes.length) return undefined;
  return Buffer.from(piece.bytes.buffer, 0, piece.bytes.length);
};

/** The index as it was written last, brought up to date by what the log says since. */
class Records {
  readonly uids = new Map<number, Buffer>();
  private readonly wanted: string;
  private readonly extensions: Extension[] = [];
  private current: Extension | undefined;
  isSound = true;

  constructor(wanted: string) {
    this.wanted = wanted;
  }

  /** @returns where the log goes on, or nothing where it cannot be told. */
  load(bytes: Buffer): { sequence: number; offset: number; indexId: number } | undefined {
    const header = readIndexHeader(bytes);
    const extensions = header && readExtensions(bytes, header);
    if (header === undefined || extensions === undefined) return undefined;
    this.extensions.push(...extensions);
    const mine = extensions.find(({ name }) => name === this.wanted);
    for (let i = 0; i < header.messages; i++) {
      const at = header.headerBytes + i * header.recordBytes;
      const from = at + (mine?.offset ?? 0);
      const data = mine === undefined ? noData : bytes.subarray(from, from + mine.bytes);
      this.uids.set(bytes.readUInt32LE(at), Buffer.from(data));
    }
    const { logSequence, logOffset, indexId } = header;
    return { sequence: logSequence, offset: logOffset, indexId };
  }

  apply({ kind, isDone, data }: LogEntry): void {
    switch (kind) {
      case logKinds.append:
        for (let at = 0; at + 8 <= data.length; at += 8) this.append(data.readUInt32LE(at));
        return;
      case logKinds.expunge:
      case logKinds.expungeWithGuid:
        // One that is not done is what somebody wishes for.
        if (isDone) this.expungeAll(data, kind === logKinds.expungeWithGuid);
        return;
      case logKinds.extensionIntro:
        this.introduce(data);
        return;
      case logKinds.extensionReset:
        if (this.isMine && data[4] === 0)
          for (const uid of this.uids.keys()) this.uids.set(uid, noData);
        return;
      case logKinds.extensionRecords:
        this.update(data);
        return;
      default:
      // Flags, keywords and the like.
    }
  }

  private get isMine(): boolean {
    return this.current?.name === this.wanted;
  }

  private append(uid: number): void {
    if (this.uids.size < recordsMax) this.uids.set(uid, noData);
    else this.isSound = false;
  }

  private expungeAll(data: Buffer, isByGuid: boolean): void {
    const step = isByGuid ? 20 : 8;
    for (let at = 0; at + step <= data.length; at += step) {
      const first = data.readUInt32LE(at);
      this.expunge(first, isByGuid ? first : data.readUInt32LE(at + 4));
    }
  }

  private expunge(first: number, last: number): void {
    if (last - first < this.uids.size) {
      for (let uid = first; uid <= last; uid++) this.uids.delete(uid);
    } else {
      for (const uid of this.uids.keys()) if (uid >= first && uid <= last) this.uids.delete(uid);
    }
  }

  /** By its number among those of the index, or by a name that may be new. */
  private introduce(data: Buffer): void {
    this.current = undefined;
    if (data.length < 20) return;
    const number = data.readUInt32LE(0);
    const bytes = data.readUInt16LE(12);
    const nameBytes = data.readUInt16LE(18);
    const name = data.toString('latin1', 20, 20 + nameBytes);
    const known =
      number === 0xff_ff_ff_ff ? this.extensions.findIndex(each => each.name === name) : number;
    const before = this.extensions[known];
    if (before === undefined && number !== 0xff_ff_ff_ff) {
      // One that was introduced before what is left of the log.
      this.isSound = false;
      return;
    }
    const extension: Extension = { ...before, name: before?.name ?? name, bytes };
    this.current = extension;
    if (before === undefined) this.extensions.push(extension);
    else this.extensions[known] = extension;
  }

  private update(data: Buffer): void {
    const { current } = this;
    if (current === undefined || !this.isMine) return;
    const step = Math.ceil((4 + current.bytes) / 4) * 4;
    for (let at = 0; at + 4 + current.bytes <= data.length; at += step) {
      const uid = data.readUInt32LE(at);
      if (this.uids.has(uid))
        this.uids.set(uid, Buffer.from(data.subarray(at + 4, at + 4 + current.bytes)));
    }
  }
}

/**
 * What `dovecot.index`, `dovecot.index.log` and `dovecot.index.log.2` say together; nothing where they do not
 * join without a gap, or one of them is damaged.
 *
 * @param path of the index, which need not exist: a young mailbox has a log only.
 */
export const readIndexRecords = async (
  files: MailFiles,
  path: string,
  wanted: string,
): Promise<IndexRecords | undefined> => {
  const index = await wholeFile(files, path);
  const logs: {
    readonly bytes: Buffer;
    readonly header: NonNullable<ReturnType<typeof readLogHeader>>;
  }[] = [];
  for (const name of [`${path}.log`, `${path}.log.2`]) {
    const bytes = await wholeFile(files, name);
    const header = bytes && readLogHeader(bytes);
    if (bytes !== undefined && header !== undefined) logs.push({ bytes, header });
  }
  logs.sort((a, b) => a.header.sequence - b.header.sequence);
  const records = new Records(wanted);
  let next: { sequence: number; offset: number; indexId: number } | undefined;
  if (index !== undefined) {
    next = records.load(index);
    if (next === undefined) return undefined;
  }
  const first = logs[0];
  if (first === undefined) return undefined;
  // Without an index, the log must be there from its very beginning.
  if (next === undefined && first.header.before !== 0) return undefined;
  next ??= {
    sequence: first.header.sequence,
    offset: first.header.headerBytes,
    indexId: first.header.indexId,
  };
  for (const { bytes, header } of logs) {
    if (header.indexId !== next.indexId) return undefined;
    if (header.sequence < next.sequence) continue;
    if (header.sequence !== next.sequence || next.offset > bytes.length) return undefined;
    for (const entry of logEntries(bytes, Math.max(next.offset, header.headerBytes)))
      records.apply(entry);
    next = { sequence: header.sequence + 1, offset: 0, indexId: header.indexId };
  }
  const isReached = next.sequence === (logs.at(-1)?.header.sequence ?? 0) + 1;
  return records.isSound && isReached ? records.uids : undefined;
};
