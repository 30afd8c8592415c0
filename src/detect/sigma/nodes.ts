/**
 * A Sigma rule after it was read: frozen, its modifiers worked out, so that nobody behind the reader knows what a
 * modifier is. Source: the Sigma specification, 2.1 (rules, correlations, filters and their appendices).
 */

/** A text to compare with, with its wildcards; everything else in it is meant as it stands. */
export type Pattern = readonly PatternPiece[];
/** `one` is `?`, exactly one character; `many` is `*`, any number of them, line ends included. */
export type PatternPiece = string | { readonly wildcard: 'one' | 'many' };

export type Relation = 'lt' | 'lte' | 'gt' | 'gte' | 'eq' | 'neq';

/** What a value of an event must be; a field with several values fulfils it when one of them does. */
export type Comparison =
  /** The whole text: `contains`, `startswith` and `endswith` have become wildcards. */
  | { readonly is: 'text'; readonly pattern: Pattern; readonly cased: boolean }
  /** Anywhere in the text, in the dialect of RE2. */
  | { readonly is: 'regex'; readonly source: string; readonly flags: readonly ('i' | 'm' | 's')[] }
  /** An address within a network: `203.0.113.0/24`, `2001:db8::/32`. */
  | { readonly is: 'cidr'; readonly network: string }
  /** A number, or a text that is one. */
  | { readonly is: 'number'; readonly relation: Relation; readonly value: number }
  | { readonly is: 'boolean'; readonly value: boolean }
  /** There is no such field, or its value is null. */
  | { readonly is: 'null' }
  /** There is such a field, whatever its value; or there is none. */
  | { readonly is: 'exists'; readonly wanted: boolean }
  /** The value of another field of the same event. */
  | {
      readonly is: 'field';
      readonly field: string;
      readonly where: 'whole' | 'within' | 'start' | 'end';
      readonly cased: boolean;
    }
  /** A part of a time, in UTC: `minute`, `hour`, `day` of the month, ISO `week`, `month`, `year`. */
  | {
      readonly is: 'time';
      readonly part: 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year';
      readonly relation: Relation;
      readonly value: number;
    };

export type Node =
  | { readonly is: 'field'; readonly field: string; readonly compare: Comparison }
  /** Some text of the event, whatever its field. */
  | { readonly is: 'keyword'; readonly compare: Comparison }
  /** Of none: true. */
  | { readonly is: 'all'; readonly of: readonly Node[] }
  /** Of none: false. */
  | { readonly is: 'any'; readonly of: readonly Node[] }
  | { readonly is: 'not'; readonly of: Node };

export interface LogSource {
  readonly category?: string;
  readonly product?: string;
  readonly service?: string;
  /** What must be switched on for the events to be there, in the author's words. */
  readonly definition?: string;
}

/** Where a rule stands. */
export interface RulePlace {
  readonly path: string;
  /** 1-based, of the document's first line. */
  readonly line: number;
}

export type RuleStatus = 'stable' | 'test' | 'experimental' | 'deprecated' | 'unsupported';
export type RuleLevel = 'informational' | 'low' | 'medium' | 'high' | 'critical';

/** What every kind of rule says of itself. */
export interface RuleHead {
  /** As written, lower case; else made of place and title, so that it stays the same. */
  readonly id: string;
  /** By which correlations and filters may refer to it. */
  readonly name?: string;
  readonly title: string;
  readonly description?: string;
  readonly status?: RuleStatus;
  readonly level: RuleLevel;
  /** `attack.t1114.002` */
  readonly tags: readonly string[];
  readonly falsePositives: readonly string[];
  readonly references: readonly string[];
  readonly author?: string;
  readonly date?: string;
  readonly modified?: string;
  readonly place: RulePlace;
}

export interface DetectionRule extends RuleHead {
  readonly kind: 'detection';
  readonly source: LogSource;
  /** All conditions of the rule, one of which must hold; filters that apply to it are within. */
  readonly when: Node;
  /** Names of `fields:`, for whoever looks at an alert. */
  readonly fields: readonly string[];
  /** Ids of the filters that were applied. */
  readonly filters: readonly string[];
}

export type CorrelationType =
  | 'event_count'
  | 'value_count'
  | 'value_sum'
  | 'value_avg'
  | 'value_percentile'
  | 'value_median'
  | 'temporal'
  | 'temporal_ordered';

/** Which of the rules must have matched within the time, by id: `a and not b` of a temporal correlation. */
export type RuleExpression =
  | { readonly is: 'rule'; readonly rule: string }
  | { readonly is: 'all'; readonly of: readonly RuleExpression[] }
  | { readonly is: 'any'; readonly of: readonly RuleExpression[] }
  | { readonly is: 'not'; readonly of: RuleExpression };

export interface CorrelationRule extends RuleHead {
  readonly kind: 'correlation';
  readonly type: CorrelationType;
  /** Ids of detection or correlation rules, in their order; none of them leads back here. */
  readonly rules: readonly string[];
  /** Fields, or aliases of them, whose values must be the same. */
  readonly groupBy: readonly string[];
  /** By alias, the field of each rule (by id) that it stands for. */
  readonly aliases: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly timespanMs: number;
  /** All of them hold; none for `temporal` and `temporal_ordered` where none is written. */
  readonly condition: readonly { readonly relation: Relation; readonly value: number }[];
  /** Of `temporal` and `temporal_ordered`, where the condition is written as names of rules. */
  readonly expression?: RuleExpression;
  /** Of `value_*`; several of `value_count`, whose combinations are counted. */
  readonly valueFields: readonly string[];
  /** 0 to 100, of `value_percentile`. */
  readonly percentile?: number;
  /** Whether the rules that it refers to also make alerts of their own. */
  readonly generate: boolean;
}

export type Rule = DetectionRule | CorrelationRule;

/** What is wrong with a document, for its author. */
export interface RuleProblem {
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  readonly column?: number;
  /** Title or id, where it has one. */
  readonly rule?: string;
  readonly why: string;
}

export interface RuleSet {
  /** Rules before the correlations that refer to them. */
  readonly rules: readonly Rule[];
  readonly problems: readonly RuleProblem[];
}
