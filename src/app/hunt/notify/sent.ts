import { UsageError } from '../../../core/errors.ts';

/** What became of one attempt. Its words hold no secret. */
export type Sent =
  | {
      readonly ok: true;
      /** What did not go as it should all the same. */
      readonly remark?: string;
      /** Why it cannot be told whether it arrived. */
      readonly unsure?: string;
    }
  | {
      readonly ok: false;
      readonly why: string;
      /** Whether the same may work later without anybody changing anything. */
      readonly passing: boolean;
      /** How long the other side asks to be left alone. */
      readonly pauseMs?: number;
    };

/** What it takes to send anything. */
export interface SendSetting {
  /** What paths of `postern.yaml` are relative to. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs: number;
}

/** What is wrong with the settings themselves: it lasts until somebody mends them. */
export const notSent = (thrown: unknown, passing: boolean): Sent => ({
  ok: false,
  why: thrown instanceof Error ? thrown.message.replace(/\s+/g, ' ').slice(0, 300) : 'it failed',
  passing: thrown instanceof UsageError ? false : passing,
});
