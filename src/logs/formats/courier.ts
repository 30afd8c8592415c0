import type { EventKind } from '../../core/access-event.ts';
import { ipOf } from '../endpoint.ts';
import type { Envelope, FormatContext, LogFormat, Parsed } from '../format.ts';
import {
  countOf,
  type EventParts,
  freeText,
  happened,
  onHost,
  personOf,
  quiet,
  timedBy,
  unparsed,
} from '../reading.ts';
import { printable } from '../text.ts';
import { rfc3164Stamp } from '../time/stamps.ts';

const programs =
  /^(?:imapd(?:-ssl)?|pop3d(?:-ssl)?|(?:courier)?(?:imap|pop3)(?:login|d)|imaplogin|pop3login|courier\w*|authdaemond(?:\.\w+)?|couriertcpd|webmaild|sqwebmaild?|submit|esmtpd(?:-msa|-ssl)?)$/;

const serviceOf = (program: string): string | undefined =>
  program.includes('pop3')
    ? 'pop3'
    : program.includes('imap')
      ? 'imap'
      : /esmtp|submit/.test(program)
        ? 'smtp'
        : /web/.test(program)
          ? 'webmail'
          : undefined;

const word =
  /^(LOGIN FAILED|LOGIN|LOGOUT|DISCONNECTED|TIMEOUT|Connection|Disconnected|Unexpected SSL connection shutdown|couriertls)\b/;

/** `name=123` of what Courier counts at the end of a session, behind the address. */
const figure = (text: string, name: string): number | undefined => {
  const match = new RegExp(`, ${name}=(\\d{1,15})(?:,|$)`).exec(text);
  return match === null ? undefined : Number(match[1]);
};

interface Sum {
  readonly kind: EventKind;
  readonly bytes?: number | undefined;
}

/** Bytes of bodies and of headers given out; how many messages that were, Courier does not count. */
const sumOf = (figures: string): Sum => {
  const body = figure(figures, 'body') ?? figure(figures, 'retr') ?? 0;
  if (body > 0) return { kind: 'message.read', bytes: body };
  const headers = figure(figures, 'headers') ?? 0;
  if (headers > 0) return { kind: 'message.list', bytes: headers };
  const top = figure(figures, 'top') ?? 0;
  return top > 0 ? { kind: 'message.read', bytes: top } : { kind: 'logout' };
};

/** `LOGOUT, user=bob, ip=[::ffff:192.0.2.1], port=[5123], headers=0, body=1234, …`. */
const session = (
  verb: string,
  text: string,
  known: Pick<EventParts, 'time' | 'component' | 'service' | 'pid'>,
): Parsed => {
  // The user is the client's word; the address behind him is Courier's, the last one.
  const at = text.lastIndexOf(', ip=[');
  const close = text.indexOf(']', at);
  const ip = at < 0 || close < 0 ? undefined : ipOf(text.slice(at + ', ip=['.length, close));
  const rest = at < 0 || close < 0 ? '' : text.slice(close + 1);
  const port = countOf(/^, port=\[(\d{1,5})\]/.exec(rest)?.[1]);
  const user = /^, (?:method=\w{1,20}, )?user=(.{0,320})$/.exec(
    at < 0 ? text.slice(verb.length) : text.slice(verb.length, at),
  )?.[1];
  const method = /^, method=(\w{1,20})/.exec(text.slice(verb.length))?.[1];
  const who = {
    ...known,
    user: personOf(user),
    from:
      ip === undefined ? undefined : { ip, ...(port === undefined || port === 0 ? {} : { port }) },
    authMethod: method,
    tls: /, (?:starttls|tls)=1/.test(rest) ? true : undefined,
  };
  switch (verb) {
    case 'LOGIN':
      return happened({ ...who, kind: 'login', outcome: 'success' });
    case 'LOGIN FAILED':
      return happened({ ...who, kind: 'login', outcome: 'failure' });
    case 'LOGOUT':
    case 'DISCONNECTED':
    case 'TIMEOUT': {
      if (user === undefined)
        return happened({ ...who, kind: 'connection', outcome: 'unknown', detail: verb });
      const sum = sumOf(rest);
      return happened({
        ...who,
        kind: sum.kind,
        outcome: 'success',
        bytes: sum.bytes,
        ...freeText(`${verb}${rest}`),
      });
    }
    default:
      return ip === undefined
        ? quiet('a connection')
        : happened({ ...who, kind: 'connection', outcome: 'unknown', detail: verb });
  }
};

const refusedMail = /^error,relay=([0-9a-fA-F.:]{2,45}),/;

/** `error,relay=::ffff:192.0.2.1,ident=…,from=<…>,to=<…>: 550 User unknown.`; the address is before the rest. */
const esmtpd = (
  text: string,
  known: Pick<EventParts, 'time' | 'component' | 'service' | 'pid'>,
): Parsed => {
  const relay = refusedMail.exec(text);
  const ip = ipOf(
    relay?.[1] ??
      /^(?:started|Connection),(?: )?ip=\[([0-9a-fA-F.:]{2,45})\]/.exec(text)?.[1] ??
      '',
  );
  if (ip === undefined) return quiet('SMTP');
  if (relay === null)
    return happened({ ...known, kind: 'connection', outcome: 'success', from: { ip } });
  const reply = text.lastIndexOf('>: ');
  const from = /,from=<([^<>]{0,320})>/.exec(text)?.[1];
  const to = /,to=<([^<>]{0,320})>/.exec(text)?.[1];
  // `error,relay=…,msg="535 Authentication failed.",cmd: …`: what the client sent stands behind, and may be a password.
  const answer = /^error,relay=[0-9a-fA-F.:]{2,45},msg="(\d{3}[^"]{0,300})"/.exec(text)?.[1];
  const said =
    answer ?? (reply < 0 ? (/: (\d{3}.*)$/.exec(text)?.[1] ?? '') : text.slice(reply + 3));
  const login = /^5\d\d .*(?:authenti|AUTH|credential)/i.test(said);
  return happened({
    ...known,
    kind: login ? 'login' : said.startsWith('4') ? 'message.deferred' : 'message.refused',
    outcome: 'failure',
    from: { ip },
    messages:
      from === undefined && to === undefined
        ? undefined
        : [
            {
              ...(from === undefined || from === '' ? {} : { from: printable(from) }),
              ...(to === undefined || to === '' ? {} : { to: [printable(to)] }),
            },
          ],
    ...freeText(said),
  });
};

const delivery =
  /^id=([0-9A-Fa-f.]{10,80}),from=<([^<>]{0,320})>,addr=<([^<>]{0,320})>(?:,size=(\d{1,12}))?(?:,(.{0,2000})|: (.{0,2000}))$/;

const deliveryLine = (
  text: string,
  known: Pick<EventParts, 'time' | 'component' | 'service' | 'pid'>,
): Parsed | undefined => {
  const match = delivery.exec(text);
  if (match === null) return undefined;
  const [, queueId = '', from = '', to = '', size, said, reply] = match;
  const words = said ?? reply ?? '';
  if (!/^(?:success|status:|[245]\d\d)/.test(words)) return quiet('a delivery that goes on');
  const good = /^(?:success|status: success|2)/.test(words);
  const later = /^(?:status: deferred|4)/.test(words);
  return happened({
    ...known,
    kind: good ? 'message.delivered' : later ? 'message.deferred' : 'message.bounced',
    outcome: good ? 'success' : 'failure',
    messages: [
      {
        queueId,
        ...(from === '' ? {} : { from: printable(from) }),
        to: [printable(to)],
        ...(size === undefined ? {} : { sizeBytes: Number(size) }),
      },
    ],
    ...freeText(words),
  });
};

const read = (envelope: Envelope, context: FormatContext): Parsed => {
  const { time, text: timed } = timedBy(envelope, context, rfc3164Stamp);
  const own = envelope.program === undefined ? /^([a-z0-9-]{4,30}): /.exec(timed) : null;
  const program = envelope.program ?? own?.[1] ?? '';
  const text = own === null ? timed : timed.slice(own[0].length);
  const known = { time, component: 'courier', service: serviceOf(program), pid: envelope.pid };
  if (program.startsWith('authdaemon') || timed.startsWith('authdaemon: '))
    return quiet('authentication, which the servers log');
  const verb = word.exec(text.replace(/^(?:Info|INFO|ERR|NOTICE): /, ''))?.[1];
  const line = text.replace(/^(?:Info|INFO|ERR|NOTICE): /, '');
  const sent = deliveryLine(line, known);
  if (sent !== undefined) return sent;
  if (known.service === 'smtp') return esmtpd(line, known);
  if (verb !== undefined) return session(verb, line, known);
  return /^(?:authentication error|Initial|chdir|maildir|filesystem|Maximum|check for|stat|STARTTLS|ip=\[|Installing|Purging|newmsg|started|completed|Waiting|Loading|shutdown|Queue|queuelo|queuehi|restart|Flushing|nbytes|Error|error|ERR|INFO|modules|Stopping|Starting|\S{1,255}: Account's mailbox directory)/i.test(
    line,
  )
    ? quiet('Courier itself')
    : unparsed('Courier says something unknown');
};

/** Courier: IMAP, POP3 and SMTP servers, deliveries. */
export const courier: LogFormat = {
  id: 'courier',
  title: 'Courier: IMAP, POP3, SMTP',
  sniff: ({ program, message, stamp }) => {
    if (program === undefined) {
      const text =
        stamp === undefined ? message.slice(rfc3164Stamp(message)?.end ?? 0).trimStart() : message;
      return /^(?:imapd|pop3d)(?:-ssl)?: (?:LOGIN|LOGOUT|DISCONNECTED|LOGIN FAILED), /.test(text)
        ? 0.9
        : 0;
    }
    if (program.startsWith('courier') || program.startsWith('authdaemond')) return 1;
    if (!programs.test(program)) return 0;
    const text = message.replace(/^(?:Info|INFO|ERR|NOTICE): /, '');
    return word.test(text) && text.includes(', ')
      ? 0.95
      : /^(?:error,relay|started,ip)=/.test(text)
        ? 0.95
        : 0.2;
  },
  open: context => ({ read: envelope => onHost(read(envelope, context), envelope) }),
};
