import { expect, test } from 'vitest';
import { openRoot } from '../../host/view.ts';
import { readPackages } from '../package-index.ts';
import { servedAt } from './web-server.ts';

const root = 'test/fixtures/platforms/web-front/apache-userdir/root';
const files = openRoot(root, []);
const packages = readPackages(files, []);
const urlsOf = (folder: string): readonly string[] =>
  servedAt(files, packages, folder).map(({ url }) => url);

test('pages of a user are served from the home that passwd names', () => {
  expect(urlsOf('/home/anna/public_html/mail')).toEqual(['/~anna']);
});

test('a second path of UserDir holds a folder for each user', () => {
  expect(urlsOf('/srv/people/carl/webmail')).toEqual(['/~carl']);
});

test('a user for whom it is disabled is not served', () => {
  expect(urlsOf('/home/ben/public_html/mail')).toEqual([]);
});

test('where mod_php must not run scripts, no software is served', () => {
  expect(urlsOf('/home/root2/public_html/mail')).toEqual([]);
});
