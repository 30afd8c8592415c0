import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { folder, has, read, tar, zip } from '../../test/support/archives.ts';

const inner = zip([
  { name: 'a/b.json', bytes: '{"a":1}'.repeat(50) },
  { name: 'c.json', bytes: '[]', method: 0 },
]);
const tarred = tar([
  ['a.json', '{"a":1}'.repeat(100)],
  ['b.json', '[]'],
]);

const seeds: readonly (readonly [string, Buffer])[] = [
  ['zip', inner],
  [
    'zip in zip',
    zip([
      { name: 'i.zip', bytes: inner },
      { name: 'j', bytes: 'x', method: 93 },
    ]),
  ],
  ['tar', tarred],
  ['tar.gz', gzipSync(tarred)],
  ['gz', gzipSync('{"a":1}'.repeat(100))],
  ['zst', zstdCompressSync('{"a":1}'.repeat(100))],
  ...(has('xz')
    ? [['xz', spawnSync('xz', ['-c'], { input: '{"a":1}'.repeat(100) }).stdout] as const]
    : []),
];

const edit = fc.tuple(
  fc.constantFrom('set', 'insert', 'remove', 'cut'),
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.oneof(fc.constantFrom(0, 1, 0x50, 0x7f, 0x80, 0xff), fc.nat(255)),
);

const edited = (bytes: Buffer, edits: readonly (readonly [string, number, number])[]): Buffer =>
  edits.reduce<Buffer>((before, [kind, where, value]) => {
    const at = Math.floor(where * before.length);
    const rest = before.subarray(kind === 'set' || kind === 'remove' ? at + 1 : at);
    if (kind === 'cut') return before.subarray(0, at);
    const middle = kind === 'remove' ? [] : [value];
    return Buffer.concat([before.subarray(0, at), Buffer.from(middle), rest]);
  }, bytes);

/** Packings that hold sums of what is in them; xz has some, which are not compared. */
const isSummed = (kind: string): boolean => ['zip', 'zip in zip', 'tar.gz', 'gz'].includes(kind);

const originals = new Set(['{"a":1}'.repeat(50), '{"a":1}'.repeat(100), '[]', 'x']);

test.each(seeds)(
  'a damaged %s ends, throws nothing but the fault of a document, and stays small',
  async (kind, seed) => {
    const path = join(folder, 'hostile');
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), async edits => {
        const bytes = edited(seed, edits);
        writeFileSync(path, bytes);
        const { texts, report } = await read(path, { documentBytesMax: 1 << 20 });
        const good = Object.values(texts).filter(text => !text.startsWith('! '));
        expect(report.documents).toBe(good.length);
        expect(report.bytes).toBeLessThan(4 << 20);
        if (isSummed(kind) && report.whole) {
          // Without its first bytes it is no archive any more, but some document.
          const whole = bytes.toString('latin1');
          expect(good.filter(text => !originals.has(text) && text !== whole)).toEqual([]);
        }
        // What is not whole, or left out, is named.
        if (!report.whole) expect(report.faults.length).toBeGreaterThan(0);
      }),
      { numRuns: 400 },
    );
  },
);
