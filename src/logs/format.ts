import type { AccessEvent } from '../core/access-event.ts';
import type { LogLine } from '../core/log-line.ts';
import type { Stamp } from './stamp.ts';

/** What became of one line. One line gives at most one event; nothing is ever dropped. */
export type Parsed =
  | { readonly event: AccessEvent }
  /** Understood, and says nothing of access: a start, a counter, a line that only prepares a later one. */
  | { readonly quiet: string }
  /** Not understood: kept, counted and shown. */
  | { readonly unparsed: string };

/** A line with what was before it taken off: a syslog header, a journal record, a container's envelope. */
export interface Envelope {
  readonly line: LogLine;
  /** The program's own text. */
  readonly message: string;
  /** Its time as the envelope has it; absent where only the message bears one. */
  readonly stamp?: Stamp;
  readonly host?: string;
  /** `postfix/smtpd`, `dovecot`; absent where the file is the program's own. */
  readonly program?: string;
  readonly pid?: number;
  /** Of a journal or RFC 5424 record: fields beside the message. */
  readonly fields?: ReadonlyMap<string, string>;
}

/** What a reader is given beside the lines. */
export interface FormatContext {
  /** Resolves what a stamp does not say, in the order of the lines. */
  readonly time: (stamp: Stamp) => AccessEvent['time'];
  /** How many open things (queue ids, sessions) may be remembered at once. */
  readonly openMax: number;
}

/** Reads the lines of one log in their order; it remembers what joins them, within bounds. */
export interface LogReader {
  /** Never throws. */
  readonly read: (envelope: Envelope) => Parsed;
}

/**
 * One way in which a program writes down what happened. Pure. Values come from attackers: user names,
 * subjects and user agents are parsed from the side that they do not control.
 */
export interface LogFormat {
  readonly id: string;
  readonly title: string;
  /**
   * How sure it is, 0 to 1, that a line is of its program: by the envelope's program name, or by the shape of
   * the message where there is none. Asked of the first lines of a log, and of each line whose program is
   * another one than before.
   */
  readonly sniff: (envelope: Envelope) => number;
  readonly open: (context: FormatContext) => LogReader;
}
