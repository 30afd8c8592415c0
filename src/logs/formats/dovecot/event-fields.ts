import type { MessageRef } from '../../../core/access-event.ts';
import { ipOf } from '../../endpoint.ts';
import { countOf, type EventParts, personOf } from '../../reading.ts';
import { printable } from '../../text.ts';
import type { EventRecord } from './event-record.ts';
import type { Memory } from './memory.ts';

export const told = (record: EventRecord, name: string): string | undefined => {
  const value = record.fields.get(name);
  return value === undefined || value === '' ? undefined : value;
};

export const folderOf = (record: EventRecord): string | undefined => {
  const folder = told(record, 'mailbox');
  return folder === undefined ? undefined : printable(folder);
};

/** `service:imap` of the categories; `auth` events name theirs in a field. */
export const serviceOf = (record: EventRecord): string | undefined => {
  // Since 2.4 `service` is the process that writes.
  const service =
    told(record, 'protocol') ??
    told(record, 'service') ??
    record.categories.find(category => category.startsWith('service:'))?.slice('service:'.length);
  // As `auth` calls it.
  return service === 'sieve' ? 'managesieve' : service?.replace(/-login$/, '');
};

export type Common = Pick<
  EventParts,
  'time' | 'component' | 'service' | 'host' | 'user' | 'actor' | 'from' | 'session'
>;

/** Whoever runs doveadm is not the owner of the mailbox; who that is, nothing tells. */
export const administrator = (service: string | undefined): string | undefined =>
  service === 'doveadm' || service?.startsWith('dsync') === true ? service : undefined;

/** What most events have: who, from where, in which session. */
export const commonOf = (record: EventRecord, memory: Memory): Common => {
  const session = told(record, 'session');
  const known = session === undefined ? undefined : memory.sessions.get(session);
  const user = told(record, 'user') ?? told(record, 'original_user');
  const service = serviceOf(record);
  const master = told(record, 'master_user') ?? known?.actor ?? administrator(service);
  // Behind a proxy the first is the client, the second the proxy.
  const ip = ipOf(told(record, 'remote_ip') ?? told(record, 'client_ip') ?? '') ?? known?.from?.ip;
  const port = countOf(told(record, 'remote_port'));
  return {
    time: record.time,
    component: 'dovecot',
    service: printable(service ?? '', 60) || undefined,
    host: record.host === undefined ? undefined : printable(record.host),
    user: personOf(user),
    actor: master === user ? undefined : personOf(master),
    from:
      ip === undefined ? undefined : { ip, ...(port === undefined || port === 0 ? {} : { port }) },
    session: session === undefined ? undefined : printable(session),
  };
};

export const messageOf = (record: EventRecord): readonly MessageRef[] | undefined => {
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
