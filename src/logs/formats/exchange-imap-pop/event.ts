import type { AccessEvent, MessageRef } from '../../../core/access-event.ts';
import { OpenThings } from '../../draft.ts';
import type { Envelope, FormatContext, Parsed } from '../../format.ts';
import { type EventParts, happened, quiet, unparsed } from '../../reading.ts';
import type { Fields } from '../../records/fields.ts';
import { addressOf, Clean, numberOf, utcStamp, utcTime, whoOf } from '../../records/meaning.ts';
import { printable } from '../../text.ts';
import { type Doing, imapDoing, messageSet, popDoing } from './commands.ts';

type Protocol = 'imap' | 'pop3';

interface Session {
  user: string | undefined;
  folder: string | undefined;
}

/** What reading one log needs to remember: who is in which folder. */
export interface ImapPopMemory {
  readonly sessions: OpenThings<Session>;
  /** Where neither columns nor `#Log-type` tell. */
  protocol: Protocol | undefined;
}

export const imapPopMemory = (countMax: number): ImapPopMemory => ({
  sessions: new OpenThings(countMax),
  protocol: undefined,
});

const popCommands = /^(?:user|pass|apop|stat|list|uidl|retr|top|dele|rset|quit|capa|stls|auth)$/i;
const imapCommands =
  /^(?:login|authenticate|select|examine|fetch|uid.*|store|copy|move|append|expunge|lsub|status|idle|logout|capability|starttls|namespace|id|subscribe|unsubscribe|create|delete|rename|close|unselect|check|search|enable)$/i;

/** A server's ports: those of the front end, and those 1,000 higher of the mailbox service behind it. */
const protocolOfPort = (port: number | undefined): Protocol | undefined => {
  if (port === 143 || port === 993 || port === 1143 || port === 1993) return 'imap';
  return port === 110 || port === 995 || port === 1110 || port === 1995 ? 'pop3' : undefined;
};

const protocolOf = (row: Fields, command: string, memory: ImapPopMemory): Protocol | undefined =>
  memory.protocol ??
  protocolOfPort(addressOf(row.text('sip'))?.port) ??
  (imapCommands.test(command) ? 'imap' : popCommands.test(command) ? 'pop3' : undefined);

/** `R=OK;…`, `R="a2 NO LOGIN failed."`, `R="-ERR Logon failure"`: what the server answered. */
const outcomeOf = (context: string | undefined): AccessEvent['outcome'] => {
  const answer = /(?:^|;)R=("?[^;]{0,300})/i.exec(context ?? '')?.[1];
  if (answer === undefined)
    return /ErrMsg|Excpt|LogonFailed/i.test(context ?? '') ? 'failure' : 'unknown';
  if (/^"?(?:OK|\+OK)\b|^"?[A-Za-z0-9.]{1,40} OK\b/i.test(answer)) return 'success';
  return /\b(?:NO|BAD|ERR)\b/i.test(answer) ? 'failure' : 'unknown';
};

/** `user@example.jp *****`: the log has stars for the password; anything else there is one. */
const loginName = (command: string, parameters: string | undefined): string | undefined => {
  if (command !== 'login' && command !== 'user' && command !== 'apop') return undefined;
  const [name = ''] = (parameters ?? '').trim().split(/\s+/, 1);
  return /^\*+$/.test(name) || name === '' ? undefined : name.replace(/^"|"$/g, '');
};

const messagesOf = (
  { set, byUid, part }: Doing,
  folder: string | undefined,
): Pick<EventParts, 'messages' | 'count'> => {
  if (set === undefined) return { messages: undefined, count: undefined };
  const { numbers, count } = messageSet(set);
  if (byUid !== true || numbers.length === 0) return { messages: undefined, count };
  const rest = {
    ...(folder === undefined ? {} : { folder }),
    ...(part === undefined ? {} : { part }),
  };
  return { messages: numbers.map((uid): MessageRef => ({ uid, ...rest })), count: undefined };
};

const isLogin = /^(?:login|authenticate|auth|pass|apop)$/;

const quietCommand = (command: string): Parsed =>
  quiet(command === '' ? 'a line without command' : `a command that touches no mail`);

/**
 * One command of a client. What he writes stands in `parameters` alone, which the server quotes; user,
 * addresses and answer are the server's words.
 */
export const imapPopEvent = (
  row: Fields,
  envelope: Envelope,
  context: FormatContext,
  memory: ImapPopMemory,
): Parsed => {
  const id = row.text('sessionid');
  const command = (row.text('command') ?? '').trim().toLowerCase();
  if (
    id === undefined ||
    !/^[\w+ -]{0,60}$/.test(command) ||
    utcStamp(row.text('datetime') ?? '') === undefined
  )
    return unparsed('a row of a protocol log without session');
  const protocol = protocolOf(row, command, memory);
  const parameters = row.text('parameters');
  const said = row.text('context');
  // Sessions of the front end and of the mailbox service are numbered apart.
  const key = `${row.text('sip') ?? ''} ${row.text('cip') ?? ''} ${id}`;
  const held = memory.sessions.get(key);
  const session: Session = held ?? { user: undefined, folder: undefined };
  const user = row.text('user') ?? loginName(command, parameters);
  if (user !== undefined) session.user = user;
  const clean = new Clean();
  const base: EventParts = {
    kind: 'other',
    time: utcTime(envelope, context, row.text('datetime')),
    outcome: outcomeOf(said),
    component: 'exchange',
    service: protocol,
    user: whoOf(session.user),
    from: addressOf(row.text('cip')),
    to: addressOf(row.text('sip')),
    session: printable(id),
    bytes: numberOf(row.text('rpsize')),
  };
  if (command === 'closesession') {
    memory.sessions.delete(key);
    return quiet('end of a session');
  }
  if (command === 'opensession') {
    return happened({ ...base, kind: 'connection', outcome: 'success', bytes: undefined });
  }
  if (isLogin.test(command)) {
    memory.sessions.set(key, session);
    const method =
      command === 'authenticate' || command === 'auth'
        ? /^[\w-]{2,40}/.exec((parameters ?? '').trim())?.[0]
        : undefined;
    return happened({
      ...base,
      kind: 'login',
      authMethod: command === 'apop' ? 'APOP' : method,
      detail: clean.detail(said),
      flags: clean.flags(),
    });
  }
  if (command === 'logout' || command === 'quit') return happened({ ...base, kind: 'logout' });
  const doing =
    protocol === 'pop3'
      ? popDoing(command, parameters ?? '')
      : imapDoing(command, parameters ?? '');
  if (doing === undefined) {
    if (held !== undefined || user !== undefined) memory.sessions.set(key, session);
    return quietCommand(command);
  }
  if (doing.kind === 'mailbox.open') session.folder = printable(doing.folder ?? '');
  memory.sessions.set(key, session);
  const folder =
    clean.text(doing.folder) ?? session.folder ?? (protocol === 'pop3' ? 'INBOX' : undefined);
  return happened({
    ...base,
    kind: doing.kind,
    folder,
    ...messagesOf(doing, folder),
    detail: clean.detail(
      `${command} ${parameters ?? ''}`.trim(),
      base.outcome === 'failure' ? said : undefined,
    ),
    flags: clean.flags(),
  });
};
