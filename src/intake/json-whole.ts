/** A JSON text that was held in memory whole. */
export type WholeJson = { readonly value: unknown } | { readonly fault: string };

/** Colons outside of texts: one stands between each key and its value, and nowhere else. */
const membersWritten = (json: string): number => {
  let count = 0;
  for (let at = 0; at < json.length; ) {
    const quote = json.indexOf('"', at);
    const stop = quote < 0 ? json.length : quote;
    for (let i = at; i < stop; i += 1) if (json.charCodeAt(i) === 0x3a) count += 1;
    if (quote < 0) break;
    at = afterText(json, quote);
  }
  return count;
};

/** Where the text that begins at `quote` has ended. */
const afterText = (json: string, quote: number): number => {
  for (let from = quote + 1; ; ) {
    const end = json.indexOf('"', from);
    if (end < 0) return json.length;
    let backslashes = 0;
    while (json.charCodeAt(end - 1 - backslashes) === 0x5c) backslashes += 1;
    if (backslashes % 2 === 0) return end + 1;
    from = end + 1;
  }
};

const membersRead = (value: unknown): number => {
  let count = 0;
  // By hand, because a depth that a parser takes need not be one that a stack takes.
  const open: unknown[] = [value];
  for (let each = open.pop(); each !== undefined; each = open.pop()) {
    if (typeof each !== 'object' || each === null) continue;
    const below = Array.isArray(each) ? each : Object.values(each);
    if (!Array.isArray(each)) count += below.length;
    for (const inner of below) {
      if (typeof inner === 'object' && inner !== null) open.push(inner);
    }
  }
  return count;
};

/**
 * Reads a JSON text. One in which a key stands twice in the same object is none: readers differ in which
 * of the two counts (RFC 8259, 4), so that nobody can tell what it says.
 */
export const wholeJson = (json: string): WholeJson => {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return { fault: 'it is not valid JSON' };
  }
  return membersWritten(json) === membersRead(value)
    ? { value }
    : { fault: 'a key stands in it twice' };
};
