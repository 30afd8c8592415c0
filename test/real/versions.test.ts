import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { VersionScheme } from '../../src/advisories/version-scheme.ts';
import { composer } from '../../src/advisories/versions/composer.ts';
import { deb } from '../../src/advisories/versions/deb.ts';
import { maven } from '../../src/advisories/versions/maven.ts';
import { pep440 } from '../../src/advisories/versions/pep440.ts';
import { rpm } from '../../src/advisories/versions/rpm.ts';
import { drawnVersions } from '../support/versions.ts';

const has = (program: string, ...args: readonly string[]): boolean =>
  spawnSync(program, args).status === 0;

/** Where Debian's package libmaven3-core-java puts them. */
const jars = ['/usr/share/java/maven3-artifact.jar', '/usr/share/java/commons-lang3.jar'];

/** The first Python that has the library: the machine's own need not be the first in the path. */
const python = ['python3', '/usr/bin/python3'].find(each =>
  has(each, '-c', 'import packaging.version'),
);

const missing = {
  dpkg: !has('dpkg', '--version'),
  rpm: !has('rpm', '--version'),
  packaging: python === undefined,
  php: !has('php', '--version'),
  maven: !has('java', '-version') || !jars.every(jar => existsSync(jar)),
};

type Pair = readonly [string, string];

const drawn = (version: fc.Arbitrary<string>, count: number): readonly Pair[] =>
  fc.sample(fc.tuple(version, version), count);

/** What a tool says of each pair, beside what we say. */
const expectSame = (
  scheme: VersionScheme,
  pairs: readonly Pair[],
  theirs: readonly unknown[],
): void => {
  expect(theirs.length).toBe(pairs.length);
  expect(pairs.map(([a, b]) => [a, b, scheme.compare(a, b)])).toEqual(
    pairs.map(([a, b], i) => [a, b, theirs[i]]),
  );
};

const lines = (program: string, args: readonly string[], input: string): readonly string[] =>
  spawnSync(program, args, { encoding: 'utf8', input, maxBuffer: 1 << 26 })
    .stdout.trim()
    .split('\n');

/** A relation is the program's exit status: one shell asks for all of them. */
const dpkg = `
while IFS='	' read -r a b; do
  if dpkg --compare-versions "$a" lt "$b"; then echo -1
  elif dpkg --compare-versions "$a" eq "$b"; then echo 0
  elif dpkg --compare-versions "$a" gt "$b"; then echo 1
  else echo neither; fi
done
`;

describe.skipIf(missing.dpkg)('dpkg --compare-versions (skipped where dpkg is missing)', () => {
  test('orders drawn versions as we do', () => {
    const pairs = drawn(drawnVersions.deb, 300).filter(pair => pair.every(text => deb.valid(text)));
    expect(pairs.length).toBeGreaterThan(100);
    const said = lines('sh', ['-c', dpkg], `${pairs.map(pair => pair.join('\t')).join('\n')}\n`);
    expectSame(deb, pairs, said.map(Number));
  });
});

describe.skipIf(missing.rpm)('rpm.vercmp (skipped where rpm is missing)', () => {
  test('orders drawn versions as we do', () => {
    const pairs = drawn(drawnVersions.rpm, 2_500).filter(pair =>
      pair.every(text => rpm.valid(text)),
    );
    expect(pairs.length).toBeGreaterThan(1_000);
    const script = pairs.map(([a, b]) => `print(rpm.vercmp("${a}","${b}").." ")`).join(' ');
    const { stdout } = spawnSync('rpm', ['--eval', `%{lua: ${script}}`], { encoding: 'utf8' });
    expectSame(rpm, pairs, stdout.trim().split(/\s+/).map(Number));
  });
});

const packaging = `
import sys
from packaging.version import InvalidVersion, Version
for line in sys.stdin:
    try:
        a, b = (Version(text) for text in line.rstrip("\\n").split("\\t"))
        print(-1 if a < b else 1 if a > b else 0)
    except InvalidVersion:
        print("incomparable")
`;

describe.skipIf(missing.packaging)(
  'packaging.version (skipped where Python has no packaging)',
  () => {
    test('orders drawn versions as we do, and reads those that we read', () => {
      const odd = fc.oneof(fc.stringMatching(/^[0-9a-z.!+_-]{1,8}$/), drawnVersions.generic);
      const pairs = [
        ...drawn(drawnVersions.pep440, 4_000),
        ...drawn(fc.oneof(drawnVersions.pep440, odd), 2_000),
      ];
      const said = lines(
        python ?? 'python3',
        ['-c', packaging],
        pairs.map(pair => pair.join('\t')).join('\n'),
      );
      expectSame(
        pep440,
        pairs,
        said.map(word => (word === 'incomparable' ? word : Number(word))),
      );
    });
  },
);

/** Four numbers and a stability are what composer/semver hands to PHP, word for word. */
const normalized: fc.Arbitrary<string> = fc
  .tuple(
    fc.array(fc.constantFrom('0', '1', '2', '10', '9999999'), { minLength: 4, maxLength: 4 }),
    fc.constantFrom(
      '',
      '',
      '-alpha',
      '-alpha1',
      '-beta',
      '-beta2',
      '-beta10',
      '-RC1',
      '-patch',
      '-patch1',
    ),
    fc.constantFrom('', '', '', '-dev'),
  )
  .map(([numbers, stability, dev]) => `${numbers.join('.')}${stability}${dev}`)
  .filter(text => composer.valid(text));

const versionCompare =
  'while (($line = fgets(STDIN)) !== false) { [$a, $b] = explode("\\t", rtrim($line, "\\n")); echo version_compare($a, $b), "\\n"; }';

describe.skipIf(missing.php)('version_compare (skipped where php is missing)', () => {
  test('orders what Composer makes of versions as we do', () => {
    const pairs = drawn(normalized, 3_000);
    const said = lines(
      'php',
      ['-r', versionCompare],
      pairs.map(pair => pair.join('\t')).join('\n'),
    );
    expectSame(composer, pairs, said.map(Number));
  });
});

/** What all releases of Maven from 3.8 on order alike. */
const artifact: fc.Arbitrary<string> = fc
  .tuple(
    fc.array(fc.constantFrom('1', '2', '3', '10'), { minLength: 1, maxLength: 3 }),
    fc.constantFrom('', '', '.0', '.0.0'),
    fc.constantFrom(
      ...',,-alpha-1,-alpha2,b1,-m3,-rc,-RC1,-cr2,-SNAPSHOT,-ga'.split(','),
      ...'-Final,-sp,-sp1,-jre,-1,-12,-rc1-SNAPSHOT,a,-foo2'.split(','),
    ),
  )
  .map(([numbers, zeros, tail]) => `${numbers.join('.')}${zeros}${tail}`);

describe.skipIf(missing.maven)('ComparableVersion (skipped where java or Maven is missing)', () => {
  test('orders drawn versions as we do', () => {
    const pairs = drawn(artifact, 1_500);
    const name = 'org.apache.maven.artifact.versioning.ComparableVersion';
    const { stdout } = spawnSync('java', ['-cp', jars.join(':'), name, ...pairs.flat()], {
      encoding: 'utf8',
    });
    // Each argument is compared with the one before it: every other comparison is one of ours.
    const said = [...stdout.matchAll(/^ {3}\S+ (<|==|>) \S+$/gm)].filter((_, i) => i % 2 === 0);
    const orders = new Map([
      ['<', -1],
      ['==', 0],
      ['>', 1],
    ]);
    expectSame(
      maven,
      pairs,
      said.map(([, sign = '']) => orders.get(sign)),
    );
  });
});
