import type { DataType } from '../data-type.ts';
import { isCorporateNumber } from '../japan/check-digits.ts';

const sets = ['corporate-number'];

/**
 * Japan's Corporate Number, and the registration number of a qualified invoice issuer, which is the same with a `T`
 * before it. Public of companies; of a sole trader, his own.
 */
export const corporateNumber: DataType = {
  id: 'corporate-number',
  title: 'Corporate number (Japan)',
  sensitivity: 'ordinary',
  rank: 10,
  anchors: { numbers: [[13], [1, 4, 4, 4]], tokens: [14, 14] },
  judge({ kind, value, from, to, glued, continued }, around) {
    if (kind === 'token') {
      if (!/^[Tt]\d{13}$/.test(value) || !isCorporateNumber(value.slice(1)) || around.inUrl(from))
        return undefined;
      return { from, to, value: `jp:${value.slice(1)}`, confidence: 'high' };
    }
    if (!isCorporateNumber(value)) return undefined;
    const marked = markBefore(around.text, from);
    if (marked > 0) return { from: from - marked, to, value: `jp:${value}`, confidence: 'high' };
    if (glued || continued) return undefined;
    const leaning = around.leaning(sets, from, to);
    if (leaning === 'field' || leaning === 'near')
      return { from, to, value: `jp:${value}`, confidence: 'high' };
    return undefined;
  },
};

/** `T` or `T-` directly before, at the beginning of a word. */
const markBefore = (text: string, from: number): number =>
  /(?:^|[^A-Za-z0-9])(T[- ]?)$/.exec(text.slice(Math.max(0, from - 3), from))?.[1]?.length ?? 0;
