import type { AccessLog } from '../../../core/access-log.ts';
import { type Instance, isFrom } from './instance.ts';
import { destinationOf, exported } from './logs.ts';
import { eventRemedy, sinkRemedy } from './remedies.ts';

const event = 'auth_request_finished';

/**
 * What is left of logins that Dovecot checks for another server (`service auth`): no line, not even
 * with auth_verbose, which tells refused ones alone; the event has success=yes from 2.3.9 on, its
 * addresses from 2.3.13 on.
 */
export const checkedLogins = (instance: Instance): AccessLog => {
  const to = destinationOf(instance);
  const found = exported(instance, event, to);
  const question = 'who logged in';
  const whole = isFrom(instance, 2, 3, 13);
  if (whole === false) {
    return {
      question,
      emitted: 'off',
      why: `this version does not tell all of ${event}`,
      remedy:
        '# This version of Dovecot does not tell user, address and success of each: 2.3.13 does.\n# Upgrade Dovecot, then run Postern again.',
    };
  }
  const mend = eventRemedy(instance, event);
  if (found === undefined) {
    return {
      question,
      emitted: 'off',
      why: `no event exporter takes ${event}`,
      remedy: to.sink.to === 'nowhere' ? `${sinkRemedy(to.because)}\n${mend}` : mend,
    };
  }
  const base = { question, because: found.metric.place, sink: found.sink } as const;
  if (!found.whole) {
    return {
      ...base,
      emitted: 'partial',
      why: `${event} is exported through a filter that lets only some of it pass`,
      remedy: mend,
    };
  }
  return whole === true
    ? {
        ...base,
        emitted: 'on',
        why: `Dovecot, which checks each login, exports ${event}: user, address, service and whether it was let in`,
      }
    : {
        ...base,
        emitted: 'unknown',
        why: `${event} is whole from 2.3.13 on, and the version of Dovecot is not known`,
      };
};
