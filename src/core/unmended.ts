/**
 * Whether a source's word on a flaw that it does not mend means that it looked at it and lets it wait: Debian's
 * `no-dsa`, `postponed` and `ignored`, and a release of another distribution for which no fix is planned.
 */
export const letsWait = (word: string | undefined): boolean =>
  word !== undefined &&
  /^(?:no-dsa|postponed|ignored|not planned for this release)(?:$|:)/.test(word);

/** Whether it means that nothing will ever mend it: an end of life, a vendor's word. */
export const isGivenUp = (word: string | undefined): boolean =>
  word !== undefined && !letsWait(word);
