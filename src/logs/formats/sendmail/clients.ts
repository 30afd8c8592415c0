import type { AccessEvent } from '../../../core/access-event.ts';
import type { Parsed } from '../../format.ts';
import { withoutSecrets } from '../../redact.ts';
import { detailOf, printable } from '../../text.ts';
import { draft, type Sendmail, type SendmailLine } from './line.ts';
import { type Peer, peerAt } from './peer.ts';

/**
 * `ruleset=check_rcpt, arg1=<…>, arg2=…, relay=host [address], reject=550 5.1.1 …`. The arguments are the client's
 * and stand before the relay, what is refused may name them once more behind it: the relay counts where it
 * stands there once, and else nothing does.
 */
export const readRuleset = (sendmail: Sendmail, line: SendmailLine): Parsed | undefined => {
  const { text, id } = line;
  const name = /^ruleset=(\w{1,60}), /.exec(text)?.[1];
  if (name === undefined) return undefined;
  const relayAt = text.indexOf(', relay=');
  const sure = relayAt >= 0 && text.indexOf(', relay=', relayAt + 1) < 0;
  const peer = sure ? peerAt(text, relayAt + 8) : undefined;
  const after = text.slice(peer?.end ?? Math.max(0, relayAt));
  const verdict = /, (reject=|discard|quarantine=)/.exec(after)?.[1] ?? 'reject=';
  const early =
    name === 'check_relay' ||
    name.startsWith('tls_') ||
    name === 'check_vrfy' ||
    name === 'check_expn';
  const refused: AccessEvent['kind'] = early ? 'connection' : 'message.refused';
  const event = draft(
    sendmail,
    line,
    verdict === 'discard'
      ? 'message.discarded'
      : verdict === 'quarantine='
        ? 'message.deferred'
        : refused,
    verdict === 'discard' ? 'success' : 'failure',
  );
  if (peer?.endpoint !== undefined) event.from = peer.endpoint;
  if (peer?.local !== undefined) event.actor = peer.local;
  const argument = sure
    ? /^ruleset=\w{1,60}, arg1=<?([^,<>\s]{1,320})>?, /.exec(text)?.[1]
    : undefined;
  const ref = {
    ...(id === undefined ? {} : { queueId: id }),
    ...(argument !== undefined && name === 'check_rcpt' ? { to: [printable(argument)] } : {}),
    ...(argument !== undefined && name === 'check_mail' ? { from: printable(argument) } : {}),
  };
  if (Object.keys(ref).length > 0) event.messages = [ref];
  event.detail = detailOf(text);
  if (relayAt >= 0 && !sure) event.flags = ['forged-looking'];
  return { event };
};

interface Shape {
  readonly start: RegExp;
  /** Where the peer begins: behind the whole match. */
  readonly outcome: AccessEvent['outcome'];
}

/** Lines that name the client behind words of sendmail's own. */
const shapes: readonly Shape[] = [
  { start: /^rejecting commands from /, outcome: 'failure' },
  { start: /^lost input channel from /, outcome: 'failure' },
  { start: /^timeout waiting for input from /, outcome: 'failure' },
  {
    start:
      /^collect: (?:premature EOM: .{0,200} by|unexpected close on connection from|read timeout on connection from|I\/O error on connection from) /,
    outcome: 'failure',
  },
  { start: /^connect from /, outcome: 'success' },
  // The name is the client's: the last of these words is sendmail's.
  { start: /^invalid domain name \(.{0,400}\) from /, outcome: 'failure' },
  {
    start:
      /^SYSERR\(\w{1,40}\): collect: (?:I\/O error|read timeout|unexpected close) on connection from /,
    outcome: 'failure',
  },
];

/** Lines that begin with the client: words of sendmail's own follow his address. */
const words =
  /^ ?(?:\(may be forged\)|\(TIMEOUT\))? ?(?::? ?(?:possible SMTP attack|probable open proxy|VRFY|EXPN|ETRN|Possible)|did not issue|\.\.\. |\[\w+\])/i;

/** `<address>... User unknown`: what the client was told; who he is stands in another line. */
const answered = /^<([^<>\s]{1,320})>\.\.\. (?!Sent|queued)/;

/** Lines about a client. */
export const readClient = (sendmail: Sendmail, line: SendmailLine): Parsed | undefined => {
  const { text, id } = line;
  const head = text.slice(0, 600);
  const unknown = answered.exec(head);
  if (unknown !== null) {
    const event = draft(sendmail, line, 'message.refused', 'failure');
    event.messages = [
      { ...(id === undefined ? {} : { queueId: id }), to: [printable(unknown[1] ?? '')] },
    ];
    event.detail = detailOf(text);
    return { event };
  }
  let found: Peer | undefined;
  let outcome: AccessEvent['outcome'] = 'failure';
  for (const shape of shapes) {
    const match = shape.start.exec(head);
    if (match === null) continue;
    found = peerAt(text, match[0].length);
    outcome = shape.outcome;
    break;
  }
  if (found === undefined && head.includes('[')) {
    const there = peerAt(text, 0);
    if (there?.endpoint !== undefined && words.test(text.slice(there.end))) found = there;
  }
  if (found?.endpoint === undefined) return undefined;
  const event = draft(sendmail, line, 'connection', outcome);
  event.from = found.endpoint;
  if (id !== undefined) event.messages = [{ queueId: id }];
  const kept = withoutSecrets(text);
  event.detail = detailOf(kept.text);
  if (kept.secret) event.flags = ['secret'];
  return { event };
};
