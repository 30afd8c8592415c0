import { createHash } from 'node:crypto';

/** Postern's own name space for the names below. */
const nameSpace = Buffer.from('6f2d8f4c3b5e5d0a9a7e2c41d86b90f3', 'hex');

/**
 * A UUID made from what it names, so that the same answer has the same ids: version 5 of RFC 9562,
 * since OSCAL admits versions 4 and 5 only.
 */
export const uuidOf = (...parts: readonly string[]): string => {
  const bytes = createHash('sha1').update(nameSpace).update(parts.join('\0')).digest();
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20, 32),
  ].join('-');
};
