import { packingOf } from '../../core/formats/unpack.ts';
import { baseOf } from '../../core/paths.ts';
import type { MailStore } from '../mail-store.ts';
import { stateOf } from '../places/stored-bytes.ts';
import { isMbox } from './mbox.ts';

/** Names that archives of mail bear; others may be anything. */
const ofMail = /mbox|mail|inbox|imap|\.eml|\.pst/i;

const magics: readonly Buffer[] = [
  Buffer.from('377abcaf271c', 'hex'),
  Buffer.from('Rar!\x1a\x07', 'latin1'),
];

const isArchive = (head: Uint8Array): boolean => {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.length);
  const isTar = bytes.toString('latin1', 257, 262) === 'ustar';
  const isNamed = magics.some(magic => bytes.subarray(0, magic.length).equals(magic));
  return isTar || isNamed || packingOf(head) !== 'plain';
};

/**
 * Archives of mail that nobody looks into (tar, 7z, RAR, an mbox packed with xz): one thing each that is there, and
 * may hold any number of messages.
 */
export const packed: MailStore = {
  id: 'packed',
  title: 'Archives of mail that are not looked into',
  recognises: async ({ path, entry, head }) =>
    entry.kind === 'file' && ofMail.test(baseOf(path)) && isArchive(head) && !isMbox(head),
  folders: async function* ({ path }, files, naming) {
    const state = await stateOf(files, [path]);
    yield {
      store: 'packed',
      mailbox: naming.mailboxOf(path).mailbox,
      ...(state === undefined ? {} : { state }),
      messages: async function* () {
        yield { key: 'archive', read: async () => ({ state: 'unseen', why: 'packed' }) };
      },
    };
  },
  keeps: () => false,
};
