import type { Place } from './place.ts';

/** What an investigator asks of a log. */
const logQuestions = [
  'who logged in',
  'who read what',
  'what was sent',
  'what was changed',
] as const;
type LogQuestion = (typeof logQuestions)[number];

/** What the program that writes a file does with its older lines, by its own settings. */
export interface OwnRotation {
  /** A clause that names the program: `rotatelogs begins a new file each day and removes none`. */
  readonly why: string;
  readonly because?: Place;
  /**
   * `nothing`: whatever it renames, it leaves lying. `by size`: how many days that is depends on how
   * much is written. `by age`: the fewest and the most days that it keeps a line. `unknown`: `why`
   * says what hinders.
   */
  readonly removes:
    | { readonly is: 'nothing' | 'by size' | 'unknown' }
    | { readonly is: 'by age'; readonly leastDays: number; readonly mostDays: number };
  /** Days after which it begins the next file, at the latest; absent: not by time. */
  readonly periodDays?: number;
  /** How the files that it has left are named: absolute globs. Absent: it renames none. */
  readonly leaves?: readonly string[];
}

/** Where a program hands its log lines, by its own settings. */
export type LogSink =
  /** A path with `*` in it is that of a program that gives each file a name of its own day. */
  | { readonly to: 'file'; readonly path: string; readonly rotation?: OwnRotation }
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
   * Absent: it goes by size, which no setting turns into days, or it cannot be told.
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
