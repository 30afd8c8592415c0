import type { MailFiles, MailName, MailPlace } from '../../mail-store.ts';
import { looksLikeMessage } from './looks.ts';

/** How files of one message each are named in a folder. */
export type Layout = 'named' | 'cyrus' | 'numbers' | 'sniffed';

export interface Members {
  readonly layout: Layout;
  /** Names of the files, in an order that stays. */
  readonly names: readonly string[];
}

/** `.msg` is Outlook's own format where it is not text: its file says so when it is read. */
export const named: RegExp = /\.(?:eml|emlx|mime|mim|rfc822|nws|msg)$/i;
const cyrusName = /^[1-9]\d{0,9}\.$/;
/** MH; a comma before it marks a deleted one, which still lies there. */
const numbered = /^[,#]?[1-9]\d{0,9}$/;
const cyrusFiles: ReadonlySet<string> = new Set(['cyrus.header', 'cyrus.index', 'cyrus.cache']);
/** Files that stand beside mail and are none, or are somebody else's to read. */
export const others: RegExp =
  /^(?:\.|cyrus\.|dovecot)|\.(?:mbox|mbx|pst|ost|zip|gz|zst|xz|bz2|tar|tgz|json|ndjson|jsonl|lock|msf|dat|index|log|cache|sqlite|db|idx|pdf|docx?|xlsx?|html?|jpe?g|png|gif|css|js|ts|md)$/i;

const samplesMax = 12;

/** Whether more than half of some of them look like messages. */
const areMessages = async (
  path: string,
  names: readonly string[],
  files: MailFiles,
): Promise<boolean> => {
  const step = Math.max(1, Math.floor(names.length / samplesMax));
  let looked = 0;
  let like = 0;
  for (let i = 0; i < names.length && looked < samplesMax; i += step) {
    const piece = await files.read(`${path}/${names[i] ?? ''}`, 0, 4_096);
    if (piece === undefined) continue;
    looked += 1;
    if (looksLikeMessage(piece.bytes)) like += 1;
  }
  return like * 2 > looked;
};

const isFile = ({ kind }: MailName): boolean => kind === 'file' || kind === 'link';

const byNumber = (a: string, b: string): number =>
  Number.parseInt(a.replace(/^[,#]/, ''), 10) - Number.parseInt(b.replace(/^[,#]/, ''), 10) ||
  (a < b ? -1 : 1);

/** Which files of a folder hold one message each; nothing where none does. */
export const membersOf = async (
  { path, names }: MailPlace,
  files: MailFiles,
): Promise<Members | undefined> => {
  const there = names.filter(isFile).map(({ name }) => name);
  if (there.some(name => cyrusFiles.has(name))) {
    return { layout: 'cyrus', names: there.filter(name => cyrusName.test(name)).sort(byNumber) };
  }
  const byName = there.filter(name => named.test(name));
  if (byName.length > 0) return { layout: 'named', names: byName };
  const numbers = there.filter(name => numbered.test(name)).sort(byNumber);
  if (numbers.length > 0 && (await areMessages(path, numbers, files))) {
    return { layout: 'numbers', names: numbers };
  }
  const rest = there.filter(name => !others.test(name));
  // One alone is told by its own first bytes when the walk comes to it.
  if (rest.length < 2 || !(await areMessages(path, rest, files))) return undefined;
  return { layout: 'sniffed', names: rest };
};
