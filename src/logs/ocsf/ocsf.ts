import type { AccessEvent } from '../../core/access-event.ts';
import { apiActivity, authentication, event, httpActivity, networkActivity } from './access.ts';
import { accountChange, entityManagement, eventLogActivity, userAccess } from './changes.ts';
import { classes, other } from './classes.ts';
import { type Common, commonOf, type OcsfContext, type Origin } from './common.ts';
import { emailActivity } from './mail.ts';
import type { BaseEvent, OcsfEvent } from './types.generated.ts';

export type { OcsfContext, Origin } from './common.ts';
export type { OcsfEvent } from './types.generated.ts';

/** What no class fits, or what says less than its class requires: Base Event (0), whole in `unmapped`. */
const baseEvent = (given: AccessEvent, origin: Origin, context: OcsfContext): BaseEvent => {
  const { from, to, user, actor, app, messages, request } = given;
  const told = { from, to, user, actor, app, messages, request };
  const absent: string[] = [];
  const common: Common = commonOf(
    given,
    origin,
    context,
    classes.base,
    [other, given.kind],
    absent,
  );
  const rest = Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined));
  common.unmapped = { postern: { ...common.unmapped.postern, ...rest } };
  return event<BaseEvent>(common, {});
};

const mapped = (
  given: AccessEvent,
  origin: Origin,
  context: OcsfContext,
): OcsfEvent | undefined => {
  switch (given.kind) {
    case 'login':
    case 'logout':
    case 'login.impersonated':
      return authentication(given, origin, context);
    case 'mailbox.open':
    case 'mailbox.sync':
    case 'mailbox.export':
    case 'message.read':
    case 'message.list':
    case 'message.change':
    case 'message.delete':
    case 'message.save':
    case 'search':
    case 'api.request':
      return apiActivity(given, origin, context);
    case 'message.received':
    case 'message.submitted':
    case 'message.delivered':
    case 'message.refused':
    case 'message.deferred':
    case 'message.bounced':
    case 'message.discarded':
    case 'message.scanned':
      return emailActivity(given, origin, context);
    case 'rule.changed':
    case 'forward.changed':
    case 'configuration.changed':
      return entityManagement(given, origin, context);
    case 'permission.changed':
    case 'app.consent':
      return userAccess(given, origin, context);
    case 'account.changed':
    case 'password.changed':
      return accountChange(given, origin, context);
    case 'audit.changed':
      return eventLogActivity(given, origin, context);
    case 'web.request':
      return httpActivity(given, origin, context);
    case 'connection':
      return networkActivity(given, origin, context);
    case 'other':
      return undefined;
  }
};

/**
 * The event as one of OCSF 1.8. What a class requires and the log does not say stands there as `unknown` and is
 * named in `unmapped.postern.absent`; a mail without any full address is a Base Event, for Email Activity
 * admits none.
 */
export const ocsfOf = (given: AccessEvent, origin: Origin, context: OcsfContext): OcsfEvent =>
  mapped(given, origin, context) ?? baseEvent(given, origin, context);
