import { expect, test } from 'vitest';
import { memoryView } from '../../../test/support/memory.ts';
import type { Served, WebPass } from '../syntax/served.ts';
import { copiesOf, softwareBehind } from './mail-software.ts';

const because = { path: '/etc/nginx/nginx.conf', line: 3 };
const pass = (protocol: WebPass['protocol'], as: string, port?: number): WebPass => ({
  protocol,
  as,
  path: '',
  because,
  ...(port === undefined ? {} : { endpoint: { net: 'tcp', host: '127.0.0.1', port } as const }),
});
const route = (url: string, to: WebPass): Served => ({
  server: { id: 'nginx', config: '/etc/nginx/nginx.conf' },
  url,
  to: [to],
  listens: [],
  names: [],
  logs: [],
  because,
});
const behind = (url: string, to: WebPass): string | undefined =>
  softwareBehind(memoryView({}), route(url, to))?.name;

test('ActiveSync of scripts that the web server runs is not SOGo', () => {
  const php = pass('fastcgi', 'unix:/run/php/php8.2-fpm.sock');
  expect(behind('/Microsoft-Server-ActiveSync', php)).toBeUndefined();
});

test('ActiveSync and SOGo handed on to its port are SOGo', () => {
  const sogo = pass('http', 'http://127.0.0.1:20000', 20_000);
  expect(behind('/Microsoft-Server-ActiveSync', sogo)).toBe('SOGo');
  expect(behind('^~ /SOGo', sogo)).toBe('SOGo');
  expect(behind('/SOGo', pass('http', 'http://192.0.2.5:8080', 8_080))).toBe('SOGo');
  expect(behind('/shop', sogo)).toBeUndefined();
});

test('a port is Mailman where its own uWSGI listens on it', () => {
  const shop = route('/', pass('http', 'http://127.0.0.1:8000', 8_000));
  const ini = '[uwsgi]\nhttp-socket = 0.0.0.0:8000\n';
  expect(softwareBehind(memoryView({}), shop)).toBeUndefined();
  expect(softwareBehind(memoryView({ '/etc/mailman3/uwsgi.ini': ini }), shop)?.name).toBe(
    'Mailman 3',
  );
});

test('a CGI program of mail software stands in a folder of many', () => {
  const tree = { '/usr/lib/cgi-bin/sqwebmail': '', '/usr/lib/cgi-bin/counter': '' };
  const found = copiesOf(memoryView(tree)).map(({ software, folder }) => [software.name, folder]);
  expect(found).toEqual([['SqWebMail', '/usr/lib/cgi-bin']]);
});
