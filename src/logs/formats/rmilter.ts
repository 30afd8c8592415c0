import { ipOf } from '../endpoint.ts';
import type { LogFormat } from '../format.ts';
import { behind } from '../marks.ts';
import { eventOf } from '../reading.ts';
import { detailOf, printable } from '../text.ts';

const done = /^<[\w-]{1,40}>; msg done: /;

const marks = [
  '; message id: <',
  '; ip: ',
  '; from: <',
  '; rcpt: <',
  '; user: ',
  '; spam scan: ',
  '; virus scan: ',
  '; dkim: ',
] as const;

/**
 * A value. Message id, sender and user are the client's and stand between the others, so that each mark counts
 * only where it stands there once.
 */
const valueOf = (text: string, mark: (typeof marks)[number]): string | undefined =>
  behind(text, mark, marks).value;

const angled = (value: string | undefined): string | undefined => value?.replace(/>.{0,20}$/, '');

/** Rmilter, which handed messages to Rspamd before 1.6. */
export const rmilter: LogFormat = {
  id: 'rmilter',
  title: 'Rmilter',
  sniff: ({ program, message }) =>
    program === undefined
      ? done.test(message.slice(0, 80))
        ? 0.9
        : 0
      : program === 'rmilter'
        ? 1
        : 0,
  open: context => ({
    read: ({ message, stamp, host, pid, program }) => {
      const match = done.exec(message.slice(0, 80));
      if (match === null) {
        return program === 'rmilter'
          ? { quiet: 'about itself' }
          : { unparsed: 'no known line of Rmilter' };
      }
      const text = message.slice(match[0].length);
      const queueId = /^queue_id: <([\w.-]{3,64})>/.exec(text)?.[1];
      const ip = ipOf(valueOf(text, '; ip: ') ?? '');
      const user = valueOf(text, '; user: ');
      const messageId = angled(valueOf(text, '; message id: <'));
      const from = angled(valueOf(text, '; from: <'));
      const to = angled(valueOf(text, '; rcpt: <'));
      const verdict = valueOf(text, '; spam scan: ');
      return {
        event: eventOf({
          kind: 'message.scanned',
          outcome: /reject|virus found/.test(
            `${verdict ?? ''} ${valueOf(text, '; virus scan: ') ?? ''}`,
          )
            ? 'failure'
            : 'success',
          time: stamp === undefined ? { original: '' } : context.time(stamp),
          component: 'rmilter',
          host: host === undefined ? undefined : printable(host),
          pid,
          service: 'smtp',
          user:
            user === undefined || user === 'unauthorized' ? undefined : { name: printable(user) },
          from: ip === undefined ? undefined : { ip },
          messages: [
            {
              ...(queueId === undefined ? {} : { queueId }),
              ...(messageId === undefined || messageId === 'undef'
                ? {}
                : { messageId: printable(`<${messageId}>`, 1_000) }),
              ...(from === undefined ? {} : { from: printable(from) }),
              ...(to === undefined ? {} : { to: [printable(to)] }),
            },
          ],
          detail: detailOf(text.slice(Math.max(0, text.lastIndexOf('; spam scan: ') + 2))),
        }),
      };
    },
  }),
};
