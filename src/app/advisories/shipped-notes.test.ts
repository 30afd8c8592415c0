import { describe, expect, test } from 'vitest';
import { keyOfNote } from '../../advisories/product-key.ts';
import { judge } from '../../advisories/range.ts';
import type { AdvisoryIndex } from '../../core/advisory-index.ts';
import { shippedNotes } from './shipped-notes.ts';

const index: AdvisoryIndex = shippedNotes();

/** What the notes on a product say of a version, by note. */
const said = (product: string, version: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    index.about(keyOfNote(product)).map(({ advisory }) => {
      const claim = advisory.affected.find(({ key }) => key === keyOfNote(product));
      const answer = claim === undefined ? undefined : judge(claim, version);
      return [advisory.id, answer?.standing ?? 'unnamed'];
    }),
  );

describe('what ships with Postern', () => {
  test('claims no completeness, so that its silence is no pass', () => {
    expect(index.holdings.length).toBeGreaterThanOrEqual(10);
    for (const holding of index.holdings) {
      expect(holding.partial, holding.part).toBe(true);
      expect(Date.parse(holding.asOf)).toBeLessThan(Date.parse('2026-11-26'));
    }
  });

  test('gives every note an address to read more at, and an id of its own', () => {
    const ids = index.holdings.flatMap(({ part }) =>
      index.about(keyOfNote(part)).map(({ advisory }) => {
        expect(advisory.references.length, advisory.id).toBeGreaterThan(0);
        return advisory.id;
      }),
    );
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThanOrEqual(20);
  });
});

describe('Zimbra, whose patch levels CVE records cannot express', () => {
  test.each([
    ['8.8.15 P45', 'affected'],
    ['8.8.15 P46', 'not-affected'],
    ['8.8.15_GA_3869.UBUNTU18.64 P46', 'not-affected'],
    ['9.0.0 P40', 'affected'],
    ['9.0.0 P41', 'not-affected'],
    ['10.0.8', 'affected'],
    ['10.0.9', 'not-affected'],
    ['10.1.0', 'affected'],
    ['10.1.1', 'not-affected'],
    ['8.8.15', 'undetermined'],
  ])('postjournal in %s: %s', (version, standing) => {
    expect(said('zimbra', version)['zimbra-10.1.1']).toBe(standing);
  });

  test('a note on other branches says nothing of this one', () => {
    expect(said('zimbra', '8.8.15 P50')['zimbra-10.1.13']).toBe('undetermined');
    expect(said('zimbra', '9.0.0 P10')['zimbra-8.8.15-P41']).toBe('undetermined');
  });
});

describe('Exchange, where each cumulative update is mended on its own', () => {
  test.each([
    ['15.2.1118.9', 'affected'],
    ['15.02.1118.020', 'not-affected'],
    ['15.2.1118.40', 'not-affected'],
    ['15.2.986.36', 'not-affected'],
    ['15.2.986.35', 'affected'],
    ['15.2.858.5', 'affected'],
    ['15.2.1258.12', 'not-affected'],
    ['15.1.2507.16', 'not-affected'],
    ['15.1.2507.6', 'affected'],
    ['15.1.2375.40', 'not-affected'],
    ['15.0.1497.44', 'not-affected'],
    ['15.0.1497.40', 'affected'],
  ])('ProxyNotShell in %s: %s', (version, standing) => {
    expect(said('exchange', version)['exchange-2022-11']).toBe(standing);
  });

  test('a cumulative update that nobody confirmed a fix of is not called mended', () => {
    expect(said('exchange', '15.1.2044.13')['exchange-2021-03']).toBe('undetermined');
    expect(said('exchange', '15.1.2176.9')['exchange-2021-03']).toBe('not-affected');
    expect(said('exchange', '15.1.2176.4')['exchange-2021-03']).toBe('affected');
  });
});

describe('the others', () => {
  test.each([
    ['roundcube', '1.6.10', 'roundcube-1.6.11', 'affected'],
    ['roundcube', '1.6.11', 'roundcube-1.6.11', 'not-affected'],
    ['roundcube', '1.5.10', 'roundcube-1.6.11', 'not-affected'],
    ['roundcube', '1.6-rc1', 'roundcube-1.6.11', 'affected'],
    ['roundcube', '1.4.15', 'roundcube-1.6.11', 'affected'],
    ['smartermail', '100.0.9510', 'smartermail-build-9511', 'affected'],
    ['smartermail', '100.0.9511', 'smartermail-build-9511', 'not-affected'],
    ['active-mail', '6.60.05008561', 'active-mail-2025-04-16', 'affected'],
    ['active! mail', '6.60.06008562', 'active-mail-2025-04-16', 'not-affected'],
    ['barracuda-esg', '9.2.0.006', 'barracuda-esg-BNSF-36456', 'affected'],
    ['barracuda-esg', '9.3.0.001', 'barracuda-esg-BNSF-36456', 'undetermined'],
    [
      'cisco-secure-email-gateway',
      '16.0.1-017',
      'cisco-secure-email-gateway-sma-attack-N9bf4',
      'affected',
    ],
    [
      'cisco-secure-email-gateway',
      '16.0.9-001',
      'cisco-secure-email-gateway-sma-attack-N9bf4',
      'undetermined',
    ],
    ['snappymail', '2.37.3', 'snappymail-2.38.0', 'affected'],
    ['snappymail', '2.38.0', 'snappymail-2.38.0', 'not-affected'],
    ['mdaemon', '24.5.1', 'mdaemon-24.5.1c', 'undetermined'],
  ])('%s %s, %s: %s', (product, version, note, standing) => {
    expect(said(product, version)[note]).toBe(standing);
  });

  test('a vendor’s build starts the clock before its CVE exists', () => {
    const [held] = index.named('CVE-2026-23760');
    expect(held?.advisory.published).toBe('2026-01-15');
    expect(index.exploited('CVE-2026-23760')).toMatchObject([{ on: '2026-01-17' }]);
  });

  test('a flaw is called exploited only by who says it of that flaw', () => {
    expect(index.exploited('CVE-2022-41080')).toMatchObject([{ by: 'CISA KEV', on: '2023-01-10' }]);
    expect(index.exploited('CVE-2025-66376')).toMatchObject([{ on: '2026-03-18' }]);
    expect(index.exploited('CVE-2024-45800')).toEqual([]);
  });
});
