import type { AccessEvent, EventKind } from '../../../core/access-event.ts';
import { type Draft, draftOf } from '../../draft.ts';
import type { Envelope, Parsed } from '../../format.ts';
import { isOutside } from '../../inside.ts';
import { withoutSecrets } from '../../redact.ts';
import { detailOf, printable } from '../../text.ts';
import { addressEnd, bare, bracketedEnd, fieldsAt } from './fields.ts';
import { type HostAt, hostAt } from './host.ts';
import type { EximLine } from './line.ts';
import { type Exim, type OpenMessage, refOf } from './messages.ts';

const recipientsMax = 100;

const submissionPorts = [465, 587];

const identOf = (name: string): AccessEvent['actor'] => ({ name: printable(name) });

/** `A=dovecot_plain:bob@example.jp`: the authenticator, and whom it let in. */
const loginOf = (value: string, message: OpenMessage): void => {
  const colon = value.indexOf(':');
  message.method = printable(colon < 0 ? value : value.slice(0, colon));
  if (colon >= 0 && colon + 1 < value.length)
    message.user = { name: printable(value.slice(colon + 1)) };
};

const describe = (event: Draft<AccessEvent>, message: OpenMessage): void => {
  if (message.user !== undefined) event.user = message.user;
  if (message.actor !== undefined) event.actor = message.actor;
  if (message.client !== undefined) event.from = message.client;
  if (message.method !== undefined) event.authMethod = message.method;
  event.service = message.service;
};

/** `<= sender H=… P=… S=… id=… T="subject" from <raw> for a b`; `(= …` for one that was said to be refused. */
export const readArrival = (exim: Exim, envelope: Envelope, line: EximLine): Parsed => {
  const { text, id } = line;
  // The sender chooses this address; a quoted local part may hold blanks, which would look like fields.
  const angle = text.charCodeAt(3) === 60;
  const senderEnd = angle ? bracketedEnd(text, 3) : addressEnd(text, 3);
  const sender = text.slice(3, senderEnd);
  const { values, host, end, repeated } = fieldsAt(text, senderEnd + 1);
  const protocol = values.get('P') ?? '';
  // Before the protocol stands the ident that the client's host gave, and the login behind it.
  const order = [...values.keys()];
  const login = order.indexOf('A') > order.indexOf('P') ? values.get('A') : undefined;
  const sure = !repeated && host?.ambiguous !== true;
  const message: OpenMessage = {
    service: host === undefined ? 'local' : 'smtp',
    submitted: (sure && login !== undefined) || host === undefined,
    sender: printable(sender === '<>' ? '' : sender),
  };
  if (host !== undefined) {
    message.client = host.host;
    if (host.localPort !== undefined && submissionPorts.includes(host.localPort)) {
      message.service = 'submission';
    }
  }
  if (login !== undefined && sure) loginOf(login, message);
  const ident = values.get('U');
  if (ident !== undefined && host === undefined) message.actor = identOf(ident) ?? { name: '' };
  const messageId = values.get('id');
  if (messageId !== undefined) message.messageId = printable(`<${messageId}>`, 1_000);
  const size = Number(values.get('S'));
  if (Number.isSafeInteger(size) && size > 0) message.sizeBytes = size;
  const subject = values.get('T');
  if (subject !== undefined) message.subject = printable(bare(subject), 1_000);
  if (id !== undefined) exim.messages.set(id, message);
  const bounce = sender === '<>' && host === undefined && values.has('R');
  const faked = text.startsWith('(=');
  const kind: EventKind = faked
    ? 'message.refused'
    : bounce
      ? 'other'
      : message.submitted
        ? 'message.submitted'
        : 'message.received';
  const event = draftOf(
    kind,
    faked ? 'failure' : 'success',
    'exim',
    envelope,
    exim.context,
    line.stamp,
  );
  if (line.pid !== undefined) event.pid = line.pid;
  describe(event, message);
  if (ident !== undefined && host !== undefined) event.actor = { name: printable(ident) };
  const ref = refOf(id, message);
  const listAt = text.startsWith('from <', end) ? text.indexOf('> for ', end) + 2 : end;
  if (text.startsWith('for ', listAt)) {
    const recipients = text.slice(listAt + 4, listAt + 40_000).split(' ', recipientsMax + 1);
    ref.to = recipients.slice(0, recipientsMax).map(recipient => printable(recipient));
    event.count = recipients.length;
    if (recipients.length > recipientsMax) event.flags = ['truncated'];
  }
  event.messages = [ref];
  if (protocol !== '') {
    const cipher = values.get('X');
    event.detail = detailOf(cipher === undefined ? `P=${protocol}` : `P=${protocol} X=${cipher}`);
  }
  if (values.has('X') || /^(?:local-)?[el]*smtps/.test(protocol)) event.tls = true;
  if (kind === 'message.received' && isOutside(message.client)) event.direction = 'inbound';
  if (!sure) event.flags = ['forged-looking'];
  return { event };
};

const kinds: Readonly<Record<string, readonly [EventKind, AccessEvent['outcome']]>> = {
  '=>': ['message.delivered', 'success'],
  '->': ['message.delivered', 'success'],
  '>>': ['message.delivered', 'success'],
  '*>': ['other', 'unknown'],
  '**': ['message.bounced', 'failure'],
  '==': ['message.deferred', 'failure'],
};

/** Where the address ends that a delivery line begins with: pipes and files may hold blanks. */
const targetEnd = (text: string, at: number): number => {
  const first = text.charCodeAt(at);
  if (first === 34) return addressEnd(text, at);
  if (first === 124 || first === 47 || first === 58) {
    for (const mark of [' <', ' F=<', ' R=', ' : ']) {
      const end = text.indexOf(mark, at);
      if (end >= 0) return end;
    }
  }
  const blank = text.indexOf(' ', at);
  return blank < 0 ? text.length : blank;
};

/** `… defer (110): Connection timed out H=mx [address]: …`: what the host said stands behind its name. */
const deferredHost = (text: string, from: number): HostAt | undefined => {
  const at = text.indexOf(' H=', from);
  return at < 0 ? undefined : hostAt(text, at + 3);
};

/** `=> address (parent) <original> F=<sender> P=<return path> R=router T=transport H=… C="…" QT=… DT=…`. */
export const readDelivery = (exim: Exim, envelope: Envelope, line: EximLine): Parsed => {
  const { text, id } = line;
  const [kind, outcome] = kinds[text.slice(0, 2)] ?? ['other', 'unknown'];
  let at = targetEnd(text, 3);
  const target = text.slice(3, at);
  for (let parents = 0; parents < 20 && text.startsWith(' (', at); parents += 1) {
    const close = text.indexOf(')', at);
    if (close < 0) break;
    at = close + 1;
  }
  let original: string | undefined;
  if (text.startsWith(' <', at)) {
    const end = bracketedEnd(text, at + 1);
    original = text.slice(at + 2, end - 1);
    at = end;
  }
  const { values, host: named } = fieldsAt(text, at + 1);
  const host = named ?? (text.startsWith('==') ? deferredHost(text, at) : undefined);
  const message = id === undefined ? undefined : exim.messages.get(id);
  const dropped = target.startsWith(':blackhole:') || text.startsWith('blackhole (', 3);
  const event = draftOf(
    dropped && outcome === 'success' ? 'message.discarded' : kind,
    outcome,
    'exim',
    envelope,
    exim.context,
    line.stamp,
  );
  if (line.pid !== undefined) event.pid = line.pid;
  if (message !== undefined) describe(event, message);
  const ref = refOf(id, message);
  const recipients = target.includes('@') && !/^[|/>]/.test(target) ? [target] : [];
  if (original !== undefined && original !== target) recipients.push(original);
  // `=> blackhole (RCPT ACL discarded recipients)` stands for all of them.
  if (recipients.length === 0 && target !== '' && target !== 'blackhole') recipients.push(target);
  if (recipients.length > 0) ref.to = recipients.map(recipient => printable(recipient));
  const sender = values.get('F') ?? (message === undefined ? values.get('P') : undefined);
  if (ref.from === undefined && sender !== undefined) ref.from = printable(bare(sender));
  const size = Number(values.get('S'));
  if (ref.sizeBytes === undefined && Number.isSafeInteger(size) && size > 0) ref.sizeBytes = size;
  event.messages = [ref];
  if (host !== undefined && (host.host.ip !== undefined || host.host.host !== undefined)) {
    event.to = host.host;
    if (kind === 'message.delivered' && isOutside(host.host)) event.direction = 'outbound';
  } else if (kind === 'message.delivered' && values.has('T')) {
    if (message?.submitted === true) event.direction = 'internal';
    else if (isOutside(message?.client)) event.direction = 'inbound';
  }
  if (values.has('X')) event.tls = true;
  const words = text.slice(recipients[0] === target ? at : 3);
  // Of a lookup that failed Exim quotes the query, password and all.
  const kept = outcome === 'failure' ? withoutSecrets(words) : { text: words, secret: false };
  event.detail = detailOf(kept.text);
  if (kept.secret) event.flags = ['secret'];
  return { event };
};
