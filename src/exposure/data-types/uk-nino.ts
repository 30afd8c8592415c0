import type { Around, Candidate, DataType, Judged } from '../data-type.ts';

const sets = ['uk-nino'];

/** UK National Insurance numbers: two letters, six digits, a suffix of A to D (HMRC's manual NIM39110). */
export const ukNino: DataType = {
  id: 'uk-nino',
  title: 'UK National Insurance number',
  sensitivity: 'identity',
  rank: 10,
  anchors: { tokens: [8, 9, 6], numbers: [[6], [2, 2, 2]] },
  judge(candidate: Candidate, around: Around): Judged | undefined {
    const piece = candidate.kind === 'token' ? candidate : withLetters(candidate, around.text);
    if (piece === undefined) return undefined;
    const value = piece.value.toUpperCase();
    if (!nino.test(value)) return undefined;
    const { from, to } = piece;
    const found = { from, to, value };
    const leaning = around.leaning(sets, from, to);
    if (leaning === 'field' || leaning === 'near') return { ...found, confidence: 'high' };
    if (leaning === 'against' || value.length === 8 || around.inUrl(from)) return undefined;
    const spaced = to - from > 9;
    const capitals = piece.value === value;
    if (!capitals && !spaced) return { ...found, confidence: 'low' };
    return { ...found, confidence: capitals ? 'medium' : 'low' };
  },
};

/** D, F, I, Q, U and V are in no prefix, O is not second; some pairs are given to nobody. */
const nino = /^(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]?$/;

/** `AB 12 34 56 C`: letters beside the digits, at most a blank or hyphen between. */
const withLetters = (
  { from, to, value }: Candidate,
  text: string,
): { readonly from: number; readonly to: number; readonly value: string } | undefined => {
  const before = /(?:^|[^A-Za-z0-9])([A-Za-z] ?[A-Za-z])[ -]?$/.exec(
    text.slice(Math.max(0, from - 5), from),
  );
  if (before === null) return undefined;
  const letters = before[1] ?? '';
  const start = from - before[0].length + before[0].indexOf(letters);
  const after = /^([ -]?)([A-Da-d])(?![A-Za-z0-9])/.exec(text.slice(to, to + 3));
  const suffix = after?.[2] ?? '';
  if (suffix === '' && /^[A-Za-z0-9]/.test(text.slice(to, to + 1))) return undefined;
  return {
    from: start,
    to: to + (after?.[0].length ?? 0),
    value: letters.replace(' ', '') + value + suffix,
  };
};
