import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Line, type LineLimits, type LinesReport, lines } from './lines.ts';

async function* chunked(bytes: Uint8Array, ends: readonly number[]): AsyncGenerator<Uint8Array> {
  let from = 0;
  for (const end of [...ends, bytes.length].toSorted((a, b) => a - b)) {
    const chunk = Uint8Array.from(bytes.subarray(from, end));
    yield chunk;
    chunk.fill(0x58);
    from = Math.max(from, end);
  }
}

const read = async (
  bytes: Uint8Array,
  ends: readonly number[] = [],
  limits: Partial<LineLimits> = {},
): Promise<{ readonly found: readonly Line[]; readonly report: LinesReport }> => {
  const stream = lines(chunked(bytes, ends), limits);
  const found: Line[] = [];
  for await (const line of stream) found.push(line);
  return { found, report: stream.report };
};

test('lines come without their ends, and the first without a byte order mark', async () => {
  const { found, report } = await read(
    Buffer.from('\ufeffcve,epss\r\n\nCVE-2024-1,0.9\n'),
    [4, 11],
  );
  expect(found).toEqual([
    { number: 1, text: 'cve,epss' },
    { number: 2, text: '' },
    { number: 3, text: 'CVE-2024-1,0.9' },
  ]);
  expect(report).toEqual({ ...report, lines: 3, leftOut: 0, faults: [], ended: true });
});

test('a last line without its end is handed out, and the report says so', async () => {
  const { found, report } = await read(Buffer.from('a\nCVE-2024-1,0.'));
  expect([found.at(-1)?.text, report.ended]).toEqual(['CVE-2024-1,0.', false]);
});

test('they are what splitting gives, however the bytes are cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: 'grapheme' }).map(text => text.replace(/[\r\n\ufeff]/g, ''))),
      fc.array(fc.nat(60), { maxLength: 6 }),
      async (texts, ends) => {
        const bytes = Buffer.from(texts.map(text => `${text}\n`).join(''));
        const { found } = await read(bytes, ends);
        expect(found.map(line => line.text)).toEqual(texts);
      },
    ),
  );
});

test('a line that is too long or not UTF-8 is left out and named by its number', async () => {
  const bytes = Buffer.from(`a\n${'x'.repeat(50)}\n\xff\nb\n`, 'latin1');
  const { found, report } = await read(bytes, [10, 20, 30], { lineBytesMax: 20 });
  expect(found.map(line => [line.number, line.text])).toEqual([
    [1, 'a'],
    [4, 'b'],
  ]);
  expect(report.leftOut).toBe(2);
  expect(report.faults).toEqual([
    { line: 2, why: 'it is longer than 20 bytes' },
    { line: 3, why: 'it is not UTF-8' },
  ]);
});
