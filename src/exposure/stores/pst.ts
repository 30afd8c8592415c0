import type { MailStore } from '../mail-store.ts';
import { startsWith } from '../places/starts-with.ts';

const magic = Buffer.from('!BDN');

/**
 * Outlook's PST and OST files. They are read by a library in a thread of its own, whose memory and time
 * are bounded: `MailFiles.foreign`.
 */
export const pst: MailStore = {
  id: 'pst',
  title: 'Outlook’s PST and OST files',
  recognises: async ({ entry, head }) => entry.kind === 'file' && startsWith(head, magic),
  folders: async function* ({ path }, files, naming) {
    const read = files.foreign?.pst;
    if (read === undefined) files.note(path, 'is a file of Outlook, which is not read here');
    else yield* read(path, naming.mailboxOf(path.replace(/\.(?:pst|ost)$/i, '')).mailbox);
  },
  keeps: () => false,
};
