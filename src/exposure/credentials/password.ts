import type { Confidence } from '../../core/personal.ts';
import { type Cell, cellsBelow } from '../columns.ts';
import type { Judged, SearchedText } from '../data-type.ts';
import { isPlaceholder } from './entropy.ts';

const reach = 160;

/** Between a label and a password: `:` and `=` are sure; `is`, `は` and the like are said in sentences; a blank says little. */
const strong =
  /^["'`*_)\]}】」』]{0,3}[ \t]?(?:\([^)\n]{0,24}\)|（[^）\n]{0,24}）)?[ \t]*(?::=|=>|->|:|=|→)[ \t]*\n?[ \t]*/;
const weak =
  /^["'`*_)\]}】」』]{0,3}[ \t]{0,2}(?:(?:(?:is|was|are|will be|has been (?:set|changed|reset) to|set to|changed to|to|ist|lautet|est|es|è|is now)(?![a-z])|は|が|を))[ \t]*:?[ \t]*\n?[ \t]*/i;
const blank =
  /^[ \t]{1,3}(?=["'`「『(<]?[!-~])|^[>）)」』】][ \t]?(?=[!-~])|^[ \t]{0,3}\n[ \t]{0,3}(?=[!-~]{6})/;

/** What a label is followed by where no password stands. */
const words = new Set(
  (
    'is was are the your you my his her their our its it this that these must should shall may can could would will has have had not no ' +
    'and or for from with without to in on at by of as if when once then than please required require requires optional protected ' +
    'incorrect invalid wrong expired expire expires reset resets changed change changing set setting settings again here below above ' +
    'following field fields manager policy protection recovery forgotten forgot lost update updated hint length strength security safe ' +
    'confirmation confirm repeat enter entered type typed strong weak new old current same different unchanged empty blank missing ' +
    'true false yes null string text varchar char str bool boolean int integer password passwords username user login email mail account ' +
    'prompt file hash hashed encrypted salt input none unknown hidden disabled enabled request requested authentication only correct ' +
    'given provided sent separately later soon secret private via click link see contact call ask tbd admin-provided same-as'
  ).split(' '),
);

interface Written {
  readonly from: number;
  readonly to: number;
  readonly value: string;
  readonly quoted: boolean;
  /** Nothing else stands on the line. */
  readonly alone: boolean;
}

/** The password behind the label that ends at `to`. `isPin` where the label promises digits. */
export const passwordAfter = (text: string, to: number, isPin: boolean): Judged | undefined => {
  const rest = text.slice(to, to + reach);
  const parted = ([strong, weak, blank] as const).findIndex(pattern => pattern.test(rest));
  const pattern = [strong, weak, blank][parted];
  if (pattern === undefined) return undefined;
  const gap = pattern.exec(rest)?.[0].length ?? 0;
  const written = writtenAt(text, to + gap);
  if (written === undefined) return undefined;
  const confidence = sure(written, parted, isPin, text);
  return confidence === undefined
    ? undefined
    : { from: written.from, to: written.to, value: written.value, confidence };
};

/** Longer than passwords are; hashes of them (SHA-512 in hex, `{SSHA512}`) still fit. */
const cellMax = 160;
/** `Password set on`: a column of days or of numbers of days. */
const dated = /^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|^\d{1,2}:\d\d|^\d{1,3}$/;

/** The passwords in the column that a label heads: `email,password` of a list of accounts. */
export const passwordsBelow = (
  text: string,
  kind: SearchedText['kind'],
  from: number,
  to: number,
  isPin: boolean,
): readonly Judged[] =>
  cellsBelow(text, kind, from, to).flatMap(cell => {
    const confidence = sureOfCell(text, cell, isPin);
    if (confidence === undefined) return [];
    return [{ from: cell.from, to: cell.to, value: text.slice(cell.from, cell.to), confidence }];
  });

const sureOfCell = (text: string, { from, to }: Cell, isPin: boolean): Confidence | undefined => {
  const value = text.slice(from, Math.min(to, from + cellMax + 1));
  if (value.length < 4 || value.length > cellMax || !/^[!-~]+$/.test(value)) return undefined;
  // Dovecot's and LDAP's way to write a hash.
  if (/^\{[A-Z][A-Z0-9.-]{1,20}\}[^\s]{4,}$/.test(value)) return 'high';
  if (isPlaceholder(value) || words.has(value.toLowerCase()) || dated.test(value)) return undefined;
  if (/^(\S)\1+$/.test(value) || /^[\W_]+$/.test(value)) return undefined;
  if (isPin) return /^\d{4,8}$/.test(value) ? 'high' : undefined;
  if (/^(?:https?|ftp|mailto):/i.test(value) || /^[^@\s]+@[^@\s]+\.[A-Za-z]{2,}$/.test(value)) {
    return undefined;
  }
  return classes(value) >= 2 || value.length >= 10 ? 'high' : 'medium';
};

const closing: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  '`': '`',
  '「': '」',
  '『': '』',
  '<': '>',
  '[': ']',
  '【': '】',
  '“': '”',
};

const writtenAt = (text: string, at: number): Written | undefined => {
  const first = text.charAt(at);
  const close = closing[first];
  if (close !== undefined) {
    const end = text.indexOf(close, at + 1);
    if (end > at + 1 && end - at <= 66 && !text.slice(at + 1, end).includes('\n')) {
      const value = text.slice(at + 1, end);
      return first === '<' || first === '['
        ? undefined
        : { from: at + 1, to: end, value, quoted: true, alone: true };
    }
  }
  // The value is ASCII without blanks; what is not ASCII is the sentence going on.
  const run = /^[!-~]{1,128}/.exec(text.slice(at, at + 128))?.[0] ?? '';
  let value = run
    .replace(/(?:[&;][a-z_ ]{1,20}=.*|<\/?[a-z].*|["'`]?[,;](?:["'\s].*)?)$/i, '')
    .replace(/["'`)\]}>]{1,3}$/, '');
  const after = text.slice(at + run.length, at + run.length + 40);
  // The end of a sentence, unless it ends a password that has more signs.
  if (/[.,:;]$/.test(value)) value = value.slice(0, -1);
  if (value.endsWith('?')) return undefined;
  const alone =
    value.length < run.length
      ? /^\s*(?:\n|$)/.test(after) || run.length - value.length <= 1
      : /^[ \t]*(?:[\r\n]|$)/.test(after);
  return { from: at, to: at + value.length, value, quoted: false, alone };
};

const classes = (value: string): number =>
  [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter(pattern => pattern.test(value)).length;

const sure = (
  { value, to, quoted, alone }: Written,
  parted: number,
  isPin: boolean,
  text: string,
): Confidence | undefined => {
  if (
    value.length < 4 ||
    value.length > 64 ||
    isPlaceholder(value) ||
    words.has(value.toLowerCase())
  )
    return undefined;
  if (
    isOfProgram(value) ||
    isLength(value, text.slice(to, to + 16)) ||
    /^(?:https?|ftp|mailto):/i.test(value)
  )
    return undefined;
  if (/^(\S)\1+$/.test(value) || /^[\W_]+$/.test(value)) return undefined;
  const isDigits = /^\d+$/.test(value);
  if (isPin) {
    if (!isDigits || value.length > 8) return undefined;
    return parted === 0 ? 'high' : parted === 1 ? 'medium' : undefined;
  }
  const variety = classes(value);
  const isWord = /^[A-Za-z][a-z]*(?:[-'][a-z]+)*$/.test(value);
  if (parted === 0) {
    if (isWord && !quoted)
      return alone && !/^[A-Z][a-z]+$/.test(value) && value.length >= 5 ? 'low' : undefined;
    return variety >= 2 || value.length >= 6 ? 'high' : 'medium';
  }
  if (parted === 1) {
    if (quoted) return variety >= 2 ? 'high' : 'medium';
    if (isWord || variety < 2 || value.length < 6)
      return isDigits && value.length >= 4 && alone ? 'medium' : undefined;
    return 'high';
  }
  if (isWord || value.length < 6) return undefined;
  return variety >= 3 ? 'medium' : undefined;
};

/** `getPassword()`, `os.environ[…]`, `this.password`, `String;`: source text. */
const isOfProgram = (value: string): boolean =>
  /[([{]["'\w]*[)\]}]?;?$|^(?:os|process|self|this|req|request|config|params|env|args|data|form|user)\.|^(?:await|new|function|return|const|let|var)$|=>|\)\s*\{|^\/\/|^\\/.test(
    value,
  );

/** `8-16 characters`, `8文字以上`. */
const isLength = (value: string, after: string): boolean =>
  /^\d{1,2}(?:[-~]\d{1,2})?\+?$/.test(value) &&
  /^[\s]{0,2}(?:char|digit|letter|文字|桁|symbols|Zeichen|caract)/i.test(after);

/** An `@` before the first `/` of the address: of most addresses a look at their host is enough. */
const hasUser = (text: string, from: number): boolean => {
  let slashes = 0;
  for (let at = from + 3; at < from + 180 && at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === 0x40) return true;
    if (unit <= 0x20) return false;
    if (unit === 0x2f) {
      slashes += 1;
      if (slashes > 2) return false;
    }
  }
  return false;
};

/** `https://user:secret@host/`: the password of an address, from the `:` behind the scheme on. */
export const passwordOfUrl = (text: string, from: number): Judged | undefined => {
  if (!hasUser(text, from)) return undefined;
  const match =
    /^[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:@/?#"'<>]{0,64}:([^\s@/"'<>]{3,64})@[a-z0-9.[-]/i.exec(
      text.slice(from, from + 180),
    );
  const value = match?.[1];
  if (
    match === null ||
    value === undefined ||
    isPlaceholder(value) ||
    /^(?:pass|password|passwd|pwd|secret|token)$/i.test(value)
  )
    return undefined;
  const at = from + match[0].lastIndexOf(`:${value}@`) + 1;
  return { from: at, to: at + value.length, value, confidence: 'high' };
};
