import { describe, expect, test } from 'vitest';
import type { FieldValue } from './field-space.ts';
import { jsonEventOf, jsonSpace } from './json-space.ts';

const get = (event: Record<string, unknown>, field: string): FieldValue =>
  jsonSpace.getter(field)?.(event);

describe('a field of a JSON object', () => {
  test.each<[title: string, event: Record<string, unknown>, field: string, value: FieldValue]>([
    ['is a key', { a: 'x' }, 'a', 'x'],
    ['may have blanks', { 'Threat Name': 'x' }, 'Threat Name', 'x'],
    ['may have dots', { 'a.b': 'x', a: { b: 'y' } }, 'a.b', 'x'],
    ['is a path', { a: { b: { c: 1 } } }, 'a.b.c', 1],
    ['may have dots within a path', { a: { 'b.c': true } }, 'a.b.c', true],
    ['may be null', { a: null }, 'a', null],
    ['is not there', { a: { b: 1 } }, 'a.c', undefined],
    ['is not what every object has', {}, 'constructor', undefined],
    ['is not what every object has, within', { a: {} }, 'a.toString', undefined],
    ['has the values of a list', { a: [1, 'x', null] }, 'a', [1, 'x', null]],
    ['has none of an empty list', { a: [] }, 'a', []],
    ['is in any element', { a: [{ b: 1 }, { c: 2 }, { b: [3] }] }, 'a.b', [1, 3]],
    ['is an object as text', { a: { b: [1] } }, 'a', '{"b":[1]}'],
    ['has the text of an element of XML', { a: { '#text': 5, '#attributes': {} } }, 'a', 5],
    [
      'is a setting by its name',
      {
        p: [
          { Name: 'ForwardTo', Value: 'x@example.jp' },
          { Name: 'Other', Value: 'y' },
        ],
      },
      'p.ForwardTo',
      'x@example.jp',
    ],
    [
      'is a change by its name',
      { p: [{ Name: 'n', NewValue: 'new', OldValue: 'old' }] },
      'p.n',
      'new',
    ],
    ['of a list of lists', { a: [[1], [[2]]] }, 'a', [1, 2]],
    ['of a Windows event', { Event: { EventData: { Image: 'x' } } }, 'Image', 'x'],
    [
      'of an element with attributes',
      { Event: { System: { EventID: { '#text': 1 } } } },
      'EventID',
      1,
    ],
    [
      'of a list of data',
      { Event: { EventData: { Data: [{ '@Name': 'Image', '#text': 'x' }] } } },
      'Image',
      'x',
    ],
    [
      'of data without names',
      { Event: { EventData: { Data: { '#text': ['x', ['y'], 3] } } } },
      'Data',
      ['x', 'y', 3],
    ],
    [
      'of user data, whatever its element is called',
      { Event: { System: {}, UserData: { LogFileCleared: { SubjectUserName: 'x' } } } },
      'SubjectUserName',
      'x',
    ],
    [
      'of an attribute',
      { Event: { System: { Execution: { '#attributes': { ProcessID: 7 } } } } },
      'Execution_ProcessID',
      7,
    ],
    [
      'of an attribute beside its element',
      { Event: { System: { Provider_attributes: { Name: 'x' } } } },
      'Provider_Name',
      'x',
    ],
    ['of a new process', { EventData: { NewProcessName: 'x' } }, 'Image', 'x'],
    ['without its blanks', { Event: { EventData: { 'New Value': 'x' } } }, 'NewValue', 'x'],
    ['with its blanks elsewhere', { 'New Value': 'x' }, 'NewValue', undefined],
    ['of a new process, flat', { NewProcessName: 'x', EventID: 4688 }, 'Image', 'x'],
    [
      'of a hit of a search',
      { _index: 'i', _source: { winlog: { event_data: { Image: 'x' } } } },
      'Image',
      'x',
    ],
    [
      'of an exported search',
      { preview: false, result: { Image: 'x', _time: '2026-06-29' } },
      'Image',
      'x',
    ],
    ['is none of another result', { result: { Image: 'x' } }, 'Image', undefined],
    ['of an ECS document', { event: { code: '4624' } }, 'EventID', '4624'],
    ['of Elastic', { winlog: { event_data: { Image: 'x' }, event_id: 3 } }, 'EventID', 3],
  ])('%s', (_title, event, field, value) => {
    expect(get(event, field)).toEqual(value);
  });

  test('is not looked for in what was nested to hurt', () => {
    const depth = 100_000;
    const lists = jsonEventOf(`{"a":${'['.repeat(depth)}1${']'.repeat(depth)}}`) ?? {};
    expect(get(lists, 'a')).toEqual([]);
    const objects = jsonEventOf(`{"a":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}`) ?? {};
    expect(get(objects, 'a')).toBe('');
    expect([...jsonSpace.texts(objects)]).toEqual(['1']);
    expect(get(objects, Array(2_000).fill('a').join('.'))).toBe('');
  });

  test('with every key cut in every way takes no time', () => {
    const nest = (levels: number): Record<string, unknown> =>
      levels === 0 ? { a: 1 } : { a: nest(levels - 1), 'a.a': levels > 1 ? nest(levels - 2) : 1 };
    expect(get(nest(6), 'a.a.a.a.a.a.a')).toEqual(expect.arrayContaining([1]));
    expect(get(nest(12), Array(40).fill('a').join('.'))).toBeUndefined();
  });
});

test('texts are all leaves', () => {
  expect([...jsonSpace.texts({ a: 'x', b: [1, { c: true, d: null }] })].sort()).toEqual([
    '1',
    'true',
    'x',
  ]);
});

test.each<[event: Record<string, unknown>, ms: number]>([
  [{ '@timestamp': '2026-06-29T00:00:00.5Z' }, Date.UTC(2026, 5, 29, 0, 0, 0, 500)],
  [{ CreationTime: '2026-06-29T00:00:00' }, Date.UTC(2026, 5, 29)],
  [{ UtcTime: '2026-06-29 01:02:03.004' }, Date.UTC(2026, 5, 29, 1, 2, 3, 4)],
  [{ time: 1_782_691_200 }, 1_782_691_200_000],
  [{ _source: { '@timestamp': '2026-06-29T00:00:00Z' } }, Date.UTC(2026, 5, 29)],
  [{ timestamp: 'yesterday' }, Number.NaN],
])('the time of %j', (event, ms) => {
  expect(jsonSpace.timeMs(event)).toBe(ms);
});
