import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { epss } from '../../src/advisories/feeds/epss.ts';
import { kev } from '../../src/advisories/feeds/kev.ts';
import { readDocument } from '../support/feed-records.ts';
import { outsideData } from '../support/outside-data.ts';

/** A folder with copies of public advisory data, as their publishers give them out. */
const folder = process.env['POSTERN_ADVISORY_DATA'] ?? '';
const file = (name: string): string => join(folder, name);
const lacks = (name: string): boolean => folder === '' || !existsSync(file(name));
const why = `${outsideData}: needs POSTERN_ADVISORY_DATA, a folder with the file`;

const catalogue = 'kev/known_exploited_vulnerabilities.json';
const table = 'kev/known_exploited_vulnerabilities.csv';
const scores = 'kev-epss/epss_kev_nvd.csv';

describe.skipIf(lacks(catalogue))(`CISA’s catalogue (${why} ${catalogue})`, () => {
  test('is read whole, as many as it says', () => {
    const text = readFileSync(file(catalogue), 'utf8');
    expect(kev.sniff(catalogue, text.slice(0, 4_096))).toBeGreaterThan(0.9);
    const { entries, refused, frame } = readDocument(kev, catalogue, text);
    expect(refused).toEqual([]);
    expect(entries).toHaveLength(frame.count ?? 0);
    expect(entries.length).toBeGreaterThan(1_000);
    expect(Number.isNaN(Date.parse(frame.asOf ?? ''))).toBe(false);
    expect(entries).toContainEqual({
      kind: 'exploited',
      exploited: { flaw: 'CVE-2024-45519', by: 'CISA KEV', on: '2024-10-03', due: '2024-10-24' },
    });
  });

  test.skipIf(lacks(table))('says the same as its table', () => {
    const fromJson = readDocument(kev, catalogue, readFileSync(file(catalogue), 'utf8'));
    const fromCsv = readDocument(kev, table, readFileSync(file(table), 'utf8'));
    expect(fromCsv.refused).toEqual([]);
    expect(fromCsv.entries).toEqual(fromJson.entries);
  });
});

test.skipIf(lacks(scores))(`scores beside other columns are read whole (${why} ${scores})`, () => {
  const text = readFileSync(file(scores), 'utf8');
  expect(epss.sniff(scores, text.slice(0, 4_096))).toBeGreaterThan(0.8);
  const { entries, refused } = readDocument(epss, scores, text);
  expect(refused).toEqual([]);
  expect(entries.length).toBeGreaterThan(1_500);
  for (const entry of entries) {
    expect(entry).toMatchObject({ kind: 'likelihood' });
    if (entry.kind === 'likelihood') expect(entry.likelihood.percentile).toBeGreaterThan(0);
  }
});
