import { ipOf } from '../endpoint.ts';
import { plainFormat } from '../filter-format.ts';
import type { LogFormat } from '../format.ts';
import { detailOf, printable } from '../text.ts';

/**
 * `Message ID from 192.0.2.1 (sender) to domains is spam, …`: the address stands before the sender, who is the
 * client's word.
 */
const verdict =
  /^Message ([\w.-]{5,40}) from ([0-9A-Fa-f:.]{2,45}) \((.{0,320}?)\) to (.{1,2000}?) is (not spam|spam|too big for spam checks|whitelisted|blacklisted)/;

const infected = /^Infected message ([\w.-]{5,40}) came from ([0-9A-Fa-f:.]{2,45})$/;

const queueId = (id: string): string => id.replace(/\.[0-9A-F]{5}$/, '');

/** MailScanner, 4.x and 5.x. */
export const mailscanner: LogFormat = plainFormat({
  id: 'mailscanner',
  title: 'MailScanner',
  program: /^MailScanner$/i,
  shape:
    /^(?:Message [\w.-]{5,40} from [0-9A-Fa-f:.]{2,45} \(|Infected message [\w.-]{5,40} came from )/,
  open: () => given => {
    const text = given.slice(0, 4_000);
    const virus = infected.exec(text);
    if (virus !== null) {
      const ip = ipOf(virus[2] ?? '');
      return {
        kind: 'message.scanned',
        outcome: 'failure',
        ...(ip === undefined ? {} : { from: { ip } }),
        messages: [{ queueId: queueId(virus[1] ?? '') }],
        detail: 'infected',
      };
    }
    const match = verdict.exec(text);
    if (match === null) return undefined;
    const ip = ipOf(match[2] ?? '');
    const spam = match[5] === 'spam' || match[5] === 'blacklisted';
    // A sender in whose address the words stand once more cannot be told from them.
    const sure = text.indexOf(') to ') === text.lastIndexOf(') to ');
    return {
      kind: 'message.scanned',
      outcome: spam ? 'failure' : 'success',
      ...(ip === undefined ? {} : { from: { ip } }),
      messages: [
        {
          queueId: queueId(match[1] ?? ''),
          ...(sure ? { from: printable(match[3] ?? '') } : {}),
        },
      ],
      detail: detailOf(text.slice(text.indexOf(` is ${match[5] ?? ''}`) + 1)),
      ...(sure ? {} : { flags: ['forged-looking' as const] }),
    };
  },
});
