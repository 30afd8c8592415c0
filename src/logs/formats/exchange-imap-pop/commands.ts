import type { EventKind, MessageRef } from '../../../core/access-event.ts';

/** What a command does, as far as its words tell. */
export interface Doing {
  readonly kind: EventKind;
  /** A folder that it names. */
  readonly folder?: string;
  readonly part?: MessageRef['part'];
  /** The set of messages that it names: UIDs where `byUid`, else numbers of that session alone. */
  readonly set?: string;
  readonly byUid?: boolean;
}

/** An IMAP string: quoted, or an atom. */
const firstWord = (text: string): { readonly word: string; readonly rest: string } => {
  const given = text.trimStart();
  if (given.startsWith('"')) {
    let end = given.indexOf('"', 1);
    while (end > 0 && given.charCodeAt(end - 1) === 0x5c) end = given.indexOf('"', end + 1);
    const stop = end < 0 ? given.length : end;
    return { word: given.slice(1, stop).replace(/\\(["\\])/g, '$1'), rest: given.slice(stop + 1) };
  }
  const end = given.indexOf(' ');
  return end < 0
    ? { word: given, rest: '' }
    : { word: given.slice(0, end), rest: given.slice(end + 1) };
};

/** RFC 9051, 6.4.5: items that give a message's text; `BODY` alone and `BODYSTRUCTURE` give its outline. */
const bodyItem =
  /\b(?:BODY(?:\.PEEK)?\[(?!HEADER|[\d.]*MIME\])|RFC822(?:\.TEXT)?(?=[\s)]|$)|BINARY(?:\.PEEK)?\[)/i;
const headerItem =
  /\b(?:BODY(?:\.PEEK)?\[(?:HEADER|[\d.]*MIME)|RFC822\.HEADER|ENVELOPE|BODYSTRUCTURE|ALL\b|FULL\b|BODY(?=[\s)]|$)|PREVIEW)/i;

const fetched = (set: string, items: string, byUid: boolean): Doing | undefined => {
  if (bodyItem.test(items)) return { kind: 'message.read', part: 'body', set, byUid };
  return headerItem.test(items) ? { kind: 'message.list', part: 'header', set, byUid } : undefined;
};

/**
 * An IMAP command with its parameters, as the log has them: `fetch` with `1:10 (FLAGS)`, `uid+fetch` with
 * `FETCH 7 BODY[]` or `7 BODY[]`. Undefined for those that touch no mail: flags and counts alone, lists of
 * folders, waiting.
 */
export const imapDoing = (command: string, parameters: string): Doing | undefined => {
  let verb = command.toLowerCase();
  let given = parameters;
  let byUid = false;
  if (verb === 'uid' || verb.startsWith('uid+') || verb.startsWith('uid ')) {
    byUid = true;
    verb = verb.slice(4);
    const { word, rest } = firstWord(given);
    // The command's second word may stand again with its parameters.
    if (verb === '' || word.toLowerCase() === verb) [verb, given] = [word.toLowerCase(), rest];
  }
  const { word: set, rest } = firstWord(given);
  switch (verb) {
    case 'select':
    case 'examine':
      return { kind: 'mailbox.open', folder: set };
    case 'fetch':
      return fetched(set, rest, byUid);
    case 'store':
      return { kind: 'message.change', set, byUid };
    case 'expunge':
      return { kind: 'message.delete', ...(set === '' ? {} : { set, byUid }) };
    case 'move':
      return { kind: 'message.change', set, byUid };
    case 'copy':
      return { kind: 'message.save', set, byUid, folder: firstWord(rest).word };
    case 'append':
      return { kind: 'message.save', folder: set };
    case 'search':
    case 'sort':
    case 'thread':
      return { kind: 'search' };
    case 'setacl':
    case 'deleteacl':
      return { kind: 'permission.changed', folder: set };
    default:
      return undefined;
  }
};

/** A POP3 command; numbers of messages are those of the session. */
export const popDoing = (command: string, parameters: string): Doing | undefined => {
  const { word: set } = firstWord(parameters);
  switch (command.toLowerCase()) {
    case 'retr':
      return { kind: 'message.read', part: 'body', set, byUid: false };
    case 'top':
      return { kind: 'message.list', part: 'header', set, byUid: false };
    case 'dele':
      return { kind: 'message.delete', set, byUid: false };
    default:
      return undefined;
  }
};

export interface MessageSet {
  /** Each of them, where they are few and named one by one or in ranges with both ends. */
  readonly numbers: readonly number[];
  /** How many, where that can be told. */
  readonly count?: number;
}

const numbersMax = 500;
const partsMax = 2_000;

/** `1:5,7,9:*` (RFC 9051, sequence-set). */
export const messageSet = (text: string): MessageSet => {
  const numbers: number[] = [];
  let count = 0;
  for (const part of text.split(',', partsMax)) {
    const match = /^(\d{1,10})(?::(\d{1,10}))?$/.exec(part);
    if (match === null) return { numbers: [] };
    const one = Number(match[1]);
    const other = Number(match[2] ?? match[1]);
    const [low, high] = one <= other ? [one, other] : [other, one];
    count += high - low + 1;
    for (let each = low; each <= high && numbers.length < numbersMax; each += 1) numbers.push(each);
  }
  return count <= numbers.length ? { numbers, count } : { numbers: [], count };
};
