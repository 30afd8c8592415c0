export interface CardBrand {
  readonly brand: string;
  /** Few such cards are about, and other numbers look like theirs: without a label they are doubtful. */
  readonly rare: boolean;
}

interface BrandRange {
  readonly brand: string;
  /** Prefixes from and to, of the same length. */
  readonly from: number;
  readonly to: number;
  readonly lengths: readonly number[];
  readonly rare?: true;
}

const lengths = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

const range = (
  brand: string,
  prefixes: readonly (number | readonly [number, number])[],
  of: readonly number[],
  rare?: true,
): readonly BrandRange[] =>
  prefixes.map(prefix => {
    const [from, to] = typeof prefix === 'number' ? [prefix, prefix] : prefix;
    return { brand, from, to, lengths: of, ...(rare && { rare }) };
  });

/** Issuer identification numbers as the schemes publish them; the first that fits counts. */
const ranges: readonly BrandRange[] = [
  ...range('visa', [4], [13, 16, 19]),
  ...range(
    'mastercard',
    [
      [51, 55],
      [2221, 2720],
    ],
    [16],
  ),
  ...range('amex', [34, 37], [15]),
  ...range('jcb', [[3528, 3589]], lengths(16, 19)),
  ...range('jcb', [2131, 1800], [15]),
  ...range('diners', [[300, 305], 3095, 36, 38, 39], [14, 16, 17, 18, 19]),
  ...range('discover', [6011, [644, 649], 65, [622126, 622925]], lengths(16, 19)),
  ...range('unionpay', [62], lengths(16, 19)),
  ...range('unionpay', [81], lengths(16, 19), true),
  ...range('mir', [[2200, 2204]], lengths(16, 19)),
  ...range('rupay', [60, 82, 508], [16]),
  ...range('troy', [9792], [16]),
  ...range('dankort', [5019], [16]),
  ...range('maestro', [5018, 5020, 5038, 5893, 6304, 6759, [6761, 6763]], [16]),
  ...range('maestro', [[5000, 5099], [5600, 5899], 63, 67], lengths(12, 19), true),
  ...range('verve', [[506099, 506198]], [16, 18, 19], true),
  ...range('interpayment', [636], lengths(16, 19), true),
  ...range('uzcard', [8600], [16], true),
  ...range('humo', [9860], [16], true),
  ...range('uatp', [1], [15], true),
];

/** Whose card a number of this beginning and length would be. */
export const brandOf = (digits: string): CardBrand | undefined => {
  for (const { brand, from, to, lengths: of, rare } of ranges) {
    if (!of.includes(digits.length)) continue;
    const prefix = Number(digits.slice(0, String(from).length));
    if (prefix >= from && prefix <= to) return { brand, rare: rare ?? false };
  }
  return undefined;
};

/** Numbers that payment services publish for tests: they look like cards and are nobody's. */
export const isTestCard = (digits: string): boolean => testCards.has(digits);

const testCards = new Set([
  '4111111111111111',
  '4012888888881881',
  '4222222222222',
  '4242424242424242',
  '4000056655665556',
  '4000000000000002',
  '4000000000000010',
  '4000000000000077',
  '4000000000009995',
  '4917610000000000',
  '4917300800000000',
  '4484070000000000',
  '4003600000000014',
  '5555555555554444',
  '5105105105105100',
  '5200828282828210',
  '2223003122003222',
  '2223000048400011',
  '5425233430109903',
  '5454545454545454',
  '378282246310005',
  '371449635398431',
  '378734493671000',
  '370000000000002',
  '30569309025904',
  '38520000023237',
  '36700102000000',
  '6011111111111117',
  '6011000990139424',
  '6011000400000000',
  '3530111333300000',
  '3566002020360505',
  '3528000700000000',
  '6304000000000000',
  '6759649826438453',
  '6200000000000005',
]);
