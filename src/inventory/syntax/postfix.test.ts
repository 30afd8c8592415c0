import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lineAt, readLogicalLines } from './postfix-lines.ts';
import { cut, tablesOf, unbrace } from './postfix-list.ts';
import { makeExpander } from './postfix-macro.ts';
import { readSettings } from './postfix-main.ts';
import { readMaster } from './postfix-master.ts';

describe('logical lines', () => {
  test('go on where a line starts with white space, past comments and empty lines', () => {
    const { lines, skipped } = readLogicalLines('a = 1\n# note\n\n  2\n \t# note\nb = 3\n');
    expect(lines.map(({ text }) => text)).toEqual(['a = 1  2', 'b = 3']);
    expect(lines.map(line => lineAt(line, line.text.length - 1))).toEqual([4, 6]);
    expect(skipped).toEqual([]);
  });

  test('that continue nothing are told', () => {
    expect(readLogicalLines('  lost\na = 1').skipped).toEqual([{ offset: 0, line: 1 }]);
  });
});

describe('main.cf', () => {
  test('lets the last of several settings win, and keeps # within values', () => {
    const { settings, problems } = readSettings('a = 1 # x\nb=\na =  2\n  3 \nnothing\n');
    expect(settings.get('a')).toMatchObject({ value: { text: '2  3' }, line: 3 });
    expect(settings.get('b')?.value.text).toBe('');
    expect(problems).toEqual([{ line: 5, why: 'has no "=" after its name' }]);
  });
});

describe('macros', () => {
  const values: Readonly<Record<string, string>> = {
    full: 'x y',
    empty: '',
    level: '3.6',
    loop: 'a$again',
    again: 'b$loop',
    twice: '$full$full',
  };
  const expand = (text: string) => {
    const expander = makeExpander(name => (Object.hasOwn(values, name) ? values[name] : undefined));
    return { text: expander.expand(text).text, problems: [...expander.problems] };
  };

  test.each([
    ['$full|${full}|$(full)', 'x y|x y|x y'],
    ['$$full', '$full'],
    ['$missing.', '.'],
    ['${full?a}${empty?b}${empty:c}${full:d}', 'ac'],
    ['${empty?{a}:{b}}', 'b'],
    ['${full?{ a }:{b}}', ' a '],
    ['${ full ? {a} : {b} }', 'a'],
    ['${{$full} == {x y}?{same}:{other}}', 'same'],
    ['${{ x y } == {x y}?{same}:{other}}', 'other'],
    ['${{$level} >=level {3.10}?{new}:{old}}', 'old'],
    ['${{10} < {9}?{less}:{more}}', 'more'],
    ['${{a10} < {a9}?{less}:{more}}', 'less'],
    ['${{$full} != {x}}', 'true'],
    ['${empty?{a}:{${full?{$twice}}}}', 'x yx y'],
  ])('expand %s', (text, wanted) => {
    expect(expand(text)).toEqual({ text: wanted, problems: [] });
  });

  test.each(['$loop', '${full', '${}', '$-', '${{a}?{b}}', '${full?{a}b}'])(
    'that Postfix refuses are told: %s',
    text => {
      expect(expand(text).problems).toHaveLength(1);
    },
  );

  test('know where in the value a piece of the result stood', () => {
    const expander = makeExpander(() => 'long value');
    const { text, from } = expander.expand('ab $x cd');
    expect(text).toBe('ab long value cd');
    expect([from(1), from(6), from(text.length - 1)]).toEqual([1, 3, 7]);
  });

  test('that grow without end are cut short', () => {
    const expander = makeExpander(name => `$${name}a$${name}a `.repeat(2));
    const grow = makeExpander(name => {
      const depth = Number(name.slice(1));
      return depth > 40 ? 'x'.repeat(100) : `$v${depth + 1}$v${depth + 1}`;
    });
    expect(expander.expand('$v').text.length).toBeLessThan(100_000);
    expect(grow.expand('$v0').text.length).toBeLessThan(100_000);
    expect([...grow.problems]).toContain('expands to more text than is read');
  });
});

describe('lists', () => {
  test('are cut at commas and white space, not within braces', () => {
    expect(cut('a, b\t{ c, d } ,, e').map(({ text }) => text)).toEqual(['a', 'b', '{ c, d }', 'e']);
    expect(unbrace({ text: '{ c, d }', offset: 5 })).toEqual({ text: 'c, d', offset: 7 });
    expect(unbrace({ text: '{a}b', offset: 0 })).toBeUndefined();
  });

  test('lead to tables through proxies and combinations', () => {
    const tables = (text: string) =>
      tablesOf({ text, offset: 0 }).map(({ type, name, through }) => [...through, type, name]);
    expect(tables('!proxy:mysql:/etc/x.cf')).toEqual([['proxy', 'mysql', '/etc/x.cf']]);
    expect(tables('unionmap:{hash:/a, proxy:ldap:b}')).toEqual([
      ['unionmap', 'hash', '/a'],
      ['unionmap', 'proxy', 'ldap', 'b'],
    ]);
    expect(tables('randmap:{hash:/a, b}')).toEqual([['randmap', '{hash:/a, b}']]);
    expect(tables('permit_mynetworks')).toEqual([]);
    expect(tables(`${'proxy:'.repeat(50)}hash:/a`)).toEqual([]);
  });
});

describe('master.cf', () => {
  test('gives services with their options and the words behind them', () => {
    const { services, problems } = readMaster(
      '#gone inet n - n - - smtpd\nsmtp inet n - - - - smtpd -v\n  -o a=1 -o { b = 2, 3 }\n# c\n  -oc=$x -o a=4\nf unix - n n - 2 pipe\n  user=u argv=/bin/f { a b }\nbad unix\nfifo what n - n - - x\n',
    );
    expect(services.map(({ name, command }) => [name, command])).toEqual([
      ['smtp', 'smtpd'],
      ['f', 'pipe'],
    ]);
    const [smtp, f] = services;
    expect([...(smtp?.overrides ?? [])].map(([name, { value }]) => [name, value.text])).toEqual([
      ['a', '4'],
      ['b', '2, 3'],
      ['c', '$x'],
    ]);
    expect(smtp?.chroot).toBeUndefined();
    expect(f?.words).toEqual([
      { text: 'user=u', line: 7 },
      { text: 'argv=/bin/f', line: 7 },
      { text: 'a b', line: 7 },
    ]);
    expect(problems.map(({ line }) => line)).toEqual([8, 9]);
  });

  test('lets the last of two services of one name and type win', () => {
    const { services } = readMaster(
      'a inet n - n - - one\na unix n - n - - two\na inet n - n - - three\n',
    );
    expect(services.map(({ command }) => command)).toEqual(['two', 'three']);
  });
});

test('nothing that anybody writes makes the readers throw', () => {
  const piece = fc.constantFrom(
    'a',
    ' ',
    '\n',
    '=',
    '$',
    '{',
    '}',
    '?',
    ':',
    '<',
    ',',
    '#',
    '-o',
    'unix - n n - 0 pipe',
    '(',
    ')',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 120 }), pieces => {
      const text = pieces.join('');
      readMaster(text);
      const { settings } = readSettings(text);
      const expander = makeExpander(name => settings.get(name)?.value.text);
      expect(expander.expand(text).text.length).toBeLessThanOrEqual(65_536);
      for (const token of cut(text)) tablesOf(token);
    }),
  );
});
