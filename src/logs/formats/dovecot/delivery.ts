import type { EventKind, MessageRef } from '../../../core/access-event.ts';
import type { EventTime } from '../../../core/log-line.ts';
import { endpointOf } from '../../endpoint.ts';
import type { Parsed } from '../../format.ts';
import { freeText, happened, personOf, quiet, unparsed } from '../../reading.ts';
import { printable } from '../../text.ts';
import { type Memory, marked, tell } from './memory.ts';
import type { Prefix } from './prefix.ts';
import { mailLogLine } from './session-line.ts';

/** The message id is the sender's: the program's words are looked for behind the last of its ends. */
const words: readonly (readonly [RegExp, EventKind, 'folder' | 'to' | 'none'])[] = [
  [/(?:^|[: ])saved mail to (.{1,400}?)(?: \(.*\))?$/, 'message.delivered', 'folder'],
  [/stored mail into mailbox '(.{1,400})'/, 'message.delivered', 'folder'],
  [/left message in mailbox '(.{1,400})'/, 'message.delivered', 'folder'],
  [/(?:^|[: ])forwarded to <([^<>]{0,320})>/, 'message.submitted', 'to'],
  [/sent vacation response to <([^<>]{0,320})>/, 'message.submitted', 'to'],
  [/sent notification (?:to |message )?/, 'message.submitted', 'none'],
  [/rejected message from <([^<>]{0,320})>/, 'message.refused', 'none'],
  [/[Mm]arked message to be discarded/, 'message.discarded', 'none'],
  [/^discarded(?! duplicate)|[: ]discarded (?:message|mail)/, 'message.discarded', 'none'],
  [
    /save failed to (?:mailbox )?'?(.{1,400}?)'?:|save failed to (.{1,400}?):|failed to store into mailbox '(.{1,400}?)'/,
    'message.deferred',
    'folder',
  ],
  [/^rejected: |(?:^| )Rejected /, 'message.refused', 'none'],
  [/delivery (?:failed|deferred)|temporary failure/i, 'message.deferred', 'none'],
];

const msgid = /^(?:[\w+/=.:-]{1,160}: )?(?:sieve: )?msgid=(\S{0,998}?)(?:: |$)/;

/** `msgid=<…>: saved mail to INBOX`; an id may hold spaces and colons, its end is the last `>: `. */
const parts = (text: string): readonly [string | undefined, string] => {
  const at = text.indexOf('msgid=');
  if (at < 0) return [undefined, text];
  const bracketed = text.charCodeAt(at + 6) === 0x3c;
  const end = bracketed ? text.lastIndexOf('>: ') : -1;
  if (end > at) return [text.slice(at + 6, end + 1), text.slice(end + 3)];
  const plain = msgid.exec(text.slice(at));
  return plain === null
    ? [undefined, text.slice(at)]
    : [plain[1], text.slice(at + plain[0].length)];
};

interface Verdict {
  readonly kind: EventKind;
  readonly folder?: string;
  readonly to?: string;
  /** It stays where it is. */
  readonly left?: true;
}

const verdictOf = (text: string): Verdict | undefined => {
  for (const [pattern, kind, what] of words) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const value = match[1] ?? match[2] ?? match[3];
    return {
      kind,
      ...(what === 'folder' && value !== undefined ? { folder: value } : {}),
      ...(match[0].startsWith('left message') ? { left: true as const } : {}),
      ...(what === 'to' && value !== undefined ? { to: value } : {}),
    };
  }
  return undefined;
};

/** In a session Sieve delivers nothing: it leaves a message where it is, or copies it. */
const movedBy = (service: string, verdict: Verdict | undefined): Verdict | undefined => {
  if (service !== 'imap' || verdict?.kind !== 'message.delivered') return verdict;
  return verdict.left === true ? undefined : { ...verdict, kind: 'message.save' };
};

const connected = /^(?:Connect|Disconnect|Connection)(?:ed)? from ([^\s:]{1,100})/;

/** A line of `lmtp`, `lda` or `deliver`, or of Sieve within one of them. */
export const deliveryLine = (prefix: Prefix, time: EventTime, memory: Memory): Parsed => {
  const logged = mailLogLine(prefix, time, memory);
  if (logged !== undefined) return logged;
  const connection = connected.exec(prefix.text);
  if (connection !== null) {
    return connection[1] === 'local'
      ? quiet('a local delivery begins or ends')
      : happened({
          kind: 'connection',
          time,
          outcome: 'success',
          component: 'dovecot',
          service: prefix.service,
          from: endpointOf(connection[1] ?? ''),
          ...freeText(prefix.text),
        });
  }
  const [id, words] = parts(prefix.text);
  const verdict = movedBy(prefix.service, verdictOf(words));
  if (verdict === undefined) {
    if (
      prefix.level !== 'info' ||
      /sieve: |^Module |quota|duplicate|^Opened|^Disconnect/i.test(prefix.text)
    ) {
      return quiet(prefix.service);
    }
    return unparsed(`${prefix.service} says something unknown`);
  }
  const folder = verdict.folder === undefined ? undefined : printable(verdict.folder);
  const message: MessageRef = {
    ...(id === undefined || id === '' || id === 'unspecified'
      ? {}
      : { messageId: printable(id, 998) }),
    ...(folder === undefined ? {} : { folder }),
    ...(verdict.to === undefined ? {} : { to: [printable(verdict.to)] }),
  };
  const failed = verdict.kind === 'message.deferred' || verdict.kind === 'message.refused';
  const free = freeText(words);
  // Exported events tell of it, too.
  const repeats =
    memory.seen.size > 0 && !failed && tell(memory, prefix.session, verdict.kind, 'log');
  return happened({
    kind: verdict.kind,
    time,
    outcome: failed ? 'failure' : 'success',
    component: 'dovecot',
    service: prefix.service,
    user: personOf(prefix.args.replace(/^(?:pid \d{1,9} user |\d{1,9}(?:, |$))/, '')),
    session: prefix.session,
    pid: prefix.pid,
    folder,
    messages: Object.keys(message).length === 0 ? undefined : [message],
    detail: free.detail,
    flags: marked(free.flags, repeats),
  });
};
