import { absent } from './columns.ts';

const loneSurrogate = /\p{Surrogate}/u;

/** A copy with memory of its own: a piece of a line would hold all of the chunk that it was cut from. */
const ownCopy = (text: string): string =>
  text.length < 13 ? text : Buffer.from(text, 'utf16le').toString('utf16le');

/** Gives each text a number. It only grows, so that whoever has a number can look it up at any time. */
export class Interner {
  readonly texts: string[] = [];
  chars = 0;
  private readonly codes = new Map<string, number>();
  private readonly illFormed = new Set<number>();
  private last = '';
  private lastCode = absent;

  code(text: string): number {
    if (text === this.last && this.lastCode !== absent) return this.lastCode;
    let code = this.codes.get(text);
    if (code === undefined) {
      code = this.texts.length;
      const own = ownCopy(text);
      this.texts.push(own);
      this.codes.set(own, code);
      this.chars += own.length;
      if (loneSurrogate.test(own)) this.illFormed.add(code);
    }
    this.last = text;
    this.lastCode = code;
    return code;
  }

  /** Whether the text can be written in UTF-8 and come back the same. */
  isExact(code: number): boolean {
    return this.illFormed.size === 0 || !this.illFormed.has(code);
  }
}
