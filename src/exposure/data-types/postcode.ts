import type { DataType } from '../data-type.ts';
import { municipalityAt } from '../japan/address.ts';

/** Postcodes of Japan: behind 〒, labelled, or directly before an address. */
export const postcode: DataType = {
  id: 'postcode',
  title: 'Postcode',
  sensitivity: 'ordinary',
  anchors: { numbers: [[3, 4], [7]] },
  judge({ value, from, to, glued, continued, groups, separators }, around) {
    if (glued || continued || (value.startsWith('00') && value[2] === '0')) return undefined;
    if (groups.length === 2 && separators !== '-' && separators !== ' ') return undefined;
    const { text } = around;
    const found = { from, to, value: `jp:${value}` };
    if (/〒[ :]?$/.test(text.slice(Math.max(0, from - 2), from)))
      return { ...found, confidence: 'high' };
    const leaning = around.leaning(['postcode'], from, to);
    if (leaning === 'field') return { ...found, confidence: 'high' };
    if (leaning === 'against') return undefined;
    if (
      separators === '-' &&
      municipalityAt(text, to + (/^[\s,]{1,4}/.exec(text.slice(to, to + 4))?.[0].length ?? 0)) !==
        undefined
    )
      return { ...found, confidence: 'high' };
    return leaning === 'near' && separators === '-'
      ? { ...found, confidence: 'medium' }
      : undefined;
  },
};
