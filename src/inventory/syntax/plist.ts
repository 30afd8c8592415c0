/** A value of an OpenStep property list. */
export type PlistValue =
  | { readonly is: 'text'; readonly text: string; readonly line: number }
  | { readonly is: 'list'; readonly items: readonly PlistValue[]; readonly line: number }
  | { readonly is: 'dictionary'; readonly entries: readonly PlistEntry[]; readonly line: number };

export interface PlistEntry {
  readonly key: string;
  readonly line: number;
  readonly value: PlistValue;
}

export interface PlistReading {
  readonly value?: PlistValue;
  /** What GNUstep would refuse; it then ignores the whole file. */
  readonly fault?: { readonly why: string; readonly line: number };
}

const depthMax = 60;
const valuesMax = 100_000;
const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
};

class Fault extends Error {
  readonly line: number;
  constructor(why: string, line: number) {
    super(why);
    this.line = line;
  }
}

/** A cursor over the text; every step moves it forward, so that no input holds it. */
class PlistReader {
  private at = 0;
  private line = 1;
  private count = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  whole(): PlistValue {
    this.skip();
    const line = this.line;
    // A "strings file" is a dictionary without its braces; GNUstep takes it for one.
    const value: PlistValue = /[{(]/.test(this.here())
      ? this.value(0)
      : { is: 'dictionary', entries: this.pairs(0, ''), line };
    this.skip();
    if (this.at < this.text.length) this.fail('something follows the end of the list');
    return value;
  }

  private fail(why: string): never {
    throw new Fault(why, this.line);
  }

  private here(): string {
    return this.text.charAt(this.at);
  }

  private step(): void {
    if (this.here() === '\n') this.line += 1;
    this.at += 1;
  }

  /** Blank space, `//` to the end of the line, and slash-star comments. */
  private skip(): void {
    for (;;) {
      while (/\s/.test(this.here())) this.step();
      if (this.text.startsWith('//', this.at)) {
        while (this.at < this.text.length && this.here() !== '\n') this.step();
      } else if (this.text.startsWith('/*', this.at)) {
        const end = this.text.indexOf('*/', this.at + 2);
        if (end < 0) this.fail('a comment does not end');
        while (this.at < end + 2) this.step();
      } else return;
    }
  }

  private value(depth: number): PlistValue {
    this.skip();
    this.count += 1;
    if (depth > depthMax || this.count > valuesMax) this.fail('it is nested too deep or too long');
    const line = this.line;
    if (this.here() === '{') return { is: 'dictionary', entries: this.entries(depth), line };
    if (this.here() === '(') return { is: 'list', items: this.items(depth), line };
    return { is: 'text', text: this.word(), line };
  }

  private entries(depth: number): readonly PlistEntry[] {
    this.step();
    const out = this.pairs(depth, '}');
    this.step();
    return out;
  }

  /** `key = value;` up to `end`, which is left standing; the end of the text where it is empty. */
  private pairs(depth: number, end: string): readonly PlistEntry[] {
    const out: PlistEntry[] = [];
    for (;;) {
      this.skip();
      if (this.here() === end) return out;
      const line = this.line;
      const key = this.word();
      this.skip();
      if (this.here() !== '=') this.fail(`"${key.slice(0, 40)}" is not followed by "="`);
      this.step();
      out.push({ key, line, value: this.value(depth + 1) });
      this.skip();
      // GNUstep lets the last semicolon of a dictionary be left out.
      if (this.here() === ';') this.step();
      else if (this.here() !== end)
        this.fail(`the value of "${key.slice(0, 40)}" is not ended by ";"`);
    }
  }

  private items(depth: number): readonly PlistValue[] {
    const out: PlistValue[] = [];
    this.step();
    for (;;) {
      this.skip();
      if (this.here() === ')') {
        this.step();
        return out;
      }
      out.push(this.value(depth + 1));
      this.skip();
      if (this.here() === ',') this.step();
      else if (this.here() !== ')') this.fail('an item is not followed by "," or ")"');
    }
  }

  private word(): string {
    if (this.here() === '"') return this.quoted();
    if (this.here() === '<') return this.data();
    const from = this.at;
    while (this.at < this.text.length && /[^\s{}()=;,"<>]/.test(this.here())) {
      if (this.text.startsWith('/*', this.at)) break;
      this.step();
    }
    if (this.at === from)
      this.fail(
        this.at >= this.text.length ? 'it ends too early' : `"${this.here()}" is out of place`,
      );
    return this.text.slice(from, this.at);
  }

  private data(): string {
    const end = this.text.indexOf('>', this.at);
    if (end < 0) this.fail('data does not end');
    const from = this.at;
    while (this.at <= end) this.step();
    return this.text.slice(from, end + 1);
  }

  private quoted(): string {
    let out = '';
    this.step();
    while (this.at < this.text.length && this.here() !== '"') {
      if (this.here() === '\\') {
        this.step();
        out += escapes[this.here()] ?? this.here();
      } else out += this.here();
      this.step();
    }
    if (this.at >= this.text.length) this.fail('a quoted text does not end');
    this.step();
    return out;
  }
}

/** Reads an OpenStep property list as GNUstep does: `{ key = value; list = ( a, b ); }`. */
export const readPlist = (text: string): PlistReading => {
  try {
    return { value: new PlistReader(text).whole() };
  } catch (thrown) {
    if (thrown instanceof Fault) return { fault: { why: thrown.message, line: thrown.line } };
    throw thrown;
  }
};

/** The last entry of that key. */
export const plistEntry = (value: PlistValue | undefined, key: string): PlistEntry | undefined =>
  value?.is === 'dictionary' ? value.entries.findLast(entry => entry.key === key) : undefined;

export const plistText = (
  value: PlistValue | undefined,
  key: string,
): { readonly text: string; readonly line: number } | undefined => {
  const entry = plistEntry(value, key);
  return entry?.value.is === 'text' ? { text: entry.value.text, line: entry.line } : undefined;
};

/** `( a, b )`, or a single value where a list may stand. */
export const plistItems = (value: PlistValue | undefined, key: string): readonly PlistValue[] => {
  const found = plistEntry(value, key)?.value;
  if (found === undefined) return [];
  return found.is === 'list' ? found.items : [found];
};

/** `YES`, as `-boolValue` takes it. */
export const plistYes = (value: PlistValue | undefined, key: string): boolean =>
  /^(?:YES|Y|TRUE|T|[1-9]\d*)$/i.test(plistText(value, key)?.text ?? '');
