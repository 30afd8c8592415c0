import { describe, expect, test } from 'vitest';
import type { Spans } from './stretches.ts';
import { cautioned, confirmed, doubtOf, hintsOf } from './text-doubt.ts';

const before = (end: string, rest: Spans['rest'] = 'not-affected'): Spans => ({
  spans: [{ before: end, standing: 'affected' }],
  versions: [],
  rest,
  fixed: [end],
});

describe('what a text says of versions', () => {
  test.each([
    ['Letterbox before 1.5.7 and 1.6.x before 1.6.7 shows.', ['1.5.7', '1.6.7'], []],
    ['Fixed in version 2.4.3. Prior to v2.4 it was open.', ['2.4.3', '2.4'], []],
    ['Upgrade to 3.0.1, or update to 2.9.9!', ['3.0.1', '2.9.9'], []],
    ['Letterbox through 4.97.1 and up to and including 4.96.', [], ['4.97.1', '4.96']],
    ['2.1.4 and earlier, 3.0 or below', [], ['2.1.4', '3.0']],
    ['before 1.6.x, before 2, before 1.6.11-rc1, 5.0 and later', [], []],
    ['before 2.4.1rc1', [], []],
    ['Patched in versions 1.5.10, 1.6.11, and 1.7.1.', ['1.5.10', '1.6.11', '1.7.1'], []],
    ['Letterbox < 1.6.11 and <= 1.5.9 show', ['1.6.11'], ['1.5.9']],
    ['versions 1.6.0 to 1.6.10, from 1.5.0 through 1.5.9', [], ['1.6.10', '1.5.9']],
    ['between 1.4.0 and 1.4.14; release 2.0.1 – 2.0.4', [], ['1.4.14', '2.0.4']],
    ['Whoever upgrades from 1.6.0 to 1.6.11', [], []],
  ])('%s', (text, mended, last) => {
    expect(hintsOf(text, [])).toEqual({ mended, last });
  });

  test.each([
    ['8.8.15 Patch 46', [], '8.8.15 P46'],
    ['9.0.0P41', [], '9.0.0 P41'],
    ['nothing', ['https://wiki.example/9.0.0/P41#x'], '9.0.0 P41'],
    ['OpenSSH 9.9p2', [], undefined],
    ['1.2.3 Patched', [], undefined],
  ])('patch levels: %s', (text, addresses, level) => {
    expect(hintsOf(text, addresses).patchLevel).toBe(level);
  });

  test('costs no more than a glance', () => {
    const start = performance.now();
    for (const part of ['1.', '1.1 ', 'before ', '1.1.1.1.1   ', '9'.repeat(50), ' and ']) {
      hintsOf(part.repeat(100_000), [part.repeat(100_000)]);
    }
    expect(performance.now() - start).toBeLessThan(500);
  });
});

describe('a record that speaks of one product', () => {
  test('is doubted where its fields call affected what its text calls mended', () => {
    const hints = hintsOf('Fixed in 1.6.5.', []);
    expect(doubtOf(hints, 'generic', before('1.6.11'), true)).toContain('1.6.5');
    expect(doubtOf(hints, 'generic', before('1.6.11'), false)).toBeUndefined();
    expect(doubtOf(hints, 'generic', before('1.6.5'), true)).toBeUndefined();
  });

  test('leaves open what its text says beyond its fields, but not what it says of another product', () => {
    const spans = (text: string): readonly object[] =>
      cautioned(hintsOf(text, []), 'generic', before('1.6.3')).spans;
    expect(spans('before 1.6.4')).toEqual([
      { before: '1.6.3', standing: 'affected' },
      { from: '1.6.3', before: '1.6.4', standing: 'unknown' },
    ]);
    expect(spans('through 1.6.4')).toContainEqual({
      from: '1.6.3',
      through: '1.6.4',
      standing: 'unknown',
    });
    expect(spans('before 1.6.3 when run by PHP before 8.1')).toHaveLength(1);
  });

  test('is believed where its text names the end of a range that its fields leave open behind', () => {
    const spans = (text: string, rest: Spans['rest']): readonly object[] =>
      confirmed(hintsOf(text, []), 'generic', before('1.6.7', rest)).spans;
    expect(spans('before 1.6.7', 'unknown')).toContainEqual({
      from: '1.6.7',
      standing: 'not-affected',
    });
    expect(spans('before 1.6.8', 'unknown')).toHaveLength(1);
    expect(spans('nothing', 'unknown')).toHaveLength(1);
    expect(spans('before 1.6.7', 'not-affected')).toHaveLength(1);
  });

  test('on Zimbra is doubted wherever a patch level would decide', () => {
    const none = hintsOf('', []);
    expect(doubtOf(none, 'zimbra', before('10.0.9'), true)).toContain('patch levels');
    expect(
      doubtOf(
        none,
        'zimbra',
        {
          ...before('10.0.9'),
          spans: [{ from: '10.0.0', before: '10.0.9', standing: 'affected' }],
        },
        true,
      ),
    ).toBeUndefined();
    expect(
      doubtOf(
        none,
        'zimbra',
        { ...before('8.8.15 P46'), spans: [{ before: '8.8.15 P46', standing: 'affected' }] },
        true,
      ),
    ).toBeUndefined();
  });

  test('proves nothing beyond its range where its text names a branch that its fields lack', () => {
    const two = 'before 1.5.7 and 1.6.x before 1.6.7';
    const spans = (text: string, said: Spans): readonly object[] =>
      confirmed(hintsOf(text, []), 'generic', said).spans;
    const one = before('1.5.7', 'unknown');
    expect(spans('before 1.5.7', one)).toHaveLength(2);
    expect(spans(two, one)).toEqual(one.spans);
    const both: Spans = {
      ...one,
      spans: [...one.spans, { from: '1.6.0', before: '1.6.7', standing: 'affected' }],
    };
    expect(spans(two, both)).toHaveLength(4);
  });
});
