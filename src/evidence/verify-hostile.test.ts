import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { tarEnd, tarHeader, tarPadding } from '../core/formats/tar-header.ts';
import { readManifest } from './verify/bundle.ts';
import { readWitnessKey } from './verify/cosignature.ts';
import { derIn, writeDer } from './verify/der.ts';
import { Findings } from './verify/finding.ts';
import type { Leaf } from './verify/leaf.ts';
import { Replay } from './verify/replay.ts';
import { tarReader } from './verify/tar-reader.ts';
import { readTimestamp } from './verify/timestamp.ts';
import { readCosignatures, readKnownSize } from './witness.ts';

const base = mkdtempSync(join(tmpdir(), 'postern-hostile-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

describe('what strangers send', () => {
  test('is never taken for a time stamp, a key, a size or a manifest, and throws nothing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.string(), (bytes, text) => {
        const noise = Buffer.from(bytes);
        expect(readTimestamp(noise).ok).toBe(false);
        expect(readTimestamp(writeDer(0x30, noise)).ok).toBe(false);
        expect(readWitnessKey(text).ok).toBe(false);
        expect(readManifest(noise)).toBeUndefined();
        expect(readKnownSize(`${text}x`)).toBeUndefined();
      }),
    );
  });

  test('elements come back as they were written', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 5 }), contents => {
        const elements = derIn(Buffer.concat(contents.map(each => writeDer(0x04, each))));
        expect(elements.map(({ content }) => [...content])).toEqual(
          contents.map(each => [...each]),
        );
      }),
    );
  });

  test('an answer of a witness that is no signature is none', () => {
    const key = readWitnessKey('');
    expect(key.ok).toBe(false);
    const checkpoint = 'log\n1\nAAAA\n\n— log AAAAAAAA\n';
    fc.assert(
      fc.property(fc.string(), answer => {
        const witness = { name: 'w', id: 1, key: {} as never };
        expect(readCosignatures(answer, checkpoint, witness).ok).toBe(false);
      }),
    );
  });
});

/** An archive with these files. */
const archive = (files: readonly (readonly [path: string, text: string])[]): Buffer =>
  Buffer.concat([
    ...files.flatMap(([path, text]) => {
      const bytes = Buffer.from(text);
      return [tarHeader({ path, bytes: bytes.length }), bytes, tarPadding(bytes.length)];
    }),
    tarEnd,
  ]);

const readArchive = (bytes: Buffer): string | ReadonlyMap<string, string> => {
  const path = join(base, 'a.tar');
  writeFileSync(path, bytes);
  const read = tarReader(path);
  if (!read.ok) return read.why;
  const names = read.store.list('').concat(read.store.list('log').map(name => `log/${name}`));
  const found = new Map(names.map(name => [name, read.store.read(name)?.toString('utf8') ?? '']));
  read.close();
  return found;
};

describe('an archive', () => {
  const long = `log/${'x'.repeat(95)}`;
  const files = [
    ['evidence-bundle/bundle.json', '{}'],
    [`evidence-bundle/${long}`, 'deep'],
    ['./log/keys', 'packed again'],
  ] as const;

  test('is read as it was written, long paths too', () => {
    expect(readArchive(archive(files))).toEqual(
      new Map([
        ['bundle.json', '{}'],
        ['log/keys', 'packed again'],
        [long, 'deep'],
      ]),
    );
  });

  test('that is cut off, holds a file twice, or a link is refused', () => {
    const whole = archive(files);
    for (let end = 0; end < whole.length - 512; end += 256) {
      expect(readArchive(whole.subarray(0, end))).toBeTypeOf('string');
    }
    expect(readArchive(archive([...files, ['bundle.json', 'other']]))).toContain('twice');
    const link = Buffer.from(whole);
    link[156] = 0x32;
    expect(readArchive(link)).toContain('no header');
  });

  test('with noise in it throws nothing', () => {
    const whole = archive(files);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
        const hurt = Buffer.from(whole);
        hurt[at] = byte;
        readArchive(hurt);
      }),
    );
  });
});

describe('records of rows', () => {
  const common = { v: 1, at: '2026-06-29T10:00:00.000Z', source: 'mail' } as const;
  const hash = 'a'.repeat(64);
  const rows = (seq: number, generation: number): Leaf => ({
    ...common,
    kind: 'rows',
    seq,
    generation,
    rows: hash,
    parser: 'postern',
    ocsf: '1.8.0',
  });
  const complaintsOf = (...leaves: readonly Leaf[]): readonly string[] => {
    const findings = new Findings();
    const replay = new Replay(findings);
    const before: readonly Leaf[] = [
      { v: 1, kind: 'key', at: common.at, key: 'k', why: 'x' },
      { ...common, kind: 'source-add', meta: {} },
      {
        ...common,
        kind: 'segment',
        seq: 1,
        prev: null,
        day: '2026-06-29',
        from: null,
        to: '1',
        lines: 1,
        bytes: 2,
        first: null,
        last: null,
        raw: hash,
        root: hash,
        file: hash,
        fileBytes: 9,
        rows: null,
        parser: null,
        ocsf: null,
      },
      { v: 1, kind: 'policy', at: common.at, id: 'all', source: null, keepDays: 1, why: 'x' },
    ];
    for (const [index, leaf] of [...before, ...leaves].entries()) {
      replay.read(leaf, { index, bytes: Buffer.alloc(0), path: 'entries', byte: 0 }, hash);
    }
    return findings.broken.map(({ why }) => why);
  };

  test('follow one another, of segments that are there', () => {
    expect(complaintsOf(rows(1, 2), rows(1, 3))).toEqual([]);
    expect(complaintsOf(rows(1, 3))).toEqual(['rows of generation 3 follow those of generation 1']);
    expect(complaintsOf(rows(1, 2), rows(1, 2))).toHaveLength(1);
    expect(complaintsOf(rows(2, 2))).toEqual(['there is no segment 2 of mail']);
    const gone: Leaf = { ...common, kind: 'delete', first: 1, last: 1, policy: 3 };
    expect(complaintsOf(gone, rows(1, 2))).toEqual(['segment 1 of mail was deleted before']);
  });
});
