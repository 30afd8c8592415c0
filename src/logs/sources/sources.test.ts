import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LogLine } from '../../core/log-line.ts';
import { contentOf } from './content.ts';
import { LineSplitter } from './line-splitter.ts';
import { inRotationOrder, rotatedName } from './rotation-order.ts';

const split = (bytes: Uint8Array, chunkBytes: number, bytesMax?: number): readonly LogLine[] => {
  const lines: LogLine[] = [];
  const splitter = new LineSplitter(
    line => lines.push(line),
    bytesMax === undefined ? {} : { bytesMax },
  );
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    // The chunk's memory is used again, as readers do.
    const chunk = Buffer.from(bytes.subarray(at, at + chunkBytes));
    splitter.push(chunk);
    chunk.fill(0x58);
  }
  splitter.end();
  return lines;
};

describe('lines', () => {
  test('are the same however the bytes come', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'é', '\n', '\r\n', '\0', '😀', 'bc')),
        fc.integer({ min: 1, max: 7 }),
        (pieces, chunkBytes) => {
          const text = pieces.join('');
          const lines = split(Buffer.from(text), chunkBytes);
          const expected = text.split('\n').map(line => line.replace(/\r$/, ''));
          if (text.endsWith('\n') || text === '') expected.pop();
          expect(lines.map(line => line.text)).toEqual(expected);
          expect(lines.map(line => line.number)).toEqual(expected.map((_, i) => i + 1));
        },
      ),
    );
  });

  test('are cut at the bound, say so, and cost no more than it', () => {
    for (const chunkBytes of [1, 3, 10, 100]) {
      expect(split(Buffer.from(`abc\n${'x'.repeat(50)}\nde`), chunkBytes, 10)).toEqual([
        { text: 'abc', number: 1, end: 4 },
        { text: 'x'.repeat(10), number: 2, end: 14, truncated: true },
        { text: 'de', number: 3, end: 57 },
      ]);
    }
    expect(split(Buffer.from('0123456789\n'), 100, 10)).toEqual([
      { text: '0123456789', number: 1, end: 11 },
    ]);
  });

  test('of no UTF-8 have U+FFFD where the bytes are wrong', () => {
    const bytes = Buffer.from([0x61, 0xff, 0x0a, 0xc3, 0x0a, 0x62]);
    expect(split(bytes, 2).map(line => line.text)).toEqual(['a\ufffd', '\ufffd', 'b']);
  });
});

describe('rotated files', () => {
  test.each([
    ['mail.log', { log: 'mail.log', age: 0 }],
    ['mail.log.1', { log: 'mail.log', age: 2 }],
    ['mail.log.2.gz', { log: 'mail.log', age: 3 }],
    ['mail.log.gz', { log: 'mail.log', age: 1 }],
    ['maillog-20261122', { log: 'maillog', day: '20261122000000' }],
    ['maillog-20261122.xz', { log: 'maillog', day: '20261122000000' }],
    ['audit.log.2026-11-22.gz', { log: 'audit.log', day: '20261122000000' }],
    ['mainlog.01', { log: 'mainlog', age: 2 }],
    ['10.1.2.3', { log: '10.1.2', age: 4 }],
  ])('%s', (path, name) => expect(rotatedName(path)).toEqual(name));

  test('come by the time of their first lines, else by their names, each log for itself', () => {
    const file = (
      path: string,
      firstMs?: number,
    ): { path: string; mtimeMs: number; firstMs?: number } => ({
      path,
      mtimeMs: 0,
      ...(firstMs === undefined ? {} : { firstMs }),
    });
    const order = inRotationOrder([
      file('mail.log'),
      file('web.log', 1),
      file('mail.log.1'),
      file('mail.log.10.gz'),
      file('mail.log.2.gz'),
      file('secure-20260101', 20),
      file('secure-20250101', 10),
      file('secure', 30),
    ]);
    expect(order.map(each => each.map(({ path }) => path))).toEqual([
      ['mail.log.10.gz', 'mail.log.2.gz', 'mail.log.1', 'mail.log'],
      ['web.log'],
      ['secure-20250101', 'secure-20260101', 'secure'],
    ]);
  });
});

describe('the first bytes', () => {
  const kindOf = (text: string | Uint8Array): unknown => contentOf(Buffer.from(text));

  test.each([
    ['Nov 22 12:00:01 vm x: y\n', { kind: 'lines' }],
    ['[22/Nov/2026:12:00:01 +0100] x', { kind: 'lines' }],
    ['{"a":1}\n{"a":2}\n', { kind: 'lines' }],
    ['{"event":"x","fields":{"value":[1]}}\n', { kind: 'lines' }],
    ['[\n  {"Id":"1"}', { kind: 'records', path: [] }],
    ['\ufeff[{"Id":"1"}', { kind: 'records', path: [] }],
    ['{"@odata.context":"x","value":[{"id":"1"}', { kind: 'records', path: ['value'] }],
    ['{\n "kind": "reports", "items": [\n {', { kind: 'records', path: ['items'] }],
    ['{"entries":[]}', { kind: 'records', path: ['entries'] }],
    ['', { kind: 'lines' }],
  ])('of %j', (text, content) => expect(kindOf(text)).toEqual(content));

  test('of what is no text, and how to make it text', () => {
    expect(kindOf(new Uint8Array(100))).toMatchObject({ kind: 'binary' });
    expect(kindOf('LPKSHHRH\0\0')).toMatchObject({
      kind: 'binary',
      how: expect.stringContaining('journalctl'),
    });
    expect(kindOf(Buffer.from('\ufeffa', 'utf16le'))).toEqual({
      kind: 'utf-16',
      littleEndian: true,
    });
  });
});
