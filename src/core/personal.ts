/** How sure a finding is. What each level is worth in practice is measured on the labelled set: docs/data-types.md. */
export const confidences = ['low', 'medium', 'high'] as const;
export type Confidence = (typeof confidences)[number];

/** How much harm the kind of data does in the wrong hands; regimes ask for `special`, `financial` and `credential` apart. */
export type Sensitivity = 'ordinary' | 'identity' | 'financial' | 'credential' | 'special';

/** A kind of personal data: the file name below `src/exposure/data-types`. */
export type DataTypeId = string;

/** What a person can be recognised by. Each kind is pseudonymised under a key of its own. */
export const identifierKinds = [
  'email',
  'telephone',
  'customer-number',
  /** Two that are weak alone: they make a person probable, never certain. */
  'name-and-address',
  'name-and-birth-date',
] as const;
export type IdentifierKind = (typeof identifierKinds)[number];

export const personStatuses = ['active', 'dormant', 'former'] as const;
export type PersonStatus = (typeof personStatuses)[number];

/**
 * HMAC-SHA-256 of a normalised identifier, cut to 96 bits: two numbers of 48 bits each, which
 * JavaScript and Parquet's INT64 both hold exactly.
 */
export interface Pseudonym {
  readonly high: number;
  readonly low: number;
}
