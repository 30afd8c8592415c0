import { isOneDigit, weighted } from '../checks/digits.ts';
import type { Around, Candidate, Judged } from '../data-type.ts';

const routing = ['bank-account/routing'];
const sortCode = ['bank-account/sort-code'];
const account = ['bank-account'];

/** United States: routing number of nine digits (ABA), districts of the Federal Reserve, weights 3, 7, 1. */
const isRouting = (digits: string): boolean => {
  const district = Number(digits.slice(0, 2));
  const known =
    district <= 12 ||
    (district >= 21 && district <= 32) ||
    (district >= 61 && district <= 72) ||
    district === 80;
  return known && !isOneDigit(digits) && weighted(digits, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 === 0;
};

/** Routing numbers where they are labelled, accounts beside a sort code, and long account numbers as a form's field. */
export const foreignBank = (candidate: Candidate, around: Around): Judged | undefined => {
  const { value, from, to, groups } = candidate;
  const found = { from, to, value };
  if (value.length === 8 && groups.length === 1 && around.hasWord(sortCode, from, to, 60)) {
    if (around.leaning(account, from, to) === 'field') return { ...found, confidence: 'high' };
  }
  if (value.length === 9 && isRouting(value)) {
    const leaning = around.leaning(routing, from, to);
    if (leaning === 'field' || leaning === 'near')
      return { ...found, value: `us:${value}`, confidence: 'high' };
  }
  if (value.length > 12 && around.leaning(account, from, to) === 'field')
    return { ...found, confidence: 'medium' };
  return undefined;
};
