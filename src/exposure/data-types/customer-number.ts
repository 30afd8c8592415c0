import { unboundedPattern } from '../../core/bounded-pattern.ts';
import { type Cell, cellsBelow } from '../columns.ts';
import type { Around, Candidate, DataType, ExposureSettings, Judged } from '../data-type.ts';
import { withoutNoWidth } from '../normal.ts';

const sets = ['customer-number'];
const reach = 64;
const back = 24;

/**
 * Numbers of customers, accounts, contracts, members: by the organisation's patterns, else where they are labelled. The value
 * is as written: what parts it is a matter of the organisation's customer list.
 */
export const customerNumber: DataType = {
  id: 'customer-number',
  title: 'Customer, account or contract number',
  sensitivity: 'ordinary',
  rank: 4,
  anchors: { words: sets },
  forSettings: settings => ofHouse(settings) ?? customerNumber,
  judge: (candidate, around) => behindLabel(candidate, around),
};

const ofHouse = (settings: ExposureSettings): DataType | undefined => {
  const patterns = settings.customerNumbers.flatMap(({ pattern }) =>
    unboundedPattern(pattern) === undefined ? [new RegExp(pattern, 'uy')] : [],
  );
  if (patterns.length === 0) return undefined;
  return {
    ...customerNumber,
    anchors: { numbers: Array.from({ length: 20 }, (_, at) => [at + 1]) },
    judge: (candidate, around) => byPattern(candidate, around, patterns),
  };
};

const isWord = (letter: string): boolean => /[A-Za-z0-9_]/.test(letter);

/** A number of the house holds a digit, so that a pattern is tried at the beginnings of words around digits only. */
const byPattern = (
  { from, to }: Candidate,
  around: Around,
  patterns: readonly RegExp[],
): Judged | undefined => {
  const { text } = around;
  let start = from;
  while (start > 0 && from - start < back && /[!-~]/.test(text.charAt(start - 1))) start -= 1;
  for (let at = start; at < to; at += 1) {
    if (at > 0 && isWord(text.charAt(at - 1)) && isWord(text.charAt(at))) continue;
    for (const pattern of patterns) {
      const piece = text.slice(at, at + reach);
      pattern.lastIndex = 0;
      const value = pattern.exec(piece)?.[0] ?? '';
      const end = at + value.length;
      if (value === '' || end <= from || isWord(text.charAt(end))) continue;
      const leaning = around.leaning(sets, at, end);
      const found = {
        from: at,
        to: end,
        value: withoutNoWidth(value),
        identifier: 'customer-number',
      } as const;
      if (leaning === 'field' || leaning === 'near') return { ...found, confidence: 'high' };
      if (leaning === 'against') return { ...found, confidence: 'low' };
      return { ...found, confidence: /[A-Za-z]/.test(value) ? 'high' : 'medium' };
    }
  }
  return undefined;
};

/** Below its head a number stands alone in a cell. */
const inCell = (text: string, { from, to }: Cell): readonly Judged[] => {
  const value = text.slice(from, to);
  if (!/^[A-Za-z]{0,6}[ -]?\d[\d-]{2,20}[A-Za-z]?$/.test(value)) return [];
  return [
    { from, to, value: withoutNoWidth(value), confidence: 'medium', identifier: 'customer-number' },
  ];
};

/** Without a pattern of the house only a form's field tells: `Customer number: C-1234567`. */
const behindLabel = (
  { from: begin, to }: Candidate,
  { text, kind }: Around,
): Judged | readonly Judged[] | undefined => {
  const piece = text.slice(to, to + 60);
  const match =
    /^["'\])】.]{0,2}[ \t]{0,2}(?:no\.?|number|番号|ID|#)?(?:[ \t]{0,2}[:=#][ \t]{0,4}|は[ \t、]?|[ \t]is[ \t]|[ \t]{1,4})["'「[]?([A-Za-z]{0,4}[ -]?\d[\d-]{3,20}[A-Za-z]?)(?![\w@.-]\w)/i.exec(
      piece,
    );
  const value = match?.[1]?.trim();
  if (match === null || value === undefined)
    return cellsBelow(text, kind, begin, to).flatMap(cell => inCell(text, cell));
  const from = to + match[0].length - (match[1] ?? '').length;
  return {
    from,
    to: from + value.length,
    value: withoutNoWidth(value),
    confidence: 'medium',
    identifier: 'customer-number',
  };
};
