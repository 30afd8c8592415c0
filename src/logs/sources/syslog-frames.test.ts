import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lineOfMessage, type MessagePiece, messageOfLine } from './message-line.ts';
import { SyslogFramer, type Trailer, withoutEnd } from './syslog-frames.ts';

const framed = (
  stream: Uint8Array,
  chunkBytes: readonly number[],
  { pieceBytesMax = 1_000, trailer = 'lf' }: { pieceBytesMax?: number; trailer?: Trailer } = {},
): readonly MessagePiece[] => {
  const pieces: MessagePiece[] = [];
  const framer = new SyslogFramer({ take: piece => pieces.push(piece), pieceBytesMax, trailer });
  let at = 0;
  for (let i = 0; at < stream.length; i += 1) {
    const size = Math.max(1, chunkBytes[i % chunkBytes.length] ?? 1);
    // The chunk's memory is used again, as sockets do.
    const chunk = Buffer.from(stream.subarray(at, at + size));
    framer.push(chunk);
    chunk.fill(0x58);
    at += size;
  }
  framer.end();
  expect(framer.isWithin).toBe(false);
  return pieces;
};

const texts = (stream: string, options?: Parameters<typeof framed>[2]): readonly string[] =>
  framed(Buffer.from(stream), [1_000], options).map(({ bytes }) => Buffer.from(bytes).toString());

const chunks = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });

describe('a stream of syslog messages', () => {
  test('has them counted, or ended by line feeds, or both', () => {
    expect(texts('5 <1>ab6 <2>c\nd')).toEqual(['<1>ab', '<2>c\nd']);
    expect(texts('<1>ab\n<2>cd\r\n<3>ef')).toEqual(['<1>ab', '<2>cd\r', '<3>ef']);
    expect(texts('5 <1>ab\n<2>c\n6 <3>d\ne')).toEqual(['<1>ab', '<2>c', '<3>d\ne']);
    expect(texts('5 <1>ab3 def')).toEqual(['<1>ab', 'def']);
  });

  test('has them ended by NUL where that was said', () => {
    expect(texts('<1>a\nb\0<2>c\0', { trailer: 'nul' })).toEqual(['<1>a\nb', '<2>c']);
    expect(texts('<1>a\0<2>b\n')).toEqual(['<1>a\0<2>b']);
  });

  test('takes a number at the beginning of a line for a part of the line', () => {
    expect(texts('12 monkeys\n')).toEqual(['12 monkeys']);
    expect(texts('2026-06-29T10:00:00Z mx1 x: y\n')).toEqual(['2026-06-29T10:00:00Z mx1 x: y']);
    expect(texts('99999999999 <1>x\n')).toEqual(['99999999999 <1>x']);
    expect(texts('99999999 <1>x\n<2>y\n')).toEqual(['99999999 <1>x', '<2>y']);
    expect(texts('007 <1>x\n')).toEqual(['007 <1>x']);
    expect(texts('12')).toEqual(['12']);
  });

  test('that ends within a counted message says so', () => {
    expect(framed(Buffer.from('50 <'), [1])).toHaveLength(1);
    const [piece, ...rest] = framed(Buffer.from('50 <1>abc'), [4]);
    expect([piece?.isCut, rest]).toEqual([true, []]);
    expect(Buffer.from(piece?.bytes ?? []).toString()).toBe('<1>abc');
  });

  test('of long messages comes in pieces that say so, and costs no more than one', () => {
    for (const stream of [`<1>${'x'.repeat(27)}\n<2>y\n`, `30 <1>${'x'.repeat(27)}4 <2>y`]) {
      const pieces = framed(Buffer.from(stream), [7], { pieceBytesMax: 10 });
      expect(
        pieces.map(({ isContinued, isCut }) => [isContinued === true, isCut === true]),
      ).toEqual([
        [false, true],
        [true, true],
        [true, false],
        [false, false],
      ]);
      expect(pieces.every(({ bytes }) => bytes.length <= 10)).toBe(true);
    }
  });

  test('gives the same messages however it is cut up', () => {
    const message = fc
      .array(fc.constantFrom('a', '<', '1', ' ', '\n', '\0', 'é', '␊'), { maxLength: 30 })
      .map(parts => Buffer.from(`<1>${parts.join('')}`));
    fc.assert(
      fc.property(fc.array(fc.tuple(message, fc.boolean())), chunks, (given, sizes) => {
        const isLine = (bytes: Buffer): boolean => !bytes.includes(0x0a);
        const stream = Buffer.concat(
          given.map(([bytes, counted]) =>
            counted || !isLine(bytes)
              ? Buffer.concat([Buffer.from(`${bytes.length} `), bytes])
              : Buffer.concat([bytes, Buffer.from('\n')]),
          ),
        );
        expect(framed(stream, sizes).map(({ bytes }) => Buffer.from(bytes))).toEqual(
          given.map(([bytes, counted]) => (counted || !isLine(bytes) ? withoutEnd(bytes) : bytes)),
        );
      }),
    );
  });

  test('of anything is taken apart without a fault, the same way in any chunks, and bounded', () => {
    const noise = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .array(fc.constantFrom('1', '23', ' ', '<', '0', '\n', '\0', '\r', 'x'.repeat(9)))
        .map(parts => Buffer.from(parts.join(''))),
    );
    fc.assert(
      fc.property(noise, chunks, fc.constantFrom<Trailer>('lf', 'nul'), (bytes, sizes, trailer) => {
        const pieces = framed(bytes, sizes, { pieceBytesMax: 16, trailer });
        expect(pieces).toEqual(framed(bytes, [1_000], { pieceBytesMax: 16, trailer }));
        expect(pieces.every(piece => piece.bytes.length <= 16)).toBe(true);
      }),
    );
  });
});

describe('the line of a message', () => {
  test('is the message, where it has no line feed', () => {
    const bytes = Buffer.from('<22>Nov 22 12:00:01 vm x: \\n #012 ␤ é\xff\r');
    expect(lineOfMessage({ bytes })).toEqual(bytes);
  });

  test('has marks for what a line cannot have', () => {
    const line = (text: string, flags = {}): string =>
      lineOfMessage({ bytes: Buffer.from(text), ...flags }).toString();
    expect(line('a\nb\n')).toBe('a␊b␊');
    expect(line('a␊b␘␛')).toBe('a␛␊b␛␘␛␛');
    expect(line('ab', { isCut: true })).toBe('ab␘');
    expect(line('a␘', { isContinued: true, isCut: true })).toBe('␘a␛␘␘');
  });

  test('gives the message back, whatever it was', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ minLength: 1 }),
      fc
        .array(fc.constantFrom('\n', '␊', '␘', '␛', 'a', '␤'), { minLength: 1, maxLength: 20 })
        .map(parts => Buffer.from(parts.join(''))),
      fc
        .array(fc.constantFrom(0xe2, 0x90, 0x8a, 0x98, 0x9b, 0x0a, 0x41), {
          minLength: 1,
          maxLength: 30,
        })
        .map(parts => Uint8Array.from(parts)),
    );
    fc.assert(
      fc.property(bytes, fc.boolean(), fc.boolean(), (message, isContinued, isCut) => {
        const line = lineOfMessage({ bytes: message, isContinued, isCut });
        expect(line.includes(0x0a)).toBe(false);
        const back = messageOfLine(line);
        expect([Buffer.from(back.bytes), back.isContinued, back.isCut]).toEqual([
          Buffer.from(message),
          isContinued,
          isCut,
        ]);
      }),
    );
  });
});
