import type { AccessEvent, MessageRef } from '../../../core/access-event.ts';
import { ipOf } from '../../endpoint.ts';
import type { Parsed } from '../../format.ts';
import {
  countOf,
  type EventParts,
  freeText,
  happened,
  personOf,
  quiet,
  unparsed,
} from '../../reading.ts';
import { printable } from '../../text.ts';
import { imapCommand, pop3Command, sieveCommand } from './event-commands.ts';
import { joined } from './event-joins.ts';
import type { EventRecord } from './event-record.ts';
import { type Memory, sessionOf } from './memory.ts';

type Kind = AccessEvent['kind'];

const told = (record: EventRecord, name: string): string | undefined => {
  const value = record.fields.get(name);
  return value === undefined || value === '' ? undefined : value;
};

const folderOf = (record: EventRecord): string | undefined => {
  const folder = told(record, 'mailbox');
  return folder === undefined ? undefined : printable(folder);
};

/** `service:imap` of the categories; `auth` events name theirs in a field. */
const serviceOf = (record: EventRecord): string | undefined => {
  // Since 2.4 `service` is the process that writes.
  const service =
    told(record, 'protocol') ??
    told(record, 'service') ??
    record.categories.find(category => category.startsWith('service:'))?.slice('service:'.length);
  // As `auth` calls it.
  return service === 'sieve' ? 'managesieve' : service?.replace(/-login$/, '');
};

type Common = Pick<
  EventParts,
  'time' | 'component' | 'service' | 'host' | 'user' | 'actor' | 'from' | 'session'
>;

/** What most events have: who, from where, in which session. */
const commonOf = (record: EventRecord, memory: Memory): Common => {
  const session = told(record, 'session');
  const known = session === undefined ? undefined : memory.sessions.get(session);
  const user = told(record, 'user') ?? told(record, 'original_user');
  const master = told(record, 'master_user') ?? known?.actor;
  // Behind a proxy the first is the client, the second the proxy.
  const ip = ipOf(told(record, 'remote_ip') ?? told(record, 'client_ip') ?? '') ?? known?.from?.ip;
  const port = countOf(told(record, 'remote_port'));
  return {
    time: record.time,
    component: 'dovecot',
    service: printable(serviceOf(record) ?? '', 60) || undefined,
    host: record.host === undefined ? undefined : printable(record.host),
    user: personOf(user),
    actor: master === user ? undefined : personOf(master),
    from:
      ip === undefined ? undefined : { ip, ...(port === undefined || port === 0 ? {} : { port }) },
    session: session === undefined ? undefined : printable(session),
  };
};

/** Until the login succeeded, a master user is the user, and whose mailbox he wants stands beside. */
const triedAsMaster = (record: EventRecord, common: Common): Common => {
  const wanted = told(record, 'login_user');
  if (wanted === undefined || told(record, 'success') === 'yes' || common.actor !== undefined) {
    return common;
  }
  return { ...common, user: personOf(wanted), actor: common.user };
};

const connectionOf = (record: EventRecord): string =>
  `${told(record, 'remote_ip') ?? ''} ${told(record, 'remote_port') ?? ''}`;

const login = (record: EventRecord, memory: Memory): Parsed => {
  const session = told(record, 'session');
  const success = told(record, 'success') === 'yes';
  const master = told(record, 'master_user');
  const ip = ipOf(told(record, 'remote_ip') ?? '');
  if (session !== undefined) memory.connections.set(connectionOf(record), session);
  if (session !== undefined && success) {
    Object.assign(sessionOf(memory, session), {
      ...(master === undefined ? {} : { actor: master }),
      ...(ip === undefined ? {} : { from: { ip } }),
    });
  }
  const common = triedAsMaster(record, commonOf(record, memory));
  if (session !== undefined && !success && common.actor !== undefined) {
    sessionOf(memory, session).actor = common.actor.name;
  }
  const real = ipOf(told(record, 'real_remote_ip') ?? '');
  return happened({
    ...common,
    kind: common.actor === undefined ? 'login' : 'login.impersonated',
    outcome: success ? 'success' : 'failure',
    through: real === undefined || real === ip ? undefined : { ip: real },
    authMethod: printable(told(record, 'mechanism') ?? '') || undefined,
    tls: /TLS/i.test(told(record, 'transport') ?? '') || undefined,
    ...freeText(told(record, 'error') ?? told(record, 'reason') ?? ''),
  });
};

const messageOf = (record: EventRecord): readonly MessageRef[] | undefined => {
  const uid = countOf(told(record, 'uid'));
  const folder = told(record, 'mailbox');
  const messageId = told(record, 'message_id') ?? told(record, 'header_message_id');
  const from = told(record, 'message_from') ?? told(record, 'mail_from');
  const subject = told(record, 'message_subject');
  const to = told(record, 'rcpt_to');
  const message: MessageRef = {
    ...(messageId === undefined ? {} : { messageId: printable(messageId, 998) }),
    ...(uid === undefined || uid === 0 ? {} : { uid }),
    ...(folder === undefined ? {} : { folder: printable(folder) }),
    ...(subject === undefined ? {} : { subject: printable(subject, 998) }),
    ...(from === undefined ? {} : { from: printable(from) }),
    ...(to === undefined ? {} : { to: [printable(to)] }),
  };
  return Object.keys(message).length === 0 ? undefined : [message];
};

/** Reasons why a message was opened that are nobody's reading. */
const nobodyReads =
  /imap:cmd_(?:append|copy|move|uid_copy|uid_move|search|uid_search|sort|thread)|:notify|virtual:|storage:autoexpunge|fts:|indexer|sieve|mailbox:(?:attribute|sync)/;

/**
 * A message was opened in storage: to give out its body, to look up a header that no cache held, or to store
 * or to index it, which nobody reads. Versions before 2.3.18 give no reason codes; a command's name and the
 * reason as text do then.
 */
const opened = (record: EventRecord, memory: Memory): Parsed => {
  const common = commonOf(record, memory);
  const codes = told(record, 'reason_code') ?? '';
  const command = told(record, 'cmd_name') ?? '';
  const reason = told(record, 'reason') ?? '';
  if (
    common.service !== undefined &&
    /^(?:lmtp|lda|indexer|indexer-worker|sieve|submission|fts)$/.test(common.service)
  ) {
    return quiet(`opened by ${common.service}`);
  }
  const body = /imap:fetch_(?:body|binary)(?!structure)|pop3:/.test(codes);
  if (
    !body &&
    (nobodyReads.test(codes) ||
      /^(?:APPEND|(?:UID )?(?:COPY|MOVE|SEARCH|SORT|THREAD))$/.test(command))
  ) {
    return quiet('opened by the server, for nobody to read');
  }
  const header =
    !body &&
    (/imap:fetch_(?:header|bodystructure|envelope|size)/.test(codes) ||
      (codes === '' && /^header|^size|^cache/.test(reason)));
  const kind: Kind =
    header || record.name === 'mail_metadata_accessed' ? 'message.list' : 'message.read';
  // Codes of a fetch that name neither body nor header leave open which.
  const part = body ? 'body' : header ? 'header' : undefined;
  return happened({
    ...common,
    kind,
    outcome: 'success',
    folder: folderOf(record),
    messages: messageOf(record)?.map(message => ({
      ...message,
      ...(part === undefined ? {} : { part }),
    })),
    ...freeText([codes, reason].filter(each => each !== '').join(' ')),
  });
};

const simple = (
  record: EventRecord,
  memory: Memory,
  kind: Kind,
  outcome: AccessEvent['outcome'] = 'success',
): Parsed =>
  happened({
    ...commonOf(record, memory),
    kind,
    outcome,
    folder: folderOf(record),
    messages: messageOf(record),
    detail: record.name,
  });

/** MOVE takes the message away from its old folder: it is not deleted. */
const expunged = (record: EventRecord, memory: Memory): Parsed =>
  /^(?:UID )?MOVE$/.test(told(record, 'cmd_name') ?? '')
    ? happened({
        ...commonOf(record, memory),
        kind: 'message.change',
        outcome: 'success',
        folder: folderOf(record),
        messages: messageOf(record),
        detail: `${record.name}: MOVE`,
      })
    : simple(record, memory, 'message.delete');

const rule = (record: EventRecord, memory: Memory): Parsed =>
  happened({
    ...commonOf(record, memory),
    kind: 'rule.changed',
    outcome: told(record, 'error') === undefined ? 'success' : 'failure',
    change: {
      action: record.name,
      ...(told(record, 'script_name') === undefined
        ? {}
        : { script: printable(told(record, 'script_name') ?? '') }),
      ...(told(record, 'new_script_name') === undefined
        ? {}
        : { newName: printable(told(record, 'new_script_name') ?? '') }),
    },
    ...freeText(told(record, 'error') ?? ''),
  });

const sieveKinds: Readonly<Record<string, Kind>> = {
  store: 'message.delivered',
  keep: 'message.delivered',
  fileinto: 'message.delivered',
  redirect: 'message.submitted',
  vacation: 'message.submitted',
  notify: 'message.submitted',
  enotify: 'message.submitted',
  discard: 'message.discarded',
  reject: 'message.refused',
  ereject: 'message.refused',
};

const sieveAction = (record: EventRecord, memory: Memory): Parsed => {
  const action = told(record, 'action_name') ?? told(record, 'action') ?? '';
  const kind = sieveKinds[action];
  if (kind === undefined) return quiet('an action of Sieve');
  const folder =
    told(record, 'fileinto_mailbox_name') ??
    told(record, 'fileinto_mailbox')?.replace(/^'(.*)'$/, '$1') ??
    told(record, 'mailbox');
  const target = told(record, 'redirect_target') ?? told(record, 'vacation_recipient');
  // Whom the message came to is no recipient of what Sieve sends out because of it.
  const sends = kind === 'message.submitted';
  const [{ to, ...message } = {}] = messageOf(record) ?? [];
  const recipients = target === undefined ? (sends ? undefined : to) : [printable(target)];
  return happened({
    ...commonOf(record, memory),
    kind,
    outcome: told(record, 'error') === undefined ? 'success' : 'failure',
    folder: folder === undefined ? undefined : printable(folder),
    messages:
      Object.keys(message).length === 0 && recipients === undefined
        ? undefined
        : [{ ...message, ...(recipients === undefined ? {} : { to: recipients }) }],
    ...freeText(told(record, 'error') ?? `sieve: ${action}`),
  });
};

const smtp = (record: EventRecord, memory: Memory): Parsed => {
  const service = serviceOf(record);
  const status = countOf(told(record, 'status_code')) ?? 0;
  const failed = status >= 400 || told(record, 'error') !== undefined;
  const recipient = record.name.includes('rcpt');
  const kind: Kind =
    service === 'lmtp'
      ? recipient
        ? failed
          ? status >= 500
            ? 'message.refused'
            : 'message.deferred'
          : 'message.delivered'
        : 'message.received'
      : failed
        ? 'message.refused'
        : 'message.submitted';
  if (recipient && service !== 'lmtp') return quiet('one recipient of a submitted message');
  return happened({
    ...commonOf(record, memory),
    kind,
    outcome: failed ? 'failure' : 'success',
    messages: messageOf(record),
    ...freeText(told(record, 'error') ?? told(record, 'reply') ?? ''),
  });
};

const attempted =
  /auth_failed|auth_aborted|auth_nologin|invalid_mech|cleartext|plaintext|anonymous|auth_process|proxy_dest_auth|authorization|internal/;

const quietNames =
  /^(?:auth_(?:client|master|passdb|userdb|policy|worker|request_started|server)|client_connection|server_connection|connection|dict|dns|doveadm|fs|fts|http|imapc|indexer|lua|mail_cache|mail_index|mail_user_session|master_service|program_client|proxy_session_started|push_notification|smtp_client|smtp_submit|smtp_server_(?:command|connection|transaction_started|recipient)|sql|cassandra|ssl|stats|io_|ioloop|log|tcp|mail_delivery_started|mail_expunge_requested|imap_id_received|sieve_(?:runtime|script_opened|storage)|imap_client|hibernation|unhibernation|service_|cluster|dsync|replicat|metacache|obox|rawlog|test|cmd_|mail_autoexpunge|managesieve_command_started|quota)/;

/** The end of a connection on which nobody logged in; it names no session. */
const aborted = (record: EventRecord, memory: Memory): Parsed => {
  const common = commonOf(record, memory);
  const session = common.session ?? memory.connections.get(connectionOf(record));
  const actor = session === undefined ? undefined : memory.sessions.get(session)?.actor;
  const master = actor !== undefined && common.user?.name === actor;
  const tried = attempted.test(told(record, 'reason') ?? '');
  return happened({
    ...common,
    session,
    kind: tried ? (master ? 'login.impersonated' : 'login') : 'connection',
    outcome: 'failure',
    // A master user who was refused stands in the place of the mailbox's owner.
    user: master ? undefined : common.user,
    actor: master ? common.user : common.actor,
    ...freeText(told(record, 'reason') ?? ''),
  });
};

/** Delivery to one recipient, by LMTP or the local delivery agent. */
const delivered = (record: EventRecord, memory: Memory): Parsed => {
  const error = told(record, 'error');
  return happened({
    ...commonOf(record, memory),
    kind: error === undefined ? 'message.delivered' : 'message.deferred',
    outcome: error === undefined ? 'success' : 'failure',
    messages: messageOf(record),
    ...freeText(error ?? ''),
  });
};

const meaningOf = (record: EventRecord, memory: Memory): Parsed => {
  switch (record.name) {
    case 'auth_request_finished':
      return login(record, memory);
    case 'login_aborted':
      return aborted(record, memory);
    case 'mail_delivery_finished':
      return delivered(record, memory);
    case 'mail_opened':
    case 'mail_metadata_accessed':
      return opened(record, memory);
    case 'mail_expunged':
      return expunged(record, memory);
    case 'mail_saved':
    case 'mail_copied':
      return simple(record, memory, 'message.save');
    case 'mailbox_created':
    case 'mailbox_renamed':
    case 'mailbox_subscribed':
    case 'mailbox_unsubscribed':
      return simple(record, memory, 'other');
    case 'mailbox_deleted':
      return simple(record, memory, 'message.delete');
    case 'mailbox_opened':
      return simple(record, memory, 'mailbox.open');
    case 'imap_command_finished':
      return imapCommand(record, memory, commonOf(record, memory));
    case 'pop3_command_finished':
      return pop3Command(record, memory, commonOf(record, memory));
    case 'managesieve_command_finished':
      return sieveCommand(record, commonOf(record, memory));
    case 'sieve_script_activated':
    case 'sieve_script_deactivated':
    case 'sieve_script_deleted':
    case 'sieve_script_renamed':
      return rule(record, memory);
    case 'sieve_action_finished':
      return sieveAction(record, memory);
    case 'smtp_server_transaction_finished':
    case 'smtp_server_transaction_rcpt_finished':
      return smtp(record, memory);
    case 'proxy_session_established':
      return simple(record, memory, 'login');
    case 'proxy_session_finished':
      return simple(record, memory, 'logout');
    default:
      return quietNames.test(record.name)
        ? quiet(`the event ${printable(record.name, 60)}`)
        : unparsed('an event of Dovecot that is not known');
  }
};

/** What an event of the exporter says of access. */
export const happenedOf = (record: EventRecord, memory: Memory): Parsed => {
  if (memory.seen.size < 200) memory.seen.add(record.name);
  return joined(record, meaningOf(record, memory), memory);
};
