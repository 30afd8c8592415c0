import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memoryView } from '../../../test/support/memory.ts';
import type { TreeFile } from '../../../test/support/tree.ts';
import type { LogSink, LogTrail } from '../../core/access-log.ts';
import { openKeeping } from './trail.ts';

const now = new Date('2026-11-25T12:00:00Z');

const wants = (unit: string): Record<string, TreeFile> => ({
  [`/etc/systemd/system/multi-user.target.wants/${unit}`]: {
    link: `/usr/lib/systemd/system/${unit}`,
  },
  [`/usr/lib/systemd/system/${unit}`]: '[Service]\nExecStart=/usr/sbin/x\n',
});

const timer: Record<string, TreeFile> = {
  '/etc/systemd/system/timers.target.wants/logrotate.timer': {
    link: '/usr/lib/systemd/system/logrotate.timer',
  },
  '/usr/lib/systemd/system/logrotate.timer': '[Timer]\nOnCalendar=daily\n',
  '/usr/sbin/logrotate': '',
};

const weekly = {
  '/etc/logrotate.conf': 'weekly\nrotate 4\ncreate\ninclude /etc/logrotate.d\n',
  ...timer,
};

const debian: Record<string, TreeFile> = {
  '/etc/debian_version': '12.5\n',
  '/etc/timezone': 'Etc/UTC\n',
  '/usr/lib/systemd/systemd-journald': '',
  '/etc/systemd/journald.conf': '[Journal]\n#Storage=auto\n',
};

const rsyslog: Record<string, TreeFile> = {
  ...debian,
  ...weekly,
  ...wants('rsyslog.service'),
  '/usr/sbin/rsyslogd': '',
  '/etc/rsyslog.conf': [
    'module(load="imuxsock")',
    '$IncludeConfig /etc/rsyslog.d/*.conf',
    '*.*;auth,authpriv.none\t-/var/log/syslog',
    'mail.*\t-/var/log/mail.log',
    '*.emerg :omusrmsg:*',
  ].join('\n'),
  '/etc/logrotate.d/rsyslog':
    '/var/log/syslog\n/var/log/mail.log\n{\n\trotate 4\n\tweekly\n\tmissingok\n\tcompress\n\tpostrotate\n\t\t/usr/lib/rsyslog/rsyslog-rotate\n\tendscript\n}\n',
};

const mail: LogSink = { to: 'syslog', facility: 'mail', program: 'dovecot' };

const trail = (tree: Record<string, TreeFile>, sink: LogSink = mail): LogTrail =>
  openKeeping(memoryView(tree), now).trailOf(sink);

describe('where a syslog line ends', () => {
  test("Debian's rsyslog writes mail to its own file and keeps 28 to 35 days", () => {
    expect(
      trail({
        ...rsyslog,
        '/var/log/mail.log': 'Nov 25 10:00:00 mx dovecot: imap-login: Login\n',
        '/var/log/mail.log.1': 'Nov 16 10:00:00 mx dovecot: x\n',
        '/var/log/mail.log.2.gz': gzipSync('Nov  9 10:00:00 mx dovecot: x\nNov 9 11:00:00 mx y\n'),
      }),
    ).toEqual({
      path: '/var/log/mail.log',
      oldest: '2026-11-09T10:00:00.000Z',
      newest: '2026-11-25T10:00:00.000Z',
      rotation: {
        keepsDays: 35,
        why: 'logrotate keeps a line 28 to 35 days (weekly, rotate 4)',
        because: { path: '/etc/logrotate.d/rsyslog', line: 1 },
      },
      retainedDays: 28,
      level: 'debug',
    });
  });

  test('Debian 12 without rsyslog has the journal alone', () => {
    const found = trail({ ...debian, ...weekly, '/var/log/journal/a/system.journal': '' });
    expect(found.path).toBe('/var/log/journal');
    expect(found.retainedDays).toBeUndefined();
    expect(found.unknown).toContain('bounded by size');
  });

  test('a removed rsyslog leaves its settings behind: they count for nothing', () => {
    const { '/usr/sbin/rsyslogd': _, ...rest } = rsyslog;
    expect(trail({ ...rest, '/var/log/journal/a/b.journal': '' }).path).toBe('/var/log/journal');
  });

  test('a masked rsyslog gets no lines', () => {
    const found = trail({
      ...rsyslog,
      '/etc/systemd/system/rsyslog.service': { link: '/dev/null' },
      '/var/log/journal/a/b.journal': '',
    });
    expect(found.path).toBe('/var/log/journal');
  });

  test('ForwardToSyslog=no keeps the lines from rsyslog', () => {
    const found = trail({
      ...rsyslog,
      '/etc/systemd/journald.conf.d/a.conf': '[Journal]\nForwardToSyslog=no\n',
      '/var/log/journal/a/b.journal': '',
    });
    expect(found.path).toBe('/var/log/journal');
  });

  test('imjournal needs no forwarding', () => {
    const found = trail({
      ...rsyslog,
      '/etc/rsyslog.conf':
        'module(load="imuxsock" SysSock.Use="off")\nmodule(load="imjournal" StateFile="imjournal.state")\nmail.* -/var/log/maillog\n',
      '/etc/systemd/journald.conf': '[Journal]\nForwardToSyslog=no\n',
    });
    expect(found.path).toBe('/var/log/maillog');
  });

  test('a rule for the program that stops wins over the facility that follows', () => {
    const found = trail({
      ...rsyslog,
      '/etc/rsyslog.d/10-dovecot.conf':
        ':programname, isequal, "dovecot" -/var/log/dovecot.log\n& stop\n',
    });
    expect(found.path).toBe('/var/log/dovecot.log');
    expect(
      trail({
        ...rsyslog,
        '/etc/rsyslog.d/10-dovecot.conf':
          'if $programname == \'dovecot\' then {\n  action(type="omfile" file="/var/log/dovecot.log")\n  stop\n}\n',
      }).path,
    ).toBe('/var/log/dovecot.log');
  });

  test('a copy that is sent on is named with its line', () => {
    expect(
      trail({ ...rsyslog, '/etc/rsyslog.d/90.conf': '# ship\n*.* @@loghost.example.jp:6514\n' }),
    ).toMatchObject({
      path: '/var/log/mail.log',
      shippedTo: 'tcp://loghost.example.jp:6514',
      shippedBecause: { path: '/etc/rsyslog.d/90.conf', line: 2 },
    });
    const tls = trail({
      ...rsyslog,
      '/etc/rsyslog.d/90.conf':
        'mail.* action(type="omfwd" target="loghost.example.jp" port="6514" protocol="tcp"\n StreamDriver="gtls" StreamDriverMode="1")\n',
    });
    expect(tls.shippedTo).toBe('tls://loghost.example.jp:6514');
  });

  test('errors that are sent on are no copy of the log', () => {
    const found = trail({ ...rsyslog, '/etc/rsyslog.d/90.conf': 'mail.err @loghost.example.jp\n' });
    expect(found.shippedTo).toBeUndefined();
    expect(found.unknown).toContain('only lines of err and worse');
  });

  test('a file that gets warnings only says so', () => {
    const found = trail({
      ...rsyslog,
      '/etc/rsyslog.conf': 'module(load="imuxsock")\nmail.warn /var/log/mail.warn\n',
    });
    expect(found).toMatchObject({ path: '/var/log/mail.warn', level: 'warning' });
  });

  test('a name made by a template is not one file', () => {
    const found = trail({
      ...rsyslog,
      '/etc/rsyslog.conf':
        'module(load="imuxsock")\n$template PerHost,"/var/log/%HOSTNAME%/mail.log"\nmail.* ?PerHost\n',
    });
    expect(found.path).not.toBe('/var/log/mail.log');
    expect(found.unknown).toContain('template PerHost');
  });

  test('what a condition leaves open is not claimed', () => {
    const found = trail({
      ...rsyslog,
      '/etc/rsyslog.conf':
        'module(load="imuxsock")\nif $msg contains "Login" then /var/log/logins.log\n',
    });
    expect(found.path).toBeUndefined();
    expect(found.unknown).toContain('hangs on a condition');
  });
});

describe('lines of units, networks and nowhere', () => {
  const journal = { '/var/log/journal/a/b.journal': '' };

  test('what a unit prints ends in the journal, and in the file that rsyslog keeps of it', () => {
    const unit = {
      '/usr/lib/systemd/system/sogo.service':
        '[Service]\nExecStart=/usr/sbin/sogod -n\nSyslogIdentifier=sogod\n',
    };
    expect(
      trail({ ...debian, ...weekly, ...journal, ...unit }, { to: 'journal', unit: 'sogo.service' })
        .path,
    ).toBe('/var/log/journal');
    expect(
      trail(
        {
          ...rsyslog,
          ...journal,
          ...unit,
          '/etc/rsyslog.d/10-sogo.conf':
            'if $programname == "sogod" then /var/log/mail.log\n& stop\n',
        },
        { to: 'journal', unit: 'sogo.service' },
      ),
    ).toMatchObject({ path: '/var/log/mail.log', retainedDays: 28 });
  });

  test('MaxLevelSyslog keeps the milder lines in the journal', () => {
    const found = trail({
      ...rsyslog,
      ...journal,
      '/etc/systemd/journald.conf': '[Journal]\nMaxLevelSyslog=warning\n',
    });
    expect(found.path).toBe('/var/log/journal');
    expect(found.unknown).toContain('writes only lines of warning and worse');
  });

  test('rsyslog that reads a file and sends it on', () => {
    const tree = {
      ...rsyslog,
      '/var/log/exim4/mainlog': '2026-11-25 10:00:00 x\n',
      '/etc/rsyslog.d/20-exim.conf':
        'input(type="imfile" File="/var/log/exim4/*log" Tag="exim:" Facility="local5" ruleset="out")\nruleset(name="out") {\n  action(type="omfwd" target="loghost.example.jp" port="514" protocol="tcp")\n}\n',
    };
    expect(trail(tree, { to: 'file', path: '/var/log/exim4/mainlog' })).toMatchObject({
      shippedTo: 'tcp://loghost.example.jp:514',
      shippedBecause: { path: '/etc/rsyslog.d/20-exim.conf', line: 3 },
    });
  });

  test('an address elsewhere is a copy, one on this host is not known', () => {
    expect(trail({}, { to: 'network', address: 'https://loghost.example.jp/x' })).toEqual({
      shippedTo: 'https://loghost.example.jp/x',
    });
    expect(trail({}, { to: 'network', address: 'unix:/run/x' }).unknown).toContain('on this host');
    expect(trail({}, { to: 'network', address: '127.0.0.1:9000' }).unknown).toContain(
      'on this host',
    );
  });

  test('nowhere keeps nothing', () => {
    expect(trail({}, { to: 'nowhere' }).retainedDays).toBe(0);
  });

  test('a host without any of it is unknown', () => {
    expect(trail({ '/etc/hostname': 'mx\n' })).toEqual({
      unknown: 'no syslog daemon was found whose settings Postern reads',
    });
  });

  test('a daemon that nothing starts is in doubt', () => {
    const { '/etc/systemd/system/multi-user.target.wants/rsyslog.service': _, ...rest } = rsyslog;
    const found = trail({ ...rest, ...wants('cron.service'), ...journal });
    expect(found.path).toBe('/var/log/journal');
    expect(found.unknown).toContain('nothing that was seen starts it');
  });

  test('elsewhere than on Debian the journal hands on only when it is told', () => {
    const { '/etc/debian_version': _, ...rest } = rsyslog;
    const found = trail({ ...rest, ...journal });
    expect(found.path).toBe('/var/log/journal');
    expect(found.unknown).toContain('ForwardToSyslog is set nowhere');
    const told = {
      ...rest,
      ...journal,
      '/etc/systemd/journald.conf': '[Journal]\nForwardToSyslog=yes\n',
    };
    expect(trail(told).path).toBe('/var/log/mail.log');
  });

  test('what rsyslog cuts by size itself is not certain', () => {
    const found = trail({
      ...rsyslog,
      '/etc/rsyslog.conf':
        'module(load="imuxsock")\n$outchannel mail,/var/log/mail.log,1048576,/usr/bin/cut\nmail.* :omfile:$mail\n',
    });
    expect(found.path).toBe('/var/log/mail.log');
    expect(found.retainedDays).toBeUndefined();
    expect(found.unknown).toContain('1048576 bytes');
  });
});

test('whatever stands in the files, a trail comes out', () => {
  const paths = Object.keys(rsyslog)
    .filter(path => !path.includes('wants') && !path.startsWith('/usr/sbin'))
    .concat(
      '/etc/rsyslog.d/a.conf',
      '/var/lib/logrotate/status',
      '/var/log/mail.log',
      '/etc/crontab',
    );
  const sinks: readonly LogSink[] = [
    mail,
    { to: 'file', path: '/var/log/mail.log' },
    { to: 'file', path: '../../x\0%' },
    { to: 'journal', unit: 'a@b.service' },
    { to: 'network', address: '://[' },
  ];
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom(...paths), fc.string({ maxLength: 300 })), {
        maxLength: 6,
      }),
      damage => {
        const keeping = openKeeping(memoryView({ ...rsyslog, ...Object.fromEntries(damage) }), now);
        for (const sink of sinks) {
          const { retainedDays = 0, unknown = '' } = keeping.trailOf(sink);
          expect(retainedDays).toBeGreaterThanOrEqual(0);
          expect(unknown.length).toBeLessThan(5_000);
        }
      },
    ),
    { numRuns: 200 },
  );
});
