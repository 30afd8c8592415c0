import { describe, expect, test } from 'vitest';
import { holdingOf } from '../../../test/support/holding.ts';
import type { FeedEntry, VexStatement } from '../../core/advisory.ts';
import { type Component, componentId } from '../../core/component.ts';
import { openvex } from '../feeds/openvex.ts';
import { memoryIndex } from '../memory-index.ts';
import { keyOfPackage } from '../product-key.ts';
import { vexAbout } from './vex.ts';
import type { Voice } from './voices.ts';

const version = '1:2.3.19-1+deb12u7';
const encoded = '1:2.3.19-1%2Bdeb12u7';

const part = (id: string, name: string, more: Partial<Component> = {}): Component => ({
  id: componentId(id),
  name,
  version: { value: version },
  purl: `pkg:deb/debian/${name}@${encoded}?arch=amd64&distro=bookworm`,
  supplier: 'Debian',
  kind: 'imap',
  origin: 'distribution',
  platform: 'dovecot',
  thirdParty: true,
  enabled: true,
  foundAt: [],
  reach: [],
  logs: [],
  package: {
    ecosystem: 'deb',
    name,
    version,
    source: { name: 'dovecot', version },
    arch: 'amd64',
  },
  ...more,
});

const voice: Voice = {
  key: keyOfPackage('Debian', 'dovecot'),
  feeds: ['osv'],
  rank: 1,
  version,
  packaged: true,
  release: '12',
};

const holding = holdingOf('openvex', 'imported');

interface Saying {
  readonly status?: string;
  readonly on?: string;
  readonly author?: string;
}

const document = (product: unknown, { status, on, author }: Saying = {}): readonly FeedEntry[] => {
  const reading = openvex.read({
    document: 'vex.json',
    number: 1,
    value: {
      '@context': 'https://openvex.dev/ns/v0.2.0',
      '@id': 'https://example.jp/vex/1',
      author: author ?? 'Mail team',
      ...(on === 'never' ? {} : { timestamp: on ?? '2026-06-15T09:00:00Z' }),
      statements: [
        {
          vulnerability: { name: 'CVE-2026-10001' },
          products: [product],
          status: status ?? 'not_affected',
          justification: 'vulnerable_code_not_present',
        },
      ],
    },
  });
  if (!('entries' in reading)) throw new Error('the test’s document was refused');
  return reading.entries;
};

const heard = (
  component: Component,
  ancestors: readonly Component[],
  ...documents: readonly (readonly FeedEntry[])[]
): readonly VexStatement['status'][] =>
  (
    vexAbout(
      component,
      ancestors,
      [voice],
      memoryIndex([{ holding, entries: documents.flat() }]),
      flaws => flaws,
      new Date('2026-06-29T06:00:00Z'),
    ).get('CVE-2026-10001') ?? []
  ).map(({ statement, doubt }) => (doubt === undefined ? statement.status : 'unknown'));

const dovecot = part('dovecot', 'dovecot-core');

describe('a statement is heard of what its package URL means, and of nothing else', () => {
  test.each([
    'pkg:deb/debian/dovecot',
    'pkg:deb/debian/dovecot?arch=source',
    'pkg:deb/debian/dovecot?distro=debian-12',
    'pkg:deb/debian/dovecot-core',
    'pkg:deb/debian/dovecot-core?distro=bookworm',
    `pkg:deb/debian/dovecot-core@${encoded}?arch=amd64`,
    `pkg:deb/debian/dovecot-core@${version}`,
    'pkg:deb/debian/dovecot-core?vers=vers:deb/%3C1:2.4',
  ])('%s', purl => {
    expect(heard(dovecot, [], document({ '@id': purl }))).toEqual(['not-affected']);
  });

  test.each([
    ['another release, by the binary package', 'pkg:deb/debian/dovecot-core?distro=trixie'],
    ['another release, by the source package', 'pkg:deb/debian/dovecot?distro=debian-13'],
    ['another architecture', `pkg:deb/debian/dovecot-core@${encoded}?arch=arm64`],
    ['another architecture of every version', 'pkg:deb/debian/dovecot-core?arch=arm64'],
    ['another distribution', 'pkg:deb/ubuntu/dovecot-core'],
    ['another binary package', 'pkg:deb/debian/dovecot-sieve'],
    ['another version', 'pkg:deb/debian/dovecot-core@1:2.3.19-1%2Bdeb12u6'],
    ['versions that it is not', 'pkg:deb/debian/dovecot-core?vers=vers:deb/%3C1:2.0'],
    ['versions that nobody can read', 'pkg:deb/debian/dovecot-core?vers=old'],
    ['another repository', 'pkg:deb/debian/dovecot-core?repository_url=https://apt.example.test'],
    ['a file of the package', 'pkg:deb/debian/dovecot-core#usr/lib/dovecot/auth'],
  ])('not of %s', (_what, purl) => {
    expect(heard(dovecot, [], document({ '@id': purl }))).toEqual([]);
  });
});

describe('of a part, the product around it and the part must both be what is installed', () => {
  const sieve = part('dovecot/sieve', 'dovecot-sieve', { partOf: dovecot.id });
  const within = (product: string, subcomponent: string): readonly FeedEntry[] =>
    document({ '@id': product, subcomponents: [{ '@id': subcomponent }] });

  test('they are', () => {
    const said = within(`pkg:deb/debian/dovecot-core@${encoded}`, 'pkg:deb/debian/dovecot-sieve');
    expect(heard(sieve, [dovecot], said)).toEqual(['not-affected']);
    expect(heard(dovecot, [], said)).toEqual([]);
  });

  test.each([
    ['pkg:deb/debian/dovecot-core@1:2.2-1', 'pkg:deb/debian/dovecot-sieve'],
    ['pkg:deb/debian/dovecot-core?distro=trixie', 'pkg:deb/debian/dovecot-sieve'],
    ['pkg:deb/debian/dovecot-core', 'pkg:deb/debian/dovecot-sieve@1:2.2-1'],
    ['pkg:deb/debian/dovecot-core', 'pkg:deb/debian/dovecot-sieve?arch=arm64'],
  ])('%s with %s is another', (product, subcomponent) => {
    expect(heard(sieve, [dovecot], within(product, subcomponent))).toEqual([]);
  });
});

describe('of one author the latest word counts', () => {
  const all = { '@id': 'pkg:deb/debian/dovecot' };
  const exact = { '@id': `pkg:deb/debian/dovecot-core@${encoded}` };
  const no = document(all);

  test('by the instant, in whichever zone it is written', () => {
    const sooner = document(all, { on: '2026-06-15T09:00:00+09:00' });
    const later = document(all, { on: '2026-06-15T02:00:00Z', status: 'affected' });
    expect(heard(dovecot, [], later, sooner)).toEqual(['affected']);
    expect(heard(dovecot, [], sooner, later)).toEqual(['affected']);
  });

  test('of two of one instant, the one that clears less', () => {
    const yes = document(all, { status: 'affected' });
    expect(heard(dovecot, [], yes, no)).toEqual(['affected']);
    expect(heard(dovecot, [], no, yes)).toEqual(['affected']);
  });

  test('of two of one instant, rather the one on this very version', () => {
    const yes = document(all, { status: 'affected' });
    const mended = document(exact, { status: 'fixed' });
    expect(heard(dovecot, [], yes, mended)).toEqual(['fixed']);
    expect(heard(dovecot, [], mended, yes)).toEqual(['fixed']);
  });

  test('one without a day takes the place of none, and clears nothing that another denies', () => {
    const yes = document(all, { status: 'affected', on: '2026-06-20' });
    const undated = document(exact, { on: 'never' });
    expect(heard(dovecot, [], yes, undated)).toEqual(['affected']);
    expect(heard(dovecot, [], undated, yes)).toEqual(['affected']);
    expect(heard(dovecot, [], undated)).toEqual(['not-affected']);
    const undatedYes = document(exact, { on: 'never', status: 'affected' });
    for (const words of [
      [no, undatedYes],
      [undatedYes, no],
      [undated, undatedYes, no],
    ]) {
      expect(heard(dovecot, [], ...words)).toEqual(['affected']);
    }
  });

  test('one of a day that is yet to come clears nothing, and takes the place of nothing', () => {
    const ahead = '2027-06-15T09:00:00Z';
    const yes = document(all, { status: 'affected' });
    expect(heard(dovecot, [], document(all, { on: ahead }))).toEqual(['unknown']);
    expect(heard(dovecot, [], yes, document(exact, { on: ahead }))).toEqual(['affected']);
    expect(heard(dovecot, [], document(exact, { on: ahead, status: 'fixed' }), yes)).toEqual([
      'affected',
    ]);
    expect(heard(dovecot, [], no, document(all, { on: ahead, status: 'affected' }))).toEqual([
      'affected',
    ]);
    expect(heard(dovecot, [], no, document(exact, { on: ahead }))).toEqual(['not-affected']);
    expect(heard(dovecot, [], document(all, { on: '2026-06-29T05:59:60Z' }))).toEqual([
      'not-affected',
    ]);
    // Local time of the east, without its zone.
    expect(heard(dovecot, [], document(all, { on: '2026-06-29T15:00:00' }))).toEqual([
      'not-affected',
    ]);
  });

  test('two authors are two', () => {
    const other = document(all, { status: 'affected', author: 'Somebody else' });
    expect([...heard(dovecot, [], no, other)].sort()).toEqual(['affected', 'not-affected']);
  });
});
