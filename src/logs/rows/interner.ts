import { absent } from './columns.ts';

const loneSurrogate = /\p{Surrogate}/u;

/** Characters of one byte, which need half the memory and are compared at once. */
const latin = /^[\0-\xff]*$/;

/** A copy with memory of its own: a piece of a line would hold all of the line that it was cut from. */
const ownCopy = (text: string, isLatin: boolean): string => {
  if (text.length < 13) return text;
  const encoding = isLatin ? 'latin1' : 'utf16le';
  return Buffer.from(text, encoding).toString(encoding);
};

/** Words that are remembered by their length. */
const wordSlots = 16;

/** Gives each text a number. It only grows, so that whoever has a number can look it up at any time. */
export class Interner {
  readonly texts: string[] = [];
  chars = 0;
  private readonly codes = new Map<string, number>();
  private readonly illFormed = new Set<number>();
  private readonly words: (string | undefined)[] = Array.from({ length: wordSlots });
  private readonly wordCodes = new Int32Array(wordSlots);
  private last = '';
  private lastCode = absent;

  code(text: string): number {
    if (text === this.last && this.lastCode !== absent) return this.lastCode;
    const code = this.codes.get(text) ?? this.learn(text);
    this.last = text;
    this.lastCode = code;
    return code;
  }

  /** The same of a text of which there are few: it is likely the one of its length that came last. */
  word(text: string): number {
    const slot = text.length % wordSlots;
    if (text === this.words[slot]) return this.wordCodes[slot] ?? absent;
    const code = this.code(text);
    this.words[slot] = text;
    this.wordCodes[slot] = code;
    return code;
  }

  /** The number of a text that is hardly ever the same twice: nobody looks whether it is. */
  next(text: string): number {
    this.chars += text.length;
    return this.texts.push(text) - 1;
  }

  /** Whether the text can be written in UTF-8 and come back the same. */
  isExact(code: number): boolean {
    return this.illFormed.size === 0 || !this.illFormed.has(code);
  }

  private learn(text: string): number {
    const isLatin = latin.test(text);
    const own = ownCopy(text, isLatin);
    const code = this.next(own);
    this.codes.set(own, code);
    if (!isLatin && loneSurrogate.test(own)) this.illFormed.add(code);
    return code;
  }
}
