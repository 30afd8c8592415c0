import type { MailStore } from '../mail-store.ts';
import { stateOf } from '../places/stored-bytes.ts';
import { looksLikeMessage } from './eml/looks.ts';
import { decoded, exportedMessages, mimeKeys } from './mail-export/messages.ts';

/** A text of base64 behind one of the keys, the end of it perhaps not in sight. */
const mimePattern = /"([$A-Za-z0-9]{2,12})"\s{0,20}:\s{0,20}"([A-Za-z0-9+/_=\\-]{40,})/g;

const isExport = (head: Uint8Array): boolean => {
  const first = head[0] === 0xef ? head[3] : head[0];
  if (first !== 0x7b && first !== 0x5b) return false;
  const text = Buffer.from(head).toString('latin1');
  return [...text.matchAll(mimePattern)].some(
    ([, key = '', value = '']) => mimeKeys.has(key) && looksLikeMessage(decoded(value)),
  );
};

/**
 * JSON that holds messages as MIME in base64, one object or many: answers of Gmail's `messages.get?format=raw`,
 * of Exchange Web Services, and of Graph's `$value` wrapped by whoever fetched it.
 */
export const mailExport: MailStore = {
  id: 'mail-export',
  title: 'JSON exports of Gmail, Graph and EWS with MIME in them',
  recognises: async ({ entry, head }) => entry.kind === 'file' && isExport(head),
  folders: async function* ({ path }, files, naming) {
    const state = await stateOf(files, [path]);
    yield {
      store: 'mail-export',
      mailbox: naming.mailboxOf(path).mailbox,
      ...(state === undefined ? {} : { state }),
      messages: () => exportedMessages(files, path),
    };
  },
  keeps: () => false,
};
