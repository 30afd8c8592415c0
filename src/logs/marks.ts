/**
 * Finding values between marks in lines where an attacker's values stand on both sides: a mark that stands
 * there once is the program's own, one that stands there twice may be his, and nothing is taken from it then.
 */
export interface Marked {
  /** Undefined where the mark is missing, or stands there more than once. */
  readonly value?: string;
  readonly repeated: boolean;
}

const missing: Marked = { repeated: false };

/** What stands behind a mark, up to the first of the ends behind it. */
export const behind = (text: string, mark: string, ends: readonly string[]): Marked => {
  const at = text.indexOf(mark);
  if (at < 0) return missing;
  if (text.indexOf(mark, at + 1) >= 0) return { repeated: true };
  const from = at + mark.length;
  let end = text.length;
  for (const stop of ends) {
    const there = text.indexOf(stop, from);
    if (there >= 0 && there < end) end = there;
  }
  return { value: text.slice(from, end), repeated: false };
};
