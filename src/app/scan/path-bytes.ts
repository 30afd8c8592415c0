import { isUtf8 } from 'node:buffer';

/**
 * Names of files are bytes. Those that are not UTF-8 (folders named in Shift_JIS or EUC-JP) become text in
 * which each byte above 0x7f is a lone surrogate from U+DC80 to U+DCFF, as Python's `surrogateescape` has
 * it, and bytes again where the file is opened.
 */
export const nameOf = (bytes: Buffer): string =>
  isUtf8(bytes)
    ? bytes.toString('utf8')
    : [...bytes].map(byte => String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte)).join('');

/** With `u`, halves of a pair are no surrogates of their own. */
const escaped = /[\udc80-\udcff]/u;
const escapes = /([\udc80-\udcff])/u;

export const pathBytes = (path: string): string | Buffer =>
  escaped.test(path)
    ? Buffer.concat(
        path
          .split(escapes)
          .map((piece, i) =>
            i % 2 === 1 ? Buffer.of(piece.charCodeAt(0) - 0xdc00) : Buffer.from(piece, 'utf8'),
          ),
      )
    : path;
