import { decodeText } from '../charsets/decode.ts';
import { unfold } from './block.ts';
import { decodeWords } from './encoded-words.ts';

/** A value with parameters, as Content-Type and Content-Disposition have: `text/plain; charset=utf-8`. */
export interface Parameterised {
  /** Lower case. */
  readonly value: string;
  /** Names lower case; RFC 2231 and encoded words decoded. */
  readonly parameters: ReadonlyMap<string, string>;
}

const valueMax = 65_536;
const parametersMax = 200;

interface Parameter {
  readonly name: string;
  readonly value: string;
}

/** Goes over the value once. Comments are dropped outside of quotes, a quote without an end goes to the end. */
class Scanner {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  get done(): boolean {
    return this.at >= this.text.length;
  }

  /** Up to one of the marks (not taken), without comments and outer white space. */
  until(marks: string): string {
    let out = '';
    while (!this.done) {
      const character = this.text.charAt(this.at);
      if (marks.includes(character)) break;
      if (character === '(') {
        this.comment();
        continue;
      }
      out += character;
      this.at++;
    }
    return out.trim();
  }

  private comment(): void {
    const from = this.at;
    let depth = 0;
    for (; this.at < this.text.length; this.at++) {
      const character = this.text.charAt(this.at);
      if (character === '\\') this.at++;
      else if (character === '(') depth++;
      else if (character === ')' && --depth === 0) {
        this.at++;
        return;
      }
    }
    // Without an end it was no comment; only the parenthesis goes.
    this.at = Math.max(from + 1, this.text.indexOf(';', from));
    if (this.text.indexOf(';', from) < 0) this.at = this.text.length;
  }

  skip(mark: string): boolean {
    if (this.text.charAt(this.at) !== mark) return false;
    this.at++;
    return true;
  }

  /** A quoted string where one begins here (marks around it not in the answer), else what stands up to `;`. */
  value(): string {
    while (this.text.charCodeAt(this.at) <= 32) this.at++;
    if (this.text.charAt(this.at) === '(') {
      this.comment();
      while (this.text.charCodeAt(this.at) <= 32) this.at++;
    }
    const mark = this.text.charAt(this.at);
    if (mark !== '"') return this.bare();
    let out = '';
    for (this.at++; this.at < this.text.length; this.at++) {
      const character = this.text.charAt(this.at);
      if (character === '"') {
        this.at++;
        break;
      }
      if (character === '\\' && '"\\'.includes(this.text.charAt(this.at + 1) || ' ')) this.at++;
      out += this.text.charAt(this.at);
    }
    return out;
  }

  /** Unquoted; ends at `;`, and at white space where another parameter follows without a semicolon. */
  private bare(): string {
    const from = this.at;
    while (!this.done && this.text.charAt(this.at) !== ';') {
      const character = this.text.charAt(this.at);
      if (character === '(' && this.at > from && this.text.charCodeAt(this.at - 1) <= 32) break;
      if (character.charCodeAt(0) <= 32 && this.parameterFollows()) break;
      this.at++;
    }
    return this.text.slice(from, this.at).trim();
  }

  private parameterFollows(): boolean {
    let at = this.at;
    while (at < this.text.length && this.text.charCodeAt(at) <= 32) at++;
    const from = at;
    while (at < this.text.length && at - from < 40 && /[A-Za-z0-9*_-]/.test(this.text.charAt(at)))
      at++;
    return at > from && this.text.charAt(at) === '=';
  }
}

const readAll = (text: string): { value: string; parameters: Parameter[] } => {
  const scanner = new Scanner(text);
  let value = scanner.until(';=');
  const parameters: Parameter[] = [];
  // `text/plain charset=x`: the semicolon was forgotten.
  const space = value.search(/\s/);
  let pending = '';
  if (space >= 0) {
    pending = value.slice(space).trim();
    value = value.slice(0, space);
  }
  if (scanner.skip('=')) {
    parameters.push({ name: (pending || value).toLowerCase(), value: scanner.value() });
    if (pending === '') value = '';
    readFollowing(scanner, parameters);
  }
  while (!scanner.done && parameters.length < parametersMax) {
    scanner.until(';');
    if (!scanner.skip(';')) break;
    readOne(scanner, parameters);
  }
  return { value: value.toLowerCase(), parameters };
};

const readOne = (scanner: Scanner, parameters: Parameter[]): void => {
  const name = scanner.until(';=').toLowerCase();
  if (scanner.skip('=')) {
    parameters.push({ name, value: scanner.value() });
    readFollowing(scanner, parameters);
  }
};

/** `a="x" b="y"`: what follows a value without a semicolon. */
const readFollowing = (scanner: Scanner, parameters: Parameter[]): void => {
  while (!scanner.done && parameters.length < parametersMax) {
    const name = scanner.until(';=').toLowerCase();
    if (!scanner.skip('=')) break;
    parameters.push({ name, value: scanner.value() });
  }
};

const percentBytes = (text: string): Buffer => {
  const bytes = Buffer.from(text, 'utf8');
  const out = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const value =
      bytes[at] === 37 ? Number.parseInt(bytes.toString('latin1', at + 1, at + 3), 16) : Number.NaN;
    const isPair = /^[0-9a-f]{2}$/i.test(bytes.toString('latin1', at + 1, at + 3));
    if (isPair && bytes[at] === 37) {
      out[length++] = value;
      at += 2;
    } else out[length++] = bytes[at] ?? 0;
  }
  return out.subarray(0, length);
};

interface Section {
  readonly index: number;
  readonly isEncoded: boolean;
  readonly value: string;
}

/** `filename*1*` is section 1, encoded (RFC 2231 3 and 4). */
const sectionPattern = /^([^*]+)\*(?:([0-9]{1,4})(\*)?)?$/;

/** Puts the sections of one parameter together; the first says charset and language: `utf-8'ja'…`. */
const join = (sections: readonly Section[]): string => {
  const inOrder = [...sections].sort((left, right) => left.index - right.index);
  let charset: string | undefined;
  const pieces: Buffer[] = [];
  for (const [place, section] of inOrder.entries()) {
    let { value } = section;
    if (section.isEncoded && place === 0) {
      const first = value.indexOf("'");
      const second = first < 0 ? -1 : value.indexOf("'", first + 1);
      if (second >= 0) {
        charset = value.slice(0, first);
        value = value.slice(second + 1);
      }
    }
    pieces.push(section.isEncoded ? percentBytes(value) : Buffer.from(value, 'utf8'));
  }
  return decodeText(Buffer.concat(pieces), charset === '' ? undefined : charset).text;
};

const decode = (parameters: readonly Parameter[]): ReadonlyMap<string, string> => {
  const plain = new Map<string, string>();
  const sections = new Map<string, Section[]>();
  for (const { name, value } of parameters) {
    const found = name.includes('*') ? sectionPattern.exec(name) : null;
    if (found?.[1] === undefined) {
      if (name !== '' && !plain.has(name)) plain.set(name, decodeWords(value));
      continue;
    }
    const list = sections.get(found[1]) ?? [];
    const isWhole = found[2] === undefined;
    list.push({ index: Number(found[2] ?? 0), isEncoded: isWhole || found[3] === '*', value });
    sections.set(found[1], list);
  }
  for (const [name, list] of sections) {
    const joined = join(list);
    plain.set(name, joined.includes('=?') ? decodeWords(joined) : joined);
  }
  return plain;
};

const cache = new Map<string, Parameterised>();
const cacheMax = 500;

/** Reads a value with parameters; never throws, whatever stands there. */
export const readParameters = (folded: string): Parameterised => {
  const kept = cache.get(folded);
  if (kept !== undefined) return kept;
  const { value, parameters } = readAll(unfold(folded.slice(0, valueMax)));
  const read = { value, parameters: decode(parameters) };
  // Most messages say one of a few things; boundaries are new in each and are not worth keeping.
  if (folded.length < 60 && !folded.includes('oundary')) {
    if (cache.size >= cacheMax) cache.clear();
    cache.set(folded, read);
  }
  return read;
};
