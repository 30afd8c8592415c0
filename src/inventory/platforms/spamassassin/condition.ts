/** What a conditional line of SpamAssassin may ask about (`if`, `ifplugin`). */
export interface Facts {
  /** As `$Mail::SpamAssassin::VERSION` writes it: 4.000001. Undefined when not known. */
  readonly version: number | undefined;
  plugin(name: string): boolean;
}

type Value = number | boolean | undefined;

const lexer = /!=|[()!]|&&|\|\||[<>=]=?|[+\-*/%]|\d+(?:\.\d+)?|[A-Za-z_][\w:]*/g;
const tokensMax = 500;
const depthMax = 40;

const truth = (value: Value): boolean | undefined =>
  typeof value === 'number' ? value !== 0 : value;

/**
 * Evaluates a condition of `if (…)`. Undefined: it depends on what cannot be seen from outside, such
 * as `can(…)` or the version of Perl.
 */
export const evaluate = (text: string, facts: Facts): boolean | undefined => {
  const tokens: readonly string[] = text.slice(0, 4_000).match(lexer) ?? [];
  if (tokens.length > tokensMax) return undefined;
  return truth(new Reader(tokens, facts).or(0));
};

class Reader {
  readonly #tokens: readonly string[];
  readonly #facts: Facts;
  #at = 0;

  constructor(tokens: readonly string[], facts: Facts) {
    this.#tokens = tokens;
    this.#facts = facts;
  }

  or(depth: number): Value {
    let left = this.#and(depth);
    while (this.#peek() === '||') {
      this.#at += 1;
      const right = this.#and(depth);
      left =
        truth(left) === true || truth(right) === true
          ? true
          : truth(left) === undefined || truth(right) === undefined
            ? undefined
            : false;
    }
    return left;
  }

  #and(depth: number): Value {
    let left = this.#comparison(depth);
    while (this.#peek() === '&&') {
      this.#at += 1;
      const right = this.#comparison(depth);
      left =
        truth(left) === false || truth(right) === false
          ? false
          : truth(left) === undefined || truth(right) === undefined
            ? undefined
            : true;
    }
    return left;
  }

  #comparison(depth: number): Value {
    const left = this.#single(depth);
    const operator = this.#peek();
    if (!/^(?:[<>]=?|==?|!=)$/.test(operator)) return left;
    this.#at += 1;
    const right = this.#single(depth);
    if (left === undefined || right === undefined) return undefined;
    const [a, b] = [Number(left), Number(right)];
    switch (operator) {
      case '<':
        return a < b;
      case '<=':
        return a <= b;
      case '>':
        return a > b;
      case '>=':
        return a >= b;
      case '!=':
        return a !== b;
      case '=':
      case '==':
        return a === b;
    }
    return undefined;
  }

  #single(depth: number): Value {
    const token = this.#peek();
    this.#at += 1;
    if (depth > depthMax || token === '') return undefined;
    if (token === '!') {
      const value = truth(this.#single(depth + 1));
      return value === undefined ? undefined : !value;
    }
    if (token === '(') {
      const value = this.or(depth + 1);
      if (this.#peek() === ')') this.#at += 1;
      return value;
    }
    if (token === 'version') return this.#facts.version;
    if (token === 'local_tests_only') return false;
    if (/^\d/.test(token)) return Number(token);
    const argument = this.#argument();
    return token === 'plugin' && argument !== '' ? this.#facts.plugin(argument) : undefined;
  }

  #argument(): string {
    if (this.#peek() !== '(') return '';
    this.#at += 1;
    const argument = this.#peek();
    this.#at += 1;
    if (this.#peek() === ')') this.#at += 1;
    return argument;
  }

  #peek(): string {
    return this.#tokens[this.#at] ?? '';
  }
}
