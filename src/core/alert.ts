import type { EventKind } from './access-event.ts';
import type { LineRef } from './watched-event.ts';

export const alertLevels = ['informational', 'low', 'medium', 'high', 'critical'] as const;
export type AlertLevel = (typeof alertLevels)[number];

/**
 * Something that rules or baselines saw, before it is grouped. What makes two of them the same alert is `rule`,
 * `component` and `who`; when each happened is `timeMs`.
 */
export interface Sighting {
  /** Id of the rule; `baseline/mailboxes-per-hour` of a baseline. */
  readonly rule: string;
  readonly title: string;
  readonly level: AlertLevel;
  readonly component: string;
  /** The person, account or application that it is about, as written in the log; undefined: nobody in particular. */
  readonly who: string | undefined;
  readonly timeMs: number;
  /** From when what it rests on lasted. */
  readonly sinceMs: number;
  /** What was seen, in one sentence, with its figures: "`roundcube` read 412 mailboxes between …". */
  readonly sentence: string;
  /** `attack.t1114.002` */
  readonly tags: readonly string[];
  readonly address?: string;
  readonly app?: string;
  readonly kind?: EventKind;
  /** Lines that it rests on, the first and the last of them at least; of a baseline those that were out of the usual. */
  readonly lines: readonly LineRef[];
  /** How many events it rests on. */
  readonly events: number;
}
