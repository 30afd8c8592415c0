import type { EventKind, MessageRef } from '../../../core/access-event.ts';
import { countOf } from '../../reading.ts';
import { printable } from '../../text.ts';

/** What a line of the `mail_log` plug-in tells of one message or one mailbox. */
export interface MailLog {
  readonly kind: EventKind;
  readonly folder?: string;
  readonly message?: MessageRef;
  readonly detail: string;
  readonly change?: Readonly<Record<string, string>>;
  /** Names of folders that are deleted, or another folder's from now on. */
  readonly gone?: readonly string[];
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

/** Where `, key=` stands for the first key that may follow. */
const nextKey = (
  text: string,
  from: number,
  after: number,
): readonly [number, number] | undefined => {
  let best: readonly [number, number] | undefined;
  for (let k = after + 1; k < keys.length; k += 1) {
    const at = text.indexOf(`, ${keys[k] ?? ''}=`, from);
    if (at >= 0 && (best === undefined || at < best[0])) best = [at, k];
  }
  return best;
};

/**
 * `box=INBOX, uid=3, msgid=<…>, size=246, from=…, subject=…, flags=(…)`. The sender of the message chooses
 * message id, sender and subject, the owner the folder's name; uid and folder stand before what strangers
 * choose, so they are read from the left, and the flags, which stand behind it, from the right.
 */
const fieldsOf = (text: string): Partial<Record<Key, string>> => {
  const fields: Partial<Record<Key, string>> = {};
  let end = text.length;
  if (text.endsWith(')')) {
    const flags = text.lastIndexOf(', flags=(');
    if (flags >= 0) {
      fields.flags = text.slice(flags + ', flags=('.length, -1);
      end = flags;
    }
  }
  const rest = text.slice(0, end);
  let k = keys.findIndex(key => rest.startsWith(`${key}=`));
  let at = 0;
  for (let step = 0; k >= 0 && step < keys.length; step += 1) {
    const key = keys[k];
    if (key === undefined) break;
    const from = at + key.length + 1;
    const next = key === 'subject' ? undefined : nextKey(rest, from, k);
    fields[key] ??= rest.slice(from, next === undefined ? rest.length : next[0]);
    if (next === undefined) break;
    at = next[0] + 2;
    k = next[1];
  }
  return fields;
};

const messageOf = (fields: Partial<Record<Key, string>>): MessageRef => {
  const uid = countOf(fields.uid);
  const size = countOf(fields.size) ?? countOf(fields.vsize);
  return {
    ...(fields.msgid?.startsWith('<') ? { messageId: printable(fields.msgid, 998) } : {}),
    ...(uid === undefined || uid === 0 ? {} : { uid }),
    ...(fields.box === undefined ? {} : { folder: printable(fields.box) }),
    ...(size === undefined ? {} : { sizeBytes: size }),
    ...(fields.subject === undefined ? {} : { subject: printable(fields.subject, 998) }),
    ...(fields.from === undefined || fields.from === '' ? {} : { from: printable(fields.from) }),
  };
};

const event =
  /^(save|copy|delete|undelete|expunge|autoexpunge|flag_change)(?: from (.{1,400}?))?: (?=box=|uid=|msgid=|size=|vsize=|from=|subject=|flags=)/;

const mailbox = /^Mailbox (created|deleted|renamed|subscribed|unsubscribed|updated): (.{1,800})$/;

const messageLine = (text: string, box: string | undefined): MailLog | undefined => {
  const match = event.exec(text);
  if (match !== null) {
    const [whole, name = '', source] = match;
    const told = fieldsOf(text.slice(whole.length));
    const fields = box === undefined ? told : { ...told, box };
    const change = {
      ...(fields.flags === undefined ? {} : { flags: printable(fields.flags) }),
      ...(source === undefined ? {} : { copiedFrom: printable(source) }),
    };
    return {
      kind: kinds[name] ?? 'other',
      ...(fields.box === undefined ? {} : { folder: printable(fields.box) }),
      message: messageOf(fields),
      detail: name === 'delete' ? 'delete: marked as deleted' : name,
      ...(Object.keys(change).length === 0 ? {} : { change }),
    };
  }
  return undefined;
};

const mailboxLine = (text: string): MailLog | undefined => {
  const folder = mailbox.exec(text);
  if (folder === null) return undefined;
  const [, word = '', named = ''] = folder;
  const [from = '', to] = word === 'renamed' ? named.split(' -> ', 2) : [named];
  return {
    kind: word === 'deleted' ? 'message.delete' : 'other',
    folder: printable(to ?? from),
    detail: `Mailbox ${word}`,
    ...(word === 'deleted' || word === 'renamed'
      ? { gone: [from, ...(to === undefined ? [] : [to])].map(name => printable(name)) }
      : {}),
    ...(to === undefined ? {} : { change: { mailbox: `${printable(from)} -> ${printable(to)}` } }),
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
