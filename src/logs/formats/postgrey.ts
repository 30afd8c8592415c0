import { ipOf } from '../endpoint.ts';
import { plainFormat } from '../filter-format.ts';
import type { LogFormat } from '../format.ts';
import { behind } from '../marks.ts';
import { detailOf, printable } from '../text.ts';

const keys = [
  ', client_name=',
  ', client_address=',
  ', sender=',
  ', recipient=',
  ', delay=',
] as const;

/**
 * postgrey(8): `action=greylist, reason=new, client_name=…, client_address=…, sender=…, recipient=…`. The address
 * stands before sender and recipient, which are the client's.
 */
export const postgrey: LogFormat = plainFormat({
  id: 'postgrey',
  title: 'Postgrey',
  program: /^postgrey$/,
  shape: /^(?:[0-9A-Za-z]{5,32}: )?action=(?:pass|greylist), reason=/,
  open: () => message => {
    const match = /^(?:([0-9A-Za-z]{5,32}): )?action=(pass|greylist), */.exec(message.slice(0, 80));
    if (match === null) return undefined;
    const addressAt = message.indexOf(', client_address=');
    const ip = ipOf(/^[^,\s]{0,60}/.exec(message.slice(addressAt + 17))?.[0] ?? '');
    const name = behind(message, ', client_name=', keys).value;
    const from = behind(message, ', sender=', keys).value;
    const to = behind(message, ', recipient=', keys).value;
    const host =
      name === undefined || name === 'unknown' || !/^[\w.-]{1,255}$/.test(name)
        ? {}
        : { host: name };
    return {
      kind: match[2] === 'pass' ? 'message.scanned' : 'message.deferred',
      outcome: match[2] === 'pass' ? 'success' : 'failure',
      service: 'smtp',
      ...(addressAt < 0 || ip === undefined ? {} : { from: { ip, ...host } }),
      messages: [
        {
          ...(match[1] === undefined ? {} : { queueId: match[1] }),
          ...(from === undefined ? {} : { from: printable(from) }),
          ...(to === undefined ? {} : { to: [printable(to)] }),
        },
      ],
      detail: detailOf(
        message.slice((match[1]?.length ?? -2) + 2, addressAt < 0 ? undefined : addressAt),
      ),
    };
  },
});
