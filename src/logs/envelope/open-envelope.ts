import type { LogLine } from '../../core/log-line.ts';
import type { Envelope } from '../format.ts';
import { tai64Stamp } from '../time/stamps.ts';
import { syslogHeader } from './header.ts';
import { criRecord, jsonRecord } from './records.ts';
import { rfc5424 } from './rfc5424.ts';

/** Where the text goes on behind `<PRI>`; 0 where there is none. */
const behindPriority = (text: string): number => {
  for (let at = 1; at <= 3; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x3e) return at > 1 ? at + 1 : 0;
    if (!(code >= 0x30 && code <= 0x39)) return 0;
  }
  return text.charCodeAt(4) === 0x3e ? 5 : 0;
};

/** What multilog writes before the line of whatever it logs for. */
const taiLine = (line: LogLine): Envelope | undefined => {
  const at = tai64Stamp(line.text);
  if (at === undefined || line.text.charCodeAt(at.end) !== 0x20) return undefined;
  return { line, message: line.text.slice(at.end + 1), stamp: at.stamp };
};

const opened = (line: LogLine): Envelope | undefined => {
  const { text } = line;
  const first = text.charCodeAt(0);
  if (first === 0x3c) {
    const from = behindPriority(text);
    if (from === 0) return undefined;
    const isVersion1 = text.charCodeAt(from) === 0x31 && text.charCodeAt(from + 1) === 0x20;
    return (isVersion1 ? rfc5424(line, text, from) : undefined) ?? syslogHeader(line, text, from);
  }
  if (first === 0x7b) return jsonRecord(line);
  if (first === 0x40) return taiLine(line);
  if (first >= 0x41 && first <= 0x5a) return syslogHeader(line, text, 0);
  if (first < 0x30 || first > 0x39) return undefined;
  // Kubernetes writes `stdout` or `stderr` where a syslog header has its host.
  const mayBeContained = text.charCodeAt(text.indexOf(' ') + 1) === 0x73;
  return (mayBeContained ? criRecord(line) : undefined) ?? syslogHeader(line, text, 0);
};

/**
 * Takes off what stands before a program's own text: RFC 3164 and RFC 5424 headers (with `<PRI>` or as a
 * syslog daemon wrote them to a file), records of the journal, of Docker and of Kubernetes. Only the outermost
 * is taken off (and a syslog header within a container's record): a header further within was written by
 * whoever caused the line.
 *
 * A line of a program's own file is its message, unchanged and with its own stamp (`anyStamp` reads it), save
 * that RFC 3164, TAI64N and `…T…` stamps at its head are taken off: Dovecot's own file gives a stamp and the message
 * `imap-login: Info: …`, without host and program.
 */
export const openEnvelope = (line: LogLine): Envelope =>
  opened(line) ?? { line, message: line.text };
