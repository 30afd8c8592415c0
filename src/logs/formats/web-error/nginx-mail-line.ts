import type { EventTime } from '../../../core/log-line.ts';
import { endpointOf, ipOf } from '../../endpoint.ts';
import type { Parsed } from '../../format.ts';
import { freeText, happened, personOf, quiet } from '../../reading.ts';

/** Lines of `ngx_mail_core_module` and its neighbours. */
const mail =
  /^(?:client (?:logged in|login failed|\S+ connected to|disconnected|sent invalid|was)|proxied session done|upstream (?:sent|timed out|server)|auth http server|recv\(\) failed|client \S+ connected|connect\(\) failed|user "|client timed out|client prematurely|\S+ user:)/;

/** States of a mail session, ports and logins, which no line about the web has. */
const onlyMail =
  /, login: "|while in (?:http auth|auth|mail|greeting|client greeting)|(?:in|while) .{0,40}\b(?:imap|pop3|smtp) |client logged in|proxied session done|:(?:25|110|143|465|587|993|995)(?:,|$)/;

/** Whether a message is of nginx's mail proxy. */
export const isMailLine = (line: string): boolean =>
  mail.test(line) && onlyMail.test(line) && !line.includes(', request: "');

const ports: Readonly<Record<string, string>> = {
  '25': 'smtp',
  '110': 'pop3',
  '143': 'imap',
  '465': 'submission',
  '587': 'submission',
  '993': 'imap',
  '995': 'pop3',
};

/**
 * `client logged in, client: 192.0.2.1, server: 0.0.0.0:143, login: "bob", upstream: 192.0.2.5:143`. The login
 * is the client's and stands behind the addresses, so the first address counts; what stands before it an
 * upstream or the authentication server said.
 */
export const nginxMailLine = (line: string, time: EventTime): Parsed => {
  const found = [...line.matchAll(/, client: ([0-9a-fA-F.:]{2,45}), server: /g)].slice(0, 10);
  const connected = /^client ([0-9a-fA-F.:]{2,45}) connected to ([0-9a-fA-F.:]{2,60})/.exec(line);
  const [first] = found;
  const text = first === undefined ? line : line.slice(0, first.index);
  const rest = first === undefined ? '' : line.slice(first.index);
  const forged = !found.every(each => each[1] === first?.[1]);
  const ip = ipOf(first?.[1] ?? '') ?? endpointOf(connected?.[1] ?? '')?.ip;
  const listening = /, server: ([0-9a-fA-F.:*[\]]{2,60})/.exec(rest)?.[1] ?? connected?.[2];
  const port = listening?.slice(listening.lastIndexOf(':') + 1);
  const login = /, login: "(.{0,320}?)"(?:, upstream: [^\s",]{1,100}$|$|, )/.exec(rest)?.[1];
  const upstream = /, upstream: ([^\s",]{3,100})$/.exec(rest)?.[1];
  const good = text.startsWith('client logged in');
  const bad = text.startsWith('client login failed');
  const { detail, flags } = freeText(text, forged ? ['forged-looking'] : []);
  if (ip === undefined && login === undefined) return quiet('the mail proxy itself');
  const done = text.startsWith('proxied session done');
  return happened({
    kind: good || bad ? 'login' : done && login !== undefined ? 'logout' : 'connection',
    time,
    outcome:
      good || done
        ? 'success'
        : bad
          ? 'failure'
          : text.includes('connected to')
            ? 'success'
            : 'unknown',
    component: 'nginx',
    service: ports[port ?? ''] ?? 'mail',
    user: forged ? undefined : personOf(login),
    from: ip === undefined ? undefined : { ip },
    to: upstream === undefined ? undefined : endpointOf(upstream),
    detail,
    flags,
  });
};
