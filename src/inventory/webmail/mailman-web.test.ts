import { expect, test } from 'vitest';
import { memoryView } from '../../../test/support/memory.ts';
import { mailmanWebServer } from './mailman-web.ts';

const unit = (started: string): string => `[Service]
User=list
ExecStart=${started}
`;
const listensOf = (tree: Readonly<Record<string, string>>): readonly unknown[] =>
  mailmanWebServer(memoryView(tree)).listens.map(({ endpoint }) => endpoint);

const path = '/etc/systemd/system/mailmanweb.service';
const app = 'mailman_web.wsgi:application';
const gunicorn = '/opt/mailman/venv/bin/gunicorn';

test('gunicorn is bound by its command, by its configuration, or to port 8000 of loopback', () => {
  const bound = { [path]: unit(`${gunicorn} --bind=127.0.0.1:8010 -b unix:/run/m.sock ${app}`) };
  expect(listensOf(bound)).toEqual([
    { net: 'tcp', host: '127.0.0.1', port: 8010 },
    { net: 'unix', path: '/run/m.sock' },
  ]);
  const configured = {
    [path]: unit(`${gunicorn} -c /etc/mailman3/gunicorn.py ${app}`),
    '/etc/mailman3/gunicorn.py': "workers = 2\nbind = ['0.0.0.0:8020', '[::1]:8020']\n",
  };
  expect(listensOf(configured)).toEqual([
    { net: 'tcp', host: '0.0.0.0', port: 8020 },
    { net: 'tcp', host: '::1', port: 8020 },
  ]);
  const bare = { [path]: unit(`${gunicorn} ${app}`) };
  expect(listensOf(bare)).toEqual([{ net: 'tcp', host: '127.0.0.1', port: 8000 }]);
  expect(mailmanWebServer(memoryView(bare)).user).toEqual({
    user: 'list',
    because: { path, line: 2 },
  });
});

test('uWSGI listens where its file says, wherever that lies', () => {
  const ini = '[uwsgi]\nhttp-socket = :8000\nmodule = mailman_web.wsgi:application\n';
  const started = unit('/usr/bin/uwsgi --ini /srv/lists/web.ini');
  const tree = { [path]: started, '/srv/lists/web.ini': ini };
  expect(listensOf(tree)).toEqual([{ net: 'tcp', host: '*', port: 8000 }]);
});

test('other applications of gunicorn are not Mailman', () => {
  const other = { '/etc/systemd/system/gunicorn.service': unit(`${gunicorn} shop.wsgi`) };
  expect(listensOf(other)).toEqual([]);
});
