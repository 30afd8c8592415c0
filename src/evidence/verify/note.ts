import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';

/** A key that a reader trusts, from `name+hash+key` (C2SP signed-note, golang.org/x/mod/sumdb/note). */
export interface NoteKey {
  readonly name: string;
  /** First four bytes of a hash over name and key: an identifier, no proof of anything. */
  readonly id: number;
  readonly key: KeyObject;
}

export interface NoteSignature {
  readonly name: string;
  readonly id: number;
  readonly signature: Buffer;
}

export interface Note {
  /** With its last newline: what is signed. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

export type Answer<T> = ({ readonly ok: true } & T) | { readonly ok: false; readonly why: string };

const no = (why: string): { readonly ok: false; readonly why: string } => ({ ok: false, why });

/** Signature type of Ed25519 (C2SP signed-note). */
const ed25519Type = 1;

const noteBytesMax = 1 << 20;
const signaturesMax = 100;

/** Bytes of standard base64, padded and in its one canonical form; `undefined` for anything else. */
export const fromBase64 = (text: string): Buffer | undefined => {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
};

export const isKeyName = (name: string): boolean => name !== '' && !/[\s\u0085+]/u.test(name);

/** `SHA-256(name ‖ "\n" ‖ 0x01 ‖ key)`, its first four bytes. @param key 32 bytes. */
export const keyIdOf = (name: string, key: Uint8Array): number =>
  createHash('sha256')
    .update(name)
    .update(Buffer.of(0x0a, ed25519Type))
    .update(key)
    .digest()
    .readUInt32BE();

/** Reads `name+hash+base64(0x01 ‖ key)`. */
export const readKey = (text: string): Answer<{ readonly key: NoteKey }> => {
  const [, name, hash, encoded] = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)\s*$/.exec(text) ?? [];
  if (name === undefined || hash === undefined || encoded === undefined || !isKeyName(name)) {
    return no('it is not of the form NAME+HASH+KEY');
  }
  const bytes = fromBase64(encoded);
  if (bytes === undefined || bytes.length !== 33 || bytes[0] !== ed25519Type) {
    return no('it is no Ed25519 key (type 0x01)');
  }
  const raw = bytes.subarray(1);
  const id = keyIdOf(name, raw);
  if (id !== Number.parseInt(hash, 16)) return no('its hash is not that of its name and key');
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') };
  return { ok: true, key: { name, id, key: createPublicKey({ key: jwk, format: 'jwk' }) } };
};

const readSignature = (line: string): NoteSignature | undefined => {
  const [, name, encoded] = /^— (\S+) (\S+)$/u.exec(line) ?? [];
  const bytes = encoded === undefined ? undefined : fromBase64(encoded);
  if (name === undefined || !isKeyName(name) || bytes === undefined || bytes.length < 5) return;
  return { name, id: bytes.readUInt32BE(), signature: bytes.subarray(4) };
};

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Takes a note apart. Nothing in it is to be believed before `openNote` verified it. */
export const parseNote = (bytes: Uint8Array): Answer<{ readonly note: Note }> => {
  if (bytes.length > noteBytesMax) return no(`it is longer than ${noteBytesMax} bytes`);
  let whole: string;
  try {
    whole = decoder.decode(bytes);
  } catch {
    return no('it is not UTF-8');
  }
  if (/[\0-\x09\x0b-\x1f]/.test(whole)) return no('there is a control character in it');
  const split = whole.lastIndexOf('\n\n');
  if (split < 0 || !whole.endsWith('\n')) return no('no signatures follow its text');
  const text = whole.slice(0, split + 1);
  const lines = whole.slice(split + 2, -1).split('\n');
  if (lines.length > signaturesMax) return no(`it has more than ${signaturesMax} signatures`);
  const signatures = lines.map(readSignature);
  const read = signatures.filter(each => each !== undefined);
  if (read.length !== signatures.length) return no('a signature line is not of the known form');
  return { ok: true, note: { text, signatures: read } };
};

/**
 * The note, when one of the keys signed it. Signatures of others are passed over; a wrong one of a key that is
 * known spoils the note, whatever else is right (C2SP signed-note).
 */
export const openNote = (
  bytes: Uint8Array,
  keys: readonly NoteKey[],
): Answer<{ readonly note: Note; readonly signedBy: readonly NoteKey[] }> => {
  const parsed = parseNote(bytes);
  if (!parsed.ok) return parsed;
  const { note } = parsed;
  const signedBy: NoteKey[] = [];
  for (const { name, id, signature } of note.signatures) {
    const key = keys.find(each => each.name === name && each.id === id);
    if (key === undefined || signedBy.includes(key)) continue;
    if (!verify(null, Buffer.from(note.text), key.key, signature)) {
      return no(`the signature of ${name} is wrong`);
    }
    signedBy.push(key);
  }
  return signedBy.length === 0
    ? no('no key that is known signed it')
    : { ok: true, note, signedBy };
};
