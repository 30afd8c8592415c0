export type EvidenceErrorCode =
  /** The disk is full: nothing more is acknowledged; open the store again when there is room. */
  | 'DISK_FULL'
  /** A write or a sync failed. What was not acknowledged may be lost; nothing is tried again. */
  | 'WRITE_FAILED'
  /** The log on the disk is not the one that this store committed. */
  | 'LOG_DIFFERS'
  /** The log on the disk is further on than the state: an old copy of the state was put back. */
  | 'STATE_ROLLED_BACK'
  /** The spool does not hold what was acknowledged. */
  | 'SPOOL_DAMAGED'
  | 'WRONG_KEY'
  | 'CLOSED'
  | 'BAD_INPUT';

/** What keeps the store from going on. */
export class EvidenceError extends Error {
  override readonly name = 'EvidenceError';
  readonly code: EvidenceErrorCode;

  constructor(code: EvidenceErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

const isFull = (thrown: unknown): boolean =>
  thrown instanceof Error &&
  (('code' in thrown && (thrown.code === 'ENOSPC' || thrown.code === 'EDQUOT')) ||
    /database or disk is full/.test(thrown.message));

/** What failed, as an error of ours. */
export const evidenceError = (thrown: unknown): EvidenceError =>
  thrown instanceof EvidenceError
    ? thrown
    : new EvidenceError(
        isFull(thrown) ? 'DISK_FULL' : 'WRITE_FAILED',
        thrown instanceof Error ? thrown.message : String(thrown),
        { cause: thrown },
      );
