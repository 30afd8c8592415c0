import { dirOf } from '../../core/paths.ts';
import type { MailboxNaming, MailFiles, MailFolder, MailPlace, MailStore } from '../mail-store.ts';
import { folderNameOf } from '../places/folder-name.ts';
import { stateOf } from '../places/stored-bytes.ts';
import { cyrusHeaderPlace, cyrusPlace } from './eml/cyrus-place.ts';
import { looksLikeMessage } from './eml/looks.ts';
import { type Members, membersOf } from './eml/members.ts';
import { emlMessages } from './eml/messages.ts';

/** What was found in a folder when it was recognised: reading samples of it once is enough. */
const membersIn = new WeakMap<
  MailPlace,
  { readonly members: Members; readonly names: ReadonlySet<string> }
>();

/**
 * Files of one message each: `.eml`, Apple's `.emlx`, MH, Cyrus, MIME that was exported from Exchange or
 * another server, and whatever begins as a message does.
 */
export const eml: MailStore = {
  id: 'eml',
  title: 'Files of one message each: .eml, .emlx, MH, Cyrus',
  recognises: async (place, files) => {
    if (place.entry.kind === 'file') return looksLikeMessage(place.head);
    const members = await membersOf(place, files);
    if (members === undefined) return false;
    membersIn.set(place, { members, names: new Set(members.names) });
    return true;
  },
  folders: (place, files, naming) => foldersIn(place, files, naming),
  keeps: (place, name) => {
    const found = membersIn.get(place);
    if (found === undefined) return false;
    return found.names.has(name) || (found.members.layout === 'cyrus' && name.startsWith('cyrus.'));
  },
};

interface Placed {
  readonly mailbox: string;
  readonly name?: string;
}

const cyrusPlaced = async (path: string, files: MailFiles): Promise<Placed | undefined> => {
  const header = await files.read(`${path}/cyrus.header`, 0, 4_096);
  const found = (header && cyrusHeaderPlace(header.bytes)) ?? cyrusPlace(path);
  return found && { mailbox: found.mailbox, name: found.folder };
};

/** Apple Mail lies in `INBOX.mbox/ID/Data/Messages`. */
const appleFolder = (path: string): string | undefined =>
  path.endsWith('/Messages')
    ? /^(.+)\.(?:imap)?mbox$/.exec(
        path.split('/').findLast(each => each.endsWith('mbox')) ?? '',
      )?.[1]
    : undefined;

const placed = (path: string, naming: MailboxNaming): Placed => {
  const { mailbox, within, isTold } = naming.mailboxOf(path);
  const apple = appleFolder(path);
  if (apple !== undefined) return { mailbox, name: apple };
  return isTold ? { mailbox, name: folderNameOf(within) } : { mailbox };
};

async function* foldersIn(
  place: MailPlace,
  files: MailFiles,
  naming: MailboxNaming,
): AsyncGenerator<MailFolder> {
  const { path, entry } = place;
  const isAlone = entry.kind === 'file';
  const folder = isAlone ? dirOf(path) : path;
  const members: Members | undefined = isAlone
    ? { layout: 'named', names: [path.slice(path.lastIndexOf('/') + 1)] }
    : membersIn.get(place)?.members;
  if (members === undefined) return;
  const known = members.layout === 'cyrus' ? await cyrusPlaced(path, files) : undefined;
  const { mailbox, name } = known ?? placed(folder, naming);
  const state = await stateOf(files, [path]);
  yield {
    store: 'eml',
    mailbox,
    ...(name === undefined ? {} : { name }),
    ...(state === undefined ? {} : { state }),
    messages: () => emlMessages(files, folder, members),
  };
}
