/** The six questions. */
export const checks = [
  'inventoried',
  'patched',
  'logged',
  'retained',
  'monitored',
  'contained',
] as const;
export type Check = (typeof checks)[number];

export const states = ['pass', 'fail', 'unknown', 'not-applicable'] as const;
export type State = (typeof states)[number];

/** What a verdict rests on: a sentence, and the file and line that say so. */
export interface Evidence {
  readonly what: string;
  readonly path?: string;
  readonly line?: number;
}

/** A risk that somebody accepted for a time. It never turns a state into `pass`. */
interface Exception {
  readonly reason: string;
  /** Last day on which it holds, `yyyy-mm-dd`. */
  readonly until: string;
  readonly expired: boolean;
  readonly by?: string;
}

export interface Verdict {
  readonly state: State;
  /** One sentence: why this state and no other. */
  readonly why: string;
  readonly evidence: readonly Evidence[];
  /** Text to paste; comment lines (#) say where it goes. Present unless the state is `pass` or `not-applicable`. */
  readonly remedy?: string;
  /** How much it matters, 0 to 100: used only for ordering. */
  readonly weight?: number;
  /** What has to be changed to mend it: the same text for the same act. Used only for grouping. */
  readonly cause?: string;
  /** Mended along with that check's fault: nothing to do by itself. Used only for ordering. */
  readonly follows?: Check;
  /** Where several things have to be mended: each by itself. */
  readonly parts?: readonly Verdict[];
  readonly exception?: Exception;
}

export type Verdicts = Readonly<Record<Check, Verdict>>;
