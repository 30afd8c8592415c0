import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { log4jRotation } from './log4j.ts';

const path = '/opt/mail/log/audit.log';
const config = '/opt/mail/conf/log4j.properties';

const one = (lines: readonly string[]) =>
  log4jRotation(
    [`log4j.appender.AUDIT.File=${path}`, ...lines.map(line => `log4j.appender.AUDIT${line}`)].join(
      '\n',
    ),
    config,
    path,
  );

describe('log4j 1', () => {
  test('a file that only grows', () => {
    expect(one(['=org.apache.log4j.FileAppender'])).toEqual({
      why: 'log4j only appends to its log',
      removes: { is: 'nothing' },
      because: { path: config, line: 1 },
    });
  });

  test('DailyRollingFileAppender removes nothing', () => {
    expect(one(['=org.apache.log4j.DailyRollingFileAppender'])).toMatchObject({
      removes: { is: 'nothing' },
      periodDays: 1,
      leaves: [`${path}.*`],
    });
    expect(
      one(['=org.apache.log4j.DailyRollingFileAppender', ".DatePattern='-'yyyy-ww"]),
    ).toMatchObject({ periodDays: 7, leaves: [`${path}-*`] });
  });

  test('RollingFileAppender goes by size, with one old file unless told otherwise', () => {
    expect(one(['=org.apache.log4j.RollingFileAppender'])?.why).toContain('1 old files of 10MB');
    expect(
      one(['=org.apache.log4j.RollingFileAppender', '.MaxFileSize=64MB', '.maxBackupIndex=20']),
    ).toMatchObject({
      why: 'log4j keeps 20 old files of 64MB (RollingFileAppender)',
      removes: { is: 'by size' },
    });
  });

  test('the appenders of its extras', () => {
    const rolling = '=org.apache.log4j.rolling.RollingFileAppender';
    expect(
      one([
        rolling,
        '.rollingPolicy=org.apache.log4j.rolling.TimeBasedRollingPolicy',
        '.rollingPolicy.FileNamePattern=/opt/mail/log/old/audit.%d{yyyy-MM-dd}.gz',
      ]),
    ).toMatchObject({
      removes: { is: 'nothing' },
      periodDays: 1,
      leaves: ['/opt/mail/log/old/audit.*.gz'],
    });
    expect(
      one([rolling, '.rollingPolicy=org.apache.log4j.rolling.FixedWindowRollingPolicy']),
    ).toMatchObject({ removes: { is: 'by size' } });
    expect(one([rolling])).toMatchObject({ removes: { is: 'unknown' } });
  });

  test('a file of nobody, and an appender that is not known', () => {
    expect(one(['=com.example.OwnAppender'])).toBeUndefined();
    expect(log4jRotation('', config, path)).toBeUndefined();
  });
});

const two = (lines: readonly string[]) =>
  log4jRotation(
    [
      '# by hand',
      'appender.A.type = RollingFile',
      `appender.A.fileName = ${path}`,
      ...lines.map(line => `appender.A.${line}`),
    ].join('\n'),
    config,
    path,
  );

const dailyName = `filePattern = ${path}.%d{yyyy-MM-dd}`;
const byTime = [
  'policies.type = Policies',
  'policies.time.type = TimeBasedTriggeringPolicy',
] as const;
const deletes = (...more: readonly string[]): readonly string[] => [
  'strategy.type = DefaultRolloverStrategy',
  'strategy.del.type = Delete',
  'strategy.del.basePath = /opt/mail/log',
  ...more.map(line => `strategy.del.${line}`),
];

describe('log4j 2', () => {
  test('a new file each day, none removed: max holds for %i alone', () => {
    expect(two([dailyName, ...byTime, 'strategy.max = 5'])).toMatchObject({
      removes: { is: 'nothing' },
      periodDays: 1,
      leaves: [`${path}.*`],
      because: { path: config, line: 3 },
    });
    expect(two([dailyName, ...byTime, 'policies.time.interval = 2'])).toMatchObject({
      periodDays: 2,
    });
  });

  test('numbers in the name: seven of each, by size', () => {
    expect(
      two([`filePattern = ${path}.%i`, 'policies.size.type = SizeBasedTriggeringPolicy']),
    ).toMatchObject({
      why: 'log4j keeps 7 old files (RollingFile)',
      removes: { is: 'by size' },
    });
    expect(
      two([`filePattern = ${path}.%d{yyyy-MM-dd}.%i.gz`, ...byTime, 'strategy.max = 30']),
    ).toMatchObject({
      why: 'log4j keeps 30 old files of each date (RollingFile)',
      removes: { is: 'by size' },
      leaves: [`${path}.*.*.gz`],
    });
  });

  test('two files of one name', () => {
    expect(
      two([dailyName, ...byTime, 'policies.size.type = SizeBasedTriggeringPolicy']),
    ).toMatchObject({ removes: { is: 'unknown' } });
    expect(two([dailyName])).toMatchObject({ removes: { is: 'unknown' } });
  });

  test('Delete by age, nested or not', () => {
    const nested = deletes(
      'name.type = IfFileName',
      'name.glob = audit.log.*',
      'name.age.type = IfLastModified',
      'name.age.age = P90D',
    );
    expect(two([dailyName, ...byTime, ...nested])).toMatchObject({
      removes: { is: 'by age', leastDays: 90, mostDays: 92 },
    });
    const other = deletes('name.type = IfFileName', 'name.glob = mailbox.*', 'age.type = IfAny');
    expect(two([dailyName, ...byTime, ...other])).toMatchObject({ removes: { is: 'nothing' } });
  });

  test.each([
    [['name.type = IfFileName', 'name.glob = *']],
    [['age.type = IfLastModified', 'age.age = soon']],
    [['count.type = IfAccumulatedFileCount', 'count.exceeds = 10']],
  ])('Delete on %j is not turned into days', more => {
    expect(two([dailyName, ...byTime, ...deletes(...more)])).toMatchObject({
      removes: { is: 'unknown' },
    });
  });

  test('no text makes it throw', () => {
    const pieces = fc.constantFrom(
      `appender.A.fileName=${path}\n`,
      'appender.A.type=RollingFile\n',
      'appender.A.filePattern=/x/%d{yy',
      '}',
      '%i',
      '\n',
      '\\\n',
      'appender.A.strategy.d.type=Delete\n',
      'appender.A.strategy.d.basePath=/opt/mail/log\n',
      `log4j.appender.A.File=${path}\n`,
      'log4j.appender.A=org.apache.log4j.RollingFileAppender\n',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string({ maxLength: 20 }))), parts => {
        const found = log4jRotation(parts.join(''), config, path);
        expect(found === undefined || found.why.length < 500).toBe(true);
      }),
    );
  });
});
