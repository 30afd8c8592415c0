import type { AccessEvent, EventKind, MessageRef } from '../../core/access-event.ts';
import { classes, other } from './classes.ts';
import {
  type Common,
  commonOf,
  endpointOf,
  type OcsfContext,
  type Origin,
  sourceOf,
  unknownUser,
  userOf,
} from './common.ts';
import type {
  Actor,
  ApiActivity,
  Authentication,
  HttpActivity,
  HttpRequest,
  NetworkActivity,
  ResourceDetails,
} from './types.generated.ts';

/** Of what is common and what is a class's own. */
export const event = <Class>(common: Common, own: Omit<Class, keyof Common>): Class =>
  Object.assign(common, own) as unknown as Class;

/** Who acted: the actor, else the user himself; with his session and program. */
export const actorOf = (given: AccessEvent, absent: string[]): Actor => {
  const actor: Actor = {};
  const person = given.actor ?? given.user;
  if (person !== undefined) actor.user = userOf(person);
  if (given.session !== undefined) actor.session = { uid: given.session };
  if (given.app?.name !== undefined) actor.app_name = given.app.name;
  if (given.app?.uid !== undefined) actor.app_uid = given.app.uid;
  if (Object.keys(actor).length > 0) return actor;
  absent.push('actor');
  return { user: unknownUser };
};

const protocols: Readonly<
  Record<string, readonly [NonNullable<Authentication['auth_protocol_id']>, string]>
> = {
  ntlm: [1, 'NTLM'],
  gssapi: [2, 'Kerberos'],
  gs2: [2, 'Kerberos'],
  'digest-md5': [3, 'Digest'],
  xoauth2: [6, 'OAUTH 2.0'],
  oauthbearer: [6, 'OAUTH 2.0'],
  oauth: [6, 'OAUTH 2.0'],
  oauth2: [6, 'OAUTH 2.0'],
  saml: [5, 'SAML'],
  openid: [4, 'OpenID'],
  basic: [11, 'Basic Authentication'],
};

/** `login`, `login.impersonated`, `logout`: Authentication (3002). */
export const authentication = (
  given: AccessEvent,
  origin: Origin,
  context: OcsfContext,
): Authentication => {
  const absent: string[] = [];
  const person = given.user ?? (given.kind === 'login.impersonated' ? undefined : given.actor);
  if (person === undefined) absent.push('user');
  const isOut = given.kind === 'logout';
  const own: Omit<Authentication, keyof Common> = {
    user: person === undefined ? unknownUser : userOf(person),
    service: { name: given.service ?? given.component },
  };
  if (given.actor !== undefined) own.actor = actorOf(given, absent);
  if (given.kind === 'login.impersonated') {
    own.account_switch_type_id = 2;
    own.account_switch_type = 'Impersonate';
  }
  const source = sourceOf(given);
  if (source !== undefined) own.src_endpoint = source;
  const to = given.to === undefined ? undefined : endpointOf(given.to);
  if (to !== undefined) own.dst_endpoint = to;
  if (given.session !== undefined) own.session = { uid: given.session };
  if (given.authMethod !== undefined) {
    const [id, name] = protocols[given.authMethod.toLowerCase()] ?? [other, given.authMethod];
    own.auth_protocol_id = id;
    own.auth_protocol = name;
  }
  const activity = isOut ? ([2, 'Logoff'] as const) : ([1, 'Logon'] as const);
  return event(commonOf(given, origin, context, classes.authentication, activity, absent), own);
};

const messagesMax = 10_000;

const messageResource = (message: MessageRef, given: AccessEvent): ResourceDetails => {
  const data: Record<string, unknown> = {};
  const folder = message.folder ?? given.folder;
  if (folder !== undefined) data['folder'] = folder;
  if (message.uid !== undefined) data['imap_uid'] = message.uid;
  if (message.part !== undefined) data['part'] = message.part;
  if (message.sizeBytes !== undefined) data['size'] = message.sizeBytes;
  if (message.from !== undefined) data['from'] = message.from;
  if (message.to !== undefined) data['to'] = message.to;
  if (message.queueId !== undefined) data['queue_id'] = message.queueId;
  const resource: ResourceDetails = { type: 'message' };
  const uid = message.messageId ?? message.queueId;
  if (uid !== undefined) resource.uid = uid;
  else if (message.uid !== undefined) resource.uid = `${folder ?? ''};UID=${message.uid}`;
  else resource.name = message.subject ?? folder ?? 'unknown';
  if (message.subject !== undefined) resource.name = message.subject;
  if (given.user !== undefined) resource.owner = userOf(given.user);
  if (Object.keys(data).length > 0) resource.data = data;
  return resource;
};

/** What was touched: messages where they are named, else the folder, else the mailbox. */
const resourcesOf = (given: AccessEvent): readonly ResourceDetails[] => {
  const { messages = [], folder, user, count } = given;
  if (messages.length > 0) {
    return messages.slice(0, messagesMax).map(message => messageResource(message, given));
  }
  const owner = user === undefined ? {} : { owner: userOf(user) };
  const data = count === undefined ? {} : { data: { count } };
  if (folder !== undefined) return [{ type: 'mailbox folder', name: folder, ...owner, ...data }];
  return user === undefined
    ? []
    : [{ type: 'mailbox', name: user.name, uid: user.uid ?? user.name, ...owner, ...data }];
};

type ApiActivityId = 1 | 2 | 3 | 4;

const verbs: Partial<Record<EventKind, readonly [ApiActivityId, string]>> = {
  'message.save': [1, 'Create'],
  'message.change': [3, 'Update'],
  'message.delete': [4, 'Delete'],
};

const methods: Readonly<Record<string, readonly [ApiActivityId, string]>> = {
  GET: [2, 'Read'],
  HEAD: [2, 'Read'],
  POST: [1, 'Create'],
  PUT: [3, 'Update'],
  PATCH: [3, 'Update'],
  DELETE: [4, 'Delete'],
};

const requestOf = ({ request }: AccessEvent): HttpRequest | undefined => {
  if (request === undefined) return undefined;
  const { method, path, userAgent, referrer } = request;
  const http: HttpRequest = {};
  if (method !== undefined) http.http_method = method;
  if (path !== undefined && path !== '') {
    const query = path.indexOf('?');
    http.url = { url_string: path, path: query < 0 ? path : path.slice(0, query) };
    if (query >= 0) http.url.query_string = path.slice(query + 1);
  }
  if (userAgent !== undefined) http.user_agent = userAgent;
  if (referrer !== undefined) http.referrer = referrer;
  return Object.keys(http).length === 0 ? undefined : http;
};

/** A status without which there is no answer to tell of. */
const isStatus = (status: number | undefined): status is number =>
  status !== undefined && Number.isInteger(status);

/** Mailboxes, messages and APIs: API Activity (6003). */
export const apiActivity = (
  given: AccessEvent,
  origin: Origin,
  context: OcsfContext,
): ApiActivity => {
  const absent: string[] = [];
  const { kind, request, service, component } = given;
  const isRequest = kind === 'api.request';
  const method = request?.method?.toUpperCase();
  const operation = isRequest
    ? [method, request?.path].filter(each => each !== undefined).join(' ')
    : kind;
  const source = sourceOf(given);
  if (source === undefined) absent.push('src_endpoint');
  const own: Omit<ApiActivity, keyof Common> = {
    actor: actorOf(given, absent),
    api: {
      operation: operation === '' ? kind : operation,
      service: { name: service ?? component },
    },
    src_endpoint: source ?? { name: 'unknown' },
  };
  const resources = resourcesOf(given);
  if (resources.length > 0) own.resources = resources;
  const http = requestOf(given);
  if (http !== undefined) own.http_request = http;
  if (isStatus(request?.status)) own.http_response = { code: request.status };
  const to = given.to === undefined ? undefined : endpointOf(given.to);
  if (to !== undefined) own.dst_endpoint = to;
  const activity = isRequest
    ? (methods[method ?? ''] ?? ([other, method ?? 'Other'] as const))
    : (verbs[kind] ?? ([2, 'Read'] as const));
  return event(commonOf(given, origin, context, classes.api, activity, absent), own);
};

const httpActivities: Readonly<Record<string, readonly [number, string]>> = {
  CONNECT: [1, 'Connect'],
  DELETE: [2, 'Delete'],
  GET: [3, 'Get'],
  HEAD: [4, 'Head'],
  OPTIONS: [5, 'Options'],
  POST: [6, 'Post'],
  PUT: [7, 'Put'],
  TRACE: [8, 'Trace'],
  PATCH: [9, 'Patch'],
};

/** `web.request`: HTTP Activity (4002); undefined where neither request nor answer is told. */
export const httpActivity = (
  given: AccessEvent,
  origin: Origin,
  context: OcsfContext,
): HttpActivity | undefined => {
  const absent: string[] = [];
  const http = requestOf(given);
  const status = given.request?.status;
  if (http === undefined && !isStatus(status)) return undefined;
  const own: Omit<HttpActivity, keyof Common> = {};
  if (http !== undefined) own.http_request = http;
  if (isStatus(status)) {
    own.http_response = { code: status };
    own.http_status = status;
  }
  const source = sourceOf(given);
  if (source !== undefined) own.src_endpoint = source;
  const to = given.to === undefined ? undefined : endpointOf(given.to);
  if (to !== undefined) own.dst_endpoint = to;
  const hasActor = given.user !== undefined || given.actor !== undefined;
  if (hasActor) own.actor = actorOf(given, absent);
  if (given.bytes !== undefined) own.traffic = { bytes: given.bytes };
  const method = given.request?.method?.toUpperCase() ?? '';
  const activity = httpActivities[method] ?? [other, method === '' ? 'Other' : method];
  return event(commonOf(given, origin, context, classes.http, activity, absent, hasActor), own);
};

/** `connection`: Network Activity (4001); undefined where neither end is told. */
export const networkActivity = (
  given: AccessEvent,
  origin: Origin,
  context: OcsfContext,
): NetworkActivity | undefined => {
  const source = sourceOf(given);
  const to = given.to === undefined ? undefined : endpointOf(given.to);
  if (source === undefined && to === undefined) return undefined;
  const absent: string[] = [];
  const own: Omit<NetworkActivity, keyof Common> = {};
  if (source !== undefined) own.src_endpoint = source;
  if (to !== undefined) own.dst_endpoint = to;
  const hasActor = given.user !== undefined || given.actor !== undefined;
  if (hasActor) own.actor = actorOf(given, absent);
  const activity = given.outcome === 'failure' ? ([4, 'Fail'] as const) : ([1, 'Open'] as const);
  return event(commonOf(given, origin, context, classes.network, activity, absent, hasActor), own);
};
