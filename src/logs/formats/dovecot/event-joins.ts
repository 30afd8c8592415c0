import type { AccessEvent } from '../../../core/access-event.ts';
import type { Draft } from '../../draft.ts';
import type { Parsed } from '../../format.ts';
import { countOf } from '../../reading.ts';
import type { EventRecord } from './event-record.ts';
import { type Memory, marked, type Teller, tell } from './memory.ts';

/** Which act an event tells of, and who tells of it; undefined for those that nobody else tells of. */
const actOf = (record: EventRecord, event: AccessEvent): readonly [string, Teller] | undefined => {
  switch (record.name) {
    case 'auth_request_finished':
      return [`${event.kind} ${event.outcome}`, 'export'];
    case 'login_aborted':
      return event.kind === 'connection' ? undefined : [`${event.kind} failure`, 'aborted'];
    case 'mail_opened':
      return event.kind === 'message.read' ? ['read', 'export'] : undefined;
    case 'mail_expunged':
      return [event.kind === 'message.delete' ? 'delete' : 'move', 'export'];
    case 'mail_saved':
      return ['save', 'export'];
    case 'mail_copied':
      return ['copy', 'export'];
    case 'imap_command_finished':
      return commandOf(record, event);
    case 'pop3_command_finished':
      return event.kind === 'logout' ? ['logout', 'command'] : undefined;
    case 'managesieve_command_finished':
      return event.kind === 'logout'
        ? ['logout', 'command']
        : [`rule ${event.change?.['action'] ?? ''}`, 'command'];
    case 'sieve_script_activated':
      return ['rule SETACTIVE', 'export'];
    case 'sieve_script_deleted':
      return ['rule DELETESCRIPT', 'export'];
    case 'sieve_script_renamed':
      return ['rule RENAMESCRIPT', 'export'];
    case 'mail_delivery_finished':
      return event.kind === 'message.delivered' ? [event.kind, 'delivery'] : undefined;
    case 'sieve_action_finished':
      return event.outcome === 'success' ? [event.kind, 'export'] : undefined;
    case 'smtp_server_transaction_rcpt_finished':
      return event.kind === 'message.delivered' ? [event.kind, 'recipient'] : undefined;
    default:
      return undefined;
  }
};

const commandOf = (
  { fields }: EventRecord,
  event: AccessEvent,
): readonly [string, Teller] | undefined => {
  if (event.outcome !== 'success') return undefined;
  // Where it comes before the finer events of it, as the first of a log may.
  if (event.kind === 'message.read') return ['read', 'command'];
  const command = (fields.get('cmd_name') ?? '').toUpperCase().replace(/^UID /, '');
  switch (command) {
    case 'APPEND':
    case 'MULTIAPPEND':
      return ['save', 'command'];
    case 'COPY':
      return ['copy', 'command'];
    case 'MOVE':
      return ['move', 'command'];
    case 'CREATE':
    case 'DELETE':
    case 'RENAME':
      return [`mailbox ${command}`, 'command'];
    case 'LOGOUT':
      return ['logout', 'command'];
    default:
      return undefined;
  }
};

const countIn = ({ name, fields }: EventRecord): number =>
  name === 'login_aborted' ? Math.max(1, countOf(fields.get('auth_attempts')) ?? 1) : 1;

/** Gives messages that a record names by their uids the message ids that an earlier line told. */
const identified = (event: Draft<AccessEvent>, { messageIds }: Memory): void => {
  let found = false;
  const messages = event.messages?.map(message => {
    if (message.messageId !== undefined) return message;
    const id = messageIds.find(event.user?.name, message.folder, message.uid);
    found ||= id !== undefined;
    return id === undefined ? message : { ...message, messageId: id };
  });
  if (!found || messages === undefined) return;
  event.messages = messages;
  event.flags = [...(event.flags ?? []), 'joined'];
};

/** The event with what other lines of its log tell: message ids, and whether they told of the same act. */
export const joined = (record: EventRecord, parsed: Parsed, memory: Memory): Parsed => {
  if (!('event' in parsed)) return parsed;
  // Its reader has just made it.
  const event: Draft<AccessEvent> = parsed.event;
  if (record.name === 'mailbox_deleted' || record.name === 'mailbox_renamed') {
    memory.messageIds.forget(event.user?.name, event.folder);
  }
  identified(event, memory);
  const act = actOf(record, event);
  if (act === undefined) return parsed;
  const flags = marked(event.flags, tell(memory, event.session, ...act, countIn(record)));
  if (flags !== undefined) event.flags = flags;
  return parsed;
};
