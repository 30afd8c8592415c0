/** Names under which a query carries a secret. */
const secretParameter =
  /([?&;](?:[\w.-]{0,40}[_.-])?(?:pass(?:word|wd|phrase)?|pwd|secret|(?:api|access|auth)?[_-]?(?:key|token)|auth|sig|signature)=)[^&;\s"'<>]+/gi;

const endOfWord = /[\s"'<>]/g;

/** What may be shown of the word behind `//`: it without its user and password. */
const shown = (word: string): string => {
  const stop = word.search(/[/?#]/);
  const authority = stop < 0 ? word : word.slice(0, stop);
  const at = authority.lastIndexOf('@');
  const last = word.lastIndexOf('@');
  if (at >= 0) {
    // A password with `@` and `/`, or an address with `@` behind its host: both look like this.
    const ambiguous = last > at && authority.slice(0, at).includes(':');
    return ambiguous ? '…' : word.slice(at + 1);
  }
  // `user:pa/ss@host`: what stands behind the colon is no port, so it is a password with a slash.
  const colon = authority.indexOf(':');
  const isHost =
    colon < 0 || authority.startsWith('[') || /^:\d{0,5}$/.test(authority.slice(colon));
  return isHost ? word : word.slice(last + 1);
};

/**
 * Text without the users and passwords of the addresses in it (`scheme://user:password@host/`) and
 * without what their queries hold of tokens and keys. Programs take passwords with `@` and `/` in them.
 */
export const withoutAccounts = (text: string): string => {
  let out = '';
  let from = 0;
  let blank = -1;
  for (let slashes = text.indexOf('//'); slashes >= 0; slashes = text.indexOf('//', from)) {
    const start = slashes + 2;
    if (blank < start) {
      endOfWord.lastIndex = start;
      blank = endOfWord.exec(text)?.index ?? text.length;
    }
    const next = text.indexOf('//', start);
    const end = next < 0 ? blank : Math.min(blank, next);
    out += text.slice(from, start);
    out += shown(text.slice(start, end));
    from = end;
  }
  return (out + text.slice(from)).replace(secretParameter, '$1…');
};

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

const charsMax = 8_000;

/**
 * The same value with every text in it freed of users and passwords of addresses, and cut to a length
 * that somebody may read. Each reader does so by itself; this holds where one of them meets what nobody
 * thought of.
 */
export const presentable = <T>(value: T): T => mapped(value) as T;

const presentableText = (text: string): string => {
  const bare = text.includes('//') || text.includes('=') ? withoutAccounts(text) : text;
  return bare.length <= charsMax
    ? bare
    : `${bare.slice(0, charsMax)}… (${bare.length} characters in all)`;
};

const mapped = (value: unknown): unknown => {
  if (typeof value === 'string') return presentableText(value);
  if (Array.isArray(value)) return value.map(mapped);
  if (typeof value !== 'object' || value === null || !isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, mapped(each)]));
};
