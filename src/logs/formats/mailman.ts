import { ipOf } from '../endpoint.ts';
import { plainFormat, type Told } from '../filter-format.ts';
import type { LogFormat } from '../format.ts';
import { detailOf, printable } from '../text.ts';
import { rfc3164Stamp } from '../time/stamps.ts';

/**
 * Message ids are the sender's and stand first in Mailman's lines, so the words that end a line are looked for
 * from its end; what is before them is the id, whatever it looks like.
 */
const smtp =
  /^(.{1,998}) smtp to (\S{1,255}) for (\d{1,9}) recips, completed in [\d.]{1,20} seconds$/;
const posted =
  /^(.{0,998}) post to (\S{1,255}) from (.{1,320}), (\d{1,12}) bytes(?:, (\d{1,9}) failures)?$/;
const delivery =
  /^(.{0,998}) delivery to (\S{1,320}) failed with code (\d{1,3}|-\d{1,3}|\S{1,10})(?:, |: ?)(.{0,2000})$/;

/** Mailman 2: `post to list from sender, size=1234, message-id=<…>, success`. */
const post2 =
  /^post to (\S{1,255}) from (.{1,320}), size=(\d{1,12}), (?:message-id=(.{0,998}), )?(success|\d{1,9} failures?)$/;

const chain = /^(ACCEPT|REJECT|DISCARD|OWNER): (.{1,998})$/;
const held3 = /^HOLD: (\S{1,255}) post from (.{1,320}) held, message-id=(.{0,998}?): (.{0,2000})$/;
const held2 = /^(\S{1,255}) post from (.{1,320}) held(?:, message-id=(.{0,998}?))?: (.{0,2000})$/;
const approved = /^held message approved, message-id: (.{1,998})$/;
const discarded2 = /^Message discarded, msgid: ?(.{1,998})$/;

/** Who gets the posts of a list, and may read its archive. */
const membership2 =
  /^(\S{1,255}): (new|deleted pending|deleted|pending|changed|auto-unsubscribed|removed) (.{1,600})$/;
const membership3 =
  /^(\S{1,255}): (held (?:un)?subscription request from|deleted|subscribed|unsubscribed) (.{1,320})$/;
const removed3 = /^Removed (\S{1,320}) as a member of (\S{1,255}) mailing list due to/;

/** `bounce` log. */
const bounced3 =
  /^(?:Member|Disabling delivery for|Probe bounce received for member|Residual bounce received for member) (\S{1,320}) (?:on list|already scored a bounce on list) (\S{1,255}?)(?:,.*|\.| by bounce.*|)$/;
const bounced2 =
  /^(\S{1,255}): (\S{1,320}) (?:bounce score|current bounce score|disabled|already scored|has stale bounce info|residual bounce)/;

/** `mischief` and `error` logs of Mailman 2. */
const refusedLogin =
  /^(?:Login failure|Authorization failed|Failed login|Hostile listname|Form lifetime|CSRF)/i;

/** `Shiro <shiro@partner.test>, admin mass sub`, `goro@partner.test  203.0.113.67`: the address, and what follows it. */
const memberOf = (text: string): readonly [string, string] => {
  const named = /<([^<>\s]{1,320})>/.exec(text);
  if (named !== null) return [named[1] ?? '', text.slice(named.index + named[0].length)];
  const first = /^[^\s,;]{1,320}/.exec(text)?.[0] ?? text;
  return [first, text.slice(first.length)];
};

const wrapped = (id: string | undefined): string | undefined =>
  id === undefined || id === '' || id === 'n/a' ? undefined : printable(id.trim(), 1_000);

const ref = (
  messageId: string | undefined,
  from?: string,
  to?: string,
  size?: string,
): Pick<Told, 'messages'> => {
  const id = wrapped(messageId);
  const message = {
    ...(id === undefined ? {} : { messageId: id }),
    ...(from === undefined ? {} : { from: printable(from) }),
    ...(to === undefined ? {} : { to: [printable(to)] }),
    ...(size === undefined ? {} : { sizeBytes: Number(size) }),
  };
  return Object.keys(message).length === 0 ? {} : { messages: [message] };
};

const traffic = (text: string): Told | undefined => {
  let match = smtp.exec(text);
  if (match !== null) {
    return {
      kind: 'message.delivered',
      outcome: 'success',
      count: Number(match[3]),
      ...ref(match[1], undefined, match[2]),
      detail: detailOf(text.slice((match[1] ?? '').length)),
    };
  }
  match = posted.exec(text);
  if (match !== null) {
    return {
      kind: 'message.received',
      outcome: 'success',
      ...ref(match[1], match[3], match[2], match[4]),
      ...(match[5] === undefined ? {} : { detail: `${match[5]} failures` }),
    };
  }
  match = delivery.exec(text);
  if (match !== null) {
    const deferred = (match[3] ?? '').startsWith('4');
    return {
      kind: deferred ? 'message.deferred' : 'message.bounced',
      outcome: 'failure',
      ...ref(match[1], undefined, match[2]),
      detail: detailOf(`${match[3] ?? ''} ${match[4] ?? ''}`),
    };
  }
  match = post2.exec(text);
  if (match !== null) {
    return {
      kind: 'message.received',
      outcome: 'success',
      ...ref(match[4], match[2], match[1], match[3]),
      detail: match[5] ?? '',
    };
  }
  return undefined;
};

const moderation = (text: string): Told | undefined => {
  const verdict = chain.exec(text);
  if (verdict !== null) {
    const word = verdict[1] ?? '';
    // Reasons follow the id behind a semicolon.
    const id = word === 'DISCARD' ? (verdict[2] ?? '').replace(/; .*$/, '') : verdict[2];
    const kind =
      word === 'REJECT'
        ? 'message.refused'
        : word === 'DISCARD'
          ? 'message.discarded'
          : 'message.received';
    return {
      kind,
      outcome: word === 'REJECT' ? 'failure' : 'success',
      ...ref(id),
      detail: detailOf(text),
    };
  }
  const held = held3.exec(text) ?? held2.exec(text);
  if (held !== null) {
    return {
      kind: 'message.deferred',
      outcome: 'unknown',
      ...ref(held[3], held[2], held[1]),
      detail: detailOf(held[4] ?? ''),
    };
  }
  const passed = approved.exec(text);
  if (passed !== null) {
    return {
      kind: 'message.received',
      outcome: 'success',
      ...ref(passed[1]),
      detail: 'held message approved',
    };
  }
  const dropped = discarded2.exec(text);
  return dropped === null
    ? undefined
    : { kind: 'message.discarded', outcome: 'success', ...ref(dropped[1]) };
};

const membership = (text: string): Told | undefined => {
  const match = membership3.exec(text) ?? membership2.exec(text);
  const removed = match === null ? removed3.exec(text) : null;
  const [list, action, member] =
    match === null ? [removed?.[2], 'removed', removed?.[1]] : [match[1], match[2], match[3]];
  if (list === undefined || member === undefined || (match === null && removed === null))
    return undefined;
  const [address, rest] = memberOf(member);
  const ip = ipOf(/(?:^|\s)([0-9A-Fa-f:.]{2,45})$/.exec(rest)?.[1] ?? '');
  return {
    kind: 'permission.changed',
    outcome: /^(?:pending|held)/.test(action ?? '') ? 'unknown' : 'success',
    user: { name: printable(address) },
    ...(ip === undefined ? {} : { from: { ip } }),
    change: { list: printable(list), action: printable(action ?? '') },
    detail: detailOf(text),
  };
};

const bounce = (text: string): Told | undefined => {
  const match = bounced3.exec(text);
  const old = match === null ? bounced2.exec(text) : null;
  const [member, list] = match === null ? [old?.[2], old?.[1]] : [match[1], match[2]];
  if (member === undefined || list === undefined) return undefined;
  return {
    kind: 'message.bounced',
    outcome: 'failure',
    messages: [{ from: printable(list), to: [printable(member)] }],
    detail: detailOf(text),
  };
};

const told = (given: string): Told | undefined => {
  const text = given.replace(/^\(\d{1,10}\) /, '');
  return (
    traffic(text) ??
    moderation(text) ??
    bounce(text) ??
    membership(text) ??
    (refusedLogin.test(text)
      ? { kind: 'login', outcome: 'failure', service: 'web', detail: detailOf(text) }
      : undefined)
  );
};

/** Mailman 2.1 and 3: smtp, post, vette, subscribe, bounce and mischief logs. */
export const mailman: LogFormat = plainFormat({
  id: 'mailman',
  title: 'Mailman',
  program: /^mailman3?$/,
  shape: /^\(\d{1,10}\) /,
  stamp: rfc3164Stamp,
  open: () => told,
});
