/** A user's mistake: wrong flag or wrong configuration. One line, exit status 64. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const exitCodes = { done: 0, failed: 1, crossed: 2, unseen: 3, usage: 64 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The message of whatever was thrown, on one line. */
export const messageOf = (thrown: unknown): string =>
  (thrown instanceof Error ? thrown.message : String(thrown)).replace(/\s+/g, ' ').slice(0, 500);
