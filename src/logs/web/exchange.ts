import type { EventKind } from '../../core/access-event.ts';
import { printable } from '../text.ts';
import type { Application } from './meaning.ts';

/** Actions of Outlook on the web (`/owa/service.svc?action=…`), named as operations of EWS. */
const actions: Readonly<Record<string, EventKind>> = {
  GetItem: 'message.read',
  GetConversationItems: 'message.read',
  GetAttachment: 'message.read',
  GetFileAttachment: 'message.read',
  GetAttachmentThumbnail: 'message.read',
  FindItem: 'message.list',
  FindConversation: 'message.list',
  FindMailFolderItem: 'message.list',
  FindFolder: 'web.request',
  ExecuteSearch: 'search',
  CreateItem: 'message.save',
  SendItem: 'message.submitted',
  UpdateItem: 'message.change',
  MoveItem: 'message.change',
  CopyItem: 'message.save',
  DeleteItem: 'message.delete',
  ApplyConversationAction: 'message.change',
  EmptyFolder: 'message.delete',
  ExportItems: 'mailbox.export',
  NewInboxRule: 'rule.changed',
  SetInboxRule: 'rule.changed',
  RemoveInboxRule: 'rule.changed',
  UpdateInboxRules: 'rule.changed',
  UpdateDelegate: 'permission.changed',
  AddDelegate: 'permission.changed',
};

const outcomeOf = (status: number | undefined): 'failure' | 'unknown' =>
  status !== undefined && status >= 400 ? 'failure' : 'unknown';

/** Outlook on the web, the control panel, EWS, MAPI over HTTP and PowerShell of Exchange. */
export const exchange: Application = (method, target, status) => {
  const path = target.path.toLowerCase();
  if (path.startsWith('/owa')) {
    if (path.startsWith('/owa/auth.owa') || path.startsWith('/owa/auth/owaauth.dll')) {
      return {
        kind: method === 'POST' ? 'login' : 'web.request',
        outcome: outcomeOf(status),
        service: 'owa',
      };
    }
    if (path.startsWith('/owa/logoff.owa')) return { kind: 'logout', service: 'owa' };
    const action =
      target.parameter('action') ?? /\/service\.svc\/s\/(\w{1,60})/i.exec(target.path)?.[1];
    // `/owa/bob@example.jp/…`: whose mailbox, when it is not one's own.
    const owner = /^\/owa\/([^/@\s]{1,100}@[^/\s]{1,200})\//.exec(target.path)?.[1];
    const kind =
      actions[action ?? ''] ??
      (target.parameter('ae') === 'Item' && target.parameter('a') !== 'New'
        ? 'message.read'
        : 'web.request');
    const attachment = /Attachment/.test(action ?? '');
    return {
      kind,
      service: 'owa',
      ...(owner === undefined ? {} : { user: owner }),
      ...(attachment ? { messages: [{ part: 'attachment' as const }] } : {}),
    };
  }
  if (path.startsWith('/ecp')) {
    const rule = /inboxrules\.svc\/(new|set|remove|enable|disable)/.exec(path);
    return {
      kind: rule !== null && method === 'POST' ? 'rule.changed' : 'web.request',
      service: 'ecp',
      ...(rule === null ? {} : { change: { action: printable(rule[1] ?? '') } }),
    };
  }
  if (path.startsWith('/ews/')) return { kind: 'api.request', service: 'ews' };
  if (path.startsWith('/mapi/') || path.startsWith('/rpc/rpcproxy.dll')) {
    return { kind: 'api.request', service: 'mapi' };
  }
  if (path === '/powershell' || path.startsWith('/powershell/'))
    return { kind: 'api.request', service: 'powershell' };
  if (path.startsWith('/autodiscover/')) return { kind: 'web.request', service: 'autodiscover' };
  return undefined;
};
