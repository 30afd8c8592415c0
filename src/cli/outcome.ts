import type { ExitCode } from '../core/errors.ts';

/** What a verb has to say, and how the process ends. */
export interface Outcome {
  readonly text: string;
  readonly exit: ExitCode;
  /** File that the text goes to instead of standard output. */
  readonly out: string | undefined;
}
