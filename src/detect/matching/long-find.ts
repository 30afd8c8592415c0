/** Above this many steps in the worst case, `indexOf` is not asked: its worst case is the product of both lengths. */
const stepsMax = 20_000_000;

/** As `text.indexOf(part, from)`, in time that is linear in both, whatever a rule and a line have in them. */
export const findPart = (text: string, part: string, from: number): number =>
  part.length < 64 || part.length * (text.length - from) < stepsMax
    ? text.indexOf(part, from)
    : knuthMorrisPratt(text, part, from);

const knuthMorrisPratt = (text: string, part: string, from: number): number => {
  const border = bordersOf(part);
  let matched = 0;
  for (let at = from; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    while (matched > 0 && part.charCodeAt(matched) !== unit) matched = border[matched - 1] ?? 0;
    if (part.charCodeAt(matched) === unit) matched++;
    if (matched === part.length) return at - matched + 1;
  }
  return -1;
};

/** For each length less one, how long the longest beginning is that is an end of the same beginning as well. */
const bordersOf = (part: string): Int32Array => {
  const border = new Int32Array(part.length);
  let matched = 0;
  for (let at = 1; at < part.length; at++) {
    while (matched > 0 && part.charCodeAt(at) !== part.charCodeAt(matched)) {
      matched = border[matched - 1] ?? 0;
    }
    if (part.charCodeAt(at) === part.charCodeAt(matched)) matched++;
    border[at] = matched;
  }
  return border;
};
