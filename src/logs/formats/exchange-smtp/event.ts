import type { AccessEvent, MessageRef } from '../../../core/access-event.ts';
import { OpenThings } from '../../draft.ts';
import type { Envelope, FormatContext, Parsed } from '../../format.ts';
import { type EventParts, happened, quiet, unparsed } from '../../reading.ts';
import type { Fields } from '../../records/fields.ts';
import { addressOf, Clean, utcTime, whoOf } from '../../records/meaning.ts';
import { printable } from '../../text.ts';

/** What a session has said so far. */
interface Session {
  /** Whose address stands on which side: this server receives, or sends. */
  receives: boolean;
  user: string | undefined;
  method: string | undefined;
  tls: boolean;
  sender: string | undefined;
  recipients: string[];
  /** The recipient that the next answer is for. */
  asked: string | undefined;
}

export interface SmtpMemory {
  readonly sessions: OpenThings<Session>;
  /** As `#Log-type` says; where it does not, this server's port tells. Never what the other side says. */
  receives: boolean | undefined;
}

export const smtpMemory = (countMax: number): SmtpMemory => ({
  sessions: new OpenThings(countMax),
  receives: undefined,
});

/** Ports that Exchange's servers listen on. */
const serverPorts = new Set([25, 465, 475, 587, 717, 2525]);

const recipientsMax = 1_000;

/** `MAIL FROM:<…>` and `RCPT TO:<…>`: up to the first bracket, behind which parameters stand. */
const pathIn = (data: string): string => {
  const from = data.indexOf('<');
  const to = data.indexOf('>', from);
  return from < 0 || to < 0 ? '' : data.slice(from + 1, to);
};

const sessionOf = (row: Fields, local: AccessEvent['to'], memory: SmtpMemory): Session => {
  const id = row.text('session-id') ?? '';
  const known = memory.sessions.get(id);
  if (known !== undefined) return known;
  const made: Session = {
    receives: memory.receives ?? serverPorts.has(local?.port ?? 0),
    user: undefined,
    method: undefined,
    tls: false,
    sender: undefined,
    recipients: [],
    asked: undefined,
  };
  memory.sessions.set(id, made);
  return made;
};

const messageOf = (session: Session, data: string): MessageRef => {
  // The server's answer: `250 2.6.0 <id> [InternalId=…, Hostname=…]`. The sender chose the id.
  const messageId = /^250 2\.[06]\.0 (?:OK )?(<[^\s<>]{1,900}>)/.exec(data)?.[1];
  const queueId = / \[InternalId=(\d{1,20})[,\]]/.exec(data.slice(0, 2_000))?.[1];
  return {
    ...(messageId === undefined ? {} : { messageId: printable(messageId) }),
    ...(queueId === undefined ? {} : { queueId }),
    ...(session.sender === undefined || session.sender === ''
      ? {}
      : { from: printable(session.sender) }),
    ...(session.recipients.length === 0
      ? {}
      : { to: session.recipients.map(each => printable(each)) }),
  };
};

const clear = (session: Session): void => {
  session.sender = undefined;
  session.recipients = [];
  session.asked = undefined;
};

/** What a client asks for; its answer comes on a line of its own. */
const asked = (session: Session, data: string): Parsed => {
  const verb = data.slice(0, 10).toUpperCase();
  if (verb.startsWith('MAIL FROM')) {
    session.sender = pathIn(data);
    session.recipients = [];
  } else if (verb.startsWith('RCPT TO')) {
    session.asked = pathIn(data);
  } else if (verb.startsWith('AUTH ')) {
    session.method = /^AUTH ([\w-]{1,30})/i.exec(data)?.[1];
  } else if (verb.startsWith('X-EXPS')) {
    session.method = /^X-EXPS ([\w-]{1,30})/i.exec(data)?.[1];
  } else if (verb.startsWith('RSET')) clear(session);
  return quiet('a command, whose answer comes on another line');
};

const isQueued = /^250 2\.[06]\.0 (?:OK )?(?:<|.{0,900}\bQueued mail for delivery)/i;

/** What a server answers. */
const answered = (session: Session, data: string, base: EventParts, clean: Clean): Parsed => {
  const code = data.slice(0, 3);
  if (code === '235' || code === '535') {
    return happened({
      ...base,
      kind: 'login',
      outcome: code === '235' ? 'success' : 'failure',
      authMethod: session.method,
      detail: clean.detail(data),
      flags: clean.flags(),
    });
  }
  if (isQueued.test(data)) {
    const message = messageOf(session, data);
    clear(session);
    const isOwn = session.user !== undefined;
    return happened({
      ...base,
      kind: !session.receives
        ? 'message.delivered'
        : isOwn
          ? 'message.submitted'
          : 'message.received',
      outcome: 'success',
      messages: [message],
      detail: clean.detail(data),
      flags: clean.flags(),
    });
  }
  const { asked: recipient } = session;
  session.asked = undefined;
  if (code.startsWith('25') && recipient !== undefined) {
    if (session.recipients.length < recipientsMax) session.recipients.push(recipient);
    return quiet('a recipient is accepted');
  }
  if (!/^[45]\d\d/.test(code)) return quiet('an answer');
  const isSending = session.sender !== undefined || recipient !== undefined;
  if (!isSending) return quiet('an answer');
  const of = recipient === undefined ? session.recipients : [recipient];
  const message = messageOf({ ...session, recipients: of }, '');
  const refused = code.startsWith('4')
    ? 'message.deferred'
    : session.receives
      ? 'message.refused'
      : 'message.bounced';
  return happened({
    ...base,
    kind: refused,
    outcome: code.startsWith('4') ? 'unknown' : 'failure',
    messages: [message],
    detail: clean.detail(data),
    flags: clean.flags(),
  });
};

/** What the server says of the session: `EXAMPLE\alice,authenticated`; whom a front end hands on. */
const informed = (session: Session, data: string, said: string): Parsed => {
  if (said === 'authenticated' && data !== '') session.user = data;
  const proxied = /Session for ?(\S{1,320}) will now be proxied/.exec(said.slice(0, 1_000))?.[1];
  if (proxied !== undefined) session.user = proxied;
  if (/TLS protocol \S{1,60} negotiation succeeded/.test(said.slice(0, 1_000))) session.tls = true;
  return quiet('what the server says of a session');
};

/**
 * One line of a session. What the other side says stands in `data` of `<` lines and is quoted by the server;
 * addresses, numbers, directions and answers are the server's own.
 */
export const smtpEvent = (
  row: Fields,
  envelope: Envelope,
  context: FormatContext,
  memory: SmtpMemory,
): Parsed => {
  const event = row.text('event');
  const id = row.text('session-id');
  if (event === undefined || id === undefined)
    return unparsed('a line of an SMTP log without event');
  const data = row.text('data') ?? '';
  const said = row.text('context') ?? '';
  const remote = addressOf(row.text('remote-endpoint'));
  const local = addressOf(row.text('local-endpoint'));
  const session = sessionOf(row, local, memory);
  const clean = new Clean();
  const base: EventParts = {
    kind: 'connection',
    time: utcTime(envelope, context, row.text('date-time')),
    outcome: 'success',
    component: 'exchange',
    service: session.user === undefined ? 'smtp' : 'submission',
    user: whoOf(session.user),
    ...(session.receives ? { from: remote, to: local } : { from: local, to: remote }),
    session: printable(id),
    tls: session.tls ? true : undefined,
  };
  switch (event) {
    case '+':
      return happened({ ...base, detail: clean.detail(row.text('connector-id')) });
    case '-':
      memory.sessions.delete(id);
      return quiet('end of a session');
    case '*':
      return informed(session, data, said);
    case '<':
      return session.receives ? asked(session, data) : answered(session, data, base, clean);
    case '>':
      return session.receives ? answered(session, data, base, clean) : asked(session, data);
    default:
      return unparsed('a line of an SMTP log whose event is none');
  }
};
