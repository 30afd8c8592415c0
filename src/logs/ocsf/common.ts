import type { AccessEvent, Endpoint, Person } from '../../core/access-event.ts';
import type { OcsfClass } from './classes.ts';
import { type Metadata, type NetworkEndpoint, ocsfVersion, type User } from './types.generated.ts';

/** Where an event is from: a line of a log. */
export interface Origin {
  /** The file or feed. */
  readonly log: string;
  /** 1-based line or record in it; undefined where that is not known any more. */
  readonly line: number | undefined;
  /** Id of the format that read it. */
  readonly format: string;
  /** Id of the stored segment, once there is one. */
  readonly segment?: string;
  /** 1-based line in that segment. */
  readonly lineInSegment?: number;
  /** The line itself, where it is asked for. */
  readonly raw?: string;
  /** How often the line came, where a syslog daemon counted instead of writing it again. */
  readonly repeated?: number;
}

/** What all events of a run share. */
export interface OcsfContext {
  readonly toolVersion: string;
  /** When the run reads: Milliseconds since 1970. */
  readonly processedMs: number;
}

/** What every class has. Filled in place: there are many events, and spreading is slow. */
export interface Common {
  activity_id: number;
  activity_name: string;
  category_uid: number;
  category_name: string;
  class_uid: number;
  class_name: string;
  type_uid: number;
  type_name: string;
  time: number;
  timezone_offset?: number;
  severity_id: 1;
  severity: 'Informational';
  status_id: 0 | 1 | 2;
  status: 'Unknown' | 'Success' | 'Failure';
  status_detail?: string;
  status_code?: string;
  message: string;
  count?: number;
  metadata: Metadata;
  device?: { hostname: string; type_id: 0 };
  raw_data?: string;
  unmapped: { readonly postern: Readonly<Record<string, unknown>> };
}

const statuses = {
  unknown: [0, 'Unknown'],
  success: [1, 'Success'],
  failure: [2, 'Failure'],
} as const;

/** Postern's own words for an event, which OCSF has no place for. */
const own = (
  event: AccessEvent,
  { segment, line, lineInSegment, format, repeated }: Origin,
  absent: readonly string[],
): Record<string, unknown> => {
  const postern: Record<string, unknown> = {
    line: lineInSegment ?? line,
    format,
    kind: event.kind,
  };
  if (segment !== undefined) postern['segment'] = segment;
  postern['component'] = event.component;
  if (event.service !== undefined) postern['service'] = event.service;
  if (event.session !== undefined) postern['session'] = event.session;
  if (event.folder !== undefined) postern['folder'] = event.folder;
  if (event.count !== undefined) postern['count'] = event.count;
  if (event.bytes !== undefined) postern['bytes'] = event.bytes;
  if (event.tls !== undefined) postern['tls'] = event.tls;
  if (event.pid !== undefined) postern['pid'] = event.pid;
  if (event.direction !== undefined) postern['direction'] = event.direction;
  if (event.through !== undefined) postern['through'] = event.through;
  if (event.change !== undefined) postern['change'] = event.change;
  if (event.flags !== undefined && event.flags.length > 0) postern['flags'] = event.flags;
  if (event.time.assumed !== undefined) postern['assumed'] = event.time.assumed;
  if (repeated !== undefined) postern['repeated'] = repeated;
  // What the class requires and the log does not say stands there as `unknown`: here is which.
  if (absent.length > 0) postern['absent'] = absent;
  return postern;
};

const sentence = (event: AccessEvent): string => {
  const { kind, user, actor, from, outcome, component } = event;
  let text = `${component}: ${kind}`;
  if (user !== undefined) text += ` of ${user.name}`;
  if (actor !== undefined) text += ` by ${actor.name}`;
  const source = from?.ip ?? from?.host;
  if (source !== undefined) text += ` from ${source}`;
  return outcome === 'failure' ? `${text}: failed` : text;
};

const metadataOf = (
  event: AccessEvent,
  origin: Origin,
  { toolVersion, processedMs }: OcsfContext,
  usesHost: boolean,
): Metadata => {
  const metadata: Metadata = {
    version: ocsfVersion,
    product: { name: 'Postern', vendor_name: 'Postern', version: toolVersion },
    log_name: origin.log,
    log_format: origin.format,
    log_provider: event.component,
    original_time: event.time.original,
    processed_time: processedMs,
  };
  if (origin.line !== undefined) metadata.sequence = origin.line;
  if (event.eventUid !== undefined) metadata.original_event_uid = event.eventUid;
  if (event.flags?.includes('truncated') === true) metadata.is_truncated = true;
  if (usesHost) metadata.profiles = ['host'];
  return metadata;
};

/** `usesHost`: something of the `host` profile stands in the event beside its device. */
export const commonOf = (
  event: AccessEvent,
  origin: Origin,
  context: OcsfContext,
  ofClass: OcsfClass,
  activity: readonly [id: number, name: string],
  absent: string[],
  usesHost = false,
): Common => {
  const [statusId, status] = statuses[event.outcome];
  if (event.time.atMs === undefined) absent.push('time');
  const common: Common = {
    activity_id: activity[0],
    activity_name: activity[1],
    category_uid: ofClass.categoryUid,
    category_name: ofClass.category,
    class_uid: ofClass.uid,
    class_name: ofClass.caption,
    type_uid: ofClass.uid * 100 + activity[0],
    type_name: `${ofClass.caption}: ${activity[1]}`,
    time: event.time.atMs ?? context.processedMs,
    severity_id: 1,
    severity: 'Informational',
    status_id: statusId,
    status,
    message: sentence(event),
    metadata: metadataOf(event, origin, context, usesHost || event.host !== undefined),
    unmapped: { postern: own(event, origin, absent) },
  };
  if (event.time.offsetMinutes !== undefined) common.timezone_offset = event.time.offsetMinutes;
  if (event.detail !== undefined) common.status_detail = event.detail;
  if (event.host !== undefined) common.device = { hostname: event.host, type_id: 0 };
  if (origin.repeated !== undefined) common.count = origin.repeated;
  if (origin.raw !== undefined) common.raw_data = origin.raw;
  return common;
};

const emailPattern = /^[a-zA-Z0-9!#$%&'*+-/=?^_`{|}~.]+@[a-zA-Z0-9-]+\.[a-zA-Z0-9-.]+$/;

/** An address without its angle brackets, where it is one that OCSF's `email_t` admits. */
export const emailOf = (text: string | undefined): string | undefined => {
  if (text === undefined) return undefined;
  const bare = text.startsWith('<') && text.endsWith('>') ? text.slice(1, -1) : text;
  return emailPattern.test(bare) ? bare : undefined;
};

export const userOf = ({ name, uid }: Person): User => {
  const user: User = { name };
  if (uid !== undefined) user.uid = uid;
  const address = emailOf(name);
  if (address !== undefined) user.email_addr = address;
  return user;
};

export const unknownUser: User = { name: 'unknown' };

export const endpointOf = ({ ip, port, host }: Endpoint): NetworkEndpoint | undefined => {
  if (ip === undefined && host === undefined) return undefined;
  const endpoint: NetworkEndpoint = {};
  if (ip !== undefined) endpoint.ip = ip;
  if (host !== undefined) endpoint.hostname = host;
  if (port !== undefined) endpoint.port = port;
  return endpoint;
};

/** The client, with the proxy that it came through. */
export const sourceOf = ({ from, through }: AccessEvent): NetworkEndpoint | undefined => {
  const source = from === undefined ? undefined : endpointOf(from);
  const proxy = through === undefined ? undefined : endpointOf(through);
  if (source !== undefined && proxy !== undefined) source.proxy_endpoint = proxy;
  return source;
};
