import { describe, expect, test } from 'vitest';
import { dequote, readExim, settingNamed } from './exim.ts';
import { expansionItems } from './exim-expansion.ts';
import { type EximLines, physicalLines, readEximLines } from './exim-lines.ts';
import { splitEximList } from './exim-lists.ts';

const read = (text: string, included: Readonly<Record<string, string>> = {}): EximLines =>
  readEximLines(
    physicalLines('/etc/exim.conf', text),
    { include: path => included[path], builtin: name => name.startsWith('_HAVE_SPF') },
    '/etc',
  );

const setting = (text: string, name: string, included = {}): string | undefined =>
  settingNamed(readExim(read(text, included).lines).main, name)?.value;

describe('macros of Exim', () => {
  test('are put in as they stand when the line is read', () => {
    expect(setting('A = one\nx = A\nA == A two\ny = A\n', 'x')).toBe('one');
    expect(setting('A = one\nx = A\nA == A two\ny = A\n', 'y')).toBe('one two');
  });

  test('of the build count only where a name of the line begins like them', () => {
    const within = (condition: string): string | undefined =>
      setting(`.ifdef ${condition}\nx = yes\n.else\nx = no\n.endif\n`, 'x');
    expect(within('_HAVE_SPF')).toBe('yes');
    expect(within('MY_HAVE_SPF')).toBe('no');
    expect(within('a_HAVE_SPFx')).toBe('yes');
  });

  test('that Exim refuses are problems with their line', () => {
    expect(read('A = 1\nA = 2\nB == 3\nAX = 4\n').problems.map(({ line }) => line)).toEqual([
      2, 3, 4,
    ]);
  });

  test('that multiply end at the bound, and say so', () => {
    const { lines, problems } = read(`AA = ${'x'.repeat(60_000)}\n${'b = AA\n'.repeat(5_000)}`);
    expect(lines.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThan(9_000_000);
    expect(problems.length).toBeGreaterThan(0);
  });
});

test('a line goes on over comments, conditions and includes, and keeps its first place', () => {
  const { lines, problems } = read(
    'x = a \\\n  # comment\n.ifdef NEVER\n  never \\\n.endif\n.include more\n  c\ny = d\n',
    { '/etc/more': '  b \\\n' },
  );
  expect(problems).toEqual([]);
  expect(lines.map(({ text, line }) => [line, text])).toEqual([
    [1, 'x = a b c'],
    [8, 'y = d'],
  ]);
});

test('an include of itself ends, and says so', () => {
  const { problems } = read('.include /etc/loop\n', { '/etc/loop': '.include /etc/loop\n' });
  expect(problems[0]?.why).toContain('nest deeper');
});

test.each([
  ['a : b:: c :d', ['a', 'b: c', 'd']],
  ['<; ::1 ; a;;b', ['::1', 'a;b']],
  ['<\\n a b', ['a b']],
  [':syslog', ['', 'syslog']],
  ['', []],
])('the list %s', (text, items) => {
  expect(splitEximList(text)).toEqual(items);
});

test.each([
  ['"a\\x41\\102\\n\\"b" rest', 'aAB\n"b'],
  [' plain "as is" ', 'plain "as is"'],
])('the value %s', (text, value) => {
  expect(dequote(text)).toBe(value);
});

test('expansions are found within each other, with what stands in their braces', () => {
  const items = expansionItems(
    '${if eq{${lookup{$local_part}lsearch*{/etc/x}{$value}fail}}{1}{${run{/bin/y -a}}}{${lookup mysql,servers=db {SELECT \\} FROM t}}}}',
  );
  expect(items.map(({ name }) => name)).toEqual(['if', 'lookup', 'run', 'lookup']);
  expect(items[1]).toMatchObject({
    between: 'lsearch*',
    args: ['$local_part', '/etc/x', '$value'],
  });
  expect(items[2]?.args[0]).toBe('/bin/y -a');
  expect(items[3]).toMatchObject({ head: 'mysql,servers=db', args: ['SELECT \\} FROM t'] });
});
