import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { hostTree, removeTrees } from '../../../test/support/host-tree.ts';
import { PackedDataError, unpackLz4 } from './lz4.ts';
import { unpacked, unpackedText } from './unpack.ts';
import { unpackXz } from './xz.ts';

afterAll(removeTrees);

const has = (tool: string): boolean => spawnSync(tool, ['--version']).status === 0;
const run = (tool: string, args: readonly string[], input: Uint8Array): Buffer =>
  spawnSync(tool, args, { input, maxBuffer: 1 << 28 }).stdout;

/** Texts with repeats near and far, runs, and what does not pack at all. */
const samples: readonly Buffer[] = [
  Buffer.alloc(0),
  Buffer.from('a'),
  Buffer.alloc(300_000, 'ab'),
  Buffer.from(Array.from({ length: 20_000 }, (_, i) => `Package: p${i % 977}\n`).join('')),
  randomBytes(200_000),
  Buffer.concat([randomBytes(70_000), Buffer.alloc(100_000, 'x'), randomBytes(10)]),
];

const limit = 4 << 20;

describe.skipIf(!has('lz4'))('lz4 made by lz4(1)', () => {
  test.each([['-1'], ['-9'], ['-B4'], ['-BD'], ['-BX'], ['--no-frame-crc'], ['--content-size']])(
    'with %s is read',
    option => {
      for (const sample of samples) {
        const packed = run('lz4', ['-c', option], sample);
        expect(Buffer.concat([...unpackLz4(packed)]).equals(sample)).toBe(true);
      }
    },
  );

  test('in two frames is read whole', () => {
    const two = Buffer.concat([
      run('lz4', ['-c'], samples[3] ?? Buffer.alloc(0)),
      run('lz4', ['-c'], Buffer.from('end')),
    ]);
    expect(
      Buffer.concat([...unpackLz4(two)])
        .toString()
        .endsWith('end'),
    ).toBe(true);
  });

  test('cut off anywhere is not taken for whole', () => {
    const packed = run('lz4', ['-c'], Buffer.from('Package: postfix\n'.repeat(50)));
    for (let length = 1; length < packed.length - 4; length++) {
      expect(() => [...unpackLz4(packed.subarray(0, length))], `${length}`).toThrow(
        PackedDataError,
      );
    }
  });
});

describe.skipIf(!has('xz'))('xz made by xz(1)', () => {
  test.each([
    ['-0'],
    ['-6'],
    ['-9e'],
    ['--check=none'],
    ['--block-size=4096'],
    ['--lzma2=lc=0,lp=2,pb=0'],
  ])('with %s is read', option => {
    for (const sample of samples) {
      const packed = run('xz', ['-c', option], sample);
      expect(Buffer.concat([...unpackXz(packed, limit)]).equals(sample)).toBe(true);
    }
  });

  test('in two streams is read whole', () => {
    const two = Buffer.concat([
      run('xz', ['-c'], samples[3] ?? Buffer.alloc(0)),
      Buffer.alloc(8),
      run('xz', ['-c'], Buffer.from('end')),
    ]);
    expect(
      Buffer.concat([...unpackXz(two, limit)])
        .toString()
        .endsWith('end'),
    ).toBe(true);
  });

  test('cut off anywhere is not taken for whole', () => {
    const packed = run('xz', ['-c'], Buffer.from('Package: postfix\n'.repeat(50)));
    for (let length = 1; length < packed.length; length++) {
      expect(() => [...unpackXz(packed.subarray(0, length), limit)], `${length}`).toThrow(
        PackedDataError,
      );
    }
  });

  test('that unpacks to too much is refused', () => {
    const packed = run('xz', ['-c'], Buffer.alloc(limit * 2));
    expect(() => [...unpackXz(packed, limit)]).toThrow(/unpacks to more/);
  });
});

describe('a packed file', () => {
  const text = 'Package: postfix\n'.repeat(1_000);
  const packings: readonly (readonly [string, Uint8Array])[] = [
    ['gzip', gzipSync(text)],
    [
      'gzip in two members',
      Buffer.concat([gzipSync(text.slice(0, 100)), gzipSync(text.slice(100))]),
    ],
    ['zstd', zstdCompressSync(text)],
    [
      'zstd in two frames',
      Buffer.concat([zstdCompressSync(text.slice(0, 100)), zstdCompressSync(text.slice(100))]),
    ],
    ['nothing', Buffer.from(text)],
  ];

  test.each(packings)('is read through the view: %s', (_, bytes) => {
    const files = hostTree({ '/x': bytes });
    expect(unpackedText(files, '/x', { bytesMax: limit })).toBe(text);
    expect(files.unseen).toEqual([]);
  });

  test.each(packings)('that is cut off is unseen: %s', (name, bytes) => {
    if (name === 'nothing') return;
    const files = hostTree({ '/x': bytes.subarray(0, bytes.length - 6) });
    unpackedText(files, '/x', { bytesMax: limit });
    expect(files.unseen.map(({ what }) => what)).toEqual(['/x']);
  });

  test('of an unknown or too large kind is unseen', () => {
    const files = hostTree({
      '/bz': Buffer.from('BZh91AY&SY'),
      '/large': gzipSync(Buffer.alloc(limit + 1)),
      '/br': brotliCompressSync(text),
    });
    expect([...unpacked(files, '/bz', { bytesMax: limit })]).toEqual([]);
    expect([...unpacked(files, '/large', { bytesMax: limit })]).toEqual([]);
    expect(files.unseen.map(({ what }) => what)).toEqual(['/bz', '/large']);
  });

  test('never throws and never grows beyond its limit, whatever its bytes', () => {
    const seeds: Buffer[] = packings.map(([, bytes]) => Buffer.from(bytes));
    if (has('xz')) seeds.push(run('xz', ['-c'], Buffer.from(text)));
    if (has('lz4')) seeds.push(run('lz4', ['-c'], Buffer.from(text)));
    fc.assert(
      fc.property(
        fc.constantFrom(...seeds),
        fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 6 }),
        fc.nat(400),
        (seed, hits, cut) => {
          const bytes = Buffer.from(seed.subarray(0, Math.max(4, seed.length - cut)));
          for (const [at, value] of hits) if (at > 5 && at < bytes.length) bytes[at] = value;
          const files = hostTree({ '/x': bytes });
          const length = [...unpacked(files, '/x', { bytesMax: 30_000 })].reduce(
            (sum, piece) => sum + piece.length,
            0,
          );
          expect(length).toBeLessThanOrEqual(30_000);
        },
      ),
      { numRuns: 300 },
    );
  });
});
