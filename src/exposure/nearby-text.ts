/**
 * Where a character stands last before `from`, at most `reach` characters before; -1 where it does not. The sender controls how long
 * his lines are, and how often a word stands in one: looking for a line's end without a bound would cost the square.
 */
export const lastBefore = (
  text: string,
  character: string,
  from: number,
  reach: number,
): number => {
  const unit = character.charCodeAt(0);
  for (let at = from - 1; at >= 0 && at >= from - reach; at -= 1)
    if (text.charCodeAt(at) === unit) return at;
  return -1;
};

/** Where a character stands first at `from` or behind, within `reach` characters; -1 where it does not. */
export const nextWithin = (
  text: string,
  character: string,
  from: number,
  reach: number,
): number => {
  const unit = character.charCodeAt(0);
  const end = Math.min(text.length, from + reach);
  for (let at = from; at < end; at += 1) if (text.charCodeAt(at) === unit) return at;
  return -1;
};
