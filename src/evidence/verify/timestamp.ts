import { hash, type KeyObject, verify, X509Certificate } from 'node:crypto';
import { type Der, DerError, derAt, derIn, derTags, oidOf, writeDer } from './der.ts';
import type { Answer } from './note.ts';

/** What a time-stamping authority says (RFC 3161). */
export interface Timestamp {
  /** SHA-256 of what was stamped. */
  readonly imprint: Buffer;
  /** RFC 3339. */
  readonly at: string;
  /** DER of the nonce that was sent; absent where there was none. */
  readonly nonce?: Buffer;
  /** Whoever signed it, as its certificate says. */
  readonly by: string;
  /** `trusted`: by a certificate that is given, or one that it signed. `signed`: by some certificate that came along. */
  readonly state: 'trusted' | 'signed';
}

const signedDataOid = '1.2.840.113549.1.7.2';
const tstInfoOid = '1.2.840.113549.1.9.16.1.4';
const contentTypeOid = '1.2.840.113549.1.9.3';
const messageDigestOid = '1.2.840.113549.1.9.4';
const timeStampingOid = '1.3.6.1.5.5.7.3.8';
const sha256Oid = '2.16.840.1.101.3.4.2.1';
const digestNames: Readonly<Record<string, string>> = {
  [sha256Oid]: 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};
const sha256Identifier = Buffer.from('300d06096086480165030402010500', 'hex');
const explicit0 = 0xa0;
const chainMax = 6;

/** A request for a stamp (RFC 3161, 2.4.1), its certificate wanted. @param nonce so that no old answer fits. */
export const timestampRequest = (imprint: Uint8Array, nonce: Uint8Array): Buffer =>
  writeDer(
    derTags.sequence,
    writeDer(derTags.integer, Buffer.of(1)),
    writeDer(derTags.sequence, sha256Identifier, writeDer(derTags.octets, imprint)),
    // The first bit of a positive number is not set.
    writeDer(derTags.integer, Buffer.concat([Buffer.of(1), nonce])),
    writeDer(0x01, Buffer.of(0xff)),
  );

/** `20260629110000.5Z`. */
const timeOf = ({ content }: Der): string => {
  const text = content.toString('latin1');
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.\d{1,9})?Z$/.exec(text) ?? [];
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(at.getTime())) throw new DerError('its time cannot be read');
  return at.toISOString();
};

interface SignedContent {
  readonly content: Buffer;
  readonly certificates: readonly X509Certificate[];
  readonly signer: readonly Der[];
}

const signedContent = (token: Der): SignedContent => {
  const info = derIn(token.content);
  if (oidOf(derAt(info, 0, derTags.oid)) !== signedDataOid) throw new DerError('it is not signed');
  const [signed] = derIn(derAt(info, 1, explicit0).content);
  const parts = derIn(signed?.content ?? Buffer.alloc(0));
  const encapsulated = derIn(derAt(parts, 2, derTags.sequence).content);
  if (oidOf(derAt(encapsulated, 0, derTags.oid)) !== tstInfoOid) {
    throw new DerError('it is no time stamp');
  }
  const [octets] = derIn(derAt(encapsulated, 1, explicit0).content);
  if (octets?.tag !== derTags.octets) throw new DerError('it is no time stamp');
  const held = parts.find(({ tag }) => tag === explicit0);
  const certificates = derIn(held?.content ?? Buffer.alloc(0)).flatMap(({ tag, whole }) =>
    tag === derTags.sequence ? [new X509Certificate(whole)] : [],
  );
  const [signer] = derIn(parts.at(-1)?.content ?? Buffer.alloc(0));
  return {
    content: octets.content,
    certificates,
    signer: derIn(signer?.content ?? Buffer.alloc(0)),
  };
};

const attribute = (attributes: readonly Der[], wanted: string): Der | undefined => {
  for (const { content } of attributes) {
    const [oid, values] = derIn(content);
    if (oid !== undefined && values !== undefined && oidOf(oid) === wanted) {
      return derIn(values.content)[0];
    }
  }
  return undefined;
};

const isSignedBy = (key: KeyObject, digest: string, data: Buffer, signature: Buffer): boolean => {
  try {
    const algorithm = key.asymmetricKeyType === 'ed25519' ? null : digest;
    return verify(algorithm, data, key, signature);
  } catch {
    return false;
  }
};

/** The certificate whose key signed it, and may sign time stamps, and was valid then. */
const signerOf = (
  { content, certificates, signer }: SignedContent,
  at: string,
): X509Certificate => {
  const digest =
    digestNames[oidOf(derAt(derIn(derAt(signer, 2, derTags.sequence).content), 0, derTags.oid))];
  const attributes = derAt(signer, 3, explicit0);
  const signature = derAt(signer, 5, derTags.octets).content;
  if (digest === undefined) throw new DerError('it is signed over a hash that is not known');
  const signed = derIn(attributes.content);
  const stated = attribute(signed, messageDigestOid)?.content ?? Buffer.alloc(0);
  const type = attribute(signed, contentTypeOid);
  const isOfContent =
    Buffer.compare(stated, hash(digest, content, 'buffer')) === 0 &&
    type !== undefined &&
    oidOf(type) === tstInfoOid;
  if (!isOfContent) throw new DerError('its signature is of something else');
  // Signed as a SET, sent as [0] (RFC 5652, 5.4).
  const data = Buffer.concat([Buffer.of(derTags.set), attributes.whole.subarray(1)]);
  const found = certificates.find(each => isSignedBy(each.publicKey, digest, data, signature));
  if (found === undefined) throw new DerError('no certificate that came along signed it');
  if (!(found.keyUsage ?? []).includes(timeStampingOid)) {
    throw new DerError('its certificate is not one for time stamps');
  }
  const ms = Date.parse(at);
  if (ms < found.validFromDate.getTime() || ms > found.validToDate.getTime()) {
    throw new DerError('its certificate was not valid then');
  }
  return found;
};

const isTrusted = (
  certificate: X509Certificate,
  along: readonly X509Certificate[],
  trusted: readonly X509Certificate[],
): boolean => {
  let at = certificate;
  for (let depth = 0; depth < chainMax; depth += 1) {
    const current = at;
    if (trusted.some(each => each.fingerprint256 === current.fingerprint256)) return true;
    const issued = (by: X509Certificate): boolean =>
      current.checkIssued(by) && current.verify(by.publicKey);
    if (trusted.some(issued)) return true;
    const next = along.find(by => by.ca && by !== current && issued(by));
    if (next === undefined) return false;
    at = next;
  }
  return false;
};

const read = (response: Buffer, trusted: readonly X509Certificate[]): Timestamp => {
  const [outer] = derIn(response);
  const [status, token] = derIn(outer?.content ?? Buffer.alloc(0));
  const granted = derAt(derIn(status?.content ?? Buffer.alloc(0)), 0, derTags.integer).content;
  if (granted.length !== 1 || (granted[0] ?? 9) > 1) throw new DerError('the authority refused');
  if (token === undefined) throw new DerError('there is no stamp in it');
  const signed = signedContent(token);
  const [info] = derIn(signed.content);
  const parts = derIn(info?.content ?? Buffer.alloc(0));
  const imprint = derIn(derAt(parts, 2, derTags.sequence).content);
  const algorithm = derIn(derAt(imprint, 0, derTags.sequence).content);
  if (oidOf(derAt(algorithm, 0, derTags.oid)) !== sha256Oid) {
    throw new DerError('it is over another hash than SHA-256');
  }
  const at = timeOf(derAt(parts, 4, derTags.generalizedTime));
  const nonce = parts.slice(5).find(({ tag }) => tag === derTags.integer)?.content;
  const certificate = signerOf(signed, at);
  return {
    imprint: derAt(imprint, 1, derTags.octets).content,
    at,
    ...(nonce === undefined ? {} : { nonce }),
    by: certificate.subject.replaceAll('\n', ', '),
    state: isTrusted(certificate, signed.certificates, trusted) ? 'trusted' : 'signed',
  };
};

/** Reads an authority's answer, and compares its signature with the certificate that came along. */
export const readTimestamp = (
  response: Buffer,
  trusted: readonly X509Certificate[] = [],
): Answer<{ readonly timestamp: Timestamp }> => {
  try {
    return { ok: true, timestamp: read(response, trusted) };
  } catch (thrown) {
    return { ok: false, why: thrown instanceof Error ? thrown.message : 'it cannot be read' };
  }
};
