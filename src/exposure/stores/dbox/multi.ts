import type { MailFiles, MailFolder, StoredMessage } from '../../mail-store.ts';
import { openRunningBytes } from '../../places/running-bytes.ts';
import { stateOf } from '../../places/stored-bytes.ts';
import { fileHeader, pieceAt } from './file.ts';
import { type IndexRecords, readIndexRecords } from './index-records.ts';
import { headerBytesOf, readOne, readPiece } from './read-piece.ts';

/** Whose an mdbox is, and how its folders are called. */
export interface MultiPlace {
  readonly root: string;
  readonly mailbox: string;
  /** Folders that hold an index, each with its name. */
  readonly folders: readonly { readonly path: string; readonly name: string }[];
}

interface Lying {
  readonly uid: number;
  readonly mapUid: number;
  readonly file: number;
  readonly offset: number;
  readonly sizeBytes: number;
}

const mapBytes = 12;
const indexFiles: readonly string[] = ['dovecot.index', 'dovecot.index.log'];
const mapFiles: readonly string[] = ['dovecot.map.index', 'dovecot.map.index.log'];

const statePaths = (folder: string, names: readonly string[]): readonly string[] =>
  names.map(name => `${folder}/${name}`);

/** Where each message of a folder lies: its own index says which entry of the map, the map which file. */
const lyingIn = (records: IndexRecords, map: IndexRecords): readonly Lying[] => {
  const lying: Lying[] = [];
  for (const [uid, data] of records) {
    const mapUid = data.length < 4 ? 0 : data.readUInt32LE(0);
    const entry = map.get(mapUid);
    if (entry === undefined || entry.length < mapBytes) continue;
    lying.push({
      uid,
      mapUid,
      file: entry.readUInt32LE(0),
      offset: entry.readUInt32LE(4),
      sizeBytes: entry.readUInt32LE(8),
    });
  }
  return lying.sort((a, b) => a.uid - b.uid);
};

const placeKey = (file: number, offset: number): number => file * 2 ** 32 + offset;

/**
 * Folders of an mdbox. Where its map and indexes can be read, each message is in the folders that it is in;
 * what lies in the files and is in none was expunged, and waits there for `doveadm purge`: it comes without a
 * folder. Where they cannot, all messages come without one, and nobody says of any that it was expunged.
 */
export async function* multiFolders(
  files: MailFiles,
  { root, mailbox, folders }: MultiPlace,
): AsyncGenerator<MailFolder> {
  const storage = `${root}/storage`;
  const map = await readIndexRecords(files, `${storage}/dovecot.map.index`, 'map');
  const taken = new Set<number>();
  let isWhole = map !== undefined;
  for (const { path, name } of folders) {
    const state = await stateOf(files, [
      ...statePaths(path, indexFiles),
      ...statePaths(storage, mapFiles),
    ]);
    const records = await readIndexRecords(files, `${path}/dovecot.index`, 'mdbox');
    if (map === undefined || records === undefined) {
      isWhole = false;
      continue;
    }
    const lying = lyingIn(records, map);
    for (const { file, offset } of lying) taken.add(placeKey(file, offset));
    yield {
      store: 'dbox',
      mailbox,
      name,
      ...(state === undefined ? {} : { state }),
      messages: () => inFolder(files, storage, lying),
    };
  }
  yield await leftOver(files, storage, mailbox, taken, isWhole);
}

async function* inFolder(
  files: MailFiles,
  storage: string,
  lying: readonly Lying[],
): AsyncGenerator<StoredMessage> {
  const headers = new Map<number, Promise<number>>();
  const headerBytes = (file: number): Promise<number> => {
    const known = headers.get(file) ?? headerBytesOf(files, `${storage}/m.${file}`);
    headers.set(file, known);
    return known;
  };
  for (const place of lying) {
    const { uid, mapUid, file } = place;
    yield {
      // Purging moves messages to other files; their number in the map stays.
      key: `${mapUid}.${uid}`,
      uid,
      read: async () => readOne(files, `${storage}/m.${file}`, place, await headerBytes(file)),
    };
  }
}

/** Numbers of the files with messages, ascending. */
const storageFiles = async (files: MailFiles, storage: string): Promise<readonly number[]> =>
  (await files.list(storage))
    .flatMap(({ name }) => (/^m\.\d{1,9}$/.test(name) ? [Number(name.slice(2))] : []))
    .sort((a, b) => a - b);

const leftOver = async (
  files: MailFiles,
  storage: string,
  mailbox: string,
  taken: ReadonlySet<number>,
  isWhole: boolean,
): Promise<MailFolder> => {
  const numbers = await storageFiles(files, storage);
  const state = await stateOf(files, [
    storage,
    ...statePaths(storage, mapFiles),
    ...numbers.map(number => `${storage}/m.${number}`),
  ]);
  return {
    store: 'dbox',
    mailbox,
    ...(state === undefined ? {} : { state: `${state} ${taken.size} ${isWhole}` }),
    messages: () => unclaimed(files, storage, numbers, taken, isWhole),
  };
};

async function* unclaimed(
  files: MailFiles,
  storage: string,
  numbers: readonly number[],
  taken: ReadonlySet<number>,
  isWhole: boolean,
): AsyncGenerator<StoredMessage> {
  for (const number of numbers) {
    const path = `${storage}/m.${number}`;
    const entry = await files.stat(path);
    if (entry === undefined) continue;
    const bytes = openRunningBytes(files, path, entry.identity, false);
    const header = await fileHeader(bytes);
    if (header === undefined) {
      if (entry.sizeBytes > 0) files.note(path, 'is a file of mdbox that cannot be read');
      continue;
    }
    for (let offset = header.end; offset < entry.sizeBytes; ) {
      const piece = await pieceAt(bytes, offset, header.headerBytes);
      if (piece === undefined) {
        // Room that was reserved is zeros; anything else hides what follows.
        if ((await bytes.at(offset, 1))[0] !== 0)
          files.note(path, 'is damaged behind some messages');
        break;
      }
      bytes.passed(piece.next);
      offset = piece.next;
      if (taken.has(placeKey(number, piece.offset))) continue;
      yield {
        key: piece.guid ?? `${number}.${piece.offset}`,
        sizeBytes: piece.end - piece.from,
        ...(piece.received === undefined ? {} : { received: piece.received }),
        ...(isWhole ? { isExpunged: true } : {}),
        read: () => readPiece(files, path, piece),
      };
    }
  }
}
