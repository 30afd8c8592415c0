import type { AccessEvent } from '../../../core/access-event.ts';
import type { EventTime } from '../../../core/log-line.ts';
import { ipOf } from '../../endpoint.ts';
import type { Parsed } from '../../format.ts';
import {
  countOf,
  type EventParts,
  freeText,
  happened,
  personOf,
  quiet,
  unparsed,
} from '../../reading.ts';
import { detailOf, printable } from '../../text.ts';
import { administrator } from './event-fields.ts';
import { mailLogOf } from './mail-log.ts';
import { type Memory, marked, tell } from './memory.ts';
import type { Prefix } from './prefix.ts';

const tailChars = 120;

/** The number behind `name=` in the counters at the end of a session, which Dovecot writes: the last one. */
const counter = (text: string, name: `${string}=`): number | undefined => {
  // They stand at the end; looking for them forwards costs a fraction of looking backwards.
  let at = text.indexOf(name, text.length - tailChars);
  if (at < 0) at = text.lastIndexOf(name);
  else for (let next = at; next >= 0; next = text.indexOf(name, at + 1)) at = next;
  if (at < 0 || (at > 0 && text.charCodeAt(at - 1) !== 0x20)) return undefined;
  const from = at + name.length;
  let end = from;
  while (end < text.length && text.charCodeAt(end) >= 0x30 && text.charCodeAt(end) <= 0x39)
    end += 1;
  return countOf(text.slice(from, end));
};

/** `retr=3/1234`, `del=1/5`: how many, and how many bytes or of how many. */
const pair = (text: string, name: string): readonly [number, number] | undefined => {
  const match = new RegExp(`(?:^|[ ,])${name}=(\\d{1,10})/(\\d{1,15})`).exec(text);
  return match === null ? undefined : [Number(match[1]), Number(match[2])];
};

interface Sum {
  readonly kind: AccessEvent['kind'];
  readonly count?: number | undefined;
  readonly bytes?: number | undefined;
  readonly part?: 'header';
}

/**
 * The counters say how many bodies were fetched, not of which folder nor whether of all of it: so it is reading
 * of that many messages, not a sync. Only one event comes of a line: reading counts before deleting, and the
 * counters stay in the detail.
 */
const imapSum = (text: string): Sum => {
  const bodies = counter(text, 'body_count=') ?? 0;
  if (bodies > 0)
    return { kind: 'message.read', count: bodies, bytes: counter(text, 'body_bytes=') };
  const expunged = counter(text, 'expunged=') ?? 0;
  if (expunged > 0) return { kind: 'message.delete', count: expunged };
  const headers = counter(text, 'hdr_count=') ?? 0;
  if (headers > 0)
    return { kind: 'message.list', count: headers, bytes: counter(text, 'hdr_bytes=') };
  return { kind: 'logout' };
};

/** POP3 has one folder, and `del=0/5` says how many messages are in it: taking all of them is a download. */
const pop3Sum = (text: string): Sum => {
  const [read = 0, bytes] = pair(text, 'retr') ?? [];
  const [deleted = 0, all = 0] = pair(text, 'del') ?? [];
  if (read > 0) {
    const whole = all > 1 && read >= all;
    return { kind: whole ? 'mailbox.sync' : 'message.read', count: read, bytes };
  }
  const [top = 0, topBytes] = pair(text, 'top') ?? [];
  // TOP gives headers and as many lines of the body as the client wants.
  if (top > 0) return { kind: 'message.read', count: top, bytes: topBytes };
  return deleted > 0 ? { kind: 'message.delete', count: deleted } : { kind: 'logout' };
};

const ended =
  /^(?:Disconnected|Logged out|Connection closed|Connection reset|Server shutting down|Inactivity|Killed|Too many|Client has quit|Remote closed|Shutting down|Timeout|Broken pipe|Write error|Read error|Disconnecting|Internal error|Login process)/i;

const counted = / in=\d+ out=\d+| bytes=\d+\/\d+| top=\d+\/\d+|^in=\d+ out=\d+/;

const relayed =
  /^Successfully relayed message: from=<(.{0,320}?)>, size=(\d{1,12}), id=([\w.-]{1,80}), nrcpt=(\d{1,6})/;

const openedOrQuiet =
  /^(?:Effective |Namespace |maildir|mbox|fs:|quota|acl|Opened|Loading|Connection|Hibernat|Unhibernat|Rebuilding|Reopened|Indexed|fts|sieve: (?:Pigeonhole|file|opened|script|started)|Sent|Selected|User \w+ is|duplicate|dict|Fixed|Synced|Storage)/i;

/**
 * `lmtp(123, bob)`, `imap(bob)`, `imap(bob,192.0.2.1)`: the name Dovecot found, not the one typed. An
 * administrator's host stands before it: `doveadm(192.0.2.3,bob)`.
 */
const namedIn = (args: string): { readonly name: string; readonly ip?: string } => {
  const first = args.charCodeAt(0);
  // Apple's server writes `imap(pid 123 user bob)`.
  const behindPid =
    (first >= 0x30 && first <= 0x39) || args.startsWith('pid ')
      ? args.replace(/^(?:pid \d{1,9} user |\d{1,9}(?:, |$))/, '')
      : args;
  if (!behindPid.includes(',')) return { name: behindPid };
  const name = behindPid.replace(/,[0-9a-fA-F.:]{3,45}$/, '');
  const comma = name.indexOf(',');
  const ip = comma < 0 || comma > 45 ? undefined : ipOf(name.slice(0, comma));
  return ip === undefined ? { name } : { name: name.slice(comma + 1), ip };
};

/** What the session's other lines say of it. */
const whoOf = (
  { service, session, pid, args }: Prefix,
  time: EventTime,
  memory: Memory,
): Pick<
  EventParts,
  'time' | 'component' | 'service' | 'user' | 'actor' | 'from' | 'tls' | 'session' | 'pid'
> => {
  const known = session === undefined ? undefined : memory.sessions.get(session);
  const { name, ip } = namedIn(args);
  const first = name.charCodeAt(0);
  const isNumber = first >= 0x30 && first <= 0x39 && /^\d+$/.test(name);
  return {
    time,
    component: 'dovecot',
    service,
    user: personOf(name === '' || isNumber ? known?.user : name),
    actor: personOf(known?.actor ?? administrator(service)),
    from: known?.from ?? (ip === undefined ? undefined : { ip }),
    tls: known?.tls,
    session,
    pid,
  };
};

/** Acts that exported events, or the counters at a session's end, tell of as well. */
const actsOf: Readonly<Record<string, string>> = {
  expunge: 'delete',
  save: 'save',
  copy: 'copy',
  'Mailbox created': 'mailbox CREATE',
  'Mailbox deleted': 'mailbox DELETE',
  'Mailbox renamed': 'mailbox RENAME',
};

/** A line of the `mail_log` plug-in, in whichever process it was loaded; undefined for other lines. */
export const mailLogLine = (
  prefix: Prefix,
  time: EventTime,
  memory: Memory,
): Parsed | undefined => {
  const logged = mailLogOf(prefix.text);
  if (logged === undefined) return undefined;
  const who = whoOf(prefix, time, memory);
  const { message, gone = [] } = logged;
  const user = who.user?.name;
  memory.messageIds.learn(user, message?.folder, message?.uid, message?.messageId);
  for (const folder of gone) memory.messageIds.forget(user, folder);
  const act = actsOf[logged.detail];
  const counts = act === 'delete' || (act !== undefined && memory.seen.size > 0);
  return happened({
    ...who,
    kind: logged.kind,
    outcome: 'success',
    folder: logged.folder,
    messages: message === undefined ? undefined : [message],
    detail: logged.detail,
    change: logged.change,
    flags: marked(undefined, counts && tell(memory, who.session, act, 'log')),
  });
};

const summedActs: ReadonlyMap<string, string> = new Map([
  ['message.read', 'read'],
  ['message.delete', 'delete'],
  ['logout', 'logout'],
]);

/** The end of a session, with what was done in it in figures. */
const sumLine = (prefix: Prefix, time: EventTime, memory: Memory): Parsed => {
  const { service, session, text } = prefix;
  const who = whoOf(prefix, time, memory);
  const sum: Sum =
    service === 'pop3' ? pop3Sum(text) : service === 'imap' ? imapSum(text) : { kind: 'logout' };
  const act = summedActs.get(sum.kind);
  const repeats = act !== undefined && tell(memory, session, act, 'sum', sum.count ?? 1);
  // Exported events of it may still come.
  if (session !== undefined && memory.seen.size === 0) memory.sessions.delete(session);
  return happened({
    ...who,
    kind: sum.kind,
    outcome: 'success',
    count: sum.count,
    bytes: sum.bytes,
    // Dovecot's own words and figures.
    detail: detailOf(text),
    flags: marked(undefined, repeats),
  });
};

/** A line of `imap`, `pop3`, `managesieve`, `submission`, `doveadm` and their like, on behalf of one user. */
export const sessionLine = (prefix: Prefix, time: EventTime, memory: Memory): Parsed => {
  const { service, text } = prefix;
  const logged = mailLogLine(prefix, time, memory);
  if (logged !== undefined) return logged;
  if (text.startsWith('Disconnected') || ended.test(text) || counted.test(text))
    return sumLine(prefix, time, memory);
  const handed = relayed.exec(text);
  if (handed !== null) {
    const [, from = '', size, queueId = '', count] = handed;
    return happened({
      ...whoOf(prefix, time, memory),
      kind: 'message.submitted',
      outcome: 'success',
      count: countOf(count),
      messages: [{ from, queueId, ...(size === undefined ? {} : { sizeBytes: Number(size) }) }],
      ...freeText(text),
    });
  }
  const identified = /^ID sent: (.{1,1000})$/s.exec(text)?.[1];
  if (identified !== undefined) {
    const name = /(?:^|, )name=([^,]{1,200})/.exec(identified)?.[1];
    return happened({
      ...whoOf(prefix, time, memory),
      kind: 'other',
      outcome: 'success',
      app: name === undefined ? undefined : { name: printable(name, 200) },
      ...freeText(text),
    });
  }
  // Dovecot 1 wrote no level into syslog.
  if (prefix.level !== 'info' || /\) failed: [A-Z]/.test(text))
    return quiet(`trouble of ${service}`);
  return openedOrQuiet.test(text) ? quiet(service) : unparsed(`${service} says something unknown`);
};
