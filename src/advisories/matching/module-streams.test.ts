import { expect, test } from 'vitest';
import type { AffectedProduct } from '../../core/advisory.ts';
import { keyOfPackage } from '../product-key.ts';
import { ofInstalledStream } from './module-streams.ts';

const claim = (fix: string, stream?: string): AffectedProduct => ({
  key: keyOfPackage('AlmaLinux', 'php'),
  product: 'AlmaLinux:9 php',
  release: '9',
  ...(stream === undefined ? {} : { stream }),
  scheme: 'rpm',
  spans: [{ before: fix, standing: 'affected' }],
  rest: 'not-affected',
  fixed: [fix],
});

const of83 = claim('8.3.33-1.module_el9.8.0+297+88e7f1bf', 'php:8.3');
const of82 = claim('8.2.40-1.module_el9.8.0+290+01020304', 'php:8.2');
const plain = claim('8.0.30-4.el9');
const libzip = claim('1.7.3-1.module_el9.8.0+297+88e7f1bf', 'php:8.3');

test.each([
  ['8.3.30-1.module_el9.7.0+206+f4fec7f3', [of83]],
  ['1:8.2.31-1.module_el9.8.0+254+5708f44c', [of82]],
  ['8.1.33-1.module_el9.6.0+100+00000000', []],
  ['8.0.30-3.el9', [plain]],
])('%s is judged by its own stream alone', (version, own) => {
  expect(ofInstalledStream([of83, of82, plain], version)).toEqual({ claims: own });
});

test('a package that does not count as its stream does is judged by nobody', () => {
  const found = ofInstalledStream([libzip], '1.6.1-1.module_el9.1.0+15+94ba28e4');
  expect(found.claims).toEqual([libzip]);
  expect(found.doubt).toContain('php:8.3');
  expect(ofInstalledStream([libzip], '1.7.3-7.el9')).toEqual({ claims: [] });
});

test('has no say in packages that know no modules', () => {
  const deb: AffectedProduct = { ...plain, scheme: 'deb' };
  expect(ofInstalledStream([deb], '8.2.29-1~deb12u1')).toEqual({ claims: [deb] });
});
