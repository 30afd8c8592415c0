/** One scalar: where it ends, what it says, and whether variables are left alone in it. */
export interface Scalar {
  readonly end: number;
  readonly value: string;
  readonly plain: boolean;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };

/** `"…"` with JSON's escapes, `'…'` as it stands, or `<<EOD` up to a line of that word. */
export const quotedValue = (text: string, at: number): Scalar | undefined => {
  const mark = text.charAt(at);
  if (mark === '"' || mark === "'") return betweenMarks(text, at, mark);
  return mark === '<' ? heredoc(text, at) : undefined;
};

const betweenMarks = (text: string, at: number, mark: string): Scalar => {
  const parts: string[] = [];
  let from = at + 1;
  let i = from;
  for (; i < text.length && text.charAt(i) !== mark; i++) {
    if (text.charAt(i) !== '\\') continue;
    const escaped = text.charAt(i + 1);
    if (mark === "'" && escaped !== "'" && escaped !== '\n') continue;
    parts.push(text.slice(from, i));
    const unicode = escaped === 'u' ? /^[0-9a-f]{4}/i.exec(text.slice(i + 2, i + 6)) : null;
    if (unicode !== null) {
      parts.push(String.fromCharCode(Number.parseInt(unicode[0], 16)));
      i += 5;
    } else {
      parts.push(escaped === '\n' ? '' : (escapes[escaped] ?? escaped));
      i += 1;
    }
    from = i + 1;
  }
  parts.push(text.slice(from, i));
  return { end: Math.min(i + 1, text.length), value: parts.join(''), plain: mark === "'" };
};

const heredoc = (text: string, at: number): Scalar | undefined => {
  const newline = text.indexOf('\n', at);
  const word = text.slice(at, newline < 0 ? at : Math.min(newline, at + 100));
  if (!/^<<[A-Z]+\r?$/.test(word)) return undefined;
  const close = text.indexOf(`\n${word.slice(2).trim()}`, newline);
  const end = close < 0 ? text.length : close;
  return {
    end: close < 0 ? text.length : close + 1 + word.slice(2).trim().length,
    value: text.slice(newline + 1, end),
    plain: false,
  };
};

/** An unquoted value: up to the end of the line, a separator, a comment or an unmatched bracket. */
export const bareValue = (text: string, at: number): Scalar => {
  let i = at;
  let braces = 0;
  let brackets = 0;
  for (; i < text.length; i++) {
    const c = text.charAt(i);
    if (c === '\n' || c === ';' || c === ',' || c === '#') break;
    if (c === '/' && text.charAt(i + 1) === '*') break;
    if (c === '{') braces += 1;
    else if (c === '[') brackets += 1;
    else if (c === '}') {
      if (braces === 0) break;
      braces -= 1;
    } else if (c === ']') {
      if (brackets === 0) break;
      brackets -= 1;
    }
  }
  return { end: i, value: text.slice(at, i).trim(), plain: false };
};

/** Skips blanks, `#` comments and nested slash-star comments; `;` and `,` too where they separate. */
export const skipBlank = (
  text: string,
  at: number,
  separators: boolean,
): { readonly end: number; readonly lines: number } => {
  let i = at;
  let lines = 0;
  while (i < text.length) {
    const c = text.charAt(i);
    if (c === '\n') {
      lines += 1;
      i += 1;
    } else if (/\s/.test(c) || c === '\ufeff' || (separators && (c === ';' || c === ','))) i += 1;
    else if (c === '#') {
      const newline = text.indexOf('\n', i);
      i = newline < 0 ? text.length : newline;
    } else if (c === '/' && text.charAt(i + 1) === '*') {
      const end = endOfComment(text, i);
      for (let k = i; k < end; k++) if (text.charCodeAt(k) === 10) lines += 1;
      i = end;
    } else break;
  }
  return { end: i, lines };
};

const endOfComment = (text: string, at: number): number => {
  let depth = 0;
  for (let i = at; i < text.length; i++) {
    const pair = text.slice(i, i + 2);
    if (pair === '/*') {
      depth += 1;
      i += 1;
    } else if (pair === '*/') {
      depth -= 1;
      i += 1;
      if (depth === 0) return i + 1;
    }
  }
  return text.length;
};

/** Rspamd runs its configuration through a template engine first; its tags are blanked out here. */
export const blankTemplates = (
  text: string,
): { readonly text: string; readonly found: boolean } => {
  const tag = /\{[%=]/g;
  let out = '';
  let from = 0;
  for (let match = tag.exec(text); match !== null; match = tag.exec(text)) {
    const end = text.indexOf(`${match[0].charAt(1)}}`, match.index + 2);
    if (end < 0) break;
    out += text.slice(from, match.index) + text.slice(match.index, end + 2).replace(/[^\n]/g, ' ');
    from = end + 2;
    tag.lastIndex = from;
  }
  return { text: out + text.slice(from), found: from > 0 };
};
