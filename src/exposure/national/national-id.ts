/** A number that a state gives to a person, with what its own specification says of it. */
export interface NationalId {
  /** ISO 3166 in small letters, `cz`. */
  readonly country: string;
  /** Below `national-id` in the words: `de`, `de/insurance`; the country where nothing is said. */
  readonly label?: string;
  /** Shapes in which it is written where it is digits only. */
  readonly numbers?: readonly (readonly number[])[];
  /**
   * Where letters are in it: what stands in the text from its first character on, capitals or not, groups captured being
   * the parts that make the value. Begins at the first digit or letter; tried at tokens and at digits.
   */
  readonly pattern?: RegExp;
  /** Letters and digits without separators, capitals. */
  readonly isValid: (value: string) => boolean;
  /** How many of the numbers of this form are valid by chance, about: of 1,000. */
  readonly byChance: number;
  /** It is said only where its own label stands beside it. */
  readonly labelledOnly?: true;
}

export const digitAt = (digits: string, at: number): number => digits.charCodeAt(at) - 0x30;

export const part = (digits: string, from: number, to: number): number =>
  Number(digits.slice(from, to));
