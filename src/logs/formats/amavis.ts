import type { LogFormat } from '../format.ts';
import { eventOf, timedWithin } from '../reading.ts';
import { printable } from '../text.ts';
import { isoStamp } from '../time/stamps.ts';
import { orTrouble } from '../trouble.ts';
import { recordOf } from './amavis/record.ts';
import { verdictOf } from './amavis/verdict.ts';

/** `(12345-01) `, `(12345-01-7) `: process, message, part of it. */
const number = /^\((?:\d{1,10}|[\w]{1,12})-\d{1,6}(?:-\d{1,6})?\) /;

/** How the rest of a line that was too long for syslog begins. */
const continued = /^\.\.\./;

const released = /^Quarantined message release(?:d)?\b|^Released message\b/i;

/** amavisd-new and amavis, 2.3 to 2.13: the line that each message leaves, in all its templates, and as JSON. */
export const amavis: LogFormat = {
  id: 'amavis',
  title: 'amavis',
  sniff: ({ program, message }) => {
    if (program !== undefined) return /(?:^|\/)amavis(?:d(?:-new)?)?$/.test(program) ? 1 : 0;
    const head = number.exec(message.slice(0, 60));
    if (head !== null)
      return /^(?:Passed|Blocked)[ ,]/.test(message.slice(head[0].length)) ? 0.9 : 0.4;
    return message.startsWith('{') && message.slice(0, 4_000).includes('"type":"amavis"') ? 0.9 : 0;
  },
  open: context => ({
    read: envelope => {
      // A file of its own bears a stamp and the program's name before the line.
      const { time, text: stamped } = timedWithin(envelope, context, isoStamp);
      const text = stamped.replace(/^\S{1,80} \S{0,40}amavisd?\S{0,20}\[\d{1,10}\]: /, '');
      const head = number.exec(text.slice(0, 60));
      const words = head === null ? text : text.slice(head[0].length);
      const base = {
        time,
        component: 'amavis',
        host: envelope.host === undefined ? undefined : printable(envelope.host),
        pid: envelope.pid,
      } as const;
      if (words.startsWith('{')) {
        const parts = recordOf(words);
        return parts === undefined
          ? { unparsed: 'amavis: JSON that is none of its records' }
          : { event: eventOf({ ...parts, ...base }) };
      }
      if (/^(?:Passed|Blocked)[ ,]/.test(words)) {
        return { event: eventOf({ ...verdictOf(words), ...base }) };
      }
      if (continued.test(words)) return { quiet: 'the rest of a long line' };
      if (released.test(words)) {
        return {
          event: eventOf({
            ...verdictOf(words),
            ...base,
            kind: 'message.delivered',
            outcome: 'success',
          }),
        };
      }
      return head !== null || envelope.program !== undefined
        ? orTrouble({ quiet: 'about itself' }, base, words)
        : { unparsed: 'no known line of amavis' };
    },
  }),
};
