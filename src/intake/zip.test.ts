import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { file, folder, has, kinds, read, tar, zip } from '../../test/support/archives.ts';
import { documentsIn } from './archive.ts';
import { slowCrc32 } from './zip-entry.ts';

const python = (script: string, ...args: readonly string[]): void => {
  const { status, stderr } = spawnSync('python3', ['-c', script, ...args]);
  if (status !== 0) throw new Error(stderr.toString());
};

describe('a zip file', () => {
  test.skipIf(!has('python3'))('made by Python is read, zip64 included', async () => {
    const path = join(folder, 'python.zip');
    python(
      `import sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED) as z:
    z.writestr('2024/', '')
    z.writestr('2024/a.json', '{}' * 1000)
    z.writestr('stored.json', 'x', zipfile.ZIP_STORED)
    z.writestr('é.json', 'y')
    z.writestr('large.json', 'ab' * 2000000)
    with z.open('wide.json', 'w', force_zip64=True) as f: f.write(b'z')
    for i in range(70000): z.writestr('many/%d' % i, '')
    z.comment = b'a comment'`,
      path,
    );
    const { texts, report } = await read(path, { ratioMax: 1e6 });
    expect(texts['python.zip/2024/a.json']).toBe('{}'.repeat(1_000));
    expect(texts['python.zip/stored.json']).toBe('x');
    expect(texts['python.zip/é.json']).toBe('y');
    expect(texts['python.zip/large.json']).toHaveLength(4_000_000);
    expect(texts['python.zip/wide.json']).toBe('z');
    expect(report).toMatchObject({ documents: 70_005, whole: true, faults: [] });
  });

  test.skipIf(!has('zip'))('made by zip(1), also into a pipe, is read', async () => {
    const root = join(folder, 'zipped');
    mkdirSync(root);
    writeFileSync(join(root, 'a.json'), 'abc'.repeat(100));
    const { stdout } = spawnSync('zip', ['-q', '-', 'a.json'], { cwd: root });
    expect((await read(file(stdout))).texts).toEqual({ 'feed/a.json': 'abc'.repeat(100) });
  });

  test('in a zip file is read, packed or stored, and one more is not', async () => {
    const inner = zip([{ name: 'CVE-2024-1.json', bytes: '{}' }]);
    const padded = zip([
      { name: 'CVE-2024-1.json', bytes: '{}' },
      { name: 'pad', bytes: Buffer.alloc(3_000_000, 'pad '), method: 0 },
    ]);
    for (const bytes of [inner, padded]) {
      for (const method of [0, 8, 93] as const) {
        const outer = zip([{ name: 'cves.zip', bytes, method }]);
        const { texts, report } = await read(file(outer), { ratioMax: 1e6 });
        expect([texts['feed/cves.zip/CVE-2024-1.json'], report.whole]).toEqual(['{}', true]);
        const more = await read(file(zip([{ name: 'more.zip', bytes: outer, method }])));
        expect([more.texts, more.report.whole]).toEqual([{}, false]);
        expect(kinds(more.report)).toEqual({ nested: 1 });
      }
    }
    const mixed = zip([
      { name: 'a.json.gz', bytes: gzipSync('1') },
      { name: 'b.tgz', bytes: gzipSync(tar([['c.json', '2']])) },
    ]);
    expect((await read(file(mixed))).texts).toEqual({
      'feed/a.json.gz': '1',
      'feed/b.tgz/c.json': '2',
    });
  });

  test('leaves out what no feed holds, names it, and hands out the rest', async () => {
    const { texts, report } = await read(
      file(
        zip([
          { name: '../../etc/cron.d/x', bytes: '1' },
          { name: 'a\\..\\..\\b', bytes: '1' },
          { name: '/etc/passwd', bytes: '1' },
          { name: 'C:\\windows', bytes: '1' },
          { name: 'good.json', bytes: '{}' },
          { name: 'good.json', bytes: '{"other":1}' },
          { name: 'link', bytes: '/etc/passwd', mode: 0o120_777 },
          { name: 'device', bytes: '', mode: 0o060_644 },
          { name: 'secret.json', bytes: 'x', flags: 1 },
          { name: 'old.json', bytes: 'x', method: 12 },
          { name: 'sum.json', bytes: 'x', crc: 1 },
          { name: 'long.json', bytes: 'x'.repeat(100), stated: 10 },
          { name: 'short.json', bytes: 'x', stated: 5 },
          { name: 'a\u001b[31mred', bytes: 'x' },
          { name: '', bytes: 'x' },
          { name: 'n'.repeat(2_000), bytes: 'x' },
          { name: 'd/'.repeat(30), bytes: '' },
          { name: `${'d/'.repeat(30)}x`, bytes: '' },
          { name: 'large.json', bytes: Buffer.alloc(2_000_000, 'a'), method: 0 },
          { name: 'bomb.json', bytes: Buffer.alloc(2_000_000) },
          { name: 'last.json', bytes: '[]' },
        ]),
      ),
      { documentBytesMax: 1_999_999 },
    );
    expect(texts).toEqual({ 'feed/good.json': '{}', 'feed/last.json': '[]' });
    expect(kinds(report)).toEqual({
      path: 4,
      duplicate: 1,
      link: 1,
      special: 1,
      encrypted: 1,
      method: 1,
      checksum: 3,
      name: 3,
      depth: 1,
      'too-large': 2,
    });
    expect(report).toMatchObject({ whole: true, documents: 2 });
    expect(report.faults.map(fault => fault.name).join(' ')).not.toContain('\u001b');
    expect(report.faults.every(fault => fault.name.length < 300)).toBe(true);
  });

  test('names a large entry whose sum is wrong only after its last piece', async () => {
    const bytes = Buffer.alloc(2_000_000, 'abc');
    const { texts, report } = await read(file(zip([{ name: 'a', bytes, crc: 1, method: 0 }])));
    expect([texts, kinds(report)]).toEqual([{ 'feed/a': '! checksum' }, { checksum: 1 }]);
    // Who reads it had most of it by then.
    expect(report.whole).toBe(false);
  });

  test('cut off anywhere is not whole', async () => {
    const whole = zip([
      { name: 'a.json', bytes: '{}' },
      { name: 'b.json', bytes: '[]' },
    ]);
    for (let length = 4; length < whole.length; length++) {
      const { texts, report } = await read(file(whole.subarray(0, length)));
      expect([texts, report.whole], `${length}`).toEqual([{}, false]);
    }
  });

  test.each([
    ['of more entries than it states', zip([{ name: 'a', bytes: '1' }], { count: 2 })],
    ['whose directory lies elsewhere', zip([{ name: 'a', bytes: '1' }], { offset: 5 })],
    ['with two names for one entry', zip([{ name: 'a', bytes: '1', localName: 'b' }])],
    ['whose directory is nonsense', Buffer.from(zip([{ name: 'a', bytes: '1' }])).fill(9, 34, 38)],
  ])('%s is not whole', async (_, bytes) => {
    const { report } = await read(file(bytes));
    expect([report.whole, kinds(report)]).toEqual([false, { damaged: 1 }]);
  });

  test('whose entries share their bytes is refused as the bomb that it is', async () => {
    const one = zip([{ name: 'a', bytes: Buffer.alloc(1_000, 'x'), method: 0 }]);
    const central = one.subarray(one.length - 22 - 47, one.length - 22);
    const end = Buffer.from(one.subarray(one.length - 22));
    end.writeUInt16LE(3, 10);
    end.writeUInt32LE(47 * 3, 12);
    const bomb = Buffer.concat([one.subarray(0, one.length - 22), central, central, end]);
    const { report } = await read(file(bomb));
    expect([report.whole, report.faultCounts.damaged]).toEqual([false, 1]);
  });

  test('with something in front of it is read, as a program that unpacks itself is', async () => {
    const bytes = Buffer.concat([
      Buffer.from('PK\u0003\u0004 and more'),
      zip([{ name: 'a', bytes: '1' }]),
    ]);
    expect((await read(file(bytes))).texts).toEqual({ 'feed/a': '1' });
  });

  test('of 65,000 documents passes in seconds', async () => {
    const body = `{"dataType":"CVE_RECORD","description":"${'a flaw in something '.repeat(60)}"}`;
    const entries = Array.from({ length: 65_000 }, (_, i) => ({
      name: `c/${i}.json`,
      bytes: body,
    }));
    const path = file(zip(entries));
    const start = performance.now();
    let bytes = 0;
    for await (const document of documentsIn(path)) bytes += (await document.bytes(1e6)).length;
    expect(bytes).toBe(65_000 * body.length);
    expect(performance.now() - start).toBeLessThan(15_000);
  });
});

test('the checksum of older Node.js is that of newer ones, in one piece or two', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
      expect(slowCrc32(a)).toBe(crc32(a));
      expect(slowCrc32(b, slowCrc32(a))).toBe(crc32(Buffer.concat([a, b])));
    }),
  );
});
