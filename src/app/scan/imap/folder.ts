import type { FetchMessageObject } from 'imapflow';
import type { ReadMessage, StoredMessage } from '../../../exposure/mail-store.ts';
import { type ImapSession, ImapTrouble } from './session.ts';

/** What a listing tells of a message, without its text. */
interface Listed {
  readonly uid: number;
  readonly sizeBytes: number;
  readonly received?: number;
}

/** One request asks for at most so many messages and bytes: they are in memory, and those of the next request too. */
const batchMessagesMax = 128;
const batchBytesMax = 8 << 20;
/** Asked for where what was fetched ahead was not wanted. */
const batchMessagesMin = 1;

const msOf = (date: Date | string | undefined): number | undefined => {
  const ms = date instanceof Date ? date.getTime() : Date.parse(date ?? '');
  return Number.isNaN(ms) ? undefined : ms;
};

/** `1:3,7`: ranges only where no number lies between, so that nothing comes that was not asked for. */
export const uidSet = (uids: readonly number[]): string => {
  const ranges: string[] = [];
  for (let i = 0; i < uids.length; ) {
    let end = i;
    while (uids[end + 1] === (uids[end] ?? 0) + 1) end += 1;
    ranges.push(end === i ? `${uids[i]}` : `${uids[i]}:${uids[end]}`);
    i = end + 1;
  }
  return ranges.join(',');
};

const orTrouble = async <T>(
  asked: Promise<T>,
  note: (why: string) => void,
): Promise<T | undefined> => {
  try {
    return await asked;
  } catch (thrown) {
    if (!(thrown instanceof ImapTrouble)) throw thrown;
    note(thrown.message);
    return undefined;
  }
};

type Fetched = ReadonlyMap<number, ReadMessage>;

/** The messages of one folder: read one after the other, and fetched some at a time, the next ones meanwhile. */
export class ImapFolderReader {
  private readonly session: ImapSession;
  private readonly path: string;
  private readonly messageBytesMax: number;
  private listed: readonly Listed[] = [];
  private uidValidity: bigint | undefined;
  private inHand: Fetched = new Map();
  private taken = 0;
  private next:
    | { readonly at: number; readonly end: number; readonly fetched: Promise<Fetched> }
    | undefined;
  private most = batchMessagesMax;

  constructor(session: ImapSession, path: string, messageBytesMax: number) {
    this.session = session;
    this.path = path;
    this.messageBytesMax = messageBytesMax;
  }

  /** @param note is told where the folder cannot be listed, or not read to its end. */
  async *messages(note: (why: string) => void): AsyncGenerator<StoredMessage> {
    const listed = await orTrouble(this.list(), note);
    if (listed === undefined) return;
    for (const [i, { uid, sizeBytes, received }] of this.listed.entries()) {
      yield {
        key: `${this.uidValidity}.${uid}`,
        uid,
        sizeBytes,
        ...(received === undefined ? {} : { received }),
        read: async () =>
          (await orTrouble(this.read(i, uid), note)) ?? { state: 'unseen', why: 'forbidden' },
      };
    }
  }

  private async list(): Promise<true> {
    this.listed = await this.session.use(async client => {
      this.uidValidity = await this.session.examine(client, this.path);
      if (client.mailbox === false || client.mailbox.exists === 0) return [];
      const listed: Listed[] = [];
      const query = { uid: true, size: true, internalDate: true };
      for await (const { uid, size, internalDate } of client.fetch('1:*', query, { uid: true })) {
        const received = msOf(internalDate);
        listed.push({ uid, sizeBytes: size ?? 0, ...(received === undefined ? {} : { received }) });
      }
      return listed.sort((a, b) => a.uid - b.uid);
    });
    return true;
  }

  private async read(at: number, uid: number): Promise<ReadMessage> {
    const known = this.inHand.get(uid);
    if (known === undefined) await this.batchFrom(at);
    const found = known ?? this.inHand.get(uid);
    this.taken += 1;
    return found ?? { state: 'gone' };
  }

  private async batchFrom(at: number): Promise<void> {
    const { next, taken, inHand } = this;
    // Half of what was fetched ahead was not asked for: what is new lies apart.
    this.most =
      inHand.size > 1 && taken * 2 < inHand.size
        ? batchMessagesMin
        : Math.min(batchMessagesMax, this.most * 2);
    this.taken = 0;
    this.next = undefined;
    const isNext = next !== undefined && at >= next.at && at < next.end;
    if (next !== undefined && !isNext) await next.fetched.catch(() => {});
    const current = isNext ? next : this.request(at);
    this.inHand = await current.fetched;
    if (current.end < this.listed.length && this.most > 1) {
      this.next = this.request(current.end);
      // Where it fails, whoever asks for it is told.
      this.next.fetched.catch(() => {});
    }
  }

  private request(at: number): { at: number; end: number; fetched: Promise<Fetched> } {
    let bytes = 0;
    let end = at;
    while (end < this.listed.length && end - at < this.most) {
      bytes += Math.min(this.listed[end]?.sizeBytes ?? 0, this.messageBytesMax);
      if (bytes > batchBytesMax && end > at) break;
      end += 1;
    }
    const uids = this.listed.slice(at, end).map(({ uid }) => uid);
    return { at, end, fetched: this.fetch(uids) };
  }

  private fetch(uids: readonly number[]): Promise<Fetched> {
    return this.session.use(async client => {
      const fetched = new Map<number, ReadMessage>();
      const uidValidity = await this.session.examine(client, this.path);
      // Numbers of another time are of other messages.
      if (uidValidity !== this.uidValidity) return fetched;
      const source = { start: 0, maxLength: this.messageBytesMax };
      const query = { uid: true, size: true, internalDate: true, source };
      for await (const message of client.fetch(uidSet(uids), query, { uid: true })) {
        fetched.set(message.uid, this.readOf(message));
      }
      return fetched;
    });
  }

  private readOf({ source, size, internalDate }: FetchMessageObject): ReadMessage {
    if (source === undefined) return { state: 'unseen', why: 'damaged' };
    const received = msOf(internalDate);
    return {
      state: 'read',
      bytes: new Uint8Array(source),
      isCut: (size ?? 0) > this.messageBytesMax,
      ...(received === undefined ? {} : { received }),
    };
  }
}
