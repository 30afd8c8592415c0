import { createHash } from 'node:crypto';

/** A UUID made from what it names (RFC 9562, version 8), so that the same answer has the same ids. */
export const uuidOf = (...parts: readonly string[]): string => {
  const hex = createHash('sha256').update(parts.join('\0')).digest('hex');
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};
