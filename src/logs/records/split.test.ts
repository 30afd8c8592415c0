import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { recordShape, splitterFor } from './split.ts';

interface Taken {
  readonly text: string;
  readonly number: number;
  readonly truncated?: true;
}

const split = (text: string): readonly Taken[] => {
  const lines = text.split('\n');
  const taken: Taken[] = [];
  const splitter = splitterFor(lines.slice(0, 200), line => taken.push(line));
  for (const [at, line] of lines.entries()) splitter.push({ text: line, number: at + 1 });
  splitter.end();
  return taken;
};

const records = (text: string): readonly unknown[] =>
  split(text).map(({ text: each }) => JSON.parse(each) as unknown);

const three = [
  { a: 1, b: [{ c: '}"]{' }] },
  { a: 2, d: { e: [] } },
  { a: '\\"', f: [[1], [2]] },
];

describe('records of an export', () => {
  test('one to a line are handed on as they are, whatever the line is', () => {
    const text = '{"a":1}\n{"a":2}\n';
    expect(split(text).map(each => each.text)).toEqual(['{"a":1}', '{"a":2}', '']);
    expect(split('Nov 22 12:00:00 vm dovecot: "{[\nx').map(each => each.text)).toHaveLength(2);
  });

  test.each([
    ['a list on one line', JSON.stringify(three)],
    ['a list over many lines', JSON.stringify(three, undefined, 2)],
    ['a list, a record to a line', `[\n${three.map(each => JSON.stringify(each)).join(',\n')}\n]`],
    [
      'objects over many lines, one behind the other',
      three.map(each => JSON.stringify(each, undefined, 2)).join('\n'),
    ],
    ['the answer of an API', JSON.stringify({ '@odata.context': 'https://x/{[', value: three })],
    [
      'the answer of an API over many lines',
      JSON.stringify(
        { kind: 'x', etag: '"[{', items: three, next: { x: [{ y: 1 }] } },
        undefined,
        2,
      ),
    ],
    [
      'several answers',
      `${JSON.stringify({ records: three.slice(0, 1) })}\n${JSON.stringify({ records: three.slice(1) })}`,
    ],
    ['with a byte order mark', `\ufeff${JSON.stringify(three)}`],
  ])('%s', (_, text) => expect(records(text)).toEqual(three));

  test('bear the number of the line that they begin on', () => {
    expect(split('[\n{"a":\n1},\n{"a":2}]').map(each => each.number)).toEqual([2, 4]);
  });

  test('of a table may hold line ends', () => {
    const text = 'Date,Subject,From\n1,"two\nlines ""quoted""",b\n2,x,y';
    expect(split(text)).toEqual([
      { text: 'Date,Subject,From', number: 1 },
      { text: '1,"two\nlines ""quoted""",b', number: 2 },
      { text: '2,x,y', number: 4 },
    ]);
  });

  test('that break off are handed on, marked', () => {
    expect(split('[{"a":1},\n{"a":')).toEqual([
      { text: '{"a":1}', number: 1 },
      { text: '{"a":', number: 2, truncated: true },
    ]);
  });

  test('in a log with quotes and braces of its own are its lines', () => {
    expect(recordShape(['2024-01-25T15:16:09.843Z,,,,"x', 'y",'])).toBe('lines');
    expect(recordShape(['203.0.113.7 - - [22/Nov/2026:12:00:01 +0100] "GET /'])).toBe('lines');
  });

  test('whatever comes, it ends and hands on no more text than there was', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[[\]{}",:a\\ ]{0,30}$/), { maxLength: 20 }),
        lines => {
          const chars = split(lines.join('\n')).reduce((sum, each) => sum + each.text.length, 0);
          expect(chars).toBeLessThanOrEqual(lines.join('\n').length + 1);
        },
      ),
    );
  });
});
