import { describe, expect, test } from 'vitest';
import type {
  Advisory,
  AffectedProduct,
  FeedEntry,
  Holding,
  VexStatement,
} from '../../core/advisory.ts';
import { type Component, componentId } from '../../core/component.ts';
import type { Finding, FlawFacts } from '../../core/finding.ts';
import type { Distribution } from '../../core/packages.ts';
import { memoryIndex } from '../memory-index.ts';
import { keyOfCpe, keyOfCve, keyOfNote, keyOfPackage, keyOfPurl } from '../product-key.ts';
import { openMatching } from './match.ts';

const now = new Date('2026-06-29T06:00:00Z');

const bookworm: Distribution = {
  id: 'debian',
  idLike: [],
  versionId: '12',
  codename: 'bookworm',
  prettyName: 'Debian GNU/Linux 12 (bookworm)',
};

const el9: Distribution = {
  id: 'almalinux',
  idLike: ['rhel'],
  versionId: '9.4',
  codename: '',
  prettyName: 'AlmaLinux 9.4',
};

const holding = (feed: Holding['feed'], part = '', more: Partial<Holding> = {}): Holding => ({
  feed,
  part,
  asOf: '2026-06-28T12:00:00Z',
  asOfBasis: 'source',
  taken: '2026-06-28T12:00:00Z',
  from: 'https://feeds.example.test/',
  entries: 1,
  refused: 0,
  refusals: [],
  ...more,
});

const advisory = (
  feed: Holding['feed'],
  id: string,
  affected: readonly Partial<AffectedProduct>[],
  more: Partial<Advisory> = {},
): FeedEntry => ({
  kind: 'advisory',
  advisory: {
    feed,
    id,
    aliases: [],
    covers: [],
    title: `About ${id}`,
    published: '2026-06-01',
    severities: [],
    references: [],
    affected: affected.map(each => ({
      key: keyOfPackage('Debian', 'roundcube'),
      product: 'Debian:12 roundcube',
      scheme: 'deb',
      spans: [],
      rest: 'not-affected',
      fixed: [],
      ...each,
    })),
    ...more,
  },
});

const before = (
  version: string,
  more: Partial<AffectedProduct> = {},
): Partial<AffectedProduct> => ({
  spans: [{ from: '0', before: version, standing: 'affected' }],
  fixed: [version],
  ...more,
});

const debianRoundcube = (version: string, more: Partial<Component> = {}): Component => ({
  id: componentId('roundcube'),
  name: 'roundcube',
  version: { value: version },
  purl: `pkg:deb/debian/roundcube-core@${version}?distro=bookworm`,
  kind: 'webmail',
  origin: 'distribution',
  thirdParty: true,
  enabled: true,
  platform: 'roundcube',
  foundAt: [],
  package: {
    ecosystem: 'deb',
    name: 'roundcube-core',
    version,
    source: { name: 'roundcube', version },
  },
  reach: [],
  logs: [],
  ...more,
});

const { package: _, ...withoutPackage } = debianRoundcube('1.6.5');
const byHand = (version: string, more: Partial<Component> = {}): Component => ({
  ...withoutPackage,
  version: { value: version },
  purl: `pkg:composer/roundcube/roundcubemail@${version}`,
  origin: 'upstream',
  ...more,
});

const ask = (
  component: Component,
  held: readonly (readonly [Holding, readonly FeedEntry[]])[],
  distribution: Distribution = bookworm,
  ancestors: readonly Component[] = [],
): FlawFacts =>
  openMatching({
    index: memoryIndex(held.map(([of, entries]) => ({ holding: of, entries }))),
    distribution,
    now,
    maxAgeHours: () => 48,
  })(component, ancestors);

const outcomes = ({ findings }: FlawFacts): Readonly<Record<string, Finding['outcome']>> =>
  Object.fromEntries(findings.map(({ id, outcome }) => [id, outcome]));

const packagist: Partial<AffectedProduct> = {
  key: keyOfPackage('Packagist', 'roundcube/roundcubemail'),
  product: 'Packagist roundcube/roundcubemail',
  scheme: 'composer',
};

describe('origin decides who may speak', () => {
  const upstream = advisory('osv', 'GHSA-aaaa-bbbb-cccc', [before('1.6.11', packagist)], {
    aliases: ['CVE-2026-0001'],
  });
  const tracker = advisory('debian-tracker', 'CVE-2026-0001', [
    before('1.6.5+dfsg-1+deb12u5', { release: '12' }),
  ]);
  const held = [
    [holding('osv', 'Packagist'), [upstream]],
    [holding('debian-tracker', '', { scopes: ['debian:12'] }), [tracker]],
  ] as const;

  test('a package with the patch put back into it is not judged by the version of its makers', () => {
    expect(outcomes(ask(debianRoundcube('1.6.5+dfsg-1+deb12u13'), held))).toEqual({
      'CVE-2026-0001': 'not-affected',
    });
  });

  test('one without it is, and the fix is the distribution’s', () => {
    const [finding] = ask(debianRoundcube('1.6.5+dfsg-1+deb12u4'), held).findings;
    expect(finding).toMatchObject({ outcome: 'affected', fixedIn: '1.6.5+dfsg-1+deb12u5' });
  });

  test('a copy unpacked by hand is judged by its makers’ sources alone', () => {
    const [finding] = ask(byHand('1.6.5'), held).findings;
    expect(finding).toMatchObject({
      id: 'CVE-2026-0001',
      aliases: ['GHSA-aaaa-bbbb-cccc'],
      outcome: 'affected',
      fixedIn: '1.6.11',
    });
    expect(outcomes(ask(byHand('1.6.11'), held))).toEqual({ 'CVE-2026-0001': 'not-affected' });
  });

  test('what the organisation wrote is judged by nobody', () => {
    expect(ask(byHand('1.6.5', { origin: 'in-house' }), held)).toMatchObject({
      findings: [],
      judges: [],
      silence: expect.stringContaining('wrote it itself'),
    });
  });

  test('what the distribution calls harmless in its packages does not apply to them', () => {
    const harmless = 'Debian calls it unimportant';
    const flaw = advisory('debian-tracker', 'CVE-2026-0010', [
      { release: '12', spans: [{ standing: 'affected' }], harmless },
    ]);
    expect(
      ask(debianRoundcube('1.6.5+dfsg-1'), [[holding('debian-tracker'), [flaw]]]).findings,
    ).toMatchObject([{ outcome: 'not-affected', why: harmless }]);
  });

  test('a release of the distribution that is not ours says nothing', () => {
    const other = advisory('debian-tracker', 'CVE-2026-0002', [before('9', { release: '13' })]);
    expect(
      ask(debianRoundcube('1.6.5+dfsg-1'), [[holding('debian-tracker'), [other]]]).findings,
    ).toEqual([]);
  });
});

describe('names', () => {
  test('a longer name is another product', () => {
    const longer = advisory('osv', 'ALSA-2026:1', [
      before('9.9', {
        key: keyOfPackage('AlmaLinux', 'pcp-pmda-postfix'),
        scheme: 'rpm',
        release: '9',
      }),
    ]);
    const postfix = debianRoundcube('2:3.5.25-1.el9', {
      name: 'postfix',
      platform: 'postfix',
      purl: 'pkg:rpm/almalinux/postfix@3.5.25-1.el9',
      package: { ecosystem: 'rpm', name: 'postfix', version: '2:3.5.25-1.el9' },
    });
    expect(ask(postfix, [[holding('osv', 'AlmaLinux'), [longer]]], el9).findings).toEqual([]);
  });

  test('a name that is only near proves nothing', () => {
    const pro = advisory('cve', 'CVE-2026-0003', [
      {
        key: keyOfCve('Open-Xchange GmbH', 'OX Dovecot Pro'),
        scheme: 'semver',
        spans: [{ from: '0', through: '2.3.21', standing: 'affected' }],
      },
    ]);
    const { purl: __, ...dovecot } = byHand('2.3.19', { name: 'dovecot', platform: 'dovecot' });
    const [finding] = ask(dovecot, [[holding('cve'), [pro]]]).findings;
    expect(finding).toMatchObject({
      outcome: 'undetermined',
      why: expect.stringContaining('OX Dovecot Pro'),
    });
  });

  test('one flaw under three names is one finding', () => {
    const facts = ask(byHand('1.6.5'), [
      [
        holding('osv', 'Packagist'),
        [
          advisory('osv', 'GHSA-aaaa-bbbb-cccc', [before('1.6.11', packagist)], {
            aliases: ['CVE-2026-113386'],
          }),
        ],
      ],
      [
        holding('cve'),
        [
          advisory('cve', 'CVE-2026-113386', [
            before('1.6.11', { key: keyOfCve('Roundcube', 'Webmail'), scheme: 'semver' }),
          ]),
        ],
      ],
      [
        holding('notes', 'builtin'),
        [
          advisory(
            'notes',
            'roundcube-1.6.11',
            [before('1.6.11', { key: keyOfNote('roundcube'), scheme: 'generic' })],
            { aliases: ['CVE-2026-113386'], published: '2026-05-30' },
          ),
        ],
      ],
    ]);
    expect(facts.findings).toHaveLength(1);
    expect(facts.findings[0]).toMatchObject({
      id: 'CVE-2026-113386',
      outcome: 'affected',
      clock: { started: '2026-05-30', sign: 'vendor note' },
    });
  });

  test('an update that mends several flaws is an alias of none', () => {
    const facts = ask(debianRoundcube('1.6.5+dfsg-1'), [
      [
        holding('osv', 'Debian'),
        [
          advisory('osv', 'DSA-9999-1', [before('1.6.5+dfsg-1+deb12u1', { release: '12' })], {
            covers: ['CVE-2026-0004', 'CVE-2026-0005'],
          }),
        ],
      ],
    ]);
    expect(outcomes(facts)).toEqual({ 'CVE-2026-0004': 'affected', 'CVE-2026-0005': 'affected' });
    expect(facts.findings[0]?.aliases).toEqual(['DSA-9999-1']);
  });

  test('a CPE speaks only where nothing better does, and is marked', () => {
    const key = keyOfCpe('cpe:2.3:a:roundcube:webmail');
    const byCpe = advisory('nvd', 'CVE-2026-0006', [
      before('1.6.11', { ...(key === undefined ? {} : { key }), scheme: 'generic', byCpe: true }),
    ]);
    const alone = ask(byHand('1.6.5'), [[holding('nvd', '2026'), [byCpe]]]);
    expect(alone.findings[0]).toMatchObject({ outcome: 'affected', byCpe: true });
    const better = ask(byHand('1.6.5'), [
      [holding('nvd', '2026'), [byCpe]],
      [
        holding('osv', 'Packagist'),
        [advisory('osv', 'CVE-2026-0006', [before('1.6.3', packagist)])],
      ],
    ]);
    expect(outcomes(better)).toEqual({ 'CVE-2026-0006': 'not-affected' });
  });
});

describe('what cannot be told', () => {
  test('fields that cannot say what the text says', () => {
    const zimbra = byHand('8.8.15 P46', {
      name: 'zimbra',
      platform: 'zimbra',
      purl: 'pkg:generic/zimbra@8.8.15',
      origin: 'vendor',
    });
    const facts = ask(zimbra, [
      [
        holding('cve'),
        [
          advisory('cve', 'CVE-2026-0007', [
            {
              key: keyOfCve('zimbra', 'zimbra_collaboration_suite'),
              scheme: 'zimbra',
              spans: [{ from: '0', through: '8.8.15', standing: 'affected' }],
              blur: 'its version fields cannot say patch levels',
            },
          ]),
        ],
      ],
    ]);
    expect(facts.findings.map(({ outcome }) => outcome)).not.toContain('affected');
  });

  test('a version that nobody knows', () => {
    expect(ask(byHand('1.6.5', { version: { unknown: 'no file states it' } }), [])).toMatchObject({
      judges: [],
      silence: expect.stringContaining('version is not known'),
    });
  });

  test('a source past its age is a judge whose silence proves nothing', () => {
    const facts = ask(debianRoundcube('1.6.5+dfsg-1'), [
      [holding('debian-tracker', '', { asOf: '2026-06-01T00:00:00Z', scopes: ['debian:12'] }), []],
    ]);
    expect(facts.judges).toMatchObject([{ stale: true, statements: 0 }]);
  });

  test('single records are no whole', () => {
    const facts = ask(byHand('1.6.11'), [
      [
        holding('osv', 'imported'),
        [advisory('osv', 'GHSA-aaaa-bbbb-cccc', [before('1.6.11', packagist)])],
      ],
    ]);
    expect(facts.judges).toMatchObject([{ whole: false }]);
  });
});

describe('VEX', () => {
  const flaw = advisory('osv', 'CVE-2026-0008', [before('1.6.11', packagist)]);
  const say = (
    status: VexStatement['status'],
    more: Partial<VexStatement> = {},
    purl = 'pkg:composer/roundcube/roundcubemail@1.6.5',
  ): FeedEntry => {
    const product = keyOfPurl(purl);
    return {
      kind: 'vex',
      statement: {
        feed: 'openvex',
        document: 'https://vex.example.test/1',
        author: 'Example KK',
        on: '2026-06-10T00:00:00Z',
        flaws: ['CVE-2026-0008'],
        products:
          product === undefined
            ? []
            : [
                {
                  key: product.key,
                  product: purl,
                  ...(product.version === undefined ? {} : { version: product.version }),
                },
              ],
        status,
        ...more,
      },
    };
  };
  const with_ = (...statements: readonly FeedEntry[]): Readonly<Record<string, string>> =>
    outcomes(
      ask(byHand('1.6.5'), [
        [holding('osv', 'Packagist'), [flaw]],
        [holding('openvex', 'imported'), statements],
      ]),
    );

  test.each([
    ['not-affected', 'not-affected'],
    ['fixed', 'not-affected'],
    ['affected', 'affected'],
    ['under-investigation', 'affected'],
    ['unknown', 'affected'],
  ] as const)('%s leaves it %s', (status, outcome) => {
    expect(with_(say(status))).toEqual({ 'CVE-2026-0008': outcome });
  });

  test('of another version it says nothing', () => {
    expect(with_(say('not-affected', {}, 'pkg:composer/roundcube/roundcubemail@1.6.4'))).toEqual({
      'CVE-2026-0008': 'affected',
    });
  });

  test('an author’s later word takes the place of the earlier', () => {
    expect(
      with_(
        say('not-affected', { on: '2026-06-10T00:00:00Z' }),
        say('affected', { on: '2026-06-11T00:00:00Z' }),
      ),
    ).toEqual({ 'CVE-2026-0008': 'affected' });
  });

  test('two authors who contradict each other leave it open', () => {
    expect(with_(say('not-affected'), say('affected', { author: 'Somebody else' }))).toEqual({
      'CVE-2026-0008': 'undetermined',
    });
  });

  test('mended in a product without a version does not say in which', () => {
    expect(with_(say('fixed', {}, 'pkg:composer/roundcube/roundcubemail'))).toEqual({
      'CVE-2026-0008': 'affected',
    });
  });
});

test('a plug-in that ships with its host is judged under the host’s name', () => {
  const host = byHand('1.6.5');
  const plugin = byHand('9.4', {
    id: componentId('roundcube/managesieve'),
    name: 'managesieve',
    kind: 'webmail-plugin',
    purl: 'pkg:composer/roundcube/managesieve@9.4',
    partOf: host.id,
  });
  const flaw = advisory('osv', 'CVE-2026-0009', [before('1.6.11', packagist)]);
  expect(outcomes(ask(plugin, [[holding('osv', 'Packagist'), [flaw]]], bookworm, [host]))).toEqual({
    'CVE-2026-0009': 'affected',
  });
});
