import type { EventTime } from '../../../core/log-line.ts';
import { ipOf } from '../../endpoint.ts';
import type { Parsed } from '../../format.ts';
import { countOf, freeText, happened, personOf } from '../../reading.ts';
import { printable } from '../../text.ts';
import { administrator } from './event-fields.ts';
import type { Prefix } from './prefix.ts';

/** The name comes last, and is whoever asked's. */
const executed = /^Executing command '([\w -]{1,80})'(?: as '(.{0,320})')?$/s;

/** `doveadm: ::1 - - "POST /doveadm/v1 HTTP/1.1" 200 249 "referrer" "agent"`; no quote stands in what Dovecot quotes. */
const requested =
  /^doveadm: ([0-9A-Fa-f.:]{2,45}) - - "([A-Z]{1,20}) (\S{1,2000}) HTTP\/[\d.]{1,5}" (\d{3}) (\d{1,15}) "(.{0,2000}?)" "(.{0,2000})"$/;

/** What doveadm's HTTP service was asked to do, and by whom; undefined for other lines of it. */
export const doveadmLine = (prefix: Prefix, time: EventTime): Parsed | undefined => {
  const base = {
    time,
    component: 'dovecot',
    service: 'doveadm',
    actor: personOf(administrator('doveadm')),
    pid: prefix.pid,
    session: prefix.session,
  };
  const command = executed.exec(prefix.text);
  if (command !== null) {
    const ip = ipOf(prefix.args);
    return happened({
      ...base,
      kind: 'api.request',
      outcome: 'unknown',
      user: personOf(command[2]),
      from: ip === undefined ? undefined : { ip },
      ...freeText(`Executing command '${command[1] ?? ''}'`),
    });
  }
  const request = requested.exec(prefix.text);
  if (request === null) return undefined;
  const [, address = '', method = '', path = '', status = '', bytes, referrer = '', agent = ''] =
    request;
  const ip = ipOf(address);
  return happened({
    ...base,
    kind: 'api.request',
    outcome: Number(status) < 400 ? 'success' : 'failure',
    user: personOf(ipOf(prefix.args) === undefined ? prefix.args : undefined),
    from: ip === undefined ? undefined : { ip },
    bytes: countOf(bytes),
    request: {
      method,
      path: printable(path, 2_000),
      status: Number(status),
      ...(agent === '' ? {} : { userAgent: printable(agent, 1_000) }),
      ...(referrer === '' ? {} : { referrer: printable(referrer, 1_000) }),
    },
  });
};
