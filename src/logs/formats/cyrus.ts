import type { Envelope, FormatContext, LogFormat, LogReader, Parsed } from '../format.ts';
import { onHost, quiet, timedBy, unparsed } from '../reading.ts';
import { anyStamp } from '../time/stamps.ts';
import { auditLine } from './cyrus/audit.ts';
import { cyrusLogfmt } from './cyrus/logfmt.ts';
import { loginLine } from './cyrus/login.ts';
import { cyrusNotice, looksLikeNotice } from './cyrus/notice.ts';
import { proseLine } from './cyrus/prose.ts';
import { SeenSessions, serviceOf } from './cyrus/seen.ts';

/** Names of its processes; others use some of these, so what they say counts as well. */
const names =
  /^(?:imaps?|pop3s?|lmtp(?:unix|d|_unix)?|lmtpproxyd|sieve|timsieved|nntps?|https?(?:jmap|dav|sync)?|jmap|mupdate|notifyd?|master|idled|sync_(?:client|server)|cyr_\w+|ctl_\w+|squatter|deliver|tls_prune|backupd|ptloader|imapd|pop3d|proxyd|fud|smmapd|calalarmd|promstatsd|quota|reconstruct|mbpath|ipurge|httpd)$/;

const telling =
  /^(?:login: |badlogin: |auditlog: |accepted connection$|event=[a-z_]+\.|Delivered: .{0,998} to mailbox: |USAGE \S+ user: |client id sessionid=|SQUAT|open: user |seen_db: |Expunged \d+ messages from |fetching user_deny|executed$|about to exec |process \d+ exited|checkpointing cyrus|done checkpointing|IOERROR|DBERROR|mystore: |starttls: |cyrusdb|skiplist: |twoskip: |service \w+ pid \d+ in |NOTIFY: |EVENT, )/;

const open = (context: FormatContext): LogReader => {
  const sessions = new SeenSessions(context.openMax);
  const read = (envelope: Envelope): Parsed => {
    const { time, text } = timedBy(envelope, context, anyStamp);
    const base = {
      time,
      component: 'cyrus' as const,
      service: serviceOf(envelope.program),
      pid: envelope.pid,
    };
    if (text.startsWith('login: ') || text.startsWith('badlogin: '))
      return loginLine(text, base, sessions);
    if (text.startsWith('event=')) return cyrusLogfmt(text, base, sessions);
    if (text.startsWith('auditlog: ')) return auditLine(text, base, sessions);
    if (text.includes('{"') && looksLikeNotice(text))
      return cyrusNotice(text, context, base, sessions);
    const parsed = proseLine(text, base, sessions);
    if (parsed !== undefined) return parsed;
    return telling.test(text) || envelope.program !== undefined
      ? quiet('Cyrus itself')
      : unparsed('no line of Cyrus');
  };
  return { read: envelope => onHost(read(envelope), envelope) };
};

/** Cyrus IMAP 2.x and 3.x: prose, `auditlog`, logfmt from 3.13 on, and event notifications as JSON. */
export const cyrus: LogFormat = {
  id: 'cyrus',
  title: 'Cyrus IMAP: logins, auditlog, logfmt, event notifications',
  sniff: ({ program, message, stamp }) => {
    if (program === undefined) {
      if (message.startsWith('{')) return looksLikeNotice(message) ? 0.9 : 0;
      const text =
        stamp === undefined ? message.slice(anyStamp(message)?.end ?? 0).trimStart() : message;
      return /^(?:event=(?:login|auditlog|lmtp|mailbox|sieve|sync|jmap)\.|event=(?:""|~null~)(?: |$)|auditlog: \w+ |badlogin: .{0,300}\[[0-9a-f.:]+\] )/.test(
        text,
      )
        ? 0.8
        : 0;
    }
    const slash = program.lastIndexOf('/');
    const name = program.slice(slash + 1);
    // `cyrus/imaps`, and `slot1/imap` of hosts with several.
    if (program.startsWith('cyrus')) return 1;
    if (!names.test(name)) return 0;
    return telling.test(message) ? 0.95 : slash > 0 ? 0.3 : 0;
  },
  open,
};
