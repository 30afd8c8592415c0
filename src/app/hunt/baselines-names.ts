import { hkdfSync } from 'node:crypto';
import { Pseudonyms } from '../../exposure/people/pseudonyms.ts';
import type { ShortHmac } from '../../exposure/people/short-hmac.ts';

/** Names whose pseudonyms are remembered; a thread with more forgets them and begins again. */
const knownMax = 200_000;

/** Key of the pseudonyms that baselines are kept under, out of the store's key; nothing else is made with it. */
export const baselinesKey = (key: Uint8Array): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', key, '', 'postern hunt baselines', key.length));

/** Pseudonyms of 53 bits, which JavaScript and SQLite hold exactly, of names as logs write them in whatever case. */
export class BaselineNames {
  private readonly mac: ShortHmac;
  private readonly known = new Map<string, number>();

  /** @param key that `baselinesKey` made. */
  constructor(key: Uint8Array) {
    this.mac = new Pseudonyms(key).mac('mailbox');
  }

  idOf(name: string): number {
    const known = this.known.get(name);
    if (known !== undefined) return known;
    const { mac } = this;
    mac.update(name.toLowerCase());
    const id = mac.high * 32 + (mac.low % 32) || 1;
    if (this.known.size >= knownMax) this.known.clear();
    this.known.set(name, id);
    return id;
  }
}
