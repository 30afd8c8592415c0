import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseNginx } from './nginx.ts';
import { parseNginxAddress, substitute } from './nginx-address.ts';
import { constantFolder, literalPrefix } from './web-paths.ts';

const names = (text: string) => parseNginx(text, '/x').directives;

test('quotes, escapes, comments and braces in variables', () => {
  const text = 'a "x; y {" \'z\' ${v}w; # b c;\nd { e f\n g; }\n';
  const [first, second] = names(text);
  expect(first).toMatchObject({ name: 'a', args: ['x; y {', 'z', '${v}w'], line: 1 });
  expect(second).toMatchObject({
    name: 'd',
    line: 2,
    block: [{ name: 'e', args: ['f', 'g'], line: 2 }],
  });
});

test('a regular expression keeps its backslashes', () => {
  expect(names('location ~ ^/(.*\\.php)$ { }')[0]?.args).toEqual(['~', '^/(.*\\.php)$']);
});

test('the inside of a Lua block is not read', () => {
  const { directives, faults } = parseNginx(
    'content_by_lua_block { if a then b = { } end }\nroot /x;',
    '/x',
  );
  expect(faults).toEqual([]);
  expect(directives).toMatchObject([{ name: 'root', line: 2 }]);
});

test.each([
  ['server { listen 80;', 'ends within a block'],
  ['root /x', 'ends within a directive'],
  ['}', 'has a "}" too many'],
  ['server { root /x }', '"root" is not ended by ";"'],
])('%s is refused', (text, why) => {
  expect(parseNginx(text, '/x').faults.map(fault => fault.why)).toContain(why);
});

test('any text ends, and every word of a plain directive comes back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), text => {
      expect(parseNginx(text, '/x').directives.length).toBeLessThanOrEqual(text.length);
    }),
  );
  const word = fc.stringMatching(/^[a-z0-9/.:_-]{1,12}$/);
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), words => {
      const [first, ...rest] = words;
      expect(names(`${words.join(' ')};`)).toMatchObject([{ name: first, args: rest }]);
    }),
  );
});

test.each([
  ['unix:/run/a.sock', { net: 'unix', path: '/run/a.sock' }],
  ['127.0.0.1:9000', { net: 'tcp', host: '127.0.0.1', port: 9000 }],
  ['[::1]', { net: 'tcp', host: '::1', port: 80 }],
  ['backend', { net: 'tcp', host: 'backend', port: 80 }],
  ['$where:80', undefined],
])('the address %s', (text, endpoint) => {
  expect(parseNginxAddress(text, 80)).toEqual(endpoint);
});

test('variables multiply only as far as they are bounded', () => {
  const variables = new Map([['a', Array.from({ length: 60 }, (_, i) => `$a${i}$a`)]]);
  expect(substitute('$a', variables).length).toBeLessThanOrEqual(50);
  expect(substitute('/x/$b', new Map([['b', ['1', '2']]]))).toEqual(['/x/1', '/x/2']);
});

test.each([
  ['/srv/$host/web', '/srv'],
  ['/usr/share/roundcube/$1', '/usr/share/roundcube'],
  ['/srv/x', '/srv/x'],
  ['$root', undefined],
  ['/$x', undefined],
])('what is constant of %s', (text, folder) => {
  expect(constantFolder(text)).toBe(folder);
});

test.each([
  ['^/webmail(/.*)?$', '/webmail'],
  ['^/webmail/', '/webmail/'],
  ['^/webmail/?$', '/webmail'],
  ['^/web.*', '/'],
  ['\\.php$', '/'],
])('the beginning of %s', (expression, prefix) => {
  expect(literalPrefix(expression)).toBe(prefix);
});
