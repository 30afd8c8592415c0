import { readAddresses } from './headers/addresses.ts';
import type { RawHeader } from './headers/block.ts';
import { readDate } from './headers/date.ts';
import { decodeWords } from './headers/encoded-words.ts';
import type { MailAddress, MailHeader, MailLimits, MailMessage } from './message.ts';
import { type OpenedMessage, openMessage } from './opened-message.ts';
import { Collected } from './parts/collected.ts';
import { readPartHeaders } from './parts/part-headers.ts';
import { readBody } from './parts/reader.ts';

/** As logs have it: with its brackets, without what stands around them. */
const messageIdOf = (folded: string): string | undefined => {
  const value = decodeWords(folded).trim();
  const open = value.indexOf('<');
  const close = value.indexOf('>', open);
  if (open >= 0 && close > open) return value.slice(open, close + 1);
  return value === '' ? undefined : value;
};

/** What headers say of the message, of each the first, and all people that they name. */
interface Envelope {
  readonly senders: MailAddress[];
  readonly recipients: MailAddress[];
  readonly subjects: string[];
  messageId?: string | undefined;
  date?: number | undefined;
}

const takeHeader = (envelope: Envelope, { name, folded }: RawHeader): void => {
  switch (name) {
    case 'from':
    case 'sender':
    case 'reply-to':
      for (const address of readAddresses(folded)) envelope.senders.push(address);
      break;
    case 'to':
    case 'cc':
    case 'bcc':
      for (const address of readAddresses(folded)) envelope.recipients.push(address);
      break;
    case 'subject':
      envelope.subjects.push(decodeWords(folded));
      break;
    case 'message-id':
      envelope.messageId ??= messageIdOf(folded);
      break;
    case 'date':
      envelope.date ??= readDate(decodeWords(folded));
      break;
    default:
  }
};

/**
 * Takes a message apart. Never throws, whatever the bytes; time and memory grow with their number
 * and end at the limits. What a message's sender broke is mended as mail programs do, and said in `faults`.
 */
export const readMessage = (bytes: Uint8Array, limits: Partial<MailLimits> = {}): MailMessage =>
  readOpened(openMessage(bytes, limits));

export const readOpened = ({ block, told, body, limits }: OpenedMessage): MailMessage => {
  const collected = new Collected(limits);
  if (block.over) collected.fault('header-bytes', 'the message has more headers than are read');
  const envelope: Envelope = { senders: [], recipients: [], subjects: [] };
  for (const header of told) takeHeader(envelope, header);
  for (const text of envelope.subjects) {
    collected.text({ text, kind: 'subject', charset: 'utf-8', depth: 0 });
  }
  readBody(
    body,
    readPartHeaders(told, 'text/plain'),
    { level: 0, depth: 0, fallback: 'text/plain' },
    collected,
  );
  const { senders, recipients, messageId, date } = envelope;
  let headers: readonly MailHeader[] | undefined;
  return {
    // Few ask for all of them, and to decode them costs as much as the rest of a short message.
    get headers(): readonly MailHeader[] {
      headers ??= block.headers.map(({ name, folded }) => ({ name, value: decodeWords(folded) }));
      return headers;
    },
    senders,
    recipients,
    ...(messageId === undefined ? {} : { messageId }),
    ...(date === undefined ? {} : { date }),
    texts: [...collected.texts, ...collected.outside],
    attachments: collected.attachments,
    faults: collected.faults,
  };
};
