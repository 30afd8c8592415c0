import { crc32 } from 'node:zlib';

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** GitHub's and npm's tokens end in six characters: the CRC-32 of those between prefix and check, in base 62. */
export const hasBase62Crc = (token: string): boolean => {
  const body = token.slice(token.indexOf('_') + 1);
  let rest = crc32(body.slice(0, -6));
  let check = '';
  while (check.length < 6) {
    check = base62.charAt(rest % 62) + check;
    rest = Math.floor(rest / 62);
  }
  return body.endsWith(check);
};

/** The first part of a JSON web token is JSON that names an algorithm. */
export const isTokenHeader = (token: string): boolean => {
  const header = Buffer.from(token.slice(0, token.indexOf('.')), 'base64url').toString('utf8');
  return /^\{.*"(?:alg|typ|enc|kid)"\s*:/s.test(header);
};

/** `dXNlcjpwYXNz`: a name and a password, joined by a colon (RFC 7617). */
export const isBasic = (encoded: string): boolean => {
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  return /^[\x20-\x7e]{1,64}:[\x20-\x7e]{3,128}$/.test(text);
};
