import type { LogFormat } from '../format.ts';
import { queueIdLength } from './postfix/parts.ts';
import { openPostfix } from './postfix/reader.ts';

const queued =
  /^(?:to=<|from=<|client=|message-id=|resent-message-id=|removed$|reject: |milter-|SASL authentication failed; server |lost connection with |conversation with |info: header |uid=\d|warning: header |discard: |hold: |sender (?:non-delivery|delay) notification: )/;

const unqueued =
  /^(?:NOQUEUE: |(?:dis)?connect from \S*\[|lost connection after |timeout after |too many errors after |improper command pipelining |warning: \S+\[[^\]]+\]: SASL |statistics: max |(?:Anonymous|Trusted|Untrusted|Verified) TLS connection established |SSL_accept error from |(?:CONNECT|HANGUP|PREGREET|PASS|DISCONNECT|DNSBL|WHITELISTED|ALLOWLISTED|BLACKLISTED|DENYLISTED|COMMAND|BARE|NON-SMTP) \S|connect to \S+\[|certificate verification failed for )/;

/** Everything that the programs of Postfix write to syslog or to maillog_file: postfix(1), 2.x to 3.11. */
export const postfix: LogFormat = {
  id: 'postfix',
  title: 'Postfix',
  sniff: ({ program, message }) => {
    if (program !== undefined) {
      // Policy services name themselves so, and are formats of their own.
      if (/\/(?:postfwd|policy-?spf)/.test(program)) return 0.4;
      if (program.startsWith('postfix')) return 1;
      return /^[\w.-]{1,60}\/(?:[\w.-]{1,60}\/)?(?:smtpd|cleanup|qmgr|smtp|lmtp|pickup|local|virtual|pipe|bounce|postscreen|error|discard|anvil|tlsproxy|dnsblog|trivial-rewrite|scache|master|verify|proxymap|tlsmgr|showq|flush)$/.test(
        program,
      )
        ? 0.9
        : 0;
    }
    const length = queueIdLength(message);
    if (length > 0) return queued.test(message.slice(length + 2, length + 60)) ? 0.7 : 0;
    return unqueued.test(message.slice(0, 400)) ? 0.7 : 0;
  },
  open: openPostfix,
};
