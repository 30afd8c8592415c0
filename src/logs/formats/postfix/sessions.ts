import type { AccessEvent } from '../../../core/access-event.ts';
import { type Draft, draftOf } from '../../draft.ts';
import type { Envelope, Parsed } from '../../format.ts';
import { withoutSecrets } from '../../redact.ts';
import { detailOf, printable } from '../../text.ts';
import type { Postfix } from './line.ts';
import { type ClientAt, clientAt, clientFrom, serviceOf } from './parts.ts';
import { verdictOf } from './verdicts.ts';

const processOf = ({ host, pid }: Envelope): string => `${host ?? ''} ${pid ?? ''}`;

const connection = (
  postfix: Postfix,
  envelope: Envelope,
  found: ClientAt,
  outcome: AccessEvent['outcome'],
  words: string,
): Draft<AccessEvent> => {
  const event = draftOf('connection', outcome, 'postfix', envelope, postfix.context);
  event.from = found.client;
  event.service = serviceOf(envelope.program);
  event.detail = detailOf(words);
  return event;
};

/** A client that was gone before its address was asked for. */
const gone = 'unknown[unknown]';

const readConnect = (postfix: Postfix, envelope: Envelope, text: string): Parsed | undefined => {
  const found = clientAt(text, 13);
  if (found === undefined)
    return text.startsWith(gone, 13) ? { quiet: 'a client without address' } : undefined;
  if (envelope.pid !== undefined && postfix.sessions.tls.size > 0) {
    postfix.sessions.tls.delete(processOf(envelope));
  }
  return { event: connection(postfix, envelope, found, 'success', 'connect') };
};

const failedLogins = / auth=(\d{1,9})(?:\/(\d{1,9}))?/;

/** `disconnect from name[address] ehlo=1 auth=0/1 quit=1 commands=2/3`: done of tried (since 3.0). */
const readDisconnect = (postfix: Postfix, envelope: Envelope, text: string): Parsed | undefined => {
  const found = clientAt(text, 16);
  if (found === undefined)
    return text.startsWith(gone, 16) ? { quiet: 'a client without address' } : undefined;
  const counts = text.slice(found.end);
  const auth = counts.includes(' auth=') ? failedLogins.exec(counts) : null;
  const failed = auth !== null && auth[2] !== undefined && auth[1] !== auth[2];
  const event = connection(
    postfix,
    envelope,
    found,
    failed ? 'failure' : 'success',
    `disconnect${counts}`,
  );
  if (envelope.pid !== undefined && postfix.sessions.tls.size > 0) {
    const process = processOf(envelope);
    if (postfix.sessions.tls.get(process) === true) event.tls = true;
    postfix.sessions.tls.delete(process);
  }
  return { event };
};

const nameMark = ', sasl_username=';

/**
 * `warning: name[address]: SASL LOGIN authentication failed: reason, sasl_username=…`. The user name is the
 * client's and stands last; the reason is the SASL service's, so the first mark is the true one.
 */
const readRefusedLogin = (
  postfix: Postfix,
  envelope: Envelope,
  text: string,
  from: number,
): Parsed | undefined => {
  const found = clientAt(text, from);
  if (found === undefined || !text.startsWith(': SASL ', found.end)) return undefined;
  const words = text.slice(found.end + 7);
  const match = /^([A-Za-z0-9_-]{1,100}) authentication (failed|aborted)(?:: )?/.exec(words);
  if (match === null) return undefined;
  const rest = words.slice(match[0].length);
  const nameAt = rest.indexOf(nameMark);
  const event = draftOf('login', 'failure', 'postfix', envelope, postfix.context);
  event.from = found.client;
  event.service = serviceOf(envelope.program);
  event.authMethod = match[1] ?? '';
  const reason = nameAt < 0 ? rest : rest.slice(0, nameAt);
  event.detail = detailOf(match[2] === 'aborted' ? 'aborted' : reason);
  const name = nameAt < 0 ? '' : rest.slice(nameAt + nameMark.length);
  if (name !== '' && name !== '(unavailable)') event.user = { name: printable(name) };
  if (envelope.pid !== undefined && postfix.sessions.tls.get(processOf(envelope)) === true) {
    event.tls = true;
  }
  return { event };
};

/** `warning: ` and who it is about. */
const warned =
  /^(?:hostname \S{1,255} (?:does not resolve to|verification failed|resolves to)|(?:Connection (?:rate|concurrency)|Message delivery request rate|Recipient address rate|AUTH command rate|New TLS session rate) limit exceeded: |Illegal address syntax from |non-SMTP command from |address not listed|numeric hostname|valid_hostname|malformed|bad |network_biopair|TLS library problem|Unexpected|dropping)/i;

/** `192.0.2.1: hostname x verification failed`, `192.0.2.1: address not listed for hostname x`, of old releases. */
const unverified =
  /^(?:smtpd_peer_init: )?([0-9A-Fa-f:.]{2,45}): (?:hostname \S{1,255} verification failed|address not listed for hostname )/;

const readWarning = (postfix: Postfix, envelope: Envelope, text: string): Parsed | undefined => {
  const login = readRefusedLogin(postfix, envelope, text, 9);
  if (login !== undefined) return login;
  if (
    text.startsWith('non-SMTP command from ', 9) ||
    text.startsWith('Illegal address syntax from ', 9)
  ) {
    return about(postfix, envelope, clientFrom(text, 9), text.slice(9));
  }
  const named = unverified.exec(text.slice(9, 500));
  if (named !== null)
    return about(postfix, envelope, clientAt(`[${named[1] ?? ''}]`, 0), text.slice(9));
  if (text.includes(' instead of SMTP command: '))
    return about(postfix, envelope, clientAt(text, 9), text.slice(9));
  if (!warned.test(text.slice(9, 400))) return undefined;
  if (text.includes(' limit exceeded: ')) {
    return about(postfix, envelope, clientFrom(text, 9), text.slice(9));
  }
  const address = /^hostname \S{1,255} does not resolve to address ([0-9a-fA-F:.]{2,45})/.exec(
    text.slice(9),
  );
  if (address === null) return undefined;
  const found = clientAt(`[${(address[1] ?? '').replace(/:$/, '')}]`, 0);
  return about(postfix, envelope, found, text.slice(9));
};

/** An event about a client whose words, which may hold secrets, stand in the line. */
const about = (
  postfix: Postfix,
  envelope: Envelope,
  found: ClientAt | undefined,
  words: string,
): Parsed | undefined => {
  if (found === undefined) return undefined;
  const kept = withoutSecrets(words);
  const event = connection(postfix, envelope, found, 'failure', kept.text);
  if (kept.secret) event.flags = ['secret'];
  return { event };
};

const tlsMark = ' TLS connection established from ';

const readTls = (postfix: Postfix, envelope: Envelope, text: string): Parsed | undefined => {
  // Releases before 2.6 say no more than this.
  const at = text.startsWith('TLS connection') ? -1 : text.indexOf(tlsMark);
  if (at > 20) return undefined;
  const found = clientAt(text, at + tlsMark.length);
  if (found === undefined) return undefined;
  if (envelope.pid !== undefined) postfix.sessions.tls.set(processOf(envelope), true);
  const event = connection(postfix, envelope, found, 'success', text);
  event.tls = true;
  return { event };
};

/** `improper command pipelining after X from`, `lost connection after X (n bytes) from`, `timeout after X from`. */
const ended = [
  'lost connection after ',
  'timeout after ',
  'too many errors after ',
  'improper command pipelining after ',
  'SSL_accept error from ',
  'TLS handshake failed ',
  'hangup after ',
  'Refusing STARTTLS request from ',
  'Refusing TLS service request from ',
  'Wrapper-mode request dropped from ',
] as const;

const statistics =
  /^statistics: max (connection|message|recipient|newtls|auth) (?:rate|count) (\d{1,9})(?:\/\d{1,9}s)? for \(([^:()]{1,40}):([^()\s]{2,60})\) at /;

const readStatistics = (postfix: Postfix, envelope: Envelope, text: string): Parsed | undefined => {
  const match = statistics.exec(text.slice(0, 300));
  if (match === null) return { quiet: 'a counter' };
  const found = clientAt(`[${match[4] ?? ''}]`, 0);
  if (found === undefined) return { quiet: 'a counter' };
  const event = connection(postfix, envelope, found, 'unknown', text);
  event.count = Number(match[2]);
  event.service = printable(match[3] ?? 'smtp');
  event.flags = ['aggregated'];
  return { event };
};

/** Lines of smtpd(8), tlsproxy(8), dnsblog(8) and anvil(8) about a client. */
export const readSession = (
  postfix: Postfix,
  envelope: Envelope,
  text: string,
): Parsed | undefined => {
  switch (text.charCodeAt(0)) {
    case 99 /* c */:
      return text.startsWith('connect from ') ? readConnect(postfix, envelope, text) : undefined;
    case 100 /* d */:
      return text.startsWith('disconnect from ')
        ? readDisconnect(postfix, envelope, text)
        : undefined;
    case 119 /* w */:
      return text.startsWith('warning: ') ? readWarning(postfix, envelope, text) : undefined;
    case 115 /* s */:
      return text.startsWith('statistics: ') ? readStatistics(postfix, envelope, text) : undefined;
    case 97 /* a */:
      {
        // dnsblog(8).
        const listed =
          /^addr ([0-9a-fA-F:.]{2,45}) (?:listed|blocked) by domain \S{1,255} as /.exec(text);
        return listed === null
          ? undefined
          : about(postfix, envelope, clientAt(`[${listed[1] ?? ''}]`, 0), text);
      }
    case 112 /* p */:
      return text.startsWith('proxy-') ? readProxied(postfix, envelope, text) : undefined;
    case 114 /* r */:
      // postscreen(8) without a free port, and smtpd(8) of old.
      return text.startsWith('reject') ? readProxied(postfix, envelope, text) : undefined;
  }
  if (text.includes(tlsMark) || text.startsWith('TLS connection established from ')) {
    const secured = readTls(postfix, envelope, text);
    if (secured !== undefined) return secured;
  }
  for (const end of ended) {
    if (!text.startsWith(end)) continue;
    const peer = text.indexOf(' peer=');
    const found = peer < 0 ? clientFrom(text, end.length - 6) : clientAt(text, peer + 6);
    return about(postfix, envelope, found, text);
  }
  return undefined;
};

/** `reject: RCPT from name[address]: …` behind `NOQUEUE: ` or a queue id. */
export const readRefused = (
  postfix: Postfix,
  envelope: Envelope,
  text: string,
  at: number,
): Parsed | undefined => verdictOf(postfix, envelope, text, at, undefined, undefined);

/** `proxy-reject: END-OF-MESSAGE: 554 …; from=<…> …`: the word of a filter before the queue. */
const readProxied = (postfix: Postfix, envelope: Envelope, text: string): Parsed | undefined =>
  verdictOf(postfix, envelope, text, 0, undefined, undefined);
