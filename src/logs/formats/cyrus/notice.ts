import type { EventKind, MessageRef } from '../../../core/access-event.ts';
import { ipOf } from '../../endpoint.ts';
import type { FormatContext, Parsed } from '../../format.ts';
import { countOf, happened, personOf, quiet, unparsed } from '../../reading.ts';
import { printable } from '../../text.ts';
import { isoStamp } from '../../time/stamps.ts';
import { isForeign, ownerOf as ownerOfFolder, tellsOf } from './audit.ts';
import { type Base, repeated, type SeenSessions } from './seen.ts';

/** Names of RFC 5423, and Cyrus's own (`doc/examples`, imapd.conf(5) `event_groups`). */
const kinds: Readonly<Record<string, EventKind>> = {
  MessageRead: 'message.read',
  MessageNew: 'message.delivered',
  MessageAppend: 'message.save',
  'vnd.cmu.MessageCopy': 'message.save',
  'vnd.cmu.MessageMove': 'message.change',
  MessageExpunge: 'message.delete',
  MessageExpire: 'message.delete',
  // Marked as deleted, not yet gone.
  MessageTrash: 'message.change',
  FlagsSet: 'message.change',
  FlagsClear: 'message.change',
  Login: 'login',
  Logout: 'logout',
  MailboxCreate: 'other',
  MailboxDelete: 'message.delete',
  MailboxRename: 'other',
  MailboxSubscribe: 'other',
  MailboxUnSubscribe: 'other',
  AclChange: 'permission.changed',
  QuotaExceed: 'other',
  QuotaExceeded: 'other',
  QuotaWithin: 'other',
  QuotaChange: 'configuration.changed',
  ApplePushService: 'other',
  CalendarAlarm: 'other',
};

const eventKey = /"event" ?: ?"((?:vnd\.cmu\.)?[A-Z][A-Za-z]{3,40})"/;

/** Whether a text holds one of Cyrus's notifications. */
export const looksLikeNotice = (text: string): boolean => {
  const name = eventKey.exec(text)?.[1];
  return (
    name !== undefined &&
    kinds[name] !== undefined &&
    (text.includes('"uri"') || text.includes('"service"') || text.includes('vnd.cmu.'))
  );
};

type Fields = Readonly<Record<string, unknown>>;

const textOf = (fields: Fields, name: string): string | undefined => {
  const value = fields[name];
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
};

/** `imap://bob@example.jp@imap.example.jp/Work;UIDVALIDITY=1`: the folder, without its owner and host. */
const folderOf = (uri: string | undefined): string | undefined => {
  const match = /^imap:\/\/[^/]{0,600}\/([^;?]{1,800})/.exec(uri ?? '');
  if (match === null) return undefined;
  try {
    return decodeURIComponent(match[1] ?? '');
  } catch {
    return match[1];
  }
};

/** The owner stands before the last `@` of the address, which the host follows. */
const ownerOf = (uri: string | undefined): string | undefined => {
  const match = /^imap:\/\/([^/]{1,600})\//.exec(uri ?? '');
  const at = match?.[1]?.lastIndexOf('@') ?? -1;
  return at > 0 ? match?.[1]?.slice(0, at) : undefined;
};

const uidsMax = 200;

/** `7`, `1:3,9`: at most 200 of them. */
const uidsOf = (set: string | undefined): readonly number[] => {
  const found: number[] = [];
  for (const range of (set ?? '').split(',', uidsMax)) {
    const [from = '', to = from] = range.split(':', 2);
    const first = countOf(from);
    const last = countOf(to);
    if (first === undefined || last === undefined) continue;
    for (
      let uid = Math.min(first, last);
      uid <= Math.max(first, last) && found.length < uidsMax;
      uid += 1
    )
      found.push(uid);
  }
  return found;
};

const messagesOf = (fields: Fields, folder: string | undefined): readonly MessageRef[] => {
  const named = /;UID=(\d{1,10})$/.exec(textOf(fields, 'uri') ?? '')?.[1];
  const uids = uidsOf(textOf(fields, 'uidset') ?? textOf(fields, 'uid') ?? named);
  const given = fields['vnd.cmu.midset'];
  const ids = Array.isArray(given) ? given : [];
  const size = countOf(textOf(fields, 'messageSize'));
  return uids.map((uid, k) => {
    const id: unknown = ids[k];
    return {
      uid,
      ...(typeof id === 'string' && id !== '' && id !== 'NIL'
        ? { messageId: printable(id, 998) }
        : {}),
      ...(folder === undefined ? {} : { folder: printable(folder) }),
      ...(size === undefined || uids.length !== 1 ? {} : { sizeBytes: size }),
    };
  });
};

/** Those of `notifyd` name no service; what logged in before them does. */
const serviceIn = (
  { service }: Base,
  session: string | undefined,
  sessions: SeenSessions,
): string | undefined =>
  service ?? (session === undefined ? undefined : sessions.get(session)?.service);

/** One notification. `MessageRead` says that \Seen was set: a client that peeks is not told of. */
export const cyrusNotice = (
  text: string,
  context: FormatContext,
  base: Base,
  sessions: SeenSessions,
): Parsed => {
  let value: unknown;
  try {
    value = JSON.parse(text.slice(text.indexOf('{"'), text.lastIndexOf('}') + 1));
  } catch {
    return unparsed('a broken notification');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return unparsed('a broken notification');
  const fields: Fields = { ...value };
  const event = textOf(fields, 'event') ?? '';
  const kind = kinds[event];
  if (kind === undefined) return quiet('a notification');
  const stamp = isoStamp(textOf(fields, 'timestamp') ?? '')?.stamp;
  const session = textOf(fields, 'vnd.cmu.sessionId') ?? textOf(fields, 'vnd.fastmail.sessionId');
  // Since 3.6 `mailboxID` is an id of the folder's own.
  const uri = [textOf(fields, 'mailboxID'), textOf(fields, 'uri')].find(
    each => each?.startsWith('imap://') === true,
  );
  const folder = folderOf(uri);
  const who = textOf(fields, 'user');
  const owner = ownerOf(uri) ?? ownerOfFolder(folder);
  const ip = ipOf(textOf(fields, 'clientIP') ?? textOf(fields, 'clientAddress') ?? '');
  const port = countOf(textOf(fields, 'clientPort'));
  const told =
    ip === undefined ? undefined : { ip, ...(port === undefined || port === 0 ? {} : { port }) };
  const from = told ?? (session === undefined ? undefined : sessions.get(session)?.from);
  if (event === 'Login' && session !== undefined) sessions.set(session, { user: who, from });
  const messages = kind.startsWith('message.') ? messagesOf(fields, folder) : [];
  const change: Record<string, string> = {};
  for (const key of [
    'aclSubject',
    'aclRights',
    'flagNames',
    'oldMailboxID',
    'diskQuota',
    'diskUsed',
    'maxMessages',
  ]) {
    const each = textOf(fields, key);
    if (each !== undefined) change[key] = printable(each);
  }
  const foreign = isForeign(owner, who);
  const counts = event === 'Login' || tellsOf(kind);
  const act = event === 'Login' ? 'login' : event === 'MessageNew' ? 'message.save' : kind;
  return happened({
    ...base,
    time: stamp === undefined ? base.time : context.time(stamp),
    service:
      printable(textOf(fields, 'service') ?? '', 60).replace(/s$/, '') ||
      serviceIn(base, session, sessions),
    pid: countOf(textOf(fields, 'pid')) ?? base.pid,
    kind,
    outcome: 'success',
    user: personOf(foreign ? owner : (who ?? owner)),
    actor: foreign ? personOf(who) : undefined,
    from,
    session: session === undefined ? undefined : printable(session),
    folder: folder === undefined ? undefined : printable(folder),
    messages: messages.length === 0 ? undefined : messages,
    change: Object.keys(change).length === 0 ? undefined : change,
    flags: repeated(
      counts && kind !== 'message.delivered' && sessions.tell(session, act, 'notice'),
    ),
    detail: event === 'MessageRead' ? 'MessageRead: \\Seen was set' : printable(event),
  });
};
