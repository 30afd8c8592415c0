import type { Holding } from '../../src/core/advisory.ts';

/** What is held of a source of advisories: one entry, taken the day before 2026-06-29. */
export const holdingOf = (feed: Holding['feed'], part: string): Holding => ({
  feed,
  part,
  asOf: '2026-06-28T12:00:00Z',
  asOfBasis: 'source',
  taken: '2026-06-28T12:00:00Z',
  from: 'https://feeds.example.test/',
  entries: 1,
  refused: 0,
  refusals: [],
});
