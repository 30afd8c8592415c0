import { openAttachment } from '../../exposure/attachments/open-attachment.ts';
import type { SearchedText } from '../../exposure/data-type.ts';

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
