import type { MailboxNaming, MailFiles, MailFolder, MailPlace, MailStore } from '../mail-store.ts';
import { folderNameOf } from '../places/folder-name.ts';
import { isGzip, unpackedHead } from '../places/running-bytes.ts';
import { stateOf } from '../places/stored-bytes.ts';
import { looksLikeHeader, readFromLine } from './mbox/from-line.ts';
import { mboxMessages } from './mbox/messages.ts';

/** A date in its first line, or a header behind it; an MMDF file's mark. */
export const isMbox = (head: Uint8Array): boolean => {
  const front = isGzip(head) ? unpackedHead(head) : head;
  const text = Buffer.from(front.buffer, front.byteOffset, Math.min(front.length, 4_096))
    .toString('latin1')
    .replace(/^[\r\n]+/, '');
  if (text.startsWith('\x01\x01\x01\x01\n')) return true;
  const feed = text.indexOf('\n');
  if (!text.startsWith('From ') || feed < 0) return false;
  const line = text.slice(0, feed).replace(/\r$/, '');
  const next = text.slice(feed + 1);
  if (readFromLine(line) !== undefined) return true;
  return /^From \S+\s*$/.test(line) && looksLikeHeader(next) && !next.startsWith('>From ');
};

/**
 * mbox in its variants (RFC 4155; mboxo, mboxrd, mboxcl, mboxcl2), MMDF, and both packed with gzip. Google
 * Takeout, Thunderbird and mail servers write it.
 */
export const mbox: MailStore = {
  id: 'mbox',
  title: 'mbox and MMDF',
  recognises: async ({ entry, head }) => entry.kind === 'file' && isMbox(head),
  folders: (place, files, naming) => folderAt(place, files, naming),
  keeps: () => false,
};

const ending = /\.(?:mbox|mbx|gz)$/i;

async function* folderAt(
  place: MailPlace,
  files: MailFiles,
  naming: MailboxNaming,
): AsyncGenerator<MailFolder> {
  const { path } = place;
  const { mailbox, within, isTold } = naming.mailboxOf(path);
  const state = await stateOf(files, [path]);
  const bare = within.replace(ending, '').replace(ending, '');
  yield {
    store: 'mbox',
    mailbox,
    // Where nobody tells whose it is, its name may be a person's as well as a folder's.
    ...(isTold ? { name: folderNameOf(bare) } : {}),
    ...(state === undefined ? {} : { state }),
    messages: () => mboxMessages(files, place),
  };
}
