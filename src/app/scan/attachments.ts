import { openAttachment } from '../../exposure/attachments/open-attachment.ts';
import type { SearchedText } from '../../exposure/data-type.ts';
import type { MailAttachment } from '../../exposure/mail/message.ts';

/** What holds no text by what it says it is: it is not decoded to find that out. */
const textless = /^(?:image|audio|video|font)\//;
/** What proves who wrote a message and holds nothing else. */
const signatures = /^application\/(?:pgp-signature|(?:x-)?pkcs7-signature|pgp-keys)$/;

/** Whether an attachment is worth the other lane, and if not, whether something in it is not seen. */
export const laneOf = ({ type }: Pick<MailAttachment, 'type'>): 'open' | 'unseen' | 'nothing' => {
  if (signatures.test(type)) return 'nothing';
  return textless.test(type) && !type.startsWith('image/svg') ? 'unseen' : 'open';
};

export interface OpenedTexts {
  readonly texts: readonly SearchedText[];
  /** Words of `unseen-reasons.ts`. */
  readonly unseen: readonly string[];
}

/** All text in an attachment, and in what is in it. */
export const openedTexts = async (
  part: { readonly name: string; readonly type: string; readonly bytes: Uint8Array },
  signal?: AbortSignal,
): Promise<OpenedTexts> => {
  const { name, type, bytes } = part;
  const opened = await openAttachment(
    { name, type, bytes: () => bytes },
    signal === undefined ? {} : { signal },
  );
  return {
    texts: opened.texts.flatMap(({ text, kind, repeats }): SearchedText[] =>
      repeats === true ? [] : [{ text, kind }],
    ),
    unseen: [...new Set(opened.unseen.map(({ why }) => why))],
  };
};
