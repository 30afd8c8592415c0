import type { AccessEvent, Endpoint } from '../../core/access-event.ts';
import type { EventTime } from '../../core/log-line.ts';
import { endpointOf, ipOf } from '../endpoint.ts';
import { type EventParts, personOf } from '../reading.ts';
import { printable } from '../text.ts';
import { meaningOf } from './meaning.ts';
import { keptTarget, targetOf } from './target.ts';

/** One request as an access log tells of it. */
export interface WebRequest {
  readonly time: EventTime;
  readonly component: string;
  readonly method?: string | undefined;
  /** Path and query as written. */
  readonly target?: string | undefined;
  readonly status?: number | undefined;
  readonly bytes?: number | undefined;
  /** Who is at the other end of the connection, a proxy perhaps. */
  readonly peer?: string | undefined;
  /** `X-Forwarded-For`: each proxy writes whom it saw behind what it was told. */
  readonly forwardedFor?: string | undefined;
  readonly user?: string | undefined;
  readonly userAgent?: string | undefined;
  readonly referrer?: string | undefined;
  readonly vhost?: string | undefined;
}

const privateIp =
  /^(?:10\.|127\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|::1$|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:)/;

/** Addresses that no client on the Internet has. */
const isPrivateIp = (ip: string): boolean => privateIp.test(ip);

/**
 * Who asked. A client may write any `X-Forwarded-For`, so it counts only where the peer is of the own network, a
 * proxy; and of its addresses the last one, which that proxy wrote.
 */
export const clientOf = (
  peer: string | undefined,
  forwardedFor: string | undefined,
): { readonly from?: Endpoint; readonly through?: Endpoint } => {
  const near = peer === undefined ? undefined : endpointOf(peer);
  if (near?.ip !== undefined && !isPrivateIp(near.ip)) return { from: near };
  if (forwardedFor === undefined || forwardedFor === '' || forwardedFor === '-') {
    return near === undefined ? {} : { from: near };
  }
  const told = forwardedFor.slice(-600).split(',').slice(-8);
  for (let k = told.length - 1; k >= 0; k -= 1) {
    const each = endpointOf((told[k] ?? '').trim());
    if (each?.ip === undefined) break;
    // Proxies behind proxies of the own network; the first address from the right that is none is the client.
    if (isPrivateIp(each.ip) && k > 0) continue;
    return near === undefined || each.ip === near.ip
      ? { from: each }
      : { from: each, through: near };
  }
  return near === undefined ? {} : { from: near };
};

const outcomeOf = (status: number | undefined): AccessEvent['outcome'] =>
  status === undefined || status === 0 ? 'unknown' : status >= 400 ? 'failure' : 'success';

/** A redirection shows no message: it leads to the login page, when a session has ended, or to another view. */
const isShown = (kind: AccessEvent['kind'], status: number | undefined): boolean =>
  !(status !== undefined && status >= 300 && status < 400 && status !== 304) ||
  !/^(?:message\.(?:read|list)|mailbox\.|search)/.test(kind);

const given = (text: string | undefined): string | undefined =>
  text === undefined || text === '' || text === '-' ? undefined : text;

/** The event that a request is: a read, a login, or a request to the web server. */
export const requestEvent = (request: WebRequest): EventParts => {
  const { method = '', target, status } = request;
  const meaning =
    target === undefined ? undefined : meaningOf(method.toUpperCase(), targetOf(target), status);
  const kept = target === undefined ? undefined : keptTarget(target);
  const referrer = given(request.referrer);
  const agent = given(request.userAgent);
  const from = referrer === undefined ? undefined : keptTarget(referrer);
  const user = given(request.user);
  const secret = kept?.secret === true || from?.secret === true;
  const name = user ?? meaning?.user;
  const owner = meaning?.user;
  const kind = meaning?.kind ?? 'web.request';
  return {
    kind,
    time: request.time,
    outcome: meaning?.outcome ?? (isShown(kind, status) ? outcomeOf(status) : 'unknown'),
    component: request.component,
    service: meaning?.service,
    user: personOf(owner ?? name),
    actor:
      owner !== undefined && user !== undefined && owner !== user && meaning?.service === 'owa'
        ? personOf(user)
        : undefined,
    app: meaning?.app,
    ...clientOf(request.peer, request.forwardedFor),
    to: request.vhost === undefined ? undefined : endpointOf(request.vhost),
    folder: meaning?.folder,
    messages: meaning?.messages,
    bytes: request.bytes,
    change: meaning?.change,
    request: {
      ...(method === '' ? {} : { method: printable(method, 40) }),
      ...(kept === undefined ? {} : { path: kept.path }),
      ...(status === undefined ? {} : { status }),
      ...(agent === undefined ? {} : { userAgent: printable(agent, 500) }),
      ...(from === undefined ? {} : { referrer: from.path }),
    },
    flags: secret ? ['secret'] : undefined,
  };
};

/** An address of a log's first column: no client writes it. */
export const looksLikePeer = (text: string): boolean =>
  ipOf(text) !== undefined || /^[A-Za-z0-9_.-]{1,255}$/.test(text);
