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
  /** Another name of the rule, that people call it by. */
  readonly name?: string;
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
  /** Where it is `who` as well, that is an application and nobody's name. */
  readonly app?: string;
  /** Where it is `who` as well, that is a log or a host and nobody's name. */
  readonly log?: string;
  /** Other people whom the sentence names, as they stand in it: they are made pseudonyms wherever it is kept or sent. */
  readonly people?: readonly string[];
  readonly kind?: EventKind;
  /** Lines that it rests on, the first and the last of them at least; of a baseline those that were out of the usual. */
  readonly lines: readonly LineRef[];
  /** How many events it rests on. */
  readonly events: number;
}

/** Sightings of one rule about one component and person that follow each other: what is kept and told. */
export interface Alert {
  /** Short and stable: `a` and ten hexadecimal digits. */
  readonly id: string;
  readonly rule: string;
  readonly title: string;
  readonly level: AlertLevel;
  readonly component: string;
  /** An application's name, or a person's pseudonym (`person-0123456789ab`); empty: nobody in particular. */
  readonly who: string;
  /** Of the first and the last sighting; when what they rest on began. */
  readonly firstMs: number;
  readonly lastMs: number;
  readonly sinceMs: number;
  /** When it was first written down. */
  readonly openedMs: number;
  /** Of the newest sighting, without the name of anybody. */
  readonly sentence: string;
  readonly tags: readonly string[];
  readonly sightings: number;
  readonly events: number;
  /** The first and the newest lines that it rests on: a bounded number. */
  readonly lines: readonly LineRef[];
  readonly addresses: readonly string[];
  readonly apps: readonly string[];
  readonly kind?: EventKind;
}

/** `postern hunt suppress`: until its day is over, nobody is told of such sightings. */
export interface Suppression {
  /** Of the alert that was meant. */
  readonly alert: string;
  readonly rule: string;
  readonly component: string;
  readonly who: string;
  /** `2026-12-31`, the last day on which it holds. */
  readonly until: string;
  readonly why: string;
  readonly by: string;
  readonly madeMs: number;
}
