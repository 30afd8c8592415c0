import type { SchemeId, VersionClaim } from '../core/advisory.ts';
import { readVers } from './vers.ts';

const version = String.raw`v?(\d[\w.+:~-]{0,120})`;
const bounds = new RegExp(
  `^(>=|<=|<|>|=)\\s*${version}(?:\\s*(?:,|\\||&|&&|\\band\\b)?\\s*(<=|<)\\s*${version})?$`,
  'i',
);
const before = new RegExp(
  `^(?:all )?(?:versions? )?(?:prior to|before|earlier than|lower than) (?:version )?${version}$`,
  'i',
);
const through = new RegExp(
  `^(?:up to and including|through|up to \\(including\\)) (?:version )?${version}$|^(?:version )?${version} (?:and|or) (?:earlier|below|prior|older|lower)(?: versions?)?$`,
  'i',
);

const within = (
  scheme: SchemeId,
  span: { from?: string; before?: string; through?: string },
): VersionClaim => ({
  scheme,
  spans: [{ ...span, standing: 'affected' }],
  rest: 'not-affected',
});

/**
 * A range as advisories write it: `vers:…`, or the few phrases that mean only one thing (`< 1.2`,
 * `>=1.0, <1.2`, `prior to 1.2`, `1.2 and earlier`, `all versions`). The versions in it are `affected`.
 * Undefined for all else: what a sentence means is not guessed.
 */
export const readRange = (text: string, scheme: SchemeId): VersionClaim | undefined => {
  const range = text.trim();
  if (range.length > 4_096) return undefined;
  if (range.startsWith('vers:')) {
    const reading = readVers(range);
    return 'claim' in reading ? reading.claim : undefined;
  }
  if (range.length > 300) return undefined;
  if (/^(?:\*|all(?: versions)?)$/i.test(range)) return { scheme, spans: [], rest: 'affected' };
  const earlier = before.exec(range)?.[1];
  if (earlier !== undefined) return within(scheme, { before: earlier });
  const last = through.exec(range);
  const until = last?.[1] ?? last?.[2];
  if (until !== undefined) return within(scheme, { through: until });
  const match = bounds.exec(range);
  if (match === null) return undefined;
  const [, sign = '', first = '', upper, second = ''] = match;
  if (upper === undefined) {
    switch (sign) {
      case '<':
        return within(scheme, { before: first });
      case '<=':
        return within(scheme, { through: first });
      case '>=':
        return within(scheme, { from: first });
      case '=':
        return { scheme, spans: [], versions: [first], rest: 'not-affected' };
      default:
        return beyond(scheme, first, {});
    }
  }
  const end = upper === '<' ? { before: second } : { through: second };
  if (sign === '>=') return within(scheme, { from: first, ...end });
  return sign === '>' ? beyond(scheme, first, end) : undefined;
};

/** A span holds its own beginning; what `>` leaves out is taken out before it. */
const beyond = (
  scheme: SchemeId,
  from: string,
  end: { before?: string; through?: string },
): VersionClaim => ({
  scheme,
  spans: [
    { from, through: from, standing: 'not-affected' },
    { from, ...end, standing: 'affected' },
  ],
  rest: 'not-affected',
});
