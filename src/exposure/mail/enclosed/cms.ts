import { inflateSync } from 'node:zlib';

/** What a CMS structure (RFC 5652, 3274, 5083) holds: a signed message can be read, an encrypted one cannot. */
export type Cms =
  | { readonly kind: 'content'; readonly bytes: Buffer }
  | { readonly kind: 'encrypted' }
  /** A signature or certificates alone, or nothing that is known. */
  | { readonly kind: 'none' };

const kinds: Readonly<Record<string, 'signed' | 'encrypted' | 'compressed'>> = {
  '2a864886f70d010702': 'signed',
  '2a864886f70d010703': 'encrypted',
  '2a864886f70d010704': 'encrypted',
  '2a864886f70d010706': 'encrypted',
  '2a864886f70d0109100117': 'encrypted',
  '2a864886f70d0109100109': 'compressed',
};

interface Element {
  readonly tag: number;
  readonly isConstructed: boolean;
  readonly from: number;
  /** End of the content; of an element of indefinite length, the end of what holds it. */
  readonly to: number;
  readonly isIndefinite: boolean;
}

const elementsMax = 100_000;
const depthMax = 16;

/** The header of an element in BER; undefined where there is none. */
const elementAt = (bytes: Buffer, at: number, end: number): Element | undefined => {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined || at + 2 > end || (tag & 0x1f) === 0x1f)
    return undefined;
  const isConstructed = (tag & 0x20) !== 0;
  if (first === 0x80) return { tag, isConstructed, from: at + 2, to: end, isIndefinite: true };
  if (first < 0x80) {
    return {
      tag,
      isConstructed,
      from: at + 2,
      to: Math.min(end, at + 2 + first),
      isIndefinite: false,
    };
  }
  const count = first & 0x7f;
  if (count > 6 || at + 2 + count > end) return undefined;
  const from = at + 2 + count;
  return {
    tag,
    isConstructed,
    from,
    to: Math.min(end, from + bytes.readUIntBE(at + 2, count)),
    isIndefinite: false,
  };
};

class BerReader {
  private readonly bytes: Buffer;
  private left = elementsMax;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  element(at: number, end: number): Element | undefined {
    if (this.left-- <= 0) return undefined;
    return elementAt(this.bytes, at, end);
  }

  /** Position behind an element; one of indefinite length ends at two zero bytes. */
  behind(element: Element, depth = 0): number {
    if (!element.isIndefinite || depth >= depthMax) return element.to;
    let at = element.from;
    while (at < element.to) {
      if (this.bytes[at] === 0 && this.bytes[at + 1] === 0) return at + 2;
      const inner = this.element(at, element.to);
      if (inner === undefined) return element.to;
      at = this.behind(inner, depth + 1);
    }
    return element.to;
  }

  /** The content of an octet string, whose pieces may be nested. */
  octets(element: Element, pieces: Buffer[], depth = 0): void {
    if (!element.isConstructed) {
      pieces.push(this.bytes.subarray(element.from, element.to));
      return;
    }
    if (depth >= depthMax) return;
    let at = element.from;
    while (at < element.to) {
      if (this.bytes[at] === 0 && this.bytes[at + 1] === 0) return;
      const inner = this.element(at, element.to);
      if (inner === undefined) return;
      this.octets(inner, pieces, depth + 1);
      at = this.behind(inner);
    }
  }
}

/** `SEQUENCE { OID, [0] content }`: the OID in hexadecimal, and the content's first element. */
const typed = (
  bytes: Buffer,
  reader: BerReader,
  at: number,
  end: number,
): { oid: string; content?: Element } | undefined => {
  const sequence = reader.element(at, end);
  if (sequence?.tag !== 0x30) return undefined;
  const oid = reader.element(sequence.from, sequence.to);
  if (oid?.tag !== 0x06) return undefined;
  const hex = bytes.toString('hex', oid.from, oid.to);
  const explicit = reader.element(oid.to, sequence.to);
  if (explicit?.tag !== 0xa0) return { oid: hex };
  const content = reader.element(explicit.from, explicit.to);
  return content === undefined ? { oid: hex } : { oid: hex, content };
};

/** Of SignedData and CompressedData: the third field is what they enclose. */
const enclosed = (bytes: Buffer, reader: BerReader, data: Element): Buffer | undefined => {
  let at = data.from;
  for (let field = 0; field < 2; field++) {
    const element = reader.element(at, data.to);
    if (element === undefined) return undefined;
    at = reader.behind(element);
  }
  const content = typed(bytes, reader, at, data.to)?.content;
  if (content === undefined) return undefined;
  const pieces: Buffer[] = [];
  reader.octets(content, pieces);
  return Buffer.concat(pieces);
};

const inflated = (bytes: Buffer, bytesMax: number): Cms => {
  try {
    return { kind: 'content', bytes: inflateSync(bytes, { maxOutputLength: bytesMax }) };
  } catch {
    return { kind: 'none' };
  }
};

/** Opens what S/MIME calls application/pkcs7-mime. Never throws; what it unpacks is at most `bytesMax` long. */
export const readCms = (bytes: Buffer, bytesMax: number): Cms => {
  const reader = new BerReader(bytes);
  const outer = typed(bytes, reader, 0, bytes.length);
  const kind = outer === undefined ? undefined : kinds[outer.oid];
  if (kind === 'encrypted') return { kind };
  if (kind === undefined || outer?.content === undefined) return { kind: 'none' };
  const content = enclosed(bytes, reader, outer.content);
  if (content === undefined || content.length === 0) return { kind: 'none' };
  return kind === 'compressed' ? inflated(content, bytesMax) : { kind: 'content', bytes: content };
};
