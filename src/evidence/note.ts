import { createPrivateKey, createPublicKey, type KeyObject, randomBytes, sign } from 'node:crypto';
import { type Answer, fromBase64, isKeyName, keyIdOf } from './verify/note.ts';

/** Whoever can sign for a log. The key itself is in nobody's hands but Node's. */
export interface NoteSigner {
  readonly name: string;
  readonly id: number;
  /** `NAME+HASH+KEY` for those who verify. */
  readonly verifierKey: string;
  /** @returns the signature line, with its newline. */
  sign(text: string): string;
}

/** DER of an Ed25519 private key (RFC 8410, 7) up to its 32 bytes of seed. */
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex');
const privatePrefix = 'PRIVATE+KEY+';

const hex = (id: number): string => id.toString(16).padStart(8, '0');
const typed = (bytes: Uint8Array): string =>
  Buffer.concat([Buffer.of(1), bytes]).toString('base64');

const keyFromSeed = (seed: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.concat([pkcs8Head, seed]), format: 'der', type: 'pkcs8' });

const publicBytes = (key: KeyObject): Buffer =>
  Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x ?? '', 'base64url');

/** A new private key as text: `PRIVATE+KEY+NAME+HASH+KEY` (golang.org/x/mod/sumdb/note). A secret. */
export const makeSigningKey = (name: string): string => {
  if (!isKeyName(name)) throw new RangeError('a key name has no spaces and no plus');
  const seed = randomBytes(32);
  const id = keyIdOf(name, publicBytes(keyFromSeed(seed)));
  return `${privatePrefix}${name}+${hex(id)}+${typed(seed)}\n`;
};

/** Reads what `makeSigningKey` made. What is wrong is told without a word of what was given. */
export const readSigningKey = (text: string): Answer<{ readonly signer: NoteSigner }> => {
  const [, name, hash, encoded] =
    /^PRIVATE\+KEY\+([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)\s*$/.exec(text) ?? [];
  if (name === undefined || hash === undefined || encoded === undefined) {
    return { ok: false, why: 'it is not of the form PRIVATE+KEY+NAME+HASH+KEY' };
  }
  const bytes = fromBase64(encoded);
  if (bytes?.length !== 33 || bytes[0] !== 1) return { ok: false, why: 'it is no Ed25519 key' };
  const key = keyFromSeed(bytes.subarray(1));
  const raw = publicBytes(key);
  const id = keyIdOf(name, raw);
  if (id !== Number.parseInt(hash, 16)) {
    return { ok: false, why: 'its hash is not that of its name and key' };
  }
  const idBytes = Buffer.alloc(4);
  idBytes.writeUInt32BE(id);
  const line = (signed: Uint8Array): string =>
    `— ${name} ${Buffer.concat([idBytes, signed]).toString('base64')}\n`;
  const signer: NoteSigner = {
    name,
    id,
    verifierKey: `${name}+${hex(id)}+${typed(raw)}`,
    sign: note => line(sign(null, Buffer.from(note), key)),
  };
  return { ok: true, signer };
};

/** A note signed by each of the signers. @param text ends in a newline. */
export const signNote = (text: string, signers: readonly NoteSigner[]): string => {
  if (!text.endsWith('\n')) throw new RangeError('the text of a note ends in a newline');
  return `${text}\n${signers.map(signer => signer.sign(text)).join('')}`;
};
