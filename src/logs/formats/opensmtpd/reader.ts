import type {
  AccessEvent,
  Endpoint,
  EventKind,
  MessageRef,
  Person,
} from '../../../core/access-event.ts';
import { OpenThings } from '../../draft.ts';
import { ipOf } from '../../endpoint.ts';
import type { Envelope, FormatContext, LogReader, Parsed } from '../../format.ts';
import { isOutside } from '../../inside.ts';
import { countOf, type EventParts, freeText, happened, timeless } from '../../reading.ts';
import { printable } from '../../text.ts';
import { pairsOf } from './pairs.ts';
import { proseOf } from './prose.ts';

interface Session {
  client?: Endpoint;
  user?: Person;
  tls?: boolean;
  /** The login that the line before refused. */
  refused?: boolean;
}

/** A message, by the first eight digits of its envelopes' ids. */
interface OpenMessage {
  client?: Endpoint;
  user?: Person;
  sender?: string;
  sizeBytes?: number;
}

interface Opensmtpd {
  readonly context: FormatContext;
  readonly sessions: OpenThings<Session>;
  readonly messages: OpenThings<OpenMessage>;
}

interface Line {
  readonly envelope: Envelope;
  readonly session: string;
  /** `smtp`, `mta`, `mda`. */
  readonly part: string;
  readonly action: string;
  readonly values: ReadonlyMap<string, string>;
  readonly words: string;
}

type Parts = Omit<EventParts, 'time' | 'component' | 'host' | 'pid' | 'session'>;

const address = (text: string | undefined): Endpoint | undefined => {
  if (text === undefined) return undefined;
  const bare = /^\[?([^\]]{2,60}?)\]?(?::(\d{1,5}))?$/.exec(
    text.startsWith('IPv6:') ? text.slice(5) : text,
  );
  const ip = ipOf(text) ?? ipOf(bare?.[1] ?? '');
  if (ip === undefined) return undefined;
  const port = countOf(bare?.[2]);
  return port === undefined || port === 0 || ipOf(text) !== undefined ? { ip } : { ip, port };
};

const endpointOf = (values: ReadonlyMap<string, string>): Endpoint | undefined => {
  const found = address(values.get('address'));
  const host = values.get('host');
  if (
    found === undefined ||
    host === undefined ||
    host === 'unknown' ||
    !/^[\w.-]{1,255}$/.test(host)
  ) {
    return found;
  }
  return ipOf(host) === undefined ? { ...found, host } : found;
};

const bracketless = (text: string): string => printable(text.replace(/^<|>$/g, ''));

const messageOf = (opensmtpd: Opensmtpd, id: string): OpenMessage => {
  const there = opensmtpd.messages.get(id);
  if (there !== undefined) return there;
  const message: OpenMessage = {};
  opensmtpd.messages.set(id, message);
  return message;
};

const refOf = (
  id: string | undefined,
  message: OpenMessage | undefined,
  to: string | undefined,
): readonly MessageRef[] | undefined =>
  id === undefined
    ? undefined
    : [
        {
          queueId: id,
          ...(message?.sender === undefined ? {} : { from: message.sender }),
          ...(message?.sizeBytes === undefined ? {} : { sizeBytes: message.sizeBytes }),
          ...(to === undefined ? {} : { to: [bracketless(to)] }),
        },
      ];

const readConnected = (opensmtpd: Opensmtpd, line: Line): Parts => {
  const client = endpointOf(line.values);
  const session: Session = {};
  if (client !== undefined) session.client = client;
  if (line.values.has('tls') || line.words.includes('smtps')) session.tls = true;
  opensmtpd.sessions.set(line.session, session);
  return { ...none, kind: 'connection', outcome: 'success', from: client, detail: 'connected' };
};

/** Of what a line does not say. */
const none = {
  user: undefined,
  actor: undefined,
  app: undefined,
  from: undefined,
  through: undefined,
  to: undefined,
  service: 'smtp',
  authMethod: undefined,
  tls: undefined,
  folder: undefined,
  messages: undefined,
  count: undefined,
  bytes: undefined,
  direction: undefined,
  detail: undefined,
  request: undefined,
  change: undefined,
  eventUid: undefined,
  flags: undefined,
} as const;

const readLogin = (opensmtpd: Opensmtpd, line: Line): Parts => {
  const session = opensmtpd.sessions.get(line.session);
  const name = line.values.get('user');
  const ok = line.values.get('result') === 'ok';
  const user = name === undefined || name === '' ? undefined : { name: printable(name) };
  if (session !== undefined) {
    session.refused = !ok;
    if (ok && user !== undefined) session.user = user;
  }
  return {
    ...none,
    kind: 'login',
    outcome: ok ? 'success' : 'failure',
    user,
    from: session?.client ?? address(line.values.get('address')),
    tls: session?.tls,
    detail: printable(line.values.get('result') ?? ''),
  };
};

const readMessage = (opensmtpd: Opensmtpd, line: Line): Parts => {
  const session = opensmtpd.sessions.get(line.session);
  const id = line.values.get('msgid');
  const message = id === undefined ? undefined : messageOf(opensmtpd, id);
  const size = countOf(line.values.get('size'));
  if (message !== undefined) {
    if (session?.client !== undefined) message.client = session.client;
    if (session?.user !== undefined) message.user = session.user;
    if (size !== undefined) message.sizeBytes = size;
    const sender = line.values.get('from');
    if (sender !== undefined && message.sender === undefined) message.sender = bracketless(sender);
  }
  const local = session !== undefined && session.client === undefined;
  const submitted = session?.user !== undefined || local;
  return {
    ...none,
    kind: submitted ? 'message.submitted' : 'message.received',
    outcome: 'success',
    user: session?.user,
    from: session?.client,
    tls: session?.tls,
    messages: refOf(id, message, line.values.get('to')),
    count: countOf(line.values.get('nrcpt')),
    direction: !submitted && isOutside(session?.client) ? 'inbound' : undefined,
  };
};

const results: Readonly<Record<string, readonly [EventKind, AccessEvent['outcome']]>> = {
  ok: ['message.delivered', 'success'],
  delivered: ['message.delivered', 'success'],
  permfail: ['message.bounced', 'failure'],
  tempfail: ['message.deferred', 'failure'],
};

const directionOf = (
  part: string,
  message: OpenMessage | undefined,
  to: Endpoint | undefined,
): AccessEvent['direction'] => {
  if (part === 'mta') return to === undefined || isOutside(to) ? 'outbound' : undefined;
  if (message?.user !== undefined) return 'internal';
  return isOutside(message?.client) ? 'inbound' : undefined;
};

const readDelivery = (opensmtpd: Opensmtpd, line: Line): Parts => {
  const { values } = line;
  const id = values.get('evpid')?.slice(0, 8);
  const message = id === undefined ? undefined : opensmtpd.messages.get(id);
  const word = (values.get('result') ?? '').toLowerCase();
  const [kind, outcome] = results[word] ?? ['other', 'unknown'];
  const sender = values.get('from');
  const known: OpenMessage = { ...message };
  if (known.sender === undefined && sender !== undefined) known.sender = bracketless(sender);
  const relay =
    line.part === 'mta' ? /^(\S{2,60})(?: \((\S{1,255})\))?/.exec(values.get('relay') ?? '') : null;
  const to = address(relay?.[1]);
  return {
    ...none,
    kind,
    outcome,
    user: message?.user,
    from: message?.client,
    to,
    messages: refOf(id, known, values.get('to')),
    direction: directionOf(line.part, message, to),
    ...freeText(line.words),
  };
};

const readRefused = (opensmtpd: Opensmtpd, line: Line): Parsed | Parts => {
  const session = opensmtpd.sessions.get(line.session);
  const command = line.values.get('command') ?? '';
  const login = command.startsWith('AUTH');
  if (login && session?.refused === true) {
    session.refused = false;
    return { quiet: 'told by the line before' };
  }
  const message = /^(?:MAIL|RCPT|DATA)\b/i.test(command) || command === '';
  return {
    ...none,
    kind: login ? 'login' : message ? 'message.refused' : 'connection',
    outcome: 'failure',
    user: session?.user,
    from: session?.client ?? address(line.values.get('address')),
    tls: session?.tls,
    ...freeText(line.words),
  };
};

const readEnvelope = (opensmtpd: Opensmtpd, line: Line): Parsed | Parts => {
  const id = line.values.get('evpid')?.slice(0, 8);
  const sender = line.values.get('from');
  if (id !== undefined && sender !== undefined)
    messageOf(opensmtpd, id).sender = bracketless(sender);
  return { quiet: 'a recipient' };
};

const readEnd = (opensmtpd: Opensmtpd, line: Line): Parts => {
  const session = opensmtpd.sessions.get(line.session);
  opensmtpd.sessions.delete(line.session);
  return {
    ...none,
    kind: 'connection',
    outcome: line.values.get('reason') === 'quit' ? 'success' : 'unknown',
    user: session?.user,
    from: session?.client,
    tls: session?.tls,
    detail: printable(`disconnected reason=${line.values.get('reason') ?? ''}`),
  };
};

/** Old releases write `event=connected`; new ones the bare word. Those before them `smtp-in: New session …`. */
const partsOf = (opensmtpd: Opensmtpd, line: Line): Parsed | Parts => {
  const { part, action } = line;
  if (part === 'smtp') {
    switch (action) {
      case 'connected':
        return readConnected(opensmtpd, line);
      case 'authentication':
        return readLogin(opensmtpd, line);
      case 'message':
        return readMessage(opensmtpd, line);
      case 'envelope':
        return readEnvelope(opensmtpd, line);
      case 'failed-command':
      case 'bad-input':
        return readRefused(opensmtpd, line);
      case 'disconnected':
      case 'closed':
        return readEnd(opensmtpd, line);
      case 'tls':
      case 'starttls': {
        const session = opensmtpd.sessions.get(line.session);
        if (session !== undefined) session.tls = true;
        return { quiet: 'about encryption' };
      }
    }
    return { quiet: 'a step of a session' };
  }
  return action === 'delivery' ? readDelivery(opensmtpd, line) : { quiet: 'a step of a delivery' };
};

const head = /^([0-9a-f]{16}) (smtp|mta|mda) (?:event=)?([a-z-]{2,40})(?: |$)/;

type Told = Omit<Line, 'envelope' | 'session'> & { readonly session?: string };

const lineOf = (message: string): Told | undefined => {
  const match = head.exec(message.slice(0, 80));
  if (match === null) return proseOf(message);
  const words = message.slice(match[0].length);
  return {
    session: match[1] ?? '',
    part: match[2] ?? '',
    action: match[3] ?? '',
    values: pairsOf(words),
    words,
  };
};

/** smtpd(8)'s lines. */
export const openOpensmtpd = (context: FormatContext): LogReader => {
  const opensmtpd: Opensmtpd = {
    context,
    sessions: new OpenThings(context.openMax),
    messages: new OpenThings(context.openMax),
  };
  return {
    read: envelope => {
      const { message, stamp, host, pid } = envelope;
      const told = lineOf(message);
      if (told === undefined) {
        return /^(?:info|warn|debug|smtp-in|smtp-out|delivery|fatal|relay|smtpd|server-cert|scheduler|queue|mta|mda|pony|control|lookup|ca|filter|[a-z-]{1,20}): |^OpenSMTPD|^[0-9a-f]{16} /.test(
          message,
        )
          ? { quiet: 'about itself' }
          : { unparsed: 'no known line of OpenSMTPD' };
      }
      const parts = partsOf(opensmtpd, { ...told, envelope, session: told.session ?? '' });
      if (!('kind' in parts)) return parts;
      return happened({
        ...parts,
        time: stamp === undefined ? timeless : context.time(stamp),
        component: 'opensmtpd',
        host: host === undefined ? undefined : printable(host),
        pid,
        session: told.session,
      });
    },
  };
};
