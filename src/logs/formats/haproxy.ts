import { endpointOf } from '../endpoint.ts';
import type { Envelope, FormatContext, LogFormat, Parsed } from '../format.ts';
import { countOf, freeText, happened, onHost, quiet, timeless, unparsed } from '../reading.ts';
import { clfStamp } from '../time/stamps.ts';
import { requestEvent } from '../web/request.ts';

/** `192.0.2.1:51234 [22/Nov/2026:12:00:01.123] `: HAProxy's own, before anything that a client sent. */
const head =
  /^([0-9a-fA-F.:[\]]{2,50}|unix:\d{1,6}|-):?(\d{1,5})? (?=\[\d{2}\/[A-Z][a-z]{2}\/\d{4}:)/;

const http =
  /^ (\S{1,200}) (\S{1,200})\/(\S{1,200}) ([-+\d]{1,12}(?:\/[-+\d]{1,12}){3,6}) (\d{3}|-1) \+?(\d{1,15}) (\S{1,200}) (\S{1,200}) (\S{4}) [\d/+-]{5,60} \d{1,9}\/\d{1,9}(?: |$)/;

const tcp =
  /^ (\S{1,200}) (\S{1,200})\/(\S{1,200}) ([-+\d]{1,12}(?:\/[-+\d]{1,12}){2}) \+?(\d{1,15}) (\S{2}) [\d/+-]{5,60} \d{1,9}\/\d{1,9}/;

const refused = /^ (\S{1,200}): (.{1,300})$/;

/** `"GET / HTTP/1.1"` at the end; captured headers in braces before it may hold quotes, the client's too. */
const requestAt = (text: string): { method?: string; target?: string } => {
  const end = text.lastIndexOf('"');
  const cut = text.lastIndexOf(' HTTP/', end);
  const open = /"(?=(?:[A-Z]{3,20} |<BADREQ>))/.exec(text)?.index ?? -1;
  if (open < 0) return {};
  const line = text.slice(open + 1, cut > open ? cut : end > open ? end : text.length);
  const space = line.indexOf(' ');
  return space < 0 ? {} : { method: line.slice(0, space), target: line.slice(space + 1) };
};

const started =
  /^(?:Proxy|Server|Backend|Frontend|Health check|backend|New worker|Former worker|Loading|Stopping|Pausing|Resuming|Reexec|\[?(?:NOTICE|WARNING|ALERT))/;

/** Who ended a session first, and in which state (manual, 8.5): of what was never served nothing came. */
const outcomeOf = (state: string): 'success' | 'failure' | 'unknown' => {
  if (state.startsWith('--')) return 'success';
  return /^(?:[PSRIDLUK][CRQ]|S[CQ])/.test(state) ? 'failure' : 'unknown';
};

const read = (envelope: Envelope, context: FormatContext): Parsed => {
  const { message } = envelope;
  const start = head.exec(message);
  const fallback = envelope.stamp === undefined ? timeless : context.time(envelope.stamp);
  if (start === null) {
    const connect = /^Connect from (\S{3,60}) to (\S{3,60}) \((\S{1,200})\/(\w{1,10})\)/.exec(
      message,
    );
    if (connect !== null) {
      return happened({
        kind: 'connection',
        time: fallback,
        outcome: 'success',
        component: 'haproxy',
        from: endpointOf(connect[1] ?? ''),
        to: endpointOf(connect[2] ?? ''),
        ...freeText(message),
      });
    }
    return started.test(message) ? quiet('HAProxy itself') : unparsed('no line of HAProxy');
  }
  const stamp = clfStamp(message, start[0].length);
  if (stamp === undefined) return unparsed('no line of HAProxy');
  const time = context.time(stamp.stamp);
  const peer = `${start[1] ?? ''}${start[2] === undefined ? '' : `:${start[2]}`}`;
  // An IPv6 address and its port are apart by a colon only.
  const from = endpointOf(
    start[2] !== undefined && (start[1] ?? '').includes(':') && !(start[1] ?? '').startsWith('[')
      ? `[${start[1] ?? ''}]:${start[2]}`
      : peer,
  );
  const rest = message.slice(stamp.end);
  const web = http.exec(rest);
  if (web !== null) {
    const status = countOf(web[5]);
    const event = requestEvent({
      time,
      component: 'haproxy',
      ...requestAt(rest.slice(web[0].length - 1)),
      status,
      bytes: countOf(web[6]),
    });
    return happened({
      ...event,
      from,
      detail: `${web[1] ?? ''} ${web[2] ?? ''}/${web[3] ?? ''} ${web[9] ?? ''}`,
    });
  }
  const plain = tcp.exec(rest);
  if (plain !== null) {
    return happened({
      kind: 'connection',
      time,
      outcome: outcomeOf(plain[6] ?? ''),
      component: 'haproxy',
      from,
      bytes: countOf(plain[5]),
      ...freeText(`${plain[1] ?? ''} ${plain[2] ?? ''}/${plain[3] ?? ''} ${plain[6] ?? ''}`),
    });
  }
  const error = refused.exec(rest);
  return error === null
    ? unparsed('a log format of HAProxy that is not known')
    : happened({
        kind: 'connection',
        time,
        outcome: 'failure',
        component: 'haproxy',
        from,
        ...freeText(error[2] ?? ''),
      });
};

const shape =
  /^(?:[0-9a-fA-F.:[\]]{2,50}|unix:\d{1,6}|-):?\d{0,5} \[\d{2}\/[A-Z][a-z]{2}\/\d{4}:\d{2}:\d{2}:\d{2}\.\d{3}\] /;

/** HAProxy's HTTP, TCP and error lines. */
export const haproxy: LogFormat = {
  id: 'haproxy',
  title: 'HAProxy',
  sniff: ({ program, message }) => {
    if (program !== undefined) return program === 'haproxy' ? 1 : 0;
    return shape.test(message) ? 0.9 : 0;
  },
  open: context => ({ read: envelope => onHost(read(envelope, context), envelope) }),
};
