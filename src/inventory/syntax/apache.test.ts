import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryView } from '../../../test/support/memory.ts';
import { type ApacheDirective, readApache } from './apache.ts';
import { audienceOf } from './apache-access.ts';
import { apacheLines, apacheWords, expandVariables, readEnvironment } from './apache-lines.ts';
import { apachePass } from './apache-pass.ts';

const read = (texts: Readonly<Record<string, string>>, defines: readonly string[] = []) => {
  const files = memoryView(texts);
  const main = readApache(files, {
    config: '/etc/a.conf',
    serverRoot: '/etc',
    environment: new Map([['LOGS', '/var/log/a']]),
    defines,
    version: '2.4.62',
  });
  return { main, notes: files.unseen };
};

const flat = (main: readonly ApacheDirective[]): readonly string[] =>
  main.map(each => [each.name, ...each.args].join(' '));

test('continued lines keep the line on which they begin', () => {
  // A comment goes on like any other line.
  expect(apacheLines('# c\\\nA\nB')).toEqual([{ text: 'B', line: 3 }]);
  expect(apacheLines('A \\\n b\n\nC d')).toEqual([
    { text: 'A  b', line: 1 },
    { text: 'C d', line: 4 },
  ]);
});

test('words and quotes', () => {
  expect(apacheWords('LogFormat "%h \\"%r\\"" \'a b\' c')).toEqual([
    'LogFormat',
    '%h "%r"',
    'a b',
    'c',
  ]);
});

test('envvars of Debian', () => {
  const text =
    'if [ x ]; then\n\tSUFFIX="-x"\nelse\n\tSUFFIX=\nfi\nexport A_LOG=/var/log/a$SUFFIX\nB="${A_LOG}/b"\n: "${C:=d}"\n';
  const values = readEnvironment(text, new Map([['SUFFIX', '']]));
  expect(values.get('A_LOG')).toBe('/var/log/a');
  expect(values.get('B')).toBe('/var/log/a/b');
  expect(expandVariables('${B}/x ${NONE}', values)).toBe('/var/log/a/b/x ${NONE}');
});

test('conditions are settled while reading, in order', () => {
  const { main } = read(
    {
      '/etc/a.conf': [
        '<IfModule mod_ssl.c>\nListen 1\n</IfModule>',
        'LoadModule ssl_module modules/mod_ssl.so',
        '<IfModule ssl_module>\nListen 443\n<IfModule !mod_php.c>\nListen 444\n</IfModule>\n</IfModule>',
        '<IfModule mod_none.c>\nListen 2\n<IfModule ssl_module>\nListen 3\n</IfModule>\n</IfModule>',
        'Define TEST 8080\n<IfDefine TEST>\nListen ${TEST}\n</IfDefine>\n<IfDefine !FLAG>\nListen 4\n</IfDefine>',
        '<IfVersion >= 2.4>\nListen 5\n</IfVersion>\n<IfVersion < 2.4>\nListen 6\n</IfVersion>',
      ].join('\n'),
    },
    ['FLAG'],
  );
  expect(flat(main).filter(text => text.startsWith('listen'))).toEqual([
    // Before the first LoadModule nothing says that the module is missing.
    'listen 1',
    'listen 443',
    'listen 444',
    'listen 8080',
    'listen 5',
  ]);
});

test('a macro is put in with its arguments, at the line that uses it', () => {
  const { main } = read({
    '/etc/a.conf':
      '<Macro Host $name $names>\n<VirtualHost *:80>\nServerName $names.$name\n</VirtualHost>\n</Macro>\nUse host example.jp www\n',
  });
  expect(main).toMatchObject([
    { name: 'virtualhost', line: 6, block: [{ name: 'servername', args: ['www.example.jp'] }] },
  ]);
});

test('loops and missing files are noted, and reading goes on', () => {
  const { main, notes } = read({
    '/etc/a.conf':
      'Include a.conf\nInclude gone.conf\nIncludeOptional gone2.conf\nListen 80\n<Directory /x>\n',
  });
  expect(flat(main)).toContain('listen 80');
  expect(notes.map(({ why }) => why).join('\n')).toMatch(
    /includes itself[^]*is not there[^]*does not end <directory>/,
  );
});

test('a macro that uses itself ends', () => {
  const started = performance.now();
  read({ '/etc/a.conf': `<Macro a>\n${'Use a\n'.repeat(20)}</Macro>\nUse a\n` });
  expect(performance.now() - started).toBeLessThan(3_000);
});

test('any text ends', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), text => {
      expect(read({ '/etc/a.conf': text }).main.length).toBeLessThanOrEqual(text.length);
    }),
  );
});

const section = (name: string, arg: string, ...rules: readonly string[]): ApacheDirective => ({
  name,
  args: [arg],
  path: '/x',
  line: 1,
  block: rules.map(rule => {
    const [first = '', ...args] = rule.split(' ');
    return { name: first.toLowerCase(), args, path: '/x', line: 2 };
  }),
});

test.each([
  [[section('directory', '/srv/', 'Require all granted')], {}],
  [[section('directory', '/srv/mail', 'Require all denied')], { nobody: true }],
  [[section('directory', '/', 'Require all denied')], {}],
  [[section('directory', '/srv', 'Require ip 10.0.0.0/8')], { onlyFrom: { who: ['10.0.0.0/8'] } }],
  [[section('directory', '/srv', 'Require ip 10.0.0.0/8', 'Require all granted')], {}],
  [
    [section('directory', '/srv', 'Order deny,allow', 'Deny from all', 'Allow from 192.0.2.1')],
    { onlyFrom: { who: ['192.0.2.1'] } },
  ],
  [
    [
      section('directory', '/srv', 'Require all granted'),
      section('location', '/mail', 'Require local'),
    ],
    { onlyFrom: { who: ['localhost'] } },
  ],
])('who may open it: %#', (sections, audience) => {
  expect(audienceOf(sections, { folder: '/srv/mail', url: '/mail' })).toMatchObject(audience);
  expect(Object.keys(audienceOf(sections, { folder: '/srv/mail', url: '/mail' }))).toEqual(
    Object.keys(audience),
  );
});

test.each([
  ['unix:/run/x.sock|fcgi://localhost/', 'fastcgi', { net: 'unix', path: '/run/x.sock' }],
  [
    'http://user:secret@127.0.0.1:20000/SOGo',
    'http',
    { net: 'tcp', host: '127.0.0.1', port: 20_000 },
  ],
  ['uwsgi://localhost/', 'uwsgi', { net: 'tcp', host: 'localhost', port: 3031 }],
])('the target %s', (target, protocol, endpoint) => {
  const [pass] = apachePass(target, { path: '/x' }, new Map());
  expect(pass).toMatchObject({ protocol, endpoint });
  expect(pass?.as).not.toContain('secret');
});
