import { ipOf } from '../endpoint.ts';
import { plainFormat, stampAs, type Told } from '../filter-format.ts';
import type { LogFormat } from '../format.ts';
import { withoutSecrets } from '../redact.ts';
import { detailOf, printable } from '../text.ts';
import { clfStamp } from '../time/stamps.ts';

interface Shape {
  readonly pattern: RegExp;
  readonly kind: Told['kind'];
}

/** The full stop behind it is the sentence's. */
const address = String.raw`(?<ip>[0-9A-Fa-f:.]{1,44}[0-9A-Fa-f:])`;

/** Each ends, or goes on, in words of the server's own behind the address; names and senders are the client's. */
const shapes: readonly Shape[] = [
  { kind: 'connection', pattern: new RegExp(`^SMTP Spam attack detected from ${address},`) },
  {
    kind: 'message.refused',
    pattern: new RegExp(
      `^Relay attempt from IP address ${address}, mail from <(?<from>[^<>]{0,320})> to <(?<to>[^<>]{0,320})> rejected`,
    ),
  },
  {
    kind: 'login',
    pattern: new RegExp(
      `^Failed (?<service>[A-Z0-9]{2,10}) login from ${address}(?: with SASL method (?<method>[\\w-]{1,40}))?`,
    ),
  },
  {
    kind: 'login',
    pattern: new RegExp(
      `^(?<service>[\\w/ -]{2,30}): (?:Invalid password for user|User) (?<user>.{1,320}?)(?: doesn't exist)?\\. Attempt from IP address ${address}\\.?$`,
    ),
  },
  {
    kind: 'login',
    pattern: new RegExp(`^Administration login into .{1,80} from ${address} failed`),
  },
  {
    kind: 'connection',
    pattern: new RegExp(`^Client with IP address ${address} has no reverse DNS entry`),
  },
  {
    kind: 'message.refused',
    pattern: new RegExp(
      `^Attempt to deliver to unknown recipient <(?<to>[^<>]{0,320})>, from <(?<from>[^<>]{0,320})>, IP address ${address}$`,
    ),
  },
  {
    kind: 'message.refused',
    pattern: new RegExp(
      `^Message from IP address ${address}, sender <(?<from>[^<>]{0,320})> rejected`,
    ),
  },
  ...(['message.refused', 'message.scanned'] as const).map(kind => ({
    kind,
    pattern: new RegExp(
      `^IP address ${address} found in DNS blacklist .{1,200}, mail from <(?<from>[^<>]{0,320})> to <(?<to>[^<>]{0,320})>${kind === 'message.refused' ? ' rejected' : ''}$`,
    ),
  })),
  { kind: 'connection', pattern: new RegExp(`^(?:IP address|Connection from) ${address}`) },
];

const told = (given: string): Told | undefined => {
  const text = given.slice(0, 2_000);
  for (const { pattern, kind } of shapes) {
    const groups = pattern.exec(text)?.groups;
    if (groups === undefined) continue;
    const ip = ipOf(groups['ip'] ?? '');
    const { from, to, user, method, service } = groups;
    const kept = withoutSecrets(text);
    return {
      kind,
      outcome: 'failure',
      service: kind === 'login' ? printable((service ?? 'web').toLowerCase(), 40) : 'smtp',
      ...(ip === undefined ? {} : { from: { ip } }),
      ...(user === undefined ? {} : { user: { name: printable(user) } }),
      ...(method === undefined ? {} : { authMethod: method }),
      ...(from === undefined && to === undefined
        ? {}
        : {
            messages: [
              {
                ...(from === undefined ? {} : { from: printable(from) }),
                ...(to === undefined ? {} : { to: [printable(to)] }),
              },
            ],
          }),
      detail: detailOf(kept.text),
      ...(kept.secret ? { flags: ['secret' as const] } : {}),
    };
  }
  return undefined;
};

/** Kerio Connect's security and warning logs. */
export const kerio: LogFormat = plainFormat({
  id: 'kerio',
  title: 'Kerio Connect',
  program: /^(?:kerio-connect|kmailserver)$/,
  shape:
    /^(?:SMTP Spam attack detected from |IP address [0-9A-Fa-f:.]{2,45} found in DNS blacklist |Relay attempt from IP address |Failed \w{2,10} login from |[\w/ -]{2,30}: (?:Invalid password for user|User) .{1,320} Attempt from IP address |Client with IP address |Attempt to deliver to unknown recipient <|Administration login into |Message from IP address )/,
  stamp: stampAs(
    /\[(\d{2}\/[A-Z][a-z]{2}\/\d{4} \d{2}:\d{2}:\d{2})\]/,
    match => (match[1] ?? '').replace(' ', ':'),
    clfStamp,
  ),
  open: () => told,
});
