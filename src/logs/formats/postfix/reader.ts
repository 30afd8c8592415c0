import type { AccessEvent } from '../../../core/access-event.ts';
import { type Draft, draftOf, type MessageDraft, OpenThings } from '../../draft.ts';
import type { Envelope, FormatContext, LogReader, Parsed } from '../../format.ts';
import { isOutside } from '../../inside.ts';
import { onHost } from '../../reading.ts';
import { detailOf, printable } from '../../text.ts';
import { orTrouble } from '../../trouble.ts';
import { arrivalOf, refOf, relayEndpoint } from './arrivals.ts';
import { type Delivery, deliveryOf } from './delivery.ts';
import type { Postfix, QueuedLine, Sessions } from './line.ts';
import { daemonOf, instanceOf, queueIdLength, serviceOf } from './parts.ts';
import { readPostscreen } from './postscreen.ts';
import { inherit, type OpenMessage, openMessage } from './queue.ts';
import { readRefused, readSession } from './sessions.ts';
import { readSpfPolicy } from './spf-policy.ts';
import { readVerdict } from './verdicts.ts';

const unparsed: Parsed = { unparsed: 'no known line of Postfix' };

/** Only messages of other instances and hosts have longer keys than their queue id. */
const keyOf = (id: string, { host, program }: Envelope, first: string | undefined): string => {
  const instance = instanceOf(program);
  return host === first && instance === '' ? id : `${id} ${instance} ${host ?? ''}`;
};

const known = (postfix: Postfix, { key, envelope }: QueuedLine): OpenMessage => {
  const there = postfix.messages.get(key);
  if (there !== undefined) return there;
  const message = openMessage(serviceOf(envelope.program));
  postfix.messages.set(key, message);
  return message;
};

const kindOf = (
  delivery: Delivery,
  daemon: string,
): [AccessEvent['kind'], AccessEvent['outcome']] => {
  const { status } = delivery;
  if (status === 'sent') {
    return daemon === 'discard'
      ? ['message.discarded', 'success']
      : ['message.delivered', 'success'];
  }
  if (status === 'deferred' || status.startsWith('SOFTBOUNCE'))
    return ['message.deferred', 'failure'];
  if (status === 'bounced' || status === 'expired') return ['message.bounced', 'failure'];
  // Address probes of verify(8): nothing is delivered.
  return ['other', 'unknown'];
};

const forwardMark = '(forwarded as ';
const queuedMark = ' queued as ';

/** A message that this delivery made of this one, on this host: by local(8), or by a content filter. */
const childOf = ({ words, relay }: Delivery): string | undefined => {
  const local = words.indexOf(forwardMark);
  if (local >= 0 && relay === 'local') {
    return words.slice(local + forwardMark.length, words.length - 1);
  }
  // A queue id in a remote server's words is that server's.
  if (!relay.startsWith('127.0.0.1[') && !relay.includes('[127.0.0.1]')) return undefined;
  const at = words.lastIndexOf(queuedMark);
  const id = at < 0 ? '' : words.slice(at + queuedMark.length).replace(/\)$/, '');
  return queueIdLength(`${id}: `) > 0 ? id : undefined;
};

const readDelivery = (postfix: Postfix, line: QueuedLine): Parsed => {
  const { envelope, text, at, id, key } = line;
  const delivery = deliveryOf(text, at);
  if (delivery === undefined) return unparsed;
  const message = postfix.messages.get(key);
  const ref: MessageDraft = refOf(id, message);
  if (delivery === 'ambiguous') {
    const event = draftOf('other', 'unknown', 'postfix', envelope, postfix.context);
    event.messages = [ref];
    event.flags = ['forged-looking'];
    event.detail = detailOf(text.slice(at));
    return { event };
  }
  const daemon = daemonOf(envelope.program);
  const [kind, outcome] = kindOf(delivery, daemon);
  const event = draftOf(kind, outcome, 'postfix', envelope, postfix.context);
  ref.to = [printable(delivery.to)];
  event.messages = [ref];
  event.service = message?.service ?? (daemon === 'lmtp' ? 'lmtp' : 'smtp');
  if (message !== undefined) describe(event, message);
  const to = relayEndpoint(delivery.relay);
  if (to !== undefined) {
    event.to = to.endpoint;
    if (to.remote && daemon === 'smtp') event.direction = 'outbound';
  } else if (delivery.relay === 'local' || delivery.relay === 'virtual' || daemon === 'lmtp') {
    if (message?.submitted === true || message?.own === true) event.direction = 'internal';
    else if (isOutside(message?.client)) event.direction = 'inbound';
  }
  if (delivery.tls) event.tls = true;
  event.detail = detailOf(delivery.words);
  if (message !== undefined && delivery.status === 'sent') {
    const child = childOf(delivery);
    if (child !== undefined) {
      const there = postfix.messages.get(keyOf(child, envelope, postfix.sessions.host));
      // Written after the new message's own lines: only what has not been told yet can still profit.
      if (there !== undefined) inherit(there, message);
    }
  }
  return { event };
};

/** Who it came from. */
const describe = (event: Draft<AccessEvent>, message: OpenMessage): void => {
  if (message.user !== undefined) event.user = message.user;
  if (message.actor !== undefined) event.actor = message.actor;
  if (message.client !== undefined) event.from = message.client;
  if (message.through !== undefined) event.through = message.through;
  if (message.method !== undefined) event.authMethod = message.method;
};

const sizeMark = '>, size=';
const statusMark = '>, status=';

/** `from=<…>, size=…, nrcpt=… (queue active)`: the sender is the client's, what is behind it Postfix's. */
const readSender = (postfix: Postfix, line: QueuedLine): Parsed => {
  const { envelope, text, at, id } = line;
  const sizeAt = text.lastIndexOf(sizeMark);
  const message = known(postfix, line);
  if (sizeAt < at) {
    const statusAt = text.lastIndexOf(statusMark);
    if (statusAt < at) return unparsed;
    // `status=expired, returned to sender`, `status=force-expired, …`.
    message.sender = printable(text.slice(at + 6, statusAt));
    const event = draftOf('message.bounced', 'failure', 'postfix', envelope, postfix.context);
    event.messages = [refOf(id, message)];
    event.service = message.service;
    describe(event, message);
    event.detail = detailOf(text.slice(statusAt + 3));
    return { event };
  }
  message.sender = printable(text.slice(at + 6, sizeAt));
  const size = Number.parseInt(
    text.slice(sizeAt + sizeMark.length, sizeAt + sizeMark.length + 16),
    10,
  );
  if (Number.isSafeInteger(size)) message.sizeBytes = size;
  if (message.told) return { quiet: 'another attempt' };
  message.told = true;
  if (message.own === true) return { quiet: 'a notice of its own' };
  // Without the lines of its arrival nobody can say whether it arrived or is tried again.
  if (message.submitted === undefined) return { quiet: 'taken from the queue' };
  const kind = message.submitted ? 'message.submitted' : 'message.received';
  const event = draftOf(kind, 'success', 'postfix', envelope, postfix.context);
  event.messages = [refOf(id, message)];
  event.service = message.service;
  if (!message.submitted && isOutside(message.client)) event.direction = 'inbound';
  const recipients = /^, nrcpt=(\d{1,9})/.exec(text.slice(text.indexOf(', nrcpt=', sizeAt)));
  if (recipients !== null) event.count = Number(recipients[1]);
  describe(event, message);
  return { event };
};

const readMessageId = (postfix: Postfix, line: QueuedLine): Parsed => {
  const { text, at } = line;
  const equals = text.indexOf('=', at);
  const message = known(postfix, line);
  const id = text.slice(equals + 1);
  // The header as the sender wrote it; Postfix writes `<>` for one that has none.
  if (id !== '<>' && id !== '' && message.messageId === undefined) {
    message.messageId = printable(id, 1_000);
  }
  return { quiet: 'message id' };
};

const readRemoved = (postfix: Postfix, line: QueuedLine): Parsed => {
  const { envelope, key, id } = line;
  const message = postfix.messages.get(key);
  postfix.messages.delete(key);
  if (daemonOf(envelope.program) !== 'postsuper') return { quiet: 'done' };
  // An administrator took it out of the queue.
  const event = draftOf('message.discarded', 'success', 'postfix', envelope, postfix.context);
  event.messages = [refOf(id, message)];
  event.detail = 'removed by postsuper';
  if (message !== undefined) describe(event, message);
  return { event };
};

const readPickup = (postfix: Postfix, line: QueuedLine): Parsed => {
  const message = known(postfix, line);
  const uid = /^uid=(\d{1,10})/.exec(line.text.slice(line.at, line.at + 20))?.[1];
  if (uid === undefined) return unparsed;
  message.actor = { name: `uid ${uid}`, uid };
  message.submitted = true;
  message.service = 'local';
  return { quiet: 'handed in on this host' };
};

const notices = [
  'sender non-delivery notification: ',
  'sender delay notification: ',
  'sender delivery status notification: ',
  'postmaster non-delivery notification: ',
  'postmaster delay notification: ',
] as const;

const readNotice = (postfix: Postfix, line: QueuedLine): Parsed | undefined => {
  const { text, at, envelope } = line;
  for (const notice of notices) {
    if (!text.startsWith(notice, at)) continue;
    const id = text.slice(at + notice.length);
    const there = postfix.messages.get(keyOf(id, envelope, postfix.sessions.host));
    if (there !== undefined) there.own = true;
    return { quiet: 'a notice of its own' };
  }
  return undefined;
};

/** Lines with a queue id that say how a delivery goes, not what became of it. */
const steps =
  /^(?:host .{1,400} (?:said|refused to talk to me): |lost connection with |conversation with |enabling PIX |Cannot start TLS|SASL (?:\[CACHED\] )?authentication failed|TLS is required|certificate |Server certificate |skipped, still being |breaking line |not sending |no trace file|requeued|placed on hold|released from hold|re-queued|moved to|hopcount|unable to|passing |replace: |prepend: |strip: |info: |delivery (?:temporarily )?suspended|smtp_|address |mail for |queue file |error |table |non-|response |message has been queued|message dated|defer|bounce|service |copy |sender address|uid |removing |ignoring |warning: |dict_|lookup |DSN |sent |milter |to=|error: |fatal: |status=|malformed )/i;

const readQueued = (postfix: Postfix, line: QueuedLine): Parsed => {
  const { text, at } = line;
  // The rest is what each message has, so that it is looked at by a first letter only.
  switch (text.charCodeAt(at)) {
    case 116 /* t */:
      if (text.startsWith('to=<', at)) return readDelivery(postfix, line);
      break;
    case 102 /* f */:
      if (text.startsWith('from=<', at)) return readSender(postfix, line);
      break;
    case 99 /* c */:
      if (text.startsWith('client=', at)) {
        return arrivalOf(postfix, line, known(postfix, line)) ?? unparsed;
      }
      break;
    case 109 /* m */:
      if (text.startsWith('message-id=', at)) return readMessageId(postfix, line);
      break;
    case 114 /* r */:
      if (text.startsWith('removed', at) && text.length === at + 7)
        return readRemoved(postfix, line);
      if (text.startsWith('resent-message-id=', at)) return readMessageId(postfix, line);
      break;
    case 117 /* u */:
      if (text.startsWith('uid=', at)) return readPickup(postfix, line);
      break;
  }
  const verdict = readVerdict(postfix, line, postfix.messages.get(line.key));
  if (verdict !== undefined) return verdict;
  const notice = readNotice(postfix, line);
  if (notice !== undefined) return notice;
  return steps.test(text.slice(at, at + 500)) ? { quiet: 'a step of a delivery' } : unparsed;
};

/** Lines of its programs about themselves. */
const quiets =
  /^(?:warning: |fatal: |panic: |error: |statistics: |daemon started|terminating|reload|refreshing|starting |stopping |initializing|setting up TLS|using backwards|master_|connect to |(?:(?:Anonymous|Trusted|Untrusted|Verified) )?TLS connection established to |certificate |Server certificate|Host offered|Deleted: |Requeued: |Placed on hold: |Released from hold: |Renamed |close database |cache |entering STRESS|leaving STRESS|discarding EHLO|table |read timeout|process |lost connection with |conversation with |subject=|issuer=|fingerprint=|\S+: (?:subject_CN|Matched|TLS|verify|depth|save session|certificate|re-using|Reusing|cached|put_|looking|reloaded)|looking for|verify error|verify return|SSL_connect|SSL3|server features|offer|dict_|name service|host \S+ |mynetworks|compat|the Postfix|postfix\/|Postfix|rebuild|watchdog|DNS|dns|idle|input attribute|auto_clnt|vstream|private\/|premature|unable|TLS library|TLS SNI|cannot|open |scan|[Tt]o disable|generating|seeding|tlsproxy|proxymap|\S+ database|skipping|reading|xsasl|extract_addr|maps?_|match_|send attr|private |public |smtp_|smtpd_|rewrite|\S{1,60}\[\d{1,7}\]: )/;

const complains = /^(?:warning|fatal|panic|error): /;

const aboutItself = ({ context }: Postfix, envelope: Envelope): Parsed => {
  const { message, stamp, pid } = envelope;
  const parsed: Parsed = { quiet: 'about itself' };
  return complains.test(message) && stamp !== undefined
    ? onHost(
        orTrouble(parsed, { time: context.time(stamp), component: 'postfix', pid }, message),
        envelope,
      )
    : parsed;
};

const readUnqueued = (postfix: Postfix, envelope: Envelope): Parsed => {
  const text = envelope.message;
  const session = readSession(postfix, envelope, text);
  if (session !== undefined) return session;
  if (text.startsWith('NOQUEUE: ')) {
    const refused =
      readRefused(postfix, envelope, text, 9) ??
      // Since 3.9 the ends of sessions without a message bear the mark, too.
      readSession(postfix, envelope, text.slice(9));
    if (refused !== undefined) return refused;
  }
  return (
    readPostscreen(postfix, envelope, text) ??
    (envelope.program?.includes('spf') === true
      ? readSpfPolicy(envelope, postfix.context)
      : undefined) ??
    (quiets.test(text.slice(0, 500)) ? aboutItself(postfix, envelope) : unparsed)
  );
};

/** What the programs of an instance write, in the order in which they do. */
export const openPostfix = (context: FormatContext): LogReader => {
  const sessions: Sessions = { tls: new OpenThings(context.openMax), host: undefined };
  const postfix: Postfix = { context, messages: new OpenThings(context.openMax), sessions };
  return {
    read: envelope => {
      const text = envelope.message;
      if (sessions.host === undefined && envelope.host !== undefined) sessions.host = envelope.host;
      const length = queueIdLength(text);
      if (length === 0) return readUnqueued(postfix, envelope);
      const id = text.slice(0, length);
      const key = keyOf(id, envelope, sessions.host);
      return readQueued(postfix, { envelope, text, id, key, at: length + 2 });
    },
  };
};
