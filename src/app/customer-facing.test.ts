import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { memoryIndex } from '../advisories/memory-index.ts';
import { keyOfPackage } from '../advisories/product-key.ts';
import { parityOf } from '../advisories/urgency/parity.ts';
import type { Advisory, FeedEntry, Holding } from '../core/advisory.ts';
import { componentId } from '../core/component.ts';
import type { PatchRecord } from '../core/parity.ts';
import {
  type Configuration,
  type CustomerFacing,
  defaultPolicy,
  emptyConfiguration,
} from '../core/policy.ts';
import { customerFacingRecords } from './customer-facing.ts';

const now = new Date('2026-11-25T09:00:00Z');
const folder = mkdtempSync(join(tmpdir(), 'postern-parity-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const holding: Holding = {
  feed: 'osv',
  part: 'npm',
  asOf: '2026-11-25T00:00:00Z',
  asOfBasis: 'source',
  taken: '2026-11-25T00:00:00Z',
  from: 'test',
  entries: 1,
  refused: 0,
  refusals: [],
};

/** A flaw in every version of an npm package before `fixed`, told on `published`. */
const flaw = (id: string, name: string, fixed: string, published: string): FeedEntry => {
  const advisory: Advisory = {
    feed: 'osv',
    id,
    aliases: [],
    covers: [],
    title: id,
    published,
    severities: [],
    references: [],
    affected: [
      {
        key: keyOfPackage('npm', name),
        product: `npm ${name}`,
        scheme: 'semver',
        spans: [{ before: fixed, standing: 'affected' }],
        rest: 'not-affected',
        fixed: [fixed],
      },
    ],
  };
  return { kind: 'advisory', advisory };
};

const index = memoryIndex([
  {
    holding,
    entries: [
      // a: ten days, and two at once after twenty.
      flaw('A-1', 'a', '1.1.0', '2026-01-10'),
      flaw('A-2', 'a', '1.2.0', '2026-03-01'),
      flaw('A-3', 'a', '1.2.0', '2026-03-01'),
      // b: mended before anybody spoke of it.
      flaw('B-1', 'b', '2.0.0', '2026-06-01'),
      // c: known when the version with it was deployed: five days from there.
      flaw('C-1', 'c', '3.1.0', '2020-01-01'),
      // d: open since its publication.
      flaw('D-1', 'd', '9.0.0', '2026-11-20'),
      // e: removed after four days.
      flaw('E-1', 'e', '5.0.0', '2026-07-01'),
      // f: three days.
      flaw('F-1', 'f', '2.0.0', '2026-08-01'),
    ],
  },
]);

const bom = (parts: Readonly<Record<string, string>>): string =>
  JSON.stringify({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    components: Object.entries(parts).map(([name, version]) => ({
      type: 'library',
      name,
      version,
      purl: `pkg:npm/${name}@${version}`,
    })),
  });

const history = (
  rows: readonly (readonly [day: string, name: string, version: string])[],
): string =>
  [
    'date,component,version',
    ...rows.map(([day, name, version]) => `${day},pkg:npm/${name},${version}`),
  ].join('\n');

let files = 0;
const write = (text: string): string => {
  files += 1;
  mkdirSync(join(folder, 'boms'), { recursive: true });
  writeFileSync(join(folder, 'boms', `${files}`), text);
  return `boms/${files}`;
};

const configured = (customerFacing: readonly CustomerFacing[]): Configuration => ({
  ...emptyConfiguration,
  folder,
  policy: { ...defaultPolicy, customerFacing },
});

const shop = {
  parts: { a: '1.2.0', b: '2.0.0', c: '3.1.0', d: '8.0.0', f: '2.0.0' },
  deployments: [
    ['2025-12-01', 'a', '1.0.0'],
    ['2026-01-20', 'a', '1.1.0'],
    ['2026-03-21', 'a', '1.2.0'],
    ['2025-12-01', 'b', '1.0.0'],
    ['2026-05-01', 'b', '2.0.0'],
    ['2026-02-01', 'c', '3.0.0'],
    ['2026-02-06', 'c', '3.1.0'],
    ['2026-04-01', 'd', '8.0.0'],
    ['2025-12-01', 'e', '4.0.0'],
    ['2026-07-05', 'e', 'removed'],
    ['2025-12-01', 'f', '1.0.0'],
    ['2026-08-04', 'f', '2.0.0'],
  ] as const,
};

const records = (customerFacing: readonly CustomerFacing[]) =>
  customerFacingRecords(configured(customerFacing), index, now);

describe('a customer-facing application', () => {
  const { applications, unread } = records([
    { name: 'Shop', sbom: write(bom(shop.parts)), history: write(history(shop.deployments)) },
  ]);
  const [record] = applications;

  test('each deployment that mended something took the days from the first sign', () => {
    expect(unread).toEqual([]);
    expect(record?.record.mended).toEqual([
      { flaws: ['A-1'], since: '2026-01-10', mended: '2026-01-20', days: 10 },
      { flaws: ['A-2', 'A-3'], since: '2026-03-01', mended: '2026-03-21', days: 20 },
      { flaws: ['C-1'], since: '2026-02-01', mended: '2026-02-06', days: 5 },
      { flaws: ['F-1'], since: '2026-08-01', mended: '2026-08-04', days: 3 },
      { flaws: ['E-1'], since: '2026-07-01', mended: '2026-07-05', days: 4 },
    ]);
  });

  test('what is not mended is open since then', () => {
    expect(record?.record.open).toEqual([
      { id: 'D-1', since: '2026-11-20', days: 5, deadlineDays: 14, overdueDays: -9 },
    ]);
    expect(record?.doubts).toEqual([]);
    expect(record).toMatchObject({ components: 5, judged: 5, history: true });
  });

  const part = (
    id: string,
    group: string,
    open: PatchRecord['open'],
    days: readonly number[] = [],
  ) => ({
    id: componentId(id),
    group,
    record: {
      mended: days.map((each, i) => ({
        flaws: [],
        since: `2026-0${i + 1}-01`,
        mended: '2026-10-01',
        days: each,
      })),
      open,
    },
  });

  test('parity allows the 90th percentile of five updates, and names what is slower', () => {
    const flaws = [
      { id: 'CVE-2026-1', since: '2026-10-01', days: 55, deadlineDays: 14, overdueDays: 41 },
    ];
    const parity = parityOf({
      applications,
      parts: [
        part('roundcube', 'deb:roundcube', flaws, [1, 2, 3, 4, 40]),
        part('roundcube/managesieve', 'deb:roundcube', flaws, [1, 2, 3, 4, 40]),
        part('postfix', 'deb:postfix', [{ id: 'CVE-2026-2', since: '2026-11-10', days: 15 }]),
        part('dovecot', 'deb:dovecot', [], [1, 1, 1, 1, 90]),
      ],
    });
    // 3, 4, 5, 10, 20: rank 5 of 5.
    expect(parity).toMatchObject({
      basis: 'customer-facing history',
      allowedDays: 20,
      customerFacing: { mended: 5, median: 5, percentile90: 20, open: 1, overdue: 0 },
      // 1, 1, 1, 1, 1, 2, 3, 4, 40, 90: ranks 5 and 9; each package once.
      mailPlatform: { mended: 10, median: 1, percentile90: 40, open: 2, overdue: 1 },
    });
    expect(
      parity.slower.map(({ group, kind, days, components }) => [group, kind, days, components]),
    ).toEqual([
      ['deb:dovecot', 'past', 90, ['dovecot']],
      ['deb:roundcube', 'open', 55, ['roundcube', 'roundcube/managesieve']],
    ]);
    expect(parity.why).toBe(
      'customer-facing: 5 updates, median 5 days, 90th percentile 20 days; mail platform: 10 updates, median 1 day, 90th percentile 40 days',
    );
  });

  test('without history the written deadlines count, and the answer says so', () => {
    const bare = records([{ name: 'Shop', sbom: write(bom(shop.parts)) }]);
    const parity = parityOf({
      ...bare,
      parts: [
        part('postfix', 'deb:postfix', [
          { id: 'CVE-2026-2', since: '2026-11-10', days: 15, deadlineDays: 14, overdueDays: 1 },
        ]),
      ],
    });
    expect(parity.allowedDays).toBeUndefined();
    expect(parity.basis).toBe('written deadlines');
    expect(parity.why).toMatch(
      /^the customer-facing applications have no deployment history, so the written deadlines count/,
    );
    expect(parity.slower).toMatchObject([
      { days: 15, allowedDays: 14, basis: 'written deadlines' },
    ]);
    expect(parity.customerFacing).toMatchObject({ mended: 0, open: 1 });
  });

  test('four updates give no percentile', () => {
    const few = records([
      {
        name: 'Shop',
        sbom: write(bom(shop.parts)),
        history: write(history(shop.deployments.filter(([, name]) => name !== 'f'))),
      },
    ]);
    const parity = parityOf({ ...few, parts: [] });
    expect(parity.allowedDays).toBeUndefined();
    expect(parity.why).toMatch(/shows 4 updates in the last 730 days, fewer than the 5/);
  });
});

describe('what is missing or wrong', () => {
  test('files that cannot be read leave their application out, and it is said', () => {
    const { applications, unread } = records([
      { name: 'Gone', sbom: 'boms/none' },
      { name: 'Folder', sbom: 'boms' },
      { name: 'XML', sbom: write('<bom/>') },
      { name: 'No history', sbom: write(bom({ a: '1.0.0' })), history: 'boms/none' },
      { name: 'Bad history', sbom: write(bom({ a: '1.0.0' })), history: write('[{') },
    ]);
    expect(unread).toEqual([
      { name: 'Gone', why: 'boms/none: no such file' },
      { name: 'Folder', why: 'boms: it is not a file' },
      { name: 'XML', why: expect.stringMatching(/: its namespace is none of CycloneDX/) },
    ]);
    expect(applications.map(({ name, history: told, doubts }) => [name, told, doubts[0]])).toEqual([
      ['No history', false, 'boms/none: no such file'],
      ['Bad history', false, expect.stringMatching(/: it begins like a JSON array and is none$/)],
    ]);
    const parity = parityOf({ applications: [], unread, parts: [] });
    expect(parity.why).toMatch(/^the files of the customer-facing applications could not be read/);
    expect(parity.customerFacing.applications.map(({ doubts }) => doubts[0])).toEqual(
      unread.map(({ why }) => why),
    );
  });

  test('a flaw that vanished without a deployment is no update', () => {
    const { applications } = records([
      {
        name: 'Shop',
        sbom: write(bom({ a: '1.2.0' })),
        history: write(history([['2025-12-01', 'a', '1.0.0']])),
      },
    ]);
    expect(applications[0]?.record).toEqual({ mended: [], open: [] });
    expect(applications[0]?.doubts).toEqual([
      '3 flaws gone between its last deployment and its bill of materials: on which day is not known',
    ]);
  });

  test('two versions side by side: mended when neither has the flaw', () => {
    const { applications } = records([
      {
        name: 'Shop',
        sbom: write(bom({ f: '2.0.0' })),
        history: write(
          history([
            ['2026-07-01', 'f', '1.0.0'],
            ['2026-08-03', 'f', '1.5.0'],
            ['2026-08-03', 'f', '2.0.0'],
            ['2026-08-09', 'f', '2.0.0'],
          ]),
        ),
      },
    ]);
    expect(applications[0]?.record.mended).toEqual([
      { flaws: ['F-1'], since: '2026-08-01', mended: '2026-08-09', days: 8 },
    ]);
  });

  test('an older version without a version that can be judged proves nothing', () => {
    const { applications } = records([
      {
        name: 'Shop',
        sbom: write(bom({ a: '1.2.0' })),
        history: write(
          'date,component,version\n2026-01-01,pkg:npm/a,1.0.0\n2026-02-01,pkg:npm/a,latest\n2026-05-01,pkg:npm/a,1.2.0',
        ),
      },
    ]);
    expect(applications[0]?.record.mended).toEqual([]);
    expect(applications[0]?.doubts[0]).toMatch(
      /^of 3 flaws it cannot be told whether a deployment mended it$/,
    );
  });

  test('of a component that was deployed very often the newest deployments count', () => {
    const often = Array.from({ length: 5_003 }, (_, i) => ['2026-01-01', 'x', `1.0.${i}`] as const);
    const { applications } = records([
      { name: 'Shop', sbom: write(bom({ x: '1.0.5002' })), history: write(history(often)) },
    ]);
    expect(applications[0]?.doubts).toEqual([
      '3 old deployments were left out: some components have too many',
    ]);
  });
});
