import type { Pseudonym } from '../../core/personal.ts';

/** What makes pseudonyms: see `Pseudonyms`. */
interface Namer {
  of(kind: 'mailbox' | 'folder' | 'message-key', text: string): Pseudonym;
}

/** One spelling for names that logs, settings and folders write in small and capital letters. */
const oneSpelling = (name: string): string => name.normalize('NFC').toLowerCase();

/** Pseudonym of a mailbox by its name as logs have it: `taro@example.jp`. */
export const mailboxPseudonym = (namer: Namer, mailbox: string): Pseudonym =>
  namer.of('mailbox', oneSpelling(mailbox.trim()));

/** Pseudonym of a folder's name: `INBOX`, `Sent`, `Sent/2026`; the same in all mailboxes. */
export const folderPseudonym = (namer: Namer, folder: string): Pseudonym =>
  namer.of('folder', oneSpelling(folder));

/** Pseudonym of a place that is scanned: its path, or its address without a password. */
export const sourcePseudonym = (namer: Namer, place: string): Pseudonym =>
  namer.of('folder', `source\n${place}`);

/** A pseudonym as it is shown: 24 hexadecimal digits. */
export const shownPseudonym = ({ high, low }: Pseudonym): string =>
  high.toString(16).padStart(12, '0') + low.toString(16).padStart(12, '0');

/** A pseudonym that stands for a path in what is told of it. */
export const pathPseudonym = (namer: Namer, path: string): string =>
  `path ${shownPseudonym(namer.of('folder', `path\n${path}`)).slice(0, 16)}`;
