import type { SearchedText } from '../../exposure/data-type.ts';
import type { MailAttachment } from '../../exposure/mail/message.ts';

/** Whether there is a reader for what it says it is. */
export const canBeOpened = (part: MailAttachment): boolean => {
  void part;
  return false;
};

export interface OpenedTexts {
  readonly texts: readonly SearchedText[];
  /** Words of `unseen-reasons.ts`. */
  readonly unseen: readonly string[];
}

export const openedTexts = async (part: {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}): Promise<OpenedTexts> => {
  void part;
  return { texts: [], unseen: ['attachment-kind'] };
};
