import type { Around, Candidate, DataType, Judged } from '../data-type.ts';

const blockMax = 20_000;

/** Private keys: PEM and OpenPGP blocks, PuTTY's files, SSH2's, RSA keys in XML, JSON web keys, age. */
export const privateKey: DataType = {
  id: 'private-key',
  title: 'Private key',
  sensitivity: 'credential',
  rank: 20,
  anchors: {
    literals: ['BEGIN ', 'PuTTY-User-Key-File-', 'RSAKeyValue>', 'kty', 'AGE-SECRET-KEY-1'],
  },
  judge({ value, from }: Candidate, { text }: Around): Judged | undefined {
    if (value === 'BEGIN ') return block(text, from);
    if (value === 'kty') return webKey(text, from);
    const piece = text.slice(from, from + blockMax);
    const pattern = others[value];
    const match = pattern?.exec(piece);
    return match === null || match === undefined
      ? undefined
      : {
          from,
          to: from + match[0].length,
          value: (match[1] ?? '').slice(0, 64),
          confidence: 'high',
        };
  },
};

const others: Readonly<Record<string, RegExp>> = {
  'PuTTY-User-Key-File-':
    /^PuTTY-User-Key-File-[123]: [^\n]{1,60}\n[\s\S]{0,12000}?Private-Lines: \d{1,4}\s{1,4}([A-Za-z0-9+/=]{16,80})/,
  'RSAKeyValue>': /^RSAKeyValue>[\s\S]{0,4000}?<D>([A-Za-z0-9+/=\s]{40,2000})<\/D>/,
  'AGE-SECRET-KEY-1': /^AGE-SECRET-KEY-1([QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58})/,
};

const head = /^BEGIN ((?:[A-Z0-9]{2,12} ){0,4})PRIVATE KEY(?: BLOCK)? ?(-{4,5})/;

const footPattern = /^-{4,5} ?END [A-Z0-9 ]{0,50}KEY(?: BLOCK)? ?-{4,5}/;

const block = (text: string, at: number): Judged | undefined => {
  const dashes = /-{4,5} ?$/.exec(text.slice(Math.max(0, at - 6), at));
  const match = head.exec(text.slice(at, at + 80));
  if (dashes === null || match === null) return undefined;
  const from = at - dashes[0].length;
  const bodyFrom = at + match[0].length;
  const rest = text.slice(bodyFrom, bodyFrom + blockMax);
  // What begins with dashes again is the end, or another head of somebody who wants this to take long.
  const dashesAt = rest.indexOf('----');
  const foot = dashesAt < 0 ? null : footPattern.exec(rest.slice(dashesAt, dashesAt + 90));
  const body = (dashesAt < 0 ? rest : rest.slice(0, dashesAt)).replace(/\\[nr]/g, '');
  const letters = body
    .replace(/^[A-Za-z-]{1,20}: [^\n]{0,100}$/gm, '')
    .replace(/[^A-Za-z0-9+/=]/g, '');
  // A head alone is spoken of in manuals; a key has some lines.
  if (letters.length < 40) return undefined;
  return {
    from,
    to: foot === null ? bodyFrom : bodyFrom + dashesAt + foot[0].length,
    value: letters.slice(0, 64),
    confidence: foot === null || letters.length < 64 ? 'medium' : 'high',
  };
};

/** RFC 7517: a private key has `d`, a symmetric one `k`. */
const webKey = (text: string, at: number): Judged | undefined => {
  const from = Math.max(0, text.lastIndexOf('{', at));
  if (at - from > 2_000) return undefined;
  const piece = text.slice(from, at + 3_000);
  const end = piece.indexOf('}');
  const whole = end < 0 ? piece : piece.slice(0, end + 1);
  const secret = /"[dk]"\s{0,3}:\s{0,3}"([\w-]{20,1000})"/.exec(whole);
  return secret === null || !/"kty"\s{0,3}:\s{0,3}"(?:RSA|EC|OKP|oct)"/.test(whole)
    ? undefined
    : { from, to: from + whole.length, value: (secret[1] ?? '').slice(0, 64), confidence: 'high' };
};
