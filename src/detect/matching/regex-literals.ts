import { fold } from './fold.ts';

/** Shorter ones stand nearly everywhere, and tell nothing. */
const lengthMin = 3;
const alternativesMax = 200;

/**
 * Texts of which one stands, folded, in every text that a pattern of RE2 fits; undefined where none can be told. It
 * is no matter whether a pattern is read to its end: what is not understood ends a text.
 *
 * @param knowsLongS whoever looks for them takes `ſ` for an `s`, as RE2 does where it ignores case
 */
export const literalsOf = (
  source: string,
  flags: readonly string[],
  knowsLongS = false,
): readonly string[] | undefined => {
  if (source.length > 20_000 || source.includes(String.raw`\Q`)) return undefined;
  const found = new Scan(
    source,
    flags.includes('i') || /\(\?[a-zA-Z]*i/.test(source),
    knowsLongS,
  ).alternatives();
  return isTelling(found) ? found : undefined;
};

type Texts = readonly string[] | undefined;

const shortest = (texts: readonly string[]): number =>
  texts.reduce((least, text) => Math.min(least, text.length), Number.POSITIVE_INFINITY);

const isTelling = (texts: Texts): texts is readonly string[] =>
  texts !== undefined && texts.length <= alternativesMax && shortest(texts) >= lengthMin;

const better = (one: Texts, other: Texts): Texts => {
  if (!isTelling(other)) return one;
  return one === undefined || shortest(other) > shortest(one) ? other : one;
};

class Scan {
  readonly #letters: readonly string[];
  readonly #ignoresCase: boolean;
  readonly #knowsLongS: boolean;
  #at = 0;
  #depth = 0;

  constructor(source: string, ignoresCase: boolean, knowsLongS: boolean) {
    this.#letters = Array.from(source);
    this.#ignoresCase = ignoresCase;
    this.#knowsLongS = knowsLongS;
  }

  /** Up to the end or the parenthesis that closes: each alternative must have a text. */
  alternatives(): Texts {
    let all: string[] | undefined = [];
    for (;;) {
      const texts = this.#sequence();
      if (texts === undefined) all = undefined;
      else all?.push(...texts);
      if (this.#letters[this.#at] !== '|') return all;
      this.#at++;
    }
  }

  #sequence(): Texts {
    let best: Texts;
    let run = '';
    const end = (): void => {
      best = better(best, [run]);
      run = '';
    };
    for (;;) {
      const letter = this.#letters[this.#at];
      if (letter === undefined || letter === '|' || letter === ')') {
        end();
        return best;
      }
      this.#at++;
      const atom = this.#atom(letter);
      const { isOptional, isRepeated } = this.#quantifier();
      if (typeof atom === 'string' && !isOptional) run += atom;
      else {
        end();
        if (typeof atom === 'object' && !isOptional) best = better(best, atom);
      }
      if (isRepeated) end();
    }
  }

  /** One letter, folded; the texts of a group; or undefined for everything else. */
  #atom(letter: string): string | Texts {
    switch (letter) {
      case '\\':
        return this.#escape();
      case '[':
        this.#skipClass();
        return undefined;
      case '(':
        return this.#group();
      case '.':
      case '^':
      case '$':
        return undefined;
      default:
        return this.#literal(letter);
    }
  }

  #literal(letter: string): string | undefined {
    // Ignoring case, RE2 takes `ſ` for `s`, and more of the kind beyond ASCII, which `fold` does not.
    const isLongS = !this.#knowsLongS && (letter === 's' || letter === 'S');
    if (this.#ignoresCase && (letter > '\x7f' || isLongS)) return undefined;
    return fold(letter);
  }

  #escape(): string | undefined {
    const letter = this.#letters[this.#at++] ?? '';
    if (letter === 'n') return '\n';
    if (letter === 't') return '\t';
    if (letter === 'r') return '\r';
    if (letter !== '' && /^[!-/:-@[-`{-~]$/.test(letter)) return letter;
    // `\x{41}` and `\p{Greek}`: what is in braces is no repetition.
    const isBraced = /^[xpP]$/.test(letter) && this.#letters[this.#at] === '{';
    if (isBraced) this.#skipTo('}');
    else if (letter === 'x') this.#at += 2;
    else if (letter === 'p' || letter === 'P') this.#at++;
    else if (/^[0-7]$/.test(letter)) this.#skipOctal();
    return undefined;
  }

  #skipOctal(): void {
    while (/^[0-7]$/.test(this.#letters[this.#at] ?? '')) this.#at++;
  }

  #skipTo(end: string): void {
    while (this.#at < this.#letters.length && this.#letters[this.#at++] !== end);
  }

  #skipClass(): void {
    if (this.#letters[this.#at] === '^') this.#at++;
    if (this.#letters[this.#at] === ']') this.#at++;
    while (this.#at < this.#letters.length) {
      const letter = this.#letters[this.#at++];
      if (letter === ']') return;
      if (letter === '\\') this.#at++;
      else if (letter === '[' && this.#letters[this.#at] === ':') this.#skipTo(']');
    }
  }

  #group(): Texts {
    if (this.#letters[this.#at] === '?') {
      this.#at++;
      while (/^[a-zA-Z-]$/.test(this.#letters[this.#at] ?? '')) this.#at++;
      const next = this.#letters[this.#at];
      if (next === ':') this.#at++;
      else if (next === '<') this.#skipTo('>');
      else if (next === ')') {
        this.#at++;
        return undefined;
      }
    }
    this.#depth++;
    // What is nested that deep is not looked into, nor is anything behind it.
    if (this.#depth > 200) this.#at = this.#letters.length;
    const texts = this.alternatives();
    this.#depth--;
    if (this.#letters[this.#at] === ')') this.#at++;
    return texts;
  }

  #quantifier(): { readonly isOptional: boolean; readonly isRepeated: boolean } {
    let isOptional = false;
    let isRepeated = false;
    for (;;) {
      const letter = this.#letters[this.#at];
      if (letter === '+') isRepeated = true;
      else if (letter === '*' || letter === '?') isOptional = true;
      else if (letter === '{' && this.#isRepetition()) {
        // `{0,3}` may be none; that others are at least one is not made use of.
        isOptional = true;
        this.#skipTo('}');
        continue;
      } else return { isOptional, isRepeated };
      this.#at++;
    }
  }

  #isRepetition(): boolean {
    const rest = this.#letters.slice(this.#at, this.#at + 12).join('');
    return /^\{\d+(?:,\d*)?\}/.test(rest);
  }
}
