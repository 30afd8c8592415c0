import type { Endpoint } from '../../../core/access-event.ts';
import { draftOf, type MessageDraft } from '../../draft.ts';
import type { Parsed } from '../../format.ts';
import { isOutside } from '../../inside.ts';
import { printable } from '../../text.ts';
import type { Postfix, QueuedLine } from './line.ts';
import { clientAt, serviceOf } from './parts.ts';
import { inherit, type OpenMessage } from './queue.ts';

/** The message as a line's event names it. */
export const refOf = (id: string, message: OpenMessage | undefined): MessageDraft => {
  const ref: MessageDraft = { queueId: id };
  if (message === undefined) return ref;
  if (message.messageId !== undefined) ref.messageId = message.messageId;
  if (message.sender !== undefined) ref.from = message.sender;
  if (message.sizeBytes !== undefined) ref.sizeBytes = message.sizeBytes;
  if (message.subject !== undefined) ref.subject = message.subject;
  return ref;
};

/** `mx.example.jp[192.0.2.1]:25`; undefined for what is no host on a network. */
export const relayEndpoint = (
  relay: string,
): { readonly endpoint: Endpoint; readonly remote: boolean } | undefined => {
  if (!relay.includes('[')) return undefined;
  const found = clientAt(relay, 0);
  if (found === undefined) return undefined;
  return { endpoint: found.client, remote: isOutside(found.client) };
};

/** The value of `, key=` up to the next of the keys that may follow it. */
const valueOf = (text: string, key: string, next: readonly string[]): string | undefined => {
  // A name holds no `, key=` unless its owner was let in with it; the first one is Postfix's own.
  const at = text.indexOf(key);
  if (at < 0) return undefined;
  const start = at + key.length;
  let end = text.length;
  for (const follower of next) {
    const there = text.indexOf(follower, start);
    if (there >= 0 && there < end) end = there;
  }
  return text.slice(start, end);
};

const passedOn = (text: string, message: OpenMessage, postfix: Postfix): void => {
  // Of XFORWARD, which Postfix takes from the content filters that its settings name.
  const client = valueOf(text, ', orig_client=', [', sasl_']);
  const found = client === undefined ? undefined : clientAt(client, 0);
  if (found !== undefined) {
    if (message.client !== undefined) message.through = message.client;
    message.client = found.client;
  }
  const id = valueOf(text, ', orig_queue_id=', [', orig_client=', ', sasl_']);
  const parent = id === undefined ? undefined : postfix.messages.get(id);
  if (parent === undefined) return;
  inherit(message, parent);
  // Its arrival was told when it came in.
  if (parent.told) message.told = true;
};

/**
 * `client=name[address], sasl_method=…, sasl_username=…, sasl_sender=…, orig_queue_id=…, orig_client=…`. With
 * a user name it is the proof of a login, the only one that Postfix writes.
 */
export const arrivalOf = (
  postfix: Postfix,
  { envelope, text, at, id }: QueuedLine,
  message: OpenMessage,
): Parsed | undefined => {
  const found = clientAt(text, at + 7);
  if (found === undefined) return undefined;
  message.client = found.client;
  message.service = serviceOf(envelope.program);
  message.submitted ??= false;
  const rest = text.slice(found.end);
  if (rest === '') return { quiet: 'a message begins' };
  const user = valueOf(rest, ', sasl_username=', [
    ', sasl_sender=',
    ', orig_queue_id=',
    ', orig_client=',
  ]);
  if (rest.includes(', orig_')) passedOn(rest, message, postfix);
  if (user === undefined) return { quiet: 'a message begins' };
  message.user = { name: printable(user) };
  message.submitted = true;
  const method = /, sasl_method=([A-Za-z0-9_-]{1,40})/.exec(rest)?.[1];
  const event = draftOf('login', 'success', 'postfix', envelope, postfix.context);
  event.user = message.user;
  event.from = message.client;
  if (message.through !== undefined) event.through = message.through;
  event.service = message.service;
  if (method !== undefined) {
    message.method = method;
    event.authMethod = method;
  }
  if (
    envelope.pid !== undefined &&
    postfix.sessions.tls.get(`${envelope.host ?? ''} ${envelope.pid}`)
  ) {
    event.tls = true;
  }
  event.messages = [{ queueId: id }];
  return { event };
};
