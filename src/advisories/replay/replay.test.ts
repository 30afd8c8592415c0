import { describe, expect, test } from 'vitest';
import type { Advisory, FeedEntry, FeedId, Holding, ProductKey } from '../../core/advisory.ts';
import { type Component, componentId } from '../../core/component.ts';
import type { Placed } from '../../core/exposed.ts';
import type { Distribution } from '../../core/packages.ts';
import { defaultPolicy } from '../../core/policy.ts';
import type { PastDay, ReplayedCase } from '../../core/replay.ts';
import { memoryIndex } from '../memory-index.ts';
import { keyOfCve, keyOfNote, keyOfPackage } from '../product-key.ts';
import { on, type PastCase, within } from './case.ts';
import { pastCases } from './cases.ts';
import { daysFrom } from './days.ts';
import { replayCases } from './replay.ts';

const now = new Date('2026-11-25T09:00:00Z');
const debian: Distribution = {
  id: 'debian',
  idLike: [],
  versionId: '12',
  codename: 'bookworm',
  prettyName: 'Debian 12',
};

const holding = (feed: FeedId, part = ''): Holding => ({
  feed,
  part,
  asOf: '2026-11-25T00:00:00Z',
  asOfBasis: 'source',
  taken: '2026-11-25T00:00:00Z',
  from: 'test',
  entries: 1,
  refused: 0,
  refusals: [],
});

const told = (
  feed: FeedId,
  key: ProductKey,
  published: string | undefined,
  more: { readonly release?: string; readonly fixedOn?: string } = {},
): FeedEntry => {
  const advisory: Advisory = {
    feed,
    id: `${feed}-1`,
    aliases: ['CVE-2025-1'],
    covers: [],
    title: 'A flaw',
    ...(published === undefined ? {} : { published }),
    severities: [],
    ssvc: { exploitation: 'active', automatable: false, impact: 'partial' },
    references: [],
    affected: [
      {
        key,
        product: 'x',
        scheme: 'generic',
        spans: [{ before: '1.2', standing: 'affected' }],
        rest: 'not-affected',
        fixed: ['1.2'],
        ...more,
      },
    ],
  };
  return { kind: 'advisory', advisory };
};

const past: PastCase = {
  id: 'case',
  title: 'A case',
  story: 'It happened.',
  flaws: ['CVE-2025-1'],
  product: 'Roundcube Webmail',
  keys: [keyOfNote('roundcube'), keyOfCve('Roundcube', 'Webmail')],
  exploited: on('2025-06-10', 'x'),
  signs: [
    { sign: 'distribution update', what: 'deb12u5', on: on('2025-06-03', 'x') },
    { sign: 'upstream release', what: '1.2', on: on('2025-06-01', 'x') },
  ],
  published: on('2025-06-02', 'x'),
  catalogued: on('2025-06-20', 'x'),
};

const component = (id: string, more: Partial<Component> = {}): Component => ({
  id: componentId(id),
  name: 'roundcube',
  version: { value: '1.1' },
  kind: 'webmail',
  origin: 'upstream',
  thirdParty: true,
  enabled: true,
  platform: 'roundcube',
  foundAt: [],
  exposure: { internet: 'yes', why: 'it listens on port 443' },
  reach: [],
  logs: [],
  ...more,
});

const byHand = component('roundcube@/var/www/mail');
const packaged = component('roundcube', {
  origin: 'distribution',
  package: {
    ecosystem: 'deb',
    name: 'roundcube-core',
    version: '1.1-1',
    source: { name: 'roundcube', version: '1.1-1' },
  },
});

const replayed = (
  parts: readonly Placed[],
  held: readonly (readonly [Holding, readonly FeedEntry[]])[],
  differently: Partial<PastCase> = {},
): ReplayedCase => {
  const [only] = replayCases([{ ...past, ...differently }], {
    parts,
    distribution: debian,
    index: memoryIndex(held.map(([of, entries]) => ({ holding: of, entries }))),
    policy: defaultPolicy,
    now,
  });
  if (only === undefined) throw new Error('no case');
  return only;
};

const stateOf = (each: ReplayedCase, feed: string) =>
  each.sources.find(source => source.feed === feed)?.state;

const cve = [
  holding('cve'),
  [told('cve', keyOfCve('Roundcube', 'Webmail'), '2025-06-02T10:00:00Z')],
] as const;
const note = [holding('notes'), [told('notes', keyOfNote('roundcube'), '2025-06-01')]] as const;
const tracker = [
  holding('debian-tracker'),
  [told('debian-tracker', keyOfPackage('Debian', 'roundcube'), undefined, { release: '12' })],
] as const;

describe('on which day this estate would have been told', () => {
  test('the earliest record of what may judge the copy counts, with days before and after', () => {
    const each = replayed([{ component: byHand, ancestors: [] }], [cve, note]);
    expect(each).toMatchObject({
      concerns: [{ component: byHand.id, told: { on: '2025-06-01', by: 'notes: notes-1' } }],
      told: { on: '2025-06-01', by: 'notes: notes-1' },
      beforeExploitation: { least: 9, most: 9 },
      beforeCatalogue: { least: 19, most: 19 },
      afterFirstSign: { least: 0, most: 0 },
    });
    expect(each.signs.map(({ sign }) => sign)).toEqual(['upstream release', 'distribution update']);
  });

  test('a feed that is not held, or has no record, would not have told, and it is said', () => {
    const each = replayed([{ component: byHand, ancestors: [] }], [cve, [holding('notes'), []]]);
    expect(each.told?.on).toBe('2025-06-02');
    expect(['notes', 'nvd', 'cve'].map(feed => stateOf(each, feed))).toEqual([
      'no-record',
      'not-held',
      'told',
    ]);
    const nothing = replayed([{ component: byHand, ancestors: [] }], []);
    expect(nothing.told).toBeUndefined();
    expect(nothing.untold).toBe('no source that the database holds tells of it');
    expect(nothing.deadline).toBeUndefined();
  });

  test('a packaged copy is told of by its distribution alone; an undated record by its update', () => {
    const each = replayed([{ component: packaged, ancestors: [] }], [cve, note, tracker]);
    expect(each.told).toEqual({ on: '2025-06-03', by: 'debian-tracker: debian-tracker-1' });
    expect(stateOf(each, 'cve')).toBe('no-match');
    const undated = replayed([{ component: packaged, ancestors: [] }], [tracker], {
      signs: [{ sign: 'distribution update', what: 'x', on: within('2025-06', 'x') }],
    });
    expect(stateOf(undated, 'debian-tracker')).toBe('undated');
    expect(undated.untold).toBe('a record tells of it, but none says since when');
  });

  test('another release of the distribution is not this one', () => {
    const other = [
      holding('debian-tracker'),
      [
        told('debian-tracker', keyOfPackage('Debian', 'roundcube'), '2025-06-02', {
          release: '11',
        }),
      ],
    ] as const;
    expect(replayed([{ component: packaged, ancestors: [] }], [other]).told).toBeUndefined();
  });

  test('each copy is told of by its own judges, and plug-ins are not counted again', () => {
    const plugin = component('roundcube@/var/www/mail/acl', {
      name: 'acl',
      kind: 'webmail-plugin',
      partOf: byHand.id,
      purl: 'pkg:composer/roundcube/acl@1.1',
    });
    const each = replayed(
      [
        { component: packaged, ancestors: [] },
        { component: byHand, ancestors: [] },
        { component: plugin, ancestors: [byHand] },
      ],
      [note, tracker],
    );
    expect(each.concerns.map(({ component: id, told: when }) => [id, when?.on])).toEqual([
      ['roundcube', '2025-06-03'],
      ['roundcube@/var/www/mail', '2025-06-01'],
    ]);
  });

  test('a product that this estate does not have is shown for a host that has it', () => {
    const each = replayed(
      [
        {
          component: component('postfix', { name: 'postfix', platform: 'postfix' }),
          ancestors: [],
        },
      ],
      [cve],
    );
    expect(each.concerns).toEqual([]);
    expect(each.told?.on).toBe('2025-06-02');
    expect(each.deadline?.why).toContain('as on a host that faces the internet');
  });

  test('a copy whose version nobody knows is told of by nobody', () => {
    const blind = component('roundcube@/srv/x', { version: { unknown: 'no file says it' } });
    const each = replayed([{ component: blind, ancestors: [] }], [cve, note]);
    expect(each.concerns).toEqual([
      {
        component: blind.id,
        untold: 'nobody may judge it: its version is not known: no file says it',
      },
    ]);
    expect(each.told).toBeUndefined();
  });
});

describe('the deadline by today’s policy', () => {
  test('first without exploitation, whatever today’s record knows of it; then with it', () => {
    const each = replayed([{ component: byHand, ancestors: [] }], [note]);
    // Faces the internet, not automatable, partial impact: 60 days from 2025-06-01.
    expect(each.deadline).toMatchObject({ days: 60, on: '2025-07-31' });
    // Three days from 2025-06-20, when the catalogue named it: nobody could hurry before.
    expect(each.deadlineOnceExploited).toMatchObject({ days: 22, on: '2025-06-23' });
  });

  test('nobody is late for what he was not told', () => {
    const late = [
      holding('notes'),
      [told('notes', keyOfNote('roundcube'), '2025-09-15', { fixedOn: '2025-06-01' })],
    ] as const;
    expect(replayed([{ component: byHand, ancestors: [] }], [late])).toMatchObject({
      told: { on: '2025-09-15' },
      deadline: { on: '2025-09-15' },
      deadlineOnceExploited: { on: '2025-09-15' },
      beforeExploitation: { least: -97, most: -97 },
    });
  });
});

describe('days that are known only in part', () => {
  const some = (notBefore: string | undefined, notAfter: string | undefined): PastDay => ({
    ...(notBefore === undefined ? {} : { notBefore }),
    ...(notAfter === undefined ? {} : { notAfter }),
    source: '',
  });

  test.each([
    [some('2025-06-01', '2025-06-01'), some('2025-06-01', '2025-06-30'), { least: 0, most: 29 }],
    [some('2025-06-05', '2025-06-05'), some(undefined, '2025-06-30'), { most: 25 }],
    [some('2025-06-05', '2025-06-05'), some('2025-06-30', undefined), { least: 25 }],
    [some('2025-06-05', undefined), some(undefined, '2025-06-01'), { most: -4 }],
    [some(undefined, '2025-06-05'), some(undefined, '2025-06-01'), undefined],
  ])('from %j to %j', (from, to, range) => {
    expect(daysFrom(from, to)).toEqual(range);
  });

  test('a month is as long as it is', () => {
    expect(within('2024-02', '')).toMatchObject({
      notBefore: '2024-02-01',
      notAfter: '2024-02-29',
    });
    expect(within('2025-12', '')).toMatchObject({ notAfter: '2025-12-31' });
  });
});

describe('the cases', () => {
  const dates = (each: PastCase): readonly PastDay[] => [
    ...('unknown' in each.exploited ? [] : [each.exploited]),
    ...each.signs.map(sign => sign.on),
    ...(each.published === undefined ? [] : [each.published]),
    ...(each.catalogued === undefined ? [] : [each.catalogued]),
  ];

  test('have names of their own, flaws, keys and signs', () => {
    expect(new Set(pastCases.map(({ id }) => id)).size).toBe(pastCases.length);
    for (const { id, flaws, keys, signs } of pastCases) {
      expect(flaws.length, id).toBeGreaterThan(0);
      expect(keys.length, id).toBeGreaterThan(0);
      expect(signs.length, id).toBeGreaterThan(0);
      for (const flaw of flaws) expect(flaw).toMatch(/^CVE-\d{4}-\d{4,}$/);
    }
  });

  test('every day is one, in order, and says where it stands', () => {
    for (const each of pastCases) {
      for (const day of dates(each)) {
        expect(day.source, each.id).not.toBe('');
        for (const end of [day.notBefore, day.notAfter]) {
          if (end === undefined) continue;
          expect(new Date(`${end}T00:00:00Z`).toISOString().slice(0, 10), each.id).toBe(end);
        }
        if (day.notBefore !== undefined && day.notAfter !== undefined) {
          expect(day.notBefore <= day.notAfter, each.id).toBe(true);
        }
      }
    }
  });

  test('nothing was catalogued before it was used, as far as both are known', () => {
    for (const { id, exploited, catalogued } of pastCases) {
      if ('unknown' in exploited || exploited.notBefore === undefined) continue;
      if (catalogued?.notAfter === undefined) continue;
      expect(exploited.notBefore <= catalogued.notAfter, id).toBe(true);
    }
  });
});
