import type { AccessLog } from '../../../core/access-log.ts';
import type { Place } from '../../../core/place.ts';
import { type Instance, isFrom } from './instance.ts';
import { destinationOf, exported, loginLog } from './logs.ts';
import { eventRemedy } from './remedies.ts';

const event = 'managesieve_command_finished';

/**
 * What the ManageSieve service leaves behind: logins like any other, and of scripts the number of
 * bytes alone. mail_log, which logs changes of mail, knows nothing of them.
 */
export const managesieveLogs = (instance: Instance, because: Place): readonly AccessLog[] => {
  const to = destinationOf(instance);
  const question = 'what was changed';
  const found = exported(instance, event, to);
  const login = loginLog(instance, to);
  if (found === undefined) {
    return [
      login,
      {
        question,
        emitted: 'off',
        why: `the line at logout counts bytes: no event exporter takes ${event}, which names the script that is put or activated`,
        because,
        remedy: eventRemedy(instance, event),
      },
    ];
  }
  const base = { question, because: found.metric.place, sink: found.sink } as const;
  return [
    login,
    isFrom(instance, 2, 3, 19) === true
      ? {
          ...base,
          emitted: 'partial',
          why: `${event} is exported with user and script, but not what the script does: whom it forwards to stands in the script`,
          remedy:
            '# Dovecot has nothing that logs what a script holds: keep copies of the folder of scripts.',
        }
      : {
          ...base,
          emitted: 'unknown',
          why: `whether this version has the event ${event} is not known; 2.3.19 has it`,
          remedy: '# Upgrade Dovecot and Pigeonhole, then run Postern again.',
        },
  ];
};
