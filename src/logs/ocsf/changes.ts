import type { AccessEvent } from '../../core/access-event.ts';
import { actorOf, event } from './access.ts';
import { changed, changingOf, privilegesOf } from './change.ts';
import { classes, other } from './classes.ts';
import {
  type Common,
  commonOf,
  emailOf,
  type OcsfContext,
  type Origin,
  sourceOf,
  unknownUser,
  userOf,
} from './common.ts';
import type {
  AccountChange,
  EntityManagement,
  EventLogActvity,
  ManagedEntity,
  ResourceDetails,
  User,
  UserAccess,
} from './types.generated.ts';

type Activity = readonly [number, string];

const entityTypes: Readonly<Record<string, string>> = {
  'rule.changed': 'inbox rule',
  'forward.changed': 'mail forwarding',
  'configuration.changed': 'configuration',
};

const entityActivities: Readonly<Record<string, Activity>> = {
  create: [1, 'Create'],
  delete: [4, 'Delete'],
  clear: [4, 'Delete'],
  enable: [8, 'Enable'],
  disable: [9, 'Disable'],
};

const entityOf = (given: AccessEvent): ManagedEntity => {
  const type = entityTypes[given.kind] ?? 'setting';
  const name = changed(given, ['name', 'rule', 'script', 'identity', 'objectid']) ?? type;
  const entity: ManagedEntity = { type_id: other, type, name };
  if (given.change !== undefined) entity.data = given.change;
  if (given.user !== undefined) {
    const user: User = userOf(given.user);
    const forward = Object.values(given.change ?? {}).find(value => emailOf(value) !== undefined);
    const address = given.kind === 'forward.changed' ? emailOf(forward) : undefined;
    if (address !== undefined) user.forward_addr = address;
    entity.user = user;
  }
  return entity;
};

/** Rules, forwarding and settings: Entity Management (3004). */
export const entityManagement = (
  given: AccessEvent,
  origin: Origin,
  context: OcsfContext,
): EntityManagement => {
  const absent: string[] = [];
  const own: Omit<EntityManagement, keyof Common> = { entity: entityOf(given) };
  if (given.actor !== undefined || given.user !== undefined) own.actor = actorOf(given, absent);
  const source = sourceOf(given);
  if (source !== undefined) own.src_endpoint = source;
  const activity = entityActivities[changingOf(given) ?? ''] ?? ([3, 'Update'] as const);
  return event(commonOf(given, origin, context, classes.entity, activity, absent), own);
};

/** Who may do what: User Access Management (3005). */
export const userAccess = (
  given: AccessEvent,
  origin: Origin,
  context: OcsfContext,
): UserAccess => {
  const absent: string[] = [];
  const isConsent = given.kind === 'app.consent';
  const grantee = changed(given, [
    'grantee',
    'trustee',
    'aclsubject',
    'delegate',
    'member',
    'user',
  ]);
  const person = !isConsent && grantee !== undefined ? { name: grantee } : given.user;
  if (person === undefined) absent.push('user');
  const resource: ResourceDetails = isConsent
    ? { type: 'application', name: given.app?.name ?? given.app?.uid ?? 'unknown' }
    : { type: 'mailbox', name: given.folder ?? given.user?.name ?? 'unknown' };
  if (isConsent && given.app?.uid !== undefined) resource.uid = given.app.uid;
  if (given.user !== undefined) resource.owner = userOf(given.user);
  const own: Omit<UserAccess, keyof Common> = {
    privileges: privilegesOf(given),
    user: person === undefined ? unknownUser : userOf(person),
    resources: [resource],
  };
  if (given.actor !== undefined) own.actor = actorOf(given, absent);
  const source = sourceOf(given);
  if (source !== undefined) own.src_endpoint = source;
  const activity: Activity =
    changingOf(given) === 'delete' ? [2, 'Revoke Privileges'] : [1, 'Assign Privileges'];
  return event(commonOf(given, origin, context, classes.userAccess, activity, absent), own);
};

const accountActivities: Readonly<Record<string, Activity>> = {
  create: [1, 'Create'],
  enable: [2, 'Enable'],
  disable: [5, 'Disable'],
  delete: [6, 'Delete'],
  lock: [9, 'Lock'],
  unlock: [12, 'Unlock'],
};

const accountActivity = (given: AccessEvent): Activity => {
  const changing = changingOf(given);
  if (given.kind === 'password.changed') {
    return changing === 'reset' ? [4, 'Password Reset'] : [3, 'Password Change'];
  }
  return accountActivities[changing ?? ''] ?? [other, 'Other'];
};

/** Accounts and passwords: Account Change (3001). */
export const accountChange = (
  given: AccessEvent,
  origin: Origin,
  context: OcsfContext,
): AccountChange => {
  const absent: string[] = [];
  if (given.user === undefined) absent.push('user');
  const own: Omit<AccountChange, keyof Common> = {
    user: given.user === undefined ? unknownUser : userOf(given.user),
  };
  if (given.actor !== undefined) own.actor = actorOf(given, absent);
  const source = sourceOf(given);
  if (source !== undefined) own.src_endpoint = source;
  const activity = accountActivity(given);
  return event(commonOf(given, origin, context, classes.accountChange, activity, absent), own);
};

const auditActivities: Readonly<Record<string, Activity>> = {
  clear: [1, 'Clear'],
  delete: [2, 'Delete'],
  enable: [9, 'Enable'],
  disable: [10, 'Disable'],
};

/** Whether logs are written at all: Event Log Activity (1008). */
export const eventLogActivity = (
  given: AccessEvent,
  origin: Origin,
  context: OcsfContext,
): EventLogActvity => {
  const absent: string[] = [];
  const own: Omit<EventLogActvity, keyof Common> = {
    log_name: changed(given, ['log', 'logname', 'identity', 'objectid']) ?? given.component,
    log_provider: given.component,
  };
  if (given.actor !== undefined || given.user !== undefined) own.actor = actorOf(given, absent);
  const source = sourceOf(given);
  if (source !== undefined) own.src_endpoint = source;
  const activity = auditActivities[changingOf(given) ?? ''] ?? ([other, 'Other'] as const);
  return event(commonOf(given, origin, context, classes.eventLog, activity, absent), own);
};
