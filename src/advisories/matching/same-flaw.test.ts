import { describe, expect, test } from 'vitest';
import { holdingOf } from '../../../test/support/holding.ts';
import type { FeedEntry } from '../../core/advisory.ts';
import { memoryIndex } from '../memory-index.ts';
import { sameFlaw } from './same-flaw.ts';

const holding = holdingOf('osv', 'Packagist');

const record = (
  id: string,
  aliases: readonly string[],
  covers: readonly string[] = [],
): FeedEntry => ({
  kind: 'advisory',
  advisory: {
    feed: 'osv',
    id,
    aliases,
    covers,
    title: id,
    severities: [],
    references: [],
    affected: [],
  },
});

const same = (...entries: readonly FeedEntry[]): ReturnType<typeof sameFlaw> =>
  sameFlaw(memoryIndex([{ holding, entries }]));

const one = 'CVE-2026-10001';
const two = 'CVE-2026-10002';
const a = 'GHSA-aaaa-bbbb-cccc';
const b = 'GHSA-dddd-eeee-ffff';

describe('names of one flaw', () => {
  test('a ring of aliases is one flaw, by its CVE name', () => {
    const ring = same(record(a, [one]), record('PYSEC-2026-1', [a]), record(one, ['PYSEC-2026-1']));
    for (const name of [a, 'PYSEC-2026-1', one]) expect(ring.idsOf([name])).toEqual([one]);
    expect(ring.namesOf(one)).toEqual([one, a, 'PYSEC-2026-1']);
  });

  test('without a CVE name, by the name that people know best', () => {
    const ring = same(record('PYSEC-2026-1', [a]));
    expect(ring.idsOf(['PYSEC-2026-1'])).toEqual([a]);
  });

  test('a record that calls two CVE names one speaks of both, and makes no one of them', () => {
    const both = same(record(a, [one, two]), record(one, []), record(two, []));
    expect(both.idsOf([a, one, two])).toEqual([one, two]);
    expect(both.idsOf([a])).toEqual([one, two]);
    expect(both.idsOf([one])).toEqual([one]);
    expect(both.namesOf(one)).toEqual([one, a]);
    expect(both.namesOf(two)).toEqual([two, a]);
  });

  test('two records that share a name, each with a CVE name of its own, are two flaws', () => {
    const chained = same(record(a, [one]), record('PYSEC-2026-1', [a, two]), record(b, [two]));
    expect(chained.namesOf(one)).toEqual([one, a]);
    expect(chained.namesOf(two)).toEqual([two, a, b, 'PYSEC-2026-1']);
    expect(chained.idsOf(['PYSEC-2026-1'])).toEqual([one, two]);
  });

  test('a statement that names a CVE and what it is also called is about that CVE alone', () => {
    const both = same(record(a, [one, two]));
    expect(both.idsOf([one, a])).toEqual([one]);
  });

  test('an update over several flaws makes no one of them', () => {
    const update = same(record('DSA-9901-1', [], [one, two]), record(a, [one]));
    expect(update.idsOf([one])).toEqual([one]);
    expect(update.namesOf(one)).toEqual([one, a]);
  });
});
