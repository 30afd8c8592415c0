import type { AccessEvent, Endpoint, EventKind } from '../../../core/access-event.ts';
import { type Draft, draftOf } from '../../draft.ts';
import type { Envelope, Parsed } from '../../format.ts';
import { withoutSecrets } from '../../redact.ts';
import { detailOf, printable } from '../../text.ts';
import { bare, bracketedEnd, fieldsAt } from './fields.ts';
import { type HostAt, hostAt } from './host.ts';
import type { EximLine } from './line.ts';
import { type Exim, refOf } from './messages.ts';

/** An event about a client. */
const about = (
  exim: Exim,
  envelope: Envelope,
  line: EximLine,
  kind: EventKind,
  outcome: AccessEvent['outcome'],
  client: Endpoint | undefined,
  words: string,
): Draft<AccessEvent> => {
  const event = draftOf(kind, outcome, 'exim', envelope, exim.context, line.stamp);
  if (line.pid !== undefined) event.pid = line.pid;
  if (client?.ip !== undefined || client?.host !== undefined) event.from = client;
  event.service = 'smtp';
  const kept = withoutSecrets(words);
  event.detail = detailOf(kept.text);
  if (kept.secret) event.flags = ['secret'];
  if (line.id !== undefined) event.messages = [refOf(line.id, exim.messages.get(line.id))];
  return event;
};

const refusedWords =
  /^(?:dropped by '?(?:connect|connection|quit|notquit)'? ACL|(temporarily )?rejected (RCPT|MAIL|DATA|after DATA|EHLO or HELO|EHLO|HELO|AUTH|VRFY|EXPN|ETRN|STARTTLS|connection|by |during |after |from |[A-Z]{3,12}\b)|sender verify (?:fail|defer) for |incomplete transaction |RCPT <?.{0,400}discarded by |Warning: )/;

/** Commands before there is a message. */
const early: ReadonlySet<string> = new Set([
  'EHLO or HELO',
  'EHLO',
  'HELO',
  'VRFY',
  'EXPN',
  'ETRN',
  'ATRN',
  'XCLIENT',
  'STARTTLS',
  'connection',
  'QUIT',
  'NOTQUIT',
  'WELLKNOWN',
]);

const kindOf = (command = ''): EventKind => {
  if (command === 'AUTH') return 'login';
  return early.has(command) ? 'connection' : 'message.refused';
};

/** `<address>` or `address` at an index, up to what Exim writes behind it. */
const recipientAt = (text: string, at: number): string | undefined => {
  if (text.charCodeAt(at) === 60) return text.slice(at + 1, bracketedEnd(text, at) - 1);
  return /^[^\s:<>]{1,320}/.exec(text.slice(at, at + 400))?.[0];
};

const addressIn = (words: string, mark: string): string | undefined => {
  const at = words.indexOf(mark);
  return at < 0 ? undefined : recipientAt(words, at + mark.length);
};

/**
 * `H=… U=… F=<…> A=… rejected RCPT <…>: …`, `… sender verify fail for <…>: …`, `… Warning: …`. All that is the
 * client's before the verdict (HELO, sender) stands in brackets of its own or behind his address.
 */
export const readHostLine = (
  exim: Exim,
  envelope: Envelope,
  line: EximLine,
): Parsed | undefined => {
  const { text } = line;
  const { values, host, end, repeated } = fieldsAt(text, 0);
  const words = text.slice(end);
  const match = refusedWords.exec(words);
  if (match === null) {
    // `H=mx [address] Connection refused`, `H=mx [address]: SMTP error from …`: hosts that mail goes to.
    if (line.id !== undefined && host !== undefined) return { quiet: 'a step of a delivery' };
    if (host === undefined) return undefined;
    return { event: about(exim, envelope, line, 'other', 'unknown', host.host, words) };
  }
  const verdict = match[0];
  const verify = verdict.startsWith('sender verify');
  const warned = verdict.startsWith('Warning');
  const discarded = verdict.startsWith('RCPT');
  const kind: EventKind = discarded
    ? 'message.discarded'
    : warned || verify
      ? 'other'
      : verdict.startsWith('incomplete') || verdict.startsWith('dropped')
        ? 'connection'
        : kindOf(match[2]);
  const outcome = discarded ? 'success' : warned ? 'unknown' : 'failure';
  const event = about(exim, envelope, line, kind, outcome, host?.host, words);
  const ref = refOf(line.id, line.id === undefined ? undefined : exim.messages.get(line.id));
  const sender = values.get('F');
  if (sender !== undefined) ref.from = printable(bare(sender));
  if (verify) {
    const checked = recipientAt(words, verdict.length);
    if (checked !== undefined) ref.from = printable(checked);
  }
  if (match[2] === 'MAIL' && ref.from === undefined) {
    const refused = recipientAt(words, verdict.length + 1);
    if (refused !== undefined) ref.from = printable(refused);
  }
  const to =
    match[2] === 'RCPT'
      ? recipientAt(words, verdict.length + 1)
      : addressIn(discarded ? words : '', 'RCPT ');
  if (to !== undefined) ref.to = [printable(to)];
  if (Object.keys(ref).length > 0) event.messages = [ref];
  const login = values.get('A');
  if (login !== undefined && login.includes(':')) {
    event.user = { name: printable(login.slice(login.indexOf(':') + 1)) };
    event.authMethod = printable(login.slice(0, login.indexOf(':')));
  }
  const ident = values.get('U');
  if (ident !== undefined) event.actor = { name: printable(ident) };
  if (values.has('X')) event.tls = true;
  if (host?.localPort === 587 || host?.localPort === 465) event.service = 'submission';
  if (repeated || host?.ambiguous === true) event.flags = ['forged-looking'];
  return { event };
};

const failedMark = ' authenticator failed for ';
const setIdMark = ' (set_id=';

/**
 * `plain authenticator failed for host (helo) [address]:port: 535 … (set_id=user)`. The user name is the
 * client's and stands last; the address behind the HELO name is not his.
 */
export const readRefusedLogin = (
  exim: Exim,
  envelope: Envelope,
  line: EximLine,
): Parsed | undefined => {
  const { text } = line;
  const at = text.indexOf(failedMark);
  if (at < 1 || at > 64 || text.lastIndexOf(' ', at - 1) >= 0) return undefined;
  const found = hostAt(text, at + failedMark.length);
  const after = text.slice(found?.end ?? at + failedMark.length);
  const nameAt = after.indexOf(setIdMark);
  const words = (nameAt < 0 ? after : after.slice(0, nameAt)).replace(/^ ?(?:U=\S* ?)?:? ?/, '');
  const event = about(exim, envelope, line, 'login', 'failure', found?.host, words);
  event.authMethod = printable(text.slice(0, at));
  if (nameAt >= 0) {
    const close = after.lastIndexOf(')');
    const name = after.slice(nameAt + setIdMark.length, close < nameAt ? after.length : close);
    if (name !== '') event.user = { name: printable(name) };
  }
  if (found?.localPort === 587 || found?.localPort === 465) event.service = 'submission';
  if (found?.ambiguous === true) event.flags = ['forged-looking'];
  return { event };
};

interface Shape {
  readonly start: RegExp;
  readonly outcome: AccessEvent['outcome'];
  /** Where the client's name begins: behind the first, or the last, of such a mark. */
  readonly mark: string;
  readonly last?: true;
}

/** Lines about a connection. Those that quote a command of the client's name him behind it, in its last mark. */
const shapes: readonly Shape[] = [
  { start: /^SMTP connection from /, outcome: 'success', mark: ' from ' },
  { start: /^SMTP connection lost after final dot/, outcome: 'failure', mark: ' H=' },
  { start: /^SMTP call from /, outcome: 'failure', mark: ' from ' },
  { start: /^no MAIL in (?:\S{1,20} )?SMTP connection from /, outcome: 'failure', mark: ' from ' },
  { start: /^no IP address found for host /, outcome: 'failure', mark: ' from ', last: true },
  { start: /^SMTP (?:command|data) timeout /, outcome: 'failure', mark: ' connection from ' },
  {
    start:
      /^(?:unexpected disconnection|TLS error on connection|TLS client disconnected|incomplete transaction|refused connection|Connection|SMTP protocol violation|ident connection|too many connections|abandoned|host_reject|bad proxy|proxy|ALPN)\b.* from /,
    outcome: 'failure',
    mark: ' from ',
  },
  { start: /^rejected (?:EHLO|HELO|MAIL|XCLIENT) from /, outcome: 'failure', mark: ' from ' },
  { start: /^rejected (?:EHLO|HELO) /, outcome: 'failure', mark: ' from ' },
  { start: /^SMTP protocol synchronization error /, outcome: 'failure', mark: ' H=', last: true },
  { start: /^SMTP (?:protocol|syntax) error in "/, outcome: 'failure', mark: '" H=', last: true },
  {
    start: /^unqualified (?:sender|recipient|verify) rejected: /,
    outcome: 'failure',
    mark: ' H=',
    last: true,
  },
  { start: /^(?:VRFY|EXPN) failed for /, outcome: 'failure', mark: ' H=', last: true },
  {
    start: /^(?:ETRN|ATRN) .{0,300} received from /,
    outcome: 'success',
    mark: ' received from ',
    last: true,
  },
  { start: /^rejected from </, outcome: 'failure', mark: ' H=' },
  { start: /^rejected MAIL /, outcome: 'failure', mark: ' H=', last: true },
  { start: /^TLS error on /, outcome: 'failure', mark: ' from ' },
];

const client = (text: string, { mark, last }: Shape): HostAt | undefined => {
  // What a client sent too early is quoted at the end.
  const early = text.search(/ (?:next )?input="/);
  const head = early < 0 ? text : text.slice(0, early);
  const at = last === true ? head.lastIndexOf(mark) : head.indexOf(mark);
  if (at < 0) return undefined;
  const start = at + mark.length;
  return hostAt(text, text.startsWith('H=', start) ? start + 2 : start);
};

const closed = /(?: lost\b| dropped| closed by DROP| timeout)/;

/** `SMTP connection from …`, `SMTP call from … dropped: …`, `TLS error on connection from …` and so on. */
export const readConnection = (
  exim: Exim,
  envelope: Envelope,
  line: EximLine,
): Parsed | undefined => {
  const { text } = line;
  const reverse = /^no host name found for IP address ([0-9A-Fa-f:.]{2,45})/.exec(text);
  if (reverse !== null) {
    const found = hostAt(`[${reverse[1] ?? ''}]`, 0);
    return { event: about(exim, envelope, line, 'connection', 'unknown', found?.host, text) };
  }
  const head = text.slice(0, 1_000);
  for (const shape of shapes) {
    if (!shape.start.test(head)) continue;
    const found = client(text, shape);
    const failed = shape.outcome === 'failure' || closed.test(text.slice(found?.end ?? 0));
    const event = about(
      exim,
      envelope,
      line,
      head.startsWith('rejected from <') || head.startsWith('rejected MAIL')
        ? 'message.refused'
        : 'connection',
      failed ? 'failure' : shape.outcome,
      found?.host,
      text,
    );
    if (found === undefined && event.messages === undefined)
      return { quiet: 'a call on this host' };
    if (found?.ambiguous === true) event.flags = ['forged-looking'];
    return { event };
  }
  return undefined;
};

/** sa-exim(8): `SA: Action: … score=…. From <…> (host=name [address]) for …`. */
export const readSaExim = (exim: Exim, envelope: Envelope, line: EximLine): Parsed | undefined => {
  const { text } = line;
  if (!text.startsWith('SA: ')) return undefined;
  if (!text.startsWith('SA: Action: ')) return { quiet: 'a step of a filter' };
  // The message id, the sender and the recipients around it are the sender's; `(host=` stands behind the sender.
  const at = text.lastIndexOf(' (host=');
  const found = at < 0 ? undefined : hostAt(text, at + 7);
  const refused = /^SA: Action: (?:permanently|temporarily|silently|teergrubed|rejected)/.test(
    text,
  );
  const event = about(
    exim,
    envelope,
    line,
    'message.scanned',
    refused ? 'failure' : 'success',
    found?.host,
    text,
  );
  if (found?.host.host === 'NULL' && found.host.ip !== undefined)
    event.from = { ip: found.host.ip };
  return { event };
};
