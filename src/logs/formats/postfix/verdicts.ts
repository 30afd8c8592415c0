import type { AccessEvent, EventKind } from '../../../core/access-event.ts';
import { draftOf } from '../../draft.ts';
import type { Envelope, Parsed } from '../../format.ts';
import { detailOf, printable } from '../../text.ts';
import { refOf } from './arrivals.ts';
import type { Postfix, QueuedLine } from './line.ts';
import { type ClientAt, clientAt, serviceOf } from './parts.ts';
import type { OpenMessage } from './queue.ts';
import { tailOf } from './tail.ts';

type Made = readonly [EventKind, AccessEvent['outcome']];

/** What an action of access(5), header_checks(5) or a milter makes of a message. */
const actions: ReadonlyMap<string, Made> = new Map<string, Made>([
  ['reject', ['message.refused', 'failure']],
  ['milter-reject', ['message.refused', 'failure']],
  ['proxy-reject', ['message.refused', 'failure']],
  ['discard', ['message.discarded', 'success']],
  ['milter-discard', ['message.discarded', 'success']],
  ['hold', ['message.deferred', 'unknown']],
  ['milter-hold', ['message.deferred', 'unknown']],
  ['milter-quarantine', ['message.deferred', 'unknown']],
  ['reject_warning', ['other', 'unknown']],
  ['warning', ['other', 'unknown']],
  ['warn', ['other', 'unknown']],
  ['info', ['other', 'unknown']],
  ['permit', ['other', 'unknown']],
  ['redirect', ['other', 'unknown']],
  ['milter-header-redirect', ['other', 'unknown']],
  ['filter', ['other', 'unknown']],
  ['milter-header-filter', ['other', 'unknown']],
  ['milter-header-discard', ['message.discarded', 'success']],
  ['milter-header-hold', ['message.deferred', 'unknown']],
  ['milter-header-reject', ['message.refused', 'failure']],
  ['milter-header-warning', ['other', 'unknown']],
  ['prepend', ['other', 'unknown']],
  ['replace', ['other', 'unknown']],
  ['strip', ['other', 'unknown']],
  ['bcc', ['other', 'unknown']],
  ['delay', ['other', 'unknown']],
  ['trace', ['other', 'unknown']],
  ['client', ['other', 'unknown']],
  ['proxy-accept', ['other', 'success']],
  ['abort', ['connection', 'failure']],
]);

/** Commands at which there is no message yet. */
const early = /^(?:CONNECT|connect|HELO|EHLO|VRFY|ETRN|STARTTLS|UNKNOWN|TLS) /;

/** What was refused: a message, a connection, or a login. */
const kindOf = (made: EventKind, words: string): EventKind => {
  if (made !== 'message.refused') return made;
  if (early.test(words)) return 'connection';
  return words.startsWith('AUTH ') ? 'login' : made;
};

const ofContent = /^(?:(?:mime-|nested-)?header|body|mime-error|content) /;

const subjectMark = 'header Subject: ';

/** Every client that stands behind ` from ` and before a mark of a verdict: two mean that one is invented. */
const candidates = (head: string, from: number): readonly (ClientAt & { at: number })[] => {
  const list: (ClientAt & { at: number })[] = [];
  let at = head.indexOf(' from ', from);
  while (at >= 0 && list.length < 20) {
    const found = clientAt(head, at + 6);
    if (found !== undefined) list.push({ ...found, at });
    at = head.indexOf(' from ', at + 1);
  }
  return list;
};

interface Who {
  readonly client?: ClientAt['client'];
  /** Where the client's name begins, ` from ` included. */
  readonly at: number;
  readonly end: number;
  readonly sure: boolean;
}

/** smtpd(8) names the client right behind the command: `reject: RCPT from name[address]: 554 …`. */
const commandClient = (text: string, at: number): Who | undefined => {
  const from = text.indexOf(' from ', at);
  if (from < 0 || from - at > 24) return undefined;
  const found = clientAt(text, from + 6);
  if (found === undefined) return undefined;
  return { client: found.client, at: from, end: found.end, sure: true };
};

/**
 * cleanup(8) names the client behind up to 200 characters of a header, which is the sender's: the client of
 * the queue id is believed where it is known, the text only where it names one client.
 */
const contentClient = (head: string, at: number, message: OpenMessage | undefined): Who => {
  const all = candidates(head, at);
  const last = all.at(-1);
  const local = head.endsWith(' from local');
  const end = last?.at ?? (local ? head.length - 11 : head.length);
  const client = message?.client ?? (all.length === 1 ? last?.client : undefined);
  return { ...(client === undefined ? {} : { client }), at: end, end, sure: all.length <= 1 };
};

export const verdictOf = (
  postfix: Postfix,
  envelope: Envelope,
  text: string,
  at: number,
  id: string | undefined,
  message: OpenMessage | undefined,
): Parsed | undefined => {
  const colon = text.indexOf(': ', at);
  if (colon < 0 || colon - at > 24) return undefined;
  const made = actions.get(text.slice(at, colon));
  if (made === undefined) return undefined;
  const tail = tailOf(text);
  const start = colon + 2;
  const words = tail.head.slice(start);
  const content = ofContent.test(words);
  const who = content ? contentClient(tail.head, start, message) : commandClient(text, start);
  const client = who?.client ?? message?.client;
  if (client === undefined && id === undefined && tail.protocol === undefined) return undefined;
  const subject =
    content && words.startsWith(subjectMark)
      ? printable(tail.head.slice(start + subjectMark.length, who?.at ?? tail.head.length))
      : undefined;
  if (subject !== undefined && message !== undefined) message.subject = subject;
  if (subject !== undefined && made[0] === 'other') return { quiet: 'a subject' };
  const event = draftOf(kindOf(made[0], words), made[1], 'postfix', envelope, postfix.context);
  if (client !== undefined) event.from = client;
  if (message?.through !== undefined) event.through = message.through;
  if (message?.user !== undefined) event.user = message.user;
  else if (tail.user !== undefined) event.user = { name: printable(tail.user) };
  event.service = message?.service ?? serviceOf(envelope.program);
  const ref = refOf(id ?? 'NOQUEUE', message);
  if (id === undefined) delete ref.queueId;
  if (tail.from !== undefined && ref.from === undefined) ref.from = printable(tail.from);
  if (tail.to !== undefined) ref.to = [printable(tail.to)];
  if (subject !== undefined) ref.subject = subject;
  if (Object.keys(ref).length > 0) event.messages = [ref];
  const said =
    content || who === undefined
      ? words
      : text.slice(who.end, tail.head.length).replace(/^:? /, '');
  const whole = tail.reason === undefined ? said : `${said}: ${tail.reason}`;
  event.detail = detailOf(tail.helo === undefined ? whole : `${whole}; helo=<${tail.helo}>`);
  if (tail.ambiguous || who?.sure === false) event.flags = ['forged-looking'];
  return { event };
};

/** A verdict on a message that has a queue id. */
export const readVerdict = (
  postfix: Postfix,
  { envelope, text, at, id }: QueuedLine,
  message: OpenMessage | undefined,
): Parsed | undefined => verdictOf(postfix, envelope, text, at, id, message);
