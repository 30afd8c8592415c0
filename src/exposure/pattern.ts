/**
 * Patterns that an organisation gives for its numbers are run on text that anybody sends, by an engine that tries
 * every way to match. So only those are taken in which the ways can be counted beforehand: no `*`, `+` or `{2,}`
 * without an end, no repetition in a repetition, no looking around, no reference back, and the ways of all `{1,4}` and `|`
 * together at most `waysMax`.
 */
export type CheckedPattern =
  | { readonly ok: true; readonly pattern: RegExp }
  | { readonly ok: false; readonly why: string };

const lengthMax = 200;
const waysMax = 10_000;

export const checkPattern = (source: string): CheckedPattern => {
  const why = fault(source);
  if (why !== undefined) return { ok: false, why };
  try {
    return { ok: true, pattern: new RegExp(source, 'y') };
  } catch {
    return { ok: false, why: 'is no regular expression' };
  }
};

interface Group {
  ways: number;
  varies: boolean;
}

const fault = (source: string): string | undefined => {
  if (source === '') return 'is empty';
  if (source.length > lengthMax) return `is longer than ${lengthMax} characters`;
  const groups: Group[] = [{ ways: 1, varies: false }];
  let closed: Group | undefined;
  for (let at = 0; at < source.length; ) {
    const rest = source.slice(at);
    const open = groups.at(-1) ?? { ways: 1, varies: false };
    const quantifier = /^(?:[*+?]|\{(\d{1,4})(,(\d{0,4}))?\})\??/.exec(rest);
    if (quantifier !== null && at > 0) {
      const said = quantifierFault(quantifier, open, closed);
      if (said !== undefined) return said;
      closed = undefined;
      at += quantifier[0].length;
      continue;
    }
    closed = undefined;
    if (/^\\(?:[1-9]|k<)/.test(rest)) return 'refers back to a group';
    if (/^\(\?(?:[=!]|<[=!])/.test(rest)) return 'looks ahead or back';
    const piece =
      /^(?:\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|\\[pP]\{[^}]{1,40}\}|\\.|\[(?:\\.|[^\]\\]){1,100}\]|\((?:\?:|\?<\w{1,20}>)?|[^[(\\])/.exec(
        rest,
      );
    if (piece === null) return 'is no regular expression';
    if (piece[0].startsWith('(')) groups.push({ ways: 1, varies: false });
    else if (piece[0] === ')') {
      if (groups.length < 2) return 'closes a group that was not opened';
      closed = groups.pop();
      const outer = groups.at(-1);
      if (outer !== undefined && closed !== undefined) {
        outer.ways *= closed.ways;
        outer.varies ||= closed.varies;
      }
    } else if (piece[0] === '|') {
      open.ways += 1;
      open.varies = true;
    }
    if ((groups.at(-1)?.ways ?? 1) > waysMax) return 'can be matched in too many ways';
    at += piece[0].length;
  }
  return groups.length === 1 ? undefined : 'leaves a group open';
};

const quantifierFault = (
  [text, minimum, range, maximum]: RegExpExecArray,
  open: Group,
  closed: Group | undefined,
): string | undefined => {
  if (text.startsWith('*') || text.startsWith('+') || (range !== undefined && maximum === ''))
    return 'repeats without an end: say how often at most, as in {1,12}';
  const from = text.startsWith('?') ? 0 : Number(minimum);
  const to = text.startsWith('?') ? 1 : Number(maximum ?? minimum);
  if (to > 100) return 'repeats more than 100 times';
  if (closed?.varies === true && to > 1)
    return 'repeats a group that itself repeats or has alternatives';
  if (to > from) {
    open.varies = true;
    open.ways *= to - from + 1;
    if (open.ways > waysMax) return 'can be matched in too many ways';
  }
  return undefined;
};
