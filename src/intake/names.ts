import { isUtf8 } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import type { DocumentLimits, FaultKind } from './documents.ts';

/** A name's bytes as text; old archives hold names in whatever code page their maker had. */
export const nameText = (raw: Buffer): string => raw.toString(isUtf8(raw) ? 'utf8' : 'latin1');

/**
 * What speaks against an entry by its name alone. Nothing is written under a name from an archive, so
 * that these could do no harm here; but who packs them means harm, or packed something broken.
 */
export const nameFault = (
  raw: Buffer,
  name: string,
  limits: DocumentLimits,
): readonly [FaultKind, string] | undefined => {
  if (raw.length === 0) return ['name', 'it has no name'];
  if (raw.length > limits.nameBytesMax) {
    return ['name', `its name is longer than ${limits.nameBytesMax} bytes`];
  }
  if (/\p{Cc}/u.test(name)) return ['name', 'its name holds control characters'];
  // What unpacks on Windows takes a backslash for a slash.
  const segments = name.split(/[/\\]/);
  if (segments[0] === '' || /^[A-Za-z]:/.test(name)) return ['path', 'its path is absolute'];
  if (segments.includes('..')) return ['path', 'its path leads out of the archive'];
  if (segments.length > limits.depthMax) {
    return ['depth', `it lies deeper than ${limits.depthMax} folders`];
  }
  return undefined;
};

/**
 * Names that were seen, as 53 bits of each: two million of them in whole would take a third of a
 * gigabyte. The start is random, so that nobody can choose two names that look alike.
 */
export class SeenNames {
  private readonly seen = new Set<number>();
  private readonly start = randomBytes(8);

  /** Whether the name is new. */
  add(raw: Buffer): boolean {
    let a = this.start.readInt32LE(0);
    let b = this.start.readInt32LE(4);
    for (const byte of raw) {
      a = Math.imul(a ^ byte, 0x01_00_01_93);
      b = Math.imul(b ^ byte, 0x85_eb_ca_6b) ^ (a >>> 15);
    }
    const before = this.seen.size;
    this.seen.add((a >>> 0) * 0x20_00_00 + (b >>> 11));
    return this.seen.size > before;
  }
}
