/** One token of Perl, as far as configuration files need it. */
export interface Token {
  readonly kind: 'variable' | 'string' | 'number' | 'word' | 'words' | 'pattern' | 'sign';
  /** Variables with their sigil; strings without their quotes, escapes undone. */
  readonly text: string;
  /** Strings in double quotes: variables are put in. */
  readonly interpolates?: boolean;
  readonly line: number;
}

const tokensMax = 200_000;
const pairs: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', '<': '>' };
const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', e: '\u001b' };

/** Where a delimited text ends; nested pairs count. */
const endOf = (text: string, at: number): number => {
  const open = text.charAt(at);
  const close = pairs[open] ?? open;
  let depth = 1;
  for (let i = at + 1; i < text.length; i++) {
    const c = text.charAt(i);
    if (c === '\\') i += 1;
    else if (c === close) {
      depth -= 1;
      if (depth === 0) return i;
    } else if (c === open) depth += 1;
  }
  return text.length;
};

const unescape = (text: string, double: boolean): string =>
  double
    ? text.replace(/\\(.)/gs, (_, c: string) => escapes[c] ?? c)
    : text.replace(/\\([\\'])/g, '$1');

/** Takes a Perl file apart; comments, POD and all after `__END__` are left out. Never throws. */
export const perlTokens = (text: string): readonly Token[] => {
  const out: Token[] = [];
  let line = 1;
  let i = 0;
  const heredocs: string[] = [];
  const skipTo = (end: number): void => {
    for (let k = i; k < end && k < text.length; k++) if (text.charCodeAt(k) === 10) line += 1;
    i = end;
  };
  const push = (kind: Token['kind'], value: string, end: number, interpolates = false): void => {
    out.push({ kind, text: value, line, ...(interpolates ? { interpolates } : {}) });
    skipTo(end);
  };

  while (i < text.length && out.length < tokensMax) {
    const c = text.charAt(i);
    if (c === '\n') {
      line += 1;
      i += 1;
      // What follows a line with `<<'EOT'` is text up to that word.
      for (const word of heredocs.splice(0)) {
        const close = text.indexOf(`\n${word}\n`, i - 1);
        skipTo(close < 0 ? text.length : close + word.length + 1);
      }
      if (text.charAt(i) === '=' && /^=[a-z]/.test(text.slice(i, i + 2))) {
        const cut = text.indexOf('\n=cut', i);
        const end = cut < 0 ? -1 : text.indexOf('\n', cut + 1);
        skipTo(end < 0 ? text.length : end);
      }
      continue;
    }
    if (/\s/.test(c)) {
      i += 1;
      continue;
    }
    if (c === '#') {
      const newline = text.indexOf('\n', i);
      i = newline < 0 ? text.length : newline;
      continue;
    }
    if (c === "'" || c === '"' || c === '`') {
      const end = endOf(text, i);
      const inner = text.slice(i + 1, end);
      if (c === '`') push('pattern', inner, end + 1);
      else push('string', unescape(inner, c === '"'), end + 1, c === '"');
      continue;
    }
    if (/[$@%&]/.test(c)) {
      const name = /^[$@%&](?:\{\^?\w+\}|\{\$\w+\}|#?\$?(?:::)?\w+(?:::\w+)*|\^\w)/.exec(
        text.slice(i, i + 200),
      )?.[0];
      if (name !== undefined && !/^[%&]\d/.test(name)) {
        push('variable', name.replace(/[{}]/g, ''), i + name.length);
        continue;
      }
    }
    if (/[A-Za-z_]/.test(c)) {
      const word = /^\w+(?:::\w+)*/.exec(text.slice(i, i + 200))?.[0] ?? c;
      if (word === '__END__' || word === '__DATA__') break;
      const used = quoteLike(text, i, word);
      const before = out.at(-1)?.text;
      if (
        used !== undefined &&
        before !== '->' &&
        !/^\s*=>/.test(text.slice(i + word.length, i + word.length + 20))
      ) {
        push(used.kind, used.text, used.end, used.interpolates);
        continue;
      }
      push('word', word, i + word.length);
      continue;
    }
    if (/\d/.test(c)) {
      const number = /^\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?/i.exec(text.slice(i, i + 60))?.[0] ?? c;
      push('number', number.replaceAll('_', ''), i + number.length);
      continue;
    }
    const here = c === '<' ? /^<<~?\s?(["']?)(\w+)\1/.exec(text.slice(i, i + 100)) : null;
    if (here !== null) {
      heredocs.push(here[2] ?? '');
      push('pattern', '', i + here[0].length);
      continue;
    }
    if (c === '/' && /^(?:$|[(,=!~{;&|])/.test(out.at(-1)?.text ?? '')) {
      const end = endOf(text, i);
      push('pattern', text.slice(i + 1, end), end + 1);
      continue;
    }
    const sign = /^(?:=>|->|\|\||&&|\/\/|==|!=|=~|\.=)/.exec(text.slice(i, i + 2))?.[0] ?? c;
    push('sign', sign, i + sign.length);
  }
  return out;
};

interface Quoted {
  readonly kind: Token['kind'];
  readonly text: string;
  readonly end: number;
  readonly interpolates: boolean;
}

/** `q(…)`, `qq{…}`, `qw(…)`, `qr/…/`, `m/…/`, `s/…/…/`, `tr/…/…/`. */
const quoteLike = (text: string, at: number, word: string): Quoted | undefined => {
  if (!/^(?:q|qq|qw|qr|qx|m|s|y|tr)$/.test(word)) return undefined;
  let open = at + word.length;
  while (/\s/.test(text.charAt(open)) && open < at + 50) open += 1;
  const delimiter = text.charAt(open);
  if (/[\w\s,;)=]/.test(delimiter) || delimiter === '') return undefined;
  if (delimiter === '#' && open > at + word.length) return undefined;
  let end = endOf(text, open);
  const inner = text.slice(open + 1, end);
  if (/^(?:s|y|tr)$/.test(word)) {
    if (delimiter in pairs) {
      let next = end + 1;
      while (/\s/.test(text.charAt(next)) && next < end + 50) next += 1;
      end = endOf(text, next);
    } else end = endOf(text, end);
  }
  end += 1;
  if (/^(?:qr|m|s|y|tr)$/.test(word)) while (/[a-z]/.test(text.charAt(end))) end += 1;
  if (word === 'qw') return { kind: 'words', text: inner, end, interpolates: false };
  if (word === 'q') {
    return { kind: 'string', text: unescape(inner, false), end, interpolates: false };
  }
  if (word === 'qq')
    return { kind: 'string', text: unescape(inner, true), end, interpolates: true };
  return { kind: 'pattern', text: inner, end, interpolates: false };
};
