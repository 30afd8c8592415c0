import { perlTokens, type Token } from './perl-lexer.ts';

/** A value of a Perl configuration file, as far as it can be told without running Perl. */
export type PerlValue =
  | { readonly is: 'text'; readonly text: string; readonly line: number }
  | { readonly is: 'undef'; readonly line: number }
  | { readonly is: 'list'; readonly items: readonly PerlValue[]; readonly line: number }
  | {
      readonly is: 'hash';
      readonly pairs: readonly (readonly [string, PerlValue])[];
      readonly line: number;
    }
  /** A call, with its arguments: `new_RE(…)`. */
  | {
      readonly is: 'call';
      readonly name: string;
      readonly items: readonly PerlValue[];
      readonly line: number;
    }
  /** Code, patterns, whatever Perl would have to work out. */
  | { readonly is: 'other'; readonly line: number };

/** One statement that sets something, or calls something by name. */
export interface PerlStatement {
  /** `$name`, `@name`, `%name`, `$name{KEY}`; the function's name for a call. */
  readonly target: string;
  /** `=` replaces; `push` and `unshift` add; `call` is a call; `or` sets what is not set yet. */
  readonly how: '=' | 'push' | 'unshift' | 'call' | 'or';
  readonly value: PerlValue;
  /** False: it stands under a condition that only Perl can decide. */
  readonly certain: boolean;
  readonly line: number;
}

const limits = { depth: 40, statements: 50_000 } as const;

/**
 * Reads the assignments of a Perl file in order. `known` holds scalars set by files before it, for
 * strings that name them; it is added to.
 */
export const readPerl = (
  text: string,
  known: Map<string, string> = new Map(),
): readonly PerlStatement[] => new Parser(perlTokens(text), known).statements();

class Parser {
  readonly #tokens: readonly Token[];
  readonly #known: Map<string, string>;
  readonly #out: PerlStatement[] = [];
  #at = 0;

  constructor(tokens: readonly Token[], known: Map<string, string>) {
    this.#tokens = tokens;
    this.#known = known;
  }

  statements(): readonly PerlStatement[] {
    this.#block(true, 0);
    return this.#out;
  }

  #block(certain: boolean, depth: number): void {
    while (this.#at < this.#tokens.length && this.#out.length < limits.statements) {
      const token = this.#tokens[this.#at];
      if (token === undefined) return;
      if (token.text === '}' && token.kind === 'sign') {
        if (depth === 0) this.#at += 1;
        else return;
      } else if (token.kind === 'sign' && token.text === ';') this.#at += 1;
      else this.#statement(certain, depth);
    }
  }

  #statement(certain: boolean, depth: number): void {
    const start = this.#at;
    const token = this.#peek();
    if (token.kind === 'word' && /^(?:sub|package|use|no|return|require)$/.test(token.text)) {
      if (token.text === 'sub') this.#skipSub();
      else this.#skipStatement();
    } else if (
      token.kind === 'word' &&
      /^(?:if|unless|elsif|while|until|for|foreach)$/.test(token.text)
    ) {
      this.#at += 1;
      this.#skipTo('{');
      this.#inner(false, depth);
    } else if (token.kind === 'word' && token.text === 'else') {
      this.#at += 1;
      this.#inner(false, depth);
    } else if (token.kind === 'sign' && token.text === '{') this.#inner(certain, depth);
    else {
      const found = this.#assignment();
      if (found !== undefined) {
        const conditional = this.#endOfStatement();
        const whole = { ...found, certain: certain && !conditional };
        this.#out.push(whole);
        this.#remember(whole);
      } else {
        this.#at = start;
        this.#skipStatement();
      }
    }
    if (this.#at === start) this.#at += 1;
  }

  #inner(certain: boolean, depth: number): void {
    if (this.#peek().text !== '{') return;
    this.#at += 1;
    if (depth >= limits.depth) {
      this.#at -= 1;
      this.#skipGroup();
      return;
    }
    this.#block(certain, depth + 1);
    if (this.#peek().text === '}') this.#at += 1;
  }

  #assignment(): Omit<PerlStatement, 'certain'> | undefined {
    const token = this.#peek();
    if (token.kind === 'word' && /^(?:my|our|local)$/.test(token.text)) {
      this.#at += 1;
      return this.#assignment();
    }
    if (token.kind === 'word' && /^(?:push|unshift)$/.test(token.text)) return this.#push(token);
    if (token.kind === 'word') {
      this.#at += 1;
      const items = this.#peek().text === '(' ? this.#list('(', 1) : this.#loose(1);
      const value: PerlValue = { is: 'list', items, line: token.line };
      return { target: token.text, how: 'call', value, line: token.line };
    }
    if (token.kind !== 'variable') return undefined;
    const target = this.#target();
    const sign = this.#peek().text;
    if (sign === '=') {
      this.#at += 1;
      // `$a = $b = 1`: the outer target is what counts.
      const value = this.#expression(1);
      if (this.#peek().text === '=') {
        this.#at += 1;
        const inner = this.#expression(1);
        return { target, how: '=', value: inner, line: token.line };
      }
      return { target, how: '=', value, line: token.line };
    }
    if ((sign === '||' || sign === '//') && this.#tokens[this.#at + 1]?.text === '=') {
      this.#at += 2;
      return { target, how: 'or', value: this.#expression(1), line: token.line };
    }
    return undefined;
  }

  #push(token: Token): Omit<PerlStatement, 'certain'> | undefined {
    this.#at += 1;
    const parens = this.#peek().text === '(';
    if (parens) this.#at += 1;
    if (this.#peek().kind !== 'variable') return undefined;
    const target = this.#target();
    if (this.#peek().text === ',') this.#at += 1;
    const items = this.#loose(1);
    if (parens && this.#peek().text === ')') this.#at += 1;
    const how = token.text === 'push' ? 'push' : 'unshift';
    return { target, how, value: { is: 'list', items, line: token.line }, line: token.line };
  }

  /** A variable with the keys after it: `$policy_bank{'ORIGINATING'}`. */
  #target(): string {
    let target = this.#next().text;
    for (let k = 0; k < 8; k++) {
      const offset = this.#peek().text === '->' ? 1 : 0;
      const open = this.#tokens[this.#at + offset]?.text;
      const key = this.#tokens[this.#at + offset + 1];
      const close = this.#tokens[this.#at + offset + 2]?.text;
      if (open !== '{' && open !== '[') break;
      if (key === undefined || (close !== '}' && close !== ']')) break;
      target += `{${key.text}}`;
      this.#at += offset + 3;
    }
    return target;
  }

  /** Values up to the end of the statement. */
  #loose(depth: number): readonly PerlValue[] {
    const items: PerlValue[] = [];
    while (this.#at < this.#tokens.length && !/^[;)}\]]$/.test(this.#signAt())) {
      if (/^(?:,|=>)$/.test(this.#signAt())) this.#at += 1;
      else if (/^(?:if|unless|or|and|for|foreach)$/.test(this.#peek().text)) break;
      else items.push(this.#expression(depth));
    }
    return items;
  }

  #list(open: string, depth: number): readonly PerlValue[] {
    const close = open === '(' ? ')' : open === '[' ? ']' : '}';
    this.#at += 1;
    const items: PerlValue[] = [];
    while (this.#at < this.#tokens.length && this.#signAt() !== close) {
      if (/^(?:,|=>)$/.test(this.#signAt())) this.#at += 1;
      else if (/^[;)}\]]$/.test(this.#signAt())) {
        // Brackets that do not match: leave what is there to the caller.
        return items;
      } else items.push(this.#expression(depth));
    }
    this.#at += 1;
    return items;
  }

  /** One value with its operators; what cannot be worked out is `other`. */
  #expression(depth: number): PerlValue {
    const line = this.#peek().line;
    if (depth > limits.depth) {
      this.#skipGroup();
      return { is: 'other', line };
    }
    let value = this.#term(depth);
    for (let steps = 0; steps < 10_000; steps++) {
      const sign = this.#signAt();
      if (sign === '.') {
        this.#at += 1;
        const right = this.#term(depth);
        value =
          value.is === 'text' && right.is === 'text'
            ? { is: 'text', text: (value.text + right.text).slice(0, 65_536), line }
            : { is: 'other', line };
      } else if (/^[*+\-/]$/.test(sign)) {
        this.#at += 1;
        const right = this.#term(depth);
        value = arithmetic(sign, value, right, line);
      } else if (/^(?:\|\||&&|\/\/|\?|:|==|!=|=~|<|>|x|->|\{|\[|\()$/.test(sign)) {
        if (/^[{[(]$/.test(sign)) this.#skipGroup();
        else {
          this.#at += 1;
          this.#term(depth);
        }
        value = { is: 'other', line };
      } else return value;
    }
    return value;
  }

  #term(depth: number): PerlValue {
    const token = this.#peek();
    const { line } = token;
    switch (token.kind) {
      case 'string':
        this.#at += 1;
        return token.interpolates === true
          ? this.#interpolated(token.text, line)
          : { is: 'text', text: token.text, line };
      case 'number':
        this.#at += 1;
        return { is: 'text', text: token.text, line };
      case 'words':
        this.#at += 1;
        return {
          is: 'list',
          items: token.text
            .split(/\s+/)
            .filter(word => word !== '')
            .slice(0, 10_000)
            .map(text => ({ is: 'text', text, line })),
          line,
        };
      case 'pattern':
        this.#at += 1;
        return { is: 'other', line };
      case 'variable': {
        this.#at += 1;
        const text = this.#known.get(token.text);
        return text === undefined ? { is: 'other', line } : { is: 'text', text, line };
      }
      case 'word':
        return this.#word(depth);
      case 'sign':
        return this.#sign(token, depth);
    }
  }

  #word(depth: number): PerlValue {
    const { text, line } = this.#next();
    if (text === 'undef') return { is: 'undef', line };
    if (text === 'sub' || text === 'do') {
      this.#skipTo('{');
      this.#skipGroup();
      return { is: 'other', line };
    }
    if (this.#signAt() === '(') {
      return { is: 'call', name: text, items: this.#list('(', depth + 1), line };
    }
    return { is: 'text', text, line };
  }

  #sign(token: Token, depth: number): PerlValue {
    const { line } = token;
    if (token.text === '(' || token.text === '[') {
      return { is: 'list', items: this.#list(token.text, depth + 1), line };
    }
    if (token.text === '{') {
      const items = this.#list('{', depth + 1);
      const pairs: (readonly [string, PerlValue])[] = [];
      for (let i = 0; i + 1 < items.length; i += 2) {
        const key = items[i];
        const value = items[i + 1];
        if (key?.is === 'text' && value !== undefined) pairs.push([key.text, value]);
      }
      return { is: 'hash', pairs, line };
    }
    this.#at += 1;
    if (token.text === '\\' && this.#peek().kind === 'variable') {
      const name = this.#next().text;
      return { is: 'text', text: name, line };
    }
    if (/^[\\!+]$/.test(token.text) && depth < limits.depth) return this.#term(depth + 1);
    if (token.text === '-' && depth < limits.depth) {
      const value = this.#term(depth + 1);
      return value.is === 'text' ? { ...value, text: `-${value.text}` } : value;
    }
    return { is: 'other', line };
  }

  #interpolated(text: string, line: number): PerlValue {
    let whole = true;
    const value = text.replace(
      /\$(?:\{(\w+)\}|(\w+))/g,
      (all, braced: string | undefined, bare: string | undefined) => {
        const found = this.#known.get(`$${braced ?? bare ?? ''}`);
        if (found === undefined) whole = false;
        return found ?? all;
      },
    );
    return whole ? { is: 'text', text: value.slice(0, 65_536), line } : { is: 'text', text, line };
  }

  #remember({ target, how, value, certain }: PerlStatement): void {
    if (!target.startsWith('$') || how === 'call') return;
    if (value.is === 'text' && certain) this.#known.set(target, value.text);
    else this.#known.delete(target);
  }

  /** Moves behind the `;`. Answers whether an `if` or `unless` hangs on the statement. */
  #endOfStatement(): boolean {
    let conditional = false;
    while (this.#at < this.#tokens.length) {
      const sign = this.#signAt();
      if (sign === ';') {
        this.#at += 1;
        break;
      }
      if (sign === '}') break;
      const { kind, text } = this.#peek();
      if (kind === 'word' && /^(?:if|unless|for|foreach|while)$/.test(text)) conditional = true;
      if (/^[({[]$/.test(sign)) this.#skipGroup();
      else this.#at += 1;
    }
    return conditional;
  }

  #skipStatement(): void {
    this.#endOfStatement();
  }

  #skipSub(): void {
    this.#skipTo('{');
    this.#skipGroup();
  }

  #skipTo(sign: string): void {
    while (this.#at < this.#tokens.length && this.#signAt() !== sign) this.#at += 1;
  }

  /** Over a bracket and all up to the one that closes it. */
  #skipGroup(): void {
    let depth = 0;
    while (this.#at < this.#tokens.length) {
      const sign = this.#signAt();
      if (/^[({[]$/.test(sign)) depth += 1;
      if (/^[)}\]]$/.test(sign)) depth -= 1;
      this.#at += 1;
      if (depth <= 0) return;
    }
  }

  #signAt(): string {
    const token = this.#tokens[this.#at];
    return token?.kind === 'sign' ? token.text : '';
  }

  #peek(): Token {
    return this.#tokens[this.#at] ?? { kind: 'sign', text: '', line: 0 };
  }

  #next(): Token {
    const token = this.#peek();
    this.#at += 1;
    return token;
  }
}

const arithmetic = (sign: string, left: PerlValue, right: PerlValue, line: number): PerlValue => {
  if (left.is !== 'text' || right.is !== 'text') return { is: 'other', line };
  const [a, b] = [Number(left.text), Number(right.text)];
  const result = sign === '*' ? a * b : sign === '+' ? a + b : sign === '-' ? a - b : a / b;
  return Number.isFinite(result)
    ? { is: 'text', text: String(result), line }
    : { is: 'other', line };
};

/** Every text in a value, lists within lists too. */
export const textsIn = (value: PerlValue, depth = 0): readonly string[] => {
  if (depth > limits.depth) return [];
  switch (value.is) {
    case 'text':
      return [value.text];
    case 'list':
    case 'call':
      return value.items.flatMap(item => textsIn(item, depth + 1));
    case 'hash':
      return value.pairs.flatMap(([, item]) => textsIn(item, depth + 1));
    case 'undef':
    case 'other':
      return [];
  }
};
