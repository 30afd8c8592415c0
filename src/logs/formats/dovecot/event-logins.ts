import { ipOf } from '../../endpoint.ts';
import type { Parsed } from '../../format.ts';
import { freeText, happened, personOf } from '../../reading.ts';
import { printable } from '../../text.ts';
import { type Common, commonOf, serviceOf, told } from './event-fields.ts';
import type { EventRecord } from './event-record.ts';
import { type Memory, sessionOf } from './memory.ts';

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

/** `doveadm auth test`: somebody on the host tried a password; nobody logged in. */
const tested = (record: EventRecord, memory: Memory, success: boolean): Parsed =>
  happened({
    ...commonOf(record, memory),
    kind: 'other',
    outcome: success ? 'success' : 'failure',
    detail: 'a password was tried with doveadm',
  });

export const login = (record: EventRecord, memory: Memory): Parsed => {
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
  if (serviceOf(record) === 'doveadm') return tested(record, memory, success);
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

const attempted =
  /auth_failed|auth_aborted|auth_nologin|invalid_mech|cleartext|plaintext|anonymous|auth_process|proxy_dest_auth|authorization|internal/;

/** The end of a connection on which nobody logged in; it names no session. */
export const aborted = (record: EventRecord, memory: Memory): Parsed => {
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
