import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memoryView } from '../../../test/support/memory.ts';
import { readApache } from './apache.ts';
import { apacheWords } from './apache-lines.ts';
import { apacheFormats, apacheLogs } from './apache-logs.ts';
import { pipedLog } from './piped-logs.ts';

const read = (command: string) => pipedLog(apacheWords(command));

describe('programs that web servers pipe their logs to', () => {
  test.each([
    [
      'rotatelogs /var/log/apache2/access.log 86400',
      '/var/log/apache2/access.log.*',
      { removes: { is: 'nothing' }, periodDays: 1, leaves: ['/var/log/apache2/access.log.*'] },
    ],
    [
      '/usr/bin/rotatelogs -l -f /srv/log/access.%Y-%m-%d.log 86400',
      '/srv/log/access.*.log',
      { removes: { is: 'nothing' }, periodDays: 1 },
    ],
    [
      'rotatelogs -L /srv/log/now /srv/log/a.%s 604800 100M',
      '/srv/log/a.*',
      { removes: { is: 'nothing' }, periodDays: 7 },
    ],
    // Nothing but size: a day's lines may fill many files, a year's may fit in one.
    ['rotatelogs /srv/log/a 50M', '/srv/log/a.*', { removes: { is: 'nothing' } }],
    ['rotatelogs -n 10 /srv/log/a 86400', '/srv/log/a', { removes: { is: 'unknown' } }],
    ['rotatelogs -n10 /srv/log/a 5M', '/srv/log/a', { removes: { is: 'unknown' } }],
    [
      'rotatelogs -t /srv/log/a 86400',
      '/srv/log/a',
      { removes: { is: 'by age', leastDays: 0, mostDays: 1 } },
    ],
    // The days of the week come back, and are emptied then.
    ['rotatelogs -T /srv/log/a.%a 86400', '/srv/log/a.*', { removes: { is: 'unknown' } }],
    [
      '/usr/bin/cronolog --symlink=/srv/log/now /srv/log/%Y/%m/%d/access.log',
      '/srv/log/*/*/*/access.log',
      { removes: { is: 'nothing' }, periodDays: 1 },
    ],
    ['cronolog -S /srv/l /srv/log/%Y-%V.log', '/srv/log/*.log', { periodDays: 7 }],
    [
      'multilog t s1000000 n30 /srv/log/web',
      '/srv/log/web/current',
      {
        why: 'multilog keeps 30 files of 1000000 bytes, the one that it writes among them',
        removes: { is: 'by size' },
        leaves: ['/srv/log/web/@*'],
      },
    ],
    // What stands behind a folder holds for the next one.
    [
      's6-log T /srv/log/web n100',
      '/srv/log/web/current',
      { why: 's6-log keeps 10 files of 99999 bytes besides the one that it writes' },
    ],
    ['svlogd -tt /srv/log/web', '/srv/log/web/current', { removes: { is: 'by size' } }],
    [
      'tinylog -k 9 -s 2000000 /srv/log/web',
      '/srv/log/web/current',
      { why: 'tinylog keeps 9 files of 2000000 bytes' },
    ],
    [
      'cyclog -n40 /srv/log/web',
      '/srv/log/web/current',
      { why: 'cyclog keeps 40 files of 100000 bytes' },
    ],
  ])('%s', (command, path, rotation) => {
    expect(read(command)).toMatchObject({ path, rotation });
  });

  test.each([
    'multilog t ./main',
    'rotatelogs access.log 86400',
    'rotatelogs /srv/log/a',
    'cat /srv/log/a',
    '',
  ])('%j is not followed', command => {
    expect(read(command)).toBeUndefined();
  });

  test('no words make it throw', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('rotatelogs', 'cronolog', 'multilog', 'svlogd', 'tinylog', 'cyclog'),
        fc.array(fc.oneof(fc.string(), fc.constantFrom('-n', '--', '-', '/a%', '%%', '/%Y', '9'))),
        (program, words) => {
          const found = pipedLog([program, ...words]);
          expect(found === undefined || found.path.startsWith('/')).toBe(true);
        },
      ),
    );
  });
});

test('Apache names the program within quotes, with or without a shell', () => {
  const config = '/etc/apache2/apache2.conf';
  const main = readApache(
    memoryView({
      [config]: [
        'LogFormat "%h %r" short',
        'CustomLog "|/usr/bin/rotatelogs -l \'/srv/log/a b.%Y%m%d\' 86400" short',
        'CustomLog "||/usr/sbin/rotatelogs /srv/log/b 5M" short',
        'CustomLog "|$/usr/bin/multilog n5 /srv/log/c" short',
        'CustomLog "|/usr/local/bin/own /srv/log/d" short',
      ].join('\n'),
    }),
    { config, serverRoot: '/etc/apache2', environment: new Map(), defines: [], version: '2.4.62' },
  );
  const { logs } = apacheLogs(main, undefined, apacheFormats(main), '/etc/apache2');
  expect(logs.map(({ to }) => to)).toMatchObject([
    {
      is: 'file',
      path: '/srv/log/a b.*',
      rotation: { because: { path: config, line: 2 }, periodDays: 1 },
    },
    { is: 'file', path: '/srv/log/b.*', piped: '||/usr/sbin/rotatelogs /srv/log/b 5M' },
    { is: 'file', path: '/srv/log/c/current' },
    { is: 'other', as: 'own /srv/log/d' },
  ]);
});
