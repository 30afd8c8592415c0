import type { Around, Candidate, DataType, Judged } from '../data-type.ts';
import { isYuchoAccount } from '../japan/check-digits.ts';
import { isJapaneseAround } from '../japan/nearby.ts';

const sets = ['yucho-account'];
/** What stands before any account. */
const accounts = [
  'yucho-account',
  'account-symbol',
  'bank-account',
  'bank-account/bank',
  'bank-account/kind',
];

/** Account at Japan Post Bank: symbol of five digits and number of up to eight, checked together. */
export const yuchoAccount: DataType = {
  id: 'yucho-account',
  title: 'Japan Post Bank account',
  sensitivity: 'financial',
  rank: 10,
  anchors: {
    numbers: [[5, 8], [5, 7], [5, 6], [5, 1, 8], [5, 1, 7], [5, 1, 6], [13]],
    words: ['account-symbol'],
  },
  judge(candidate, around) {
    if (candidate.kind === 'word') return inFields(candidate, around);
    const { value, from, to, glued, continued, groups } = candidate;
    if (glued || continued) return undefined;
    const symbol = value.slice(0, 5);
    // The digit between counts how often the passbook was issued anew.
    const number = value.slice(groups.length === 3 ? 6 : 5);
    if (!isShape(symbol, number)) return undefined;
    const isValid = isYuchoAccount(symbol, number);
    const leaning = around.leaning(sets, from, to);
    if (leaning === 'against' && around.leaning(accounts, from, to) === 'against') return undefined;
    const found = { from, to, value: `${symbol}-${number.padStart(8, '0')}` };
    const isLabelled =
      leaning === 'field' || leaning === 'near' || around.hasWord(sets, from, to, 60);
    if (isLabelled) return { ...found, confidence: isValid ? 'high' : 'low' };
    if (!isValid || groups.length === 1 || !isJapaneseAround(around.text, from, to))
      return undefined;
    return {
      ...found,
      confidence: around.hasWord(['account-symbol', 'bank-account/bank'], from, to, 60)
        ? 'medium'
        : 'low',
    };
  },
};

/** Accounts that can be paid into: `1xxx0` and a number that ends in 1; `0xxx0` of a postal giro account. */
const isShape = (symbol: string, number: string): boolean =>
  (symbol.startsWith('1') && symbol.endsWith('0') && number.endsWith('1')) ||
  (symbol.startsWith('0') && number.length <= 7);

const fields =
  /^(?:番号)?[\s:=\-.,|"'()\u300c\u3010\u3011\u3000]{0,8}(\d{5})([^\d\u3002]{1,24}?番号[^\d]{0,8})(\d{1,8})(?!\d)/;

/** `記号 10530 番号 12345671`, in one line or two. */
const inFields = ({ from, to }: Candidate, around: Around): readonly Judged[] | undefined => {
  const match = fields.exec(around.text.slice(to, to + 64));
  if (match === null) return undefined;
  const [whole, symbol = '', between = '', number = ''] = match;
  if (!isShape(symbol, number)) return undefined;
  const isLabelled = around.hasWord(sets, from, to + whole.length, 120);
  const isValid = isYuchoAccount(symbol, number);
  if (!isValid && !isLabelled) return undefined;
  const confidence = isValid ? (isLabelled ? 'high' : 'medium') : 'low';
  const value = `${symbol}-${number.padStart(8, '0')}`;
  const numberFrom = to + whole.length - number.length;
  const symbolFrom = numberFrom - between.length - symbol.length;
  return [
    { from: symbolFrom, to: symbolFrom + symbol.length, value, confidence },
    { from: numberFrom, to: numberFrom + number.length, value, confidence },
  ];
};
