import { ipOf } from '../endpoint.ts';
import { plainFormat, stampAs, type Told } from '../filter-format.ts';
import type { LogFormat } from '../format.ts';
import { withoutSecrets } from '../redact.ts';
import { detailOf, printable } from '../text.ts';
import { isoStamp } from '../time/stamps.ts';

/**
 * `m1-01129-09140 [Worker_1] [TLS-in] [RelayAttempt] 192.0.2.1 <sender> to: recipient words`: tags are ASSP's
 * own, the address stands before the sender.
 */
const head =
  /^(?:([\w-]{2,40}) )?((?:\[[^\]]{1,60}\] ){0,10})(?:\[([^\]]{1,60})\] )?([0-9A-Fa-f:.]{2,45}) (?:<([^<>]{0,320})> )?(?:to: (\S{1,320}) )?/;

/** `Blocking 192.0.2.1 - too much AUTH errors (8);`, 1.x. */
const blocking = /^Blocking ([0-9A-Fa-f:.]{2,45}) - too much AUTH errors/;

const told = (given: string): Told | undefined => {
  const text = given.slice(0, 4_000);
  const blocked = ipOf(blocking.exec(text)?.[1] ?? '');
  if (blocked !== undefined) {
    return {
      kind: 'connection',
      outcome: 'failure',
      service: 'smtp',
      from: { ip: blocked },
      detail: detailOf(text),
    };
  }
  const match = head.exec(text);
  const ip = ipOf(match?.[4] ?? '');
  if (match === null || ip === undefined) return undefined;
  const words = text.slice(match[0].length);
  const tags = match[2] ?? '';
  const login = /authentication (failed|succeeded|ok)/i.exec(words);
  const encryption = /^SSL negotiation with client failed\b/.test(words);
  const refused =
    /\[(?:RelayAttempt|SpamBucket|spam found|Blocked|BlackDomain|Virus|.{0,20}Error|DNSBL|SPF|Rejected.{0,20})\]|\[(?:spam found|blocked)\]|\bblocked\b|\brejected\b/i.test(
      `${tags}${words}`,
    );
  const kept = withoutSecrets(words);
  const user = /for user (\S{1,320})$/.exec(words)?.[1];
  return {
    kind: encryption
      ? 'connection'
      : login === null
        ? refused
          ? 'message.refused'
          : 'message.scanned'
        : 'login',
    outcome:
      login === null
        ? refused || encryption
          ? 'failure'
          : 'unknown'
        : login[1] === 'failed'
          ? 'failure'
          : 'success',
    service: 'smtp',
    from: { ip },
    ...(login === null || user === undefined ? {} : { user: { name: printable(user) } }),
    ...(match[1] === undefined ? {} : { session: printable(match[1], 64) }),
    ...(tags.includes('[TLS-in]') ? { tls: true } : {}),
    ...(match[5] === undefined && match[6] === undefined
      ? {}
      : {
          messages: [
            {
              ...(match[5] === undefined ? {} : { from: printable(match[5]) }),
              ...(match[6] === undefined ? {} : { to: [printable(match[6])] }),
            },
          ],
        }),
    detail: detailOf(`${tags}${kept.text}`),
    ...(kept.secret ? { flags: ['secret' as const] } : {}),
  };
};

/** ASSP's maillog.txt, 1.x and 2.x. */
export const assp: LogFormat = plainFormat({
  id: 'assp',
  title: 'ASSP',
  program: /^assp$/,
  shape:
    /^(?:[\w-]{2,40} )?\[(?:Worker_\d{1,6}|Main_Thread|(?:TLS|SSL)-(?:in|out))\] |^Blocking [0-9A-Fa-f:.]{2,45} - /,
  stamp: stampAs(
    /([A-Z][a-z]{2}-\d{2}-\d{2} \d{2}:\d{2}:\d{2})/,
    match => {
      const [month = '', day = '', rest = ''] = (match[1] ?? '').split('-', 3);
      const number = 'JanFebMarAprMayJunJulAugSepOctNovDec'.indexOf(month) / 3 + 1;
      const [year = '', time = ''] = rest.split(' ', 2);
      return `20${year}-${String(number).padStart(2, '0')}-${day} ${time}`;
    },
    isoStamp,
  ),
  open: () => told,
});
