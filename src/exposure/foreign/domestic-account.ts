import { isOneDigit, remainder, weighted } from '../checks/digits.ts';
import type { Around, Candidate, Judged } from '../data-type.ts';

const sets = ['bank-account'];

interface Form {
  readonly country: string;
  readonly numbers: readonly (readonly number[])[];
  readonly isValid: (digits: string, groups: readonly number[]) => boolean;
}

const lastOf = (digits: string, from: number, to: number): number => Number(digits.slice(from, to));

/** Spain: CCC; bank and branch have a check digit, and so has the account. */
const spanish = (digits: string): boolean => {
  const check = (part: string): number => {
    const rest = 11 - (weighted(part.padStart(10, '0'), [1, 2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11);
    return rest === 10 ? 1 : rest === 11 ? 0 : rest;
  };
  return (
    check(digits.slice(0, 8)) === lastOf(digits, 8, 9) &&
    check(digits.slice(10)) === lastOf(digits, 9, 10)
  );
};

/** Argentina: CBU; the bank's seven digits and the account's thirteen are checked. */
const argentine = (digits: string): boolean =>
  (10 - (weighted(digits, [7, 1, 3, 9, 7, 1, 3]) % 10)) % 10 === lastOf(digits, 7, 8) &&
  (10 - (weighted(digits.slice(8), [3, 9, 7, 1, 3, 9, 7, 1, 3, 9, 7, 1, 3]) % 10)) % 10 ===
    lastOf(digits, 21, 22);

/** Mexico: CLABE. */
const mexican = (digits: string): boolean =>
  (10 -
    (Array.from(digits.slice(0, 17)).reduce(
      (sum, digit, at) => sum + ((Number(digit) * ([3, 7, 1][at % 3] ?? 0)) % 10),
      0,
    ) %
      10)) %
    10 ===
  lastOf(digits, 17, 18);

/** Norway: kontonummer. */
const norwegian = (digits: string): boolean =>
  weighted(digits, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0;

/** Czechia and Slovakia: perhaps a prefix, the number, and four digits of the bank. */
const czech = (digits: string, groups: readonly number[]): boolean => {
  const weights = [6, 3, 7, 9, 10, 5, 8, 4, 2, 1];
  let at = 0;
  return groups.slice(0, -1).every(length => {
    const part = digits.slice(at, at + length).padStart(10, '0');
    at += length;
    return weighted(part, weights) % 11 === 0;
  });
};

/** Hungary: bank and branch, and the account in one piece or two; each is checked. */
const hungarian = (digits: string): boolean =>
  [digits.slice(0, 8), digits.slice(8)].every(part => {
    const weights = Array.from(part, (_, at) => [9, 7, 3, 1][at % 4] ?? 0);
    return weighted(part, weights) % 10 === 0;
  });

/** Poland: as an IBAN without its country. */
const polish = (digits: string): boolean =>
  remainder(`${digits.slice(2)}PL${digits.slice(0, 2)}`, 97) === 1;

const forms: readonly Form[] = [
  { country: 'es', numbers: [[20], [4, 4, 2, 10], [4, 4, 12], [4, 6, 10]], isValid: spanish },
  { country: 'ar', numbers: [[22], [8, 14]], isValid: argentine },
  { country: 'mx', numbers: [[18], [3, 3, 11, 1], [3, 3, 12]], isValid: mexican },
  { country: 'no', numbers: [[4, 2, 5], [11]], isValid: norwegian },
  {
    country: 'cz',
    numbers: [6, 7, 8, 9, 10].flatMap(length => [
      [length, 4],
      ...[2, 3, 4, 5, 6].map(prefix => [prefix, length, 4]),
    ]),
    isValid: czech,
  },
  {
    country: 'hu',
    numbers: [
      [8, 8, 8],
      [8, 8],
    ],
    isValid: hungarian,
  },
  { country: 'pl', numbers: [[2, 4, 4, 4, 4, 4, 4]], isValid: polish },
  {
    country: 'nz',
    numbers: [
      [2, 4, 7, 2],
      [2, 4, 7, 3],
    ],
    isValid: () => true,
  },
];

/** Shapes of accounts that states number in a way of their own. */
export const domesticShapes: readonly (readonly number[])[] = forms.flatMap(
  ({ numbers }) => numbers,
);

const byShape = new Map<string, readonly Form[]>();
for (const form of forms)
  for (const shape of form.numbers)
    byShape.set(shape.join(), [...(byShape.get(shape.join()) ?? []), form]);

/** An account with a form or check digits of its country, where a label calls it an account. */
export const domesticAccount = (
  { value, groups, separators, from, to }: Candidate,
  around: Around,
): Judged | undefined => {
  const wanted = byShape.get(groups.join());
  if (wanted === undefined || isOneDigit(value)) return undefined;
  const form = wanted.find(
    ({ country, isValid }) =>
      (country === 'cz') === separators.endsWith('/') && isValid(value, groups),
  );
  if (form === undefined) return undefined;
  const leaning = around.leaning(sets, from, to);
  if (leaning !== 'field' && leaning !== 'near') return undefined;
  return { from, to, value: `${form.country}:${value}`, confidence: 'high' };
};
