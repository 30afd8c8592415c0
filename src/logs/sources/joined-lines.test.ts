import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LogLine } from '../../core/log-line.ts';
import { type Joined, joinedOf, LineJoiner } from './joined-lines.ts';

const join = (joined: Joined, text: string): readonly LogLine[] => {
  const taken: LogLine[] = [];
  const joiner = new LineJoiner(joined, line => taken.push(line));
  for (const [at, line] of text.split('\n').entries()) joiner.push({ text: line, number: at + 1 });
  joiner.end();
  return taken;
};

describe('whether records lie over several lines', () => {
  test.each([
    ['Date,Subject,From\n1,"a\nb",c', 'rows'],
    ['"CreationDate","UserIds","AuditData"\n', 'rows'],
    ['#TYPE Selected.X\n"RecordType","UserIds","AuditData"\n', 'rows'],
    ['{\n  "Operation": "Send"\n}\n', 'objects'],
    ['{"Operation": "Send",\n "Workload": "Exchange"}\n', 'objects'],
    ['{"a":1}\n{"a":2}\n', undefined],
    ['2024-01-25T15:16:09.843Z,,,,"x\ny",', undefined],
    ['203.0.113.7 - - [22/Nov/2026:12:00:01 +0100] "GET /', undefined],
    ['Nov 22 12:00:01 mx a[1]: x, y, z', undefined],
    ['{ not json', undefined],
    ['', undefined],
  ])('%j', (head, expected) => expect(joinedOf(head)).toBe(expected));
});

describe('records over several lines', () => {
  test('of a table: a quoted cell holds line ends', () => {
    expect(join('rows', 'Date,Subject,From\n1,"two\nlines ""quoted""",b\n2,x,y')).toEqual([
      { text: 'Date,Subject,From', number: 1 },
      { text: '1,"two\nlines ""quoted""",b', number: 2, joined: 2 },
      { text: '2,x,y', number: 4 },
    ]);
  });

  test('of JSON, braces and quotes within texts notwithstanding', () => {
    const records = [{ a: '}"]{', b: [{ c: '\\"' }] }, { d: {} }];
    const text = records.map(each => JSON.stringify(each, undefined, 2)).join('\n');
    const taken = join('objects', text);
    expect(taken.map(each => JSON.parse(each.text) as unknown)).toEqual(records);
    expect(taken.map(each => each.number)).toEqual([1, 9]);
  });

  test('that do not end are handed on line by line: one quote too many costs no other row', () => {
    expect(join('rows', 'a,b,c\n1,"x,y\n2,x,y').map(each => each.text)).toEqual([
      'a,b,c',
      '1,"x,y',
      '2,x,y',
    ]);
  });

  test('nothing is left away, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<Joined>('rows', 'objects'),
        fc.array(fc.stringMatching(/^[[\]{}",:a\\ ]{0,30}$/), { minLength: 1, maxLength: 20 }),
        (joined, lines) => {
          const text = lines.join('\n');
          const taken = join(joined, text).map(each => each.text);
          expect(taken.join('\n').replaceAll(/[\n ]/g, '')).toBe(text.replaceAll(/[\n ]/g, ''));
        },
      ),
    );
  });
});
