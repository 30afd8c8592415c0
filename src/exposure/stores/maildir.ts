import type {
  MailboxNaming,
  MailFiles,
  MailFolder,
  MailName,
  MailPlace,
  MailStore,
} from '../mail-store.ts';
import { folderNameOf } from '../places/folder-name.ts';
import { stateOf } from '../places/stored-bytes.ts';
import { maildirMessages } from './maildir/messages.ts';
import { uidListNames } from './maildir/uid-list.ts';

const parts: readonly string[] = ['cur', 'new', 'tmp'];

const hasFolder = (names: readonly MailName[], wanted: string): boolean =>
  names.some(({ name, kind }) => name === wanted && (kind === 'folder' || kind === 'link'));

/** `1276528487.M364837P9451.host` and all that begins as one: seconds, and something behind a dot. */
const isUniqueName = ({ name, kind }: MailName): boolean =>
  kind === 'file' && (/^\d{8,}\.[^/]/.test(name) || /[:;!]2,[A-Za-z]*$/.test(name));

/** Three folders; or, of a copy that left empty ones out, those that hold names as only Maildir has them. */
const isMaildir = async (
  path: string,
  names: readonly MailName[],
  files: MailFiles,
): Promise<boolean> => {
  const there = parts.filter(part => hasFolder(names, part));
  if (there.includes('cur') && there.length > 1) return true;
  const part = there.find(each => each !== 'tmp');
  if (part === undefined) return false;
  return (await files.list(`${path}/${part}`)).some(isUniqueName);
};

const joined = (path: string, name: string): string =>
  path === '/' ? `/${name}` : `${path}/${name}`;

/** Maildir (qmail's maildir(5)), with folders as Maildir++ or Dovecot's LAYOUT=fs lays them out. */
export const maildir: MailStore = {
  id: 'maildir',
  title: 'Maildir and Maildir++',
  recognises: async ({ path, entry, names }, files) =>
    entry.kind === 'folder' && (await isMaildir(path, names, files)),
  folders: (place, files, naming) => foldersIn(place, files, naming),
  keeps: ({ names }, name) =>
    parts.includes(name) || (isServersFile(name) && !hasFolder(names, name)),
};

/** What servers keep in a Maildir beside its mail. A folder of that name is one of mail, as any other. */
const isServersFile = (name: string): boolean =>
  /^(?:\.?dovecot|courier|maildirsize$|maildirfolder$|subscriptions$)/.test(name);

/**
 * The folder itself: those within are recognised when the walk comes to them, and named after the mailbox
 * they lie in by their path.
 */
async function* foldersIn(
  { path }: MailPlace,
  files: MailFiles,
  naming: MailboxNaming,
): AsyncGenerator<MailFolder> {
  const { mailbox, name } = await placed(path, files, naming);
  const state = await stateOf(files, [
    joined(path, 'new'),
    joined(path, 'cur'),
    ...uidListNames.map(each => joined(path, each)),
  ]);
  yield {
    store: 'maildir',
    mailbox,
    name,
    ...(state === undefined ? {} : { state }),
    messages: () => maildirMessages(files, path),
  };
}

const placed = async (
  path: string,
  files: MailFiles,
  naming: MailboxNaming,
): Promise<{ readonly mailbox: string; readonly name: string }> => {
  const own = naming.mailboxOf(path);
  if (own.isTold) return { mailbox: own.mailbox, name: folderNameOf(own.within) };
  const top = await topOf(path, files);
  return { mailbox: naming.mailboxOf(top).mailbox, name: folderNameOf(path.slice(top.length)) };
};

const levelsMax = 32;

/**
 * The mailbox that a Maildir belongs to where no template tells: the uppermost Maildir above it without one
 * missing in between, and the folder that holds it where its own name begins with a dot.
 */
const topOf = async (path: string, files: MailFiles): Promise<string> => {
  let top = path;
  for (let levels = 0; levels < levelsMax; levels++) {
    const slash = top.lastIndexOf('/');
    if (slash < 1) return top;
    const parent = top.slice(0, slash);
    const isDotted = top.startsWith('.', slash + 1);
    if (!isDotted && (await files.stat(`${parent}/cur`))?.kind !== 'folder') return top;
    top = parent;
  }
  return top;
};
