import type { AccessEvent } from '../../core/access-event.ts';
import { ipOf } from '../endpoint.ts';
import { plainFormat, type Told } from '../filter-format.ts';
import type { LogFormat } from '../format.ts';
import { behind } from '../marks.ts';
import { withoutSecrets } from '../redact.ts';
import { detailOf, printable } from '../text.ts';

/** `info main::do_login(hanako@example.jp) [robot …] [session …] [client …] [user …] [list …] words`. */
const call = /^(err|notice|info|debug[23]?|trace) (?:.{0,1000} > )?(?:\w+::)*(\w{1,60})(?:#\d+)?\(/;

const marked = (text: string, name: string): string | undefined =>
  behind(text, `[${name} `, [']']).value;

const kinds: Readonly<Record<string, AccessEvent['kind']>> = {
  do_login: 'login',
  do_sso_login: 'login',
  do_sso_login_succeeded: 'login',
  do_ticket: 'login',
  do_logout: 'logout',
  do_arc: 'message.read',
  do_arcsearch: 'search',
  do_arcsearch_id: 'search',
  do_arc_download: 'mailbox.export',
  do_send_me: 'message.read',
  do_arc_delete: 'message.delete',
  do_review: 'message.list',
  do_subscribe: 'permission.changed',
  do_signoff: 'permission.changed',
  do_add: 'permission.changed',
  do_del: 'permission.changed',
  do_edit_list: 'configuration.changed',
  do_create_list: 'configuration.changed',
  do_close_list: 'configuration.changed',
  do_setpasswd: 'password.changed',
  do_change_email: 'account.changed',
};

/** A line of the web interface. What a visitor asks for stands before the marks, so each must be there once. */
const visit = (text: string, name: string): Told | undefined => {
  const found = behind(text, '[client ', [']']);
  const client = found.value ?? '';
  if (client === '' && !found.repeated) return undefined;
  const ip = ipOf(client);
  const user = found.repeated ? undefined : marked(text, 'user');
  const list = marked(text, 'list');
  const session = marked(text, 'session');
  const failed =
    /Authentication failed|Authorization failed|not authorized|Refusing|access denied|incorrect|Failed to/i.test(
      text,
    );
  const asked = /^[^(]{0,1100}\(([^)]{0,320})\)/.exec(text)?.[1];
  const kind = kinds[name] ?? 'web.request';
  const named =
    user ??
    (!found.repeated && name === 'do_login' && asked !== undefined && asked.includes('@')
      ? asked
      : undefined);
  const kept = withoutSecrets(text);
  return {
    kind,
    outcome: failed ? 'failure' : kind === 'login' ? 'unknown' : 'success',
    service: 'web',
    ...(named === undefined ? {} : { user: { name: printable(named) } }),
    ...(ip === undefined
      ? /^[\w.-]{1,255}$/.test(client)
        ? { from: { host: client } }
        : {}
      : { from: { ip } }),
    ...(session === undefined ? {} : { session: printable(session, 64) }),
    ...(list === undefined ? {} : { folder: printable(list) }),
    ...(kind === 'permission.changed'
      ? {
          change: {
            action: name.slice(3),
            ...(list === undefined ? {} : { list: printable(list) }),
          },
        }
      : {}),
    detail: detailOf(kept.text),
    ...(kept.secret || found.repeated
      ? {
          flags: [
            ...(kept.secret ? (['secret'] as const) : []),
            ...(found.repeated ? (['forged-looking'] as const) : []),
          ],
        }
      : {}),
  };
};

const messageId = /message.?id[ =(:]+(<[^<>\s]{1,300}>)/i;

const work = (text: string): Told | undefined => {
  const rejected =
    /Message .{0,400}(?:rejected|ignored|discarded)|Rejecting message|loops? detected/i.test(text);
  const passed = /(?:Message .{0,400}|from .{1,320} )(?:accepted|distributed|sent)\b/i.test(text);
  if (!rejected && !passed) return undefined;
  const id = messageId.exec(text)?.[1];
  return {
    kind: rejected ? 'message.refused' : 'message.delivered',
    outcome: rejected ? 'failure' : 'success',
    ...(id === undefined ? {} : { messages: [{ messageId: printable(id, 1_000) }] }),
    detail: detailOf(text),
  };
};

/** Sympa's daemons and its web interface, 6.x. */
export const sympa: LogFormat = plainFormat({
  id: 'sympa',
  title: 'Sympa',
  program: /^(?:sympa(?:_msg|soap)?|wwsympa|bulk|archived|bounced|task_manager|sympa\/\w{1,40})$/,
  shape: /^(?:err|notice|info|debug[23]?) (?:main|Sympa|Conf|List|tools)::/,
  open: () => given => {
    const text = given.slice(0, 4_000);
    const match = call.exec(text);
    return (match === null ? undefined : visit(text, match[2] ?? '')) ?? work(text);
  },
});
