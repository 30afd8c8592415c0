import type { Around, Candidate, DataType, Judged } from '../data-type.ts';
import { isInsurerNumber, isOneDigit } from '../japan/check-digits.ts';
import { isAmount } from '../japan/nearby.ts';

const insurer = ['health-insurance/insurer'];
const insured = ['health-insurance/insured'];
const insurance = ['health-insurance', 'health-insurance/insurer'];

/**
 * Health and care insurance of Japan: insurer (eight digits, six of National Health Insurance, with check digit), symbol and number of
 * the insured, numbers of the insured of late-stage medical care (8) and care insurance (10). The law forbids others to ask for them.
 */
export const healthInsurance: DataType = {
  id: 'health-insurance',
  title: 'Health insurance number (Japan)',
  sensitivity: 'identity',
  rank: 5,
  anchors: { numbers: [[6], [8], [10], [4, 4], [2, 2, 3, 1]], words: ['account-symbol'] },
  judge(candidate, around) {
    if (candidate.kind === 'word') return symbolAndNumber(candidate, around);
    const { value, from, to, glued, continued } = candidate;
    if (glued || continued || isOneDigit(value) || isAmount(around.text, from, to))
      return undefined;
    const found = { from, to, value: `jp:${value}` };
    if (value.length !== 10) {
      const leaning = around.leaning(insurer, from, to);
      const isValid = isInsurerNumber(value);
      if (leaning === 'field')
        return { ...found, confidence: isValid ? 'high' : value.length === 8 ? 'medium' : 'low' };
      if (leaning === 'near' && isValid && value.length === 8)
        return { ...found, confidence: 'medium' };
    }
    if (value.length === 6) return undefined;
    const leaning = around.leaning(insured, from, to);
    if (
      (leaning !== 'field' && leaning !== 'near') ||
      around.hasWord(['employment-insurance'], from, to, 30)
    )
      return undefined;
    return {
      ...found,
      confidence: around.hasWord(insurance, from, to, 60)
        ? 'high'
        : leaning === 'field'
          ? 'medium'
          : 'low',
    };
  },
};

/** Symbols may have kanji and kana (`松本`), and a dot or dash between symbol and number. */
const symbol =
  /^(?:[\u30fb・]?番号)?[\s:=("'\u300c\u3010\u3011\u3000]{0,6}([0-9A-Za-z]{1,10})(?:[\u30fb・\-/]([0-9]{1,8}))?(?![0-9A-Za-z])/;
const number =
  /^[^\d\n\u3002]{0,6}\n?[^\d\n\u3002]{0,6}番号[\s:=("'\u300c\u3010\u3000]{0,4}([0-9]{1,8})(?!\d)/;

const symbolAndNumber = (
  { from, to }: Candidate,
  around: Around,
): readonly Judged[] | undefined => {
  const { text } = around;
  const first = symbol.exec(text.slice(to, to + 40));
  if (
    first === null ||
    !around.hasWord(insurance, from, to + 40, 120) ||
    around.hasWord(['yucho-account'], from, to, 60)
  )
    return undefined;
  const [whole, written = '', joined] = first;
  if (!/\d/.test(written)) return undefined;
  const end = to + whole.length;
  const isClose = around.hasWord(insurance, from, to, 60);
  const confidence = isClose ? 'high' : 'medium';
  if (joined !== undefined) {
    const begin = end - joined.length - 1 - written.length;
    return [{ from: begin, to: end, value: `jp:${written}-${joined}`, confidence }];
  }
  const second = number.exec(text.slice(end, end + 40));
  if (second === null) return undefined;
  const value = `jp:${written}-${second[1] ?? ''}`;
  const numberTo = end + second[0].length;
  return [
    { from: end - written.length, to: end, value, confidence },
    { from: numberTo - (second[1]?.length ?? 0), to: numberTo, value, confidence },
  ];
};
