import { decodeText } from './decode.ts';

const special = /[\x00\x1b\x80-\xff]/;

/** A header's value whose bytes were taken for Latin-1: raw 8-bit (RFC 6532, or no standard at all) and ISO 2022 decoded. */
export const decodeRaw = (latin1: string): string => {
  if (!special.test(latin1)) return latin1;
  const text = decodeText(Buffer.from(latin1, 'latin1')).text;
  return text.includes('\0') ? text.replaceAll('\0', '') : text;
};
