/** A program that a Sieve script hands the message to, by vnd.dovecot.pipe, .filter or .execute. */
export interface SieveCall {
  readonly action: 'pipe' | 'filter' | 'execute';
  readonly program: string;
  /** 1-based. */
  readonly line: number;
}

const callsMax = 200;

interface Token {
  readonly kind: 'word' | 'tag' | 'string' | 'sign';
  readonly text: string;
  readonly line: number;
}

/** Where the quoted text that begins at `start` ends: behind its closing quote, or the file's end. */
const quotedEnd = (text: string, start: number): number => {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return Math.min(at + 1, text.length);
};

const endOf = (text: string, mark: string, from: number): number => {
  const found = text.indexOf(mark, from);
  return found === -1 ? text.length : found + mark.length;
};

const wordAt = /:?[A-Za-z_]\w*/y;

/** Words, tags, strings and single signs of RFC 5228; comments of both kinds are left out. */
const tokensOf = (text: string): readonly Token[] => {
  const out: Token[] = [];
  let line = 1;
  for (let at = 0; at < text.length; ) {
    const start = at;
    const sign = text[at] ?? '';
    wordAt.lastIndex = at;
    const word = wordAt.exec(text)?.[0];
    if (sign === '#') at = endOf(text, '\n', at);
    else if (text.startsWith('/*', at)) at = endOf(text, '*/', at + 2);
    else if (sign === '"') {
      at = quotedEnd(text, at);
      const quoted = text.slice(start + 1, at - 1).replace(/\\([^])/g, '$1');
      out.push({ kind: 'string', text: quoted, line });
    } else if (word !== undefined) {
      at += word.length;
      const name = word.replace(':', '').toLowerCase();
      out.push({ kind: word.startsWith(':') ? 'tag' : 'word', text: name, line });
    } else {
      at += 1;
      if (sign.trim() !== '') out.push({ kind: 'sign', text: sign, line });
    }
    for (let i = start; i < at; i++) if (text.charCodeAt(i) === 10) line += 1;
  }
  return out;
};

/** Tags of `execute` that a string follows which is no program (spec-bosch-sieve-extprograms). */
const withString = new Set(['input', 'output']);

const programAfter = (tokens: readonly Token[], at: number): string | undefined => {
  for (let i = at; i < tokens.length && i < at + 20; i++) {
    const token = tokens[i];
    if (token === undefined || token.kind === 'word' || token.kind === 'sign') return undefined;
    if (token.kind === 'string') return token.text;
    if (withString.has(token.text) && tokens[i + 1]?.kind === 'string') i += 1;
  }
  return undefined;
};

/** The programs that a Sieve script calls, in their order. Whether a test ever lets it is not judged. */
export const sieveCalls = (text: string): readonly SieveCall[] => {
  const tokens = tokensOf(text);
  const out: SieveCall[] = [];
  tokens.forEach(({ kind, text: action, line }, at) => {
    if (kind !== 'word' || out.length >= callsMax) return;
    if (action !== 'pipe' && action !== 'filter' && action !== 'execute') return;
    const program = programAfter(tokens, at + 1);
    if (program !== undefined) out.push({ action, program, line });
  });
  return out;
};
