import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { PackageURL } from 'packageurl-js';
import { describe, expect, test } from 'vitest';
import type { FileView } from '../../src/core/files.ts';
import { openRoot } from '../../src/host/view.ts';
import { readPackages } from '../../src/inventory/package-index.ts';
import type { PackageSource } from '../../src/inventory/package-source.ts';
import { packageSources } from '../../src/inventory/packages.generated.ts';
import { casesIn, filesBelow } from '../support/cases.ts';
import { overlay } from '../support/overlay.ts';

/** What must come out of one package database, no package more and none fewer. */
interface Expected {
  readonly packages: Readonly<Record<string, object>>;
  /** Who owns a path; null for nobody. */
  readonly owners?: Readonly<Record<string, string | null>>;
  readonly files?: Readonly<Record<string, readonly string[]>>;
  readonly unseen?: readonly string[];
  /** Why packages may be missing. */
  readonly doubt?: string;
}

const markers = packageSources.flatMap(({ reads }) => reads).filter(glob => glob.startsWith('**/'));

const bounded = (files: FileView, source: PackageSource): void => {
  const index = readPackages(files, [source]);
  for (const found of index.all) {
    expect(found.name.length).toBeLessThan(1_000);
    PackageURL.fromString(found.purl);
  }
  index.ownerOf('/usr/sbin/postfix');
  index.filesOf('postfix');
  // Nothing that a source meets may end in a throw, not even one that is caught for it.
  for (const { why } of files.unseen) expect(why).not.toMatch(/^their database could not be read/);
};

describe.each(packageSources.map(source => [source.id, source] as const))('%s', (id, source) => {
  const cases = casesIn<Expected>(`test/fixtures/packages/${id}`).map(
    each => [each.name, each] as const,
  );

  test('has cases, one of them without it', () => {
    expect(cases.length).toBeGreaterThanOrEqual(3);
    expect(cases.some(([, { expected }]) => Object.keys(expected.packages).length === 0)).toBe(
      true,
    );
  });

  test.each(cases)('reads %s', (_, { root, expected }) => {
    const files = openRoot(root, markers);
    const index = readPackages(files, [source]);
    const found = Object.fromEntries(
      index.all.map(each => [each.name, index.named(each.name) ?? each]),
    );
    expect(Object.keys(found).sort()).toEqual(Object.keys(expected.packages).sort());
    for (const [name, properties] of Object.entries(expected.packages)) {
      expect(found[name], name).toMatchObject(properties);
    }
    for (const [path, owner] of Object.entries(expected.owners ?? {})) {
      expect([path, index.ownerOf(path)?.name ?? null]).toEqual([path, owner]);
    }
    for (const [name, paths] of Object.entries(expected.files ?? {})) {
      expect(index.filesOf(name).toSorted()).toEqual(paths);
    }
    if (expected.doubt !== undefined) expect(index.doubt).toContain(expected.doubt);
    const unseen = files.unseen.map(({ what, why }) => `${what}: ${why}`).join('\n');
    for (const wanted of expected.unseen ?? []) expect(unseen).toContain(wanted);
    if (expected.unseen === undefined) expect(unseen).toBe('');
  });

  test.each(cases)('gives every package of %s a purl that others can read', (_, { root }) => {
    const files = openRoot(root, markers);
    for (const found of readPackages(files, [source]).all) {
      const purl = PackageURL.fromString(found.purl);
      expect(purl.name).toBe(
        found.ecosystem === 'composer' ? found.name.split('/').at(-1) : found.name,
      );
      if (purl.version === undefined || purl.version === null)
        expect(found.version).toBe('unknown');
      else expect(found.version.endsWith(purl.version)).toBe(true);
      expect(purl.qualifiers?.['arch'] ?? undefined).toBe(
        found.ecosystem === 'composer' || found.ecosystem === 'pypi' ? undefined : found.arch,
      );
      // ECMA-427 escapes a plus sign in a version; packageurl-js 2.0.1 writes it bare.
      expect(found.purl).not.toMatch(/[ +]/);
      expect(PackageURL.fromString(purl.toString())).toEqual(purl);
    }
  });

  test.each(cases)('survives damage to %s', (_, { root }) => {
    for (const path of filesBelow(root)) {
      const bytes = readFileSync(join(root, path));
      const step = Math.max(1, Math.floor(bytes.length / 40));
      for (let length = 0; length < bytes.length; length += step) {
        bounded(overlay(openRoot(root, markers), path, bytes.subarray(0, length)), source);
      }
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(bytes.length), (noise, at) => {
          const damaged = Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(at)]);
          bounded(overlay(openRoot(root, markers), path, damaged), source);
        }),
        { numRuns: 12 },
      );
      fc.assert(
        fc.property(
          fc.array(fc.tuple(fc.nat(bytes.length), fc.nat(255)), { maxLength: 12 }),
          hits => {
            const damaged = Buffer.from(bytes);
            for (const [at, value] of hits) if (at < damaged.length) damaged[at] = value;
            bounded(overlay(openRoot(root, markers), path, damaged), source);
          },
        ),
        { numRuns: 12 },
      );
    }
  });
});
