import { ipOf } from '../endpoint.ts';
import type { Envelope, FormatContext, LogFormat, Parsed } from '../format.ts';
import {
  countOf,
  freeText,
  happened,
  onHost,
  personOf,
  quiet,
  timedWithin,
  unparsed,
} from '../reading.ts';
import { clfStamp, rfc3164Stamp } from '../time/stamps.ts';
import { orTrouble } from '../trouble.ts';
import { clientOf, requestEvent } from '../web/request.ts';

/** In its own file SOGo writes `sogod [123]: ` behind the stamp. */
const process = /^sogod ?\[(\d{1,9})\]:? /;

/**
 * `SOGoRootPage Login from '192.0.2.1' for user 'bob' might not have worked - …`. SOGo takes the address of
 * `X-Forwarded-For` as it comes, so of several the last counts, which the web server before it wrote. Header
 * and name are the client's: where the words between them stand twice, nobody can tell which is which.
 */
const login =
  /^(?:\S{0,20})?SOGoRootPage (successful login|Login) from '(.{0,300}?)' for user '(.{0,320})'(?: might not have worked)?(?: - .{0,300})?$/;

const between = "' for user '";

const loginLine = (
  text: string,
  time: ReturnType<FormatContext['time']>,
  pid: number | undefined,
): Parsed | undefined => {
  const match = login.exec(text);
  if (match === null) return undefined;
  const [, word = '', address = '', name = ''] = match;
  const forged = name.includes(between) || address.includes("'");
  const from = forged ? {} : clientOf(undefined, address);
  const detail = freeText(/ - (.{0,300})$/.exec(text)?.[1] ?? '', forged ? ['forged-looking'] : []);
  return happened({
    kind: 'login',
    time,
    outcome: word === 'Login' ? 'failure' : 'success',
    component: 'sogo',
    service: 'webmail',
    user: personOf(name),
    ...from,
    pid,
    ...detail,
  });
};

/** `192.0.2.1 "GET /SOGo/so/bob/Mail/… HTTP/1.1" 200 34/38 0.311 - - 2M`, in `sogo.log` since version 3. */
const request =
  /^([0-9a-fA-F.:, -]{1,300}?)(?: - - \[([^\]]{10,40})\])? "([A-Z]{3,20}) (\S{1,8000})(?: HTTP\/[\d.]{1,3})?" (\d{3}) (\d{1,12})\/(\d{1,12}|-)/;

const requestLine = (
  text: string,
  time: ReturnType<FormatContext['time']>,
  context: FormatContext,
): Parsed | undefined => {
  const match = request.exec(text);
  if (match === null) return undefined;
  const [, address = '', written, method, target, status, , size] = match;
  const stamp = written === undefined ? undefined : clfStamp(written)?.stamp;
  const event = requestEvent({
    time: stamp === undefined ? time : context.time(stamp),
    component: 'sogo',
    method,
    target,
    status: countOf(status),
    bytes: countOf(size),
    forwardedFor: address.trim(),
  });
  return happened(event);
};

const known =
  /^(?:\|SOGo\||<0x|\[(?:ERROR|WARN|INFO|NOTE|DEBUG)\]|EXCEPTION|Note[:(]|ERROR|WARNING|EAS|IMAP4|NG|WO|version |vmem|GC|Terminating|sieve|Sieve|SMTP|LDAP|SQL|MySQL|PG|PostgreSQL|Ignored|preparing|child|Starting|Listening|Shutting|parent|listening|All children|there are|Using|logging|fetch|got|could not|Could not|failed|sendmail|\d+: |0x|-\[|\+\[|Reply|Request|C\[|SOGo|Can't|Cannot|No |Unable|EOF|The |CAS|SAML|memcached|renew|received|wait|spawn|killing|sending|safetyBelt|hanging|timeout)/i;

const read = (envelope: Envelope, context: FormatContext): Parsed => {
  const { time, text: timed } = timedWithin(envelope, context, rfc3164Stamp);
  const head = process.exec(timed);
  const text = head === null ? timed : timed.slice(head[0].length);
  const pid = countOf(head?.[1]) ?? envelope.pid;
  if (text.startsWith('SOGoRootPage') || text.includes('SOGoRootPage ')) {
    const at = text.indexOf('SOGoRootPage ');
    const parsed = loginLine(text.slice(at), time, pid);
    if (parsed !== undefined) return parsed;
  }
  const parsed = requestLine(text, time, context);
  if (parsed !== undefined) return parsed;
  return orTrouble(
    known.test(text) ? quiet('SOGo itself') : unparsed('SOGo says something unknown'),
    { time, component: 'sogo', pid },
    text,
  );
};

/** SOGo: `sogo.log`, with logins and requests. */
export const sogo: LogFormat = {
  id: 'sogo',
  title: 'SOGo: logins and requests',
  sniff: ({ program, message }) => {
    if (program !== undefined) return program === 'sogod' || program === 'sogo' ? 1 : 0;
    const behind = message.slice(rfc3164Stamp(message)?.end ?? 0).trimStart();
    if (process.test(behind)) return 1;
    // Requests of older versions: the size stands there twice.
    return /^[0-9a-fA-F.:]{2,45} - - \[[^\]]{10,40}\] "[A-Z]{3,20} \/SOGo\/\S{0,2000} HTTP\/[\d.]+" \d{3} \d+\/\d+ /.test(
      message,
    ) && ipOf(message.split(' ', 1)[0] ?? '') !== undefined
      ? 0.95
      : 0;
  },
  open: context => ({ read: envelope => onHost(read(envelope, context), envelope) }),
};
