import { draftOf, OpenThings } from '../../draft.ts';
import type { Envelope, FormatContext, LogReader, Parsed } from '../../format.ts';
import { detailOf, printable } from '../../text.ts';
import { type EximLine, eximLine } from './line.ts';
import { type Exim, refOf } from './messages.ts';
import { readConnection, readHostLine, readRefusedLogin, readSaExim } from './refused.ts';
import { readArrival, readDelivery } from './traffic.ts';

/** `mx.example.jp [192.0.2.1] Connection refused`: so Exim before 4.90 named hosts that mail could not go to. */
const unreached =
  /^\S{1,255} \[[0-9a-fA-F:.]{2,45}\](?::\d{1,5})?:? (?:(?:Connection|Operation) (?:timed out|refused|reset)|No route to host|Network is |Host is |Permission denied|Broken pipe)/;

/** What Exim says of a message, of its queue and of itself. */
const quiets =
  /^(?:Completed|End (?:'[^']{0,80}' )?queue run|Start (?:'[^']{0,80}' |ODMR )?queue run|exim \S{1,40} daemon started|exim user lost privilege|pid \d+: |cwd=|Frozen|\*\*\* Frozen|Unfrozen|Message is frozen|frozen by|Message removed because older|no immediate delivery|Spool file|retry time(?:out)?|log file|using queue|moved from|DKIM: |DANE |TLS session|TLS error on connection to|TLS certificate|SSL |\(SSL|\[[0-9a-fA-F:.]{2,45}\] SSL verify|LDAP |DNS list lookup|dnslists|Warning: |Accept non-SMTP|Authentication-Results: |recipient verify|daemon |listening|Exim configuration|SIGHUP|re-exec|lookup of |failed to |Failed to |unable to |cannot |Cannot |could not |malware acl condition|spam acl condition|spamd|clamd|removing|Tainted |tainted |qualify\/rewrite|rewrite|remote host address|lowest numbered|address |string |expansion of|PRDR |SPF:|DMARC|ARC|peer close|SMTP error from|SMTP timeout|LMTP |Remote host|Connection refused|Connection timed out|Network |Unrouteable|event |child process|bounce_message_file|ACL for|\S{1,320}: error ignored|\S{1,64} (?:router|transport|lookup|authenticator)[: ]|error |rbl |host lookup|cutthrough|Continuing|exim: |started|queue_run|configuration|Format error|all hosts|too many|message |I\/O|data timeout|2nd |hints database|Berkeley|TCP |socket |bind\(|listen|connection |SRS|PRX|discarded|delivering |Delivery )/;

const removal = /^removed by (.{1,300})$/;

/** `removed by root`, `cancelled by timeout_frozen_after`: an administrator, or a rule, took it away. */
const readRemoval = (exim: Exim, envelope: Envelope, line: EximLine): Parsed | undefined => {
  const removed = removal.exec(line.text);
  if (removed === null && !line.text.startsWith('cancelled by ')) return undefined;
  const event = draftOf('message.discarded', 'success', 'exim', envelope, exim.context, line.stamp);
  if (removed !== null) event.actor = { name: printable(removed[1] ?? '') };
  event.messages = [refOf(line.id, line.id === undefined ? undefined : exim.messages.get(line.id))];
  event.detail = detailOf(line.text);
  return { event };
};

/** Of a message whose headers stand in the reject log behind its refusal, up to a line of dashes. */
const kept =
  /^(?:Envelope-(?:from|to): |[A-Z* ] [!-9;-~]{1,80}: ?|[ \t]|-{10,}$|$|\d{3}\*?[A-Z* ] )/;

const readMarked = (exim: Exim, envelope: Envelope, line: EximLine): Parsed | undefined => {
  const { text } = line;
  if (text.charCodeAt(2) !== 32) return undefined;
  switch (text.slice(0, 2)) {
    case '<=':
    case '(=':
      return readArrival(exim, envelope, line);
    case '=>':
    case '->':
    case '>>':
    case '*>':
    case '**':
    case '==':
      return readDelivery(exim, envelope, line);
  }
  return undefined;
};

const read = (exim: Exim, envelope: Envelope): Parsed => {
  const line = eximLine(envelope.message);
  const { text } = line;
  if (line.continued === true) return { quiet: 'the rest of a long line' };
  const marked = line.id === undefined ? undefined : readMarked(exim, envelope, line);
  if (marked !== undefined) return marked;
  if (line.id !== undefined && text.startsWith('Completed')) {
    exim.messages.delete(line.id);
    return { quiet: 'done' };
  }
  if (/^[HUF]=/.test(text)) {
    const hosted = readHostLine(exim, envelope, line);
    if (hosted !== undefined) return hosted;
  }
  const other =
    readRefusedLogin(exim, envelope, line) ??
    readConnection(exim, envelope, line) ??
    readSaExim(exim, envelope, line) ??
    readRemoval(exim, envelope, line);
  if (other !== undefined) return other;
  if (quiets.test(text.slice(0, 500))) return { quiet: 'about itself' };
  if (line.id !== undefined && unreached.test(text)) return { quiet: 'a step of a delivery' };
  const stamped = line.stamp !== undefined || envelope.stamp !== undefined;
  if (!stamped && kept.test(text.slice(0, 200))) return { quiet: 'headers of what was refused' };
  return { unparsed: 'no known line of Exim' };
};

/** Exim's main, reject and panic log, from files of its own or through syslog. */
export const openExim = (context: FormatContext): LogReader => {
  const exim: Exim = { context, messages: new OpenThings(context.openMax) };
  return { read: envelope => read(exim, envelope) };
};
