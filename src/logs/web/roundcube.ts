import type { EventKind, MessageRef } from '../../core/access-event.ts';
import { printable } from '../text.ts';
import type { Application, Meaning } from './meaning.ts';
import { messageIn } from './messages.ts';
import type { Target } from './target.ts';

/** Actions of Roundcube's task `mail` (`program/actions/mail`) and of the plug-ins it comes with. */
const actions: Readonly<Record<string, readonly [EventKind, MessageRef['part']?]>> = {
  show: ['message.read', 'body'],
  preview: ['message.read', 'body'],
  print: ['message.read', 'body'],
  viewsource: ['message.read', 'body'],
  bounce: ['message.read'],
  get: ['message.read', 'attachment'],
  headers: ['message.list', 'header'],
  list: ['message.list'],
  'list-contacts': ['web.request'],
  search: ['search'],
  export: ['mailbox.export'],
  'plugin.zipdownload.messages': ['mailbox.export'],
  'plugin.zipdownload.attachments': ['message.read', 'attachment'],
  'plugin.zipdownload.zip_messages': ['mailbox.export'],
  'plugin.zipdownload.zip_attachments': ['message.read', 'attachment'],
  delete: ['message.delete'],
  expunge: ['message.delete'],
  purge: ['message.delete'],
  move: ['message.change'],
  moveto: ['message.change'],
  mark: ['message.change'],
  copy: ['message.save'],
  import: ['message.save'],
  send: ['message.submitted'],
  sendmdn: ['message.submitted'],
  archive: ['message.change'],
  'plugin.archive': ['message.change'],
  'plugin.move2archive': ['message.change'],
  'plugin.markasjunk': ['message.change'],
};

const settings: Readonly<Record<string, EventKind>> = {
  'plugin.managesieve-save': 'rule.changed',
  'plugin.managesieve-action': 'rule.changed',
  'plugin.managesieve-vacation-save': 'rule.changed',
  'plugin.managesieve-vacation': 'web.request',
  'plugin.managesieve-forward': 'forward.changed',
  'plugin.password-save': 'password.changed',
  'save-identity': 'account.changed',
  'delete-identity': 'account.changed',
  'delete-folder': 'message.delete',
};

/** A reply quotes the message, and a draft or forward shows it: writing one is reading it. */
const composed = (target: Target): string | undefined =>
  target.parameter('_reply_uid') ??
  target.parameter('_forward_uid') ??
  target.parameter('_draft_uid') ??
  target.parameter('_uid');

const mail = (target: Target): Meaning => {
  const action = target.parameter('_action') ?? '';
  const folder = target.parameter('_mbox');
  const named = { service: 'webmail', app: { name: 'roundcube' } };
  const place = folder === undefined || folder === '' ? {} : { folder: printable(folder) };
  if (action === 'compose') {
    const uid = composed(target);
    if (uid === undefined) return { ...named, kind: 'web.request' };
    const messages = messageIn(folder, uid, 'body');
    return {
      ...named,
      ...place,
      kind: 'message.read',
      ...(messages === undefined ? {} : { messages }),
    };
  }
  const [kind, part] =
    actions[action] ??
    (action === '' && target.parameter('_uid') !== undefined
      ? ['message.read', 'body']
      : ['web.request']);
  // A part that is shown within its message, and the page around an attachment.
  const uid = target.parameter('_uid');
  const first = uid?.split(',', 1)[0];
  const messages =
    kind === 'web.request' || kind === 'search' ? undefined : messageIn(folder, first, part);
  return {
    ...named,
    ...place,
    kind,
    ...(messages === undefined || first === undefined ? {} : { messages }),
  };
};

/** `_task=mail&_action=show&_uid=7&_mbox=INBOX`: see `program/actions` of Roundcube. */
export const roundcube: Application = (method, target, status) => {
  if (!target.query.includes('_task=') && !target.query.includes('_action=')) return undefined;
  const task =
    target.parameter('_task') ?? (target.parameter('_mbox') === undefined ? undefined : 'mail');
  const named = { service: 'webmail', app: { name: 'roundcube' } };
  switch (task) {
    case 'mail':
      return mail(target);
    case 'login':
      // The answer to a good login is a redirection, and so is that to some bad ones: userlogins.log tells.
      return method === 'POST'
        ? {
            ...named,
            kind: 'login',
            outcome: status === 401 || status === 403 ? 'failure' : 'unknown',
          }
        : { ...named, kind: 'web.request' };
    case 'logout':
      return { ...named, kind: 'logout' };
    case 'settings': {
      const kind = settings[target.parameter('_action') ?? ''];
      return { ...named, kind: kind !== undefined && method === 'POST' ? kind : 'web.request' };
    }
    case undefined:
      return undefined;
    default:
      return { ...named, kind: 'web.request' };
  }
};
