import { describe, expect, test } from 'vitest';
import { holdingOf } from '../../../../test/support/holding.ts';
import { type Component, componentId } from '../../../core/component.ts';
import { openMatching } from '../../matching/match.ts';
import { memoryIndex } from '../../memory-index.ts';
import { csaf } from '../csaf.ts';

const now = new Date('2026-06-29T06:00:00Z');

const holding = holdingOf('csaf', 'imported');

const rpm = (name: string, version: string): Component => ({
  id: componentId(name),
  name,
  version: { value: version },
  purl: `pkg:rpm/redhat/${name}@${version}?arch=x86_64&distro=rhel-9.4`,
  kind: 'webmail',
  origin: 'distribution',
  thirdParty: true,
  enabled: true,
  platform: name,
  foundAt: [],
  reach: [],
  logs: [],
  package: { ecosystem: 'rpm', name, version, arch: 'x86_64' },
});

interface Release {
  readonly name: string;
  readonly cpe?: string;
}

const el9: Release = {
  name: 'Red Hat Enterprise Linux 9',
  cpe: 'cpe:/o:redhat:enterprise_linux:9',
};
const sp5: Release = {
  name: 'SUSE Linux Enterprise Server 15 SP5',
  cpe: 'cpe:/o:suse:sles:15:sp5',
};

/** A document in which each product, a package URL or the name of a file, is a part of one release. */
const vex = (
  status: string,
  products: readonly string[],
  { release = el9, publisher = 'vendor' }: { release?: Release; publisher?: string } = {},
): unknown => ({
  document: {
    category: 'csaf_vex',
    csaf_version: '2.0',
    title: 'Of one flaw',
    publisher: { category: publisher, name: 'The distribution', namespace: 'https://example.jp' },
    tracking: {
      id: 'CVE-2026-10001',
      status: 'final',
      version: '1',
      initial_release_date: '2026-05-01T00:00:00Z',
      current_release_date: '2026-06-01T00:00:00Z',
    },
  },
  product_tree: {
    full_product_names: [
      {
        name: release.name,
        product_id: 'release',
        product_identification_helper: { cpe: release.cpe },
      },
      ...products.map(purl => ({
        name: purl,
        product_id: purl,
        ...(purl.startsWith('pkg:') ? { product_identification_helper: { purl } } : {}),
      })),
    ],
    relationships: products.map(purl => ({
      category: 'default_component_of',
      full_product_name: { name: `${purl} of the release`, product_id: `release:${purl}` },
      product_reference: purl,
      relates_to_product_reference: 'release',
    })),
  },
  vulnerabilities: [
    {
      cve: 'CVE-2026-10001',
      product_status: { [status]: products.map(purl => `release:${purl}`) },
    },
  ],
});

const outcome = (component: Component, documents: readonly unknown[], id = 'rhel'): string => {
  const entries = documents.flatMap(value => {
    const reading = csaf.read({ document: 'vex.json', number: 1, value });
    if (!('entries' in reading)) throw new Error(`refused: ${reading.refused}`);
    return reading.entries;
  });
  const { findings, judges } = openMatching({
    index: memoryIndex([{ holding, entries }]),
    distribution: {
      id,
      idLike: [],
      versionId: id === 'rhel' ? '9.4' : '15.5',
      codename: '',
      prettyName: '',
    },
    now,
    maxAgeHours: () => 48,
  })(component, []);
  // One who speaks of single flaws only is no judge of a package that none of them is in.
  if (findings.every(each => each.outcome === 'not-affected')) expect(judges).toEqual([]);
  return findings.find(({ id: flaw }) => flaw === 'CVE-2026-10001')?.outcome ?? 'silent';
};

describe('a distribution’s VEX that names the package that mends a flaw', () => {
  const fixed = vex('fixed', ['pkg:rpm/redhat/dovecot@2.3.16-14.el9?arch=x86_64&epoch=1']);

  test.each([
    ['1:2.3.16-11.el9', 'affected'],
    ['1:2.3.16-14.el9', 'not-affected'],
    ['1:2.3.16-15.el9_5', 'not-affected'],
  ])('says of %s: %s', (version, expected) => {
    expect(outcome(rpm('dovecot', version), [fixed])).toBe(expected);
  });

  test.each([
    ['2.3.15-150200.62.1', 'affected'],
    ['2.3.15-150200.65.1', 'not-affected'],
  ])('or recommends it, as SUSE writes: %s is %s', (version, expected) => {
    const document = vex('recommended', ['dovecot23-2.3.15-150200.65.1.x86_64'], { release: sp5 });
    expect(outcome(rpm('dovecot23', version), [document], 'sles')).toBe(expected);
  });
});

describe('streams of a module', () => {
  const modular = rpm('php', '8.3.1-1.module+el9.4.0+2+def');
  const plain = rpm('php', '8.0.30-1.el9');
  const mended = 'pkg:rpm/redhat/php@8.2.13-1.module%2Bel9.4.0%2B1%2Babc?arch=x86_64';

  test('a fix in one is none in another, nor outside of all', () => {
    const document = vex('fixed', [`${mended}&rpmmod=php:8.2:9040020240101:abc`]);
    expect(outcome(modular, [document])).toBe('silent');
    expect(outcome(plain, [document])).toBe('silent');
    expect(outcome(rpm('php', '8.2.14-1.module+el9.4.0+9+fed'), [document])).toBe('not-affected');
    expect(outcome(rpm('php', '8.2.12-1.module+el9.4.0+9+fed'), [document])).toBe('affected');
  });

  test('without the name of the stream nothing is proof', () => {
    expect(outcome(modular, [vex('fixed', [mended])])).toBe('undetermined');
  });

  test.each([
    ['another stream', 'pkg:rpm/redhat/php?rpmmod=php:8.1', 'silent'],
    ['as its older name says, another stream', 'pkg:rpmmod/redhat/php:8.1/php', 'silent'],
    ['the package outside of modules', 'pkg:rpm/redhat/php', 'silent'],
    ['the stream itself', 'pkg:rpm/redhat/php?rpmmod=php:8.3', 'not-affected'],
    ['by its older name, the stream itself', 'pkg:rpmmod/redhat/php:8.3/php', 'not-affected'],
  ])('that %s is not affected', (_what, purl, expected) => {
    expect(outcome(modular, [vex('known_not_affected', [purl])])).toBe(expected);
  });

  test('of a package whose versions count otherwise nobody can tell', () => {
    const libzip = rpm('libzip', '1.7.3-1.module+el9.4.0+1+abc');
    for (const status of ['known_not_affected', 'known_affected']) {
      const document = vex(status, ['pkg:rpm/redhat/libzip?rpmmod=php:8.1']);
      expect(outcome(libzip, [document])).toBe('undetermined');
    }
  });

  test('a module between package and release names the stream', () => {
    const document = JSON.parse(JSON.stringify(vex('fixed', [mended]))) as {
      product_tree: { full_product_names: unknown[]; relationships: unknown[] };
      vulnerabilities: { product_status: { fixed: string[] } }[];
    };
    const { product_tree: tree } = document;
    tree.full_product_names.push({
      name: 'php:8.2',
      product_id: 'module',
      product_identification_helper: { purl: 'pkg:rpmmod/redhat/php@8.2:9040020240101:abc' },
    });
    tree.relationships = [
      {
        category: 'default_component_of',
        full_product_name: { name: 'php:8.2 of the release', product_id: 'release:module' },
        product_reference: 'module',
        relates_to_product_reference: 'release',
      },
      {
        category: 'default_component_of',
        full_product_name: { name: 'php of php:8.2', product_id: 'release:module:php' },
        product_reference: mended,
        relates_to_product_reference: 'release:module',
      },
    ];
    document.vulnerabilities = [
      { ...document.vulnerabilities[0], product_status: { fixed: ['release:module:php'] } },
    ];
    expect(outcome(modular, [document])).toBe('silent');
    expect(outcome(rpm('php', '8.2.14-1.module+el9.4.0+9+fed'), [document])).toBe('not-affected');
    expect(outcome(rpm('php', '8.2.12-1.module+el9.4.0+9+fed'), [document])).toBe('affected');
  });
});

test.each([
  ['vendor', 'not-affected'],
  ['user', 'not-affected'],
  ['discoverer', 'undetermined'],
  ['coordinator', 'undetermined'],
])('that a %s calls it not affected makes it %s', (category, expected) => {
  const document = vex('known_not_affected', ['pkg:rpm/redhat/dovecot'], { publisher: category });
  expect(outcome(rpm('dovecot', '1:2.3.16-11.el9'), [document])).toBe(expected);
});

test('an id that two products bear is neither’s', () => {
  const document = JSON.parse(
    JSON.stringify(vex('known_not_affected', ['pkg:rpm/redhat/dovecot'])),
  ) as { product_tree: { full_product_names: unknown[] } };
  document.product_tree.full_product_names.push({
    name: 'Another',
    product_id: 'pkg:rpm/redhat/dovecot',
    product_identification_helper: { purl: 'pkg:rpm/redhat/postfix' },
  });
  expect(csaf.read({ document: 'vex.json', number: 1, value: document })).toHaveProperty('refused');
});
