import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { hostTree, removeTrees } from '../../../test/support/host-tree.ts';
import type { Tree } from '../../../test/support/tree.ts';
import type { Distribution } from '../../core/packages.ts';
import type { PatchFacts } from '../../core/patch.ts';
import type { WantedPackage } from '../local-source.ts';
import { apk } from './apk.ts';

afterAll(removeTrees);

const now = new Date('2026-03-10T12:00:00Z');
const alpine: Distribution = {
  id: 'alpine',
  idLike: [],
  versionId: '3.22.1',
  codename: '',
  prettyName: 'Alpine Linux v3.22',
};
const postfix: WantedPackage = {
  ecosystem: 'apk',
  name: 'postfix',
  version: '3.10.2-r0',
  arch: 'x86_64',
  origin: 'distribution',
  built: '2025-06-01T00:00:00.000Z',
};

const seconds = (stamp: string): number => Date.parse(stamp) / 1000;

/** A file in a tar archive: a header of 512 bytes, then the content in blocks of 512. */
const tarred = (name: string, content: string, modified: string): Buffer => {
  const header = Buffer.alloc(512);
  header.write(name, 0, 'latin1');
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  header.write(`${seconds(modified).toString(8).padStart(11, '0')}\0`, 136, 'latin1');
  const body = Buffer.alloc(Math.ceil(content.length / 512) * 512);
  body.write(content, 0, 'latin1');
  return Buffer.concat([header, body]);
};

const mainAddress = 'https://mirror.example.test/alpine/v3.22/main';
const cacheName = (address: string): string =>
  `APKINDEX.${createHash('sha1').update(address).digest('hex').slice(0, 8)}.tar.gz`;

/** An index as apk caches it: a signature, then the index, each a member of its own. */
const index = (
  versions: readonly string[],
  address: string = mainAddress,
  modified = '2026-03-10T00:00:00Z',
): Tree => ({
  [`/var/cache/apk/${cacheName(address)}`]: Buffer.concat([
    gzipSync(tarred('.SIGN.RSA.key.rsa.pub', 'signature', modified)),
    gzipSync(
      Buffer.concat([
        tarred('DESCRIPTION', 'v3.22', modified),
        tarred(
          'APKINDEX',
          versions
            .map(version => `P:postfix\nV:${version}\nt:${seconds('2026-03-01T00:00:00Z')}\n`)
            .join('\n'),
          modified,
        ),
        Buffer.alloc(1024),
      ]),
    ),
  ]),
});

const facts = (tree: Tree, wanted: WantedPackage = postfix): PatchFacts => {
  const found = apk.facts(hostTree(tree), [wanted], alpine, now).get('postfix');
  if (found === undefined) throw new Error('no facts');
  return found;
};

test('says that nothing waits, as of the day on which the index was made', () => {
  expect(facts(index(['3.10.2-r0', '3.10.1-r0']))).toMatchObject({
    waiting: { state: 'none' },
    indexAsOf: '2026-03-10T00:00:00.000Z',
    support: { state: 'supported', until: '2027-05-01' },
    history: [],
  });
});

test('says what waits, and that nobody says whether it mends a flaw', () => {
  expect(facts(index(['3.10.3-r1', '3.10.3-r0'])).waiting).toMatchObject({
    state: 'update',
    version: '3.10.3-r1',
    security: null,
    since: { notBefore: '2025-06-01T00:00:00.000Z', notAfter: '2026-03-10T00:00:00.000Z' },
    remedy: 'apk update && apk upgrade postfix',
  });
});

describe('does not claim that nothing waits', () => {
  const repositories = { '/etc/apk/repositories': `#old\n${mainAddress}\n@edge ${mainAddress}2\n` };
  test.each<[string, Tree, string]>([
    ['without an index', {}, 'there is no package index'],
    ['of a build that nobody offers', index(['3.10.1-r0']), 'offers the installed build'],
    ['of a package that nobody offers', index([]), 'offers postfix'],
    ['when a version is none', index(['3.10.2-r0', 'newest']), 'cannot be compared'],
    [
      'when an index is damaged',
      { ...index(['3.10.2-r0']), '/var/cache/apk/APKINDEX.00000000.tar.gz': gzipSync('no tar') },
      'could not be read',
    ],
    [
      'when a repository was never fetched',
      { ...index(['3.10.2-r0']), ...repositories },
      `no index of ${mainAddress}2`,
    ],
    [
      'by the index of a repository that is gone',
      {
        ...index([]),
        ...index(['3.10.2-r0'], 'https://gone.example.test/x'),
        '/etc/apk/repositories': mainAddress,
      },
      'offers postfix',
    ],
  ])('%s', (_, tree, why) => {
    const { waiting } = facts(tree);
    expect(waiting.state).toBe('unknown');
    expect(waiting.state === 'unknown' && waiting.why).toContain(why);
  });
});

test('gives no lower bound behind a build of one’s own', () => {
  const { waiting, support } = facts(index(['3.10.3-r0']), { ...postfix, origin: 'unknown' });
  expect(waiting.state === 'update' && waiting.since.notBefore).toBeUndefined();
  expect(support.state).toBe('unknown');
});
