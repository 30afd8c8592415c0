/** Something that could not be looked at: it makes answers unknown, never silent. */
export interface Unseen {
  /** The file, folder or thing, named so that somebody can find it. */
  readonly what: string;
  readonly why: string;
  /** How to make it visible. */
  readonly how: string;
}
