import type { AccessLog, LogSink } from '../../core/access-log.ts';
import type { Place } from '../../core/place.ts';
import { after, insteadOf } from '../remedy.ts';
import type { Served, WebLog } from '../syntax/served.ts';
import type { MailRoute } from './mail-routes.ts';

type Judged = Pick<AccessLog, 'emitted' | 'why' | 'because' | 'sink'> & {
  readonly mends?: 'format' | 'log' | 'condition';
};

const order = ['off', 'unknown', 'partial', 'on'] as const;

/** Variables that hold the request with its query, in nginx's words and in Apache's. */
const requestIn =
  /\$(?:request\b|request_uri|args\b|query_string|\{request\}|\{request_uri\})|%(?:[<>]?)(?:r|q)|%\{[^{}]*\}r/;
const addressIn =
  /\$\{?(?:remote_addr|realip_remote_addr|proxy_protocol_addr|http_x_forwarded_for|http_x_real_ip|proxy_add_x_forwarded_for|binary_remote_addr)|%[<>]?(?:\{c\})?[ah]|%\{x-forwarded-for\}i|%\{x-real-ip\}i/i;
/** Anything that tells one session or user from another behind the same address. */
const sessionIn =
  /\$\{?(?:cookie_\w+|http_cookie|\w*sess\w*)|%\{[^{}]*\}C|%\{cookie\}i|%\{[^{}]{0,200}sess[^{}]{0,200}\}[eni]/i;

const sinkOf = ({ to }: WebLog): LogSink | undefined => {
  if (to.is === 'file') {
    const { path, rotation } = to;
    return { to: 'file', path, ...(rotation === undefined ? {} : { rotation }) };
  }
  if (to.is === 'syslog') return { to: 'syslog', facility: to.facility, program: to.program };
  return to.is === 'network' ? { to: 'network', address: to.address } : undefined;
};

const withSink = (log: WebLog): Pick<AccessLog, 'because' | 'sink'> => {
  const sink = sinkOf(log);
  return {
    ...(log.because === undefined ? {} : { because: log.because }),
    ...(sink === undefined ? {} : { sink }),
  };
};

/** What one log of one route answers. */
const judgeLog = (log: WebLog, { software }: MailRoute): Judged => {
  const { format } = log;
  const base = withSink(log);
  if (format === undefined) {
    return {
      ...base,
      emitted: 'unknown',
      why: 'the access log uses a format that is defined nowhere',
    };
  }
  if (!requestIn.test(format) || !addressIn.test(format)) {
    const missing = requestIn.test(format) ? 'address of the client' : 'request';
    return {
      ...base,
      emitted: 'partial',
      why: `the log format leaves the ${missing} out`,
      mends: 'format',
    };
  }
  if (log.onlyIf !== undefined) {
    return {
      ...base,
      emitted: 'partial',
      why: `requests are logged only under a condition (${log.onlyIf})`,
      mends: 'condition',
    };
  }
  if (software.urlTells === 'nothing' || software.urlTells === 'encoded') {
    return {
      ...base,
      emitted: 'partial',
      why:
        software.urlTells === 'encoded'
          ? `the access log has address, time and request, but ${software.name} encodes folder and message in the URL and names no user`
          : `the access log has address and time, but ${software.name} asks for messages in the body of its requests, which no access log has`,
    };
  }
  if (software.urlTells === 'message' && !sessionIn.test(format)) {
    return {
      ...base,
      emitted: 'partial',
      why: `the access log shows which message of ${software.name} was opened from which address, but nothing that tells the user or session`,
      mends: 'format',
    };
  }
  if (software.urlTells === 'position') {
    return {
      ...base,
      emitted: 'partial',
      why: `the access log has address, time, user and folder, but ${software.name} names a message by its position in the folder, which changes`,
    };
  }
  const tells =
    software.urlTells === 'message and user'
      ? 'the URL names user, folder and message'
      : 'the URL names folder and message, and the line the session';
  return { ...base, emitted: 'on', why: `the access log has address, time and request: ${tells}` };
};

const judgeRoute = (mail: MailRoute): Judged => {
  const { route } = mail;
  if (route.logs.length > 0) {
    // The log that tells most answers for the route: several may be written side by side.
    const [best] = route.logs
      .map(log => judgeLog(log, mail))
      .sort((a, b) => order.indexOf(b.emitted) - order.indexOf(a.emitted));
    if (best !== undefined) return best;
  }
  return {
    emitted: 'off',
    why:
      route.logsOff === undefined
        ? `${route.server.id} is not told to log the requests for ${mail.software.name}`
        : `the access log is switched off for ${mail.software.name} at ${route.url}`,
    because: route.logsOff ?? route.because,
    sink: { to: 'nowhere' },
    mends: 'log',
  };
};

/** The beginning of the session's cookie tells sessions apart, and nobody can take one over by it. */
const nginxFormat = (cookie: string, format: string): readonly string[] => [
  `map $cookie_${cookie} $${format} {`,
  '    default "-";',
  `    "~^(?<${format}_start>[A-Za-z0-9]{8})" $${format}_start;`,
  '}',
  `log_format ${format}`,
  `    '$remote_addr - $${format} [$time_local] "$request" '`,
  '    \'$status $body_bytes_sent "$http_referer" "$http_user_agent"\';',
];

/** The line of nginx that has to give way: the log that is switched off, or tells too little. */
const logLine = ({ logs, logsOff }: Served): { place: Place; path?: string } | undefined => {
  if (logsOff !== undefined) return { place: logsOff };
  const log = logs.find(({ to, because }) => to.is === 'file' && because !== undefined);
  return log?.because === undefined || log.to.is !== 'file'
    ? undefined
    : { place: log.because, path: log.to.path };
};

const nginxRemedy = (route: Served, { cookie, name }: MailRoute['software']): string => {
  const line = logLine(route);
  const path = line?.path ?? '/var/log/nginx/access.log';
  const site =
    line === undefined
      ? after(route.listens[0]?.because ?? route.because, `in the server that serves ${name}`)
      : insteadOf(line.place, `access_log for ${name}`);
  const { http, formats = [] } = route.server;
  if (cookie === undefined || http === undefined) return `${site}\naccess_log ${path} combined;`;
  const format = `postern_${cookie.replaceAll(/\W/g, '_')}`;
  return [
    ...(formats.includes(format)
      ? []
      : [
          '# Once, however many sites use it:',
          after(http, 'within http { }'),
          ...nginxFormat(cookie, format),
        ]),
    site,
    `access_log ${path} ${format};`,
  ].join('\n');
};

const apacheRemedy = (route: Served, { cookie, name }: MailRoute['software']): string => {
  const log = route.logs.find(({ to, because }) => to.is === 'file' && because !== undefined);
  const path =
    log?.to.is === 'file'
      ? log.to.piped === undefined
        ? log.to.path
        : `"${log.to.piped.replace(/["\\]/g, '\\$&')}"`
      : route.server.config.startsWith('/etc/httpd')
        ? '/var/log/httpd/access_log'
        : '/var/log/apache2/access.log';
  const where =
    log?.because === undefined
      ? after(route.because, `in the virtual host that serves ${name}`)
      : insteadOf(log.because, `CustomLog for ${name}`);
  const lines =
    cookie === undefined
      ? [`CustomLog ${path} combined`]
      : [
          `SetEnvIf Cookie "(?:^|; )${cookie}=([A-Za-z0-9]{8})" mail_session=$1`,
          `CustomLog ${path} \\`,
          '  "%h %{mail_session}e %u %t \\"%r\\" %>s %O \\"%{Referer}i\\" \\"%{User-Agent}i\\""',
        ];
  const needs = cookie === undefined ? [] : ['# Needs mod_setenvif, which is loaded by default.'];
  // A ProxyPass may stand in a <Location>, where Apache takes no CustomLog.
  if (log?.because === undefined && route.folder === undefined) {
    return [
      ...needs,
      `# In the virtual host of ${route.because.path} that serves ${name}, outside of any <Location>:`,
      ...lines.map(line => `#   ${line}`),
    ].join('\n');
  }
  return [...needs, where, ...lines].join('\n');
};

const remedyOf = (judged: Judged, { route, software }: MailRoute): string => {
  if (judged.mends === undefined) {
    // It opens the mailboxes' files itself: no server behind it sees what is read.
    return software.urlTells === 'position'
      ? `# no setting of ${route.server.id} shows it, and ${software.name} writes no line for a message that is opened`
      : `# no setting of ${route.server.id} shows it: read it from the log of the IMAP server behind ${software.name}`;
  }
  return route.server.id === 'nginx' ? nginxRemedy(route, software) : apacheRemedy(route, software);
};

/**
 * Who read what, by the access logs of the routes that serve mail: the route that tells least
 * decides, because a thief takes that one.
 */
export const readingLog = (routes: readonly MailRoute[]): readonly AccessLog[] => {
  const judged = routes
    .filter(({ software, route }) => software.mail !== undefined && route.listens.length > 0)
    .map(mail => ({ mail, judgement: judgeRoute(mail) }))
    .sort((a, b) => order.indexOf(a.judgement.emitted) - order.indexOf(b.judgement.emitted));
  const [worst] = judged;
  if (worst === undefined) return [];
  const { mends: _, ...log } = worst.judgement;
  return [
    {
      question: 'who read what',
      ...log,
      ...(log.emitted === 'on' ? {} : { remedy: remedyOf(worst.judgement, worst.mail) }),
    },
  ];
};
