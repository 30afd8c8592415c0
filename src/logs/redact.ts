/** Text as it may be kept, and whether something secret was taken out of it. */
export interface Redacted {
  readonly text: string;
  readonly secret: boolean;
}

/** What stands in the place of a secret. */
export const redactedMark = '…';

/** Most lines hold none of these, and need no closer look. */
const hint =
  /pass|pwd|pw\b|secret|token|bearer|basic|cookie|authoriz|auth(?:enticate)? |sess(?:ion)?_?id|api[_-]?key|sasl|cred|pin=|login |\/\/[^/\s]*@/i;

/** A value behind `=` or `:`: quoted, bracketed, or up to where a value of a log ends. */
const value = String.raw`(?:"(?:[^"\\]|\\.)*"?|'[^']*'?|<[^>]*>?|\([^)]*\)?|[^\s,;&"'<>()[\]{}]+)`;

type Rule = readonly [RegExp, string];

const rules: readonly Rule[] = [
  // HTTP and OAuth: `Authorization: Bearer eyJ…`, `Bearer eyJ…`, `Basic dXNl…`.
  [/\b(Bearer|Basic|Digest|Negotiate|NTLM) +[A-Za-z0-9+/=._~-]{8,}/gi, `$1 ${redactedMark}`],
  // SMTP, IMAP and POP3: the initial response of SASL holds user and password (RFC 4616).
  [
    /\b(AUTH(?:ENTICATE)?[ +](?:PLAIN|LOGIN|XOAUTH2|OAUTHBEARER|CRAM-MD5|NTLM|GSSAPI))[ +]+[A-Za-z0-9+/=_-]{4,}/gi,
    `$1 ${redactedMark}`,
  ],
  // IMAP's own: `a1 LOGIN alice secret`.
  [
    /(\bLOGIN +(?:"(?:[^"\\]|\\.)*"|[^\s"]+)) +(?:"(?:[^"\\]|\\.)*"?|[^\s"]{1,200})(?=\s*$)/g,
    `$1 ${redactedMark}`,
  ],
  [/^((?:C: )?PASS) +\S.*$/g, `$1 ${redactedMark}`],
  // JSON web tokens, wherever they stand.
  [/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?/g, redactedMark],
  [/((?:Set-)?Cookie: *)[^\r\n"]+/gi, `$1${redactedMark}`],
  // `scheme://user:password@host`.
  [
    /(\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s:/@"'<>]{0,100}:)[^\s/"'<>]{1,300}(?=@)/gi,
    `$1${redactedMark}`,
  ],
];

const named = new RegExp(
  String.raw`(["']?(?<![A-Za-z])(?:[\w.-]{0,40}[_.-])?(?:pass(?:word|wd|phrase|code)?|_pass|pwd|pw|secret|(?:client|shared)[_-]?secret|(?:api|access|auth|refresh|id|csrf|session|bearer)?[_-]?token|api[_-]?key|access[_-]?key|private[_-]?key|bind[_-]?pw|credentials?|sess(?:ion)?_?auth|given password|userPassword)["']?(?: ?[=:] ?| is ))(` +
    value +
    ')',
  'gi',
);

/** Values that say that there is a password, or whether it was right. */
const harmless =
  /^["'<(]*(?:mismatch|incorrect|wrong|invalid|failed|failure|expired|missing|empty|none|null|true|false|yes|no|0|1|\*+|…|redacted|hidden|\d{1,3}|authentication|check|attempt|changed?|policy:?|verification)\b|^["'<(]*[*x•…]*["'>)]*$/i;

/** Longer text is looked at up to here, and the rest is left away: a log line holds no value of that size. */
const charsMax = 64_000;

/**
 * Takes passwords, tokens, cookies and SASL responses out of a value that is to be kept. A format calls it on
 * what it takes as free text (details, requests, changes), not on names.
 */
export const withoutSecrets = (given: string): Redacted => {
  const text = given.length > charsMax ? given.slice(0, charsMax) : given;
  if (!hint.test(text)) return { text, secret: false };
  let out = text;
  for (const [pattern, by] of rules) out = out.replace(pattern, by);
  out = out.replace(named, (whole: string, name: string, secret: string) =>
    harmless.test(secret) ? whole : `${name}${redactedMark}`,
  );
  return { text: out, secret: out !== text };
};
