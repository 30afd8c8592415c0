import { endpointOf } from '../../endpoint.ts';
import type { Envelope, FormatContext, Parsed } from '../../format.ts';
import { freeText, happened, personOf, quiet, timedWithin, unparsed } from '../../reading.ts';
import { slashedStamp } from '../../time/stamps.ts';
import { orTrouble } from '../../trouble.ts';
import { requestEvent } from '../../web/request.ts';
import { isMailLine, nginxMailLine } from './nginx-mail-line.ts';

/** `[error] 6563#0: *1861 …`; older ones and those of the master without a connection's number. */
const head =
  /^\[(debug|info|notice|warn|error|crit|alert|emerg)\] \d{1,9}#\d{1,9}: (?:\*\d{1,15} )?/;

const stamped =
  /^\d{4}\/\d{2}\/\d{2} \d{2}:\d{2}:\d{2} \[(?:debug|info|notice|warn|error|crit|alert|emerg)\] \d+#\d+: /;

/** Whether a line is of nginx's error log. */
export const looksLikeNginxError = (message: string): boolean =>
  stamped.test(message) || head.test(message);

/** What nginx puts behind its message; the request and what follows are the client's. */
interface Context {
  readonly text: string;
  readonly client?: string;
  readonly server?: string;
  readonly request?: string;
  readonly forged: boolean;
}

const clients = /, client: ([0-9a-fA-F.:]{2,45}|unix:)(?=,|$)/g;

const quotedAfter = (text: string, key: string, from: number): string | undefined => {
  const at = text.indexOf(`, ${key}: "`, from);
  if (at < 0) return undefined;
  const start = at + key.length + 5;
  const end = text.indexOf('", ', start);
  return text.slice(start, end < 0 ? text.length - (text.endsWith('"') ? 1 : 0) : end);
};

/** Whether a message holds what a client sent: a user's name, a path, what a program said. */
const holdsSent = (text: string): boolean =>
  text.startsWith('user "') || text.includes('"/') || / sent | stderr/.test(text);

/**
 * `MESSAGE, client: 192.0.2.1, server: example.jp, request: "GET / HTTP/1.1", host: "…"`. Nothing is escaped.
 * A message may hold what the client sent (a user name, a path), and the request does: where more
 * than one client stands in such a line, nobody can tell which one nginx wrote. Else it wrote the first.
 */
const contextOf = (line: string): Context => {
  const found = [...line.matchAll(clients)].slice(0, 20);
  const [first] = found;
  if (first === undefined) return { text: line, forged: false };
  const text = line.slice(0, first.index);
  const alike = found.every(each => each[1] === first[1]);
  const forged = !alike && holdsSent(text);
  const rest = line.slice(first.index);
  const server = /^, client: [^,]{2,45}, server: ([^,\s"]{1,255})/.exec(rest)?.[1];
  const request = quotedAfter(rest, 'request', 0);
  return {
    text,
    ...(forged || first[1] === undefined ? {} : { client: first[1] }),
    ...(server === undefined ? {} : { server }),
    ...(request === undefined ? {} : { request }),
    forged,
  };
};

const basic =
  /^(?:user "(.{0,255}?)"(?::? (?:password mismatch|was not found in "|not found)|: )|no user\/password was provided)/;

const brokenTls =
  /SSL_(?:do_handshake|read|write|shutdown)\(\)|SSL: |ssl handshake|PROXY protocol/i;

/** A line of nginx's error log. */
export const nginxError = (envelope: Envelope, context: FormatContext): Parsed => {
  const { time, text: timed } = timedWithin(envelope, context, slashedStamp);
  const start = head.exec(timed);
  if (start === null) return unparsed('no line of an error log');
  const line = timed.slice(start[0].length);
  if (isMailLine(line)) return nginxMailLine(line, time);
  const about = contextOf(line);
  const { detail, flags } = freeText(about.text, about.forged ? ['forged-looking'] : []);
  const from = about.client === undefined ? undefined : endpointOf(about.client);
  if (about.client === undefined && !about.forged) {
    return orTrouble(quiet('nginx itself'), { time, component: 'nginx' }, line);
  }
  if (about.forged && /^user ".{0,2000}"(?:: password mismatch| was not found in ")/.test(line)) {
    return happened({
      kind: 'login',
      time,
      outcome: 'failure',
      component: 'nginx',
      service: 'web',
      detail,
      flags,
    });
  }
  const name = basic.exec(about.text);
  if (name !== null) {
    if (name[1] === undefined) return quiet('a browser that has not been asked for a password yet');
    return happened({
      kind: 'login',
      time,
      outcome: 'failure',
      component: 'nginx',
      service: 'web',
      user: personOf(name[1]),
      from,
      to: about.server === undefined ? undefined : endpointOf(about.server),
      detail,
      flags,
    });
  }
  if (about.request === undefined) {
    return happened({
      kind: 'connection',
      time,
      outcome:
        brokenTls.test(about.text) || start[1] === 'error' || start[1] === 'crit'
          ? 'failure'
          : 'unknown',
      component: 'nginx',
      from,
      detail,
      flags,
    });
  }
  const space = about.request.indexOf(' ');
  const protocol = about.request.lastIndexOf(' HTTP/');
  const event = requestEvent({
    time,
    component: 'nginx',
    method: space < 0 ? undefined : about.request.slice(0, space),
    target: about.request.slice(space + 1, protocol > space ? protocol : about.request.length),
    vhost: about.server,
  });
  const failed =
    /^(?:warn|error|crit|alert|emerg)$/.test(start[1] ?? '') &&
    !about.text.startsWith('FastCGI sent');
  // What a request would have read, an error says it did not.
  return happened({
    ...event,
    kind: 'web.request',
    messages: undefined,
    from,
    outcome: failed ? 'failure' : 'unknown',
    detail,
    flags: flags ?? event.flags,
  });
};
