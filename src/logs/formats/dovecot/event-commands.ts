import type { AccessEvent } from '../../../core/access-event.ts';
import type { Parsed } from '../../format.ts';
import { countOf, type EventParts, freeText, happened, quiet } from '../../reading.ts';
import { printable } from '../../text.ts';
import type { EventRecord } from './event-record.ts';
import type { Memory } from './memory.ts';

type Common = Pick<
  EventParts,
  'time' | 'component' | 'service' | 'host' | 'user' | 'actor' | 'from' | 'session'
>;
type Kind = AccessEvent['kind'];

const field = (record: EventRecord, name: string): string => record.fields.get(name) ?? '';

const outcomeOf = (record: EventRecord): AccessEvent['outcome'] => {
  const state = field(record, 'tagged_reply_state');
  return state === 'OK' ? 'success' : state === 'NO' || state === 'BAD' ? 'failure' : 'unknown';
};

const kinds: Readonly<Record<string, Kind>> = {
  SELECT: 'mailbox.open',
  EXAMINE: 'mailbox.open',
  STORE: 'message.change',
  APPEND: 'message.save',
  MULTIAPPEND: 'message.save',
  COPY: 'message.save',
  MOVE: 'message.change',
  REPLACE: 'message.save',
  SEARCH: 'search',
  SORT: 'search',
  THREAD: 'search',
  ESEARCH: 'search',
  CREATE: 'other',
  RENAME: 'other',
  SUBSCRIBE: 'other',
  UNSUBSCRIBE: 'other',
  SETMETADATA: 'other',
  SETQUOTA: 'other',
  DELETE: 'message.delete',
  SETACL: 'permission.changed',
  DELETEACL: 'permission.changed',
  LOGOUT: 'logout',
  URLFETCH: 'message.read',
  GENURLAUTH: 'other',
};

/** Items of FETCH that give out more than headers: RFC822, RFC822.TEXT, BODY[], BODY[1], BINARY[2], BODY[TEXT]. */
const bodyItem =
  /\bRFC822(?:\.TEXT)?(?![.\w])|\b(?:BODY|BINARY)(?:\.PEEK)?\[(?!HEADER|[\d.]{1,40}\.(?:HEADER|MIME))/i;
const listItem =
  /ENVELOPE|RFC822\.HEADER|\[HEADER|BODYSTRUCTURE|PREVIEW|SNIPPET|\bALL\b|\bFULL\b|\bFAST\b|\.HEADER|\.MIME/i;

/** The folder that COPY, MOVE, APPEND and CREATE name; `cmd_args` begins with the set of messages. */
const targetOf = (command: string, args: string): string | undefined => {
  const at = command === 'COPY' || command === 'MOVE' ? args.indexOf(' ') + 1 : 0;
  const match = /^(?:"((?:[^"\\]|\\.){1,400})"|([^\s"]{1,400}))/.exec(args.slice(at, at + 900));
  return match === null ? undefined : (match[1] ?? match[2]);
};

/** A command of IMAP. Where the log has the finer events, a FETCH or EXPUNGE is told by them already. */
export const imapCommand = (record: EventRecord, memory: Memory, common: Common): Parsed => {
  const command = field(record, 'cmd_name').toUpperCase().replace(/^UID /, '');
  const args = field(record, 'cmd_human_args') || field(record, 'cmd_args');
  const selected = field(record, 'mailbox');
  const base = {
    ...common,
    outcome: outcomeOf(record),
    folder: selected === '' ? undefined : printable(selected),
    ...freeText(`${field(record, 'cmd_name')} ${args}`),
  };
  if (command === 'FETCH') {
    if (bodyItem.test(args)) {
      return memory.seen.has('mail_opened')
        ? quiet('a FETCH that mail_opened tells of')
        : happened({ ...base, kind: 'message.read', bytes: countOf(field(record, 'bytes_out')) });
    }
    return listItem.test(args)
      ? happened({ ...base, kind: 'message.list' })
      : quiet('a FETCH of flags');
  }
  if (command === 'EXPUNGE' || command === 'CLOSE') {
    return memory.seen.has('mail_expunged') || command === 'CLOSE'
      ? quiet('an EXPUNGE that mail_expunged tells of')
      : // It need not have found anything to take away.
        happened({ ...base, kind: 'message.delete', outcome: 'unknown' });
  }
  const kind = kinds[command];
  if (kind === undefined) return quiet(`the command ${printable(command, 40)}`);
  const target = /^(?:COPY|MOVE|APPEND|CREATE|DELETE|RENAME|SELECT|EXAMINE|SETACL|DELETEACL)$/.test(
    command,
  )
    ? targetOf(command, args)
    : undefined;
  return happened({
    ...base,
    kind,
    folder: target === undefined ? base.folder : printable(target),
    ...(kind === 'permission.changed' ? { change: { acl: base.detail ?? command } } : {}),
  });
};

/** A command of POP3. */
export const pop3Command = (record: EventRecord, memory: Memory, common: Common): Parsed => {
  const command = field(record, 'cmd_name').toUpperCase();
  const base = {
    ...common,
    outcome: field(record, 'reply').startsWith('-') ? ('failure' as const) : ('success' as const),
    ...freeText(`${command} ${field(record, 'cmd_args')}`),
  };
  switch (command) {
    case 'RETR':
    case 'TOP':
      return memory.seen.has('mail_opened')
        ? quiet('a command that mail_opened tells of')
        : happened({ ...base, kind: 'message.read', count: 1 });
    case 'DELE':
      return happened({ ...base, kind: 'message.delete', count: 1 });
    case 'QUIT':
      return happened({ ...base, kind: 'logout' });
    default:
      return quiet('a command of POP3');
  }
};

/** A command of ManageSieve: who changed which script. What the script does is not in the log. */
export const sieveCommand = (record: EventRecord, common: Common): Parsed => {
  const command = field(record, 'cmd_name').toUpperCase();
  if (command === 'LOGOUT') return happened({ ...common, kind: 'logout', outcome: 'success' });
  if (!/^(?:PUTSCRIPT|SETACTIVE|DELETESCRIPT|RENAMESCRIPT)$/.test(command))
    return quiet('a command of ManageSieve');
  const script = field(record, 'script_name') || field(record, 'cmd_args').slice(0, 200);
  const failed = field(record, 'error') !== '';
  return happened({
    ...common,
    kind: 'rule.changed',
    outcome: failed ? 'failure' : 'success',
    change: { action: command, ...(script === '' ? {} : { script: printable(script) }) },
    ...freeText(field(record, 'error')),
  });
};
