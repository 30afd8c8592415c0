import { ipOf } from '../endpoint.ts';
import { plainFormat } from '../filter-format.ts';
import type { LogFormat } from '../format.ts';
import { detailOf, printable } from '../text.ts';

/** `addr host[192.0.2.1] from <a> to <b> delayed for 00:05:00 (ACL 123)`: the address is the milter library's. */
const addressed =
  /^addr (\S{0,255}?)\[?([0-9A-Fa-f:.]{2,45})\]? from (<[^<>]{0,320}>) (?:to|rcpt) (<[^<>]{0,320}>)[:,]? /;

/** `skipping greylist because …, (from=<a>, rcpt=<b>, addr=host[192.0.2.1])`: the address stands last. */
const skipped = /^skipping greylist because /;

const last = /, addr=(\S{0,255})\[([0-9A-Fa-f:.]{2,45})\]\)(?: ACL.{0,40})?$/;

const bracketless = (text: string): string => printable(text.slice(1, -1));

/** milter-greylist(8), 3.x and 4.x. */
export const milterGreylist: LogFormat = plainFormat({
  id: 'milter-greylist',
  title: 'milter-greylist',
  program: /^milter-greylist$/,
  shape:
    /^(?:[0-9A-Za-z]{5,32}: )?(?:addr \S{1,300} from <.{0,320}> (?:to|rcpt) <|skipping greylist because )/,
  open: () => message => {
    const head = /^([0-9A-Za-z]{5,32}): /.exec(message.slice(0, 40));
    const text = head === null ? message : message.slice(head[0].length);
    const id = head?.[1] === undefined ? {} : { queueId: head[1] };
    const match = addressed.exec(text.slice(0, 1_500));
    if (match !== null) {
      const ip = ipOf(match[2] ?? '');
      const words = text.slice(match[0].length);
      const through = /^(?:autowhitelisted|accepted|.{0,40}whitelisted)/.test(words);
      return {
        kind: through
          ? 'message.scanned'
          : /delay|tempfail|greylist/.test(words)
            ? 'message.deferred'
            : 'message.refused',
        outcome: through ? 'success' : 'failure',
        service: 'smtp',
        ...(ip === undefined ? {} : { from: { ip } }),
        messages: [
          { ...id, from: bracketless(match[3] ?? '<>'), to: [bracketless(match[4] ?? '<>')] },
        ],
        detail: detailOf(words),
      };
    }
    if (!skipped.test(text)) return undefined;
    const ip = ipOf(last.exec(text.slice(-400))?.[2] ?? '');
    return {
      kind: 'message.scanned',
      outcome: 'success',
      service: 'smtp',
      ...(ip === undefined ? {} : { from: { ip } }),
      ...(head === null ? {} : { messages: [id] }),
      detail: detailOf(text),
    };
  },
});
