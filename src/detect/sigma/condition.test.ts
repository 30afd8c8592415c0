import { describe, expect, it } from 'vitest';
import { sayDetection } from '../../../test/support/sigma-nodes.ts';

const selections = ['a', 'b', 'c'].map(name => `  ${name}:\n    F: ${name}`).join('\n');
const say = (condition: string, before = selections): string =>
  sayDetection(`${before}\n  condition: ${condition}`);

const [a, b, c] = ['F "a"', 'F "b"', 'F "c"'];

describe('a condition', () => {
  it.each([
    ['a', a],
    ['a and b', `(${a} & ${b})`],
    ['a or b', `(${a} | ${b})`],
    ['not a', `!${a}`],
    ['not not a', a],
    ['not not not a', `!${a}`],
    ['a or b and c', `(${a} | (${b} & ${c}))`],
    ['a and b or c', `((${a} & ${b}) | ${c})`],
    ['(a or b) and c', `((${a} | ${b}) & ${c})`],
    ['a and not b', `(${a} & !${b})`],
    ['not a and b', `(!${a} & ${b})`],
    ['not (a and b)', `!(${a} & ${b})`],
    ['not a or b', `(!${a} | ${b})`],
    ['a and not (b or not c)', `(${a} & !(${b} | !${c}))`],
    ['((a))', a],
    ['a and b and c', `(${a} & ${b} & ${c})`],
    ['a and (b and c)', `(${a} & (${b} & ${c}))`],
    ['a and(b or c)', `(${a} & (${b} | ${c}))`],
    ['(a)and(b)', `(${a} & ${b})`],
    ['a AND NOT b OR c', `((${a} & !${b}) | ${c})`],
    ['a and a', a],
    ["'  a   and\t b '", `(${a} & ${b})`],
    ['>-\n    a\n    and b', `(${a} & ${b})`],
  ])('%s', (condition, meaning) => {
    expect(say(condition)).toBe(meaning);
  });

  it('may be a list, of which one must hold', () => {
    expect(say('\n    - a\n    - b and c')).toBe(`(${a} | (${b} & ${c}))`);
    expect(say('[a]')).toBe(a);
  });
});

describe('a quantifier', () => {
  const many = ['sel_1', 'sel_2', 'keys', '_hidden', 'x_sel']
    .map(name => `  ${name}:\n    F: ${name}`)
    .join('\n');

  it.each([
    ['1 of them', '(F "sel_1" | F "sel_2" | F "keys" | F "x_sel")'],
    ['any of them', '(F "sel_1" | F "sel_2" | F "keys" | F "x_sel")'],
    ['all of them', '(F "sel_1" & F "sel_2" & F "keys" & F "x_sel")'],
    ['1 of sel_*', '(F "sel_1" | F "sel_2")'],
    ['all of sel*', '(F "sel_1" & F "sel_2")'],
    ['1 of *sel', 'F "x_sel"'],
    ['1 of *sel*', '(F "sel_1" | F "sel_2" | F "x_sel")'],
    ['1 of s*1', 'F "sel_1"'],
    ['1 of sel_1', 'F "sel_1"'],
    ['all of *', '(F "sel_1" & F "sel_2" & F "keys" & F "x_sel")'],
    ['1 of _hid*', 'F "_hidden"'],
    ['_hidden', 'F "_hidden"'],
    ['not 1 of sel_*', '!(F "sel_1" | F "sel_2")'],
    ['keys and not all of sel_*', '(F "keys" & !(F "sel_1" & F "sel_2"))'],
    ['1 of sel_* or all of k*', '((F "sel_1" | F "sel_2") | F "keys")'],
    [
      '2 of them',
      '((F "sel_1" & F "sel_2") | (F "sel_1" & F "keys") | (F "sel_1" & F "x_sel") | (F "sel_2" & F "keys") | (F "sel_2" & F "x_sel") | (F "keys" & F "x_sel"))',
    ],
    ['2 of sel_*', '(F "sel_1" & F "sel_2")'],
  ])('%s', (condition, meaning) => {
    expect(say(condition, many)).toBe(meaning);
  });

  it('is only one before "of"', () => {
    const names = '  all:\n    F: a\n  them:\n    F: b';
    expect(say('all and them', names)).toBe('(F "a" & F "b")');
  });
});

describe('what lies behind a search identifier', () => {
  const selected = (selection: string): string =>
    sayDetection(`  sel:${selection}\n  condition: sel`);

  it('is all of a map, and any of a list', () => {
    expect(selected('\n    F: a\n    G: [b, c]')).toBe('(F "a" & (G "b" | G "c"))');
    expect(selected('\n    - F: a\n      G: b\n    - H: c')).toBe('((F "a" & G "b") | H "c")');
    expect(selected('\n    - F: a\n    - key\n    - 7')).toBe(
      '((any * "key" * | any * "7" *) | F "a")',
    );
    expect(selected('\n    - - F: a\n      - F: b\n    - F: c')).toBe('((F "a" | F "b") | F "c")');
  });

  it('is never time frames and conditions', () => {
    expect(sayDetection('  sel:\n    F: a\n  timeframe: 5m\n  condition: all of them')).toBe(
      'F "a"',
    );
  });

  it('may be an alias, or merged', () => {
    expect(
      sayDetection('  one: &x\n    F: a\n    G: b\n  two:\n    <<: *x\n    G: c\n  condition: two'),
    ).toBe('(G "c" & F "a")');
    expect(sayDetection('  one:\n    F: &x [a, b]\n    G: *x\n  condition: one')).toBe(
      '((F "a" | F "b") & (G "a" | G "b"))',
    );
  });
});

describe('a wrong condition', () => {
  it.each([
    ["''", 'the condition is empty'],
    ["' '", 'the condition is empty'],
    ['a and', 'ends where something is missing'],
    ['and a', "'and' is not expected"],
    ['a b', "'b' is not expected"],
    ['a not b', "'not' is not expected"],
    ['(a', "a ')' is missing"],
    ['a)', "a ')' too many"],
    ['()', 'something is missing'],
    ['not', 'something is missing'],
    ['d', "names 'd', which no search identifier is called"],
    ['1 of', "'1 of' of what"],
    ['1 of d*', "no search identifier is called 'd*'"],
    ['some of them', 'neither'],
    ['0 of them', 'neither'],
    ['4 of them', '4 of 3 search identifiers can never hold'],
    ['a | count() by F > 5', 'was taken out of Sigma: write a correlation of type event_count'],
    ['a | near b', 'was taken out of Sigma: write a correlation of type temporal'],
    ['{a: b}', "'condition' is a list of texts"],
    ['null', 'the rule has no condition'],
  ])('%s', (condition, why) => {
    expect(say(condition)).toContain(why);
    expect(say(condition)).toMatch(/^a\.yml:\d+:\d+: /);
  });

  it('says where it stands', () => {
    expect(say('d')).toMatch(/^a\.yml:11:14: /);
  });

  it.each([
    ['a and (b or d)', 26],
    ["'a and (b or d)'", 27],
    ['"a and d"', 21],
    ['[a, b and d]', 24],
    ['a and 1 of d*', 20],
    ['a | count() > 5', 16],
    ['a and b)', 21],
    // What was escaped, or lies on several lines, has the place where it begins.
    [String.raw`"a and\u0020d"`, 14],
    ['>-\n    a and\n    d', 14],
  ])('says which word it is: %s', (condition, column) => {
    expect(say(condition)).toMatch(new RegExp(String.raw`^a\.yml:11:${column}: `));
  });
});

describe('a condition nested a thousand deep', () => {
  const deep = (open: string, innermost: string, close: string, times: number): string =>
    `'${open.repeat(times)}${innermost}${close.repeat(times)}'`;

  it('is what it is without its brackets', () => {
    expect(say(deep('(', 'a', ')', 1_000))).toBe(a);
    expect(say(deep('not (', 'a', ')', 1_000))).toBe(a);
    expect(say(deep('(', 'a', ')', 40_000))).toBe(a);
  });

  it('is read where each bracket counts', () => {
    const meaning = say(deep('a and (b or (', 'c', '))', 500));
    expect(meaning).toBe(`${`(${a} & (${b} | `.repeat(500)}${c}${'))'.repeat(500)}`);
  });

  it('keeps its meaning where "not" has to be moved to make it less deep', () => {
    // a and not (b or not (…)) is a and not b and (…), however often.
    expect(say(deep('a and not (b or not (', 'c', '))', 800))).toBe(`(${a} & !${b} & ${c})`);
  });

  it('is refused where it is too deep for anybody', () => {
    expect(say(deep('a and (b or (', 'c', '))', 5_000))).toContain('nested more than 1200 deep');
    expect(say(deep('(', 'a', ')', 60_000))).toContain('a condition of more than 100000 words');
  });
});
