import type { EventTime } from '../core/log-line.ts';
import type { Parsed } from './format.ts';
import { type EventParts, freeText, happened } from './reading.ts';

/**
 * Lines that say nothing of access, and yet something that whoever watches must see: a program crashed, lines of a
 * log were lost or thrown away, a log's daemon ended, a filter was not reached.
 */
const patterns: readonly RegExp[] = [
  // Dovecot's and Postfix's masters, SOGo's watchdog.
  /\bkilled (?:with|by) signal (?:4|6|7|8|11|31)\b/,
  // Apache, nginx, PHP-FPM: `exit signal Segmentation fault (11)`, `exited on signal 11`.
  /\bexit(?:ed)?(?: on| with)? signal (?:[A-Z][\w ]{2,30}\((?:4|6|7|8|11|31)\)|(?:4|6|7|8|11|31)\b)/,
  // The kernel, which names the program first.
  /\bsegfault at [0-9a-f]+ ip |\btrap invalid opcode ip:|\bgeneral protection fault ip:|\bstack smashing detected\b/,
  /\bassertion failed\b|^[Pp]anic: |: [Pp]anic: /,
  // rsyslog and journald throw away what comes too fast.
  /\bbegin to drop messages due to rate-limiting\b|\blost \d{1,9} messages from pid |\bmessages lost due to rate-limiting\b|\bSuppressed \d{1,9} messages from\b/,
  /\bmilter\b.{1,300}(?:: (?:Connection refused|No such file or directory|Connection timed out|Permission denied|Broken pipe)|can't read |error connecting to )/i,
  // amavis could not look into a message.
  /\(!{1,2}\) ?(?:TROUBLE |PRESERVING |WARN: all primary virus scanners failed|_DIE)/,
  /^(?:<0x[0-9a-fx]{1,20}:?\S{0,60}> |0x\S{1,20} )?EXCEPTION: /,
];

/** What ends a log or throws it away, said by its own daemon or by who runs it. */
const logEnds =
  /\bexiting on signal \d|^Journal stopped|^Vacuuming done, freed|^Stopp(?:ed|ing) (?:rsyslog|syslog-ng|auditd|systemd-journald|.{0,40}(?:System Logging|Journal Service|Security Audit))|^The audit daemon is exiting|^(?:CONFIG_CHANGE|op=).{0,200}\bop="?remove_rule/;

const isTrouble = (text: string): boolean => patterns.some(pattern => pattern.test(text));

/** Of a program of syslog that is none of the mail's. */
export const isHostsTrouble = (text: string): boolean => logEnds.test(text) || isTrouble(text);

export interface TroubleOf extends Pick<EventParts, 'component'> {
  readonly time: EventTime;
  readonly service?: string | undefined;
  readonly pid?: number | undefined;
}

/** The event that something went wrong, in the program's own words. */
export const trouble = (of: TroubleOf, text: string): Parsed =>
  happened({ ...of, kind: 'other', outcome: 'failure', ...freeText(text) });

/** What was read of a line; where nothing was and it tells of trouble, that. */
export const orTrouble = (parsed: Parsed, of: TroubleOf, text: string): Parsed =>
  'event' in parsed || !isTrouble(text.slice(0, 2_000)) ? parsed : trouble(of, text);
