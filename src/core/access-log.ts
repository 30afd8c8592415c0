import type { Place } from './place.ts';

/** What an investigator asks of a log. */
const logQuestions = [
  'who logged in',
  'who read what',
  'what was sent',
  'what was changed',
] as const;
type LogQuestion = (typeof logQuestions)[number];

/** Where a program hands its log lines, by its own settings. */
export type LogSink =
  | { readonly to: 'file'; readonly path: string }
  | { readonly to: 'syslog'; readonly facility: string; readonly program: string }
  | { readonly to: 'journal'; readonly unit: string }
  | { readonly to: 'network'; readonly address: string }
  | { readonly to: 'nowhere' };

/** What became of the lines once handed over: file, rotation, shipping. Settled by `logs/keeping`. */
export interface LogTrail {
  /** The file that the lines end in, as seen from the inspected root. */
  readonly path?: string;
  /** RFC 3339 stamps of the oldest and newest line that exist, rotated files included. */
  readonly oldest?: string;
  readonly newest?: string;
  /**
   * The longest that rotation keeps a line, in days. `null`: nothing that was found removes it.
   * Absent: it goes by size, which no setting turns into days.
   */
  readonly rotation?: {
    readonly keepsDays?: number | null;
    readonly why: string;
    readonly because?: Place;
  };
  /** Days that a line is certain to be kept on this host; absent when that cannot be told. */
  readonly retainedDays?: number;
  /** Where a copy is sent off this host: `tls://loghost.example.jp:6514`. */
  readonly shippedTo?: string;
  readonly shippedBecause?: Place;
  /** Lowest syslog severity that passes: `info`, `notice`. */
  readonly level?: string;
  /** What could not be told of the trail, in words. */
  readonly unknown?: string;
}

/** One question, asked of one component: do its settings make it write the answer down? */
export interface AccessLog {
  readonly question: LogQuestion;
  /** `partial`: something is written, but less than the question needs; `why` says what is missing. */
  readonly emitted: 'on' | 'off' | 'partial' | 'unknown';
  readonly why: string;
  readonly because?: Place;
  /** Configuration that mends it, for the version installed. Comment lines (#) say where it goes. */
  readonly remedy?: string;
  readonly sink?: LogSink;
  readonly trail?: LogTrail;
}
