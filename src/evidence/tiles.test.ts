import fc from 'fast-check';
import { expect, test } from 'vitest';
import { consistencyProof, inclusionProof, rootAt, subtreesOf } from './merkle.ts';
import { subtreesOfTiles, TreeEdge, writeBundle } from './tiles.ts';
import { emptyRoot, hashLeaf } from './verify/merkle.ts';
import { levelsOf, readBundle, tilePath, tilesOfLevel, tileWidth } from './verify/tile-paths.ts';

test('paths are those of the specification', () => {
  expect(tilePath(0, 1_234_067, 256)).toBe('tile/0/x001/x234/067');
  expect(tilePath(3, 0, 256)).toBe('tile/3/000');
  expect(tilePath('entries', 999, 5)).toBe('tile/entries/999.p/5');
  expect(tilePath('entries', 1_000, 256)).toBe('tile/entries/x001/000');
});

test('a tree of 70,000 leaves has the tiles that the specification counts', () => {
  expect([0, 1, 2].map(level => tilesOfLevel(level, 70_000))).toEqual([
    { full: 273, partial: 112 },
    { full: 1, partial: 17 },
    { full: 0, partial: 1 },
  ]);
  expect([0, 1, 255, 256, 70_000].map(levelsOf)).toEqual([0, 1, 1, 2, 3]);
});

const leaf = (n: number): Buffer => hashLeaf(Buffer.from(String(n)));

test('tiles that are written batch by batch are those of the whole tree, and prove it', () => {
  const size = 66_100;
  const leaves = Array.from({ length: size }, (_, i) => leaf(i));
  const whole = subtreesOf(Buffer.concat(leaves));
  const files = new Map<string, Buffer>();
  const edge = new TreeEdge(0, []);
  expect(edge.root()).toEqual(emptyRoot);
  let seed = 7;
  for (let at = 0; at < size; ) {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    const step = Math.min(1 + (seed % 900), size - at);
    for (const { level, index, width, bytes } of edge.add(leaves.slice(at, at + step))) {
      expect(bytes.length).toBe(width * 32);
      files.set(tilePath(level, index, width), bytes);
    }
    at += step;
    if (at % 7 === 0) expect(edge.root()).toEqual(rootAt(whole, at));
  }
  expect(edge.root()).toEqual(rootAt(whole, size));
  for (let level = 0; level < levelsOf(size); level += 1) {
    const { full, partial } = tilesOfLevel(level, size);
    for (let i = 0; i < full; i += 1) expect(files.has(tilePath(level, i, tileWidth))).toBe(true);
    if (partial > 0) expect(files.has(tilePath(level, full, partial))).toBe(true);
  }
  const read = ({ level, index }: { level: number; index: number }): Buffer => {
    const { full, partial } = tilesOfLevel(level, size);
    const found = files.get(tilePath(level, index, index < full ? tileWidth : partial));
    if (found === undefined) throw new Error(`there is no tile ${level}/${index}`);
    return found;
  };
  const subtrees = subtreesOfTiles(read);
  for (const index of [0, 255, 256, 65_535, 65_536, size - 1]) {
    expect(inclusionProof(subtrees, index, size)).toEqual(inclusionProof(whole, index, size));
  }
  for (const older of [1, 255, 256, 257, 65_535, 65_536, 65_537, size - 1]) {
    expect(consistencyProof(subtrees, older, size)).toEqual(consistencyProof(whole, older, size));
  }
});

test('bundles give back the entries that went in, and tell what is cut off where', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: tileWidth }), entries => {
      const bytes = writeBundle(entries);
      const read = readBundle(bytes);
      expect(read.broken === undefined && read.entries.map(each => [...each])).toEqual(
        entries.map(each => [...each]),
      );
      const last = entries.at(-1);
      if (last !== undefined) {
        const start = bytes.length - last.length - 2;
        expect(readBundle(bytes.subarray(0, -1))).toMatchObject({ broken: { byte: start } });
      }
    }),
  );
  expect(() => writeBundle([Buffer.alloc(65_536)])).toThrow('65535 is the most');
  expect(readBundle(Buffer.alloc(2 * 257))).toMatchObject({ broken: { byte: 512 } });
});
