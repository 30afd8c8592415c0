import type {
  MailboxNaming,
  MailFiles,
  MailFolder,
  MailName,
  MailPlace,
  MailStore,
  StoredMessage,
} from '../mail-store.ts';
import { folderNameOf } from '../places/folder-name.ts';
import { stateOf } from '../places/stored-bytes.ts';
import { type MultiPlace, multiFolders } from './dbox/multi.ts';
import { readSingle } from './dbox/read-piece.ts';

const singleName = /^u\.[1-9]\d{0,9}$/;
const multiName = /^m\.\d{1,9}$/;

const isFolder = ({ kind }: MailName): boolean => kind === 'folder' || kind === 'link';

const has = (names: readonly MailName[], wanted: string): boolean =>
  names.some(each => each.name === wanted && isFolder(each));

/** The uppermost folder of an mdbox; its alternative storage has the files alone. */
const isMulti = async ({ path, names }: MailPlace, files: MailFiles): Promise<boolean> =>
  has(names, 'storage') &&
  (await files.list(`${path}/storage`)).some(
    ({ name }) => multiName.test(name) || name.startsWith('dovecot.map'),
  );

/** dbox of Dovecot: sdbox, a file for each message, and mdbox, files of many with a map of where they are. */
export const dbox: MailStore = {
  id: 'dbox',
  title: 'Dovecot’s sdbox and mdbox',
  recognises: async (place, files) =>
    place.entry.kind === 'folder' &&
    (place.names.some(({ name }) => singleName.test(name)) || (await isMulti(place, files))),
  folders: (place, files, naming) =>
    place.names.some(({ name }) => singleName.test(name))
      ? singleFolder(place, files, naming)
      : multiFolder(place, files, naming),
  keeps: ({ names }, name) =>
    singleName.test(name) ||
    name.startsWith('dovecot') ||
    (name === 'storage' && !names.some(each => singleName.test(each.name))) ||
    (name === 'mailboxes' && has(names, 'storage')),
};

/** Where the mailbox ends and its folders begin, whatever tells whose it is. */
const placed = (
  path: string,
  naming: MailboxNaming,
): { readonly mailbox: string; readonly name: string } => {
  const found = naming.mailboxOf(path);
  if (found.isTold) return { mailbox: found.mailbox, name: folderNameOf(found.within) };
  const at = path.indexOf('/mailboxes/');
  const top = at < 0 ? path : path.slice(0, at);
  return {
    mailbox: naming.mailboxOf(top).mailbox,
    name: folderNameOf(at < 0 ? '' : path.slice(at)),
  };
};

async function* singleFolder(
  { path, names }: MailPlace,
  files: MailFiles,
  naming: MailboxNaming,
): AsyncGenerator<MailFolder> {
  const { mailbox, name } = placed(path, naming);
  const state = await stateOf(files, [path]);
  const uids = names
    .flatMap(each => (singleName.test(each.name) ? [Number(each.name.slice(2))] : []))
    .sort((a, b) => a - b);
  yield {
    store: 'dbox',
    mailbox,
    name,
    ...(state === undefined ? {} : { state }),
    messages: () => singleMessages(files, path, uids),
  };
}

async function* singleMessages(
  files: MailFiles,
  path: string,
  uids: readonly number[],
): AsyncGenerator<StoredMessage> {
  for (const uid of uids) {
    yield { key: `u.${uid}`, uid, read: () => readSingle(files, `${path}/u.${uid}`) };
  }
}

const levelsMax = 24;

/** Folders of mail below `mailboxes`: those that hold an index, in `dbox-Mails` or what DIRNAME calls it. */
async function* indexFolders(
  path: string,
  files: MailFiles,
  levels: number,
): AsyncGenerator<string> {
  const names = await files.list(path);
  if (names.some(({ name }) => name.startsWith('dovecot.index'))) yield path;
  if (levels === 0) return;
  for (const each of names) {
    if (isFolder(each)) yield* indexFolders(`${path}/${each.name}`, files, levels - 1);
  }
}

async function* multiFolder(
  { path }: MailPlace,
  files: MailFiles,
  naming: MailboxNaming,
): AsyncGenerator<MailFolder> {
  const { mailbox } = naming.mailboxOf(path);
  const folders: MultiPlace['folders'][number][] = [];
  const base = `${path}/mailboxes`;
  for await (const folder of indexFolders(base, files, levelsMax)) {
    folders.push({ path: folder, name: folderNameOf(folder.slice(base.length)) });
  }
  yield* multiFolders(files, { root: path, mailbox, folders });
}
