import type { MailAddress } from '../message.ts';
import { unfold } from './block.ts';
import { decodeWords } from './encoded-words.ts';

/** More than a header of the longest length that is read can name. */
const addressesMax = 300_000;
const commentDepthMax = 50;

/** What one mailbox is made of while it is read. */
interface Parts {
  phrase: string;
  comment: string;
  angle: string | undefined;
  /** A quoted string stood in the phrase: its commas and at-signs are no syntax. */
  quoted: boolean;
}

const empty = (): Parts => ({ phrase: '', comment: '', angle: undefined, quoted: false });

/** One of `"(<,;:`, at which a word ends. */
const isMark = (code: number): boolean =>
  code === 34 || code === 40 || code === 60 || code === 44 || code === 59 || code === 58;

const isSpace = (code: number): boolean => code <= 32;

const trimDots = (text: string): string => text.replace(/^[\s,;:]+/, '').trim();

const bare = (text: string): string => {
  let out = text.trim();
  if (/^mailto:/i.test(out)) out = out.slice(7);
  const pair = out.charAt(0) + out.charAt(out.length - 1);
  return out.length > 2 && (pair === "''" || pair === '[]') ? out.slice(1, -1) : out;
};

/** Comments may stand inside of an address (RFC 5322 3.2.2): `pete(his account)@silly.test`. */
const withoutComments = (text: string): string => {
  if (!text.includes('(') || text.startsWith('"')) return text;
  let out = '';
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '\\' && depth > 0) at++;
    else if (character === '(') depth++;
    else if (character === ')' && depth > 0) depth--;
    else if (depth === 0) out += character;
  }
  return out;
};

interface Split {
  readonly name: string;
  readonly addresses: readonly string[];
}

/**
 * A phrase without brackets: its word with an at-sign is the address, the words around it are the name;
 * several such words are addresses between which commas were forgotten.
 */
const fromPhrase = (phrase: string): Split | undefined => {
  if (!phrase.includes('@')) return undefined;
  const glued = phrase
    .replace(/[ \t]{0,20}@[ \t]{0,20}/g, '@')
    .replace(/[ \t]{1,20}\.[ \t]{1,20}/g, '.');
  const words = glued.split(/\s+/).filter(word => word !== '');
  const isAddress = (word: string): boolean => word.includes('@') && word.length > 2;
  const addresses = words.filter(isAddress).map(bare);
  if (addresses.length === 0) return undefined;
  return { name: words.filter(word => !isAddress(word)).join(' '), addresses };
};

class AddressReader {
  private readonly text: string;
  private at = 0;
  private readonly found: MailAddress[] = [];
  private parts: Parts = empty();
  private quotesGone = false;
  /** Before the comma just passed stood a name and nothing else, behind an address or at the beginning. */
  private mayGoOn = false;

  constructor(text: string) {
    this.text = text;
  }

  read(): readonly MailAddress[] {
    const { text } = this;
    while (this.at < text.length && this.found.length < addressesMax) {
      const character = text.charAt(this.at);
      switch (character) {
        case '"':
          this.quotedString();
          break;
        case '(':
          this.comment();
          break;
        case '<':
          this.angle();
          break;
        case ',':
          this.at++;
          this.end();
          this.mayGoOn = this.isNameAlone();
          break;
        case ';':
          this.at++;
          this.end();
          break;
        case ':':
          this.colon();
          break;
        default:
          this.word();
      }
    }
    this.end();
    return this.found;
  }

  private word(): void {
    const from = this.at;
    while (this.at < this.text.length && !isMark(this.text.charCodeAt(this.at))) {
      // A quoted pair outside of quotes, and a domain literal: `[IPv6:::1]`.
      if (this.text.charAt(this.at) === '[') {
        const close = this.text.slice(this.at, this.at + 60).indexOf(']');
        if (close > 0 && this.text.charAt(this.at - 1) === '@') this.at += close;
      }
      this.at++;
    }
    const piece = this.text.slice(from, this.at);
    // `a@example.jp <b@…` and `<a@example.jp> b@example.jp`: a comma was forgotten.
    if (this.parts.angle !== undefined && piece.includes('@')) this.end();
    this.parts.phrase += piece;
  }

  /** `Name:` begins a group; `mailto:` and a colon in a word do not. */
  private colon(): void {
    this.at++;
    const { phrase, quoted } = this.parts;
    if (/mailto$/i.test(phrase)) this.parts.phrase = phrase.slice(0, -6);
    else if (phrase.includes('@') && !quoted) this.parts.phrase += ':';
    else this.parts = empty();
  }

  private quotedString(): void {
    const from = this.at + 1;
    let out = '';
    let at = from;
    if (!this.quotesGone) {
      for (; at < this.text.length; at++) {
        const character = this.text.charAt(at);
        if (character === '"') break;
        if (character === '\\' && at + 1 < this.text.length) at++;
        out += this.text.charAt(at);
      }
    }
    if (this.quotesGone || at >= this.text.length) {
      // It never ends: then it is a character as any other, and every one behind it too.
      this.quotesGone = true;
      this.at = from;
      return;
    }
    this.at = at + 1;
    if (this.parts.angle !== undefined && this.text.charAt(this.at) === '@') this.end();
    const next = this.text.charAt(this.at);
    // `"john doe"@example.jp`: the quotes belong to the address.
    if (next === '@') {
      let end = this.at;
      while (
        end < this.text.length &&
        !isSpace(this.text.charCodeAt(end)) &&
        !',;<>('.includes(this.text.charAt(end))
      )
        end++;
      this.parts.angle = `"${out}"${this.text.slice(this.at, end)}`;
      this.at = end;
      return;
    }
    this.parts.phrase += out;
    this.parts.quoted = true;
  }

  private comment(): void {
    let depth = 0;
    let out = '';
    let at = this.at;
    for (; at < this.text.length; at++) {
      const character = this.text.charAt(at);
      if (character === '(') {
        if (depth++ > 0) out += character;
        if (depth > commentDepthMax) break;
      } else if (character === ')') {
        if (--depth === 0) break;
        out += character;
      } else {
        if (character === '\\' && at + 1 < this.text.length) at++;
        out += this.text.charAt(at);
      }
    }
    this.at = at + 1;
    this.parts.comment += this.parts.comment === '' ? out : ` ${out}`;
  }

  private angle(): void {
    if (this.parts.angle !== undefined) this.end();
    let at = this.at + 1;
    let quoted = false;
    for (; at < this.text.length; at++) {
      const character = this.text.charAt(at);
      if (character === '\\') at++;
      else if (character === '"') quoted = !quoted;
      else if (
        !quoted &&
        (character === '>' || (character === ',' && this.text.charAt(this.at + 1) !== '@'))
      )
        break;
    }
    // A quote inside that never ends hides the bracket: look for that alone.
    if (at >= this.text.length && quoted) {
      const close = this.text.indexOf('>', this.at);
      at = close < 0 ? this.text.length : close;
    }
    let inside = this.text.slice(this.at + 1, at);
    while (inside.startsWith('<')) inside = inside.slice(1);
    this.at = this.text.charAt(at) === '>' ? at + 1 : at;
    while (this.text.charAt(this.at) === '>') this.at++;
    // A source route (RFC 5322 4.4): `<@a.example,@b.example:taro@example.jp>`.
    if (inside.startsWith('@') && inside.includes(':'))
      inside = inside.slice(inside.indexOf(':') + 1);
    this.parts.angle = bare(withoutComments(inside));
  }

  private isNameAlone(): boolean {
    const last = this.found.at(-1);
    // Names of mailboxes on the same machine are small: `root, Taro <taro@example.jp>`.
    return last?.address === '' && /^\P{Ll}/u.test(last.name) && this.found.at(-2)?.address !== '';
  }

  private end(): void {
    const { phrase, comment, angle, quoted } = this.parts;
    this.parts = empty();
    const goesOn = this.mayGoOn;
    this.mayGoOn = false;
    const said = trimDots(quoted ? phrase : phrase.replace(/\s+/g, ' '));
    if (angle !== undefined) {
      const name = decodeWords(said) || decodeWords(comment.trim());
      const inAngle = angle.includes('=?') ? decodeWords(angle) : angle;
      // `Smith, John <john@example.jp>`: the quotes were forgotten, and it is one person.
      if (goesOn && !quoted && said !== '' && inAngle.includes('@')) {
        this.push(`${this.found.pop()?.name ?? ''}, ${name}`, inAngle.replace(/\s+/g, ''));
        return;
      }
      if (inAngle !== '' || name !== '')
        this.push(name, inAngle.replace(/\s+/g, inAngle.startsWith('"') ? ' ' : ''));
      return;
    }
    if (said === '') return;
    const decoded = decodeWords(said);
    const split = fromPhrase(said);
    if (split !== undefined) {
      const name = decodeWords(split.name) || decodeWords(comment.trim());
      for (const address of split.addresses)
        this.push(split.addresses.length > 1 ? '' : name, address);
      return;
    }
    // A program that encoded the whole of it: `=?utf-8?B?…?=` with `Name <address>` inside.
    if (decoded !== said && decoded.includes('@')) {
      for (const address of new AddressReader(decoded.replaceAll('=?', '= ?')).read())
        this.found.push(address);
      return;
    }
    this.push(decoded, '');
  }

  private push(name: string, address: string): void {
    if (this.found.length < addressesMax) this.found.push({ name: name.trim(), address });
  }
}

/** `taro@example.jp` and `Taro <taro@example.jp>`, without anything that has a meaning of its own. */
const readUsual = (text: string): MailAddress | undefined => {
  let open = -1;
  let signs = 0;
  const end = text.endsWith('>') ? text.length - 1 : text.length;
  for (let at = 0; at < end; at++) {
    switch (text.charCodeAt(at)) {
      case 64: // @
        signs++;
        break;
      case 60: // <
        if (open >= 0 || signs > 0) return undefined;
        open = at;
        break;
      case 32:
        if (open >= 0) return undefined;
        break;
      case 34: // "
      case 40: // (
      case 44: // ,
      case 58: // :
      case 59: // ;
      case 61: // =
      case 62: // >
      case 91: // [
      case 92: // backslash
        return undefined;
      default:
        if (text.charCodeAt(at) < 32) return undefined;
    }
  }
  if (signs !== 1 || text.startsWith("'") || open >= 0 !== end < text.length) return undefined;
  if (open < 0) return text.includes(' ') ? undefined : { name: '', address: text };
  return { name: text.slice(0, open).trim(), address: text.slice(open + 1, end) };
};

/** The mailboxes of a From, To … header; members of groups among them, the groups' names not. */
export const readAddresses = (folded: string): readonly MailAddress[] => {
  const usual = readUsual(folded);
  return usual === undefined ? new AddressReader(unfold(folded)).read() : [usual];
};
