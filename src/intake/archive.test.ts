import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { file, folder, has, kinds, read, zip } from '../../test/support/archives.ts';
import { documentsIn } from './archive.ts';

describe('a file', () => {
  test.each([
    ['plain', Buffer.from('{"a":1}'), 'feed.json', 'feed.json'],
    [
      'gzip, of two members',
      Buffer.concat([gzipSync('{"a"'), gzipSync(':1}')]),
      'f.json.gz',
      'f.json',
    ],
    [
      'zstd, of two frames',
      Buffer.concat([zstdCompressSync('{"a"'), zstdCompressSync(':1}')]),
      'f.zst',
      'f',
    ],
    ['gzip under another name', gzipSync('{"a":1}'), 'feed.json', 'feed.json'],
  ])('%s is one document', async (_, bytes, name, base) => {
    const path = file(bytes, name);
    const bases: string[] = [];
    for await (const document of documentsIn(path)) bases.push(document.base);
    const { texts, report } = await read(path);
    expect([texts, bases]).toEqual([{ [name]: '{"a":1}' }, [base]]);
    expect(report).toMatchObject({ documents: 1, bytes: 7, whole: true, faults: [] });
  });

  test.skipIf(!has('xz'))('packed by xz(1) is one document', async () => {
    const packed = spawnSync('xz', ['-c'], { input: '{"a":1}' }).stdout;
    expect((await read(file(packed, 'a.json.xz'))).texts).toEqual({ 'a.json.xz': '{"a":1}' });
  });

  test('that is large comes in pieces, and is bounded where the caller says', async () => {
    const large = Buffer.alloc(5_000_000, 'abcdefg');
    for (const path of [file(large), file(gzipSync(large)), file(zstdCompressSync(large))]) {
      const ratioMax = 1e9;
      expect((await read(path, { ratioMax })).texts['feed']).toBe(large.toString('latin1'));
      const bounded = await read(path, { documentBytesMax: 4_000_000, ratioMax });
      expect([bounded.texts['feed'], kinds(bounded.report)]).toEqual([
        '! too-large',
        { 'too-large': 1 },
      ]);
      // Its beginning was handed out before its length was known.
      expect(bounded.report).toMatchObject({ whole: false, documents: 0 });
    }
  });

  test.each([
    ['gzip', gzipSync('{"a":1}'.repeat(1_000))],
    ['zstd', zstdCompressSync('{"a":1}'.repeat(1_000))],
  ])('of %s that is cut off anywhere is not whole', async (_, packed) => {
    for (let length = 20; length < packed.length; length += 1) {
      const { texts, report } = await read(file(packed.subarray(0, length)));
      expect([texts['feed'] ?? '! truncated', report.whole], `${length}`).toEqual([
        '! truncated',
        false,
      ]);
      expect(kinds(report)).toEqual({ truncated: 1 });
    }
  });

  test('with a wrong sum in its gzip is not whole', async () => {
    const packed = gzipSync('{"a":1}');
    packed[packed.length - 6] = (packed.at(-6) ?? 0) ^ 1;
    expect((await read(file(packed))).report).toMatchObject({
      whole: false,
      faultCounts: { damaged: 1 },
    });
  });

  test('is not whole when all together are too long, be it the last of them', async () => {
    const { texts, report } = await read(file(Buffer.alloc(3_000_000, 'a')), {
      totalBytesMax: 2_000_000,
    });
    expect([texts['feed'], report.whole]).toEqual(['! too-much', false]);
  });

  test('that is a bomb is stopped early', async () => {
    const bomb = gzipSync(Buffer.alloc(300 << 20));
    const { texts, report } = await read(file(bomb), { documentBytesMax: 1e12 });
    expect([texts['feed'], kinds(report)]).toEqual(['! ratio', { ratio: 1 }]);
    expect(report.bytes).toBeLessThan(100 << 20);
  });

  test('that is missing, a pipe, or packed in a way that is not read, says so', async () => {
    expect((await read(join(folder, 'nothing'))).report).toMatchObject({
      whole: false,
      faultCounts: { unreadable: 1 },
    });
    const pipe = join(folder, 'pipe');
    spawnSync('mkfifo', [pipe]);
    expect(kinds((await read(pipe)).report)).toEqual({ special: 1 });
    const bzip2 = await read(file('BZh91AY&SY'));
    expect([bzip2.report.whole, kinds(bzip2.report)]).toEqual([false, { method: 1 }]);
  });
});

describe('a folder', () => {
  test('is read in the order of its names, and no link in it is followed', async () => {
    const root = join(folder, 'feeds');
    mkdirSync(join(root, 'b'), { recursive: true });
    writeFileSync(join(root, 'c.json'), '3');
    writeFileSync(join(root, 'b', 'x.zip'), zip([{ name: 'y/z.json', bytes: '2' }]));
    writeFileSync(join(root, 'a.json.gz'), gzipSync('1'));
    symlinkSync('/etc/passwd', join(root, 'd.json'));
    symlinkSync('/etc', join(root, 'e'));
    const { texts, report } = await read(root);
    expect(Object.entries(texts)).toEqual([
      ['feeds/a.json.gz', '1'],
      ['feeds/b/x.zip/y/z.json', '2'],
      ['feeds/c.json', '3'],
    ]);
    expect([report.whole, kinds(report)]).toEqual([true, { link: 2 }]);
  });

  test('that is deeper or fuller than the bounds is not whole', async () => {
    const root = join(folder, 'deep');
    mkdirSync(join(root, 'a/b/c'), { recursive: true });
    for (const name of ['1', '2', '3', 'a/b/c/4']) writeFileSync(join(root, name), name);
    const deep = await read(root, { depthMax: 2 });
    expect([deep.report.whole, kinds(deep.report)]).toEqual([false, { depth: 1 }]);
    const full = await read(root, { entriesMax: 3 });
    expect([full.report.whole, kinds(full.report)]).toEqual([false, { 'too-much': 1 }]);
    const large = await read(root, { totalBytesMax: 2 });
    expect([large.report.whole, kinds(large.report)]).toEqual([false, { 'too-much': 1 }]);
  });
});

test('a file that becomes shorter while it is read is not whole', async () => {
  const path = file(Buffer.alloc(3_000_000, 'a'));
  const documents = documentsIn(path);
  await expect(async () => {
    for await (const document of documents) {
      for await (const chunk of document.chunks())
        if (chunk.length > 0) truncateSync(path, 300_000);
    }
  }).rejects.toThrow('shorter');
});
