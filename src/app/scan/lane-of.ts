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
