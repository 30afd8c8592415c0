import { expect, test } from 'vitest';
import { openRoot } from '../../host/view.ts';
import { readPackages } from '../package-index.ts';
import { exposureOfServed, servedAt } from './web-server.ts';

const root = 'test/fixtures/platforms/web-front/nginx-before-apache/root';
const files = openRoot(root, []);
const packages = readPackages(files, []);

test('whoever hands requests on to the server behind serves the folder too', () => {
  expect(
    servedAt(files, packages, '/srv/rc').map(({ server, isFront }) => [server.id, isFront]),
  ).toEqual([
    ['apache', undefined],
    ['nginx', true],
  ]);
});

test('the internet reaches what listens on loopback behind a server that it reaches', () => {
  expect(exposureOfServed(servedAt(files, packages, '/srv/rc'))?.internet).toBe('yes');
});

test('another host name leads to another folder', () => {
  const fronts = servedAt(files, packages, '/srv/shop').filter(({ isFront }) => isFront === true);
  expect(fronts.map(({ names }) => names)).toEqual([['shop.example.jp']]);
});
