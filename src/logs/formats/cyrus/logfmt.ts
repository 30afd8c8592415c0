import type { EventKind, MessageRef } from '../../../core/access-event.ts';
import type { Parsed } from '../../format.ts';
import { countOf, freeText, happened, personOf, quiet } from '../../reading.ts';
import { printable } from '../../text.ts';
import { ownerOf } from './audit.ts';
import { clientHost } from './login.ts';
import type { Base, SeenSessions } from './seen.ts';

const pairsMax = 100;

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

const unquoted = (text: string): string =>
  text.includes('\\')
    ? text.replace(
        /\\(?:x\{([0-9a-fA-F]{2})\}|(.))/g,
        (_, hex: string | undefined, letter: string) =>
          hex === undefined
            ? (escapes[letter] ?? letter)
            : String.fromCharCode(Number.parseInt(hex, 16)),
      )
    : text;

/** `key=value key="quoted value"`: Cyrus quotes whatever is not plain, so a client's value cannot leave its own. */
const logfmtPairs = (text: string): ReadonlyMap<string, string> => {
  const held = new Map<string, string>();
  const pattern = /([^\s="]{1,80})=(?:"((?:[^"\\]|\\.)*)"?|(\S*))/g;
  let count = 0;
  for (const match of text.slice(0, 20_000).matchAll(pattern)) {
    count += 1;
    if (count > pairsMax) break;
    const key = match[1] ?? '';
    const value = match[2] === undefined ? (match[3] ?? '') : unquoted(match[2]);
    if (!held.has(key) && value !== '~null~') held.set(key, value);
  }
  return held;
};

const kinds: readonly (readonly [RegExp, EventKind])[] = [
  [/^(?:auditlog\.)?(?:message\.)?(?:append|copy|mailbox\.append)$/, 'message.save'],
  [/^(?:auditlog\.)?(?:message\.|mailbox\.)?expunge$/, 'message.delete'],
  [/^(?:auditlog\.)?(?:message\.)?(?:touched|move)$/, 'message.change'],
  [/^(?:auditlog\.)?(?:mailbox\.)?delete$/, 'message.delete'],
  [/^(?:auditlog\.)?(?:mailbox\.)?(?:create|rename)$/, 'other'],
  [/^(?:auditlog\.)?(?:mailbox\.)?acl$/, 'permission.changed'],
  [
    /^(?:auditlog\.)?(?:quota\.)?(?:setquota|newquota|rmquota|set|new|rm)$/,
    'configuration.changed',
  ],
  [/^(?:auditlog\.)?traffic$/, 'logout'],
  [/^(?:auditlog\.|sieve\.)?(?:discard(?:-reject)?|duplicate)$/, 'message.discarded'],
  [
    /^(?:auditlog\.|sieve\.|lmtp\.)?reject$|^lmtp\.deliver\.(?:rejected|refused)$/,
    'message.refused',
  ],
  [/^(?:auditlog\.|sieve\.)?redirect$|^sieve\.(?:vacation|notify)$/, 'message.submitted'],
  [/^lmtp\.deliver(?:ed|\.delivered|\.ok)?$/, 'message.delivered'],
];

/** A line of Cyrus 3.13 and later: `event=login.good r.clienthost="host [192.0.2.1]" u.username=bob …`. */
export const cyrusLogfmt = (text: string, base: Base, sessions: SeenSessions): Parsed => {
  const pairs = logfmtPairs(text);
  const event = pairs.get('event') ?? '';
  const session = pairs.get('r.sessionid') ?? pairs.get('session_id') ?? pairs.get('sessionid');
  const client = pairs.get('r.clienthost');
  const seen = session === undefined ? undefined : sessions.get(session);
  const from =
    client === undefined
      ? seen?.from
      : (clientHost(client.includes('[') ? client : `[${client}]`).from ?? {
          host: printable(client),
        });
  const username = pairs.get('u.username') ?? pairs.get('userid');
  const known = {
    ...base,
    from,
    session: session === undefined ? undefined : printable(session),
  };
  if (event === 'login.good' || event === 'login.bad' || event.startsWith('login.')) {
    const good = event === 'login.good';
    if (!good && !/bad|fail|denied|refused/.test(event)) return quiet(printable(event, 60));
    if (good && session !== undefined) sessions.set(session, { user: username, from });
    return happened({
      ...known,
      kind: 'login',
      outcome: good ? 'success' : 'failure',
      user: personOf(username ?? (pairs.get('login.anonymous') === '1' ? 'anonymous' : undefined)),
      authMethod:
        printable(pairs.get('login.mech') ?? pairs.get('login.scheme') ?? '', 60) || undefined,
      tls: pairs.get('login.tls') === '1' ? true : undefined,
      ...freeText(pairs.get('error') ?? ''),
    });
  }
  const kind = kinds.find(([pattern]) => pattern.test(event))?.[1];
  if (kind === undefined) return quiet(`the event ${printable(event, 60)}`);
  const mailbox = pairs.get('mbox.name');
  const uid = countOf(pairs.get('msg.imapuid'));
  const size = countOf(pairs.get('msg.size'));
  const id = pairs.get('msg.id');
  const target = pairs.get('sieve.target') ?? pairs.get('vacation.to');
  const message: MessageRef = {
    ...(id === undefined || id === ''
      ? {}
      : { messageId: printable(id.startsWith('<') ? id : `<${id}>`, 998) }),
    ...(uid === undefined ? {} : { uid }),
    ...(mailbox === undefined ? {} : { folder: printable(mailbox) }),
    ...(size === undefined ? {} : { sizeBytes: size }),
    ...(target === undefined ? {} : { to: [printable(target)] }),
  };
  const change: Record<string, string> = {};
  for (const key of [
    'old.mbox.acl',
    'mbox.acl',
    'old.mbox.name',
    'old.msg.sysflags',
    'msg.sysflags',
    'old.mbox.part',
    'mbox.part',
  ]) {
    const value = pairs.get(key);
    if (value !== undefined) change[key] = printable(value);
  }
  const owner = ownerOf(mailbox);
  const who = username ?? seen?.user;
  return happened({
    ...known,
    kind,
    outcome: pairs.has('error') ? 'failure' : 'success',
    user: personOf(owner ?? who),
    actor:
      owner !== undefined && who !== undefined && owner !== who && owner.split('@', 1)[0] !== who
        ? personOf(who)
        : undefined,
    folder: mailbox === undefined ? undefined : printable(mailbox),
    messages:
      kind.startsWith('message.') && uid !== undefined
        ? [message]
        : target === undefined && id === undefined
          ? undefined
          : [message],
    bytes: countOf(pairs.get('used.bytes.out')),
    change: Object.keys(change).length === 0 ? undefined : change,
    detail: printable(event),
  });
};
