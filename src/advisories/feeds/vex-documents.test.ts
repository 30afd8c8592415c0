import { describe, expect, test } from 'vitest';
import type { VexStatement } from '../../core/advisory.ts';
import type { Feed } from '../feed.ts';
import { csaf } from './csaf.ts';
import { cyclonedxVex } from './cyclonedx-vex.ts';
import { openvex } from './openvex.ts';

const statements = (feed: Feed, value: unknown, file = 'vex.json'): readonly VexStatement[] => {
  const reading = feed.read({ document: file, number: 1, value });
  return 'entries' in reading
    ? reading.entries.flatMap(entry => (entry.kind === 'vex' ? [entry.statement] : []))
    : [];
};

const dovecot = { name: 'dovecot', 'bom-ref': 'a', purl: 'pkg:deb/debian/dovecot' };

const bom = (analysis: unknown, components: readonly unknown[] = [dovecot]): unknown => ({
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  metadata: { timestamp: '2026-06-01T00:00:00Z', authors: [{ name: 'Mail team' }] },
  components,
  vulnerabilities: [{ id: 'CVE-2026-10001', analysis, affects: [{ ref: 'a' }] }],
});

describe('CycloneDX', () => {
  test.each([
    [{ state: 'not_affected' }, 'unknown'],
    [{ state: 'not_affected', justification: 'code_not_present' }, 'not-affected'],
    [{ state: 'not_affected', justification: 'requires_configuration' }, 'not-affected'],
    [{ state: 'not_affected', detail: 'IMAP is switched off.' }, 'not-affected'],
    [{ state: 'false_positive' }, 'not-affected'],
    [{ state: 'resolved' }, 'fixed'],
  ])('%j says %s', (analysis, status) => {
    expect(statements(cyclonedxVex, bom(analysis)).map(each => each.status)).toEqual([status]);
  });

  test('a reference that two components bear means neither', () => {
    const postfix = { name: 'postfix', 'bom-ref': 'a', purl: 'pkg:deb/debian/postfix' };
    const analysis = { state: 'exploitable' };
    expect(statements(cyclonedxVex, bom(analysis, [postfix, dovecot]))).toEqual([]);
    const nested = { name: 'mail', 'bom-ref': 'm', components: [postfix] };
    expect(statements(cyclonedxVex, bom(analysis, [nested, dovecot]))).toEqual([]);
  });
});

/** The store lets the newer copy of a document take the place of the older one. */
describe('documents are kept apart', () => {
  const documentOf = (feed: Feed, value: unknown, file: string): string | undefined =>
    statements(feed, value, file)[0]?.document;

  test('without an id, by their files', () => {
    const plain = {
      author: 'Mail team',
      statements: [
        {
          vulnerability: { name: 'CVE-2026-10001' },
          products: [{ '@id': 'pkg:deb/debian/dovecot' }],
          status: 'affected',
        },
      ],
    };
    for (const [feed, value] of [
      [openvex, plain],
      [cyclonedxVex, bom({ state: 'exploitable' })],
    ] as const) {
      expect(documentOf(feed, value, 'a.json')).not.toBe(documentOf(feed, value, 'b.json'));
    }
    expect(documentOf(openvex, { ...plain, '@id': 'https://example.jp/1' }, 'a.json')).toBe(
      documentOf(openvex, { ...plain, '@id': 'https://example.jp/1' }, 'b.json'),
    );
  });

  test('that several vendors call by the flaw alone, by their vendors', () => {
    const of = (name: string): unknown => ({
      document: {
        category: 'csaf_vex',
        csaf_version: '2.0',
        publisher: { category: 'vendor', name },
        tracking: { id: 'cve-2026-10001', status: 'final' },
      },
      product_tree: {
        full_product_names: [
          {
            name: 'dovecot',
            product_id: 'd',
            product_identification_helper: { purl: 'pkg:deb/debian/dovecot' },
          },
        ],
      },
      vulnerabilities: [{ cve: 'CVE-2026-10001', product_status: { known_affected: ['d'] } }],
    });
    expect(documentOf(csaf, of('One'), 'v.json')).not.toBe(documentOf(csaf, of('Two'), 'v.json'));
  });
});
