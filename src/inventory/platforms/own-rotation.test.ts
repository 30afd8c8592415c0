import { describe, expect, test } from 'vitest';
import { memoryView } from '../../../test/support/memory.ts';
import { openKeeping } from '../../logs/keeping/trail.ts';
import { readDirectives } from '../syntax/directives.ts';
import { readMilterConfig } from '../syntax/milter-config.ts';
import { readPythonSettings } from '../syntax/python-literals.ts';
import { clamdLog } from './clamav/logs.ts';
import { webLogRotation } from './mailman/rotation.ts';
import { zimbraLogs } from './zimbra/settings.ts';

describe('clamd', () => {
  const config = '/etc/clamav/clamd.conf';
  const rotationOf = (lines: string) => {
    const files = memoryView({ [config]: `LogFile /var/log/clamav/clamav.log\n${lines}` });
    const { sink } = clamdLog(config, readMilterConfig(files, config));
    return sink?.to === 'file' ? sink.rotation : undefined;
  };

  test('never renames a log without a limit, whatever LogRotate says', () => {
    expect(rotationOf('LogFileMaxSize 0\nLogRotate true\n')).toEqual({
      why: 'clamd only appends to its log, however large it grows (LogFileMaxSize 0)',
      because: { path: config, line: 2 },
      removes: { is: 'nothing' },
    });
  });

  test('renames at the limit, which is 1M by default, and removes nothing', () => {
    const limited = rotationOf('LogFileMaxSize 20M\nLogRotate yes\n');
    expect(limited).toMatchObject({
      removes: { is: 'nothing' },
      leaves: ['/var/log/clamav/clamav-*.log'],
    });
    expect(limited?.why).toContain('larger than 20M, and removes none');
    expect(rotationOf('LogRotate yes\n')?.why).toContain('1M');
    expect(rotationOf('')?.why).toContain('although LogRotate is off');
  });
});

describe('Zimbra', () => {
  const config = '/opt/zimbra/conf/log4j.properties';
  const properties = [
    'log4j.appender.AUDIT=org.apache.log4j.rolling.RollingFileAppender',
    'log4j.appender.AUDIT.RollingPolicy=org.apache.log4j.rolling.TimeBasedRollingPolicy',
    'log4j.appender.AUDIT.RollingPolicy.FileNamePattern=/opt/zimbra/log/audit.log.%d{yyyy-MM-dd}',
    'log4j.appender.AUDIT.File=/opt/zimbra/log/audit.log',
    'log4j.logger.zimbra.security=INFO,AUDIT',
  ].join('\n');
  const crontab =
    "30 2 * * * find /opt/zimbra/log/ ! -name 'zmsetup*.log' -type f -name '*.log?*' -mtime +8 -exec rm {} \\; > /dev/null 2>&1\n";

  test('its crontab removes what log4j leaves, nine days later', () => {
    const files = memoryView({
      [config]: properties,
      '/var/spool/cron/crontabs/zimbra': crontab,
      '/var/lib/dpkg/status': '',
      '/opt/zimbra/log/audit.log': '2026-06-29 10:00:00,123 INFO  [qtp1] security - cmd=Auth;\n',
      '/opt/zimbra/log/audit.log.2026-06-20': {
        content: '2026-06-20 00:00:09,123 INFO  [qtp1] security - cmd=Auth;\n',
        mtime: '2026-06-20T23:59:00Z',
      },
    });
    const [login] = zimbraLogs(files);
    if (login?.sink === undefined) throw new Error('no sink');
    const keeping = openKeeping(files, new Date('2026-06-29T12:00:00Z'));
    expect(keeping.trailOf(login.sink, 'zimbra')).toMatchObject({
      path: '/opt/zimbra/log/audit.log',
      oldest: '2026-06-20T00:00:09.000Z',
      retainedDays: 9,
      rotation: { keepsDays: 11, because: { path: '/var/spool/cron/crontabs/zimbra', line: 1 } },
    });
  });
});

describe('Mailman’s web interface', () => {
  const config = '/etc/mailman3/uwsgi.ini';
  const log = '/var/log/mailman3/web/mailman-web.log';
  const rotationOf = (ini: string, settings = '') => {
    const path = '/etc/mailman3/mailman-web.py';
    const assignments = readPythonSettings(settings);
    return webLogRotation(readDirectives(ini), config, log, {
      path,
      files: [{ path, assignments }],
    });
  };
  const handler = (lines: string): string =>
    `LOGGING = {\n 'handlers': {\n  'file': {\n   'filename': '${log}',\n${lines}\n  },\n },\n}\n`;

  test('uWSGI appends, renames at a size, or keeps one old file', () => {
    expect(rotationOf(`logto = ${log}\n`)).toEqual({
      why: 'uWSGI only appends to its log',
      removes: { is: 'nothing' },
    });
    expect(rotationOf('log-maxsize = 20000000\n')).toMatchObject({
      because: { path: config, line: 1 },
      removes: { is: 'nothing' },
      leaves: [`${log}.*`],
    });
    expect(rotationOf('log-maxsize = 20000000\nlog-backupname = /var/log/old.log\n')).toMatchObject(
      { removes: { is: 'by size' }, leaves: ['/var/log/old.log'] },
    );
    expect(rotationOf('log-truncate = true\n')).toMatchObject({ removes: { is: 'unknown' } });
  });

  test('Django may rotate the same file', () => {
    const classes = "   'class': 'logging.handlers.";
    // Debian's own settings: without a size and a count the handler only appends.
    expect(rotationOf('', handler(`${classes}RotatingFileHandler',`)).why).toContain('uWSGI');
    expect(
      rotationOf(
        '',
        handler(
          `${classes}RotatingFileHandler',\n   'maxBytes': 10 * 1024 * 1024,\n   'backupCount': 5,`,
        ),
      ),
    ).toMatchObject({
      why: 'Django keeps backupCount old files of maxBytes each (RotatingFileHandler)',
      removes: { is: 'by size' },
    });
    expect(
      rotationOf('', handler(`${classes}TimedRotatingFileHandler',\n   'when': 'midnight',`)),
    ).toMatchObject({ removes: { is: 'nothing' } });
    expect(
      rotationOf(
        '',
        handler(
          `${classes}TimedRotatingFileHandler',\n   'when': 'midnight',\n   'backupCount': 400,`,
        ),
      ),
    ).toMatchObject({
      because: { path: '/etc/mailman3/mailman-web.py', line: 3 },
      removes: { is: 'unknown' },
    });
  });
});
