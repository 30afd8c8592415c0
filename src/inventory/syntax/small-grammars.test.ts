import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCrontab } from '../../core/formats/crontab.ts';
import { parseUnit } from '../../core/formats/systemd.ts';
import { readXml, xmlAll } from '../../core/formats/xml.ts';
import { parseDatabaseUrl, showDatabase } from './database-url.ts';
import { readPhpPools } from './php-fpm.ts';
import { plistText, readPlist } from './plist.ts';
import { readPythonIni } from './python-ini.ts';
import { pyEntry, pySetting, pyText, pyTexts, readPythonSettings } from './python-literals.ts';

test('no reader throws or hangs on any text', () => {
  const alphabet = fc.constantFrom(...'{}()[]=;:,"\'\\<>/&!#% \n\tab$'.split(''));
  const text = fc.oneof(
    fc.string({ unit: alphabet, maxLength: 200 }),
    fc.string({ unit: 'binary', maxLength: 200 }),
  );
  fc.assert(
    fc.property(text, each => {
      readPlist(each);
      readPythonIni(each);
      readPythonSettings(each);
      readXml(each);
      parseUnit(each, '/x');
      parseCrontab(each, '/x', true);
      readPhpPools(each, '/x');
      parseDatabaseUrl(each);
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ['deep lists', readPlist, '('.repeat(100_000)],
  ['deep tuples', readPythonSettings, `A = ${'('.repeat(100_000)}`],
  ['deep elements', readXml, '<a>'.repeat(100_000)],
  ['many attributes', readXml, `<a ${'b="c" '.repeat(100_000)}>`],
  ['a tag of quotes', readXml, '<a "'.repeat(50_000)],
  ['a string of strings', readPythonSettings, `A = ${'"a" '.repeat(50_000)}`],
  ['doctypes', readXml, '<!DOCTYPE a ['.repeat(20_000)],
])('%s end in good time', (_, reader: (text: string) => unknown, text) => {
  const started = performance.now();
  reader(text);
  expect(performance.now() - started).toBeLessThan(2_000);
});

test('plists: comments, quotes, and a list without braces', () => {
  const { value } = readPlist('// c\n{ a = "x;\\"y"; /* b = 1; */\n c = http://h/p; }');
  expect(plistText(value, 'a')).toEqual({ text: 'x;"y', line: 2 });
  expect(plistText(value, 'b')).toBeUndefined();
  expect(plistText(value, 'c')).toEqual({ text: 'http://h/p', line: 3 });
  expect(plistText(readPlist('a = b;\nc = d;').value, 'c')).toEqual({ text: 'd', line: 2 });
  expect(readPlist('{ a = b c = d; }').fault).toMatchObject({ line: 1 });
});

test('plists: what is written comes back', () => {
  const word = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_.-]{0,9}$/);
  fc.assert(
    fc.property(fc.dictionary(word, fc.string({ maxLength: 20 })), pairs => {
      const text = `{ ${Object.entries(pairs)
        .map(([key, value]) => `${key} = "${value.replace(/["\\]/g, '\\$&')}";`)
        .join('\n')} }`;
      const { value } = readPlist(text);
      for (const [key, wanted] of Object.entries(pairs))
        expect(plistText(value, key)?.text).toBe(wanted);
    }),
  );
});

test('Python settings: only what stands at the margin, strings joined, lists added to', () => {
  const settings = readPythonSettings(
    [
      '"""',
      "A = 'doc'",
      '"""',
      'A = (',
      "  'x',  # 'never'",
      '  "y" \'z\',',
      ')',
      "A += ['w']",
      'if True:',
      "    A = ['inner']",
      "D = {'k': {'n': r'\\d'}, 'f': call('q', 'r')}",
      "E = env('X') or 'y'",
    ].join('\n'),
  );
  expect(pyTexts(pySetting(settings, 'A')).map(({ text }) => text)).toEqual(['x', 'yz', 'w']);
  const d = pySetting(settings, 'D');
  expect(pyText(pyEntry(pyEntry(d, 'k')?.value, 'n')?.value)).toBe('\\d');
  expect(pyEntry(d, 'f')?.value.is).toBe('other');
  expect(pySetting(settings, 'E')?.is).toBe('other');
});

test('XML: five entities, numbers, and none of the document’s own', () => {
  const { root, entitiesAt } = readXml(
    '<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY b "c">]>\n<a x="&lt;&#65;&b;"><!-- <k/> -->\n<k>1</k><![CDATA[<k/>]]></a>',
  );
  expect(root?.attributes.get('x')).toBe('<A&b;');
  expect(root && xmlAll(root, 'k').map(({ text, line }) => [text, line])).toEqual([['1', 4]]);
  expect(entitiesAt).toBe(2);
  expect(readXml('<a><b></a>').fault?.why).toBe('tags do not match');
});

test('units: comments between continued lines, and lines numbered from where they begin', () => {
  expect(parseUnit('[Service]\nExecStart=/a \\\n# c\n  b\nUser=x', '/u')).toEqual([
    { section: 'Service', key: 'ExecStart', value: '/a  b', because: { path: '/u', line: 2 } },
    { section: 'Service', key: 'User', value: 'x', because: { path: '/u', line: 5 } },
  ]);
});

test('crontabs: users, @reboot, variables and what goes to standard input', () => {
  const text = 'MAILTO=a\n# c\n*/5 * * * * mail /bin/x a\\%b%in\n@daily mail y\n1 2 3 4 5 short\n';
  expect(parseCrontab(text, '/c', true)).toEqual([
    {
      command: '/bin/x a\\%b',
      schedule: '*/5 * * * *',
      user: 'mail',
      because: { path: '/c', line: 3 },
    },
    { command: 'y', schedule: '@daily', user: 'mail', because: { path: '/c', line: 4 } },
  ]);
});

test.each([
  [
    'mysql://u:p@ss/w:rd@db:3306/mail/users',
    { scheme: 'mysql', host: 'db:3306', database: 'mail', table: 'users', hasPassword: true },
  ],
  [
    'postgresql+psycopg2://u@/lists',
    { scheme: 'postgresql', host: '', database: 'lists', hasPassword: false },
  ],
  [
    'sqlite:////var/lib/x.db',
    { scheme: 'sqlite', host: '', database: '/var/lib/x.db', hasPassword: false },
  ],
  [
    'mysql+pymysql://u:p@h/d?charset=utf8&x=a@b',
    { scheme: 'mysql', host: 'h', database: 'd', hasPassword: true },
  ],
])('the database of %s', (text, wanted) => {
  const url = parseDatabaseUrl(text);
  expect(url).toEqual(wanted);
  expect(url && showDatabase(url)).not.toContain('p@ss');
});

test('PHP pools: $pool, comments and quotes', () => {
  const text =
    '; c\n[global]\nerror_log = x\n[mail]\nuser = "web" ; why\nlisten = /run/$pool.sock\n';
  expect(readPhpPools(text, '/p')).toMatchObject([
    {
      name: 'mail',
      line: 4,
      user: { name: 'web' },
      listen: { endpoint: { net: 'unix', path: '/run/mail.sock' } },
    },
  ]);
});
