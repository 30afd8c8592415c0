import type { MailStore } from '../mail-store.ts';

/** A zip file with an entry in it; Office's files are such, too, and hold no messages. */
const isZip = (head: Uint8Array): boolean =>
  head[0] === 0x50 && head[1] === 0x4b && head[2] === 3 && head[3] === 4;

const isOffice = (head: Uint8Array): boolean =>
  /^(?:\[Content_Types\]\.xml|mimetype|META-INF\/|_rels\/)/.test(
    Buffer.from(head.subarray(30, 60)).toString('latin1'),
  );

/** Zip archives of messages and mboxes, such as Google Takeout gives. */
export const zip: MailStore = {
  id: 'zip',
  title: 'Zip archives with .eml files or mboxes in them',
  recognises: async ({ entry, head }) => entry.kind === 'file' && isZip(head) && !isOffice(head),
  folders: async function* ({ path }, files, naming) {
    const read = files.foreign?.zip;
    if (read === undefined) files.note(path, 'is a zip archive, which is not read here');
    else yield* read(path, naming.mailboxOf(path.replace(/\.zip$/i, '')).mailbox);
  },
  keeps: () => false,
};
