import type { AccessLog } from '../../../core/access-log.ts';
import type { Place } from '../../../core/place.ts';
import type { Endpoint } from '../../platform.ts';
import { after, insteadOf } from '../../remedy.ts';
import { type NginxDirective, nginxAll, nginxLast } from '../../syntax/nginx.ts';
import { parseListen } from '../../syntax/nginx-address.ts';
import type { WebListen } from '../../syntax/served.ts';

/** A server block of nginx's `mail { }`, or one of `stream { }` on a mail port. */
export interface MailProxy {
  readonly kind: 'mail' | 'stream';
  readonly protocol: string;
  readonly listens: readonly WebListen[];
  /** Sees what is said: it speaks the protocol itself, or ends TLS. */
  readonly seesInside: boolean;
  readonly because: Place;
}

const mailPorts: Readonly<Record<number, string>> = {
  25: 'SMTP',
  110: 'POP3',
  143: 'IMAP',
  465: 'submission',
  587: 'submission',
  993: 'IMAP',
  995: 'POP3',
  4190: 'ManageSieve',
};

const portOf = (endpoint: Endpoint): number => (endpoint.net === 'tcp' ? endpoint.port : 0);

const defaultProtocols: Readonly<Record<number, string>> = {
  25: 'smtp',
  110: 'pop3',
  143: 'imap',
  465: 'smtp',
  587: 'smtp',
  993: 'imap',
  995: 'pop3',
};

const proxiesIn = (
  block: readonly NginxDirective[],
  kind: MailProxy['kind'],
): readonly MailProxy[] => {
  const ssl = nginxLast(block, 'ssl')?.args[0] === 'on';
  return nginxAll(block, 'server').flatMap((server): readonly MailProxy[] => {
    const inner = server.block ?? [];
    const listens = nginxAll(inner, 'listen')
      .map(each => parseListen(each, ssl || nginxLast(inner, 'ssl')?.args[0] === 'on'))
      .filter(each => each !== undefined);
    const port = portOf(listens[0]?.endpoint ?? { net: 'unix', path: '/' });
    const because = { path: server.path, line: server.line };
    if (kind === 'mail') {
      const protocol = nginxLast(inner, 'protocol')?.args[0] ?? defaultProtocols[port] ?? 'mail';
      return [{ kind, protocol: protocol.toUpperCase(), listens, seesInside: true, because }];
    }
    const protocol = mailPorts[port];
    if (protocol === undefined || nginxLast(inner, 'proxy_pass') === undefined) return [];
    return [{ kind, protocol, listens, seesInside: listens.some(({ tls }) => tls), because }];
  });
};

/** What nginx proxies of mail itself: ngx_mail_core_module, and ngx_stream_core_module on mail ports. */
export const mailProxiesOf = (directives: readonly NginxDirective[]): readonly MailProxy[] => [
  ...nginxAll(directives, 'mail').flatMap(({ block }) => proxiesIn(block ?? [], 'mail')),
  ...nginxAll(directives, 'stream').flatMap(({ block }) => proxiesIn(block ?? [], 'stream')),
];

const verbose = /^(?:info|debug.*)$/;

/** The mail proxy writes who logged in to the error log, at level info and below. */
export const proxyLoginLog = (
  directives: readonly NginxDirective[],
  config: string,
  proxies: readonly MailProxy[],
): readonly AccessLog[] => {
  const first = proxies.find(({ kind }) => kind === 'mail');
  if (first === undefined) return [];
  const mail = nginxLast(directives, 'mail');
  const stated = nginxLast(mail?.block ?? [], 'error_log') ?? nginxLast(directives, 'error_log');
  const path = stated?.args[0] ?? '/var/log/nginx/error.log';
  const level = stated?.args[1] ?? 'error';
  const own = nginxLast(mail?.block ?? [], 'error_log');
  const where =
    own === undefined
      ? after({ path: mail?.path ?? config, line: mail?.line ?? 1 }, 'within mail { }')
      : insteadOf({ path: own.path, line: own.line }, 'error_log');
  const because = stated === undefined ? first.because : { path: stated.path, line: stated.line };
  const sink = path.startsWith('/') ? { sink: { to: 'file', path } as const } : {};
  if (verbose.test(level)) {
    return [
      {
        question: 'who logged in',
        emitted: 'on',
        why: `the mail proxy writes each login at level info, and the error log takes ${level}`,
        because,
        ...sink,
      },
    ];
  }
  return [
    {
      question: 'who logged in',
      emitted: 'off',
      why: `the mail proxy writes logins at level info, and the error log takes only ${level} and worse`,
      because,
      remedy: `${where}\nerror_log /var/log/nginx/mail.log info;`,
      ...sink,
    },
  ];
};
