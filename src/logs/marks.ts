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

const occurrencesMax = 500;

interface Occurrence {
  readonly mark: string;
  readonly at: number;
}

/** What stands behind each of several marks, up to the next of them; in one go for lines that hold many. */
export const behindEach = (text: string, marks: readonly string[]): ReadonlyMap<string, Marked> => {
  const all: Occurrence[] = [];
  for (const mark of marks) {
    let at = text.indexOf(mark);
    while (at >= 0 && all.length < occurrencesMax) {
      all.push({ mark, at });
      at = text.indexOf(mark, at + mark.length);
    }
  }
  all.sort((a, b) => a.at - b.at);
  const values = new Map<string, Marked>();
  for (const [i, { mark, at }] of all.entries()) {
    values.set(
      mark,
      values.has(mark)
        ? { repeated: true }
        : { value: text.slice(at + mark.length, all[i + 1]?.at ?? text.length), repeated: false },
    );
  }
  return values;
};
