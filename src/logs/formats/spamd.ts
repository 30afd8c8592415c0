import { ipOf } from '../endpoint.ts';
import { plainFormat } from '../filter-format.ts';
import type { LogFormat } from '../format.ts';
import { detailOf, printable } from '../text.ts';
import { asctimeStamp } from '../time/stamps.ts';

/**
 * `result: Y 15 - TESTS scantime=…,size=…,user=…,uid=…,required_score=…,rhost=…,raddr=…,rport=…,mid=<…>,…`.
 * spamd writes blanks and commas within the message id as underscores; the values before it are its own.
 */
const result = /^spamd: result: ([Y.]) +(-?\d{1,6}) - (\S{0,4000}) (scantime=.{1,8000})$/;

const taught = /^spamd: Tell: (.{0,200}) for (\S{1,320}):(\d{1,10}) in /;

/** SpamAssassin's spamd(1), 3.x and 4.x. */
export const spamd: LogFormat = plainFormat({
  id: 'spamd',
  title: 'SpamAssassin',
  program: /^spamd(?:\.pid)?$/,
  shape: /^(?:\[\d{1,10}\] info: )?(?:spamd: |prefork: )/,
  stamp: asctimeStamp,
  open: () => given => {
    const text = given.replace(/^\[\d{1,10}\] (?:info|warn|error|dbg): /, '');
    const lesson = taught.exec(text.slice(0, 800));
    if (lesson !== null) {
      return {
        kind: 'other',
        outcome: 'success',
        user: { name: printable(lesson[2] ?? ''), uid: lesson[3] ?? '' },
        detail: detailOf(text),
      };
    }
    const match = result.exec(text.slice(0, 13_000));
    if (match === null) return undefined;
    const values = new Map<string, string>();
    for (const pair of (match[4] ?? '').split(',', 60)) {
      const equals = pair.indexOf('=');
      const key = pair.slice(0, equals);
      if (equals > 0 && !values.has(key)) values.set(key, pair.slice(equals + 1));
    }
    // Who asked: the mail server, or a program on the host.
    const ip = ipOf(values.get('raddr') ?? '');
    const user = values.get('user');
    const uid = values.get('uid');
    const messageId = values.get('mid');
    const size = values.get('size');
    const message = {
      ...(messageId === undefined || messageId === '(unknown)'
        ? {}
        : { messageId: printable(messageId, 1_000) }),
      ...(size !== undefined && /^\d{1,15}$/.test(size) ? { sizeBytes: Number(size) } : {}),
    };
    return {
      kind: 'message.scanned',
      outcome: match[1] === 'Y' ? 'failure' : 'success',
      ...(user === undefined || user === '' || user === '(unknown)'
        ? {}
        : {
            user: {
              name: printable(user),
              ...(uid === undefined ? {} : { uid: printable(uid, 20) }),
            },
          }),
      ...(ip === undefined ? {} : { through: { ip } }),
      ...(Object.keys(message).length > 0 ? { messages: [message] } : {}),
      detail: detailOf(
        `${match[1] === 'Y' ? 'spam' : 'clean'} ${match[2] ?? ''}/${values.get('required_score') ?? ''} ${match[3] ?? ''}`,
      ),
    };
  },
});
