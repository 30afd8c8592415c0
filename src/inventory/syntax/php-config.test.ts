import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memoryView } from '../../../test/support/memory.ts';
import { phpVariable, readPhpConfig } from './php-config.ts';
import { type PhpValue, phpAt, phpItems, phpText, phpTruth } from './php-values.ts';

const main = '/etc/app/config.php';

/** `$config` of a program, and of the files beside it. */
const configOf = (source: string, others: Readonly<Record<string, string>> = {}) => {
  const files = memoryView({ [main]: `<?php\n${source}`, ...others });
  const config = readPhpConfig(files, main, { constants: { APP_PATH: '/srv/app/' } });
  const value = config === undefined ? undefined : phpVariable(config, 'config');
  return { value, at: (...keys: string[]) => phpAt(value, ...keys), notes: files.unseen };
};

/** Sure texts of a list, and those that may be in it with a question mark. */
const listOf = (value: PhpValue | undefined): readonly string[] =>
  phpItems(value).items.map(
    ({ value: item, maybe }) => `${phpText(item) ?? '(unknown)'}${maybe === undefined ? '' : '?'}`,
  );

test.each<[string, string, readonly string[]]>([
  ['array()', `$config['p'] = array('a', "b",);`, ['a', 'b']],
  ['[]', `$config['p'] = ['a']; $config["p"][] = 'b';`, ['a', 'b']],
  ['later assignment wins', `$config['p'] = ['x']; $config['p'] = ['a'];`, ['a']],
  ['array_merge', `$config['p'] = array_merge(['a'], array('b'));`, ['a', 'b']],
  ['array_push', `$config['p'] = []; array_push($config['p'], 'a', 'b');`, ['a', 'b']],
  ['spread', `$own = ['a']; $config['p'] = [...$own, 'b'];`, ['a', 'b']],
  ['comments', `$config['p'] = [ // 'x',\n# 'y',\n/* 'z', */ 'a' ];`, ['a']],
  ['explode', `$config['p'] = explode(' ', 'a b');`, ['a', 'b']],
  ['unset', `$config['p'] = ['x', 'a']; unset($config['p'][0]);`, ['a']],
  ['array_diff', `$config['p'] = array_diff(['a', 'x'], ['x']);`, ['a']],
  ['foreach', `foreach (['a', 'b'] as $each) { $config['p'][] = $each; }`, ['a', 'b']],
  ['another name', `$all = &$config; $all['p'][] = 'a';`, ['a']],
  ['a name in a variable', `$key = 'p'; $config[$key] = ['a'];`, ['a']],
  ['decided condition', `$config['p'] = 1 > 2 ? ['x'] : ['a'];`, ['a']],
  ['undecided condition', `$config['p'] = ['a']; if (X) $config['p'][] = 'b';`, ['a', 'b?']],
  ['two ways', `if ($_GET['q']) $config['p'] = ['a']; else $config['p'] = ['b'];`, ['a?', 'b?']],
  ['replaced under a condition', `$config['p'] = ['a'];\nif (X) $config['p'] = [];`, ['a?']],
  ['may be taken out', `$config['p'] = array_diff(['a', 'b'], [getenv('X')]);`, ['a?', 'b?']],
  ['unknown round', `while (X) { $config['p'][] = 'a'; }`, ['a?', 'a?']],
])('a list by %s', (_, source, expected) => {
  expect(listOf(configOf(source).at('p'))).toEqual(expected);
});

test.each<[string, string, string]>([
  ['constants', `define('HERE', 'x'); $config['k'] = APP_PATH . HERE;`, '/srv/app/x'],
  ['__DIR__', `$config['k'] = __DIR__ . '/x';`, '/etc/app/x'],
  [
    'variables in texts',
    `$a = ['b' => 1]; $h = 'h'; $config['k'] = "$h-{$a['b']}-$a[b]";`,
    'h-1-1',
  ],
  ['heredoc', `$v = 'x'; $config['k'] = <<<EOT\n  a $v\n  EOT;`, 'a x'],
  ['nowdoc', `$config['k'] = <<<'EOT'\na $v\nEOT;`, 'a $v'],
  [
    'switch',
    `switch ('b') { case 'a': $config['k'] = 1; break; case 'b': $config['k'] = 2; }`,
    '2',
  ],
  ['sprintf', `$config['k'] = sprintf('ssl://%s', 'imap.example.jp');`, 'ssl://imap.example.jp'],
  ['default', `$config['k'] = $none ?? 'x';`, 'x'],
])('a text by %s', (_, source, expected) => {
  expect(phpText(configOf(source).at('k'))).toBe(expected);
});

describe('what is not decided', () => {
  test('an environment variable is unknown, with its default as a candidate', () => {
    const value = configOf(`$config['k'] = getenv('IMAP') ?: 'imap.example.jp';`).at('k');
    expect(value).toMatchObject({
      is: 'unknown',
      why: 'the environment variable IMAP decides it',
      candidates: [{ text: 'imap.example.jp' }],
    });
  });

  test('a text that is decided in part keeps its shape', () => {
    const value = configOf(
      `$config['k'] = 'mysql://rc:' . trim(file_get_contents('/run/pw')) . '@db.example.jp/rc';`,
    ).at('k');
    expect(value).toMatchObject({
      why: 'it is read from /run/pw',
      shape: 'mysql://rc:…@db.example.jp/rc',
    });
  });

  test('a program that ends under a condition decides nothing else', () => {
    const { at } = configOf(`if (!defined('APP')) { die('no'); }\n$config['k'] = true;`);
    expect(phpTruth(at('k'))).toBe(true);
  });

  test('a function of its own may change what it is given', () => {
    const source = `function add(&$list) { $list[] = 'b'; }\n$config['p'] = ['a']; add($config['p']);`;
    expect(listOf(configOf(source).at('p'))).toEqual(['a?']);
  });

  test.each(['eval($_GET["x"]);', 'extract($_ENV);', 'include $_SERVER["X"];', '$$_GET["x"] = 1;'])(
    'after %s nothing is sure, what is not set included',
    line => {
      const { at } = configOf(`$config['p'] = ['a'];\n${line}`);
      expect(listOf(at('p'))).toEqual(['a?']);
      expect(at('absent')?.is).toBe('unknown');
    },
  );
});

describe('what happened before a condition was met', () => {
  test('a constant that is defined under a condition is not decided', () => {
    const { at } = configOf(
      `if ($_GET['q']) define('ON', true);\n$config['k'] = defined('ON') ? 1 : 2;`,
    );
    expect(at('k')?.is).toBe('unknown');
  });

  test('numbers behind an entry that may be there are not believed', () => {
    const { at } = configOf(
      `if ($_GET['q']) $config['p'][] = 'x';\n$config['p'][] = 'y';\nunset($config['p'][1]);`,
    );
    expect(listOf(at('p'))).toEqual(['x?', 'y?']);
  });

  test('what a failing block had set is kept as possible', () => {
    const { at } = configOf(
      `try { $config['k'] = 1; throw new Exception(); } catch (Exception $e) { $config['l'] = 2; }`,
    );
    expect(at('k')).toMatchObject({ is: 'unknown', candidates: [{ number: 1 }] });
    expect(at('l')).toMatchObject({ number: 2 });
  });

  test('array_push keeps the keys that are there, array_unshift gives new ones', () => {
    const { at } = configOf(
      `$config['a'] = [5 => 'x']; array_push($config['a'], 'y');\n$config['b'] = [5 => 'x']; array_unshift($config['b'], 'y');`,
    );
    expect(phpItems(at('a')).items.map(({ key }) => key)).toEqual([5, 6]);
    expect(phpItems(at('b')).items.map(({ key }) => key)).toEqual([0, 1]);
  });

  test('a file that is included once on one way is included on the other', () => {
    const { at } = configOf(
      `if ($_GET['q']) { include_once 'a.php'; } else { include_once 'a.php'; }`,
      { '/etc/app/a.php': `<?php $config['k'] = 1;` },
    );
    expect(at('k')).toMatchObject({ number: 1 });
  });
});

describe('included files', () => {
  test('share the variables of the file that includes them', () => {
    const { at, notes } = configOf(
      `include('/etc/app/db.php');\n$config['dsn'] = "$type://$host/$name";\n$config['own'] = require __DIR__ . '/own.php';`,
      {
        '/etc/app/db.php': `<?php $type='mysql'; $host=''; if ($host == '') $host='localhost'; $name='rc';`,
        '/etc/app/own.php': `<?php return ['k' => 'v'];`,
      },
    );
    expect(phpText(at('dsn'))).toBe('mysql://localhost/rc');
    expect(phpText(at('own', 'k'))).toBe('v');
    expect(at('own', 'k')).toMatchObject({ at: { path: '/etc/app/own.php', line: 1 } });
    expect(notes).toEqual([]);
  });

  test('that include each other end', () => {
    const { at, notes } = configOf(`include 'b.php'; $config['k'] = 1;`, {
      '/etc/app/b.php': `<?php include 'b.php';`,
    });
    expect(at('k')).toMatchObject({ is: 'number' });
    expect(notes[0]?.why).toContain('more files than are followed');
  });

  test('that are not there are noted, unless the program says that they may be missing', () => {
    expect(configOf(`include '/none.php';`).notes).toHaveLength(1);
    expect(configOf(`@include '/none.php';`).notes).toEqual([]);
    expect(configOf(`if (is_file('/none.php')) include '/none.php';`).notes).toEqual([]);
  });
});

test('a file that does not parse decides nothing, and what stands before the fault may be true', () => {
  const { at, notes } = configOf(`$config['p'] = ['a'];\n$config['q'] = ['b'\n$config['r'] = 1;`);
  expect(listOf(at('p'))).toEqual(['a?']);
  expect(at('r')?.is).toBe('unknown');
  expect(notes[0]).toMatchObject({ what: `${main}:4` });
});

test('a program too long to follow decides nothing, and ends', () => {
  const { at, notes } = configOf(
    `$config['p'] = ['a'];\n${'foreach (range(1, 9) as $x) { while (X) { '.repeat(12)}$config['p'][] = 1;${'}}'.repeat(12)}`,
  );
  expect(listOf(at('p'))[0]).toBe('a?');
  expect(notes.some(({ why }) => why.includes('too long'))).toBe(true);
});

test('deep and odd sources end without a word of PHP being believed', () => {
  for (const source of [
    '['.repeat(50_000),
    '('.repeat(50_000),
    '"$'.repeat(5_000),
    '<?php '.repeat(900),
  ]) {
    expect(() => configOf(`$config['a'] = ${source}`)).not.toThrow();
  }
});

test('any text is read without throwing', () => {
  const words = fc.constantFrom(
    '$config',
    "['p']",
    '[]',
    '=',
    ';',
    '(',
    ')',
    '{',
    '}',
    'if',
    'else',
    'foreach',
    'as',
    '$x',
    '=>',
    "'a'",
    '"b$x"',
    'array',
    'unset',
    'switch',
    'case',
    ':',
    'break',
    'return',
    '.',
    '?',
    '??',
    'include',
    '__DIR__',
    'function',
    'f',
    '&',
    ',',
    '1',
    'while',
    'list',
    'match',
    '<<<A\n',
    '\nA',
    '?>',
    '<?php',
  );
  fc.assert(
    fc.property(fc.array(words, { maxLength: 60 }), parts => {
      configOf(parts.join(' '));
    }),
    { numRuns: 400 },
  );
});
