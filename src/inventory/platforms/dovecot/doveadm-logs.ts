import type { AccessLog } from '../../../core/access-log.ts';
import type { Place } from '../../../core/place.ts';
import { type Instance, isFrom } from './instance.ts';
import { destinationOf, exported } from './logs.ts';
import { readRemedy } from './remedies.ts';

const named = (overHttp: boolean): string =>
  overHttp
    ? [
        '# All callers share one password or key. Bind the listener to 127.0.0.1, and let a web server',
        '# in front of it ask each caller for a name and log it.',
      ].join('\n')
    : [
        '# Let callers come over HTTP alone (inet_listener http of service doveadm, which leaves a line',
        '# for each request), through a web server that asks each for a name; then take the listener',
        '# of the doveadm protocol away.',
      ].join('\n');

/**
 * What doveadm's own door leaves behind (client-connection-http.c): over HTTP a line for each
 * command with its mailbox and one with the address; over its own protocol nothing.
 */
export const doveadmLogs = (
  instance: Instance,
  overHttp: boolean,
  because: Place,
): readonly AccessLog[] => {
  const to = destinationOf(instance);
  const { sink } = to;
  const opened = exported(instance, 'mail_opened', to);
  // Seen with 2.3.19: it comes from doveadm itself too, with reason_code doveadm:cmd_fetch.
  const read: AccessLog | undefined =
    opened?.whole !== true || isFrom(instance, 2, 3, 18) !== true
      ? undefined
      : {
          question: 'who read what',
          emitted: 'partial',
          why: 'mail_opened is exported with mailbox and uid of each message that a command opens, but not who asked for it',
          because: opened.metric.place,
          sink: opened.sink,
          remedy: named(overHttp),
        };
  if (!overHttp || sink.to === 'nowhere') {
    const why = overHttp
      ? 'lines of level info, which say it, are thrown away'
      : 'the doveadm protocol leaves no line about who connects and what is asked';
    return [
      { question: 'who logged in', emitted: 'off', why, because, remedy: named(overHttp) },
      read ?? {
        question: 'who read what',
        emitted: 'off',
        why,
        because,
        remedy: readRemedy(instance),
      },
    ];
  }
  return [
    {
      question: 'who logged in',
      emitted: 'partial',
      why: 'each request leaves a line with its address, but all use one password or key: not who it was',
      because,
      sink,
      remedy: named(overHttp),
    },
    read ?? {
      question: 'who read what',
      emitted: 'partial',
      why: 'each command leaves a line with the mailbox, but not which messages it gave out',
      because,
      sink,
      remedy: readRemedy(instance),
    },
  ];
};
