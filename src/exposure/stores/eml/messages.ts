import type { MailFiles, ReadMessage, StoredMessage } from '../../mail-store.ts';
import { receivedIn } from '../../places/received.ts';
import { startsWith } from '../../places/starts-with.ts';
import { storedMessage } from '../../places/stored-bytes.ts';
import { expungedIn } from './cyrus-index.ts';
import { looksLikeMessage } from './looks.ts';
import type { Layout, Members } from './members.ts';

/** OLE's compound files, which Outlook's `.msg` is. */
const oleMagic = Buffer.from([0xd0, 0xcf, 0x11, 0xe0]);

/** Apple's .emlx: the length of the message in the first line, a property list behind it. */
const emlxBody = (bytes: Uint8Array): Uint8Array | undefined => {
  const feed = bytes.subarray(0, 32).indexOf(10);
  const stated = Buffer.from(bytes.subarray(0, Math.max(0, feed)))
    .toString('latin1')
    .trim();
  if (feed < 0 || !/^\d{1,12}$/.test(stated)) return undefined;
  return bytes.subarray(feed + 1, feed + 1 + Number(stated));
};

/** Saved out of an mbox with the line that separates it. */
const withoutFromLine = (bytes: Uint8Array): Uint8Array => {
  const line = Buffer.from(bytes.subarray(0, 1_024)).toString('latin1');
  return line.startsWith('From ') ? bytes.subarray(line.indexOf('\n') + 1) : bytes;
};

const readFile = async (files: MailFiles, path: string, layout: Layout): Promise<ReadMessage> => {
  const piece = await files.read(path);
  if (piece === undefined) {
    return (await files.stat(path)) === undefined
      ? { state: 'gone' }
      : { state: 'unseen', why: 'forbidden' };
  }
  const { bytes, entry } = piece;
  if (startsWith(bytes, oleMagic)) return { state: 'unseen', why: 'packed' };
  const emlx = path.endsWith('.emlx') ? emlxBody(bytes) : undefined;
  // Cyrus stamps its files with when they came; elsewhere it is when somebody copied them.
  const received = layout === 'cyrus' ? entry.modifiedMs : receivedIn(bytes);
  return storedMessage(files.limits, emlx ?? withoutFromLine(bytes), {
    // Apple keeps attachments of a partial one elsewhere.
    isCut: entry.sizeBytes > bytes.length || path.endsWith('.partial.emlx'),
    ...(received === undefined ? {} : { received }),
  });
};

/** Numbers that the server gives by UID: Cyrus's names, `u.17` not among them. */
const uidOf = (layout: Layout, name: string): number | undefined => {
  const uid = Number.parseInt(name, 10);
  return layout === 'cyrus' && uid <= 0xff_ff_ff_ff ? uid : undefined;
};

const isMessage = async (files: MailFiles, path: string): Promise<boolean> => {
  const head = await files.read(path, 0, 4_096);
  return head === undefined || looksLikeMessage(head.bytes);
};

export async function* emlMessages(
  files: MailFiles,
  folder: string,
  { layout, names }: Members,
): AsyncGenerator<StoredMessage> {
  /** MH marks what was deleted so. */
  const isGone = (name: string): boolean => layout === 'numbers' && /^[,#]/.test(name);
  const expunged = layout === 'cyrus' ? await expungedIn(files, folder) : undefined;
  for (const name of names) {
    const path = `${folder === '/' ? '' : folder}/${name}`;
    if (layout === 'sniffed' && !(await isMessage(files, path))) continue;
    const uid = uidOf(layout, name);
    yield {
      key: name,
      ...(uid === undefined ? {} : { uid }),
      ...(isGone(name) || expunged?.has(uid ?? 0) === true ? { isExpunged: true } : {}),
      read: () => readFile(files, path, layout),
    };
  }
}
