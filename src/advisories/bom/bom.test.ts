import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Bom, readBom } from './bom.ts';
import { readDeployments } from './deployments.ts';
import { subjectOf } from './subject.ts';

const now = new Date('2026-11-25T09:00:00Z');

const read = (value: unknown): Bom => {
  const reading = readBom(JSON.stringify(value));
  if ('refused' in reading) throw new Error(reading.refused);
  return reading;
};

const refusal = (text: string): string => {
  const reading = readBom(text);
  return 'refused' in reading ? reading.refused : 'it was read';
};

const cyclonedx = (more: object, specVersion = '1.6'): object => ({
  bomFormat: 'CycloneDX',
  specVersion,
  ...more,
});

describe('CycloneDX', () => {
  test.each(['1.4', '1.5', '1.6'])(
    '%s: parts with their package URLs, nested ones too',
    version => {
      const bom = read(
        cyclonedx(
          {
            metadata: { component: { type: 'application', name: 'shop' } },
            components: [
              {
                type: 'library',
                name: 'express',
                version: '4.18.2',
                purl: 'pkg:npm/express@4.18.2',
                components: [{ type: 'library', name: 'qs', purl: 'pkg:npm/qs@6.11.0' }],
              },
              { type: 'library', name: 'ours', version: '1' },
            ],
          },
          version,
        ),
      );
      expect(bom).toEqual({
        format: `CycloneDX ${version}`,
        parts: [
          { name: 'express', version: '4.18.2', purl: 'pkg:npm/express@4.18.2' },
          { name: 'qs', purl: 'pkg:npm/qs@6.11.0' },
        ],
        nameless: 1,
        leftOut: 0,
      });
    },
  );

  test('what is not shipped with it, its files and its operating system are no parts', () => {
    const bom = read(
      cyclonedx({
        components: [
          { type: 'operating-system', name: 'debian', version: '12' },
          { type: 'file', name: '/etc/passwd' },
          { type: 'library', name: 'jest', purl: 'pkg:npm/jest@29.0.0', scope: 'excluded' },
        ],
      }),
    );
    expect(bom).toEqual({
      format: 'CycloneDX 1.6',
      parts: [],
      nameless: 0,
      leftOut: 0,
      system: 'debian-12',
    });
  });

  test('the source package as Trivy writes it', () => {
    const bom = read(
      cyclonedx({
        components: [
          {
            type: 'library',
            name: 'libssl3',
            purl: 'pkg:deb/debian/libssl3@3.0.11-1~deb12u2?distro=debian-12',
            properties: [
              { name: 'aquasecurity:trivy:SrcName', value: 'openssl' },
              { name: 'aquasecurity:trivy:SrcVersion', value: '3.0.11' },
              { name: 'aquasecurity:trivy:SrcRelease', value: '1~deb12u2' },
              { name: 'aquasecurity:trivy:SrcEpoch', value: '0' },
            ],
          },
        ],
      }),
    );
    expect(bom.parts[0]?.source).toEqual({ name: 'openssl', version: '3.0.11-1~deb12u2' });
  });
});

test('CycloneDX in XML', () => {
  const reading = readBom(`<?xml version="1.0"?>
    <bom xmlns="http://cyclonedx.org/schema/bom/1.7" version="1">
      <metadata><component type="application" bom-ref="shop"><name>shop</name></component></metadata>
      <components>
        <component type="operating-system"><name>debian</name><version>12</version></component>
        <component type="library">
          <name>openssl</name>
          <version>3.0.17-1~deb12u2</version>
          <purl>pkg:deb/debian/libssl3@3.0.17-1~deb12u2?arch=amd64&amp;upstream=openssl</purl>
          <properties><property name="aquasecurity:trivy:SrcName">openssl</property></properties>
        </component>
        <component type="library"><name>ours</name></component>
        <component type="library"><name>t</name><scope>excluded</scope><purl>pkg:npm/t@1</purl></component>
        <component type="library" isExternal="true"><name>e</name><purl>pkg:npm/e</purl></component>
      </components>
    </bom>`);
  expect(reading).toEqual({
    format: 'CycloneDX 1.7',
    parts: [
      {
        purl: 'pkg:deb/debian/libssl3@3.0.17-1~deb12u2?arch=amd64&upstream=openssl',
        name: 'openssl',
        version: '3.0.17-1~deb12u2',
        source: { name: 'openssl' },
      },
    ],
    nameless: 1,
    leftOut: 0,
    system: 'debian-12',
  });
});

describe('SPDX', () => {
  test('tag-value, with texts that look like tags', () => {
    const bom = readBom(`# made by hand
SPDXVersion: SPDX-2.3
SPDXID: SPDXRef-DOCUMENT
Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-shop

PackageName: shop
SPDXID: SPDXRef-shop

PackageName: express
SPDXID: SPDXRef-1
PackageVersion: 4.18.2
PackageComment: <text>Two lines.
ExternalRef: PACKAGE-MANAGER purl pkg:npm/not-this@1
</text>
ExternalRef: SECURITY cpe23Type cpe:x
ExternalRef: PACKAGE-MANAGER purl pkg:npm/express@4.18.2

PackageName: ours
SPDXID: SPDXRef-2

PackageName: debian
SPDXID: SPDXRef-3
PackageVersion: 12
PrimaryPackagePurpose: OPERATING-SYSTEM

FileName: ./a.js
SPDXID: SPDXRef-4
`);
    expect(bom).toEqual({
      format: 'SPDX 2.3',
      parts: [{ name: 'express', version: '4.18.2', purl: 'pkg:npm/express@4.18.2' }],
      nameless: 1,
      leftOut: 0,
      system: 'debian-12',
    });
  });

  test.each(['SPDX-2.2', 'SPDX-2.3'])('%s: packages with a reference of type purl', spdxVersion => {
    const bom = read({
      spdxVersion,
      documentDescribes: ['SPDXRef-shop'],
      packages: [
        { SPDXID: 'SPDXRef-shop', name: 'shop' },
        {
          SPDXID: 'SPDXRef-1',
          name: 'express',
          versionInfo: '4.18.2',
          externalRefs: [
            {
              referenceCategory: 'SECURITY',
              referenceType: 'cpe23Type',
              referenceLocator: 'cpe:x',
            },
            {
              referenceCategory: 'PACKAGE-MANAGER',
              referenceType: 'purl',
              referenceLocator: 'pkg:npm/express',
            },
          ],
        },
        { SPDXID: 'SPDXRef-2', name: 'ours', versionInfo: 'NOASSERTION' },
      ],
    });
    expect(bom.parts).toEqual([{ name: 'express', version: '4.18.2', purl: 'pkg:npm/express' }]);
    expect(bom.nameless).toBe(1);
  });
});

describe('what is no bill of materials', () => {
  test.each([
    ['<?xml version="1.0"?><bom/>', /^its namespace is none of CycloneDX/],
    ['\ufeff  <rss/>', /^it is XML, and no bill of materials/],
    ['<bom xmlns="http://cyclonedx.org/schema/bom/1.3"/>', /^it is CycloneDX 1\.3;/],
    ['<bom xmlns="http://cyclonedx.org/schema/bom/1.6">', /^it is no XML: line 1/],
    ['# made by hand\nSPDXVersion: SPDX-2.1', /^it is SPDX-2\.1;/],
    ['', /^it is empty$/],
    ['not json', /^it is not valid JSON$/],
    ['[]', /^it is no JSON object$/],
    ['null', /^it is no JSON object$/],
    ['{}', /^it is neither CycloneDX nor SPDX/],
    ['{"bomFormat":"CycloneDX","specVersion":"1.3"}', /^it is CycloneDX 1\.3; 1\.4 to 1\.7/],
    ['{"bomFormat":"CycloneDX"}', /^it is CycloneDX nothing;/],
    ['{"spdxVersion":"SPDX-2.1"}', /^it is SPDX-2\.1;/],
    ['{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld"}', /^it is SPDX 3/],
    ['{"bomFormat":"CycloneDX","specVersion":"1.6\\u001b[31m"}', /^it is CycloneDX 1\.6 \[31m;/],
  ])('%j', (text, expected) => {
    expect(refusal(text)).toMatch(expected);
  });

  test('nested so deeply that a reader might break', () => {
    expect(refusal('['.repeat(2_000_000))).toBe('it is not valid JSON');
    let component: object = { name: 'innermost', purl: 'pkg:npm/a@1' };
    for (let i = 0; i < 500; i += 1) component = { name: `${i}`, components: [component] };
    const bom = read(cyclonedx({ components: [component] }));
    expect(bom.parts).toEqual([]);
    expect(bom.leftOut).toBe(1);
  });

  test('too many parts: those beyond the bound are counted, not read', () => {
    const components = Array.from({ length: 30 }, (_, i) => ({ purl: `pkg:npm/p${i}@1` }));
    const reading = readBom(JSON.stringify(cyclonedx({ components })), {
      partsMax: 10,
      depthMax: 5,
    });
    expect('refused' in reading ? 0 : reading.parts.length).toBe(10);
    expect('refused' in reading ? 0 : reading.leftOut).toBeGreaterThan(0);
  });

  test('whatever stands in the places of its parts, it is read without a throw', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.jsonValue({ maxDepth: 4 }), (a, b) => {
        readBom(JSON.stringify(cyclonedx({ metadata: a, components: b })));
        readBom(JSON.stringify(cyclonedx({ components: [a, { purl: b, properties: a }] })));
        readBom(JSON.stringify({ spdxVersion: 'SPDX-2.3', packages: a, relationships: b }));
        readBom(JSON.stringify({ spdxVersion: 'SPDX-2.3', packages: [{ externalRefs: b }, a] }));
        readDeployments(JSON.stringify([a, b]), now);
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), text => {
        readBom(text);
        readDeployments(text, now);
        readDeployments(`date,component,version\n${text}`, now);
        subjectOf({ purl: text, name: text }, text);
        subjectOf({ purl: `pkg:deb/debian/${text}@1?distro=${text}`, name: text }, undefined);
      }),
    );
  });
});

describe('a deployment history', () => {
  const rows = [
    { on: '2026-01-12', purl: 'pkg:npm/express', version: '4.18.2' },
    { on: '2026-03-02', purl: 'pkg:npm/express', version: '4.19.2' },
    { on: '2026-04-02', purl: 'pkg:npm/express' },
  ];

  test.each([
    [
      'CSV',
      'date,component,version\r\n2026-03-02,pkg:npm/express,4.19.2\r\n2026-01-12,pkg:npm/express,4.18.2\r\n\r\n2026-04-02,pkg:npm/express,removed\r\n',
    ],
    [
      'CSV with other columns in another order',
      'who,Version,Component,Date\n"Sato, A.",4.18.2,pkg:npm/express,2026-01-12\nb,4.19.2,pkg:npm/express,2026-03-02\nb,Removed,pkg:npm/express,2026-04-02\n',
    ],
    [
      'JSON',
      JSON.stringify([
        { date: '2026-01-12', component: 'pkg:npm/express', version: '4.18.2' },
        { date: '2026-03-02', component: 'pkg:npm/express', version: '4.19.2' },
        { date: '2026-04-02', component: 'pkg:npm/express', version: 'removed' },
      ]),
    ],
    [
      'JSON lines',
      '{"date":"2026-01-12","component":"pkg:npm/express","version":"4.18.2"}\n\n{"date":"2026-03-02","component":"pkg:npm/express","version":"4.19.2"}\n{"date":"2026-04-02","component":"pkg:npm/express","version":"removed"}',
    ],
  ])('as %s', (_, text) => {
    expect(readDeployments(text, now)).toEqual({ rows, refused: 0, refusals: [] });
  });

  test('a version in the package URL counts where there is no other', () => {
    expect(readDeployments('date,component\n2026-01-12,pkg:npm/express@4.18.2', now)).toMatchObject(
      { rows: [{ version: '4.18.2' }] },
    );
  });

  test('rows that are not understood are counted, and named with their line', () => {
    const text = [
      'date,component,version',
      '2026-02-30,pkg:npm/a,1',
      '2027-01-01,pkg:npm/a,1',
      '2026-01-01,express,1',
      '2026-01-01,pkg:npm/a@2,1',
      '2026-01-01,pkg:npm/a,',
      '2026-01-01,"pkg:npm/a,1',
      '2026-01-01,pkg:npm/a,1',
    ].join('\n');
    const reading = readDeployments(text, now);
    expect(reading).toEqual({
      rows: [{ on: '2026-01-01', purl: 'pkg:npm/a', version: '1' }],
      refused: 6,
      refusals: [
        { row: 2, why: 'date: 2026-02-30 is no day' },
        { row: 3, why: 'date: 2027-01-01 is yet to come' },
        { row: 4, why: 'component: express is no package URL' },
        { row: 5, why: 'version: 1, and 2 in the package URL' },
        { row: 6, why: 'version: nothing' },
        { row: 7, why: 'a quoted field has no end' },
      ],
    });
  });

  test('what is none of them is refused as a whole', () => {
    expect(readDeployments('[{', now)).toEqual({
      unread: 'it begins like a JSON array and is none',
    });
    expect(readDeployments('when,what\n1,2', now)).toEqual({
      unread: 'its first line names no columns date and component',
    });
  });

  test('rows beyond the bound are counted', () => {
    const text = `date,component,version\n${'2026-01-01,pkg:npm/a,1\n'.repeat(30)}`;
    const reading = readDeployments(text, now, { rowsMax: 10 });
    expect(reading).toMatchObject({ refused: 20 });
  });
});

describe('who judges a part', () => {
  const subject = (purl: string, system?: string, more = {}) =>
    subjectOf({ purl, name: 'x', ...more }, system);

  test.each([
    ['pkg:deb/debian/openssl@3.0.11-1?distro=debian-12', 'debian', '12'],
    ['pkg:deb/debian/openssl@3.0.11-1?distro=bookworm', 'debian', '12'],
    ['pkg:deb/ubuntu/openssl@3.0.2-0ubuntu1?distro=jammy', 'ubuntu', '22.04'],
    ['pkg:apk/alpine/openssl@3.3.2-r0?distro=alpine-3.20.3', 'alpine', '3.20'],
    ['pkg:rpm/almalinux/openssl@3.0.7-1.el9?distro=almalinux-9.4', 'almalinux', '9'],
    ['pkg:rpm/rocky/openssl@3.0.7-1.el9?distro=rocky-9', 'rocky', '9'],
    ['pkg:rpm/redhat/openssl@3.0.7-1.el9?distro=rhel-9.4', 'rhel', '9'],
    ['pkg:rpm/suse/openssl@3.0.8-1?distro=sles-15.5', 'sles', '15.5'],
    ['pkg:rpm/opensuse/openssl@3.0.8-1?distro=opensuse-leap-15.5', 'opensuse-leap', '15.5'],
  ])('%s: %s %s', (purl, id, versionId) => {
    expect(subject(purl)).toMatchObject({
      component: { origin: 'distribution' },
      distribution: { id, versionId },
    });
  });

  test('everything else is its makers’', () => {
    expect(subject('pkg:npm/%40scope/a@1.0.0')).toMatchObject({
      component: { origin: 'upstream', version: { value: '1.0.0' } },
      distribution: { id: '' },
    });
  });

  test('a package of a distribution without its release is judged by none of them', () => {
    expect(subject('pkg:deb/debian/openssl@3.0.11-1')).toEqual({
      unjudged: 'which release of debian it is of is not said',
    });
    expect(subject('pkg:deb/debian/openssl@3.0.11-1', 'debian-12')).toMatchObject({
      distribution: { versionId: '12' },
    });
  });

  test('the source package comes from the package URL, then from the document', () => {
    expect(
      subject('pkg:deb/debian/libgcc-s1@12.2.0-14?upstream=gcc-12&distro=debian-12'),
    ).toMatchObject({
      component: { package: { source: { name: 'gcc-12', version: '12.2.0-14' } } },
    });
    expect(
      subject('pkg:deb/debian/libgcc-s1@12.2.0-14?upstream=gcc-12%4012.1&distro=debian-12'),
    ).toMatchObject({ component: { package: { source: { name: 'gcc-12', version: '12.1' } } } });
    expect(
      subject('pkg:deb/debian/libssl3@3.0.11-1?distro=debian-12', undefined, {
        source: { name: 'openssl' },
      }),
    ).toMatchObject({
      component: { package: { source: { name: 'openssl', version: '3.0.11-1' } } },
    });
  });

  test('an rpm’s epoch belongs to its version', () => {
    expect(
      subject('pkg:rpm/almalinux/postfix@3.5.9-24.el9?epoch=2&distro=almalinux-9'),
    ).toMatchObject({ component: { package: { version: '2:3.5.9-24.el9' } } });
  });

  test('what has no version cannot be judged', () => {
    expect(subject('pkg:npm/a')).toEqual({ unjudged: 'its version is not said' });
    expect(subject('express')).toEqual({ unjudged: 'it is no package URL' });
  });
});
