import type { EventKind, MessageRef } from '../../../core/access-event.ts';
import type { Draft } from '../../draft.ts';
import { countOf } from '../../reading.ts';
import { printable } from '../../text.ts';

/** What a line of the `mail_log` plug-in tells of one message or one mailbox. */
export interface MailLog {
  readonly kind: EventKind;
  readonly folder: string | undefined;
  readonly message: MessageRef | undefined;
  readonly detail: string;
  readonly change: Readonly<Record<string, string>> | undefined;
  /** Names of folders that are deleted, or another folder's from now on. */
  readonly gone: readonly string[] | undefined;
}

const kinds: Readonly<Record<string, EventKind>> = {
  save: 'message.save',
  copy: 'message.save',
  // It marks a message, which `expunge` takes away.
  delete: 'message.change',
  undelete: 'message.change',
  expunge: 'message.delete',
  autoexpunge: 'message.delete',
  flag_change: 'message.change',
};

/** In the order in which the plug-in writes them, whichever of them are configured. */
const keys = ['box', 'uid', 'msgid', 'size', 'vsize', 'from', 'subject', 'flags'] as const;
type Key = (typeof keys)[number];
type Fields = Record<Key, string | undefined>;

const noFields: Readonly<Fields> = {
  box: undefined,
  uid: undefined,
  msgid: undefined,
  size: undefined,
  vsize: undefined,
  from: undefined,
  subject: undefined,
  flags: undefined,
};

/** Which of the keys stands there with its `=`; -1 for none. */
const keyAt = (text: string, at: number): number => {
  switch (text.charCodeAt(at)) {
    case 0x62 /* b */:
      return text.startsWith('box=', at) ? 0 : -1;
    case 0x75 /* u */:
      return text.startsWith('uid=', at) ? 1 : -1;
    case 0x6d /* m */:
      return text.startsWith('msgid=', at) ? 2 : -1;
    case 0x73 /* s */:
      return text.startsWith('size=', at) ? 3 : text.startsWith('subject=', at) ? 6 : -1;
    case 0x76 /* v */:
      return text.startsWith('vsize=', at) ? 4 : -1;
    case 0x66 /* f */:
      return text.startsWith('from=', at) ? 5 : text.startsWith('flags=', at) ? 7 : -1;
    default:
      return -1;
  }
};

/** Where `, key=` stands for the first key that may follow; -1 where none does. */
const nextKey = (text: string, from: number, after: number): number => {
  let at = text.indexOf(', ', from);
  while (at >= 0 && keyAt(text, at + 2) <= after) at = text.indexOf(', ', at + 1);
  return at;
};

/**
 * `box=INBOX, uid=3, msgid=<…>, size=246, from=…, subject=…, flags=(…)`. The sender of the message chooses
 * message id, sender and subject, the owner the folder's name; uid and folder stand before what strangers
 * choose, so they are read from the left, and the flags, which stand behind it, from the right.
 */
const fieldsOf = (text: string): Fields => {
  const fields: Fields = { ...noFields };
  let end = text.length;
  if (text.endsWith(')')) {
    const flags = text.lastIndexOf(', flags=(');
    if (flags >= 0) {
      fields.flags = text.slice(flags + ', flags=('.length, -1);
      end = flags;
    }
  }
  const rest = end === text.length ? text : text.slice(0, end);
  let k = keyAt(rest, 0);
  let at = 0;
  for (let step = 0; k >= 0 && step < keys.length; step += 1) {
    const key = keys[k];
    if (key === undefined) break;
    const next = key === 'subject' ? -1 : nextKey(rest, at + key.length + 1, k);
    fields[key] ??= rest.slice(at + key.length + 1, next < 0 ? end : next);
    if (next < 0) break;
    at = next + 2;
    k = keyAt(rest, at);
  }
  return fields;
};

const messageOf = (fields: Readonly<Fields>): MessageRef => {
  const { msgid, box, subject, from } = fields;
  const uid = countOf(fields.uid);
  const size = countOf(fields.size) ?? countOf(fields.vsize);
  // Hot: assigned, and not spread.
  const message: Draft<MessageRef> = {};
  if (msgid?.startsWith('<') === true) message.messageId = printable(msgid, 998);
  if (uid !== undefined && uid !== 0) message.uid = uid;
  if (box !== undefined) message.folder = printable(box);
  if (size !== undefined) message.sizeBytes = size;
  if (subject !== undefined) message.subject = printable(subject, 998);
  if (from !== undefined && from !== '') message.from = printable(from);
  return message;
};

const eventNames = [
  'save',
  'copy',
  'delete',
  'undelete',
  'expunge',
  'autoexpunge',
  'flag_change',
] as const;

const copied = / from (.{1,400}?): (?=box=|uid=|msgid=|size=|vsize=|from=|subject=|flags=)/y;

interface EventHead {
  readonly name: string;
  /** The folder that it was copied from. */
  readonly source: string | undefined;
  /** Where the fields begin. */
  readonly end: number;
}

/** `save: `, `copy from INBOX: `, with fields behind it. */
const eventHead = (text: string): EventHead | undefined => {
  for (const name of eventNames) {
    if (!text.startsWith(name)) continue;
    const end = name.length + 2;
    if (text.startsWith(': ', name.length)) {
      return keyAt(text, end) < 0 ? undefined : { name, source: undefined, end };
    }
    copied.lastIndex = name.length;
    const match = copied.exec(text);
    return match === null ? undefined : { name, source: match[1], end: copied.lastIndex };
  }
  return undefined;
};

const mailbox = /^Mailbox (created|deleted|renamed|subscribed|unsubscribed|updated): (.{1,800})$/;

const messageLine = (text: string, box: string | undefined): MailLog | undefined => {
  const head = eventHead(text);
  if (head === undefined) return undefined;
  const { name, source, end } = head;
  const fields = fieldsOf(text.slice(end));
  if (box !== undefined) fields.box = box;
  const folder = fields.box === undefined ? undefined : printable(fields.box);
  const { flags } = fields;
  const change: Record<string, string> = {};
  if (flags !== undefined) change['flags'] = printable(flags);
  if (source !== undefined) change['copiedFrom'] = printable(source);
  const hasChange = flags !== undefined || source !== undefined;
  return {
    kind: kinds[name] ?? 'other',
    folder,
    message: messageOf(fields),
    detail: name === 'delete' ? 'delete: marked as deleted' : name,
    change: hasChange ? change : undefined,
    gone: undefined,
  };
};

const mailboxLine = (text: string): MailLog | undefined => {
  const folder = mailbox.exec(text);
  if (folder === null) return undefined;
  const [, word = '', named = ''] = folder;
  const [from = '', to] = word === 'renamed' ? named.split(' -> ', 2) : [named];
  const isGone = word === 'deleted' || word === 'renamed';
  return {
    kind: word === 'deleted' ? 'message.delete' : 'other',
    folder: printable(to ?? from),
    message: undefined,
    detail: `Mailbox ${word}`,
    change: to === undefined ? undefined : { mailbox: `${printable(from)} -> ${printable(to)}` },
    gone: isGone
      ? [from, ...(to === undefined ? [] : [to])].map(name => printable(name))
      : undefined,
  };
};

/** Since 2.4 the folder stands before the event: `Mailbox INBOX: expunge: uid=2, …`. */
const within24 =
  /^Mailbox (.{1,400}?): (?=(?:save|copy|delete|undelete|expunge|autoexpunge|flag_change)(?: from .{1,400}?)?: (?:box|uid|msgid|size|vsize|from|subject|flags)=)/;

const mailbox24 =
  /^Mailbox (.{1,400}?): Mailbox (created|deleted|renamed|subscribed|unsubscribed|updated)(?:: (.{1,800}))?$/;

/** A line of the plug-in behind its prefix; undefined for other lines. */
export const mailLogOf = (given: string): MailLog | undefined => {
  // save, copy, delete, undelete, expunge, autoexpunge, flag_change, Mailbox: most lines begin otherwise.
  if (!'scdueafM'.includes(given.charAt(0))) return undefined;
  if (!given.startsWith('Mailbox ')) return messageLine(given, undefined);
  const folder = within24.exec(given);
  if (folder !== null) return messageLine(given.slice(folder[0].length), folder[1]);
  const newer = mailbox24.exec(given);
  return newer === null
    ? mailboxLine(given)
    : mailboxLine(`Mailbox ${newer[2] ?? ''}: ${newer[3] ?? newer[1] ?? ''}`);
};
