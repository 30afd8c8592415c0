import type { Around, Candidate, DataType, Judged } from '../data-type.ts';
import { foreignBank } from '../foreign/bank.ts';
import { domesticAccount, domesticShapes } from '../foreign/domestic-account.ts';
import { isOneDigit } from '../japan/check-digits.ts';
import { isAmount } from '../japan/nearby.ts';

const numbers = ['bank-account'];
const kinds = ['bank-account', 'bank-account/kind'];
/** No number is taken for an account without a word of these. */
const saying = ['bank-account', 'bank-account/kind', 'bank-account/routing'];
const bank = ['bank-account/bank', 'bank-account', 'bank-account/kind'];

/**
 * Account at a bank: in Japan seven digits behind the kind of account (普通 1234567), elsewhere six to twelve where they are
 * labelled, routing numbers, and what a country's own form tells. Most accounts have no check digit, so what stands around has to
 * say it.
 */
export const bankAccount: DataType = {
  id: 'bank-account',
  title: 'Bank account number',
  sensitivity: 'financial',
  anchors: {
    numbers: [
      [6],
      [7],
      [8],
      [9],
      [10],
      [11],
      [12],
      [13],
      [14],
      [15],
      [16],
      [17],
      [4, 4],
      [3, 4],
      ...domesticShapes,
    ],
  },
  judge(candidate, around) {
    const { value, from, to, glued, continued } = candidate;
    if (glued || continued || !saying.some(set => around.said().has(set))) return undefined;
    if (isOneDigit(value) || isAmount(around.text, from, to)) return undefined;
    const domestic = domesticAccount(candidate, around);
    if (domestic !== undefined || !isPlain(candidate)) return domestic;
    const foreign = foreignBank(candidate, around);
    if (foreign !== undefined || value.length > 12) return foreign;
    return value.length === 7 ? japanese(candidate, around) : labelled(candidate, around);
  },
};

/** Written as accounts are that have no form of their own country. */
const isPlain = ({ value, groups, separators }: Candidate): boolean =>
  value.length <= 17 && groups.length <= 2 && separators !== '/';

const japanese = (candidate: Candidate, around: Around): Judged | undefined => {
  const { value, from, to } = candidate;
  const found = { from, to, value };
  const isAtBank = around.hasWord(bank, from, to, 80);
  const leaning = around.leaning(numbers, from, to);
  if (leaning === 'field') return { ...found, confidence: 'high' };
  const kind = around.leaning(kinds, from, to);
  if (kind === 'field') {
    return around.hasWord(['bank-account/bank', 'bank-account'], from, to, 80)
      ? { ...found, confidence: 'high' }
      : { ...found, confidence: 'low' };
  }
  if (leaning === 'near' && isAtBank) return { ...found, confidence: 'medium' };
  if (kind === 'near' && around.hasWord(['bank-account/bank'], from, to, 80))
    return { ...found, confidence: isClose(around, from) ? 'medium' : 'low' };
  return undefined;
};

/** The kind stands directly before, in brackets or with a word of its own: `(普) 0482915`, `普通預金 No.1`. */
const isClose = (around: Around, from: number): boolean =>
  /(?:普|当|貯|普通|当座|貯蓄|預金)[)\]\u3011]?[ :\u3000]{0,2}$/.test(
    around.text.slice(Math.max(0, from - 8), from),
  );

const labelled = ({ value, from, to }: Candidate, around: Around): Judged | undefined => {
  if (around.leaning(numbers, from, to) !== 'field') return undefined;
  return { from, to, value, confidence: 'medium' };
};
