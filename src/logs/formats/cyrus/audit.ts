import type { EventKind, MessageRef } from '../../../core/access-event.ts';
import type { Parsed } from '../../format.ts';
import { countOf, happened, personOf, quiet } from '../../reading.ts';
import { printable } from '../../text.ts';
import { type Base, repeated, type Seen, type SeenSessions } from './seen.ts';

const kinds: Readonly<Record<string, EventKind>> = {
  append: 'message.save',
  copy: 'message.save',
  expunge: 'message.delete',
  touched: 'message.change',
  move: 'message.change',
  create: 'other',
  rename: 'other',
  delete: 'message.delete',
  acl: 'permission.changed',
  setquota: 'configuration.changed',
  newquota: 'configuration.changed',
  rmquota: 'configuration.changed',
  partitionmove: 'configuration.changed',
  discard: 'message.discarded',
  duplicate: 'message.discarded',
  'discard-reject': 'message.discarded',
  reject: 'message.refused',
  'LMTP reject': 'message.refused',
  redirect: 'message.submitted',
  traffic: 'logout',
  login: 'login',
};

/**
 * ` key=<value>` one after the other. A sender chooses the message id and a user his folders' names, so of a key
 * that stands there twice the first counts; Cyrus writes folder and uid before the id.
 */
const fieldsOf = (text: string): ReadonlyMap<string, string> => {
  const held = new Map<string, string>();
  const pattern = / ([a-zA-Z_.-]{2,40})=(?:<([^>]{0,2000})>|(<[^>\s]{0,1000}>))/g;
  let count = 0;
  for (const match of text.matchAll(pattern)) {
    count += 1;
    if (count > 60) break;
    const key = match[1] ?? '';
    if (!held.has(key)) held.set(key, match[2] ?? match[3] ?? '');
  }
  return held;
};

/** `user.bob.Work`, `example.jp!user.bob.Work`: whose folder it is. */
export const ownerOf = (mailbox: string | undefined): string | undefined => {
  const match =
    /^(?:([A-Za-z0-9.-]{1,255})!)?user[./]([^./@]{1,255})(?:[./].*)?(?:@([A-Za-z0-9.-]{1,255}))?$/.exec(
      mailbox ?? '',
    );
  if (match === null) return undefined;
  const domain = match[1] ?? match[3];
  const name = (match[2] ?? '').replaceAll('^', '.');
  return domain === undefined ? name : `${name}@${domain}`;
};

/** Folders come and go with their rights; a change of them has some before and some after it. */
const isAclChange = (fields: ReadonlyMap<string, string>): boolean => {
  const before = fields.get('oldacl') ?? '';
  const after = fields.get('acl') ?? '';
  return before !== after && before !== '' && before !== 'NONE' && after !== '(null)';
};

/** Scripts of Sieve lie in a folder; a connection on which nobody logged in ends without a logout. */
const kindIn = (
  kind: EventKind,
  mailbox: string | undefined,
  seen: Seen | undefined,
): EventKind => {
  if (kind === 'logout' && seen?.user === undefined) return 'connection';
  return mailbox !== undefined && /[./]#sieve$/.test(mailbox) && kind.startsWith('message.')
    ? 'rule.changed'
    : kind;
};

/** Acts that notifications tell of, too, one for one. */
export const tellsOf = (kind: EventKind): boolean =>
  kind === 'logout' ||
  kind === 'permission.changed' ||
  kind === 'message.save' ||
  kind === 'message.delete';

/** Whether somebody else than a mailbox's owner acts; where one of the names has no domain, the rest counts. */
export const isForeign = (owner: string | undefined, who: string | undefined): boolean => {
  if (owner === undefined || who === undefined) return false;
  const [name, domain] = owner.split('@', 2);
  const [login, realm] = who.split('@', 2);
  return name !== login || (domain !== undefined && realm !== undefined && domain !== realm);
};

/** `auditlog: append sessionid=<…> mailbox=<user.bob> uniqueid=<…> uid=<7> … messageid=<…> size=<42>`. */
export const auditLine = (text: string, base: Base, sessions: SeenSessions): Parsed => {
  const rest = text.slice('auditlog: '.length);
  const action =
    /^[A-Za-z][A-Za-z -]{1,30}?(?=:? (?:[a-z._-]+)=<|$)/.exec(rest)?.[0] ??
    rest.split(' ', 1)[0] ??
    '';
  const named = kinds[action];
  if (named === undefined) return quiet(`auditlog: ${printable(action, 40)}`);
  const fields = fieldsOf(rest.slice(action.length));
  if (action === 'acl' && !isAclChange(fields)) return quiet('the rights of a new or old folder');
  const session = fields.get('sessionid');
  const seen = session === undefined ? undefined : sessions.get(session);
  if (action === 'traffic' && session !== undefined) sessions.end(session, base.pid);
  const mailbox = fields.get('mailbox') ?? fields.get('newmailbox');
  const kind = kindIn(named, mailbox, seen);
  const uid = countOf(fields.get('uid'));
  const size = countOf(fields.get('size'));
  const id = fields.get('messageid') ?? fields.get('message-id') ?? fields.get('in.msgid');
  const target = fields.get('target');
  const message: MessageRef = {
    ...(id === undefined || id === '' || id === 'nomsgid'
      ? {}
      : { messageId: id.startsWith('<') ? id : `<${printable(id, 990)}>` }),
    ...(uid === undefined ? {} : { uid }),
    ...(mailbox === undefined ? {} : { folder: printable(mailbox) }),
    ...(size === undefined ? {} : { sizeBytes: size }),
    ...(target === undefined ? {} : { to: [printable(target)] }),
  };
  const about =
    action === 'acl'
      ? ['oldacl', 'acl']
      : action === 'rename'
        ? ['oldmailbox', 'newmailbox']
        : ['oldflags', 'sysflags', 'oldpart', 'newpart'];
  const change: Record<string, string> = {};
  for (const key of about) {
    const value = fields.get(key);
    if (value !== undefined) change[key] = printable(value.replaceAll('\t', ' '));
  }
  const ofMessages = kind.startsWith('message.') && action !== 'delete';
  const owner = ownerOf(mailbox);
  const who = fields.get('userid') ?? seen?.user;
  return happened({
    ...base,
    kind,
    outcome: 'success',
    // The mailbox's owner, where somebody else than he is logged in.
    user: personOf(owner ?? who),
    actor: isForeign(owner, who) ? personOf(who) : undefined,
    from: seen?.from,
    session: session === undefined ? undefined : printable(session),
    folder: mailbox === undefined ? undefined : printable(mailbox),
    messages: ofMessages && Object.keys(message).length > 0 ? [message] : undefined,
    bytes: countOf(fields.get('bytes_out')),
    change: Object.keys(change).length === 0 ? undefined : change,
    detail: action,
    flags: repeated(tellsOf(kind) && sessions.tell(session, kind, 'line')),
  });
};
