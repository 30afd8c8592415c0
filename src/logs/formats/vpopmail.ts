import { ipOf } from '../endpoint.ts';
import { plainFormat, type Told } from '../filter-format.ts';
import type { LogFormat } from '../format.ts';
import { personOf } from '../reading.ts';
import { detailOf, printable } from '../text.ts';

/** The name is the client's; the address behind its last colon is the server's. An IPv6 one is all that can be one. */
const attempt =
  /^vchkpw(?:-([\w-]{1,20}))?:? (vpopmail user not found|password fail(?: \(pass: .{0,200}\))?|(?:\(\w{1,20}\) )?login success|invalid user\/domain characters|vpopmail user|system user not found|system password fail|null user name given|null password given|no password|.{0,40}access denied) ?(.{0,400})$/;

const addressed =
  /^(.*?):((?:::ffff:)?(?:\d{1,3}\.){3}\d{1,3}|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7})$/s;

/** `rblsmtpd: 192.0.2.1 pid 19 name: 451 text`, `name blocked 192.0.2.1 host -`. */
const listed =
  /(?:^|rblsmtpd: )([0-9A-Fa-f.:]{2,45}) pid \d{1,9}\b|^\S{1,255} blocked ([0-9A-Fa-f.:]{2,45}) /;

const serviceOf = (name: string | undefined): string =>
  name === undefined ? 'pop3' : name.startsWith('smtp') ? 'smtp' : printable(name);

const told = (text: string): Told | undefined => {
  const tried = attempt.exec(text);
  if (tried !== null) {
    const [, service, what = '', rest = ''] = tried;
    const at = addressed.exec(rest);
    const ip = ipOf(at?.[2] ?? '');
    const user = personOf((ip === undefined ? rest : (at?.[1] ?? '')).replace(/@$/, ''));
    const method = /^\((\w{1,20})\)/.exec(what)?.[1];
    const secret = what.includes('(pass: ');
    return {
      kind: 'login',
      outcome: what.endsWith('login success') ? 'success' : 'failure',
      service: serviceOf(service),
      ...(user === undefined ? {} : { user }),
      ...(ip === undefined ? {} : { from: { ip } }),
      ...(method === undefined ? {} : { authMethod: method }),
      detail: detailOf(what.replace(/ \(pass: .*\)$/s, '')),
      ...(secret ? { flags: ['secret' as const] } : {}),
    };
  }
  const refused = listed.exec(text);
  const ip = ipOf(refused?.[1] ?? refused?.[2] ?? '');
  return ip === undefined
    ? undefined
    : {
        kind: 'connection',
        outcome: 'failure',
        service: 'smtp',
        from: { ip },
        detail: detailOf(text),
      };
};

/** vpopmail's vchkpw, which says who logs in to qmail's servers, and rblsmtpd before them. */
export const vpopmail: LogFormat = plainFormat({
  id: 'vpopmail',
  title: 'vpopmail: logins to qmail; rblsmtpd',
  program: /^(?:vpopmail|vchkpw|rblsmtpd)$/,
  shape:
    /^(?:vchkpw(?:-[\w-]{1,20})?(?:: | (?:vpopmail|password|login|invalid user|system|null|no password|\(\w{1,20}\) login))|rblsmtpd: [0-9A-Fa-f.:]{2,45} pid )/,
  open: () => told,
});
