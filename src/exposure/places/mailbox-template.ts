import type { Wanted } from '../mail-store.ts';

/** A place of mailboxes as Dovecot's mail_location writes it, taken apart: `/var/vmail/%d/%n/Maildir`. */
export interface MailboxTemplate {
  /** The user's name and what is left of the path, where the path fits. */
  match(path: string): { readonly mailbox: string; readonly within: string } | undefined;
  /** Whether a path is a mailbox or within one, is on the way to some, or is neither. */
  leadsTo(path: string): Wanted;
}

type Variable = 'user' | 'local' | 'domain' | 'other';

const lettered: Readonly<Record<string, Variable>> = { u: 'user', n: 'local', d: 'domain' };

/** `%{user | username | lower}` and `%{user|domain}` of Dovecot 2.4, `%{username}` and `%{domain}` of both. */
const longVariable = (text: string): Variable => {
  const filters = text.split('|').map(each => each.trim());
  if (filters.some(each => /^(?:md5|sha|substr|hash|crc|hexlify|base64)/.test(each)))
    return 'other';
  if (filters.includes('username') || filters[0] === 'username') return 'local';
  if (filters.includes('domain') || filters[0] === 'domain') return 'domain';
  return filters[0] === 'user' ? 'user' : 'other';
};

interface Token {
  readonly text: string;
  readonly variable?: Variable;
}

/** A modifier that only changes the case leaves the variable what it is; `%1n`, `%Md`, `%2.256Hu` do not. */
const tokenPattern = /%(?:\{([^}]{0,200})\}|([0-9.,-]*[A-Z0-9]*)([a-z]))/g;

const tokensOf = (segment: string): readonly Token[] => {
  const tokens: Token[] = [];
  let at = 0;
  for (const match of segment.matchAll(tokenPattern)) {
    if (match.index > at) tokens.push({ text: segment.slice(at, match.index) });
    const [whole, long, modifier = '', letter = ''] = match;
    const plain = /^[LUT]?$/.test(modifier) ? (lettered[letter] ?? 'other') : 'other';
    tokens.push({ text: whole, variable: long === undefined ? plain : longVariable(long) });
    at = match.index + whole.length;
  }
  if (at < segment.length) tokens.push({ text: segment.slice(at) });
  return tokens;
};

type Values = Partial<Record<Variable, string>>;

/** Each variable takes as little as it can; names have at most 255 bytes, so that this stays cheap. */
const matchSegment = (
  tokens: readonly Token[],
  text: string,
  values: Values,
): Values | undefined => {
  const [first, ...rest] = tokens;
  if (first === undefined) return text === '' ? values : undefined;
  const { variable } = first;
  if (variable === undefined) {
    return text.startsWith(first.text)
      ? matchSegment(rest, text.slice(first.text.length), values)
      : undefined;
  }
  const next = rest[0];
  if (next === undefined) return text === '' ? undefined : bound(values, variable, text);
  const end = text.indexOf(next.text, 1);
  if (next.variable !== undefined || end < 1) return undefined;
  const taken = bound(values, variable, text.slice(0, end));
  return taken && matchSegment(rest, text.slice(end), taken);
};

const bound = (values: Values, variable: Variable, text: string): Values | undefined => {
  if (variable === 'other') return values;
  const known = values[variable];
  if (known !== undefined && known !== text) return undefined;
  return { ...values, [variable]: text };
};

const userOf = ({ user, local, domain }: Values): string | undefined => {
  if (user !== undefined) {
    return user.includes('@') || domain === undefined ? user : `${user}@${domain}`;
  }
  if (local === undefined) return undefined;
  return domain === undefined ? local : `${local}@${domain}`;
};

export const readTemplate = (template: string): MailboxTemplate => {
  const segments = template
    .split('/')
    .filter(each => each !== '')
    .map(tokensOf);
  /** What the variables stand for in as many segments as there are. */
  const valuesIn = (parts: readonly string[]): Values | undefined => {
    let values: Values | undefined = {};
    for (const [i, tokens] of segments.slice(0, parts.length).entries()) {
      values = values && matchSegment(tokens, parts[i] ?? '', values);
    }
    return values;
  };
  const partsOf = (path: string): readonly string[] => path.split('/').filter(each => each !== '');
  return {
    leadsTo: path => {
      const parts = partsOf(path);
      if (valuesIn(parts) === undefined) return 'none';
      return parts.length < segments.length ? 'way' : 'mail';
    },
    match: path => {
      const parts = partsOf(path);
      const values = parts.length < segments.length ? undefined : valuesIn(parts);
      if (values === undefined) return undefined;
      const mailbox = userOf(values);
      if (mailbox === undefined) return undefined;
      return { mailbox, within: parts.slice(segments.length).join('/') };
    },
  };
};
