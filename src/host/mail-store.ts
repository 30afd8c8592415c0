import { type Dirent, lstatSync } from 'node:fs';

const maildirParts: readonly string[] = ['cur', 'new', 'tmp'];

const isFolder = (path: string): boolean =>
  lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** Whether a folder is a Maildir, by three looks at it: a sixth of what listing it costs. */
export const isMaildirAt = (hostPath: string): boolean => {
  try {
    return maildirParts.every(part => isFolder(`${hostPath}/${part}`));
  } catch {
    return false;
  }
};

/**
 * Which of a folder's folders hold mail and nothing else: all of a mailbox (Maildir; a folder of
 * Dovecot's dbox; a mailbox of Cyrus), and the mail of a home that Dovecot keeps in dbox.
 */
export const mailFoldersIn = (
  entries: readonly Dirent[],
): 'maildir' | 'all' | ReadonlySet<string> => {
  const has = (name: string): boolean => entries.some(entry => entry.name === name);
  const hasFolder = (name: string): boolean =>
    entries.some(entry => entry.name === name && entry.isDirectory());
  if (maildirParts.every(hasFolder)) return 'maildir';
  if (hasFolder('dbox-Mails') || has('cyrus.header') || has('cyrus.index')) return 'all';
  if (!hasFolder('mailboxes')) return noFolders;
  const dovecots = hasFolder('storage') || entries.some(({ name }) => name.startsWith('dovecot'));
  return dovecots ? dboxFolders : noFolders;
};

const noFolders: ReadonlySet<string> = new Set();
const dboxFolders: ReadonlySet<string> = new Set(['mailboxes', 'storage']);
