import type { AccessEvent } from '../../../core/access-event.ts';
import type { Parsed } from '../../format.ts';
import { countOf, freeText, happened, quiet, unparsed } from '../../reading.ts';
import { printable } from '../../text.ts';
import { imapCommand, pop3Command, sieveCommand } from './event-commands.ts';
import { commonOf, folderOf, messageOf, serviceOf, told } from './event-fields.ts';
import { joined } from './event-joins.ts';
import { aborted, login } from './event-logins.ts';
import type { EventRecord } from './event-record.ts';
import type { Memory } from './memory.ts';

type Kind = AccessEvent['kind'];

/** Reasons why a message was opened that are nobody's reading. */
const nobodyReads =
  /doveadm:cmd_(?:import|save|copy|move|altmove|flags|index|rebuild|force_resync|expunge|deduplicate|mailbox|quota)|imap:cmd_(?:append|copy|move|uid_copy|uid_move|search|uid_search|sort|thread)|:notify|virtual:|storage:autoexpunge|fts:|indexer|sieve|mailbox:(?:attribute|sync)/;

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
  // Of a search by IMAP its command tells; doveadm tells of no command.
  if (codes.includes('doveadm:cmd_search')) {
    return happened({
      ...common,
      kind: 'search',
      outcome: 'success',
      folder: folderOf(record),
      ...freeText(codes),
    });
  }
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
  /^(?:UID )?MOVE$/.test(told(record, 'cmd_name') ?? '') ||
  /(?:^| )(?:imap|doveadm):cmd_(?:uid_)?move(?: |$)/.test(told(record, 'reason_code') ?? '')
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

const quietNames =
  /^(?:auth_(?:client|master|passdb|userdb|policy|worker|request_started|server)|client_connection|server_connection|connection|dict|dns|doveadm|fs|fts|http|imapc|indexer|lua|mail_cache|mail_index|mail_user_session|master_service|program_client|proxy_session_started|push_notification|smtp_client|smtp_submit|smtp_server_(?:command|connection|transaction_started|recipient)|sql|cassandra|ssl|stats|io_|ioloop|log|tcp|mail_delivery_started|mail_expunge_requested|imap_id_received|sieve_(?:runtime|script_opened|storage)|imap_client|hibernation|unhibernation|service_|cluster|dsync|replicat|metacache|obox|rawlog|test|cmd_|mail_autoexpunge|managesieve_command_started|quota)/;

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
