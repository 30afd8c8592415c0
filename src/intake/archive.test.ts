import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { type DocumentLimits, type DocumentsReport, documentsIn } from './archive.ts';
import { DocumentError } from './documents.ts';

const folder = mkdtempSync(join(tmpdir(), 'postern-intake-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
const file = (bytes: Uint8Array | string, name = 'feed'): string => {
  files += 1;
  mkdirSync(join(folder, `${files}`));
  const path = join(folder, `${files}`, name);
  writeFileSync(path, bytes);
  return path;
};

const has = (tool: string): boolean => spawnSync(tool, ['--version']).status === 0;
const python = (script: string, ...args: readonly string[]): void => {
  const { status, stderr } = spawnSync('python3', ['-c', script, ...args]);
  if (status !== 0) throw new Error(stderr.toString());
};

const read = async (
  path: string,
  limits: Partial<DocumentLimits> = {},
): Promise<{ readonly texts: Record<string, string>; readonly report: DocumentsReport }> => {
  const documents = documentsIn(path, { scratch: folder, ...limits });
  const texts: Record<string, string> = {};
  for await (const document of documents) {
    try {
      const pieces: Buffer[] = [];
      for await (const chunk of document.chunks()) pieces.push(Buffer.from(chunk));
      texts[document.name] = Buffer.concat(pieces).toString('latin1');
    } catch (thrown) {
      if (!(thrown instanceof DocumentError)) throw thrown;
      texts[document.name] = `! ${thrown.fault.kind}`;
    }
  }
  return { texts, report: documents.report };
};

interface Packed {
  readonly name: string;
  readonly bytes: Uint8Array | string;
  readonly method?: 0 | 8 | 12 | 93;
  readonly flags?: number;
  readonly crc?: number;
  readonly stated?: number;
  readonly mode?: number;
  readonly localName?: string;
}

/** A zip file that may lie in every field that somebody could lie in. */
const zip = (entries: readonly Packed[], { count = entries.length, offset = 0 } = {}): Buffer => {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const entry of entries) {
    const bytes = Buffer.from(entry.bytes);
    const method = entry.method ?? 8;
    const packed =
      method === 8 ? deflateRawSync(bytes) : method === 93 ? zstdCompressSync(bytes) : bytes;
    const name = Buffer.from(entry.name);
    const localName = Buffer.from(entry.localName ?? entry.name);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04_03_4b_50, 0);
    local.writeUInt16LE(method, 8);
    local.writeUInt16LE(localName.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02_01_4b_50, 0);
    central.writeUInt16LE(3 << 8, 4);
    central.writeUInt16LE(entry.flags ?? 0, 8);
    central.writeUInt16LE(method, 10);
    central.writeUInt32LE(entry.crc ?? crc32(bytes), 16);
    central.writeUInt32LE(packed.length, 20);
    central.writeUInt32LE(entry.stated ?? bytes.length, 24);
    central.writeUInt16LE(name.length, 28);
    central.writeUInt32LE(((entry.mode ?? 0o100_644) << 16) >>> 0, 38);
    central.writeUInt32LE(at, 42);
    parts.push(local, localName, packed);
    directory.push(central, name);
    at += 30 + localName.length + packed.length;
  }
  const whole = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06_05_4b_50, 0);
  end.writeUInt16LE(count & 0xff_ff, 8);
  end.writeUInt16LE(count & 0xff_ff, 10);
  end.writeUInt32LE(whole.length, 12);
  end.writeUInt32LE(at + offset, 16);
  return Buffer.concat([...parts, whole, end]);
};

const tarHeader = (name: string, size: number, type = '0'): Buffer => {
  const head = Buffer.alloc(512);
  head.write(name, 0, 'latin1');
  head.write(`${size.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  head.write(type, 156, 'latin1');
  head.write('ustar\0', 257, 'latin1');
  head.write('        ', 148, 'latin1');
  const sum = head.reduce((a, b) => a + b, 0);
  head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return head;
};

const tar = (entries: readonly (readonly [name: string, text: string, type?: string])[]): Buffer =>
  Buffer.concat([
    ...entries.flatMap(([name, text, type]) => {
      const padding = Buffer.alloc((512 - (text.length % 512)) % 512);
      return [tarHeader(name, text.length, type), Buffer.from(text, 'latin1'), padding];
    }),
    Buffer.alloc(1024),
  ]);

const kinds = (report: DocumentsReport): Record<string, number> => ({ ...report.faultCounts });

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
      expect(bounded.report).toMatchObject({ whole: true, documents: 0 });
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

  test('of 100,000 documents passes in seconds', async () => {
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
