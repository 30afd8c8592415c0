import { hkdfSync } from 'node:crypto';
import type { PseudonymKind } from '../../core/exposure-index.ts';
import type { Pseudonym } from '../../core/personal.ts';
import { ShortHmac } from './short-hmac.ts';

/** Bytes of the key that everything is derived from. */
export const exposureKeyBytes = 32;

/** What only tells which rows of a customer list are of one person. */
export type JoiningKind = 'person-id' | 'name-and-customer-number';

/**
 * Pseudonyms of identifiers and names under one key: for each kind a key of its own (HKDF-SHA-256, RFC 5869),
 * so that the same text of two kinds cannot be recognised. What is given must be in its canonical form
 * (`identifierText`) where it is an identifier; of other kinds, as it is.
 */
export class Pseudonyms {
  private readonly key: Uint8Array;
  private readonly macs = new Map<string, ShortHmac>();
  /** Names the key without telling anything of it: 16 hexadecimal digits. */
  readonly fingerprint: string;

  /** @param key 32 random bytes; a copy is kept. */
  constructor(key: Uint8Array) {
    if (key.length !== exposureKeyBytes) {
      throw new RangeError(`a key of ${key.length} bytes instead of ${exposureKeyBytes}`);
    }
    this.key = Uint8Array.from(key);
    this.fingerprint = Buffer.from(this.derived('fingerprint', 8)).toString('hex');
  }

  of(kind: PseudonymKind, text: string): Pseudonym {
    const mac = this.mac(kind);
    mac.update(text);
    return { high: mac.high, low: mac.low };
  }

  /** For hot loops: `update(text)` leaves the pseudonym in `high` and `low`, and no object behind. */
  mac(kind: PseudonymKind | JoiningKind): ShortHmac {
    let mac = this.macs.get(kind);
    if (mac === undefined) {
      mac = new ShortHmac(this.derived(`kind ${kind}`, 32));
      this.macs.set(kind, mac);
    }
    return mac;
  }

  /** A copy of the key, for a thread of this very process: it goes nowhere else. */
  forThread(): Uint8Array {
    return Uint8Array.from(this.key);
  }

  private derived(purpose: string, length: number): Uint8Array {
    return new Uint8Array(hkdfSync('sha256', this.key, '', `postern exposure ${purpose}`, length));
  }
}
