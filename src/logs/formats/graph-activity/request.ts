import type { EventKind, MessageRef } from '../../../core/access-event.ts';
import { targetOf } from '../../web/target.ts';

/** What a request to Graph does. */
export interface GraphRequest {
  readonly kind: EventKind;
  /** Whose mailbox the address names: an id or an address; undefined for `/me`. */
  readonly owner?: string;
  /** It is about a mailbox, the asker's own where no owner is named. */
  readonly isMail: boolean;
  readonly folder?: string;
  /** Of the one message that the address names. */
  readonly part?: MessageRef['part'];
  readonly service?: string;
  readonly what?: string;
}

const segmentsMax = 40;

/** `users('alice@example.jp')/messages('…')` is `users/alice@example.jp/messages/…`. */
const segmentsOf = (path: string): readonly string[] =>
  path
    .slice(0, 4_000)
    .replace(/\('([^']{0,1000})'\)/g, '/$1')
    .split('/', segmentsMax)
    .filter(each => each !== '');

/** `$select` names what is wanted; without it Graph gives each message's body with it. */
const givesBody = (select: string | undefined): boolean =>
  select === undefined ||
  select === '' ||
  select.split(',', 200).some(each => /^(?:\*|body|uniquebody|attachments)$/i.test(each.trim()));

const acting: ReadonlyMap<string, EventKind> = new Map<string, EventKind>([
  ['send', 'message.submitted'],
  ['reply', 'message.submitted'],
  ['replyall', 'message.submitted'],
  ['forward', 'message.submitted'],
  ['createreply', 'message.save'],
  ['createreplyall', 'message.save'],
  ['createforward', 'message.save'],
  ['move', 'message.change'],
  ['copy', 'message.save'],
  ['permanentdelete', 'message.delete'],
  ['markasjunk', 'message.change'],
  ['markasnotjunk', 'message.change'],
]);

const ofMethod = (method: string): EventKind | undefined => {
  if (method === 'POST') return 'message.save';
  if (method === 'PATCH' || method === 'PUT') return 'message.change';
  return method === 'DELETE' ? 'message.delete' : undefined;
};

type Found = Pick<GraphRequest, 'kind'> & Partial<GraphRequest>;

const messagePath = (
  method: string,
  rest: readonly string[],
  select: string | undefined,
): Found => {
  const [first, second] = rest;
  if (first === undefined || /^\$count$/i.test(first)) {
    const change = ofMethod(method);
    if (change !== undefined) return { kind: change };
    if (first !== undefined) return { kind: 'api.request' };
    return givesBody(select)
      ? { kind: 'message.read', what: 'a list of messages with their bodies' }
      : { kind: 'message.list', what: 'a list of messages' };
  }
  if (/^(?:microsoft\.graph\.)?delta(?:\(\))?$/i.test(first)) {
    return { kind: 'mailbox.sync', what: 'changes of a folder' };
  }
  if (second === undefined) {
    const change = ofMethod(method);
    if (change !== undefined) return { kind: change };
    return givesBody(select)
      ? { kind: 'message.read', part: 'body' }
      : { kind: 'message.list', part: 'header' };
  }
  const verb = second
    .toLowerCase()
    .replace(/^microsoft\.graph\./, '')
    .replace(/\(\)$/, '');
  if (verb === '$value') return { kind: 'message.read', part: 'body', what: 'the whole message' };
  if (verb === 'attachments') {
    if (method === 'GET') return { kind: 'message.read', part: 'attachment' };
    return { kind: 'message.change' };
  }
  const act = acting.get(verb);
  return act !== undefined && method === 'POST' ? { kind: act } : { kind: 'api.request' };
};

const mailPath = (
  method: string,
  segments: readonly string[],
  select: string | undefined,
): Found | undefined => {
  const folders: string[] = [];
  let at = 0;
  while (/^(?:mailfolders|childfolders)$/i.test(segments[at] ?? '')) {
    const name = segments[at + 1];
    if (name === undefined) {
      return { kind: method === 'GET' ? 'api.request' : 'configuration.changed', what: 'folders' };
    }
    folders.push(name);
    at += 2;
  }
  const folder = folders.at(-1);
  const of = folder === undefined ? {} : { folder };
  const next = segments[at]?.toLowerCase().replace(/^microsoft\.graph\./, '');
  switch (next) {
    case undefined: {
      if (folder === undefined) return undefined;
      if (method === 'DELETE') return { kind: 'message.delete', what: 'a folder', ...of };
      return { kind: method === 'GET' ? 'mailbox.open' : 'configuration.changed', ...of };
    }
    case 'messages':
      return { ...messagePath(method, segments.slice(at + 1), select), ...of };
    case 'messagerules':
      return { kind: method === 'GET' ? 'api.request' : 'rule.changed', what: 'rules', ...of };
    case 'sendmail':
      return method === 'POST' ? { kind: 'message.submitted' } : undefined;
    case 'mailboxsettings':
      return {
        kind: method === 'GET' ? 'api.request' : 'configuration.changed',
        what: 'settings of a mailbox',
      };
    case 'exportitems':
      return { kind: 'mailbox.export' };
    case 'delta':
    case 'delta()':
      return folder === undefined ? undefined : { kind: 'mailbox.sync', ...of };
    default:
      return undefined;
  }
};

const directoryPath = (method: string, segments: readonly string[]): Found | undefined => {
  const path = segments.join('/').toLowerCase();
  if (path === 'search/query' && method === 'POST') return { kind: 'search' };
  if (method === 'GET') return undefined;
  if (
    /^oauth2permissiongrants\b|^serviceprincipals\/[^/]+\/(?:approleassign|oauth2permissiongrants)/.test(
      path,
    )
  ) {
    return { kind: 'app.consent' };
  }
  if (
    /^(?:applications|serviceprincipals)\/[^/]+\/(?:microsoft\.graph\.)?(?:addpassword|addkey|removepassword|removekey)/.test(
      path,
    )
  ) {
    return { kind: 'account.changed', what: 'credentials of an application' };
  }
  return undefined;
};

/** Reads the address of a request, `https://graph.microsoft.com/v1.0/me/messages/…`, with its method. */
export const graphRequest = (methodGiven: string, uri: string): GraphRequest => {
  const target = targetOf(uri);
  const method = methodGiven.toUpperCase();
  const all = segmentsOf(target.path);
  const from = /^(?:v\d(?:\.\d)?|beta)$/i.test(all[0] ?? '') ? 1 : 0;
  const root = all[from]?.toLowerCase();
  const isUsers = root === 'users' && all[from + 1] !== undefined;
  const isExport = root === 'admin' && /^exchange$/i.test(all[from + 1] ?? '');
  if (root === 'me' || isUsers) {
    const owner = isUsers ? all[from + 1] : undefined;
    const found = mailPath(
      method,
      all.slice(from + (isUsers ? 2 : 1)),
      target.parameter('$select'),
    );
    if (found !== undefined) {
      return { isMail: true, ...found, ...(owner === undefined ? {} : { owner }) };
    }
  }
  if (isExport && /exportItems$/i.test(target.path))
    return { kind: 'mailbox.export', isMail: true };
  const found = directoryPath(method, all.slice(from));
  return { isMail: false, kind: 'api.request', ...found };
};
