import type { EventKind } from '../../core/access-event.ts';
import { printable } from '../text.ts';
import type { Application } from './meaning.ts';
import { messageIn } from './messages.ts';

const login = (status: number | undefined): { kind: 'login'; outcome: 'failure' | 'unknown' } => ({
  kind: 'login',
  outcome: status === 401 || status === 403 ? 'failure' : 'unknown',
});

const place = (folder: string | undefined): { folder?: string } =>
  folder === undefined || folder === '' ? {} : { folder: printable(folder) };

const hordeAjax: Readonly<Record<string, EventKind>> = {
  showMessage: 'message.read',
  viewPort: 'message.list',
  deleteMessages: 'message.delete',
  purgeDeleted: 'message.delete',
  emptyMailbox: 'message.delete',
  flagMessages: 'message.change',
  moveMessages: 'message.change',
  copyMessages: 'message.save',
  sendMessage: 'message.submitted',
  smartmobileSendMessage: 'message.submitted',
  smartmobileShowMessage: 'message.read',
  getReplyData: 'message.read',
  getForwardData: 'message.read',
  reportSpam: 'message.change',
};

/** Horde's IMP: `imp/view.php?actionID=…`, `services/ajax.php/imp/showMessage`. */
export const horde: Application = (method, target, status) => {
  const { path } = target;
  const named = { service: 'webmail', app: { name: 'horde' } };
  const ajax = /\/services\/ajax\.php\/imp\/(\w{1,60})/.exec(path);
  if (ajax !== null) return { ...named, kind: hordeAjax[ajax[1] ?? ''] ?? 'web.request' };
  if (/\/imp\/(?:view|attachment)\.php$/.test(path)) {
    const action = target.parameter('actionID') ?? '';
    const folder = target.parameter('mailbox');
    const uid = target.parameter('uid') ?? target.parameter('muid');
    const part = /attach|download_all|^$/.test(action)
      ? ('attachment' as const)
      : ('body' as const);
    const messages = messageIn(folder, uid, part);
    const kind: EventKind =
      /^(?:save_message|download_mbox|view_source|\w*attach|download_all|print_\w*|view_face|)$/.test(
        action,
      )
        ? 'message.read'
        : 'web.request';
    return {
      ...named,
      kind: action === 'download_mbox' ? 'mailbox.export' : kind,
      ...place(folder),
      ...(messages === undefined ? {} : { messages }),
    };
  }
  if (/\/imp\/(?:dynamic|basic|minimal|smartmobile)\.php$/.test(path)) {
    const page = target.parameter('page');
    const folder = target.parameter('mailbox');
    const kind: EventKind =
      page === 'message' ? 'message.read' : page === 'mailbox' ? 'message.list' : 'web.request';
    return { ...named, kind, ...place(folder) };
  }
  if (path.endsWith('/login.php') && (path.includes('/horde') || target.query.includes('horde'))) {
    if (target.parameter('horde_logout_token') !== undefined) return { ...named, kind: 'logout' };
    return method === 'POST' ? { ...named, ...login(status) } : { ...named, kind: 'web.request' };
  }
  return undefined;
};

/** Nextcloud's Mail: messages have ids of its own database there. */
export const nextcloud: Application = (method, target, status) => {
  const mail = /\/apps\/mail\/(.{0,300})/.exec(target.path);
  const named = { service: 'webmail', app: { name: 'nextcloud' } };
  if (mail !== null) {
    const rest = mail[1] ?? '';
    const of = /^api\/messages\/(\d{1,12})(?:\/(\w{1,30}))?/.exec(rest);
    if (of !== null) {
      if (method === 'DELETE') return { ...named, kind: 'message.delete' };
      if (method !== 'GET') return { ...named, kind: 'message.change' };
      const part =
        of[2]?.startsWith('attachment') === true ? ('attachment' as const) : ('body' as const);
      return { ...named, kind: 'message.read', messages: [{ part }] };
    }
    if (rest.startsWith('api/messages') && method === 'GET')
      return { ...named, kind: 'message.list' };
    if (/^api\/mailboxes\/\d+\/sync/.test(rest)) return { ...named, kind: 'message.list' };
    if (/^api\/(?:sieve|filter)/.test(rest) && method !== 'GET')
      return { ...named, kind: 'rule.changed' };
    return { ...named, kind: 'web.request' };
  }
  if (/(?:^|\/)index\.php\/login$/.test(target.path) && method === 'POST')
    return { ...named, service: 'web', ...login(status) };
  return undefined;
};

/** SnappyMail and RainLoop: `?/Json/&q[]=/0/Message/…`, `?/Raw/&q[]=/0/Download/…`. */
export const snappymail: Application = (method, target) => {
  if (!/^\/(?:Json|Raw|Ajax)\/&?/.test(target.query)) return undefined;
  const named = { service: 'webmail', app: { name: 'snappymail' } };
  const action = /\/(Message|MessageList|Download|View|ViewThumbnail|Logout)(?:\/|$|&)/.exec(
    target.query,
  )?.[1];
  switch (action) {
    case 'Message':
      return { ...named, kind: 'message.read', messages: [{ part: 'body' }] };
    case 'Download':
    case 'View':
    case 'ViewThumbnail':
      return { ...named, kind: 'message.read', messages: [{ part: 'attachment' }] };
    case 'MessageList':
      return { ...named, kind: 'message.list' };
    case 'Logout':
      return { ...named, kind: 'logout' };
    case undefined:
    default:
      // What a POST asks for stands in its body.
      return { ...named, kind: method === 'POST' ? 'api.request' : 'web.request' };
  }
};

/** SquirrelMail: `src/read_body.php?mailbox=INBOX&passed_id=7`. */
export const squirrelmail: Application = (method, target, status) => {
  const page =
    /\/src\/(read_body|right_main|download|redirect|signout|printer_friendly_bottom|view_text|view_header|search|compose)\.php$/.exec(
      target.path,
    )?.[1];
  if (page === undefined) return undefined;
  const named = { service: 'webmail', app: { name: 'squirrelmail' } };
  const folder = target.parameter('mailbox');
  const uid = target.parameter('passed_id');
  if (page === 'redirect')
    return method === 'POST' ? { ...named, ...login(status) } : { ...named, kind: 'web.request' };
  if (page === 'signout') return { ...named, kind: 'logout' };
  if (page === 'right_main') return { ...named, kind: 'message.list', ...place(folder) };
  if (page === 'search') return { ...named, kind: 'search', ...place(folder) };
  if (uid === undefined) return { ...named, kind: 'web.request' };
  const part =
    page === 'download'
      ? ('attachment' as const)
      : page === 'view_header'
        ? ('header' as const)
        : ('body' as const);
  const messages = messageIn(folder, uid, part);
  return {
    ...named,
    kind: page === 'view_header' ? 'message.list' : 'message.read',
    ...place(folder),
    ...(messages === undefined ? {} : { messages }),
  };
};

const soap: Readonly<Record<string, EventKind>> = {
  GetMsgRequest: 'message.read',
  GetConvRequest: 'message.read',
  SearchRequest: 'message.list',
  SearchConvRequest: 'message.list',
  SendMsgRequest: 'message.submitted',
  BounceMsgRequest: 'message.submitted',
  MsgActionRequest: 'message.change',
  ConvActionRequest: 'message.change',
  ItemActionRequest: 'message.change',
  AddMsgRequest: 'message.save',
  ModifyFilterRulesRequest: 'rule.changed',
  ModifyOutgoingFilterRulesRequest: 'rule.changed',
  ModifyPrefsRequest: 'configuration.changed',
  GrantRightsRequest: 'permission.changed',
  RevokeRightsRequest: 'permission.changed',
  ChangePasswordRequest: 'password.changed',
  SetPasswordRequest: 'password.changed',
  EndSessionRequest: 'logout',
};

/** Zimbra: `/service/soap/GetMsgRequest`, `/service/home/~/?id=257&part=2`, `/home/bob/Inbox?fmt=tgz`. */
export const zimbra: Application = (method, target, status) => {
  const { path } = target;
  const named = { service: 'webmail', app: { name: 'zimbra' } };
  const request = /\/service\/(?:admin\/)?soap\/(\w{1,60})/.exec(path)?.[1];
  if (request !== undefined) {
    if (request === 'AuthRequest') return { ...named, ...login(status) };
    return { ...named, service: 'soap', kind: soap[request] ?? 'api.request' };
  }
  const home = /^(?:\/service)?\/home\/([^/?\s]{1,320})(?:\/([^?\s]{0,400}))?$/.exec(path);
  if (home === null) {
    return path.startsWith('/service/') ? { ...named, kind: 'web.request' } : undefined;
  }
  const [, owner = '', rest = ''] = home;
  const who = owner === '~' ? {} : { user: owner };
  const folder = place(rest.replace(/\/$/, ''));
  const format = target.parameter('fmt') ?? '';
  if (/^(?:tgz|tar|zip)$/.test(format))
    return { ...named, ...who, ...folder, kind: 'mailbox.export' };
  if (target.parameter('id') !== undefined) {
    const part =
      target.parameter('part') === undefined ? ('body' as const) : ('attachment' as const);
    return { ...named, ...who, kind: 'message.read', messages: [{ part }] };
  }
  return {
    ...named,
    ...who,
    ...folder,
    kind:
      method === 'GET' && /^(?:rss|atom|xml|json)?$/.test(format) && rest !== ''
        ? 'message.list'
        : 'web.request',
  };
};
