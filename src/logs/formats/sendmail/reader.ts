import type { AccessEvent, EventKind } from '../../../core/access-event.ts';
import { type Draft, type MessageDraft, OpenThings } from '../../draft.ts';
import type { Envelope, FormatContext, LogReader, Parsed } from '../../format.ts';
import { isOutside } from '../../inside.ts';
import { behind } from '../../marks.ts';
import { detailOf, printable } from '../../text.ts';
import { readClient, readRuleset } from './clients.ts';
import {
  draft,
  keyOf,
  type OpenMessage,
  processOf,
  type Sendmail,
  type SendmailLine,
} from './line.ts';
import { peerAt } from './peer.ts';

const recipientsMax = 100;

const bracketless = (text: string): string =>
  printable(text.startsWith('<') && text.endsWith('>') ? text.slice(1, -1) : text);

/**
 * `from=<…>, size=…, class=…, nrcpts=…, msgid=<…>, proto=…, daemon=…, relay=host [address]`. Sender and message
 * id are the client's, so the relay is looked for from the right, and the rest only where it stands there once.
 */
const readSender = (sendmail: Sendmail, line: SendmailLine): Parsed | undefined => {
  const { text, envelope, id } = line;
  const from = behind(text, 'from=', [', size=']);
  const sizeAt = text.indexOf(', size=');
  if (sizeAt < 0 || id === undefined) return undefined;
  const relayAt = text.lastIndexOf(', relay=');
  const sure =
    !from.repeated &&
    text.indexOf(', size=', sizeAt + 1) < 0 &&
    text.indexOf(', relay=') === relayAt;
  const message: OpenMessage = {};
  if (sure && from.value !== undefined) message.sender = bracketless(from.value);
  const size = Number.parseInt(text.slice(sizeAt + 7, sizeAt + 24), 10);
  if (sure && Number.isSafeInteger(size)) message.sizeBytes = size;
  const messageId = behind(text, ', msgid=', [
    ', bodytype=',
    ', proto=',
    ', daemon=',
    ', relay=',
    ', tls_verify=',
  ]);
  if (sure && messageId.value !== undefined && messageId.value !== '') {
    message.messageId = printable(messageId.value, 1_000);
  }
  const peer = relayAt < 0 ? undefined : peerAt(text, relayAt + 8);
  if (peer?.endpoint !== undefined) message.client = peer.endpoint;
  if (peer?.local !== undefined) message.actor = peer.local;
  const login = sendmail.logins.get(processOf(envelope));
  if (login !== undefined) {
    message.user = login.user;
    if (login.method !== undefined) message.method = login.method;
  }
  sendmail.messages.set(keyOf(line), message);
  const submitted = message.user !== undefined || message.client === undefined;
  const recipients = Number.parseInt(behind(text, ', nrcpts=', [',']).value ?? '', 10);
  // A transaction without recipients ended before there was a message.
  const refused = recipients === 0;
  const kind = refused ? 'connection' : submitted ? 'message.submitted' : 'message.received';
  const event = draft(sendmail, line, kind, refused ? 'failure' : 'success');
  describe(event, message);
  event.messages = [refOf(line, message)];
  if (Number.isSafeInteger(recipients)) event.count = recipients;
  if (kind === 'message.received' && isOutside(message.client)) event.direction = 'inbound';
  if (refused) event.detail = 'no recipient was accepted';
  if (!sure || messageId.repeated) event.flags = ['forged-looking'];
  return { event };
};

const refOf = ({ id }: SendmailLine, message: OpenMessage | undefined): MessageDraft => {
  const ref: MessageDraft = {};
  if (id !== undefined) ref.queueId = id;
  if (message === undefined) return ref;
  if (message.messageId !== undefined) ref.messageId = message.messageId;
  if (message.sender !== undefined) ref.from = message.sender;
  if (message.sizeBytes !== undefined) ref.sizeBytes = message.sizeBytes;
  if (message.subject !== undefined) ref.subject = message.subject;
  return ref;
};

const describe = (event: Draft<AccessEvent>, message: OpenMessage): void => {
  if (message.user !== undefined) event.user = message.user;
  if (message.actor !== undefined) event.actor = message.actor;
  if (message.client !== undefined) event.from = message.client;
  if (message.method !== undefined) event.authMethod = message.method;
};

/** Stands right before the status; sendmail writes it, 4 for what it tries again. */
const isTransient = /, dsn=4\.\d{1,3}\.\d{1,3}$/;

const statusKind = (status: string, head: string): readonly [EventKind, AccessEvent['outcome']] => {
  if (/^Sent\b/i.test(status)) return ['message.delivered', 'success'];
  if (/^(?:Deferred|queued|deferred)/.test(status)) return ['message.deferred', 'failure'];
  if (/^(?:discarded|quarantined)/i.test(status)) return ['message.discarded', 'success'];
  if (isTransient.test(head)) return ['message.deferred', 'failure'];
  return ['message.bounced', 'failure'];
};

/**
 * `to=<a>,<b>, ctladdr=<…> (1000/1000), delay=…, xdelay=…, mailer=…, pri=…, relay=host [address], dsn=…, stat=…`.
 * Addresses on the left are the sender's, the words behind `stat=` the remote server's.
 */
const readDelivery = (sendmail: Sendmail, line: SendmailLine): Parsed | undefined => {
  const { text } = line;
  const delayAt = text.indexOf(', delay=');
  const statusAt = text.indexOf(', stat=', Math.max(0, delayAt));
  if (statusAt < 0) return undefined;
  const head = text.slice(0, statusAt);
  const status = text.slice(statusAt + 7);
  // A second set of fields in what the remote server says, or in an address.
  const sure = head.indexOf(', delay=', delayAt + 1) < 0 && status.indexOf(', stat=') < 0;
  const message = sendmail.messages.get(keyOf(line));
  const ref = refOf(line, message);
  const [kind, outcome] = sure ? statusKind(status, head) : (['other', 'unknown'] as const);
  const event = draft(sendmail, line, kind, outcome);
  if (message !== undefined) describe(event, message);
  if (sure) {
    const control = head.indexOf(', ctladdr=');
    const list = head.slice(
      3,
      control >= 0 && control < delayAt ? control : delayAt < 0 ? statusAt : delayAt,
    );
    const recipients = list.slice(0, 40_000).split(',', recipientsMax + 1);
    ref.to = recipients.slice(0, recipientsMax).map(recipient => bracketless(recipient.trim()));
    if (recipients.length > recipientsMax) event.flags = ['truncated'];
    const relayAt = head.lastIndexOf(', relay=');
    const peer = relayAt < 0 ? undefined : peerAt(head, relayAt + 8);
    const mailer = /, mailer=([\w-]{1,40})/.exec(head)?.[1];
    if (peer?.endpoint !== undefined) event.to = peer.endpoint;
    if (mailer === 'local' || mailer === 'prog' || mailer === '*file*') {
      if (message?.user !== undefined || message?.actor !== undefined) event.direction = 'internal';
      else if (isOutside(message?.client)) event.direction = 'inbound';
    } else if (mailer?.includes('smtp') === true && isOutside(peer?.endpoint)) {
      event.direction = 'outbound';
    }
  } else event.flags = ['forged-looking'];
  event.messages = [ref];
  event.detail = detailOf(text.slice(Math.max(0, delayAt + 2)));
  return { event };
};

/** `AUTH=server, relay=host [address], authid=…, mech=…, bits=0`: the proof of a login. */
const readLogin = (sendmail: Sendmail, line: SendmailLine): Parsed | undefined => {
  const { text, envelope } = line;
  const peer = peerAt(text, text.indexOf('relay=') + 6);
  const nameAt = text.indexOf(', authid=');
  const methodAt = text.lastIndexOf(', mech=');
  if (nameAt < 0) return undefined;
  const name = text.slice(nameAt + 9, methodAt < nameAt ? text.length : methodAt);
  const method = /^[A-Za-z0-9-]{1,40}/.exec(text.slice(methodAt + 7))?.[0];
  const event = draft(sendmail, line, 'login', 'success');
  event.user = { name: printable(name) };
  if (peer?.endpoint !== undefined) event.from = peer.endpoint;
  if (methodAt > nameAt && method !== undefined) event.authMethod = method;
  sendmail.logins.set(processOf(envelope), {
    user: event.user,
    ...(event.authMethod === undefined ? {} : { method: event.authMethod }),
  });
  return { event };
};

/**
 * `AUTH failure (LOGIN): authentication failure (-13) …, user=…, relay=host [address]`. The name is the client's:
 * the relay behind it is looked for from the right.
 */
const readRefusedLogin = (sendmail: Sendmail, line: SendmailLine): Parsed | undefined => {
  const { text } = line;
  const method = /^AUTH failure \(([^)]{0,60})\): ?/.exec(text);
  if (method === null) return undefined;
  const relayAt = text.lastIndexOf(', relay=');
  const peer = relayAt < 0 ? undefined : peerAt(text, relayAt + 8);
  const rest = text.slice(method[0].length, relayAt < 0 ? text.length : relayAt);
  const nameAt = rest.indexOf(', user=');
  const event = draft(sendmail, line, 'login', 'failure');
  if (peer?.endpoint !== undefined) event.from = peer.endpoint;
  if (nameAt >= 0 && rest.length > nameAt + 7)
    event.user = { name: printable(rest.slice(nameAt + 7)) };
  event.authMethod = printable(method[1] ?? '');
  event.detail = detailOf(nameAt < 0 ? rest : rest.slice(0, nameAt));
  return { event };
};

const readTls = (sendmail: Sendmail, line: SendmailLine): Parsed | undefined => {
  const { text } = line;
  if (!text.startsWith('STARTTLS=server, relay=')) return { quiet: 'about encryption' };
  const peer = peerAt(text, 23);
  if (peer?.endpoint === undefined) return { quiet: 'about encryption' };
  const event = draft(sendmail, line, 'connection', 'success');
  event.from = peer.endpoint;
  event.tls = true;
  event.detail = detailOf(text);
  return { event };
};

/** `Milter: data, reject=550 …`, `milter=…, action=…, reject=…`, and what milters changed. */
const readMilter = (sendmail: Sendmail, line: SendmailLine): Parsed | undefined => {
  const { text } = line;
  const made = /^[Mm]ilter(?: \([^)]{1,80}\))?[:=] ?/.exec(text);
  if (made === null)
    return /^Milter (?:add|insert|delete|change|accept|message)/.test(text)
      ? { quiet: 'a milter changed the message' }
      : undefined;
  const message = sendmail.messages.get(keyOf(line));
  const verdict =
    /(?:^|, | )(reject=|discard$|quarantine=|tempfail|rejecting commands|replycode=)/.exec(text);
  const connecting = /^Milter: connect: host=(\S{0,255}), addr=(\S{2,60}), /.exec(text);
  if (connecting !== null) {
    const event = draft(sendmail, line, 'connection', 'failure');
    const peer = peerAt(`[${(connecting[2] ?? '').replace(/^\[|\]$/g, '')}]`, 0);
    if (peer?.endpoint !== undefined) event.from = peer.endpoint;
    event.detail = detailOf(text);
    return { event };
  }
  if (verdict === null) return { quiet: 'a step of a milter' };
  const word = verdict[1] ?? '';
  const kind: EventKind =
    word === 'discard'
      ? 'message.discarded'
      : word === 'quarantine=' || word === 'tempfail'
        ? 'message.deferred'
        : 'message.refused';
  const event = draft(sendmail, line, kind, word === 'discard' ? 'success' : 'failure');
  if (message !== undefined) describe(event, message);
  const ref = refOf(line, message);
  const to = /^Milter: to=(<[^<>]{0,320}>), /.exec(text);
  const from = /^Milter: from=(<[^<>]{0,320}>), /.exec(text);
  if (to !== null) ref.to = [bracketless(to[1] ?? '')];
  if (from !== null) ref.from = bracketless(from[1] ?? '');
  if (line.id !== undefined) event.messages = [ref];
  event.detail = detailOf(text);
  return { event };
};

const quiets =
  /^(?:STARTTLS|AUTH|SYSERR|Authentication-Warning|clone |alias |done; |starting |restarting|stopping|daemon |alias database|\S{1,200}: \d+ aliases|unable to qualify|gethostbyaddr|grew |started as|queue|running |runqueue|Queue|dropenvelope|locked|premature|hops|DSN: |return to sender|postmaster notify|sender notify|savemail|Losing |collect: |rejecting (?:connections|new)|accepting connections|deferring|SMTP (?:outgoing|MAIL|RCPT)|My unqualified|Truncated|removed|NDR|dns |timeout |lost input|makeconnection|getrequests|Warning|warning|problem|bad |File |file |cannot |Cannot |dbm|hash|map |error |can't|milter=|Milter|--- |<-- |connect |connection|header|discarded|truncated|tcpwrappers|open|unsafe|WARNING|low on space|user unknown|No |user |message-id|putbody|safesasl|sasl|_sasl_|error: safesasl|auxpropfunc |engine=|Sending ".*" to Milter$|ldap|SSL|TLS|[A-Za-z0-9]{7,20}: )/i;

const read = (sendmail: Sendmail, envelope: Envelope): Parsed => {
  const message = envelope.message;
  const head = /^([A-Za-z0-9]{7,20}|NOQUEUE): /.exec(message.slice(0, 24));
  const queued = head !== null && head[1] !== 'NOQUEUE' && /\d/.test(head[1] ?? '');
  const text = queued || head?.[1] === 'NOQUEUE' ? message.slice(head[0].length) : message;
  const line: SendmailLine = { envelope, text, ...(queued ? { id: head[1] ?? '' } : {}) };
  let found: Parsed | undefined;
  if (text.startsWith('to=')) found = readDelivery(sendmail, line);
  else if (text.startsWith('from=')) found = readSender(sendmail, line);
  else if (text.startsWith('AUTH=server, ')) found = readLogin(sendmail, line);
  else if (text.startsWith('AUTH failure ')) found = readRefusedLogin(sendmail, line);
  else if (text.startsWith('STARTTLS=')) found = readTls(sendmail, line);
  else if (text.startsWith('ruleset=')) found = readRuleset(sendmail, line);
  else if (/^[Mm]ilter/.test(text)) found = readMilter(sendmail, line);
  found ??= readClient(sendmail, line);
  if (found !== undefined) return found;
  return quiets.test(text.slice(0, 300))
    ? { quiet: 'about itself' }
    : { unparsed: 'no known line of Sendmail' };
};

/** The lines of an instance of sendmail in their order. */
export const openSendmail = (context: FormatContext): LogReader => {
  const sendmail: Sendmail = {
    context,
    messages: new OpenThings(context.openMax),
    logins: new OpenThings(context.openMax),
  };
  return { read: envelope => read(sendmail, envelope) };
};
