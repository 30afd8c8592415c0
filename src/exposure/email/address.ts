import type { Judged } from '../data-type.ts';
import { lastBefore } from '../nearby-text.ts';
import { withoutNoWidth } from '../normal.ts';
import { letters } from '../search/lexicon.ts';
import { isKnownTld } from './tlds.ts';

const localMax = 64;
const domainMax = 255;

type Address = Omit<Judged, 'identifier'>;

/** The address around the `@` at `at`. The sender controls everything on both sides; both are read a bounded way. */
export const plainAddress = (text: string, at: number): Address | undefined => {
  const usual = usualAddress(text, at);
  if (usual !== undefined) return usual;
  const local = localBefore(text, at);
  if (local === undefined) return undefined;
  const domain = domainAfter(text, at + 1);
  if (domain === undefined || isOfUrl(text, local.from, domain.to)) return undefined;
  const value = `${local.value}@${domain.value}`.toLowerCase();
  return {
    from: local.from,
    to: domain.to,
    value,
    confidence: local.sure && domain.sure ? 'high' : 'medium',
  };
};

/** Most addresses are letters, digits, dots and hyphens between blanks or brackets; they need no second look. */
const usualAddress = (text: string, at: number): Address | undefined => {
  let from = at;
  while (from > 0 && at - from < localMax && isUsual(text.charCodeAt(from - 1))) from -= 1;
  const before = from === 0 ? 0x20 : text.charCodeAt(from - 1);
  let to = at + 1;
  while (to < text.length && to - at < 80 && isUsual(text.charCodeAt(to))) to += 1;
  const after = to < text.length ? text.charCodeAt(to) : 0x20;
  if (!isEdge(before) || !isEdge(after) || at - from < 2) return undefined;
  const value = text.slice(from, to).toLowerCase();
  const match = usualForm.exec(value);
  return match === null
    ? undefined
    : { from, to, value, confidence: isKnownTld(match[1] ?? '') ? 'high' : 'medium' };
};

const usualForm = /^[a-z0-9](?:[._-]?[a-z0-9])*@(?:[a-z0-9](?:-?[a-z0-9])*\.)+([a-z]{2,24})$/;

/** Blank, comma, angle or round bracket, line end. */
const isEdge = (unit: number): boolean =>
  unit === 0x20 ||
  unit === 0x0a ||
  unit === 0x0d ||
  unit === 0x09 ||
  unit === 0x2c ||
  unit === 0x3c ||
  unit === 0x3e ||
  unit === 0x28 ||
  unit === 0x29;

interface Piece {
  readonly from: number;
  readonly to: number;
  readonly value: string;
  readonly sure: boolean;
}

const table = (letters: string): Uint8Array => {
  const units = new Uint8Array(0x80);
  for (const letter of letters) units[letter.charCodeAt(0)] = 1;
  return units;
};
const alphanumeric = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
/** RFC 5322 atext and the dot. */
const atext = table(`${alphanumeric}!#$%&'*+-/=?^_\`{|}~.`);

const delimits = table('?&|/{}`^*!#$');

const usualTable = table(`${alphanumeric}._-`);
const isUsual = (unit: number): boolean => unit < 0x80 && usualTable[unit] === 1;

const isAtext = (unit: number): boolean =>
  unit < 0x80 ? atext[unit] === 1 : unit === 0xad || (letters[unit] ?? 0) !== 0;

/** Letters of scripts other than Latin (RFC 6531); CJK punctuation, symbols and halves of pairs are none. */
const isOtherLetter = (unit: number): boolean =>
  unit >= 0x250 && /[\p{L}\p{M}\p{N}]/u.test(String.fromCharCode(unit));

const localBefore = (text: string, at: number): Piece | undefined => {
  if (at === 0) return undefined;
  const last = text.charCodeAt(at - 1);
  if (last === 0x22) return quotedBefore(text, at);
  if (isOtherLetter(last)) return foreignBefore(text, at);
  let from = at;
  while (from > 0 && at - from <= localMax && isAtext(text.charCodeAt(from - 1))) from -= 1;
  from = afterDelimiters(text, from, at);
  const value = withoutNoWidth(text.slice(from, at));
  if (value === '' || value.length > localMax) return undefined;
  if (!/[\p{L}\p{N}]/u.test(value)) return undefined;
  const sure = !value.includes('..') && !value.endsWith('.') && /^[\w.+-]+$/.test(value);
  return { from, to: at, value, sure: sure || isOldMobile(text, at) };
};

/** Japanese carriers gave out addresses with dots that RFC 5321 forbids. */
const isOldMobile = (text: string, at: number): boolean =>
  /^@(?:docomo\.ne\.jp|(?:[a-z]\d?\.)?ezweb\.ne\.jp|[a-z]\.vodafone\.ne\.jp|softbank\.ne\.jp)/i.test(
    text.slice(at, at + 30),
  );

/** `?to=`, `{`, `'` and the like before an address are no part of it, though RFC 5322 would let them. */
const afterDelimiters = (text: string, from: number, at: number): number => {
  let start = from;
  for (let place = at - 1; place >= from; place -= 1) {
    const unit = text.charCodeAt(place);
    if (unit < 0x80 && delimits[unit] === 1) {
      start = place + 1;
      break;
    }
  }
  const key = /^\w{1,30}=(?=.)/.exec(text.slice(start, at));
  if (key !== null) start += key[0].length;
  while (start < at && /[-.'+~=%\u00ad]/.test(text.charAt(start))) start += 1;
  return start;
};

/** `"taro yamada"@example.jp`, where nothing else could be meant. */
const quotedBefore = (text: string, at: number): Piece | undefined => {
  let from = at - 2;
  while (from >= 0 && at - from <= localMax && !/["\r\n<>]/.test(text.charAt(from))) from -= 1;
  if (text.charAt(from) !== '"' || at - from < 3) return undefined;
  const before = text.charAt(from - 1);
  if (before !== '' && !/[\s<:,;(]/.test(before)) return undefined;
  const value = text.slice(from, at);
  return /^"[\x20-\x7e]+"$/.test(value) ? { from, to: at, value, sure: false } : undefined;
};

const foreignBefore = (text: string, at: number): Piece | undefined => {
  let from = at;
  while (
    from > 0 &&
    at - from <= localMax &&
    (isOtherLetter(text.charCodeAt(from - 1)) || /[\w.+-]/.test(text.charAt(from - 1)))
  )
    from -= 1;
  const value = text.slice(from, at);
  return value.length > localMax ? undefined : { from, to: at, value, sure: false };
};

const domainAfter = (text: string, from: number): Piece | undefined => {
  if (text.charAt(from) === '[') return literalAfter(text, from);
  let to = from;
  let parts = 0;
  let at = from;
  let last = '';
  while (at - from <= domainMax && parts < 20) {
    const end =
      parts === 0 ? firstLabelEnd(text, at) : labelEnd(text, at, parts > 1 && isTld(last));
    if (end === at || end - at > 63) break;
    const label = withoutNoWidth(text.slice(at, end));
    if (label.startsWith('-') || label.endsWith('-')) {
      if (!label.endsWith('-') || label.startsWith('-')) break;
      // `@example.jp-` at the end of what is said.
      to = at + label.replace(/-{1,63}$/, '').length;
      last = text.slice(at, to);
      parts += 1;
      break;
    }
    last = label;
    to = end;
    parts += 1;
    if (text.charAt(end) !== '.') break;
    at = end + 1;
  }
  if (parts < 2 || !isTld(last)) return undefined;
  const value = withoutNoWidth(text.slice(from, to)).toLowerCase();
  const ascii = asciiDomain(value);
  return ascii === undefined
    ? undefined
    : { from, to, value: ascii, sure: isKnownTld(last.toLowerCase()) };
};

const isTld = (label: string): boolean =>
  /^(?:[a-z]{2,24}|xn--[a-z0-9-]{2,59})$/i.test(label) ||
  (label.length >= 2 && /^[\p{L}\p{M}]+$/u.test(label) && !/^[\x20-\u024f]/.test(label));

/** Before the first dot scripts may be mixed (`m端ller.de`): the sentence cannot go on there. */
const firstLabelEnd = (text: string, from: number): number => {
  let at = from;
  for (;;) {
    const next = labelEnd(text, at, false);
    if (next === at || next - from > 63) return next;
    at = next;
  }
};

/** A label is Latin or not; behind a name that is whole already, what is not Latin is the sentence going on. */
const labelEnd = (text: string, from: number, whole: boolean): number => {
  const isFirst = (unit: number): boolean =>
    (letters[unit] ?? 0) !== 0 ||
    (unit >= 0x30 && unit <= 0x39) ||
    unit === 0x2d ||
    unit === 0x5f ||
    unit === 0xad;
  let at = from;
  while (at < text.length && at - from < 64 && isFirst(text.charCodeAt(at))) at += 1;
  if (at > from || whole) return at;
  while (at < text.length && at - from < 64 && isOtherLetter(text.charCodeAt(at))) at += 1;
  return at;
};

const asciiDomain = (domain: string): string | undefined => {
  if (/^[a-z0-9._-]+$/.test(domain)) return domain;
  try {
    return new URL(`http://${domain}/`).hostname;
  } catch {
    return undefined;
  }
};

const literalAfter = (text: string, from: number): Piece | undefined => {
  const found = /^\[(?:\d{1,3}(?:\.\d{1,3}){3}|IPv6:[\da-f:.]{2,45})\]/i.exec(
    text.slice(from, from + 60),
  );
  if (found === null) return undefined;
  return { from, to: from + found[0].length, value: found[0].toLowerCase(), sure: false };
};

/** `https://user@host/`, `git@host:path`: names of accounts on machines, not addresses. */
const isOfUrl = (text: string, from: number, to: number): boolean => {
  const before = text.slice(Math.max(0, from - 80), from);
  if (
    before.includes('://') &&
    /:\/\/[^\s/?#]{0,76}$/.test(before) &&
    !/(?:mailto|acct|sip):\/\/$/i.test(before)
  )
    return true;
  if (text.charCodeAt(to) !== 0x3a) return false;
  const after = text.slice(to, to + 3);
  return /^:(?:\/|~|[\w-]+)/.test(after) &&
    /^(?:git|svn|hg)$/i.test(text.slice(from, text.indexOf('@', from)))
    ? true
    : /^:[/~]/.test(after);
};

const idHeaders =
  /^[ \t>]*(?:message-id|in-reply-to|references|resent-message-id|content-id|original-message-id|x-[\w-]{0,40}id|list-id|thread-index)[ \t]{0,3}:/i;

/** Whether the line, or the one that it goes on from, is a header of message ids; or it is an id by its looks. */
export const isMessageId = (text: string, from: number): boolean => {
  let lineEnd = from;
  for (let lines = 0; lines < 4; lines += 1) {
    const lineStart = lastBefore(text, '\n', lineEnd, 1_001) + 1;
    if (from - lineStart > 1_000) return looksLikeId(text, from);
    if (idHeaders.test(text.slice(lineStart, lineStart + 80))) return true;
    if (lineStart === 0 || !/^[ \t]{1,8}</.test(text.slice(lineStart, lineStart + 9))) break;
    lineEnd = lineStart - 1;
  }
  return text.startsWith('cid:', from - 4) || looksLikeId(text, from);
};

/** In angle brackets, with nothing that a person would choose: `<20260629101112.4F3A2@mail.example.jp>`. */
const looksLikeId = (text: string, from: number): boolean => {
  if (text.charAt(from - 1) !== '<') return false;
  const at = text.indexOf('@', from);
  const local = text.slice(from, at < 0 || at - from > localMax ? from + localMax : at);
  const digits = local.replace(/[^0-9A-F]/g, '').length;
  return (
    (local.length >= 16 && digits >= local.length * 0.6 && /\d{4}/.test(local)) ||
    (local.length >= 28 && /\d/.test(local) && /[A-Z]/.test(local) && /[a-z]/.test(local)) ||
    /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-/i.test(local)
  );
};

/** `taro (at) example (dot) jp`: never more than low. `set` says which word was found. */
export const obfuscated = (
  text: string,
  from: number,
  to: number,
  set: string,
): Address | undefined => {
  const before = text.slice(Math.max(0, from - 80), from);
  const after = text.slice(to, to + 120);
  if (set === 'email/dot') {
    const left =
      /(?:^|[\s<(:])([\w.+-]{1,64}) at ([a-z0-9-]{1,63}(?: dot [a-z0-9-]{1,63}){0,3}) $/i.exec(
        before,
      );
    const right = /^ ([a-z]{2,24})(?![\w@])/i.exec(after);
    if (
      left === null ||
      right === null ||
      / dot [a-z]/i.test(after.slice(right[0].length, right[0].length + 6))
    )
      return undefined;
    const domain = `${left[2] ?? ''}.${right[1] ?? ''}`.replaceAll(/ dot /gi, '.');
    const local = left[1] ?? '';
    return {
      from: from - left[0].trimStart().length + (/^[<(:]/.test(left[0].trimStart()) ? 1 : 0),
      to: to + right[0].length,
      value: `${local}@${domain}`.toLowerCase(),
      confidence: 'low',
    };
  }
  const left = /([a-z0-9](?:[\w.+-]{0,62}[a-z0-9_])?)[ \t]{0,2}$/i.exec(before);
  const right =
    /^[ \t]{0,2}([a-z0-9-]{1,63}(?:(?:\.|[ \t]?[([{](?:dot|ドット)[)\]}][ \t]?)[a-z0-9-]{1,63}){1,5})/i.exec(
      after,
    );
  if (left === null || right === null) return undefined;
  const domain = (right[1] ?? '')
    .replaceAll(/[ \t]?[([{](?:dot|ドット)[)\]}][ \t]?/gi, '.')
    .toLowerCase();
  if (!isTld(domain.slice(domain.lastIndexOf('.') + 1))) return undefined;
  return {
    from: from - left[0].length,
    to: to + right[0].length,
    value: `${(left[1] ?? '').toLowerCase()}@${domain}`,
    confidence: 'low',
  };
};
