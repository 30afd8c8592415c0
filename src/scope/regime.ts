import type { Sensitivity } from '../core/personal.ts';

/** What of a breach decides whether, to whom and by when it must be told. Moments are milliseconds since 1970. */
export interface BreachFacts {
  /** When the organisation came to know of it. */
  readonly aware: number;
  /** When it was found to be material to investors, where that was decided. */
  readonly material?: number;
  /** When the people concerned were told, where they were. */
  readonly peopleTold?: number;
  /** Somebody meant it: unauthorised access, not a mistake. */
  readonly malicious: boolean;
  readonly evidenced: Affected;
  readonly withinReach: Affected;
}

/** How many people are concerned in one bound, those counted by how much harm their data does among them. */
export interface Affected {
  readonly people: number;
  readonly bySensitivity: Readonly<Record<Sensitivity, number>>;
}

/** One thing that must be done. */
export interface Duty {
  readonly to: 'authority' | 'people' | 'investors' | 'controllers';
  readonly what: string;
  /** Last moment, where the rule counts days or hours; the earlier one where it leaves room. */
  readonly due?: number;
  /** The rule's own words for the time. */
  readonly within: string;
  /**
   * `yes`: what is evidenced is enough. `possible`: only what lies within reach is. `no`: not even that.
   * `ask`: rests on what these figures do not tell (residence, risk, contracts).
   */
  readonly applies: 'yes' | 'possible' | 'no' | 'ask';
  readonly why: string;
}

/** A law or rule that asks for notice of a breach. */
export interface Regime {
  readonly id: string;
  readonly title: string;
  /** Article or section. */
  readonly source: string;
  readonly duties: (facts: BreachFacts) => readonly Duty[];
}

export const hours = 3_600_000;
export const days: number = 24 * hours;

/** Does a number of people that a rule names appear in the evidence, or only within reach? */
export const reaches = (
  { evidenced, withinReach }: BreachFacts,
  count: (affected: Affected) => number,
  least: number,
): 'yes' | 'possible' | 'no' => {
  if (count(evidenced) >= least) return 'yes';
  return count(withinReach) >= least ? 'possible' : 'no';
};

/**
 * The end of the given number of business days after a moment, Saturdays and Sundays (UTC) left out. Public
 * holidays are not: the day told is never later than the true one.
 */
export const businessDaysAfter = (moment: number, count: number): number => {
  let day = moment;
  for (let left = count; left > 0; ) {
    day += days;
    const weekday = new Date(day).getUTCDay();
    if (weekday !== 0 && weekday !== 6) left--;
  }
  return day;
};
