import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openRoot } from '../../src/host/view.ts';
import { plug } from '../../src/inventory/joining/plug.ts';
import { readPackages } from '../../src/inventory/package-index.ts';
import { packageSources } from '../../src/inventory/packages.generated.ts';
import type { Platform, PlatformReading } from '../../src/inventory/platform.ts';
import { platforms } from '../../src/inventory/platforms.generated.ts';
import { casesIn, filesBelow } from '../support/cases.ts';
import { overlay } from '../support/overlay.ts';

/**
 * What a case says must come out. `components` names every component, no more and no fewer, each
 * with the properties that matter to the case; `unseen` names parts of what must be reported.
 */
interface Expected {
  readonly components: Readonly<Record<string, object>>;
  readonly unseen?: readonly string[];
  readonly links?: readonly object[];
}

const markers = platforms
  .flatMap(platform => platform.reads)
  .filter(glob => glob.startsWith('**/'));
const componentsMax = 5_000;

const readCase = (platform: Platform, root: string) => {
  const files = openRoot(root, markers);
  const packages = readPackages(files, packageSources);
  return { files, packages, reading: platform.read(files, packages) };
};

const bounded = (reading: PlatformReading): void => {
  expect(reading.components.length).toBeLessThan(componentsMax);
  for (const component of reading.components) {
    expect(component.id.length).toBeLessThan(2_000);
    expect(component.name).not.toBe('');
    expect(
      'value' in component.version ? component.version.value : component.version.unknown,
    ).not.toBe('');
  }
};

describe.each(platforms.map(platform => [platform.id, platform] as const))('%s', (id, platform) => {
  const cases = casesIn<Expected>(`test/fixtures/platforms/${id}`);

  test('has cases, one of them without it', () => {
    expect(cases.length).toBeGreaterThanOrEqual(2);
    expect(cases.some(({ expected }) => Object.keys(expected.components).length === 0)).toBe(true);
  });

  test.each(cases.map(each => [each.name, each] as const))('reads %s', (_, { root, expected }) => {
    const { files, reading } = readCase(platform, root);
    const plugged = plug(reading.components, reading.listeners ?? [], reading.links ?? []);
    const found = Object.fromEntries(plugged.map(component => [component.id, component]));
    expect(Object.keys(found).sort()).toEqual(Object.keys(expected.components).sort());
    for (const [name, properties] of Object.entries(expected.components)) {
      expect(found[name], name).toMatchObject(properties);
    }
    if (expected.links !== undefined) expect(reading.links ?? []).toMatchObject(expected.links);
    const unseen = files.unseen.map(item => `${item.what}: ${item.why}`);
    for (const wanted of expected.unseen ?? []) {
      expect(unseen.join('\n')).toContain(wanted);
    }
    if (expected.unseen === undefined) expect(unseen).toEqual([]);
  });

  test.each(cases.map(each => [each.name, each] as const))(
    'survives damage to %s',
    (_, { root }) => {
      const { files, packages } = readCase(platform, root);
      const paths = filesBelow(root);
      // Each try reads the whole case: one of many files would take its square.
      const places = Math.min(60, Math.max(10, Math.ceil(900 / paths.length)));
      for (const path of paths) {
        const bytes = readFileSync(join(root, path));
        const step = Math.max(1, Math.floor(bytes.length / places));
        for (let length = 0; length < bytes.length; length += step) {
          bounded(platform.read(overlay(files, path, bytes.subarray(0, length)), packages));
        }
        fc.assert(
          fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(bytes.length), (noise, at) => {
            const damaged = Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(at)]);
            bounded(platform.read(overlay(files, path, damaged), packages));
          }),
          { numRuns: Math.ceil(places / 5) },
        );
      }
    },
  );
});
