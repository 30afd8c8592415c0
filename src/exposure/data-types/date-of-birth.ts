import { cellsBelow } from '../columns.ts';
import type { Around, Candidate, DataType, Judged } from '../data-type.ts';
import { dateAt, type WrittenDate } from '../dates.ts';

const sets = ['date-of-birth'];

/** Dates that are said to be somebody's birth: labelled, below such a head, or with 生まれ or 生 behind them. */
export const dateOfBirth: DataType = {
  id: 'date-of-birth',
  title: 'Date of birth',
  sensitivity: 'identity',
  rank: 8,
  anchors: {
    words: ['date-of-birth'],
    literals: ['日生'],
    numbers: [
      [2, 1, 1],
      [2, 1, 2],
      [2, 2, 1],
      [2, 2, 2],
      [1, 1, 1],
      [1, 1, 2],
      [1, 2, 1],
      [1, 2, 2],
    ],
  },
  judge(candidate, around) {
    if (candidate.kind === 'literal') return before(around.text, candidate.from + 1, 'high');
    return candidate.kind === 'number' ? ofEra(candidate, around) : labelled(candidate, around);
  },
};

const judged = (
  from: number,
  { to, value }: WrittenDate,
  confidence: Judged['confidence'],
): Judged => ({ from, to, value, confidence });

/** `は`, colons, brackets, a note in brackets, a line end: what stands between label and date in a form. */
const between =
  /(?:[\s:=\-・|>*"'\u3010\u3011\u300c\u3000]|は|が|is|was|on|\((?:西暦|和暦|任意|必須|[yYmMdD/\-. ]{6,12})\)|(?:西暦|和暦)){0,12}[([]?/y;

const labelled = (
  { from, to }: Candidate,
  around: Around,
): Judged | readonly Judged[] | undefined => {
  const { text } = around;
  between.lastIndex = to;
  const gap = between.exec(text)?.[0] ?? '';
  const begin = to + gap.length;
  const date = dateAt(text, begin);
  if (date !== undefined && !gap.includes('\n')) return judged(begin, date, 'high');
  const column = cellsBelow(text, around.kind, from, to).flatMap(cell => {
    const below = dateAt(text, cell.from);
    return below === undefined || below.to > cell.to + 1 ? [] : [judged(cell.from, below, 'high')];
  });
  if (column.length > 0) return column;
  if (date !== undefined) return judged(begin, date, 'high');
  return text.startsWith('生まれ', from) ? before(text, from, 'high') : undefined;
};

/** The date that ends where the word begins, perhaps with a particle between. */
const before = (text: string, to: number, confidence: Judged['confidence']): Judged | undefined => {
  for (let from = Math.max(0, to - 18); from < to - 5; from += 1) {
    const unit = text[from - 1] ?? '';
    if (/[0-9A-Za-z]/.test(unit)) continue;
    const date = dateAt(text, from);
    if (date !== undefined && date.to <= to && /^[ の\u306b)]*$/.test(text.slice(date.to, to)))
      return judged(from, date, confidence);
  }
  return undefined;
};

/** `S60.1.2生`, `H12.4.1 生まれ`. */
const ofEra = ({ from, to }: Candidate, around: Around): Judged | undefined => {
  const { text } = around;
  if (!/[MTSHRmtshr]/.test(text[from - 1] ?? '') || /[0-9A-Za-z]/.test(text[from - 2] ?? ''))
    return undefined;
  const date = dateAt(text, from - 1);
  if (date === undefined || date.to !== to) return undefined;
  if (/^ ?生(?!産|成)/.test(text.slice(to, to + 3))) return judged(from - 1, date, 'high');
  return around.leaning(sets, from - 1, to) === 'field'
    ? judged(from - 1, date, 'high')
    : undefined;
};
