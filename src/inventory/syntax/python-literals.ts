/** A value that stands in a Python settings file as a literal; all else is `other`. */
export type PyValue =
  | { readonly is: 'text'; readonly text: string; readonly line: number }
  | { readonly is: 'list'; readonly items: readonly PyValue[]; readonly line: number }
  | { readonly is: 'dict'; readonly entries: readonly PyEntry[]; readonly line: number }
  | { readonly is: 'other'; readonly text: string; readonly line: number };

export interface PyEntry {
  readonly key: string;
  readonly line: number;
  readonly value: PyValue;
}

/** `NAME = value` or `NAME += value` at the left margin. */
export interface PyAssignment {
  readonly name: string;
  readonly operator: '=' | '+=';
  readonly value: PyValue;
  readonly line: number;
}

interface Token {
  readonly kind: 'text' | 'word' | 'mark' | 'newline';
  readonly text: string;
  readonly line: number;
  /** At the left margin. */
  readonly first: boolean;
}

const tokensMax = 200_000;
const depthMax = 40;
const plain: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

/** End of a string that opens at `from` with `quote` (one character or three), and its text. */
const stringAt = (
  source: string,
  from: number,
  quote: string,
  raw: boolean,
): { text: string; end: number } => {
  let text = '';
  let i = from + quote.length;
  for (; i < source.length && !source.startsWith(quote, i); i++) {
    const c = source.charAt(i);
    if (c === '\n' && quote.length === 1) break;
    if (c !== '\\') text += c;
    else if (raw) {
      text += source.slice(i, i + 2);
      i += 1;
    } else {
      i += 1;
      const next = source.charAt(i);
      if (next !== '\n') text += plain[next] ?? next;
    }
  }
  return { text, end: Math.min(source.length, i + quote.length) };
};

/** Tokens outside comments; within brackets a line's end means nothing. */
const tokens = (source: string): readonly Token[] => {
  const out: Token[] = [];
  let line = 1;
  let lineStart = 0;
  let depth = 0;
  let i = 0;
  const push = (kind: Token['kind'], text: string, at: number, atLine: number): void => {
    out.push({ kind, text, line: atLine, first: at === lineStart && depth === 0 });
  };
  while (i < source.length && out.length < tokensMax) {
    const c = source.charAt(i);
    if (c === '\n') {
      if (depth === 0) push('newline', '', i, line);
      line += 1;
      i += 1;
      lineStart = i;
      continue;
    }
    if (c === '\\' && source.charAt(i + 1) === '\n') {
      line += 1;
      i += 2;
      continue;
    }
    if (c === '#') {
      const end = source.indexOf('\n', i);
      i = end < 0 ? source.length : end;
      continue;
    }
    const prefix = /^[rRbBuUfF]{1,2}(?=["'])/.exec(source.slice(i, i + 3))?.[0] ?? '';
    const open = source.charAt(i + prefix.length);
    if (open === '"' || open === "'") {
      const triple = open.repeat(3);
      const quote = source.startsWith(triple, i + prefix.length) ? triple : open;
      const { text, end } = stringAt(source, i + prefix.length, quote, /r/i.test(prefix));
      push(/f/i.test(prefix) ? 'word' : 'text', text, i, line);
      line += source.slice(i, end).split('\n').length - 1;
      i = end;
      continue;
    }
    const word = /^[\w.]+/.exec(source.slice(i, i + 200))?.[0];
    if (word !== undefined) {
      push('word', word, i, line);
      i += word.length;
      continue;
    }
    if (!/\s/.test(c)) {
      push('mark', c, i, line);
      if ('([{'.includes(c)) depth += 1;
      if (')]}'.includes(c)) depth = Math.max(0, depth - 1);
    }
    i += 1;
  }
  return out;
};

const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

class Reader {
  at = 0;
  private readonly all: readonly Token[];

  constructor(all: readonly Token[]) {
    this.all = all;
  }

  peek(offset = 0): Token | undefined {
    return this.all[this.at + offset];
  }

  private isMark(text: string, offset = 0): boolean {
    const token = this.peek(offset);
    return token?.kind === 'mark' && token.text === text;
  }

  /** One value; what is not a literal is passed over up to the end of its expression. */
  value(depth: number): PyValue {
    const token = this.peek();
    const line = token?.line ?? 0;
    if (token?.kind === 'text') {
      let text = '';
      // Strings that stand side by side are one.
      for (; this.peek()?.kind === 'text'; this.at++)
        text = (text + (this.peek()?.text ?? '')).slice(0, 1 << 20);
      return this.ends() ? { is: 'text', text, line } : this.pass(text, line);
    }
    const close = token?.kind === 'mark' ? closing[token.text] : undefined;
    if (token === undefined || close === undefined || depth > depthMax) return this.pass('', line);
    this.at += 1;
    const value = token.text === '{' ? this.dict(depth, line) : this.list(close, depth, line);
    return this.ends() ? value : this.pass('', line);
  }

  private ends(): boolean {
    const token = this.peek();
    return (
      token === undefined ||
      token.kind === 'newline' ||
      (token.kind === 'mark' && ',)]}:;'.includes(token.text))
    );
  }

  private pass(before: string, line: number): PyValue {
    let depth = 0;
    let text = before;
    for (; this.peek() !== undefined; this.at++) {
      const token = this.peek();
      if (token === undefined || (depth === 0 && this.ends())) break;
      if (token.kind === 'mark' && '([{'.includes(token.text)) depth += 1;
      if (token.kind === 'mark' && ')]}'.includes(token.text)) depth -= 1;
      if (token.kind === 'word' && text.length < 200)
        text += `${text === '' ? '' : ' '}${token.text}`;
    }
    return { is: 'other', text, line };
  }

  private list(close: string, depth: number, line: number): PyValue {
    const items: PyValue[] = [];
    while (this.peek() !== undefined && !this.isMark(close)) {
      const from = this.at;
      items.push(this.value(depth + 1));
      if (this.isMark(',') || this.at === from) this.at += 1;
    }
    this.at += 1;
    return { is: 'list', items, line };
  }

  private dict(depth: number, line: number): PyValue {
    const entries: PyEntry[] = [];
    const items: PyValue[] = [];
    while (this.peek() !== undefined && !this.isMark('}')) {
      const from = this.at;
      const key = this.value(depth + 1);
      if (this.isMark(':')) {
        this.at += 1;
        const value = this.value(depth + 1);
        if (key.is === 'text') entries.push({ key: key.text, line: key.line, value });
      } else items.push(key);
      if (this.isMark(',') || this.at === from) this.at += 1;
    }
    this.at += 1;
    return entries.length === 0 && items.length > 0
      ? { is: 'list', items, line }
      : { is: 'dict', entries, line };
  }
}

/** The assignments of a settings module that stand at its left margin, in their order. */
export const readPythonSettings = (source: string): readonly PyAssignment[] => {
  const all = tokens(source);
  const reader = new Reader(all);
  const out: PyAssignment[] = [];
  while (reader.peek() !== undefined) {
    const token = reader.peek();
    const next = reader.peek(1);
    const plus = next?.kind === 'mark' && next.text === '+' && reader.peek(2)?.text === '=';
    const equals = next?.kind === 'mark' && next.text === '=' && reader.peek(2)?.text !== '=';
    if (token?.kind === 'word' && token.first && (plus || equals)) {
      reader.at += plus ? 3 : 2;
      const value = reader.value(0);
      out.push({ name: token.text, operator: plus ? '+=' : '=', value, line: token.line });
    } else reader.at += 1;
  }
  return out;
};

/** The value of a name after every assignment, lists that are added to joined. */
export const pySetting = (
  assignments: readonly PyAssignment[],
  name: string,
): PyValue | undefined => {
  const own = assignments.filter(each => each.name === name);
  const from = own.findLastIndex(each => each.operator === '=');
  const relevant = own.slice(Math.max(0, from));
  const [first] = relevant;
  if (relevant.length <= 1 || first === undefined) return first?.value;
  const items = relevant.flatMap(({ value }) => (value.is === 'list' ? value.items : []));
  return { is: 'list', items, line: first.line };
};

export const pyEntry = (value: PyValue | undefined, key: string): PyEntry | undefined =>
  value?.is === 'dict' ? value.entries.findLast(entry => entry.key === key) : undefined;

export const pyText = (value: PyValue | undefined): string | undefined =>
  value?.is === 'text' ? value.text : undefined;

export const pyTexts = (
  value: PyValue | undefined,
): readonly { readonly text: string; readonly line: number }[] =>
  value?.is === 'list'
    ? value.items.flatMap(item =>
        item.is === 'text' ? [{ text: item.text, line: item.line }] : [],
      )
    : [];
