import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { file, folder, has, kinds, read, tar, zip } from '../../test/support/archives.ts';
import { documentsIn } from './archive.ts';

describe('a tar file', () => {
  test.skipIf(!has('tar')).each([['ustar'], ['gnu'], ['pax']])(
    'made by tar(1) as %s is read, long names included',
    async format => {
      const root = join(folder, `tarred-${format}`);
      const long = `${'d'.repeat(60)}/${'e'.repeat(60)}/${'f'.repeat(50)}.json`;
      mkdirSync(join(root, long, '..'), { recursive: true });
      writeFileSync(join(root, long), 'long');
      writeFileSync(join(root, 'a.json'), 'x'.repeat(3_000_000));
      symlinkSync('a.json', join(root, 'link'));
      for (const packing of ['', 'z']) {
        const { stdout } = spawnSync('tar', [`-c${packing}`, `--format=${format}`, '.'], {
          cwd: root,
          maxBuffer: 1 << 28,
        });
        const { texts, report } = await read(file(stdout), { ratioMax: 1e9 });
        expect(texts).toEqual({ [`feed/${long}`]: 'long', 'feed/a.json': 'x'.repeat(3_000_000) });
        expect([report.whole, kinds(report)]).toEqual([true, { link: 1 }]);
      }
    },
  );

  test('leaves out what no feed holds, and reads on behind what nobody asked for', async () => {
    const path = file(
      tar([
        ['../x', '1'],
        ['/y', '1'],
        ['a.json', 'x'.repeat(2_000_000)],
        ['a.json', '2'],
        ['fifo', '', '6'],
        ['b.zip', zip([{ name: 'c', bytes: '3' }]).toString('latin1')],
        ['d.json', '4'],
      ]),
    );
    const names: string[] = [];
    const documents = documentsIn(path, { scratch: folder });
    for await (const document of documents) names.push(document.name);
    expect(names).toEqual(['feed/a.json', 'feed/b.zip/c', 'feed/d.json']);
    expect(kinds(documents.report)).toEqual({ path: 2, duplicate: 1, special: 1 });
    expect(documents.report.whole).toBe(true);
  });

  test('cut off anywhere is not whole, packed or not', async () => {
    const whole = tar([
      ['a.json', '1'],
      ['b.json', '2'],
    ]);
    for (let length = 512; length < whole.length - 1024; length += 100) {
      const { report } = await read(file(whole.subarray(0, length)));
      expect([report.whole, kinds(report)], `${length}`).toEqual([false, { truncated: 1 }]);
    }
    const packed = gzipSync(whole);
    for (let length = 20; length < packed.length; length += 1) {
      expect((await read(file(packed.subarray(0, length)))).report.whole, `${length}`).toBe(false);
    }
  });

  test('with a damaged header, or something behind its end, is not whole', async () => {
    const damaged = tar([
      ['a.json', '1'],
      ['b.json', '2'],
    ]);
    damaged.write('c', 1024, 'latin1');
    expect((await read(file(damaged))).report).toMatchObject({ whole: false, documents: 1 });
    const more = Buffer.concat([tar([['a', '1']]), tar([['b', '2']])]);
    expect(kinds((await read(file(more))).report)).toEqual({ damaged: 1 });
  });

  test('that is a bomb is stopped early', async () => {
    const path = file(gzipSync(tar([['a', 'x'.repeat(50_000_000)]])));
    const { report } = await read(path);
    // The document in it, and the archive around it.
    expect([report.whole, kinds(report)]).toEqual([false, { ratio: 2 }]);
  });
});
