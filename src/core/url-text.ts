/** Names under which a query carries a secret. */
const secretParameter =
  /([?&;][\w.-]{0,40}(?:pass|pwd|secret|token|key|auth|sig)[\w.-]{0,40}=)[^&;\s"'<>]+/gi;

const endOfWord = /[\s"'<>]/g;

/** Where the user and password behind `//` end: at the `@`, or where they begin when there are none. */
const accountEnd = (word: string): number => {
  const stop = word.search(/[/?#]/);
  const authority = stop < 0 ? word : word.slice(0, stop);
  const at = authority.lastIndexOf('@');
  if (at >= 0) return at + 1;
  // `user:pa/ss@host`: what stands behind the colon is no port, so it is a password with a slash.
  const colon = authority.indexOf(':');
  const isHost =
    colon < 0 || authority.startsWith('[') || /^:\d{0,5}$/.test(authority.slice(colon));
  return isHost ? 0 : word.lastIndexOf('@') + 1;
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
    from = start + accountEnd(text.slice(start, end));
    if (end > from) {
      out += text.slice(from, end);
      from = end;
    }
  }
  return (out + text.slice(from)).replace(secretParameter, '$1…');
};
