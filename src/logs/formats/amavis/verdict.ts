import type { AccessEvent, Endpoint } from '../../../core/access-event.ts';
import { ipOf } from '../../endpoint.ts';
import { behindEach } from '../../marks.ts';
import { detailOf, printable } from '../../text.ts';

/** What a template's line says, without time and component. */
export type Verdict = Omit<AccessEvent, 'time' | 'component'>;

const recipientsMax = 100;

const arrow = '> -> <';

/** `[192.0.2.1]:40312 `, the client's address as the mail server passed it on. */
const addresses = /\[([0-9A-Fa-f:.]{2,45}|IPv6:[0-9A-Fa-f:.]{2,45})\](?::(\d{1,5}))?(?= )/g;

interface Found {
  readonly client?: Endpoint;
  readonly sure: boolean;
}

/**
 * `Passed CLEAN {…}, LOCAL [client]:port [trace] <sender> -> <recipient>`. Names of attachments (`BANNED (…)`)
 * before the addresses are the sender's. The second address is the oldest of the Received headers, which the
 * sender writes as well: the first counts, and only where there are two at the most.
 */
const clientOf = (head: string): Found => {
  const found = [...head.slice(0, 4_000).matchAll(addresses)];
  const [first] = found;
  if (first === undefined) return { sure: true };
  if (found.length > 2) return { sure: false };
  const ip = ipOf(first[1] ?? '');
  const port = Number(first[2] ?? 0);
  if (ip === undefined) return { sure: true };
  // Without an address that the mail server passed on, only the trace is there: but then nobody vouches for it.
  return { client: port > 0 && port <= 65_535 ? { ip, port } : { ip }, sure: true };
};

/** Keys behind the recipients, in the order of the templates. */
const keys = [
  ', quarantine: ',
  ', Queue-ID: ',
  ', Message-ID: ',
  ', Resent-Message-ID: ',
  ', mail_id: ',
  ', b: ',
  ', Hits: ',
  ', size: ',
  ', tls: ',
  ', pt: ',
  ', queued_as: ',
  ', Subject: ',
  ', From: ',
  ', helo=',
  ', Tests: [',
  ', dkim_',
] as const;

/** Keys that are there once in every line that has them. */
const framing = [', mail_id: ', ', Hits: ', ', size: ', ', queued_as: ', ', Queue-ID: '] as const;

const recipientsOf = (list: string): readonly string[] =>
  list
    .slice(0, 40_000)
    .split(',', recipientsMax)
    .map(recipient => printable(recipient.replace(/^<|>$/g, '')));

/** Behind the last of `<a>,<b>`. */
const recipientsEnd = (text: string): number => {
  let end = text.indexOf('>');
  while (end >= 0 && text.startsWith(',<', end + 1)) end = text.indexOf('>', end + 2);
  return end < 0 ? text.length : end + 1;
};

/** Reads a template's line. */
export const verdictOf = (text: string): Verdict => {
  const arrowAt = text.indexOf(arrow);
  const head = arrowAt < 0 ? text : text.slice(0, arrowAt + 1);
  const several = arrowAt >= 0 && text.indexOf(arrow, arrowAt + 1) >= 0;
  const { client, sure } = clientOf(head);
  const behindArrow = arrowAt < 0 ? '' : text.slice(arrowAt + 5);
  const listEnd = recipientsEnd(behindArrow);
  const tail = arrowAt < 0 ? text : behindArrow.slice(listEnd);
  const certain = sure && !several;
  // The message id is the sender's: what stands behind it counts where no key is there twice.
  const values = behindEach(tail, keys);
  const valueOf = (key: (typeof keys)[number]): string | undefined => values.get(key)?.value;
  const idAt = tail.indexOf(', Message-ID: ');
  const queueIdAt = tail.indexOf(', Queue-ID: ');
  const sureTail =
    !framing.some(key => values.get(key)?.repeated === true) && (idAt < 0 || queueIdAt < idAt);
  const queueId = sureTail
    ? /^[0-9A-Za-z-]{5,32}$/.exec(valueOf(', Queue-ID: ') ?? '')?.[0]
    : undefined;
  const messageId = sureTail ? valueOf(', Message-ID: ') : undefined;
  const subject = /^"(.*)"$/s.exec(valueOf(', Subject: ') ?? '')?.[1];
  const size = /^\d{1,15}/.exec(valueOf(', size: ') ?? '')?.[0];
  const senderAt = head.lastIndexOf(' <');
  const sender = arrowAt < 0 || senderAt < 0 ? undefined : head.slice(senderAt + 2, -1);
  const passed = text.startsWith('Passed');
  const message = {
    ...(queueId === undefined ? {} : { queueId }),
    ...(messageId === undefined ? {} : { messageId: printable(messageId, 1_000) }),
    ...(size === undefined ? {} : { sizeBytes: Number(size) }),
    ...(subject === undefined ? {} : { subject: printable(subject, 1_000) }),
    ...(certain && sender !== undefined ? { from: printable(sender) } : {}),
    ...(certain && arrowAt >= 0 ? { to: recipientsOf(behindArrow.slice(0, listEnd)) } : {}),
  };
  return {
    kind: 'message.scanned',
    outcome: passed ? 'success' : 'failure',
    service: 'smtp',
    ...(certain && client !== undefined ? { from: client } : {}),
    ...(Object.keys(message).length > 0 ? { messages: [message] } : {}),
    detail: detailOf(text),
    ...(certain && sureTail ? {} : { flags: ['forged-looking' as const] }),
  };
};
