import { isOneDigit } from '../checks/digits.ts';
import { ibanLength, isIban } from '../checks/iban.ts';
import type { Around, Candidate, DataType, Judged } from '../data-type.ts';

/** International bank account numbers (ISO 13616): with length, structure and check digits there is nothing to doubt. */
export const iban: DataType = {
  id: 'iban',
  title: 'International bank account number (IBAN)',
  sensitivity: 'financial',
  rank: 15,
  anchors: { tokens: [4, 34, 2], words: ['iban'] },
  judge(candidate: Candidate, { text }: Around): Judged | undefined {
    if (candidate.kind === 'word') return afterLabel(text, candidate.to);
    return startsLike(candidate.value) ? ibanAt(text, candidate.from) : undefined;
  },
};

const startsLike = (token: string): boolean => /^[A-Za-z]{2}\d{2}/.test(token);

/** `IBAN: DE 89 3704 …`: behind its label the country may stand alone. */
const afterLabel = (text: string, to: number): Judged | undefined => {
  const gap = /^[\s:=#.()\]-]{0,6}(?=[A-Za-z]{2}[ -]\d{2})/.exec(text.slice(to, to + 12));
  return gap === null ? undefined : ibanAt(text, to + gap[0].length);
};

const isLetterOrDigit = (unit: number): boolean =>
  (unit >= 0x30 && unit <= 0x39) ||
  (unit >= 0x41 && unit <= 0x5a) ||
  (unit >= 0x61 && unit <= 0x7a);

/** Reads as many letters and digits as the country's have, over single blanks, hyphens and the end of a line. */
const ibanAt = (text: string, from: number): Judged | undefined => {
  const length = ibanLength(text.slice(from, from + 2).toUpperCase());
  if (length === undefined) return undefined;
  const before = from === 0 ? 0 : text.charCodeAt(from - 1);
  if (before === 0x2b || before === 0x2f || before === 0x5f) return undefined;
  let value = '';
  let at = from;
  let to = from;
  while (value.length < length) {
    const unit = text.charCodeAt(at);
    if (isLetterOrDigit(unit)) {
      value += text.charAt(at);
      to = at + 1;
      at += 1;
    } else if (unit === 0xad) at += 1;
    else if (
      at - to < 3 &&
      (unit === 0x20 || unit === 0x2d || unit === 0x2e || unit === 0x0a || unit === 0x0d)
    )
      at += 1;
    else return undefined;
  }
  if (to < text.length && (isLetterOrDigit(text.charCodeAt(to)) || text.charAt(to) === '_'))
    return undefined;
  value = value.toUpperCase();
  if (!isIban(value) || isOneDigit(value.slice(4))) return undefined;
  return { from, to, value, confidence: 'high' };
};
