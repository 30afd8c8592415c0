import { printable } from '../text.ts';
import type { Application, Meaning } from './meaning.ts';
import { messageIn } from './messages.ts';

const marked =
  /^(?:moveMessages|copyMessages|markMessage\w*|addOrRemoveLabel|label|move|copy|markAsSpam\w*|markAsHam\w*)$/;

/** `folderINBOX/folderWork`: each level has the word before it; `_SP_`-like escapes stay as they are. */
const folderOf = (levels: readonly string[]): string =>
  levels.map(level => level.slice('folder'.length)).join('/');

const mail = (user: string, rest: readonly string[], method: string): Meaning => {
  const named = { service: 'webmail', app: { name: 'sogo' }, user };
  const from = rest.findIndex(each => each.startsWith('folder'));
  if (from < 0) return { ...named, kind: 'web.request' };
  let to = from;
  while (to < rest.length && (rest[to] ?? '').startsWith('folder')) to += 1;
  const folder = folderOf(rest.slice(from, to));
  const place = { folder: printable(folder) };
  const [first = '', second = '', third = ''] = rest.slice(to);
  if (/^\d{1,10}$/.test(first)) {
    const action = second;
    if (marked.test(action))
      return {
        ...named,
        ...place,
        kind: 'message.change',
        messages: messageIn(folder, first) ?? [],
      };
    if (/^(?:trash|delete)/.test(action))
      return {
        ...named,
        ...place,
        kind: 'message.delete',
        messages: messageIn(folder, first) ?? [],
      };
    if (/^(?:send|save)$/.test(action))
      return { ...named, ...place, kind: action === 'send' ? 'message.submitted' : 'message.save' };
    // `12/2/report.pdf`, `12/2/asAttachment/report.pdf`: a part by its number.
    const part =
      /^[\d.]{1,20}$/.test(action) && third !== '' ? ('attachment' as const) : ('body' as const);
    return {
      ...named,
      ...place,
      kind: 'message.read',
      messages: messageIn(folder, first, part) ?? [],
    };
  }
  if (/^(?:export\w*|saveMessages|archive\w*)$/i.test(first))
    return { ...named, ...place, kind: 'mailbox.export' };
  if (/^(?:view|uids|headers|changes|messages)$/.test(first))
    return { ...named, ...place, kind: 'message.list' };
  if (marked.test(first)) return { ...named, ...place, kind: 'message.change' };
  if (/^(?:batchDelete|delete|emptyTrash|expunge)$/.test(first))
    return { ...named, ...place, kind: 'message.delete' };
  if (/^(?:saveUserAcls|userRights|addUserInAcls|removeUserFromAcls|subscribeUsers)$/.test(first)) {
    return {
      ...named,
      ...place,
      kind: method === 'POST' || first !== 'userRights' ? 'permission.changed' : 'web.request',
    };
  }
  return { ...named, ...place, kind: 'web.request' };
};

/** `/SOGo/so/bob/Mail/0/folderINBOX/12/view`: see `SoObjects/Mailer/product.plist` and `UI/MailerUI`. */
export const sogo: Application = (method, target, status) => {
  const at = target.path.indexOf('/SOGo/');
  if (at < 0) return undefined;
  const [root = '', user = '', module = '', ...rest] = target.path
    .slice(at + '/SOGo/'.length)
    .split('/', 20);
  const named = { service: 'webmail', app: { name: 'sogo' } };
  if (root === 'connect') {
    if (method !== 'POST') return { ...named, kind: 'web.request' };
    const outcome =
      status === 200 || status === 302
        ? 'success'
        : status === 403 || status === 401
          ? 'failure'
          : 'unknown';
    return { ...named, kind: 'login', outcome };
  }
  if (root === 'dav')
    return { ...named, service: 'dav', kind: 'web.request', ...(user === '' ? {} : { user }) };
  if (root !== 'so' || user === '') return { ...named, kind: 'web.request' };
  if (module === 'logoff') return { ...named, kind: 'logout', user };
  if (module === 'Mail') return mail(user, rest, method);
  if (module === 'Preferences' && method === 'POST' && rest[0] === 'save') {
    // Forwarding, filters and everything else are saved by one request.
    return { ...named, kind: 'configuration.changed', user };
  }
  return { ...named, kind: 'web.request', user };
};
