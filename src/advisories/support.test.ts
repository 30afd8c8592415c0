import { afterAll, describe, expect, test } from 'vitest';
import { hostTree, removeTrees } from '../../test/support/host-tree.ts';
import type { Tree } from '../../test/support/tree.ts';
import type { Distribution } from '../core/packages.ts';
import type { Support } from '../core/patch.ts';
import type { WantedPackage } from './local-source.ts';
import { type SupportTerms, supportOf } from './support.ts';
import { endedInDebian, releaseLives } from './support-table.ts';

afterAll(removeTrees);

const release = (id: string, versionId: string, codename = '', more = {}): Distribution => ({
  id,
  idLike: [],
  versionId,
  codename,
  prettyName: `${id} ${versionId}`,
  ...more,
});

const wanted = (source: string, arch = 'amd64'): WantedPackage => ({
  ecosystem: 'deb',
  name: source,
  version: '1.0-1',
  arch,
});

const ours: SupportTerms = { byDistribution: true };

const support = (
  tree: Tree,
  source: string,
  distribution: Distribution,
  day: string,
  terms: SupportTerms = ours,
  arch?: string,
): Support =>
  supportOf(
    hostTree(tree),
    wanted(source, arch),
    distribution,
    terms,
    new Date(`${day}T12:00:00Z`),
  );

const bookworm = release('debian', '12', 'bookworm');

describe('Debian', () => {
  const folder = '/usr/share/debian-security-support';
  const tables = {
    [`${folder}/security-support-ended.deb12`]:
      '# a comment\nother  1.0-1  2024-01-01  gone\nphp-horde.*\t0\t\t2025-03-22\tincompatible with PHP 8\nfuture 1.0-1 2027-01-01 later\n',
    [`${folder}/security-support-limited`]: 'binutils  Only suitable for trusted content\n',
  };

  test('ended its support of Horde on 2025-03-22, by its own table or by ours', () => {
    for (const tree of [tables, {}]) {
      expect(support(tree, 'php-horde-imp', bookworm, '2025-03-22')).toMatchObject({
        state: 'ended',
        since: '2025-03-22',
        why: expect.stringContaining('PHP'),
      });
      expect(support(tree, 'php-horde-imp', bookworm, '2025-03-21')).toMatchObject({
        state: 'supported',
      });
      expect(support(tree, 'horde-of-orcs', bookworm, '2025-03-22')).toMatchObject({
        state: 'supported',
      });
    }
    const named = support(tables, 'php-horde', bookworm, '2025-04-01');
    expect(named.state === 'ended' && named.because).toEqual({
      path: `${folder}/security-support-ended.deb12`,
      line: 3,
    });
  });

  test('supports some only in part, and ends others on a day to come', () => {
    expect(support(tables, 'binutils', bookworm, '2026-01-01')).toMatchObject({
      state: 'unknown',
      why: 'Debian supports binutils only in part: Only suitable for trusted content',
    });
    expect(support(tables, 'future', bookworm, '2026-12-31').state).toBe('supported');
    expect(support(tables, 'future', bookworm, '2027-01-01').state).toBe('ended');
  });

  test.each([
    ['2026-07-11', 'supported', '2026-07-11'],
    ['2026-07-12', 'supported', '2028-06-30'],
    ['2028-07-01', 'ended', '2028-06-30'],
  ])('12 is, on %s, %s', (day, state, until) => {
    const found = support({}, 'postfix', bookworm, day);
    expect(found.state).toBe(state);
    expect(found.state === 'supported' ? found.until : found.state === 'ended' && found.since).toBe(
      until,
    );
  });

  test('does not look after contrib and non-free', () => {
    const nonFree: SupportTerms = { byDistribution: true, component: 'non-free' };
    expect(support({}, 'unrar-nonfree', bookworm, '2026-01-01', nonFree).state).toBe('unknown');
  });

  test('LTS leaves some architectures out', () => {
    expect(support({}, 'postfix', bookworm, '2026-12-01', ours, 's390x')).toMatchObject({
      state: 'ended',
      since: '2026-07-11',
    });
  });

  test('says itself when it ends, where distro-info-data is', () => {
    const csv = {
      '/usr/share/distro-info/debian.csv':
        'version,codename,series,created,release,eol,eol-lts,eol-elts\n12,Bookworm,bookworm,2021-08-14,2023-06-10,2026-06-10,2028-06-30,2033-06-30\n',
    };
    expect(support(csv, 'postfix', bookworm, '2026-06-01')).toMatchObject({
      state: 'supported',
      until: '2026-06-10',
      because: { path: '/usr/share/distro-info/debian.csv', line: 2 },
    });
  });
});

describe('others', () => {
  test('state the day themselves in os-release', () => {
    const fedora = release('fedora', '42', '', { supportEnd: '2026-05-13' });
    expect(support({}, 'postfix', fedora, '2026-05-14')).toMatchObject({
      state: 'ended',
      since: '2026-05-13',
    });
  });

  test('have a longer life for those who pay', () => {
    const jammy = release('ubuntu', '22.04', 'jammy');
    const main: SupportTerms = { byDistribution: true, component: 'main' };
    expect(support({}, 'postfix', jammy, '2028-01-01', main)).toMatchObject({ state: 'ended' });
    const pro = { ...main, subscriptions: ['Ubuntu Pro'] };
    expect(support({}, 'postfix', jammy, '2028-01-01', pro)).toMatchObject({ state: 'supported' });
  });

  test('are unknown where nobody says, or where somebody else built it', () => {
    expect(support({}, 'postfix', release('nixos', '24.05'), '2026-01-01').state).toBe('unknown');
    expect(support({}, 'rspamd', bookworm, '2026-01-01', { byDistribution: false })).toMatchObject({
      state: 'unknown',
    });
    expect(
      support({}, 'roundcube', bookworm, '2026-01-01', {
        byDistribution: true,
        unattended: 'bookworm-backports',
      }),
    ).toMatchObject({ state: 'unknown', why: expect.stringContaining('bookworm-backports') });
  });
});

test('the tables hold days, each release once, and a longer life that is longer', () => {
  const keys = releaseLives.map(({ id, version }) => `${id} ${version}`);
  expect(new Set(keys).size).toBe(keys.length);
  for (const { ends, longer } of releaseLives) {
    expect(ends).toMatch(/^20\d\d-[01]\d-[0-3]\d$/);
    expect(Number.isNaN(Date.parse(ends))).toBe(false);
    if (longer !== undefined) expect(longer.ends > ends).toBe(true);
  }
  for (const { since } of endedInDebian) expect(Number.isNaN(Date.parse(since))).toBe(false);
});
