import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { type Answer, fromBase64, isKeyName, type NoteSignature } from './note.ts';

/** A witness that a reader trusts, from `NAME+HASH+KEY` with a key of type 0x04 (C2SP tlog-cosignature). */
export interface WitnessKey {
  readonly name: string;
  readonly id: number;
  readonly key: KeyObject;
}

/** Ed25519 over a checkpoint and a time. */
const cosignatureType = 4;
/** A time in seconds, and an Ed25519 signature. */
const cosignatureBytes = 8 + 64;
/** The year 9999: what is later is no time that anybody signs. */
const secondsMax = 253_402_300_799;

const no = (why: string): { readonly ok: false; readonly why: string } => ({ ok: false, why });

/** `SHA-256(name ‖ "\n" ‖ 0x04 ‖ key)`, its first four bytes. @param key 32 bytes. */
export const witnessIdOf = (name: string, key: Uint8Array): number =>
  createHash('sha256')
    .update(name)
    .update(Buffer.of(0x0a, cosignatureType))
    .update(key)
    .digest()
    .readUInt32BE();

export const readWitnessKey = (text: string): Answer<{ readonly key: WitnessKey }> => {
  const [, name, hash, encoded] = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)\s*$/.exec(text) ?? [];
  if (name === undefined || hash === undefined || encoded === undefined || !isKeyName(name)) {
    return no('it is not of the form NAME+HASH+KEY');
  }
  const bytes = fromBase64(encoded);
  if (bytes?.length !== 33 || bytes[0] !== cosignatureType) {
    return no('it is no key of a witness (type 0x04, Ed25519)');
  }
  const raw = bytes.subarray(1);
  const id = witnessIdOf(name, raw);
  if (id !== Number.parseInt(hash, 16)) return no('its hash is not that of its name and key');
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') };
  return { ok: true, key: { name, id, key: createPublicKey({ key: jwk, format: 'jwk' }) } };
};

/** What a witness signs. @param text of the checkpoint, its last newline with it. */
export const cosignedText = (seconds: number, text: string): string =>
  `cosignature/v1\ntime ${seconds}\n${text}`;

/** The time that a cosignature states, in seconds since 1970; `undefined` where it is none. */
export const timeOfCosignature = ({ signature }: NoteSignature): number | undefined => {
  if (signature.length !== cosignatureBytes) return undefined;
  const seconds = Number(signature.readBigUInt64BE(0));
  return seconds <= secondsMax ? seconds : undefined;
};

/** Whether it is that witness's word on that checkpoint. */
export const isCosignedBy = (witness: WitnessKey, given: NoteSignature, text: string): boolean => {
  const seconds = timeOfCosignature(given);
  return (
    seconds !== undefined &&
    given.name === witness.name &&
    given.id === witness.id &&
    verify(null, Buffer.from(cosignedText(seconds, text)), witness.key, given.signature.subarray(8))
  );
};
