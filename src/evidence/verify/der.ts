/** One element of DER (X.690): where it lies, and what is in it. */
export interface Der {
  readonly tag: number;
  /** All of it, its head included. */
  readonly whole: Buffer;
  readonly content: Buffer;
}

/** Tags of the universal class, as far as they are asked for here. */
export const derTags = {
  integer: 0x02,
  octets: 0x04,
  oid: 0x06,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** What does not begin as an element does. */
export class DerError extends Error {
  override readonly name = 'DerError';
}

const elementsMax = 10_000;

const readOne = (bytes: Buffer, at: number): Der => {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) {
    throw new DerError('an element is cut off');
  }
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  if (lengthBytes > 4 || (first >= 0x80 && lengthBytes === 0)) {
    throw new DerError('the length of an element cannot be read');
  }
  const start = at + 2 + lengthBytes;
  if (start > bytes.length) throw new DerError('an element is cut off');
  const length = lengthBytes === 0 ? first : bytes.readUIntBE(at + 2, lengthBytes);
  if (start + length > bytes.length) throw new DerError('an element is cut off');
  return {
    tag,
    whole: bytes.subarray(at, start + length),
    content: bytes.subarray(start, start + length),
  };
};

/** The elements that follow one another. @throws DerError */
export const derIn = (bytes: Buffer): readonly Der[] => {
  const out: Der[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (out.length >= elementsMax)
      throw new DerError('there are more elements than anybody writes');
    const element = readOne(bytes, at);
    out.push(element);
    at += element.whole.length;
  }
  return out;
};

/** The element at a place, of that tag. @throws DerError */
export const derAt = (elements: readonly Der[], at: number, tag: number): Der => {
  const found = elements[at];
  if (found?.tag !== tag) throw new DerError('an element is not where it is expected');
  return found;
};

/** Dotted form of an object identifier. */
export const oidOf = ({ content }: Der): string => {
  const arcs: number[] = [];
  let value = 0;
  for (const byte of content) {
    value = value * 128 + (byte & 0x7f);
    if ((byte & 0x80) !== 0) continue;
    arcs.push(value);
    value = 0;
  }
  const [first = 0, ...rest] = arcs;
  const top = Math.min(2, Math.floor(first / 40));
  return [top, first - top * 40, ...rest].join('.');
};

/** An element as bytes. */
export const writeDer = (tag: number, ...contents: readonly Uint8Array[]): Buffer => {
  const content = Buffer.concat(contents);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), content]);
  const head = Buffer.alloc(4);
  head.writeUInt32BE(length);
  const bytes = head.subarray(head.findIndex(byte => byte !== 0));
  return Buffer.concat([Buffer.of(tag, 0x80 | bytes.length), bytes, content]);
};
