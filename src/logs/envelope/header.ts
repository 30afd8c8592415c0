import type { LogLine } from '../../core/log-line.ts';
import type { Envelope } from '../format.ts';
import type { Stamp } from '../stamp.ts';
import { isoStamp, rfc3164Stamp, type StampAt } from '../time/stamps.ts';

const monthsByName: Readonly<Record<string, number>> = {
  Jan: 1,
  Feb: 2,
  Mar: 3,
  Apr: 4,
  May: 5,
  Jun: 6,
  Jul: 7,
  Aug: 8,
  Sep: 9,
  Oct: 10,
  Nov: 11,
  Dec: 12,
};

const zero = 0x30;
const space = 0x20;
const colon = 0x3a;

/** The two digits at a place, a space for a leading zero allowed; NaN for anything else. */
const two = (text: string, at: number): number => {
  const high = text.charCodeAt(at) - zero;
  const low = text.charCodeAt(at + 1) - zero;
  if (low < 0 || low > 9) return Number.NaN;
  if (high === space - zero) return low;
  return high < 0 || high > 9 ? Number.NaN : high * 10 + low;
};

const monthDays = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const isDay = (month: number, day: number): boolean =>
  day >= 1 && day <= (monthDays[month - 1] ?? 0);

/** The stamp that was read last: lines of one second share it. */
let lastStamp: StampAt | undefined;

/** `Nov 22 12:00:01 ` without regular expressions: nearly every line of a mail host begins so. */
const quickStamp = (text: string, from: number): StampAt | undefined => {
  if (text.charCodeAt(from + 15) !== space || text.charCodeAt(from + 6) !== space) return undefined;
  if (text.charCodeAt(from + 9) !== colon || text.charCodeAt(from + 12) !== colon) return undefined;
  // A year behind the time, as some write it, is the slow way's.
  const next = text.charCodeAt(from + 16);
  if (next === 0x31 || next === 0x32) return undefined;
  if (lastStamp?.end === from + 15 && text.startsWith(lastStamp.stamp.original, from)) {
    return lastStamp;
  }
  const month = monthsByName[text.slice(from, from + 3)];
  const day = two(text, from + 4);
  const hour = two(text, from + 7);
  const minute = two(text, from + 10);
  const second = two(text, from + 13);
  if (month === undefined || !isDay(month, day) || !(hour <= 23 && minute <= 59 && second <= 60))
    return undefined;
  const original = text.slice(from, from + 15);
  lastStamp = { stamp: { original, month, day, hour, minute, second }, end: from + 15 };
  return lastStamp;
};

const digits = (text: string, from: number, to: number): number => {
  let value = 0;
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - zero;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
};

const plus = 0x2b;
const minus = 0x2d;

/** The zone at a place, `Z` or `+01:00`, and where it ends. */
const quickZone = (
  text: string,
  at: number,
): readonly [minutes: number, end: number] | undefined => {
  const sign = text.charCodeAt(at);
  if (sign === 0x5a) return [0, at + 1];
  if ((sign !== plus && sign !== minus) || text.charCodeAt(at + 3) !== colon) return undefined;
  const minutes = digits(text, at + 1, at + 3) * 60 + digits(text, at + 4, at + 6);
  if (!(minutes <= 1_080)) return undefined;
  return [sign === minus ? 0 - minutes : minutes, at + 6];
};

/** `2026-11-22T12:00:01.123456+01:00 ` without regular expressions: rsyslog's own form. */
const quickIso = (text: string, from: number): StampAt | undefined => {
  if (text.charCodeAt(from + 4) !== minus || text.charCodeAt(from + 7) !== minus) return undefined;
  if (text.charCodeAt(from + 13) !== colon || text.charCodeAt(from + 16) !== colon)
    return undefined;
  const year = digits(text, from, from + 4);
  const month = digits(text, from + 5, from + 7);
  const day = digits(text, from + 8, from + 10);
  const hour = digits(text, from + 11, from + 13);
  const minute = digits(text, from + 14, from + 16);
  const second = digits(text, from + 17, from + 19);
  if (!(year >= 1970) || !isDay(month, day) || !(hour <= 23 && minute <= 59 && second <= 60))
    return undefined;
  let at = from + 19;
  let millisecond = -1;
  if (text.charCodeAt(at) === 0x2e) {
    millisecond = digits(text, at + 1, at + 4);
    if (Number.isNaN(millisecond)) return undefined;
    at += 4;
    const last = at + 6;
    while (at < last && text.charCodeAt(at) >= zero && text.charCodeAt(at) <= zero + 9) at += 1;
  }
  const zone = quickZone(text, at);
  if (zone === undefined || text.charCodeAt(zone[1]) !== space) return undefined;
  const [offsetMinutes, end] = zone;
  const original = text.slice(from, end);
  const stamp = { original, year, month, day, hour, minute, second };
  return millisecond < 0
    ? { stamp: { ...stamp, offsetMinutes }, end }
    : { stamp: { ...stamp, millisecond, offsetMinutes }, end };
};

/** `2026-11-22 12:00:01 mx1 exim[7]: `, by templates of syslog-ng and rsyslog; many programs' own files begin alike. */
const spaced =
  /\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(?:[.,]\d{1,9})?(?: ?(?:Z|[+-]\d{2}:?\d{2}))? [\w.:-]{1,255} [\w./-]{1,100}\[\d{1,10}\]: /y;

/** The stamp of a syslog header: RFC 3164, or ISO 8601 with `T`; with a space where all of a header stands behind. */
const headerStamp = (text: string, from: number): StampAt | undefined => {
  const first = text.charCodeAt(from);
  if (first >= zero && first <= zero + 9) {
    if (text.charCodeAt(from + 10) === space) {
      spaced.lastIndex = from;
      return spaced.test(text) ? isoStamp(text, from) : undefined;
    }
    if (text.charCodeAt(from + 10) !== 0x54) return undefined;
    return quickIso(text, from) ?? isoStamp(text, from);
  }
  return quickStamp(text, from) ?? rfc3164Stamp(text, from);
};

interface Tag {
  readonly program: string;
  readonly pid: number | undefined;
  /** Where the message begins. */
  readonly end: number;
}

/**
 * `postfix/submission/smtpd[123]: `, `dovecot: `, `sogod [123]: `, `run-parts(/etc/cron.daily)[4]: `; Solaris
 * writes `[ID 197553 mail.info] ` behind it.
 */
const tagPattern =
  /([\w.\-/+@*]{1,100}(?:\([\w.\-/ ]{0,100}\))?)(?: ?\[(\d{1,10})\]:|:(?= |$)) ?(?:\[ID \d{1,10} \w{1,12}\.\w{1,8}\] )?/y;

/** What the pattern takes for a program's name. */
const isTagCharacter: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) =>
  /[\w.\-/+@*]/.test(String.fromCharCode(code)) ? 1 : 0,
);

const programCharsMax = 100;
const pidDigitsMax = 10;
const nameSlots = 64;
/** Names of earlier lines: a log holds few, and one that is known needs no making. */
const names: string[] = Array.from({ length: nameSlots }, () => '');

const nameAt = (text: string, from: number, to: number): string => {
  const slot = ((to - from) * 7 + text.charCodeAt(to - 1)) % nameSlots;
  const known = names[slot] ?? '';
  if (known.length === to - from && text.startsWith(known, from)) return known;
  const name = text.slice(from, to);
  names[slot] = name;
  return name;
};

/** Where `123]` that begins there ends; -1 for anything else. */
const pidEnd = (text: string, from: number): number => {
  let at = from;
  while (text.charCodeAt(at) >= zero && text.charCodeAt(at) <= zero + 9) at += 1;
  return at > from && at - from <= pidDigitsMax && text.charCodeAt(at) === 0x5d ? at + 1 : -1;
};

/** `postfix/smtpd[123]: ` and `dovecot: ` without regular expressions; undefined for what needs a closer look. */
const quickTag = (text: string, from: number): Tag | undefined => {
  let at = from;
  while (isTagCharacter[text.charCodeAt(at)] === 1) at += 1;
  const nameEnd = at;
  if (at === from || at - from > programCharsMax) return undefined;
  let pid: number | undefined;
  if (text.charCodeAt(at) === 0x5b) {
    at = pidEnd(text, at + 1);
    if (at < 0) return undefined;
    pid = digits(text, nameEnd + 1, at - 1);
  }
  if (text.charCodeAt(at) !== colon || text.charCodeAt(at + 1) !== space) return undefined;
  // Solaris writes more, in brackets.
  if (text.charCodeAt(at + 2) === 0x5b) return undefined;
  return { program: nameAt(text, from, nameEnd), pid, end: at + 2 };
};

const tagAt = (text: string, at: number): Tag | undefined => {
  const quick = quickTag(text, at);
  if (quick !== undefined) return quick;
  tagPattern.lastIndex = at;
  const match = tagPattern.exec(text);
  if (match === null) return undefined;
  const pid = match[2] === undefined ? undefined : Number(match[2]);
  return { program: match[1] ?? '', pid, end: tagPattern.lastIndex };
};

const level =
  /^(?:trace|debug|info|notice|warn|warning|error|err|crit|critical|fatal|alert|panic)$/i;

/** The word that was looked at last, and is no level: a log names one host. */
let noLevel = '';

/** What a program without syslog writes where a host would stand. */
const isLevel = (word: string): boolean => {
  if (word === noLevel) return false;
  if (level.test(word)) return true;
  noLevel = word;
  return false;
};

const isHostCharacter = (code: number): boolean =>
  (code >= 0x30 && code <= 0x3a) ||
  (code >= 0x41 && code <= 0x5a) ||
  (code >= 0x61 && code <= 0x7a) ||
  (code >= 0x2d && code <= 0x2f) ||
  code === 0x5f ||
  code === 0x40 ||
  code === 0x25;

/** Where the word at `at` ends, if it can be a host: `vm`, `192.0.2.1`, `2001:db8::1`, `mx1/relay`. */
const hostEnd = (text: string, at: number): number => {
  let end = at;
  while (end - at < 256 && isHostCharacter(text.charCodeAt(end))) end += 1;
  const isHost = end > at && text.charCodeAt(end) === space && text.charCodeAt(end - 1) !== colon;
  return isHost ? end : -1;
};

const enveloped = (
  line: LogLine,
  stamp: Stamp | undefined,
  host: string | undefined,
  tag: Tag | undefined,
  message: string,
): Envelope => {
  // Hot: literals of few shapes, no spreading.
  if (stamp !== undefined && host !== undefined && tag !== undefined) {
    return tag.pid === undefined
      ? { line, message, stamp, host, program: tag.program }
      : { line, message, stamp, host, program: tag.program, pid: tag.pid };
  }
  return {
    line,
    message,
    ...(stamp === undefined ? {} : { stamp }),
    ...(host === undefined ? {} : { host }),
    ...(tag === undefined ? {} : { program: tag.program }),
    ...(tag?.pid === undefined ? {} : { pid: tag.pid }),
  };
};

const repeatedPattern = /^(?:last )?message repeated (\d{1,6}) times: \[ ?/;

/** rsyslog and others write once what came several times. */
const unrepeated = (envelope: Envelope): Envelope => {
  const { message } = envelope;
  if (message.charCodeAt(0) !== 0x6d || !message.endsWith(']')) return envelope;
  const match = repeatedPattern.exec(message);
  if (match === null) return envelope;
  const inner = message.slice(match[0].length, -1);
  return { ...envelope, message: inner, fields: new Map([['repeated', match[1] ?? '']]) };
};

/** BusyBox's syslogd writes `mail.info ` behind the host, others in brackets. */
const severityAt =
  /\[?(?:kern|user|mail|daemon|auth|syslog|lpr|news|uucp|cron|authpriv|security|ftp|ntp|local[0-7])\.(?:emerg|panic|alert|crit|err|error|warn|warning|notice|info|debug)\]? /y;

/** The tag behind a host. */
const tagBehind = (text: string, at: number): Tag | undefined => {
  // `sogod [123]: …`: what looks like a host is the program.
  const tag = text.charCodeAt(at) === 0x5b ? undefined : tagAt(text, at);
  if (tag !== undefined) return tag;
  severityAt.lastIndex = at;
  return severityAt.test(text) ? tagAt(text, severityAt.lastIndex) : undefined;
};

/** FreeBSD's syslogd writes `<mail.info> ` before the host with `-v`. */
const facilityAt = /<\w{1,12}\.\w{1,8}> /y;

/** What a daemon says of itself, without naming a program. */
const ofDaemon = /(?:last message repeated \d|-- MARK --)/y;

/**
 * The syslog header that begins at `from` of the text, behind its `<PRI>` if it has one. Without a host, only
 * a tag with a process id is split off: `imap-login: Info: …` is Dovecot's own file, and stays one message.
 *
 * @returns undefined where there is none: the line is a program's own.
 */
export const syslogHeader = (line: LogLine, text: string, from: number): Envelope | undefined => {
  const hasPriority = from > 0;
  const at = headerStamp(text, from);
  if (at === undefined) {
    const tag = hasPriority ? tagAt(text, from) : undefined;
    if (!hasPriority) return undefined;
    return unrepeated(enveloped(line, undefined, undefined, tag, text.slice(tag?.end ?? from)));
  }
  if (text.charCodeAt(at.end) !== space) return undefined;
  let start = at.end + 1;
  if (text.charCodeAt(start) === 0x3c) {
    facilityAt.lastIndex = start;
    if (facilityAt.test(text)) start = facilityAt.lastIndex;
  }
  const end = hostEnd(text, start);
  if (end > 0) {
    const tag = tagBehind(text, end + 1);
    const host = nameAt(text, start, end);
    const isHost = !isLevel(host);
    if (tag !== undefined && !isHost && tag.pid !== undefined) {
      return unrepeated(enveloped(line, at.stamp, undefined, tag, text.slice(tag.end)));
    }
    if (tag !== undefined && isHost) {
      return unrepeated(enveloped(line, at.stamp, host, tag, text.slice(tag.end)));
    }
    ofDaemon.lastIndex = end + 1;
    if (ofDaemon.test(text)) {
      return enveloped(line, at.stamp, host, undefined, text.slice(end + 1));
    }
  }
  const bare = tagAt(text, start);
  if (bare !== undefined && (bare.pid !== undefined || hasPriority)) {
    return unrepeated(enveloped(line, at.stamp, undefined, bare, text.slice(bare.end)));
  }
  return enveloped(line, at.stamp, undefined, undefined, text.slice(start));
};

/** A program's tag without stamp, as programs in containers write it: `postfix/smtpd[12]: …`. */
export const bareTag = (
  text: string,
): { readonly program: string; readonly pid: number; readonly message: string } | undefined => {
  const tag = tagAt(text, 0);
  return tag?.pid === undefined
    ? undefined
    : { program: tag.program, pid: tag.pid, message: text.slice(tag.end) };
};
