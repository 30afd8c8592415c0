import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { removeTrees, writeTree } from '../support/host-tree.ts';
import { secretHost, secretMark } from '../support/secrets.ts';
import type { Tree } from '../support/tree.ts';

const postern: string = fileURLToPath(new URL('../../bin/postern.js', import.meta.url));

afterAll(removeTrees);

/** All that Postern says: standard output and standard error. */
const saidOf = (root: string, verb: string, format: string, ...more: readonly string[]): string => {
  const done = spawnSync(
    process.execPath,
    [postern, verb, '--root', root, '--format', format, ...more],
    { encoding: 'utf8', maxBuffer: 256 << 20, timeout: 120_000, cwd: root },
  );
  expect([0, 2, 3]).toContain(done.status);
  return done.stdout + done.stderr;
};

/** Where a secret stands in what was said, with enough around it to find who said it. */
const leaks = (said: string): readonly string[] =>
  [...said.matchAll(new RegExp(secretMark, 'g'))].map(({ index, 0: mark }) =>
    said.slice(Math.max(0, index - 160), index + mark.length + 20),
  );

/** The same host, every file of it changed. */
const changed = (change: (text: string) => string): Tree =>
  Object.fromEntries(
    Object.entries(secretHost()).map(([path, entry]) => [
      path,
      typeof entry === 'string' && secretMark.test(entry) ? change(entry) : entry,
    ]),
  );

const afterLast = (text: string): number => text.lastIndexOf('pwZx') + 'pwZx'.length;

describe('no password of any setting', () => {
  const root = writeTree(secretHost());

  test.each([
    ['confirm', 'text'],
    ['confirm', 'json'],
    ['confirm', 'html'],
    ['confirm', 'cyclonedx'],
    ['confirm', 'sarif'],
    ['confirm', 'junit'],
    ['confirm', 'oscal'],
    ['confirm', 'ocsf'],
    ['inventory', 'text'],
    ['inventory', 'json'],
    ['inventory', 'cyclonedx'],
  ])('is in %s --format %s --verbose', (verb, format) => {
    expect(leaks(saidOf(root, verb, format, '--verbose'))).toEqual([]);
  });

  test('is read nowhere, because the host was not understood', () => {
    const report = JSON.parse(saidOf(root, 'confirm', 'json')) as {
      components: { platform: string }[];
    };
    const platforms = new Set(report.components.map(({ platform }) => platform));
    const wanted =
      'amavis clamav courier cyrus dovecot exim mail-readers mailman opendkim opendmarc postfix roundcube rspamd sendmail snappymail sogo spamassassin sympa web-front zimbra';
    expect(wanted.split(' ').filter(each => !platforms.has(each))).toEqual([]);
  });

  // What a reader makes of a broken file must not be a larger piece of it.
  test.each<[string, (text: string) => string]>([
    ['is cut off behind its last secret', text => text.slice(0, afterLast(text))],
    ['is cut off in the middle of it', text => text.slice(0, afterLast(text) - 2)],
    ['opens a quote and never closes it', text => `"'\`{[(<${text}`],
    ['has lost its quotes', text => text.replaceAll(/["']/g, '')],
    ['ends in bytes that are no text', text => `${text}\0\ud800}}])>'"`],
  ])('is shown when every file %s', (_, change) => {
    const broken = writeTree(changed(change));
    for (const format of ['json', 'text']) {
      const said = saidOf(broken, 'confirm', format, '--verbose');
      expect(leaks(said.replaceAll(/(Sq\d{4}pw)(?!Zx)/g, '$1Zx'))).toEqual([]);
    }
  });
});
