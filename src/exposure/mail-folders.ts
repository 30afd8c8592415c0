import {
  headBytes,
  type MailboxNaming,
  type MailEntry,
  type MailFiles,
  type MailFolder,
  type MailName,
  type MailPlace,
  type MailStore,
  type ReadMessage,
  type StoredMessage,
  type Wanted,
} from './mail-store.ts';

const nothing: Uint8Array = new Uint8Array();

interface Walk {
  readonly files: MailFiles;
  readonly stores: readonly MailStore[];
  readonly naming: MailboxNaming;
  /** Folders and files that were looked at: links may lead to one twice. */
  readonly seen: Set<string>;
  readonly wanted: (path: string) => Wanted;
}

/**
 * Every folder of mail at a path and below it, each once, in an order that stays. Folders that nobody takes
 * for mail are walked through; what lies in one that somebody takes is walked where it does not keep it.
 *
 * @param wanted where mail is looked for; everywhere, where nobody says.
 */
export async function* foldersBelow(
  path: string,
  files: MailFiles,
  stores: readonly MailStore[],
  naming: MailboxNaming,
  wanted: (path: string) => Wanted = () => 'mail',
): AsyncGenerator<MailFolder> {
  yield* below(path, { files, stores, naming, seen: new Set(), wanted }, 0);
}

async function* below(path: string, walk: Walk, depth: number): AsyncGenerator<MailFolder> {
  const { files, stores, naming, seen } = walk;
  const wanted = walk.wanted(path);
  if (wanted === 'none') return;
  const entry = await files.stat(path);
  if (entry === undefined || entry.kind === 'other' || seen.has(entry.identity)) return;
  if (depth > files.limits.depthMax) {
    files.note(path, `lies deeper than ${files.limits.depthMax} folders`);
    return;
  }
  seen.add(entry.identity);
  const place = await placeAt(path, entry, files);
  if (place === undefined) return;
  const takers: MailStore[] = [];
  for (const store of wanted === 'mail' ? stores : []) {
    if (await isTaken(store, place, files)) takers.push(store);
  }
  for (const store of takers) {
    try {
      for await (const folder of store.folders(place, files, naming)) {
        yield { ...folder, messages: () => guarded(folder, path, files) };
      }
    } catch {
      files.note(path, failed);
    }
  }
  for (const { name, kind } of place.names) {
    const inner = path === '/' ? `/${name}` : `${path}/${name}`;
    if (kind === 'other' || takers.some(store => store.keeps(place, name))) continue;
    yield* below(inner, walk, depth + 1);
  }
}

/** A store must not throw. One that does has met something that nobody thought of: all others are read. */
const failed = 'made its reader fail';

const isTaken = async (store: MailStore, place: MailPlace, files: MailFiles): Promise<boolean> => {
  try {
    return await store.recognises(place, files);
  } catch {
    files.note(place.path, failed);
    return false;
  }
};

async function* guarded(
  folder: MailFolder,
  path: string,
  files: MailFiles,
): AsyncGenerator<StoredMessage> {
  try {
    for await (const message of folder.messages()) {
      yield { ...message, read: () => readGuarded(message) };
    }
  } catch {
    files.note(path, failed);
  }
}

const readGuarded = async (message: StoredMessage): Promise<ReadMessage> => {
  try {
    return await message.read();
  } catch {
    return { state: 'unseen', why: 'damaged' };
  }
};

const placeAt = async (
  path: string,
  entry: MailEntry,
  files: MailFiles,
): Promise<MailPlace | undefined> => {
  const names: readonly MailName[] = entry.kind === 'folder' ? await files.list(path) : [];
  if (entry.kind !== 'file') return { path, entry, names, head: nothing };
  if (entry.sizeBytes === 0) return undefined;
  const head = await files.read(path, 0, headBytes);
  return head === undefined ? undefined : { path, entry, names, head: head.bytes };
};
