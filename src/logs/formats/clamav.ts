import { ipOf } from '../endpoint.ts';
import { plainFormat } from '../filter-format.ts';
import type { LogFormat } from '../format.ts';
import { detailOf, printable } from '../text.ts';
import { asctimeStamp } from '../time/stamps.ts';

/**
 * `instream(127.0.0.1@50312): Win.Test.EICAR_HDB-1 FOUND`, `/path: NAME(hash:size) FOUND`. Names of files are
 * their owner's and may hold all that; the signature's name stands last and holds no blank.
 */
const found = /^(?:-> )?(.{1,4000}): (\S{1,200}) FOUND$/;

const stream = /^(?:in)?stream\(([0-9A-Fa-f:.]{2,45}|[^@\s)]{1,255})@(\d{1,5})\)$/;

/** clamav-milter: `Message 3F1A92B from <a> to <b> with subject '…' message-id '…' date '…' infected by NAME`. */
const infected =
  /^(?:-> )?Message (?:from )?([0-9A-Za-z]{5,32}) from (<[^<>]{0,320}>) to (<[^<>]{0,320}>) .{0,4000} infected by (\S{1,200})$/;

/** clamd(8) and clamav-milter(8). */
export const clamav: LogFormat = plainFormat({
  id: 'clamav',
  title: 'ClamAV',
  program: /^(?:clamd|clamav-milter|clamd\.\w{1,20}|clamav)$/,
  shape: /^-> |^(?:in)?stream\(\S{1,255}@\d{1,5}\): \S{1,200} FOUND$/,
  stamp: asctimeStamp,
  open: () => text => {
    const message = infected.exec(text.slice(0, 8_000));
    if (message !== null) {
      return {
        kind: 'message.scanned',
        outcome: 'failure',
        messages: [
          {
            queueId: message[1] ?? '',
            from: printable((message[2] ?? '<>').slice(1, -1)),
            to: [printable((message[3] ?? '<>').slice(1, -1))],
          },
        ],
        detail: detailOf(`infected by ${message[4] ?? ''}`),
      };
    }
    const match = text.endsWith(' FOUND') ? found.exec(text.slice(0, 5_000)) : null;
    if (match === null) return undefined;
    const where = stream.exec(match[1] ?? '');
    const ip = ipOf(where?.[1] ?? '');
    return {
      kind: 'message.scanned',
      outcome: 'failure',
      // Who asked.
      ...(ip === undefined ? {} : { through: { ip, port: Number(where?.[2] ?? 0) } }),
      detail: detailOf(`${match[2] ?? ''} FOUND in ${match[1] ?? ''}`),
    };
  },
});
