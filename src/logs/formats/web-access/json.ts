import type { EventTime } from '../../../core/log-line.ts';
import type { FormatContext, Parsed } from '../../format.ts';
import { countOf, happened, unparsed } from '../../reading.ts';
import { clfStamp, epochTextStamp, isoStamp } from '../../time/stamps.ts';
import { requestEvent } from '../../web/request.ts';

/** Keys of Traefik's, Caddy's and of nginx's usual JSON formats. */
const hint =
  /"(?:DownstreamStatus|remote_addr|remote_ip|http\.log\.access|request_uri|RequestPath|remoteIp)"|"http\.log\.access/;

/** Whether a record is a web server's. */
export const looksLikeJsonAccess = (text: string): boolean => {
  const head = text.slice(0, 4_000);
  return hint.test(head) && /"(?:status|DownstreamStatus|response|status_code)" ?:/.test(text);
};

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const pick = (fields: Fields, names: readonly string[]): string | undefined => {
  for (const name of names) {
    let value = fields[name];
    if (Array.isArray(value)) [value] = value;
    if (typeof value === 'number') return String(value);
    if (typeof value === 'string' && value !== '') return value;
  }
  return undefined;
};

const peers = [
  'remote_addr',
  'ClientHost',
  'remote_ip',
  'client_ip',
  'clientip',
  'remoteIp',
  'client',
] as const;
const agents = [
  'http_user_agent',
  'request_User-Agent',
  'user_agent',
  'agent',
  'userAgent',
  'User-Agent',
] as const;

const timeOf = (fields: Fields, context: FormatContext, fallback: EventTime): EventTime => {
  const text = pick(fields, [
    'StartUTC',
    'time_iso8601',
    'time',
    'ts',
    '@timestamp',
    'timestamp',
    'time_local',
    'msec',
  ]);
  if (text === undefined) return fallback;
  const stamp = isoStamp(text)?.stamp ?? clfStamp(text)?.stamp ?? epochTextStamp(text.slice(0, 17));
  return stamp === undefined ? fallback : context.time(stamp);
};

/** A record of one request, as JSON. */
export const jsonAccess = (
  text: string,
  context: FormatContext,
  fallback: EventTime,
  component: string,
): Parsed => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return unparsed('a broken JSON record');
  }
  if (!isFields(value)) return unparsed('no JSON record of a request');
  const inner = isFields(value['request']) ? value['request'] : {};
  const headers = isFields(inner['headers']) ? inner['headers'] : {};
  const fields: Fields = { ...headers, ...inner, ...value };
  const line = typeof value['request'] === 'string' ? value['request'].split(' ') : [];
  const target = pick(fields, ['RequestPath', 'request_uri', 'uri', 'path', 'url']) ?? line[1];
  const status = countOf(pick(fields, ['DownstreamStatus', 'status', 'status_code', 'response']));
  if (target === undefined && status === undefined) return unparsed('no JSON record of a request');
  const traefik = 'DownstreamStatus' in fields;
  return happened(
    requestEvent({
      time: timeOf(fields, context, fallback),
      component: traefik ? 'traefik' : isFields(value['request']) ? 'caddy' : component,
      method: pick(fields, ['RequestMethod', 'request_method', 'method', 'verb']) ?? line[0],
      target,
      status,
      bytes: countOf(
        pick(fields, ['DownstreamContentSize', 'body_bytes_sent', 'bytes_sent', 'bytes', 'size']),
      ),
      peer: pick(fields, peers),
      forwardedFor: pick(fields, [
        'http_x_forwarded_for',
        'request_X-Forwarded-For',
        'x_forwarded_for',
        'X-Forwarded-For',
      ]),
      user: pick(fields, ['ClientUsername', 'remote_user', 'user_id', 'user']),
      userAgent: pick(fields, agents),
      referrer: pick(fields, ['http_referer', 'request_Referer', 'referrer', 'referer', 'Referer']),
      vhost: pick(fields, ['RequestHost', 'host', 'server_name', 'http_host']),
    }),
  );
};
