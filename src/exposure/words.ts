/**
 * Words of a language that stand beside values, as data. Latin words are matched whatever their capitals, from
 * the beginning of a word to the end of one; a blank in one matches any single blank, `-`, `_` or nothing
 * (`post code`, `post-code`, `postcode`). Other scripts are matched anywhere. A file each in src/exposure/words.
 */
export interface Words {
  /** ISO 639: `en`, `ja`. */
  readonly language: string;
  /** Sets of words that speak for a value; a set is named as the type it is for, `telephone`, or below it, `national-id/de`. */
  readonly labels: Readonly<Record<string, readonly string[]>>;
  /** Sets of words that speak against numbers near them: `order`, `tracking`, `amount`, `version` … */
  readonly against: Readonly<Record<string, readonly string[]>>;
}
