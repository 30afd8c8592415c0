import type { Place } from '../../core/place.ts';

export interface NgToken {
  readonly is: 'word' | 'text' | 'sign' | 'include';
  readonly text: string;
  readonly line: number;
}

const tokensMax = 200_000;
const shape =
  /[ \t\r]+|(\n)|#[^\n]*|"((?:[^"\\\n]|\\[^\n]|\n)*)"|'([^']*)'|(\.\.)|([{}();,])|([^\s{}();,"'#]+)/gy;

/** Words, texts and signs of a syslog-ng configuration; `@include "x"` becomes one token. */
export const ngTokens = (text: string): readonly NgToken[] => {
  const out: NgToken[] = [];
  let line = 1;
  let at = 0;
  while (at < text.length && out.length < tokensMax) {
    shape.lastIndex = at;
    const match = shape.exec(text);
    if (match === null) {
      at += 1;
      continue;
    }
    at = shape.lastIndex;
    const [whole, newline, double, single, range, sign, word] = match;
    if (newline !== undefined) line += 1;
    else if (double !== undefined || single !== undefined) {
      const value = double === undefined ? (single ?? '') : double.replace(/\\(.)/g, '$1');
      const before = out.at(-1);
      if (before?.is === 'word' && before.text === '@include') {
        out[out.length - 1] = { is: 'include', text: value, line };
      } else out.push({ is: 'text', text: value, line });
      line += whole.split('\n').length - 1;
    } else if (range !== undefined || sign !== undefined) {
      out.push({ is: 'sign', text: range ?? sign ?? '', line });
    } else if (word !== undefined) {
      const dots = word.indexOf('..');
      if (dots > 0) {
        out.push({ is: 'word', text: word.slice(0, dots), line });
        out.push({ is: 'sign', text: '..', line });
        if (dots + 2 < word.length) out.push({ is: 'word', text: word.slice(dots + 2), line });
      } else out.push({ is: 'word', text: word, line });
    }
  }
  return out;
};

/** `name(…)` or `name id { … }`: a call with its tokens, a block with its parts. */
export interface NgItem {
  readonly name: string;
  readonly id?: string;
  readonly args: readonly NgToken[];
  readonly block?: readonly NgItem[];
  /** Tokens of the block as they stand: a filter is an expression. */
  readonly inner?: readonly NgToken[];
  readonly because: Place;
}

const closes: Readonly<Record<string, string>> = { '{': '}', '(': ')' };

/** Index behind the bracket that closes the one at `from`. */
const behind = (tokens: readonly NgToken[], from: number): number => {
  const stack: string[] = [];
  for (let i = from; i < tokens.length; i++) {
    const token = tokens[i];
    if (token?.is !== 'sign') continue;
    const close = closes[token.text];
    if (close !== undefined) stack.push(close);
    else if (token.text === stack.at(-1)) {
      stack.pop();
      if (stack.length === 0) return i + 1;
    }
  }
  return tokens.length;
};

const depthMax = 30;

/** Parts of a block or of the whole file, in order; `;` divides them and may be missing. */
export const ngItems = (tokens: readonly NgToken[], path: string, depth = 0): readonly NgItem[] => {
  const out: NgItem[] = [];
  if (depth > depthMax) return out;
  let at = 0;
  while (at < tokens.length) {
    const token = tokens[at];
    if (token === undefined) break;
    const because = { path, line: token.line };
    if (token.is === 'include') {
      out.push({ name: '@include', args: [token], because });
      at += 1;
      continue;
    }
    if (token.is === 'sign' && token.text === '{') {
      const end = behind(tokens, at);
      const inner = tokens.slice(at + 1, end - 1);
      out.push({ name: '', args: [], block: ngItems(inner, path, depth + 1), inner, because });
      at = end;
      continue;
    }
    if (token.is === 'sign') {
      at += 1;
      continue;
    }
    const name = token.text;
    let id: string | undefined;
    let args: readonly NgToken[] = [];
    at += 1;
    const next = tokens[at];
    if (next !== undefined && next.is !== 'sign' && next.is !== 'include') {
      id = next.text;
      at += 1;
    }
    if (tokens[at]?.is === 'sign' && tokens[at]?.text === '(') {
      const end = behind(tokens, at);
      args = tokens.slice(at + 1, end - 1);
      at = end;
    }
    const item = { name, ...(id === undefined ? {} : { id }), args, because };
    if (tokens[at]?.is === 'sign' && tokens[at]?.text === '{') {
      const end = behind(tokens, at);
      const inner = tokens.slice(at + 1, end - 1);
      out.push({ ...item, block: ngItems(inner, path, depth + 1), inner });
      at = end;
    } else out.push(item);
  }
  return out;
};

/** `port(514)` among the arguments of a driver. */
export const ngOption = (args: readonly NgToken[], name: string): string | undefined => {
  for (let i = 0; i + 2 < args.length; i++) {
    const word = args[i];
    const open = args[i + 1];
    if (word?.is === 'word' && word.text === name && open?.is === 'sign' && open.text === '(') {
      return args[i + 2]?.text;
    }
  }
  return undefined;
};
