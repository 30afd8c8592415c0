import type { FormatContext, Parsed } from '../../format.ts';
import { countOf, happened, unparsed } from '../../reading.ts';
import { clfStamp } from '../../time/stamps.ts';
import { requestEvent } from '../../web/request.ts';

const start =
  /^\[\d{2}\/[A-Z][a-z]{2}\/\d{4}:\d{2}:\d{2}:\d{2} [+-]\d{4}\] (?:[A-Z-]+|-) \d{3}\b|^\[\d{2}\/[A-Z][a-z]{2}\/\d{4}:[\d:]{8} [+-]\d{4}\] (?:- - )?\d{3}\b/;

/** Whether a line is of Nginx Proxy Manager's format. */
export const looksLikeProxyManager = (text: string): boolean =>
  text.charCodeAt(0) === 0x5b && start.test(text);

const shape =
  /^ (?:(\S+) )?(?:(\d{3}|-) )?(\d{3}|-) - (\S{1,30}) (\S{1,20}) (\S{1,255}) "((?:[^"\\]|\\.){0,8000})" \[Client ([^\]\s]{1,60})\] \[Length (\d{1,15}|-)\](.{0,300}?) "((?:[^"\\]|\\.){0,2000})" "((?:[^"\\]|\\.){0,2000})"/;

/** `[time] HIT 200 200 - GET https example.jp "/path" [Client 192.0.2.1] [Length 15] … "agent" "referrer"`. */
export const proxyManager = (text: string, context: FormatContext): Parsed => {
  const stamp = clfStamp(text, 0);
  if (stamp === undefined) return unparsed('no line of an access log');
  const match = shape.exec(text.slice(stamp.end));
  if (match === null) return unparsed('no line of an access log');
  const [, , , status, method, , vhost, target, peer, bytes, , userAgent, referrer] = match;
  return happened(
    requestEvent({
      time: context.time(stamp.stamp),
      component: 'nginx',
      method,
      target,
      status: countOf(status),
      bytes: countOf(bytes),
      peer,
      vhost,
      userAgent,
      referrer,
    }),
  );
};
