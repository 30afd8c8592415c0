import { brandOf, isTestCard } from '../checks/card-brands.ts';
import { isOneDigit, passesLuhn } from '../checks/digits.ts';
import type { Around, Candidate, DataType, Judged } from '../data-type.ts';

const sets = ['payment-card'];

/** Numbers of payment cards (ISO/IEC 7812): brand by prefix, its lengths, Luhn's check digit. */
export const paymentCard: DataType = {
  id: 'payment-card',
  title: 'Payment card number',
  sensitivity: 'financial',
  rank: 12,
  anchors: {
    numbers: [
      ...[12, 13, 14, 15, 16, 17, 18, 19].map(length => [length]),
      [4, 4, 4, 4],
      [4, 6, 5],
      [4, 6, 4],
      [4, 4, 4, 3],
      [4, 4, 4, 2],
      [4, 4, 4, 1],
      [4, 4, 4, 4, 3],
      [4, 4, 4, 4, 2],
      [4, 4, 4, 4, 1],
      [6, 13],
      [8, 8],
      [6, 10],
    ],
  },
  judge(candidate: Candidate, around: Around): Judged | undefined {
    const { value, from, to, groups } = candidate;
    const brand = brandOf(value);
    if (brand === undefined || isOneDigit(value) || !passesLuhn(value)) return undefined;
    if (isPart(candidate, around) || !isEven(candidate.separators)) return undefined;
    const leaning = around.leaning(sets, from, to);
    const grouped = groups.length > 2;
    const labelled = leaning === 'field' || leaning === 'near';
    const found = { from, to, value };
    if (isTestCard(value))
      return leaning === 'against' ? undefined : { ...found, confidence: 'medium' };
    if (labelled) return { ...found, confidence: 'high' };
    if (around.inUrl(from) || brand.rare || isTime(value)) {
      return leaning === 'against'
        ? undefined
        : { ...found, confidence: grouped ? 'medium' : 'low' };
    }
    if (leaning === 'against') return grouped ? { ...found, confidence: 'low' } : undefined;
    return { ...found, confidence: grouped ? 'high' : 'medium' };
  },
};

/** Joined to more, or one of a longer row of fours, as numbers of parcels are. */
const isPart = ({ glued, continued, from, to }: Candidate, { text }: Around): boolean =>
  glued ||
  (continued &&
    (/\d{4} $/.test(text.slice(Math.max(0, from - 5), from)) ||
      /^ \d{4}/.test(text.slice(to, to + 5))));

/** `1 1-1`: groups of one number are parted alike; the end of a line may stand for any. */
const isEven = (separators: string): boolean => new Set(separators.replaceAll('\n', '')).size <= 1;

/** Milliseconds since 1970 of this century begin like Visa's oldest numbers no more than by chance, UATP's do. */
const isTime = (digits: string): boolean => digits.length === 13 && digits.startsWith('1');
