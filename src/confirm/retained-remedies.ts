import type { AccessLog, LogTrail } from '../core/access-log.ts';
import { inRemedy } from './question.ts';

const yearWeeks = (days: number): number => Math.ceil(days / 7);

/** Directives of logrotate(8) that keep lines for that many days; the last of a kind counts. */
const keeping = (days: number): readonly string[] => [
  'weekly',
  `rotate ${yearWeeks(days)}`,
  'compress',
];

/** What keeps a file for the policy's days where it is rotated away too soon. */
export const keepLonger = (trail: LogTrail, days: number): string => {
  if (trail.path === undefined || trail.path === '/dev/null') {
    return '# Switch on a log that is written to a file first: see the check "logged".';
  }
  const path = inRemedy(trail.path);
  if (trail.path.endsWith('/log/journal')) {
    return [
      '# The journal is bounded by size: install rsyslog and write the mail log to a file as well.',
      '# in /etc/rsyslog.d/30-mail.conf:',
      'mail.* -/var/log/mail.log',
      '# in /etc/logrotate.d/mail-log:',
      '/var/log/mail.log {',
      ...keeping(days).map(line => `  ${line}`),
      '  missingok',
      '}',
    ].join('\n');
  }
  const why = trail.rotation?.why ?? '';
  const place = trail.rotation?.because;
  if (place === undefined) {
    return [
      '# in /etc/logrotate.d/postern-retention:',
      `${path} {`,
      ...keeping(days).map(line => `  ${line}`),
      '  missingok',
      '}',
    ].join('\n');
  }
  if (!why.startsWith('logrotate ')) {
    // A job or the program itself removes them: a stanza of logrotate beside it would change nothing.
    return `# in ${inRemedy(place.path)}, line ${place.line ?? 1}, which removes older lines of ${path}: have it keep ${days} days (${inRemedy(why)})`;
  }
  const drop = ['maxsize', 'size'].filter(word => new RegExp(`\\b${word} `).test(why));
  return [
    `# in ${inRemedy(place.path)}, in the stanza of ${path}${drop.length === 0 ? '' : `, in place of its ${drop.join(' and ')}`}:`,
    ...keeping(days),
    ...(/\bmaxage /.test(why) ? [`maxage ${yearWeeks(days) * 7}`] : []),
  ].join('\n');
};

/** What that program calls itself in rsyslog's lines: the folder or the file that it writes. */
const tagOf = (path: string): string =>
  (/\/([A-Za-z0-9_-]{1,30})(?:\/logs?)?\/[^/]*$/.exec(path)?.[1] ?? 'mail').toLowerCase();

/** rsyslog ships what is handed to syslog; files that a program writes itself it must be told of. */
export const shipCopy = (logs: readonly AccessLog[]): string => {
  const files = [
    ...new Set(
      logs.flatMap(({ sink, trail }) => (sink?.to === 'file' ? [trail?.path ?? sink.path] : [])),
    ),
  ].filter(path => !/["\\\n]/.test(path));
  return [
    '# Send a copy to a host whose administrators are not this one’s. With rsyslog (packages',
    '# rsyslog and rsyslog-gnutls), the name of that host in the place of loghost.example, and who',
    '# signed its key in DefaultNetstreamDriverCAFile:',
    '# in /etc/rsyslog.d/90-ship.conf:',
    ...(files.length === 0 ? [] : ['module(load="imfile")']),
    ...files.map(path => `input(type="imfile" file="${inRemedy(path)}" tag="${tagOf(path)}:")`),
    '*.* action(type="omfwd" target="loghost.example" port="6514" protocol="tcp"',
    '  StreamDriver="gtls" StreamDriverMode="1" StreamDriverAuthMode="x509/name"',
    '  StreamDriverPermittedPeers="loghost.example")',
  ].join('\n');
};
