import { describe, expect, test } from 'vitest';
import type { Tenant } from '../../core/answer.ts';
import { type Component, componentId, type Resource } from '../../core/component.ts';
import type { Finding } from '../../core/finding.ts';
import type { PatchFacts } from '../../core/patch.ts';
import { type RankedPart, rank } from './ranking.ts';

const tenants: readonly Tenant[] = [
  {
    name: 'A',
    domains: [],
    people: { active: 1000, dormant: 100, former: 10 },
    counted: '2026-11-01',
  },
  {
    name: 'B',
    domains: [],
    people: { active: 2000, dormant: 0, former: 0 },
    counted: '2026-11-01',
  },
];

const component = (
  id: string,
  reaches: readonly Resource[],
  more: Partial<Component> = {},
): Component => ({
  id: componentId(id),
  name: id.slice(id.lastIndexOf('/') + 1),
  version: { value: '1.0' },
  kind: 'webmail',
  origin: 'distribution',
  thirdParty: true,
  enabled: true,
  platform: id.split(/[/@]/)[0] ?? id,
  foundAt: [],
  reach: reaches.map(resource => ({ resource, mode: 'read', extent: 'all' })),
  logs: [],
  ...more,
});

const deb = (name: string, source = name): Partial<Component> => ({
  package: {
    ecosystem: 'deb',
    name,
    version: '1.0-1',
    ...(source === name ? {} : { source: { name: source, version: '1.0-1' } }),
  },
});

const finding = (id: string, more: Partial<Finding> = {}): Finding => ({
  id,
  aliases: [],
  title: '',
  outcome: 'affected',
  why: '',
  evidence: [],
  references: [],
  fixedIn: '1.0-2',
  ssvc: { exploitation: 'none', automatable: false, impact: 'partial' },
  ...more,
});

const due = (on: string, overdueDays: number): Partial<Finding> => ({
  deadline: { days: 14, on, overdueDays, why: '', triage: false },
});

const kev: Partial<Finding> = { exploited: { flaw: '', by: 'CISA', on: '2026-01-01' } };
const epss = (score: number): Partial<Finding> => ({ likelihood: { flaw: '', score } });

const part = (
  of: Component,
  findings: readonly Finding[],
  more: Partial<RankedPart> = {},
): RankedPart => ({ component: of, ancestors: [], findings, ...more });

const waiting: PatchFacts = {
  waiting: {
    state: 'update',
    version: '1.0-3',
    security: true,
    since: { basis: '' },
    remedy: 'apt install x=1.0-3',
  },
  history: [],
  support: { state: 'unknown', why: '', how: '' },
};

describe('the order', () => {
  test('exploited before likely before the rest, whatever the people and the days', () => {
    const ranked = rank(
      [
        part(component('late', ['stored-mail'], deb('late')), [
          finding('F-1', { ...due('2020-01-01', 2000), ...epss(0.0999) }),
        ]),
        part(component('likely', ['mail-in-transit'], deb('likely')), [
          finding('F-2', { ...due('2026-12-31', -30), ...epss(0.1) }),
        ]),
        part(component('used', [], deb('used')), [
          finding('F-3', { ...due('2027-12-31', -400), ...kev }),
        ]),
        part(component('active', [], deb('active')), [
          finding('F-4', { ...due('2026-12-01', -5), ssvc: { exploitation: 'active' } }),
        ]),
      ],
      tenants,
    );
    expect(ranked.map(({ what, exploitation }) => [what, exploitation])).toEqual([
      ['active 1.0-1 → 1.0-2', 'exploited'],
      ['used 1.0-1 → 1.0-2', 'exploited'],
      ['likely 1.0-1 → 1.0-2', 'likely'],
      ['late 1.0-1 → 1.0-2', 'other'],
    ]);
    expect(ranked.map(each => each.rank)).toEqual([1, 2, 3, 4]);
  });

  test('within one of them by people × days', () => {
    const ranked = rank(
      [
        // 3,110 × (1 + 3) = 12,440
        part(component('wide', ['stored-mail'], deb('wide')), [
          finding('F-1', due('2026-11-22', 3)),
        ]),
        // 3,000 × (1 + 4) = 15,000
        part(component('transit', ['mail-in-transit'], deb('transit')), [
          finding('F-2', due('2026-11-21', 4)),
        ]),
        // 3,110 ÷ (1 + 9) = 311
        part(component('early', ['credentials'], deb('early')), [
          finding('F-3', due('2026-12-04', -9)),
        ]),
        // 3,110 ÷ 366
        part(component('someday', ['host'], deb('someday')), [
          finding('F-4', { deadline: { why: '', triage: false } }),
        ]),
        part(component('nothing', [], deb('nothing')), [finding('F-5', due('2020-01-01', 2000))]),
      ],
      tenants,
    );
    expect(ranked.map(({ components, weight }) => [components[0], weight])).toEqual([
      ['transit', 15000],
      ['wide', 12440],
      ['early', 311],
      ['someday', 3110 / 366],
      ['nothing', 0],
    ]);
  });

  test('the sentence has the numbers, and what the people are', () => {
    const [first] = rank(
      [
        part(component('wide', ['stored-mail', 'credentials'], deb('wide')), [
          finding('F-1', { ...due('2026-11-24', 1), ...kev }),
        ]),
      ],
      tenants,
    );
    expect(first?.why).toBe(
      '1 flaw is used by attackers; 1 day overdue; people within reach: at most 3,110 people of 2 tenants, dormant and former ones included: it reaches stored mail and credentials',
    );
  });

  test('without tenants the number is not known, and the days order', () => {
    const ranked = rank(
      [
        part(component('a', ['stored-mail'], deb('a')), [finding('F-1', due('2026-11-24', 1))]),
        part(component('b', ['mail-in-transit'], deb('b')), [finding('F-2', due('2026-11-23', 2))]),
      ],
      [],
    );
    expect(ranked.map(({ components }) => components)).toEqual([['b'], ['a']]);
    expect(ranked[0]?.people).toEqual({
      words: 'not known: postern.yaml counts no tenants; it reaches mail in transit',
    });
  });
});

describe('one act of mending', () => {
  test('parts of one source package are one, with the worst flaw first and the first deadline', () => {
    const ranked = rank(
      [
        part(component('roundcube', ['stored-mail'], deb('roundcube-core', 'roundcube')), [
          finding('F-1', {
            ...due('2026-11-20', 5),
            clock: { started: '2026-11-06', sign: 'advisory', basis: 'x' },
            severity: { by: 'NVD', score: 9.9 },
          }),
          finding('F-2', {
            ...due('2026-11-25', 0),
            ...epss(0.3),
            clock: { started: '2026-11-01', sign: 'advisory', basis: 'y' },
          }),
        ]),
        part(component('roundcube/acl', [], deb('roundcube-plugins', 'roundcube')), [
          finding('F-2', { ...due('2026-11-25', 0), ...epss(0.3) }),
          finding('F-3', { ...due('2026-11-26', -1), ...kev }),
        ]),
      ],
      tenants,
    );
    expect(ranked).toHaveLength(1);
    expect(ranked[0]).toMatchObject({
      what: 'roundcube 1.0-1 → 1.0-2',
      components: ['roundcube', 'roundcube/acl'],
      flaws: ['F-3', 'F-2', 'F-1'],
      exploited: ['F-3'],
      exploitation: 'exploited',
      likelihood: 0.3,
      score: 9.9,
      clock: { started: '2026-11-01' },
      deadline: { on: '2026-11-20' },
      overdueDays: 5,
      remedy: 'apt update && apt install --only-upgrade roundcube-core roundcube-plugins',
    });
  });

  test('a waiting update is the remedy; alone, it is an act with the deadline given', () => {
    const known = rank(
      [part(component('a', [], deb('x')), [finding('F-1')], { patch: waiting })],
      tenants,
    );
    expect(known).toMatchObject([
      { what: 'x 1.0-1 → 1.0-3', remedy: 'apt install x=1.0-3', flaws: ['F-1'] },
    ]);
    const alone = rank(
      [
        part(component('a', [], deb('x')), [], {
          patch: waiting,
          waitingDeadline: { days: 14, on: '2026-11-20', overdueDays: 5, why: '', triage: false },
        }),
      ],
      tenants,
    );
    expect(alone).toMatchObject([{ flaws: [], overdueDays: 5, remedy: 'apt install x=1.0-3' }]);
  });

  test('a waiting update that does not hold the fix is neither named nor the remedy', () => {
    const flaw = finding('F-1', { fixedIn: '1.0-4' });
    const [first] = rank([part(component('a', [], deb('x')), [flaw], { patch: waiting })], tenants);
    expect(first).toMatchObject({
      what: 'x 1.0-1 → 1.0-4',
      remedy: 'apt update && apt install --only-upgrade x',
    });
    const none: PatchFacts = { ...waiting, waiting: { state: 'none', why: '' } };
    const [second] = rank([part(component('a', [], deb('x')), [flaw], { patch: none })], tenants);
    expect(second?.remedy).toMatch(/^apt update.*\n# If nothing newer comes, this release is not/);
  });

  test('what nothing mends is an act of its own, and no command is made up for it', () => {
    const { fixedIn: _, ...open } = finding('F-2', { unmended: 'no-dsa: minor issue' });
    const ranked = rank([part(component('a', [], deb('x')), [finding('F-1'), open])], tenants);
    expect(ranked.map(({ flaws, remedy }) => [flaws, remedy])).toEqual([
      [['F-1'], 'apt update && apt install --only-upgrade x'],
      [['F-2'], expect.stringMatching(/^# Nothing mends x yet\./)],
    ]);
  });

  test('a plug-in unpacked with its host is mended with it; another maker’s is not', () => {
    const host = component('roundcube@/var/www/mail', ['stored-mail']);
    const inside = { platform: 'roundcube', kind: 'webmail-plugin', partOf: host.id } as const;
    const ranked = rank(
      [
        part(host, [
          finding('F-1', { fixedIn: '1.6.11', ...kev, references: ['https://example.test/1'] }),
        ]),
        part(
          component('roundcube@/var/www/mail/acl', [], inside),
          [finding('F-1', { fixedIn: '1.6.11' })],
          {
            ancestors: [host],
          },
        ),
        part(
          component('roundcube@/var/www/mail/calendar', [], inside),
          [finding('F-9', { fixedIn: '3.5' })],
          {
            ancestors: [host],
          },
        ),
      ],
      tenants,
    );
    expect(ranked.map(({ components, remedy }) => [components, remedy])).toEqual([
      [
        ['roundcube@/var/www/mail', 'roundcube@/var/www/mail/acl'],
        '# Move roundcube@/var/www/mail to 1.6.11, or later.\n#   https://example.test/1',
      ],
      [
        ['roundcube@/var/www/mail/calendar'],
        '# Move roundcube@/var/www/mail/calendar to 3.5, or later.',
      ],
    ]);
  });

  test('what does not certainly affect it is on no list', () => {
    expect(
      rank(
        [
          part(component('a', [], deb('x')), [
            finding('F-1', { outcome: 'undetermined' }),
            finding('F-2', { outcome: 'not-affected' }),
          ]),
        ],
        tenants,
      ),
    ).toEqual([]);
  });

  test('a name with a line break cannot make a line of its own', () => {
    const [only] = rank(
      [part(component('a', [], { name: 'x\nrm -rf /' }), [finding('F-1')])],
      tenants,
    );
    expect(only?.remedy.split('\n').every(line => line.startsWith('#'))).toBe(true);
  });
});
