import { ipOf } from '../endpoint.ts';
import { plainFormat } from '../filter-format.ts';
import type { LogFormat } from '../format.ts';
import { detailOf, printable } from '../text.ts';

/** `rule=17, id=NAME, queue=…, client=name[address], user=…, sender=<…>, recipient=<…>, helo=<…>, …, action=…`. */
const rule =
  /^\[(?:RULES|CACHE)\] rule=(\S{1,20}), id=([^,]{1,100}), (?:queue=(\w{5,32}), )?client=([\w.-]{0,255})\[([0-9A-Fa-f:.]{2,45})\], (?:user=([^,]{0,320}), )?(?:sender=<([^<>]{0,320})>, )?(?:recipient=<([^<>]{0,320})>, )?/;

const refused = /^(?:reject|[45]\d\d|defer|hold|discard|greylist)/i;

/** postfwd(8), 1.x and 2.x: what is the client's stands behind his address. */
export const postfwd: LogFormat = plainFormat({
  id: 'postfwd',
  title: 'postfwd',
  program: /(?:^|\/)postfwd[23]?(?:\/\w{1,20})?$/,
  shape: /^\[(?:RULES|CACHE)\] rule=\S{1,20}, id=/,
  open: () => given => {
    const text = given.slice(0, 4_000);
    const match = rule.exec(text);
    if (match === null) return undefined;
    const ip = ipOf(match[5] ?? '');
    const actionAt = text.lastIndexOf(', action=');
    const action = actionAt < 0 ? '' : text.slice(actionAt + 9);
    const deferred = /^(?:4\d\d|defer|greylist)/i.test(action);
    const no = refused.test(action);
    const host =
      match[4] === undefined || match[4] === '' || match[4] === 'unknown' ? {} : { host: match[4] };
    return {
      kind: no ? (deferred ? 'message.deferred' : 'message.refused') : 'message.scanned',
      outcome: no ? 'failure' : 'success',
      service: 'smtp',
      ...(ip === undefined ? {} : { from: { ip, ...host } }),
      ...(match[6] === undefined || match[6] === '' ? {} : { user: { name: printable(match[6]) } }),
      messages: [
        {
          ...(match[3] === undefined ? {} : { queueId: match[3] }),
          ...(match[7] === undefined ? {} : { from: printable(match[7]) }),
          ...(match[8] === undefined ? {} : { to: [printable(match[8])] }),
        },
      ],
      detail: detailOf(`rule=${match[1] ?? ''}, id=${match[2] ?? ''}, action=${action}`),
    };
  },
});
