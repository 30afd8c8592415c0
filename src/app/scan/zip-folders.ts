import { closeSync, fstatSync } from 'node:fs';
import type {
  MailFiles,
  MailFolder,
  ReadMessage,
  StoredMessage,
} from '../../exposure/mail-store.ts';
import { receivedIn } from '../../exposure/places/received.ts';
import { streamedBytes } from '../../exposure/places/running-bytes.ts';
import { storedMessage } from '../../exposure/places/stored-bytes.ts';
import { looksLikeMessage } from '../../exposure/stores/eml/looks.ts';
import { named, others } from '../../exposure/stores/eml/members.ts';
import { messagesIn } from '../../exposure/stores/mbox/messages.ts';
import { isMbox } from '../../exposure/stores/mbox.ts';
import { FileSource, type Source } from '../../intake/source.ts';
import { dataOffset, type ZipEntry, zipEntries } from '../../intake/zip.ts';
import { entryChunks, isReadable } from '../../intake/zip-entry.ts';

/** The file, open; and where what is seen of it goes. */
export interface ZipSource {
  open(): number | undefined;
  readonly path: string;
  readonly files: MailFiles;
  readonly state: string | undefined;
}

interface Member {
  readonly name: string;
  readonly entry: ZipEntry;
}

const entriesMax = 4_000_000;
const headBytes = 4_096;

const nameOf = ({ rawName }: ZipEntry): string => rawName.toString('utf8').replaceAll('\\', '/');

/** Members by the folder that they are in. What is no file is none. */
const foldersIn = (source: Source): ReadonlyMap<string, readonly Member[]> => {
  const folders = new Map<string, Member[]>();
  let count = 0;
  for (const entry of zipEntries(source)) {
    if (entry.kind !== 'file' || entry.bytes === 0) continue;
    if (++count > entriesMax) break;
    const name = nameOf(entry);
    const folder = name.slice(0, Math.max(0, name.lastIndexOf('/')));
    const known = folders.get(folder);
    if (known === undefined) folders.set(folder, [{ name, entry }]);
    else known.push({ name, entry });
  }
  return folders;
};

/** The front of a member, as much as is asked for; an archive may lie about the rest. */
const front = async (
  source: Source,
  entry: ZipEntry,
  bytesMax: number,
): Promise<{ readonly bytes: Buffer; readonly isCut: boolean }> => {
  const pieces: Buffer[] = [];
  let have = 0;
  let isCut = false;
  try {
    for await (const piece of entryChunks(source, dataOffset(source.fork(), entry), entry)) {
      pieces.push(Buffer.from(piece));
      have += piece.length;
      if (have >= bytesMax) break;
    }
  } catch {
    isCut = true;
  }
  const bytes = Buffer.concat(pieces);
  return {
    bytes: bytes.subarray(0, bytesMax),
    isCut: isCut || have > bytesMax || entry.bytes > have,
  };
};

const read = async (files: MailFiles, source: Source, entry: ZipEntry): Promise<ReadMessage> => {
  if (entry.encrypted) return { state: 'unseen', why: 'encrypted' };
  if (!isReadable(entry)) return { state: 'unseen', why: 'packed' };
  const { bytes, isCut } = await front(source, entry, files.limits.messageBytesMax);
  if (bytes.length === 0) return { state: 'unseen', why: 'damaged' };
  const received = receivedIn(bytes);
  return storedMessage(files.limits, bytes, {
    isCut,
    ...(received === undefined ? {} : { received }),
  });
};

const chunks = (source: Source, entry: ZipEntry): AsyncIterable<Buffer> =>
  entryChunks(source, dataOffset(source.fork(), entry), entry);

/** What a member is: by its name, else by how it begins. */
const kindOf = async (
  source: Source,
  { name, entry }: Member,
): Promise<'message' | 'mbox' | undefined> => {
  const base = name.slice(name.lastIndexOf('/') + 1);
  if (named.test(base)) return 'message';
  const mayBeMbox = !others.test(base) || /\.(?:mbox|mbx)$/i.test(base);
  if (!mayBeMbox || entry.encrypted || !isReadable(entry)) return undefined;
  const { bytes } = await front(source, entry, headBytes);
  if (isMbox(bytes)) return 'mbox';
  return looksLikeMessage(bytes) ? 'message' : undefined;
};

async function* inFolder(
  zip: ZipSource,
  source: Source,
  members: readonly Member[],
): AsyncGenerator<StoredMessage> {
  for (const { name, entry } of members) {
    yield { key: name, sizeBytes: entry.bytes, read: () => read(zip.files, source, entry) };
  }
}

async function* inMbox(
  zip: ZipSource,
  source: Source,
  { entry }: Member,
): AsyncGenerator<StoredMessage> {
  const { files, path } = zip;
  try {
    yield* messagesIn(
      files,
      path,
      streamedBytes(chunks(source, entry), files.limits.messageBytesMax),
    );
  } catch {
    files.note(path, 'holds an mbox that is damaged');
  }
}

/** Folders of a zip archive with messages in them, and the mboxes in it. */
export async function* zipFolders(zip: ZipSource, mailbox: string): AsyncGenerator<MailFolder> {
  const fd = zip.open();
  if (fd === undefined) return;
  try {
    const source = new FileSource(fd, fstatSync(fd).size);
    const state = zip.state === undefined ? {} : { state: zip.state };
    let folders: ReadonlyMap<string, readonly Member[]>;
    try {
      folders = foldersIn(source);
    } catch {
      zip.files.note(zip.path, 'is a zip archive that is damaged or not whole');
      return;
    }
    for (const [folder, members] of folders) {
      const messages: Member[] = [];
      for (const member of members) {
        const kind = await kindOf(source, member);
        if (kind === 'message') messages.push(member);
        if (kind !== 'mbox') continue;
        const name = member.name.replace(/\.(?:mbox|mbx)$/i, '');
        yield {
          store: 'zip',
          mailbox,
          name,
          ...state,
          messages: () => inMbox(zip, source, member),
        };
      }
      if (messages.length === 0) continue;
      const name = folder === '' ? {} : { name: folder };
      yield {
        store: 'zip',
        mailbox,
        ...name,
        ...state,
        messages: () => inFolder(zip, source, messages),
      };
    }
  } finally {
    closeSync(fd);
  }
}
