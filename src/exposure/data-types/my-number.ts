import type { DataType } from '../data-type.ts';
import { isMyNumber } from '../japan/check-digits.ts';
import { isAmount, isJapaneseAround, isTimestamp } from '../japan/nearby.ts';

const sets = ['my-number'];
/** Numbers of the same length, or longer ones that this may be a part of. */
const others = ['drivers-licence', 'payment-card', 'customer-number', 'bank-account'];

/** Japan's Individual Number. One of eleven numbers passes its check digit by chance, so alone it is never certain. */
export const myNumber: DataType = {
  id: 'my-number',
  title: 'My Number (Japan)',
  sensitivity: 'identity',
  rank: 10,
  anchors: { numbers: [[12], [4, 4, 4]] },
  judge({ value, from, to, glued, continued, groups, separators }, around) {
    // `000000000019` is a placeholder, whatever its check digit.
    if (glued || value.startsWith('000000') || !isMyNumber(value)) return undefined;
    const found = { from, to, value: `jp:${value}` };
    const leaning = around.leaning(sets, from, to);
    if (leaning === 'against') return undefined;
    if (leaning !== 'none') return { ...found, confidence: 'high' };
    if (around.hasWord(others, from, to)) return undefined;
    if (continued || around.inUrl(from) || isAmount(around.text, from, to)) return undefined;
    if (isTimestamp(value) || !isJapaneseAround(around.text, from, to))
      return { ...found, confidence: 'low' };
    const asOnCard = groups.length === 1 || separators === '  ' || separators === '--';
    return { ...found, confidence: asOnCard ? 'medium' : 'low' };
  },
};
