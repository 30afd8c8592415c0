import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type JsonPiece, jsonPieces, type PieceLimits, type PiecesReport } from './json-pieces.ts';

async function* chunked(bytes: Uint8Array, ends: readonly number[]): AsyncGenerator<Uint8Array> {
  let from = 0;
  for (const end of [...ends, bytes.length].toSorted((a, b) => a - b)) {
    // A copy that is written over, as those who unpack do with their buffers.
    const chunk = Uint8Array.from(bytes.subarray(from, end));
    yield chunk;
    chunk.fill(0x58);
    from = Math.max(from, end);
  }
}

const read = async (
  document: string | Uint8Array,
  path: readonly string[],
  { limits = {}, ends = [] }: { limits?: Partial<PieceLimits>; ends?: readonly number[] } = {},
): Promise<{ readonly found: readonly JsonPiece[]; readonly report: PiecesReport }> => {
  const bytes = typeof document === 'string' ? Buffer.from(document) : document;
  const stream = jsonPieces(chunked(bytes, ends), path, limits);
  const found: JsonPiece[] = [];
  for await (const piece of stream) found.push(piece);
  return { found, report: stream.report };
};

const kinds = (report: PiecesReport): readonly string[] => report.faults.map(fault => fault.kind);

const kev =
  '{ "title": "a \\"list\\" {[", "catalogVersion":"2026.06.29",\n"count": 2, "odd":{"x":["]"]},' +
  '"vulnerabilities": [ {"cveID":"CVE-2024-1","note":"\\\\"} , {"cveID":"CVE-2026-113386"}\t], "z": null }';

describe('the pieces of a document', () => {
  test('are the elements of the array at the path, and the members beside it are kept', async () => {
    const { found, report } = await read(kev, ['vulnerabilities']);
    expect(found).toEqual([
      { index: 0, text: '{"cveID":"CVE-2024-1","note":"\\\\"}' },
      { index: 1, text: '{"cveID":"CVE-2026-113386"}' },
    ]);
    expect(Object.fromEntries(report.members)).toEqual({
      title: 'a "list" {[',
      catalogVersion: '2026.06.29',
      count: 2,
      z: null,
    });
    expect(report).toMatchObject({ whole: true, pieces: 2, leftOut: 0, faults: [] });
  });

  test('are the same wherever two chunks meet', async () => {
    const whole = await read(kev, ['vulnerabilities']);
    for (let end = 0; end <= kev.length; end++) {
      const { found, report } = await read(kev, ['vulnerabilities'], { ends: [end] });
      expect(found, `cut at ${end}`).toEqual(whole.found);
      expect(report.members).toEqual(whole.report.members);
      expect(report.whole).toBe(true);
    }
    const bytewise = Array.from({ length: kev.length }, (_, i) => i);
    expect((await read(kev, ['vulnerabilities'], { ends: bytewise })).found).toEqual(whole.found);
  });

  test('are the members of the top-level object, with their keys', async () => {
    const { found, report } = await read('{"post\\u0066ix":{"a":[]},"exim4": 3 , "":"é"}', []);
    expect(found).toEqual([
      { key: 'postfix', index: 0, text: '{"a":[]}' },
      { key: 'exim4', index: 1, text: '3' },
      { key: '', index: 2, text: '"é"' },
    ]);
    expect(report.whole).toBe(true);
  });

  test('lie as deep as the path leads', async () => {
    const { found, report } = await read('{"a":{"b":{"c":[1,[2]]},"c":0},"c":[9]}', [
      'a',
      'b',
      'c',
    ]);
    expect(found.map(piece => piece.text)).toEqual(['1', '[2]']);
    expect(report.whole).toBe(true);
  });

  test('of a top-level array come without a path, and a byte order mark is skipped', async () => {
    expect((await read('\ufeff[1, "a" ,{}]', [])).found.map(piece => piece.text)).toEqual([
      '1',
      '"a"',
      '{}',
    ]);
  });

  test('are what JSON.parse finds, in every document and however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue(), { maxKeys: 6 }),
        fc.array(fc.nat(400), { maxLength: 8 }),
        fc.constantFrom(undefined, 1, '\t'),
        async (value, ends, indent) => {
          const text = JSON.stringify(value, null, indent);
          const { found, report } = await read(text, [], { ends });
          const parsed = found.map(piece => [piece.key, JSON.parse(piece.text)]);
          expect(parsed).toEqual(Object.entries(JSON.parse(text)));
          expect(report.whole).toBe(true);
          const wrapped = JSON.stringify({ n: 1, list: Object.values(value) }, null, indent);
          const listed = await read(wrapped, ['list'], { ends });
          expect(listed.found.map(piece => JSON.parse(piece.text))).toEqual(
            JSON.parse(wrapped).list,
          );
        },
      ),
      { numRuns: 400 },
    );
  });

  test('and the report together accept what JSON.parse accepts, and nothing else', async () => {
    const isJson = (text: string): boolean => {
      try {
        JSON.parse(text);
        return true;
      } catch {
        return false;
      }
    };
    const base = '{"a":[1,{"b":"c\\n"}],"d":-1.5e3,"e":true}';
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(base.length), fc.constantFrom(...'{}[]",:1\\ atx'.split(''))), {
          minLength: 1,
          maxLength: 3,
        }),
        fc.boolean(),
        async (edits, insert) => {
          let text = base;
          for (const [at, char] of edits) {
            text = text.slice(0, at) + char + text.slice(insert ? at : at + 1);
          }
          const { found, report } = await read(text, []);
          const allGood = report.whole && found.every(piece => isJson(piece.text));
          if (kinds(report).includes('duplicate')) return;
          expect(allGood, text).toBe(isJson(text));
        },
      ),
      { numRuns: 3_000 },
    );
  });
});

describe('what is wrong with a document', () => {
  test('cut off anywhere, it is not taken for whole, and what came before is handed out', async () => {
    for (let length = 0; length < kev.length; length++) {
      const { report } = await read(kev.slice(0, length), ['vulnerabilities']);
      expect(report.whole, `${length}`).toBe(false);
      expect(kinds(report)).toEqual(['truncated']);
    }
    expect((await read(kev.slice(0, -14), ['vulnerabilities'])).found).toHaveLength(2);
  });

  test.each([
    ['{"a":[]} x', 'trailing'],
    ['{"a":[]}{"a":[]}', 'trailing'],
    ['{"a":[1,]}', 'syntax'],
    ['{"a":[,1]}', 'syntax'],
    ['{"a":[{]}]}', 'syntax'],
    ['{"a" [1]}', 'syntax'],
    ['{a:[1]}', 'syntax'],
    ['{"a":[1]', 'truncated'],
    ['<html><body>log in</body></html>', 'syntax'],
    ['{"b":[1]}', 'missing'],
    ['{"a":null}', 'missing'],
    ['{"a":"[1]"}', 'missing'],
    ['[1]', 'missing'],
    ['17', 'missing'],
    ['"a"', 'missing'],
    ['', 'truncated'],
    ['{"a":[1],"n":01}', 'syntax'],
    ['{"a":[1],"a":[2]}', 'duplicate'],
  ])('%s is refused for its %s', async (document, kind) => {
    const { report } = await read(document, ['a']);
    expect(report.whole).toBe(false);
    expect(kinds(report)).toEqual([kind]);
  });

  test('one piece that is not UTF-8, too large or there twice leaves the others standing', async () => {
    const bad = Buffer.from(
      '{"a":"x","b":"\xff","c":"yyyyyyyyyyyyyyyyyyyy","a":2,"d":1,"\xfe":1}',
      'latin1',
    );
    const { found, report } = await read(bad, [], { limits: { pieceBytesMax: 12 }, ends: [40] });
    expect(found.map(piece => [piece.key, piece.index])).toEqual([
      ['a', 0],
      ['d', 4],
    ]);
    expect(kinds(report)).toEqual(['utf8', 'too-large', 'duplicate', 'utf8']);
    expect(report).toMatchObject({ pieces: 2, leftOut: 4, whole: true });
    expect(report.faults[1]?.offset).toBe(bad.indexOf('"yy'));
  });

  test('brackets that go deeper than the bound end it, in constant memory', async () => {
    const deep = `{"a":[${'['.repeat(1_000_000)}`;
    const { report } = await read(deep, ['a'], { ends: [700, 70_000] });
    expect(kinds(report)).toEqual(['depth']);
  });

  test('more pieces than the bound end it', async () => {
    const { found, report } = await read('[1,2,3]', [], { limits: { piecesMax: 2 } });
    expect([found.length, kinds(report), report.whole]).toEqual([2, ['too-many'], false]);
  });

  test('members without end beside the path cost no memory without end', async () => {
    const many = Array.from({ length: 5_000 }, (_, i) => `"m${i}":${i}`).join(',');
    const kept = await read(`{${many},"a":[1]}`, ['a']);
    expect([kept.report.members.size, kept.report.whole]).toEqual([1_000, true]);
    const bounded = await read(`{${many},"a":[1]}`, ['a'], { limits: { piecesMax: 4_000 } });
    expect([kinds(bounded.report), bounded.report.whole]).toEqual([['too-many'], false]);
  });

  test('a long value beside the path costs nothing, and a long key is refused', async () => {
    const limits = { memberBytesMax: 20 };
    const long = 'x'.repeat(100);
    const beside = await read(`{"n":"${long}","a":[1]}`, ['a'], { limits, ends: [30, 60] });
    expect([beside.report.whole, beside.report.members.size]).toEqual([true, 0]);
    const key = await read(`{"${long}":1,"a":[1]}`, ['a'], { limits });
    expect(kinds(key.report)).toEqual(['syntax']);
  });

  test('an error of what is read from is passed on', async () => {
    const broken = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from('[1,');
      throw new Error('the disk is gone');
    };
    await expect(async () => {
      for await (const piece of jsonPieces(broken(), [])) void piece;
    }).rejects.toThrow('the disk is gone');
  });
});

// 320 MB a second on one quiet core; other tests run at the same time.
test('100 MB are cut in a few seconds', async () => {
  const record = JSON.stringify({
    cve: { id: 'CVE-2024-1', descriptions: [{ lang: 'en', value: 'A "flaw" in\n'.repeat(40) }] },
    metrics: { list: [1, 2, 3, { score: 9.8, vector: 'AV:N/AC:L/PR:N' }] },
  });
  const chunk = Buffer.from(`${record},`.repeat(500));
  const times = Math.ceil(100e6 / chunk.length);
  const source = async function* (): AsyncGenerator<Uint8Array> {
    yield Buffer.from('{"vulnerabilities":[');
    for (let i = 0; i < times; i++) yield chunk;
    yield Buffer.from('{}]}');
  };
  const stream = jsonPieces(source(), ['vulnerabilities']);
  const start = performance.now();
  let count = 0;
  for await (const piece of stream) count += piece.text.length > 0 ? 1 : 0;
  const seconds = (performance.now() - start) / 1_000;
  expect(stream.report).toMatchObject({ whole: true, pieces: times * 500 + 1 });
  expect(count).toBe(times * 500 + 1);
  expect((chunk.length * times) / seconds).toBeGreaterThan(20e6);
});
