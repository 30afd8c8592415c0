import { ipOf } from '../endpoint.ts';
import type { Envelope, FormatContext, LogFormat, Parsed } from '../format.ts';
import {
  type EventParts,
  freeText,
  happened,
  onHost,
  personOf,
  quiet,
  timedWithin,
  unparsed,
} from '../reading.ts';
import { printable } from '../text.ts';
import { isoStamp, phpStamp, type StampReader } from '../time/stamps.ts';
import { trouble } from '../trouble.ts';
import { clientOf } from '../web/request.ts';

/** `[22-Nov-2026 12:00:01 +0100]: `; `log_date_format` may be another one. */
const own: StampReader = (text, from) =>
  phpStamp(text, from) ?? isoStamp(text, text.charCodeAt(0) === 0x5b ? 1 : from);

/** ` from 192.0.2.1`, and behind it what a proxy told: ` (X-Real-IP: 203.0.113.9,X-Forwarded-For: 203.0.113.9)`. */
const peers = / from ([0-9a-fA-F.:]{2,45})(?=[\s.(,;]|$)/g;
const forwarded = /\((?:X-[A-Za-z-]{1,30}: [^()]{0,200})\)/;

interface Whence extends Pick<EventParts, 'from' | 'through'> {
  readonly name: string;
  /** What stands behind the address. */
  readonly rest: string;
  readonly forged: boolean;
}

/** How rcube_imap_generic begins to say why: that follows the address at once. */
const reason =
  /^\. (?:AUTHENTICATE |LOGIN: |Could not connect|Empty startup|Unable to|Login disabled|STARTTLS|Configuration error)/;

/**
 * Where an IMAP server's answer follows, it may quote the name with all that was typed in it: the address is the last
 * one behind which Roundcube begins to say why, else behind which anything is said.
 */
const beforeReason = (
  head: string,
  found: readonly RegExpExecArray[],
): readonly RegExpExecArray[] => {
  const behind = (match: RegExpExecArray): string => {
    const at = match.index + match[0].length;
    // A full stop may have been taken for a part of the address.
    return head.slice(match[0].endsWith('.') ? at - 1 : at, at + 40);
  };
  const reasoned = found.filter(match => reason.test(behind(match)));
  if (reasoned.length > 0) return reasoned;
  const said = found.filter(match => /^\. \S/.test(behind(match)));
  return said.length > 0 ? said : found;
};

/**
 * `NAME from IP…`: the client types the name and may forge the header in the parentheses; the address that
 * Roundcube saw stands between them. It is the last one before them, and where parentheses stand twice,
 * nobody can tell.
 */
const whence = (text: string, answered = false): Whence => {
  const open = text.indexOf('(X-');
  const doubled = open >= 0 && text.indexOf('(X-', open + 1) >= 0;
  const head = open < 0 ? text : text.slice(0, open + 1);
  const found = [...head.matchAll(peers)].slice(-50);
  // ` from 192.0.2.1.` of a sentence: the full stop is none of the address.
  const last = (answered && open < 0 ? beforeReason(head, found) : found).at(-1);
  const peer = last?.[1]?.replace(/\.$/, '');
  const ip = peer === undefined || doubled ? undefined : ipOf(peer);
  const header = open < 0 || doubled ? undefined : forwarded.exec(text)?.[0];
  const told =
    header === undefined
      ? undefined
      : /(?:X-Forwarded-For|X-Real-IP): ([^,()]{1,60}(?:,[^:()]{1,60})*)\)?$/.exec(
          header.slice(0, -1),
        )?.[1];
  return {
    name: last === undefined ? text : text.slice(0, last.index),
    ...(ip === undefined ? {} : clientOf(ip, told)),
    rest: last === undefined ? '' : text.slice(last.index + last[0].length).replace(/^[. ]+/, ''),
    forged: doubled || found.length > 1,
  };
};

const marks = (forged: boolean): readonly ['forged-looking'] | [] =>
  forged ? ['forged-looking'] : [];

interface Line {
  readonly known: Pick<EventParts, 'time' | 'component' | 'service'>;
  readonly text: string;
}

const sessionAt = (text: string): readonly [string, string | undefined, string] => {
  const at = text.lastIndexOf(' in session ');
  if (at < 0) return [text, undefined, ''];
  const rest = text.slice(at + ' in session '.length);
  const id = /^[A-Za-z0-9,_-]{1,128}/.exec(rest)?.[0];
  return [text.slice(0, at), id, rest.slice(id?.length ?? 0)];
};

const successful = 'Successful login for ';

/** `Successful login for bob (ID: 7) from 192.0.2.1 in session abc`. */
const success = ({ known, text }: Line): Parsed => {
  const [head, session] = sessionAt(text.slice(successful.length));
  const { name, forged, rest: _, ...from } = whence(head);
  const id = /^(.{0,320}) \(ID: (\d{1,12})\)$/.exec(name);
  const user = id?.[1] ?? name;
  return happened({
    ...known,
    kind: 'login',
    outcome: 'success',
    user:
      user === ''
        ? undefined
        : { name: printable(user), ...(id?.[2] === undefined ? {} : { uid: id[2] }) },
    ...from,
    session,
    flags: forged ? ['forged-looking'] : undefined,
  });
};

const failures = /^(?:Failed|FAILED) login for /;

/** `Failed login for bob from 192.0.2.1 in session abc (error: 0)`. */
const failure = ({ known, text }: Line): Parsed => {
  const [head, session, rest] = sessionAt(text.replace(failures, ''));
  const { name, forged, rest: _, ...from } = whence(head);
  return happened({
    ...known,
    kind: 'login',
    outcome: 'failure',
    user: personOf(name),
    ...from,
    session,
    ...freeText(rest, marks(forged)),
  });
};

const imapFailed = 'IMAP Error: Login failed for ';

/**
 * `IMAP Error: Login failed for bob against imap.example.jp from 192.0.2.1. AUTHENTICATE PLAIN: … in FILE on
 * line 211 (POST /?_task=login)`. What stands behind the address the IMAP server says, and the program.
 */
const imapFailure = ({ known, text }: Line): Parsed => {
  const line = text.slice(imapFailed.length);
  // The address asked for is the client's, encoded: no space is in it.
  const end = / in \S{1,300}\.php on line \d{1,6}\b/.exec(line)?.index ?? line.length;
  const { name, forged, rest, ...from } = whence(line.slice(0, end), true);
  const against = name.lastIndexOf(' against ');
  return happened({
    ...known,
    kind: 'login',
    outcome: 'failure',
    user: personOf(against < 0 ? name : name.slice(0, against)),
    ...from,
    to: against < 0 ? undefined : { host: printable(name.slice(against + ' against '.length)) },
    ...freeText(rest, marks(forged)),
  });
};

/** Before 0.3: `IMAP Error: Authentication for bob failed (LOGIN): "a001 NO …" (POST /…)`, without an address. */
const earlyFailure =
  /^IMAP Error: Authentication for (.{1,320}) failed \((?:AUTH|LOGIN)\): "(.{0,1000}?)"(?: \((?:POST|GET) .{0,2000})?$/;

const earlyImapFailure = ({ known, text }: Line): Parsed | undefined => {
  const match = earlyFailure.exec(text);
  return match === null
    ? undefined
    : happened({
        ...known,
        kind: 'login',
        outcome: 'failure',
        user: personOf(match[1]),
        ...freeText(match[2] ?? ''),
      });
};

const sent =
  /^User (.{1,320}) \[([0-9a-fA-F.:]{2,45})(\(X-[^\]]{1,300}\))?\]; Message (?:(<?[^\s;]{1,998}?>?) )?for (.{0,4000}?); (.{0,500})$/;

/** `User bob [192.0.2.1]; Message <id@host> for eve@example.jp; 250: 2.0.0 Ok: queued as 4X`, by `sendmail.log`. */
const submitted = ({ known, text }: Line): Parsed | undefined => {
  const match = sent.exec(text);
  if (match === null) return undefined;
  const [, user, ip = '', , id, to = '', reply = ''] = match;
  const queueId = /queued as (\w{4,30})/.exec(reply)?.[1];
  const messageId = id === undefined ? undefined : id.startsWith('<') ? id : `<${id}>`;
  const address = ipOf(ip);
  return happened({
    ...known,
    kind: 'message.submitted',
    outcome: /^[45]/.test(reply) ? 'failure' : 'success',
    user: personOf(user),
    from: address === undefined ? undefined : { ip: address },
    direction: undefined,
    messages: [
      {
        ...(messageId === undefined ? {} : { messageId: printable(messageId, 998) }),
        ...(queueId === undefined ? {} : { queueId }),
        to: to
          .split(',')
          .slice(0, 50)
          .map(each => printable(each.trim())),
      },
    ],
    ...freeText(reply),
  });
};

const passwordChanged =
  /^Password changed for user (.{1,320}) \(ID: (\d{1,12})\) from ([0-9a-fA-F.:]{2,45})/;

const otherLogs =
  /^(?:(?:DB|SQL|IMAP|SMTP|LDAP|PHP|Plugin|XML|CSRF|Sieve|HTTP|Session|Cache|JS|Error|Spell\w*|OAuth2?|cURL|GnuPG)\b.{0,30}(?:Error|Warning|Notice|Deprecated)?:|\[\d{1,6}\] |(?:C|S|Send|Recv)(?:\(\d+\))?: |\[[0-9A-F]{4}\] |SELECT |INSERT |UPDATE |DELETE |Connecting to|No sent folder|Could not|Unable to|Failed to|PHP |Request security|Login error|Stack trace|#\d+ |Caught|Message delivery|Transport|Class|Array|Session|Cleanup|Garbage|Removed|Created|Deleted|Using|Loaded|Initializ|Invalid|Missing|Unknown|Error|Warning|Fatal)/;

const programError = /^(?:PHP (?:Fatal )?|DB |SQL |Plugin |CSRF |XML )Error: /;

const lineOf = (text: string): string =>
  text
    .replace(/^: ?/, '')
    // `log_driver` `stdout` names the log first, and each line its session.
    .replace(/^(?:userlogins|errors|sendmail|imap|smtp|sql|password|console): /, '')
    .replace(/^<[A-Za-z0-9,_-]{1,40}> /, '');

const read = (envelope: Envelope, context: FormatContext): Parsed => {
  const { time, text: timed } = timedWithin(envelope, context, own);
  const text = lineOf(timed);
  const line: Line = { known: { time, component: 'roundcube', service: 'webmail' }, text };
  if (text.startsWith(successful)) return success(line);
  if (failures.test(text)) return failure(line);
  if (text.startsWith(imapFailed)) return imapFailure(line);
  const early = earlyImapFailure(line);
  if (early !== undefined) return early;
  if (text.startsWith('User ')) {
    const message = submitted(line);
    if (message !== undefined) return message;
  }
  const changed = passwordChanged.exec(text);
  if (changed !== null) {
    const ip = ipOf(changed[3] ?? '');
    return happened({
      ...line.known,
      kind: 'password.changed',
      outcome: 'success',
      user: { name: printable(changed[1] ?? ''), uid: changed[2] ?? '' },
      from: ip === undefined ? undefined : { ip },
    });
  }
  // `PHP Error`, `DB Error`: a plug-in that fails, and what somebody makes fail.
  if (programError.test(text)) return trouble(line.known, text);
  return otherLogs.test(text)
    ? quiet("Roundcube's errors and traffic")
    : unparsed('Roundcube says something unknown');
};

const telling =
  /^(?:Successful login for |Failed login for |FAILED login for |IMAP Error: |User .{1,320} \[[0-9a-f.:]+|DB Error: |SMTP Error: |PHP Error: |Password changed for user |\[[0-9A-F]{4}\] [CS]: )/;

/** Roundcube's own logs: `userlogins`, `errors`, `sendmail`, and those of `imap`, `smtp` and `sql`. */
export const roundcube: LogFormat = {
  id: 'roundcube',
  title: 'Roundcube: logins, errors, messages sent',
  sniff: ({ program, message }) => {
    if (program !== undefined) return /^(?:roundcube|roundcubemail)$/.test(program) ? 1 : 0;
    const stamp = own(message);
    if (stamp === undefined) return /^(?:userlogins|errors): <[\w,-]+> /.test(message) ? 0.8 : 0;
    const behind = message.slice(stamp.end);
    if (!behind.startsWith(': ')) return 0;
    const text = lineOf(behind);
    if (telling.test(text)) return 0.9;
    return /^: <[a-z0-9,-]{6,40}> /.test(behind) ? 0.7 : 0.2;
  },
  open: context => ({ read: envelope => onHost(read(envelope, context), envelope) }),
};
