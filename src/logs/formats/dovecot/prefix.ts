import type { Draft } from '../../draft.ts';

/** Who wrote a line of Dovecot, and on whose behalf: `imap(bob)<123><S>: `. */
export interface Prefix {
  /** `imap`, `imap-login`, `auth`, `lmtp`. */
  readonly service: string;
  /** What stands in parentheses: a user, a process id, `user,ip,<session>`. */
  readonly args: string;
  readonly pid?: number;
  readonly session?: string;
  /** `info` where none is written. */
  readonly level: 'debug' | 'info' | 'warning' | 'error';
  readonly text: string;
}

const levels: readonly (readonly [string, Prefix['level']])[] = [
  ['Info: ', 'info'],
  ['Error: ', 'error'],
  ['Warning: ', 'warning'],
  ['Debug: ', 'debug'],
  ['Fatal: ', 'error'],
  ['Panic: ', 'error'],
];

const isName = (code: number): boolean =>
  (code >= 0x61 && code <= 0x7a) ||
  (code >= 0x30 && code <= 0x39) ||
  code === 0x2d ||
  code === 0x5f;

const sessionShape = /^[A-Za-z0-9+/=:._-]{1,160}$/;

interface Ids {
  pid: number | undefined;
  session: string | undefined;
}

/** `<123><S>`; the index behind it. */
const idsAt = (text: string, from: number, ids: Ids): number => {
  let at = from;
  for (let group = 0; group < 3 && text.charCodeAt(at) === 0x3c; group += 1) {
    const end = text.indexOf('>', at);
    if (end < 0 || end - at > 200) return -1;
    const inner = text.slice(at + 1, end);
    if (/^\d{1,9}$/.test(inner) && ids.pid === undefined) ids.pid = Number(inner);
    else if (sessionShape.test(inner)) ids.session = inner;
    else if (inner !== '') return -1;
    at = end + 1;
  }
  return at;
};

const isColon = (text: string, at: number): boolean =>
  text.charCodeAt(at) === 0x3a && (at + 1 === text.length || text.charCodeAt(at + 1) === 0x20);

/**
 * The parenthesis closes at the first `)` behind which the prefix can end. What stands in it is somebody's
 * user name, who for `imap` and `lmtp` exists here; `auth` looks at all places where it might end.
 */
const closingAt = (text: string, open: number, ids: Ids): readonly [number, number] | undefined => {
  let close = text.indexOf(')', open);
  for (let tries = 0; close >= 0 && tries < 16; tries += 1) {
    const end = idsAt(text, close + 1, ids);
    if (end >= 0 && isColon(text, end)) return [close, end];
    ids.pid = undefined;
    ids.session = undefined;
    close = text.indexOf(')', close + 1);
  }
  return undefined;
};

const requestOf = /^request \[\d{1,9}\]: /;
/** Of an auth worker: `conn unix:auth-worker (pid=1,uid=2): auth-worker<5>: `. */
const connOf = /^conn unix:[\w/.-]{1,100}(?: \([^()]{0,60}\))?: (?:[a-z-]{1,30}<\d{1,9}>: )?/;

/** The level is what a program writes; a value that begins so stands behind a name and a `=`. */
const levelled = (given: string): Pick<Prefix, 'level' | 'text'> => {
  const letter = given.charCodeAt(0);
  // I, E, W, D, F, P, the r of `request` and the c of `conn`.
  if (
    letter !== 0x49 &&
    letter !== 0x45 &&
    letter !== 0x57 &&
    letter !== 0x44 &&
    letter !== 0x46 &&
    letter !== 0x50 &&
    letter !== 0x72 &&
    letter !== 0x63
  )
    return { level: 'info', text: given };
  let text = given;
  if (text.startsWith('conn unix:')) text = text.replace(connOf, '');
  let level: Prefix['level'] = 'info';
  for (let round = 0; round < 2; round += 1) {
    const first = text.charCodeAt(0);
    if (first === 0x72) text = text.replace(requestOf, '');
    if (first === 0x63) text = text.replace(connOf, '');
    for (const [word, meant] of levels) {
      if (!text.startsWith(word)) continue;
      level = meant;
      text = text.slice(word.length);
      break;
    }
    if (!text.startsWith('request [') && !text.startsWith('conn unix:')) break;
  }
  return { level, text };
};

const serviceSlots = 32;
/** Names of earlier lines: there are few, and one that is known is found and compared faster. */
const services: string[] = Array.from({ length: serviceSlots }, () => '');

const serviceAt = (message: string, end: number): string => {
  const slot = (end * 7 + message.charCodeAt(0)) % serviceSlots;
  const known = services[slot] ?? '';
  if (known.length === end && message.startsWith(known)) return known;
  const service = message.slice(0, end);
  services[slot] = service;
  return service;
};

const upperCase = /^(?:IMAP|POP3|MANAGESIEVE)(?=\()/;

/** Takes a line apart up to where its program's own words begin; undefined for what is not Dovecot's. */
export const prefixOf = (given: string): Prefix | undefined => {
  // Dovecot 1 wrote `IMAP(bob): `.
  const first = given.charCodeAt(0);
  const shouted =
    first === 0x49 || first === 0x50 || first === 0x4d ? (upperCase.exec(given)?.[0] ?? '') : '';
  const message = shouted === '' ? given : shouted.toLowerCase() + given.slice(shouted.length);
  let at = 0;
  while (at < 40 && isName(message.charCodeAt(at))) at += 1;
  if (at === 0 || at === 40) return undefined;
  const service = serviceAt(message, at);
  const ids: Ids = { pid: undefined, session: undefined };
  let args = '';
  if (message.charCodeAt(at) === 0x28) {
    const closing = closingAt(message, at + 1, ids);
    if (closing === undefined) return undefined;
    args = message.slice(at + 1, closing[0]);
    at = closing[1];
  } else {
    at = idsAt(message, at, ids);
  }
  if (at < 0 || !isColon(message, at)) return undefined;
  const { level, text } = levelled(message.slice(at + 2));
  const { pid, session } = ids;
  // Hot: assigned, and not spread.
  const prefix: Draft<Prefix> = { service, args, level, text };
  if (pid !== undefined) prefix.pid = pid;
  if (session !== undefined) prefix.session = session;
  return prefix;
};
