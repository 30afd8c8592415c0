import { expect, test } from 'vitest';
import type { FeedEntry, Holding } from '../../core/advisory.ts';
import { type Component, componentId } from '../../core/component.ts';
import { cve } from '../feeds/cve.ts';
import { nvd } from '../feeds/nvd.ts';
import { memoryIndex } from '../memory-index.ts';
import { openMatching } from './match.ts';

const holding = (feed: Holding['feed']): Holding => ({
  feed,
  part: '',
  asOf: '2026-06-28T12:00:00Z',
  asOfBasis: 'source',
  taken: '2026-06-28T12:00:00Z',
  from: 'https://feeds.example.test/',
  entries: 1,
  refused: 0,
  refusals: [],
});

const byHand: Component = {
  id: componentId('roundcube'),
  name: 'roundcube',
  version: { value: '1.6.9' },
  kind: 'webmail',
  origin: 'upstream',
  thirdParty: true,
  enabled: true,
  platform: 'roundcube',
  foundAt: [],
  reach: [],
  logs: [],
};

const entries = (reading: ReturnType<typeof cve.read>): readonly FeedEntry[] => {
  if (!('entries' in reading)) throw new Error(reading.refused);
  return reading.entries;
};

const listed = (
  before: string,
  defaultStatus: string,
  [vendor, product]: readonly [string, string] = ['Roundcube', 'Webmail'],
): readonly FeedEntry[] =>
  entries(
    cve.read({
      document: 'cve.json',
      number: 1,
      value: {
        dataType: 'CVE_RECORD',
        cveMetadata: { cveId: 'CVE-2026-10001', state: 'PUBLISHED' },
        containers: {
          cna: {
            affected: [
              {
                vendor,
                product,
                defaultStatus,
                versions: [
                  { version: '0', lessThan: before, status: 'affected', versionType: 'custom' },
                ],
              },
            ],
          },
        },
      },
    }),
  );

const configured = (before: string, name = 'roundcube:webmail'): readonly FeedEntry[] =>
  entries(
    nvd.read({
      document: 'nvd.json',
      number: 1,
      value: {
        id: 'CVE-2026-10001',
        vulnStatus: 'Analyzed',
        configurations: [
          {
            nodes: [
              {
                operator: 'OR',
                cpeMatch: [
                  {
                    vulnerable: true,
                    criteria: `cpe:2.3:a:${name}:*:*:*:*:*:*:*:*`,
                    versionEndExcluding: before,
                  },
                ],
              },
            ],
          },
        ],
      },
    }),
  );

const said = (
  list: readonly FeedEntry[],
  configurations: readonly FeedEntry[],
  component: Component = byHand,
): unknown => {
  const { findings } = openMatching({
    index: memoryIndex([
      { holding: holding('cve'), entries: list },
      { holding: holding('nvd'), entries: configurations },
    ]),
    distribution: { id: 'debian', idLike: [], versionId: '12', codename: '', prettyName: '' },
    now: new Date('2026-06-29T06:00:00Z'),
    maxAgeHours: () => 48,
  })(component, []);
  return [findings[0]?.outcome, findings[0]?.byCpe];
};

test('where the one heard first says nothing of the version, a later one may accuse, and not clear', () => {
  const open = listed('1.6.7', 'unknown');
  expect(said(open, configured('1.6.11'))).toEqual(['affected', true]);
  expect(said(open, configured('1.6.7'))).toEqual(['undetermined', undefined]);
});

test('where it says something, that counts', () => {
  const clear = listed('1.6.7', 'unaffected');
  expect(said(clear, configured('1.6.11'))).toEqual(['not-affected', undefined]);
});

test('a name that a server shares with its apps accuses nobody alone, and clears the server', () => {
  const server: Component = {
    ...byHand,
    id: componentId('nextcloud'),
    name: 'nextcloud',
    platform: 'nextcloud',
    version: { value: '28.0.1' },
  };
  const all = ['nextcloud', 'security-advisories'] as const;
  const hit = listed('28.0.4', 'unaffected', all);
  expect(said(hit, [], server)).toEqual(['undetermined', undefined]);
  const own = configured('28.0.4', 'nextcloud:nextcloud_server');
  expect(said(hit, own, server)).toEqual(['affected', true]);
  expect(said(listed('27.0.1', 'unaffected', all), [], server)).toEqual([
    'not-affected',
    undefined,
  ]);
});
