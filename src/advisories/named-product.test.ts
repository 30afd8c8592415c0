import { describe, expect, test } from 'vitest';
import { releaseOfCpe, releaseOfDistro } from './distro-release.ts';
import { productOfCpe, productOfPurl } from './named-product.ts';
import { judge } from './range.ts';

test.each([
  ['bookworm', '12'],
  ['debian-12', '12'],
  ['debian-bookworm', '12'],
  ['sid', 'sid'],
  ['jammy', '22.04'],
  ['ubuntu-24.04', '24.04'],
  ['ubuntu-24.04.3', '24.04'],
  ['resolute', '26.04'],
  ['rhel-9.4', '9'],
  ['el8', '8'],
  ['almalinux-10.0', '10'],
  ['rocky-9', '9'],
  ['alpine-3.20.3', 'v3.20'],
  ['alpine-v3.19', 'v3.19'],
  ['opensuse-leap-15.6', 'Leap 15.6'],
  ['sles-15.5', 'Linux Enterprise Server 15 SP5'],
  ['haiku-r1', 'haiku-r1'],
  ['toString', 'tostring'],
])('the distribution %s is release %s', (distro, release) => {
  expect(releaseOfDistro(distro)).toBe(release);
});

test.each([
  ['cpe:/o:redhat:enterprise_linux:9::baseos', '9'],
  ['cpe:2.3:o:redhat:enterprise_linux:8.10:*:*:*:*:*:*:*', '8'],
  ['cpe:/a:redhat:rhel_eus:9.2::appstream', 'rhel_eus:9.2'],
  ['cpe:2.3:o:debian:debian_linux:12.0:*:*:*:*:*:*:*', '12'],
  ['cpe:2.3:o:canonical:ubuntu_linux:22.04:*:*:*:lts:*:*:*', '22.04'],
  ['cpe:/o:suse:sles:15:sp5', 'Linux Enterprise Server 15 SP5'],
  ['cpe:/o:suse:sles-ltss:15:sp5', 'Linux Enterprise Server 15 SP5'],
  ['cpe:/o:suse:sle-module-server-applications:15:sp5', 'Linux Enterprise Server 15 SP5'],
  ['cpe:/o:suse:sled:15:sp5', 'sled:15'],
  ['cpe:/o:redhat:rhel_els:7', '7'],
  ['cpe:/o:opensuse:leap:15.6', 'Leap 15.6'],
  ['cpe:/o:redhat:enterprise_linux', undefined],
  ['cpe:2.3:a:kuroneko:mail:1.4:*:*:*:*:*:*:*', undefined],
])('%s is of release %s', (cpe, release) => {
  expect(releaseOfCpe(cpe)).toBe(release);
});

describe('a package URL', () => {
  test('puts an rpm’s epoch before its version and keeps the stream', () => {
    expect(
      productOfPurl(
        'pkg:rpm/redhat/kuronekomail@1.4-3.el9?arch=x86_64&epoch=1&rpmmod=kuroneko:8.3:9030:abc&distro=rhel-9.4',
      ),
    ).toMatchObject({
      key: 'package|redhat|kuronekomail',
      version: '1:1.4-3.el9',
      release: '9',
      stream: 'kuroneko:8.3',
      scheme: 'rpm',
    });
  });

  test.each([
    ['pkg:rpm/redhat/kuronekomail@1.4-3.el9?epoch=0', '1.4-3.el9'],
    ['pkg:rpm/redhat/kuronekomail@2:1.4-3.el9?epoch=2', '2:1.4-3.el9'],
    ['pkg:rpm/redhat/kuronekomail@1.4-3.el9?epoch=evil', '1.4-3.el9'],
    ['pkg:deb/debian/kuronekomail@1%3A1.4-3?epoch=7', '1:1.4-3'],
    ['pkg:deb/debian/kuronekomail@1.4-3?epoch=1', '1:1.4-3'],
  ])('%s is of version %s', (purl, version) => {
    expect(productOfPurl(purl)?.version).toBe(version);
  });

  test('that is none is nobody', () => {
    expect(productOfPurl('kuronekomail')).toBeUndefined();
    expect(productOfPurl('pkg:deb/%zz/kuronekomail')).toBeUndefined();
    expect(productOfPurl('pkg:maven/kuronekomail@1.4')).toBeUndefined();
  });

  test('without the whole of its version it is nobody, not every version', () => {
    for (const version of ['%zz', '1.4%', '']) {
      expect(productOfPurl(`pkg:deb/debian/kuronekomail@${version}`)).toBeUndefined();
      expect(productOfPurl(`pkg:deb/debian/kuronekomail@${version}?distro=sid`)).toBeUndefined();
    }
  });

  test('has its plus signs as they stand', () => {
    expect(
      productOfPurl('pkg:deb/debian/kuronekomail?vers=vers:deb/>=1.4+dfsg-1')?.range?.spans,
    ).toEqual([{ from: '1.4+dfsg-1', standing: 'affected' }]);
  });
});

describe('a CPE', () => {
  test.each([
    ['cpe:2.3:a:zimbra:collaboration:8.8.15:p46:*:*:*:*:*:*', '8.8.15 P46', 'zimbra'],
    ['cpe:2.3:a:kuroneko:mail:1.4:rc1:*:*:*:*:*:*', '1.4 rc1', 'generic'],
    ['cpe:/a:kuroneko:mail:1.4', '1.4', 'generic'],
    ['cpe:2.3:a:kuroneko:mail:1\\.4:-:*:*:*:*:*:*', '1.4', 'generic'],
    ['cpe:2.3:a:kuroneko:mail:*:*:*:*:*:*:*:*', undefined, 'generic'],
    ['cpe:2.3:a:kuroneko:mail:1.*:*:*:*:*:*:*:*', undefined, 'generic'],
    ['cpe:2.3:a:kuroneko:mail:-:*:*:*:*:*:*:*', undefined, 'generic'],
  ])('%s is of version %s', (cpe, version, scheme) => {
    const product = productOfCpe(cpe);
    expect(product?.version).toBe(version);
    expect(product).toMatchObject({ scheme, byCpe: true });
  });

  test.each([
    ['1.*', '1.4', 'affected'],
    ['1.*', '2.0', 'not-affected'],
    ['1.?', '1.4', 'undetermined'],
    ['-', '1.4', 'not-affected'],
  ])('of which the version is %s is about %s: %s', (version, installed, standing) => {
    const range = productOfCpe(`cpe:2.3:a:kuroneko:mail:${version}:*:*:*:*:*:*:*`)?.range;
    expect(range === undefined ? 'every one' : judge(range, installed).standing).toBe(standing);
  });

  test('with an edition or for other software is of that alone', () => {
    expect(productOfCpe('cpe:2.3:a:kuroneko:mail:1.4:*:*:*:*:nextcloud:*:*')?.narrowing).toBe(
      '*:*:*:nextcloud:*:*',
    );
    expect(productOfCpe('cpe:2.3:a:kuroneko:mail:1.4:*:*:*:*:*:*:*')?.narrowing).toBeUndefined();
  });
});
