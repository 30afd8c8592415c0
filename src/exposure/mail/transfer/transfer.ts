import { decodeBase64 } from './base64.ts';
import { decodeQuotedPrintable } from './quoted-printable.ts';
import { decodeUuencode } from './uuencode.ts';

export type TransferEncoding = 'identity' | 'base64' | 'quoted-printable' | 'uuencode';

const names: ReadonlyMap<string, TransferEncoding> = new Map(
  Object.entries({
    '': 'identity',
    '7bit': 'identity',
    '8bit': 'identity',
    binary: 'identity',
    base64: 'base64',
    b: 'base64',
    b64: 'base64',
    quotedprintable: 'quoted-printable',
    'quoted-printable': 'quoted-printable',
    quoted: 'quoted-printable',
    q: 'quoted-printable',
    qp: 'quoted-printable',
    uuencode: 'uuencode',
    uue: 'uuencode',
    uu: 'uuencode',
  }),
);

/** What a Content-Transfer-Encoding header means; undefined where nobody knows, which is read as it stands. */
export const transferEncodingOf = (value: string): TransferEncoding | undefined => {
  const known = names.get(value);
  if (known !== undefined) return known;
  let word = '';
  for (const character of value.slice(0, 200).toLowerCase()) {
    if (character === '(' || character === ';' || character === ',') break;
    if (/[a-z0-9]/.test(character)) word += character;
  }
  if (word.startsWith('xuu')) word = word.slice(1);
  return names.get(word) ?? (/^[0-9]+bits?$/.test(word) ? 'identity' : undefined);
};

export interface Transferred {
  readonly bytes: Buffer;
  /** Text that somebody set behind encoded content. */
  readonly behind?: Buffer;
  /** The encoding was damaged; what could be had is there. */
  readonly isBroken: boolean;
}

/** Undoes a transfer encoding. The answer is never longer than the input (uuencode: by 64 bytes). */
export const undoTransfer = (bytes: Buffer, encoding: TransferEncoding): Transferred => {
  switch (encoding) {
    case 'identity':
      return { bytes, isBroken: false };
    case 'base64':
      return decodeBase64(bytes);
    case 'quoted-printable':
      return { bytes: decodeQuotedPrintable(bytes), isBroken: false };
    case 'uuencode':
      return { bytes: decodeUuencode(bytes), isBroken: false };
  }
};
